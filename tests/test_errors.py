"""Errors: what they say, and the exit codes that scripts rely on."""

import inspect
from typing import Any

import pytest

from forecast import errors
from forecast.errors import ForecastError

DOCUMENTED = {
    "ForecastError": 1, "UsageError": 2, "DataError": 3, "NotFoundError": 4, "ArtifactError": 5,
    "TrainingError": 6, "WriteError": 7, "PartialError": 8, "GateError": 9, "DependencyError": 10,
    "LockedError": 75,
}  # fmt: skip


def kinds() -> list[Any]:
    """Every class of the module."""
    return [one for _, one in inspect.getmembers(errors, inspect.isclass)]


def test_exit_codes_are_the_documented_ones() -> None:
    """Each class has the exit code that scripts test for, as far as both exist."""
    found = {one.__name__: one.exit_code for one in kinds()}
    assert {name: found[name] for name in DOCUMENTED} == DOCUMENTED


@pytest.mark.parametrize("kind", kinds())
def test_every_error_is_a_forecast_error(kind: type) -> None:
    """One boundary catches them all."""
    assert issubclass(kind, ForecastError)


def test_codes_tell_the_kinds_apart() -> None:
    """No two kinds share an exit code or a name for machines."""
    assert len({one.exit_code for one in kinds()}) == len(kinds())
    assert len({one.code for one in kinds()}) == len(kinds())


@pytest.mark.parametrize(
    ("where", "fix", "text"),
    [
        (None, None, "is empty"),
        ("a.csv:3", None, "a.csv:3: is empty"),
        (None, "fill it", "is empty\nfix: fill it"),
        ("a.csv:3", "fill it", "a.csv:3: is empty\nfix: fill it"),
    ],
)
def test_error_says_where_what_and_how_to_fix_it(
    where: str | None, fix: str | None, text: str
) -> None:
    """The place comes first, the way out last; either may be unknown."""
    error = errors.DataError("is empty", where=where, fix=fix)
    assert str(error) == text
    assert (error.message, error.where, error.fix) == ("is empty", where, fix)
