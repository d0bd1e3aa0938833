"""Findings about a panel."""

import numpy as np
import pytest

from forecast.check import check_panel
from forecast.finding import Finding
from forecast.panel import Panel

NAN = float("nan")


def panel_of(values: list[float], freq: str = "1") -> Panel:
    rows = len(values)
    return Panel(("a",), np.array([0, rows]), np.arange(rows), np.array(values, float), freq)


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([1, 2, 3, 4], []),
        ([5, 5, 5, 5], ["constant"]),
        ([1, 2, 3], ["short"]),
        ([1, 2, NAN, 4, 5], ["missing"]),
        ([5, NAN, NAN, 5], ["constant", "short", "missing"]),
    ],
)
def test_check_panel_finds_what_matters(values: list[float], codes: list[str]) -> None:
    """Each fault of a series is one finding; a sound series has none."""
    assert [finding.code for finding in check_panel(panel_of(values))] == codes


def test_check_panel_wants_two_seasons() -> None:
    """A monthly series shorter than two years is called short."""
    assert [str(one) for one in check_panel(panel_of(list(range(23)), "MS"))] == [
        "series 'a': 23 values, less than two seasons of 12"
    ]
    assert check_panel(panel_of(list(range(24)), "MS")) == []


def test_check_panel_warns_when_most_is_missing() -> None:
    """Missing values are a note, but a warning beyond half."""
    found = check_panel(panel_of([1, NAN, 2, NAN, NAN, NAN, NAN, 3, 4]))
    assert found == [
        Finding("warning", "missing", "a", "5 of 9 values are missing (55.6%)"),
    ]


def test_check_panel_calls_an_empty_series_an_error() -> None:
    """A series without values cannot be forecast."""
    assert [one.severity for one in check_panel(panel_of([NAN, NAN]))] == ["error"]
