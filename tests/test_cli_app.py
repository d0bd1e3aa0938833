"""The list of commands, and option values that are read without typer's validator."""

import inspect
from importlib import import_module
from typing import Literal

import pytest
import typer
from typer.core import TyperCommand

from forecast.cli.app import COMMANDS, load
from forecast.cli.common import run
from forecast.cli.plain import read_plain
from forecast.errors import UsageError

KIND = Literal["gru", "lstm"]


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_say_what_their_functions_say(name: str) -> None:
    """What the list of commands says is the docstring of the command's function."""
    work = getattr(import_module(f"forecast.cli.{name}"), name)
    assert COMMANDS[name] == inspect.getdoc(work)


def test_help_cuts_no_purpose_short(capfd: pytest.CaptureFixture[str]) -> None:
    """The list of commands says all that each does, in several lines where it must."""
    assert run(["--help"]) == 0
    said = " ".join(capfd.readouterr().out.split())
    assert [one for one in COMMANDS.values() if one not in said] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_load_gives_the_command_of_that_name(name: str) -> None:
    """The command that is run has the name that was typed."""
    assert load(name).name == name


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [("30", int, 30), ("-1", int, -1), (30, int, 30), ("a b", str, "a b"), ("gru", KIND, "gru")],
)
def test_read_plain_reads_what_is_beyond_doubt(value: object, kind: object, expected: str) -> None:
    """Whole numbers, text and listed names are read as typer reads them."""
    assert expected == read_plain(value, kind)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("3.0", int), (" 3", int), ("١", int), ("9" * 30, int), ("0.1", float), ("x", KIND)],
)
def test_read_plain_leaves_doubt_to_typer(value: str, kind: object) -> None:
    """Anything else is not read here."""
    assert read_plain(value, kind) not in (value, 3, 1)


@pytest.mark.parametrize(
    ("typed", "name", "expected"),
    [
        ([], "horizon", None),
        (["--horizon", "7"], "horizon", 7),
        (["--horizon", "7.0"], "horizon", 7),
        ([], "level", [80, 95]),
        (["--level", "50", "--level", "90"], "level", [50, 90]),
        ([], "season", ()),
        (["--format", "json"], "form", "json"),
        (["-q"], "quiet", True),
        (["a.csv"], "data", "a.csv"),
    ],
)
def test_predict_is_given_values_of_their_types(
    typed: list[str], name: str, expected: object
) -> None:
    """Plain or not, a value arrives in the type of its option."""
    command: TyperCommand = load("predict")
    with command.make_context("predict", typed) as found:
        assert (type(expected), expected) == (type(found.params[name]), found.params[name])


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        (["--horizon", "x"], UsageError),
        (["--format", "xml"], typer.BadParameter),
        (["--level", "high"], UsageError),
    ],
)
def test_predict_refuses_values_of_other_types(typed: list[str], refusal: type[Exception]) -> None:
    """What is not of the option's type is refused: words by typer, numbers with what is one."""
    with pytest.raises(refusal):
        load("predict").make_context("predict", typed)
