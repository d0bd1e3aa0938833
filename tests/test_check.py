"""Findings about a panel: each rule by a case it must find and one it must let pass."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.check import Subject, check, refuse_stale
from forecast.check.levels import distances
from forecast.check.subject import MOST_SERIES
from forecast.check.times import skipped_hours
from forecast.check.values import SENTINELS
from forecast.errors import DataError
from forecast.finding import Finding
from forecast.panel import Panel, Series

Values = NDArray[np.float64] | list[float]

NAN = float("nan")
RNG = np.random.default_rng(11)
WAVY = 100 + 30 * np.sin(np.arange(120) / 3) + RNG.normal(0, 3, 120)
"""A sound series: nothing is to be found in it."""


def subject_of(
    *series: Values,
    freq: str = "1",
    first: str = "2020-01-01",
    season: int = 1,
) -> Subject:
    """Put series, each with an own name, into a panel whose rows begin at line 2."""
    parts = []
    for number, values in enumerate(series):
        stamps: NDArray[np.generic] = np.arange(len(values))
        if freq != "1":
            start = np.datetime64(first).astype(f"M8[{freq[0]}]")
            stamps = (start + np.arange(len(values))).astype("M8[ns]")
        parts.append(Series(f"s{number}", stamps, np.array(values, float)))
    panel = Panel.from_series(parts, freq)
    lines = np.arange(2, 2 + len(panel.target), dtype=np.int32)
    form = "integer" if freq == "1" else "%Y-%m-%d %H:%M"
    return Subject(panel, lines, form, "f.csv", (",", 2), (season,))


def found(subject: Subject) -> list[tuple[str, int, tuple[int, ...]]]:
    """Give code, count and lines of every finding."""
    return [(one.code, one.count, one.lines) for one in check(subject)]


def changed(values: Values, at: slice | list[int] | int, to: Values | float) -> NDArray[np.float64]:
    """Give a copy of a series with some values replaced."""
    copy = np.array(values, float)
    copy[at] = to
    return copy


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([1, 2, 3, 4], []),
        ([5, 5, 5, 5], ["constant"]),
        ([1, 2, 3], ["short"]),
        ([1, 2, NAN, 4, 5], ["missing"]),
        ([5, NAN, NAN, 5], ["constant", "short", "missing"]),
        ([NAN, NAN], ["empty"]),
    ],
)
def test_check_finds_what_matters(values: list[float], codes: list[str]) -> None:
    """Each fault of a series is one finding; a sound series has none."""
    assert [finding.code for finding in check(subject_of(values))] == codes


def test_check_lets_sound_series_pass() -> None:
    """Waves, trends, random walks, counts, sparse counts and prices are no findings."""
    walk = 50 + np.cumsum(RNG.normal(0, 1, 500))
    sparse = RNG.poisson(0.3, 500).astype(float)
    prices = np.exp(np.cumsum(RNG.normal(0, 0.02, 500)))
    temperatures = 10 * np.sin(np.arange(500) / 58) + RNG.normal(0, 2, 500)
    sun = np.maximum(0, np.sin(np.arange(500) * 2 * np.pi / 24)) * RNG.uniform(5, 9, 500)
    growth = np.exp(np.arange(200) / 20)
    series = [WAVY, walk, sparse, prices, temperatures.round(), sun, growth, np.arange(99.0)]
    for one in series:
        assert check(subject_of(one)) == []


def test_check_wants_two_seasons() -> None:
    """A monthly series shorter than two years is called short."""
    assert [str(one) for one in check(subject_of(list(range(1, 24)), freq="MS", season=12))] == [
        "series 's0': 23 values, less than two seasons of 12"
    ]
    assert check(subject_of(list(range(1, 25)), freq="MS", season=12)) == []


def test_check_says_what_becomes_of_a_single_value() -> None:
    """Nothing tells how far it varies."""
    assert [str(one) for one in check(subject_of([7]))] == [
        "series 's0': 1 value, which is its forecast, with intervals of no width"
    ]


def test_check_warns_when_most_is_missing() -> None:
    """Missing values are a note, but a warning beyond half."""
    subject = subject_of([1, NAN, 2, NAN, NAN, NAN, NAN, 3, 4])
    assert check(subject) == [
        Finding(
            "warning",
            "missing",
            "s0",
            "5 of 9 values missing (55.6%)",
            "1",
            3,
            "--missing interpolate",
            5,
            (3, 5, 6),
        )
    ]


def test_check_leaves_inserted_rows_to_the_reader() -> None:
    """Rows that no line gave were told when they were inserted."""
    subject = subject_of([1, 2, NAN, 4, NAN, 6, 7])
    lines = np.array([2, 3, 0, 4, 5, 6, 7], np.int32)
    assert found(replace(subject, lines=lines)) == [("missing", 1, (5,))]


def test_check_counts_where_many_series_agree() -> None:
    """Beyond three series one finding tells of all, with the first as an example."""
    few = check(subject_of(*[[5.0] * 4] * MOST_SERIES))
    assert [one.series for one in few] == ["s0", "s1", "s2"]
    (one,) = check(subject_of(*[[5.0] * 4] * (MOST_SERIES + 1)))
    assert one.message == "4 of 4 series, first 's0': all 4 values are 5"
    assert (one.series, one.count, one.lines) == (None, 4, (2, 6, 10))


@pytest.mark.parametrize("number", [one for one in SENTINELS if abs(one) >= 99])
def test_check_finds_codes_for_missing(number: float) -> None:
    """A number that is far from all others and often written for "no value"."""
    (one,) = check(subject_of(changed(WAVY, [20, 50, 51], number)))
    assert (one.severity, one.code, one.count) == ("warning", "sentinel", 3)
    assert one.lines == (22, 52, 53)
    assert one.fix == f"--na {number:.10g}"


def test_check_trusts_numbers_among_others() -> None:
    """-1 and -9 beside values around zero, 9999 among its like, are plain numbers."""
    around_zero = np.round(RNG.normal(0, 6, 200))
    assert {-1.0, -9.0} & set(around_zero)
    assert found(subject_of(around_zero)) == []
    assert found(subject_of(9990 + np.arange(60.0) % 12)) == []
    assert found(subject_of(-990 - (np.arange(60.0) % 12))) == []


def test_check_finds_zero_runs() -> None:
    """Zeros on end in a series that is never near zero otherwise."""
    (one,) = check(subject_of(changed(WAVY, slice(60, 75), 0)))
    assert (one.code, one.count, one.lines, one.fix) == ("zero-run", 15, (62, 63, 64), "--na 0")
    assert "zero-run" not in str(found(subject_of(changed(WAVY, slice(60, 64), 0))))


def test_check_leaves_out_zeros_before_a_series_by_their_lines() -> None:
    """As "no value" they would take later zeros along, which mean what they say."""
    (one,) = check(subject_of(changed(WAVY, slice(0, 20), 0)))
    assert (one.code, one.fix) == ("zero-run", "sed '2,21d' f.csv > repaired.csv")
    assert one.message.endswith("perhaps it had not begun")
    one = next(iter(check(subject_of(changed(WAVY, [*range(60, 75), 100], 0)))))
    assert (one.count, one.fix) == (15, "sed '62,76d' f.csv > repaired.csv")
    wide = subject_of(changed(WAVY, slice(0, 20), 0), WAVY)
    lines = np.tile(np.arange(2, 2 + len(WAVY), dtype=np.int32), 2)  # two series on each line
    (one,) = check(replace(wide, lines=lines))
    assert one.fix == "--na 0"


def test_check_finds_zero_runs_in_a_panel_as_in_each_series() -> None:
    """Zeros elsewhere, values below zero or small ones speak for plain zeros, in that series."""
    long = changed(WAVY, slice(60, 75), 0)
    twice = changed(long, slice(80, 90), 0)
    series = [long, WAVY, changed(long, [3, 9], 0), changed(long, 3, -1), twice, 0 * WAVY]
    series += [changed(long, [3, 9], NAN), changed(long, slice(0, 12), 1), long[:75]]
    panel = [one for one in check(subject_of(*series)) if one.code == "zero-run"]
    alone = [one.count for own in series for one in check(subject_of(own)) if "zero" in one.code]
    assert sum(one.count for one in panel) == sum(alone) == 15 + 25 + 15 + 15
    assert "4 of 9 series" in panel[0].message


def test_check_finds_a_total() -> None:
    """A last value that is the sum of all before is a total, and its line can go."""
    (one,) = check(subject_of(np.append(WAVY, WAVY.sum())))
    assert (one.code, one.lines) == ("total", (122,))
    assert one.fix == "sed '122d' f.csv > repaired.csv"


@pytest.mark.parametrize("factor", [0.001, 0.01, 0.1, 10, 100, 1000])
@pytest.mark.parametrize(("first", "last"), [(30, 60), (0, 40), (90, 120), (50, 51)])
def test_check_finds_another_unit(factor: float, first: int, last: int) -> None:
    """A stretch whose level is a power of ten away, and the factor that repairs it."""
    calm = 100 + np.arange(120) / 4 + RNG.normal(0, 2, 120)
    (one,) = check(subject_of(changed(calm, slice(first, last), calm[first:last] * factor)))
    assert (one.code, one.count) == ("unit", last - first)
    assert one.lines[0] == first + 2
    wanted = f"$2=$2/{factor:g}" if factor > 1 else f"$2=$2*{1 / factor:g}"
    assert one.fix is not None
    assert f"'NR>={first + 2} && NR<={last + 1} {{{wanted}}} 1'" in one.fix


def test_check_finds_outliers_that_no_season_explains() -> None:
    """A single spike is worth a look; the same spike in every season is not."""
    (one,) = check(subject_of(changed(WAVY, 40, 480)))
    assert (one.severity, one.code, one.lines, one.fix) == ("note", "outlier", (42,), None)
    yearly = changed(WAVY, slice(11, None, 12), 480)
    assert found(subject_of(yearly, season=12)) == []


def test_check_finds_cut_periods() -> None:
    """A last or first month at a tenth of all others is part of one."""
    months = 100 + np.arange(60.0) % 12
    (last,) = check(subject_of(changed(months, -1, 9), freq="MS", season=12))
    assert (last.code, last.lines, last.fix) == ("incomplete-last", (61,), "--drop-last-incomplete")
    (first,) = check(subject_of(changed(months, 0, 9), freq="MS", season=12))
    assert (first.code, first.lines) == ("incomplete-first", (2,))
    assert first.fix == "sed '2d' f.csv > repaired.csv"


def test_check_judges_the_end_of_a_file_by_all_its_series() -> None:
    """One series of many that ends low is one that ended low."""
    months = 100 + np.arange(60.0) % 12
    low = changed(months, -1, 9)
    assert found(subject_of(low, months, months, months, freq="MS", season=12)) == []
    assert found(subject_of(low, low, low, low, freq="MS", season=12))[0][:2] == (
        "incomplete-last",
        4,
    )


def test_check_looks_at_the_clock() -> None:
    """A day that goes on, and days yet to come; without a clock there is neither."""
    subject = subject_of(WAVY, freq="D")  # until 2020-04-29
    assert found(subject) == []
    at = {
        "2020-04-30T00:00": [],
        "2020-04-29T12:00": [("incomplete-last", 1, (121,))],
        "2020-04-20T12:00": [("future", 8, (114, 115, 116))],
    }
    for moment, expected in at.items():
        assert found(replace(subject, moment=np.datetime64(moment))) == expected


def test_check_knows_hours_that_clocks_skip() -> None:
    """Hourly local times lack one hour every spring, which names their zone."""
    values = np.resize(WAVY, 24 * 500)
    subject = subject_of(values, freq="h")
    hours = subject.panel.timestamps.astype("M8[h]")
    for zone in ("Europe/Berlin", "America/New_York"):
        gap = np.isin(hours, np.array(skipped_hours(zone, 2020, 2021), "M8[h]"))
        assert gap.sum() == 2
        panel = subject.panel.with_target(np.where(gap, NAN, values))
        lines = np.where(gap, 0, 2).astype(np.int32)
        (one,) = [
            one
            for one in check(replace(subject, panel=panel, lines=lines))
            if one.code == "daylight-saving"
        ]
        assert (one.count, one.fix) == (2, f"--tz {zone}")


def test_skipped_hours_are_those_of_the_zone() -> None:
    """The last Sunday of March in Europe; none where clocks stay."""
    assert skipped_hours("Europe/London", 2023, 2023) == (datetime(2023, 3, 26, 1),)
    assert skipped_hours("Asia/Tokyo", 2000, 2020) == ()
    assert skipped_hours("Nowhere/Land", 2000, 2020) == ()


def test_refuse_stale_measures_from_the_newest_time() -> None:
    """The newest series counts; whole numbers have no age."""
    today = np.datetime64("now")
    last = np.array([today - np.timedelta64(days, "D") for days in (90, 3)]).astype("M8[ns]")
    refuse_stale(last, "4d", "%Y-%m-%d", "s.csv")
    with pytest.raises(DataError, match=r"3 days ago; allowed: 2d") as caught:
        refuse_stale(last, "2d", "%Y-%m-%d", "s.csv")
    assert caught.value.fix == "--max-age 4d"
    with pytest.raises(DataError, match="no age"):
        refuse_stale(np.array([1, 2]), "2d", "integer", "s.csv")


def test_distances_are_those_of_a_slow_loop() -> None:
    """The lower median of up to seven neighbours, ends repeated, or a season away, if nearer."""
    rng = np.random.default_rng(0)
    for lengths, season in (((40, 3, 9), 1), ((25, 60), 4), ((7, 1, 90), 12)):
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        target = rng.normal(size=int(indptr[-1]))
        target[rng.uniform(size=len(target)) < 0.1] = np.nan
        expected = np.full(len(target), np.nan)
        for first, last in pairwise(indptr.tolist()):
            for row in range(first, last):
                around = [target[min(max(row + k, first), last - 1)] for k in range(-3, 4)]
                known = sorted(value for value in around if not np.isnan(value))
                found = [abs(target[row] - known[(len(known) - 1) // 2])] if len(known) > 3 else []
                for other in (row - season, row + season):
                    if season > 1 and first <= other < last:
                        found.append(abs(target[row] - target[other]))
                known_ones = [one for one in found if not np.isnan(one)]
                expected[row] = min(known_ones) if known_ones else np.nan
        assert np.array_equal(distances(target, indptr, (season,)), expected, equal_nan=True)
