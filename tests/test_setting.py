"""Values of settings: taken in the kind of their option, or refused with their place."""

import pytest

from forecast.errors import UsageError
from forecast.setting import Option, fit, fit_text

CELL = Option(str, choices=("gru", "lstm"))


@pytest.mark.parametrize(
    ("value", "option", "expected"),
    [
        (30, Option(int), 30),
        (30, Option(float), 30.0),
        (True, Option(bool), True),
        ([80, 95], Option(int, several=True), [80, 95]),
        (80, Option(int, several=True), [80]),
        ("gru", CELL, "gru"),
    ],
)
def test_fit_takes_the_kind_of_the_option(value: object, option: Option, expected: object) -> None:
    """What TOML has fits as it is; whole numbers are numbers, one value is a list of one."""
    found = fit("x", value, option, "forecast.toml:1")
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("value", "option"),
    [
        ("30", Option(int)),
        (True, Option(int)),
        (1, Option(bool)),
        (1.5, Option(int)),
        ([1], Option(int)),
        ([1, "a"], Option(int, several=True)),
        ("grue", CELL),
        ({}, Option(str)),
    ],
)
def test_fit_refuses_other_kinds(value: object, option: Option) -> None:
    """Text is no number, yes is no 1, a list no value, and choices are what they are."""
    with pytest.raises(UsageError, match=r"forecast\.toml:7: 'x' is "):
        fit("x", value, option, "forecast.toml:7")


@pytest.mark.parametrize(
    ("text", "option", "expected"),
    [
        ("30", Option(int), 30),
        ("2.5", Option(float), 2.5),
        ("no", Option(bool), False),
        ("ON", Option(bool), True),
        ("80, 95", Option(int, several=True), [80, 95]),
        ("a,b", Option(str), "a,b"),
    ],
)
def test_fit_text_reads_variables(text: str, option: Option, expected: object) -> None:
    """Text is read as the option's kind, lists at commas."""
    assert fit_text("x", text, option, "$FORECAST_X") == expected


@pytest.mark.parametrize(
    ("text", "option"), [("many", Option(int)), ("2", Option(bool)), ("x", CELL)]
)
def test_fit_text_refuses_other_texts(text: str, option: Option) -> None:
    """What cannot be read names the variable."""
    with pytest.raises(UsageError, match=r"\$FORECAST_X"):
        fit_text("x", text, option, "$FORECAST_X")
