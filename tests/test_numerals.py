"""Numbers as people write them: one style for a column, proven by its cells."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.text.numerals import STYLES, is_missing, looks_like_number, parse_number, read_numbers


def written(value: float, decimals: int, style: tuple[str, str]) -> str:
    """Write a number in a style."""
    text = f"{value:,.{decimals}f}".replace(",", "#").replace(".", "@")
    return text.replace("#", style[1]).replace("@", style[0])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(-1e9, 1e9).map(lambda one: round(one, 2)), min_size=1, max_size=20),
    st.integers(0, 4),
    st.sampled_from(STYLES),
)
def test_read_numbers_reads_a_style_or_calls_it_unclear(
    values: list[float], decimals: int, style: tuple[str, str]
) -> None:
    """Whatever the style, values come back exactly, or the column is said to be unclear."""
    texts = [written(one, decimals, style) for one in values]
    found = read_numbers(texts, continental=True)
    expected = [float(f"{one:.{decimals}f}") for one in values]
    assert not found.wrong.any()
    assert found.unclear is not None or found.values.tolist() == expected


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1,234", "567", "12.5"], [1234, 567, 12.5]),
        (["0,123", "1,234"], [0.123, 1.234]),
        (["1.234.567", "999"], [1234567, 999]),
        (["1 234,5", "12,345"], [1234.5, 12.345]),
        (["$1,234.50", "-€3", "3.5 €"], [1234.5, -3, 3.5]),
        (["Rs. 1,23,456.50", "₹ 7"], [123456.5, 7]),
        (["Rp 1.234.567", "Rp. 999"], [1234567, 999]),
        (["AED 1,234.50", "₺3", "12円", "Kč 5"], [1234.5, 3, 12, 5]),
        (["$(1,234.50)", "$ (7)"], [-1234.5, -7]),
        (["(1,234.5)", "(7)"], [-1234.5, -7]),
        (["5-", "-5", "\u22125"], [-5, -5, -5]),
        (["1.5E+03", "2e-2"], [1500, 0.02]),
        (["1,23,456", "12,34,567"], [123456, 1234567]),
        (["12%", "-3.5 %"], [12, -3.5]),
        (["1'234.5"], [1234.5]),
        (["1\u00a0234", "1\u202f234"], [1234, 1234]),
        (["1.234", "5.678"], [1.234, 5.678]),
    ],
)
def test_read_numbers_takes_the_style_that_fits_all(texts: list[str], values: list[float]) -> None:
    """One cell that reads in one way only settles the others."""
    found = read_numbers(texts)
    assert (found.values.tolist(), found.unclear) == (values, None)


@pytest.mark.parametrize(
    ("texts", "continental"),
    [(["1,234", "2,000"], False), (["1.234", "567"], False), (["1.234", "5.678"], True)],
)
def test_read_numbers_never_guesses(texts: list[str], continental: bool) -> None:
    """What reads as two numbers is unclear; a flag settles it."""
    assert read_numbers(texts, continental=continental).unclear is not None
    settled = read_numbers(texts, ",", ".") if "." in texts[0] else read_numbers(texts, ".", ",")
    assert settled.unclear is None
    assert settled.values[0] == 1234


@pytest.mark.parametrize(
    "text",
    ["0x1F", "5 kg", "1.2.3", "12e5", "(5", "5)", "--5", "1_000", "$5€", "1,,2", "٣", "1e1e1", "+",
     "$(€5)", "JAN 5", "RM 5", "1 2 3", "1,2345,678"],
)  # fmt: skip
def test_read_numbers_refuses_what_is_none(text: str) -> None:
    """Hexadecimal digits, units, two signs and broken groups are no numbers."""
    assert read_numbers([text]).wrong.tolist() == [True]
    assert parse_number(text) is None


def test_read_numbers_never_makes_infinity_of_a_number() -> None:
    """A number that is too large is infinite, for the caller to refuse."""
    assert read_numbers(["1e999"]).values.tolist() == [math.inf]


def test_read_numbers_lists_what_else_was_there() -> None:
    """Currencies, brackets, per cents and words for missing are told by position."""
    marks = read_numbers(["$1", "(2)", "3%", "n/a", ""]).marks
    found = {name: places.tolist() for name, places in marks.items()}
    assert found == {"currency": [0], "brackets": [1], "percent": [2], "missing": [3]}


def test_read_numbers_tells_currencies_apart() -> None:
    """Signs and codes of one currency are the same."""
    found = read_numbers(["€1", "2 EUR", "Rs. 3", "INR 4", "₹ 5", "$6", "7"])
    places = {code: places.tolist() for code, places in found.currencies.items()}
    assert places == {"EUR": [0, 1], "INR": [2, 3, 4], "USD": [5]}


@pytest.mark.parametrize(
    "names",
    [
        "$ US$ USD", "¥ 円 JPY", "R$ BRL", "zł PLN", "Kč CZK", "A$ AU$ AUD", "C$ CA$ CAD",
        "HK$ HKD", "NZ$ NZD", "S$ SGD", "₩ KRW", "₪ ILS", "₺ TRY", "Rp IDR",
    ],
)  # fmt: skip
def test_read_numbers_knows_the_signs_of_a_currency(names: str) -> None:
    """Signs stand for one of the codes each; kr, which has three, is left alone."""
    texts = [f"{at} {one}" for at, one in enumerate(names.split())]
    ((code, places),) = read_numbers(texts).currencies.items()
    assert (code, places.tolist()) == (names[-3:], [*range(len(texts))])
    assert len(read_numbers(["1 kr", "2 SEK"]).currencies) == 2


def test_read_numbers_doubts_decimals_of_currencies_that_have_none() -> None:
    """Three digits behind points are thousands of rupiah, and decimals of a price of fuel."""
    for text in ("Rp 1.200", "1.200 IDR", "1.200 ₫"):
        assert read_numbers([text, text.replace("2", "3")]).unclear == 0
    assert read_numbers(["€1.200", "€1.300"]).values.tolist() == [1.2, 1.3]


@pytest.mark.parametrize(
    "text", ["", "NA", "n/a", "#N/A", "#NV", "k.A.", "NULL", "-", ".", "nan", "None"]
)
def test_is_missing_knows_the_usual_words(text: str) -> None:
    """Case does not matter."""
    assert is_missing(text)
    assert not looks_like_number(text)
