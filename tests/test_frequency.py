"""Names of frequencies: one spelling each, their words and their seasons."""

import pytest

from forecast.errors import UsageError
from forecast.timeline.frequency import (
    Step,
    canonical_anchor,
    describe_frequency,
    normalise_frequency,
    parse_frequency,
    season_lengths,
)
from tests.calendars import calendar


@pytest.mark.parametrize(
    ("freq", "seasons"),
    [
        ("h", (24, 168)), ("2h", (12, 84)), ("30min", (48, 336)), ("15min", (96, 672)),
        ("10min", (144, 1008)), ("5min", (288, 2016)), ("min", (60, 1440)), ("s", (60, 3600)),
        ("D", (7, 365)), ("B", (5, 261)), ("B-1111110", (6, 313)), ("W-SUN", (52,)),
        ("2W-FRI", (26,)), ("MS", (12,)), ("ME", (12,)), ("QS", (4,)), ("2MS", (6,)), ("YE", (1,)),
        ("1", (1,)), ("5h", (1,)),
    ],
)  # fmt: skip
def test_season_lengths_by_frequency(freq: str, seasons: tuple[int, ...]) -> None:
    """Seasons are the calendar's cycles counted in steps, shortest first."""
    assert season_lengths(freq) == seasons


def test_season_lengths_need_more_than_a_cycle() -> None:
    """The shortest season counts from five quarters of it on, a longer one from two."""
    assert season_lengths("D", rows=729) == (7,)
    assert season_lengths("D", rows=730) == (7, 365)
    assert season_lengths("MS", rows=14) == (1,)
    assert season_lengths("MS", rows=15) == (12,)
    assert [season_lengths("QS", rows=rows) for rows in (4, 5)] == [(1,), (4,)]
    assert [season_lengths("D", rows=rows) for rows in (8, 9)] == [(1,), (7,)]
    assert [season_lengths("h", rows=rows) for rows in (29, 30, 335)] == [(1,), (24,), (24,)]


@pytest.mark.parametrize(
    ("alias", "canonical"),
    [("W", "W-SUN"), ("1D", "D"), ("QS-APR", "QS"), ("QE-MAR", "QE"), ("YS-JAN", "YS"), ("7", "7")],
)
def test_normalise_frequency_gives_one_spelling(alias: str, canonical: str) -> None:
    """Equal frequencies get equal names."""
    assert normalise_frequency(alias) == canonical


@pytest.mark.parametrize(
    ("alias", "near"),
    [("H", "h"), ("T", "min"), ("M", "MS"), ("Q", "QS"), ("daily", "D"), ("mins", "min"),
     ("W-XYZ", "W"), ("0h", "h"), ("", "D"), ("D-MON", "D")],
)  # fmt: skip
def test_normalise_frequency_suggests_the_nearest(alias: str, near: str) -> None:
    """An unknown alias is a usage error whose fix can be pasted."""
    with pytest.raises(UsageError, match="unknown frequency") as caught:
        normalise_frequency(alias)
    assert caught.value.fix == f"--freq {near}"


def test_canonical_anchor_follows_the_timestamps() -> None:
    """The anchor is the weekday or month that most timestamps have."""
    assert canonical_anchor("W-SUN", calendar("W-THU", 9)) == "W-THU"
    assert canonical_anchor("QS", calendar("QS-MAR", 9)) == "QS-MAR"
    assert canonical_anchor("h", calendar("h", 9)) == "h"


@pytest.mark.parametrize(
    ("freq", "words"),
    [
        ("W-FRI", "weekly (W-FRI)"),
        ("15min", "every 15 minutes (15min)"),
        ("2B", "every 2 business days (2B)"),
        ("1QS-JAN", "quarterly (QS)"),
        ("7", "whole numbers in steps of 7"),
    ],
)
def test_describe_frequency_in_words(freq: str, words: str) -> None:
    """A person reads words, a script the alias in brackets."""
    assert describe_frequency(freq) == words


@pytest.mark.parametrize(
    ("freq", "step"),
    [
        ("2QE", Step("month-end", 6)),
        ("YS-APR", Step("month", 12)),
        ("3B", Step("business", 3)),
        ("90s", Step("ns", 90 * 10**9)),
        ("10", Step("integer", 10)),
    ],
)
def test_parse_frequency_counts_units(freq: str, step: Step) -> None:
    """Every frequency is a count of one of five units."""
    assert parse_frequency(freq) == step
