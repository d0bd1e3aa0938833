"""Charts of characters: readable with and without colours, and in ASCII."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.charts.characters import Screen, as_characters
from forecast.charts.picture import Band, Facet, Line, Marks, Picture

X = np.arange("2020-01", "2022-01", dtype="M8[M]").astype("M8[ns]")
AHEAD = np.arange("2021-12", "2022-07", dtype="M8[M]").astype("M8[ns]")


def fan(count: int = 1) -> Picture:
    """Rising months, and a forecast that goes on with an interval."""
    y, ahead = np.arange(24.0), 23 + np.arange(7.0)
    facet = Facet(
        "shop" if count > 1 else "",
        (Line("history", X, y), Line("forecast", AHEAD, ahead, 0)),
        (Band(80, AHEAD, ahead - np.arange(7), ahead + np.arange(7)),),
    )
    return Picture("sales", "6 steps ahead", (facet,) * count)


def test_as_characters_counts_what_it_shows() -> None:
    """Of the twelve series of a picture there is room for three: these are counted."""
    lines = as_characters(replace(fan(12), total=1428), Screen(80)).splitlines()
    assert lines[1] == "6 steps ahead, 3 of 1,428 series"
    assert lines[-1] == "and 9 more: --plot FILE.png shows them"


@pytest.mark.parametrize("width", [40, 80, 133])
def test_as_characters_is_as_wide_as_the_screen(width: int) -> None:
    """Title, words, legend, then the chart; nothing is longer than the screen is wide."""
    lines = as_characters(fan(), Screen(width)).splitlines()
    assert lines[:3] == [
        "sales",
        "6 steps ahead",
        "⠤⠤ history   ⠤⠤ forecast" + "   ░ 80 % interval" * (width > 40),
    ]
    assert max(map(len, lines)) == width


def test_as_characters_shows_a_rise_from_left_to_right() -> None:
    """The line starts low on the left; forecast and interval are high on the right."""
    lines = as_characters(fan(), Screen(80, is_unicode=False)).splitlines()
    rows = {sign: [n for n, line in enumerate(lines[4:]) if sign in line[4:]] for sign in "*#."}
    columns = {sign: [line.find(sign) for line in lines[4:] if sign in line] for sign in "*#."}
    assert min(rows["#"]) < min(rows["*"]) < max(rows["*"])
    assert min(rows["."]) < min(rows["#"])
    assert max(columns["*"]) < min(columns["#"])
    assert lines[-1].split() == ["Jan", "2020", "Jul", "Jan", "2021", "Jul", "Jan", "2022"]


def test_as_characters_needs_neither_unicode_nor_colours() -> None:
    """Plain ASCII where nothing else is shown; escape sequences only where colours are."""
    assert as_characters(fan(), Screen(80, is_unicode=False)).isascii()
    assert "\x1b" not in as_characters(fan(), Screen(80))
    assert "\x1b[38;5;32m" in as_characters(fan(), Screen(80, is_coloured=True))


def test_as_characters_shows_few_series_and_says_how_many_are_left() -> None:
    """More than three would not fit a terminal."""
    text = as_characters(fan(5), Screen(80))
    assert text.count("\nshop\n") == 3
    assert text.endswith("and 2 more: --plot FILE.png shows them\n")


def test_as_characters_tells_models_apart_without_colours() -> None:
    """A character for each where dots would all look alike."""
    lines = tuple(Line(f"M{n}", X, np.arange(24.0) + 10 * n, n) for n in range(3))
    text = as_characters(Picture("t", "s", (Facet("", lines),)), Screen(80))
    assert text.splitlines()[2].split("   ")[:3] == ["# M0", "+ M1", "x M2"]
    assert all(sign in "".join(text.splitlines()[3:]) for sign in "#+x")


def test_as_characters_marks_findings_and_leaves_gaps_open() -> None:
    """Marks where values are, at the bottom where none is; no line over what is missing."""
    y = np.full(24, 5.0)
    y[8:16] = np.nan
    marks = (Marks("outlier", "note", X[3:4], y[3:4]), Marks("gaps", "note", X[8:16], y[8:16]))
    facet = Facet("", (Line("values", X, y),), marks=marks)
    lines = as_characters(Picture("t", "s", (facet,)), Screen(80)).splitlines()
    (level,) = [line for line in lines[4:] if set(line) & set("⠒⠤⠉⣀")]
    assert "o" in level
    assert " " * 15 in level.strip()
    assert [line.count("x") > 3 for line in lines[4:]].index(True) == len(lines) - 4 - 3


@pytest.mark.parametrize("x", [np.arange(9), X[:9], X[:1]], ids=["counts", "dates", "one"])
@pytest.mark.parametrize("value", [0.0, 1e200, -1e-300, np.nan])
def test_as_characters_copes_with_odd_values(value: float, x: NDArray[np.generic]) -> None:
    """Constant, huge, tiny, missing and single values are drawn, too."""
    y = np.full(len(x), value)
    facet = Facet("", (Line("a", x, y, 0),), (Band(80, x, y, y),))
    assert as_characters(Picture("t", "s", (facet,)), Screen(80)).startswith("t\ns\n")
