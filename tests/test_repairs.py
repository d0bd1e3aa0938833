"""Repairs asked for by flags: what is read, what is said, what is refused."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest

from forecast.errors import DataError
from forecast.read import Input, read_csv
from forecast.reading import repairs
from forecast.spec import DataSpec
from forecast.spec.data import Duplicates
from forecast.timeline.timestamps import format_timestamps

HOURS = np.datetime64("2024-01-01T05") + np.arange(24 * 20)


def hourly(skipped: tuple[int, ...] = (), value: str = "{}") -> bytes:
    """Write hourly rows whose value is the hour of the day, from 5 o'clock on."""
    rows = [
        f"{str(hour).replace('T', ' ')}:00,{value.format(int(str(hour)[-2:]))}\n"
        for place, hour in enumerate(HOURS)
        if place not in skipped
    ]
    return ("time,load\n" + "".join(rows)).encode()


def read(content: bytes, spec: DataSpec) -> Input:
    return read_csv(BytesIO(content), spec)


def messages(given: Input) -> str:
    return "\n".join(one.message for one in given.findings)


@pytest.mark.parametrize(("how", "merged"), [("mean", 5.0), ("sum", 5.0), ("last", np.nan)])
def test_mask_numbers_comes_before_rows_are_merged(how: Duplicates, merged: float) -> None:
    """What stands for no value is no part of a sum or mean."""
    rows = "".join(f"2024-01-{day:02d},{day}\n" for day in range(1, 21))
    content = f"day,y\n{rows}2024-01-05,-999\n".encode()
    given = read(content, DataSpec(na=(-999.0,), duplicates=how))
    np.testing.assert_equal(given.panel.target[3:6], [4.0, merged, 6.0])


def test_aggregate_leaves_incomplete_days_out() -> None:
    """The first day, which began before the file, and the last, cut short, have no honest sum."""
    given = read(hourly(), DataSpec(freq="D", aggregate="sum"))
    assert given.panel.target.tolist() == [276.0] * 19
    assert str(given.panel.timestamps[0])[:10] == "2024-01-02"
    assert "2 first and last periods left out" in messages(given)
    assert "hourly (h) rows summed: daily (D), 480 to 19" in messages(given)


def test_aggregate_does_not_sum_over_gaps() -> None:
    """A day with a missing hour has no sum; filled first, it has one."""
    given = read(hourly((60,)), DataSpec(freq="D", aggregate="sum"))
    assert np.flatnonzero(np.isnan(given.panel.target)).tolist() == [1]
    assert "1 period without a value, since rows in them are missing" in messages(given)
    filled = read(hourly((60,)), DataSpec(freq="D", aggregate="sum", missing="interpolate"))
    assert filled.panel.target.tolist() == [276.0] * 19


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M%z"])
@pytest.mark.parametrize("events", [False, True])
def test_aggregate_makes_days_of_the_zone(form: str, events: bool) -> None:
    """A day begins at midnight where the clocks are, and has 23 or 25 hours when they change."""
    import pandas as pd

    for first, last, hours in (("2024-03-29", "2024-04-02", 23), ("2024-10-25", "2024-10-29", 25)):
        times = pd.date_range(first, last, freq="h", tz="Europe/Berlin", inclusive="left")
        if events:  # at no regular step
            times += pd.to_timedelta(np.random.default_rng(0).integers(60, size=len(times)), "min")
        rows = "".join(f"{time.strftime(form)},1\n" for time in times)
        reading = DataSpec(freq="D", aggregate="sum", tz="Europe/Berlin", duplicates="sum")
        given = read(f"t,y\n{rows}".encode(), reading)
        expected = pd.Series(1.0, times).resample("D").sum()
        assert given.panel.target.tolist() == expected.tolist()
        assert events or given.panel.target[2] == hours
        assert given.panel.timestamps[0] == np.datetime64(first)
        (end,) = format_timestamps(given.panel.cutoffs, given.columns.time_format)
        written = expected.index[-1].strftime(form)
        assert end.replace("+01:00", "+0100").replace("+02:00", "+0200") == written


def test_aggregate_takes_single_events_as_they_are() -> None:
    """Rows at odd times become sums of what there is."""
    content = b"time,amount\n2024-01-01 08:13,1\n2024-01-01 17:55,2\n2024-01-02 09:01,3\n"
    content += b"2024-01-03 10:20,4\n2024-01-03 11:47,5\n2024-01-04 23:59,6\n2024-01-05 00:01,7\n"
    given = read(content, DataSpec(freq="D", aggregate="sum"))
    assert given.panel.target.tolist() == [3.0, 3.0, 9.0, 6.0, 7.0]
    assert given.panel.freq == "D"


def test_aggregate_leaves_rows_of_that_step_alone() -> None:
    """Newer history that is daily already is read as it is."""
    content = b"day,y\n" + b"".join(b"2024-01-%02d,%d\n" % (day, day) for day in range(1, 10))
    given = read(content, DataSpec(freq="D", aggregate="sum"))
    assert given.panel.target.tolist() == list(range(1, 10))


def test_aggregate_refuses_a_finer_step() -> None:
    """Hours cannot be made of days."""
    with pytest.raises(DataError, match="not finer than min") as caught:
        read(hourly(), DataSpec(freq="min", aggregate="mean"))
    assert caught.value.fix == "--freq h"


def test_aggregate_refuses_when_no_period_is_whole() -> None:
    """Twenty days hold no whole quarter."""
    with pytest.raises(DataError, match="no period of QS has all its rows with a value") as caught:
        read(hourly(), DataSpec(freq="QS", aggregate="sum"))
    assert caught.value.fix == "--freq h"


def test_aggregate_refuses_when_every_period_has_a_gap() -> None:
    """A sum over gaps only is no series."""
    gaps = tuple(range(3, 480, 12))
    with pytest.raises(DataError, match="no period of D has all its rows") as caught:
        read(hourly(gaps), DataSpec(freq="D", aggregate="sum"))
    assert caught.value.fix == "--missing interpolate, or --missing zero"


def test_aggregate_of_events_is_told_step_by_step() -> None:
    """Two payments a day are summed, not dropped, and days without one are no gaps."""
    days = [1, 1, 2, 3, 5, 6, 9, 10, 11, 12, 15, 16, 18, 19, 20, 23, 24, 27, 28]
    content = b"day,y\n" + b"".join(b"2024-01-%02d,5\n" % day for day in days)
    asked = DataSpec(freq="W-MON", aggregate="sum")
    with pytest.raises(DataError, match="a second row for 2024-01-01") as caught:
        read(content, asked)
    assert caught.value.fix == "forecast train stdin --duplicates sum"
    with pytest.raises(DataError, match="no period of W-MON has all its rows") as caught:
        read(content, replace(asked, duplicates="sum"))
    assert caught.value.fix == "--missing interpolate, or --missing zero"
    given = read(content, replace(asked, duplicates="sum", missing="zero"))
    assert given.panel.target.tolist() == [30, 20, 25, 20]


def test_mask_numbers_makes_them_missing() -> None:
    """A number that means "no value" is masked, and the lines are named."""
    content = b"t,y\n1,5\n2,-999\n3,7\n4,8\n5,-999\n6,9\n"
    given = read(content, DataSpec(na=(-999.0,)))
    np.testing.assert_array_equal(given.panel.target, [5, np.nan, 7, 8, np.nan, 9])
    (finding,) = [one for one in given.findings if one.code == "na"]
    assert (finding.lines, finding.count) == ((3, 6), 2)


@pytest.mark.parametrize(
    ("how", "expected"),
    [("zero", 0.0), ("interpolate", 3.0), ("seasonal", 3.0)],
)
def test_settle_missing_fills(how: str, expected: float) -> None:
    """An empty cell and a missing row are filled as asked."""
    content = b"t,y\n1,1\n2,2\n3,\n5,5\n6,6\n7,7\n"
    given = read(content, DataSpec.from_dict({"missing": how}))
    assert given.panel.target[2] == expected
    assert f"2 missing values filled (missing: {how})" in messages(given)


@pytest.mark.parametrize(
    ("content", "where"),
    [(b"t,y\n1,1\n2,2\n3,\n4,5\n5,5\n", "stdin:4"), (b"t,y\n1,1\n2,2\n4,5\n5,5\n", "stdin:3")],
)
def test_settle_missing_refuses_where_asked(content: bytes, where: str) -> None:
    """The line of the empty cell, or the one before the gap, and a fix."""
    with pytest.raises(DataError) as caught:
        read(content, DataSpec(missing="error"))
    assert caught.value.where == where
    assert caught.value.fix == "--missing interpolate"


def test_drop_last_incomplete_follows_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today's row goes, yesterday's stays; the row before the last is never touched."""
    content = b"day,y\n" + b"".join(b"2024-01-%02d,%d\n" % (day, day) for day in range(1, 10))
    for moment, rows in (("2024-01-09T12", 8), ("2024-01-10T00", 9)):
        monkeypatch.setattr(repairs, "now", lambda utc, at=moment: np.datetime64(at))
        given = read(content, DataSpec(drop_last_incomplete=True))
        assert len(given.panel.target) == rows
        assert ("2024-01-09, which is not over, left out" in messages(given)) == (rows == 8)


def test_drop_last_incomplete_knows_parts_by_their_value() -> None:
    """A last month at a tenth of all others goes, in the series that has it."""
    months = [f"{2000 + n // 12}-{n % 12 + 1:02d}" for n in range(40)]
    rows = [f"{name},{month},{100 + n % 12}\n" for name in "ab" for n, month in enumerate(months)]
    rows[-1] = f"b,{months[-1]},9\n"
    given = read(("id,month,y\n" + "".join(rows)).encode(), DataSpec(drop_last_incomplete=True))
    assert given.panel.lengths.tolist() == [40, 39]


def test_read_newer_repairs_as_the_training_data_were() -> None:
    """A model of daily sums reads a newer hourly file as daily sums."""
    from forecast import Forecaster

    reading = DataSpec(freq="D", aggregate="sum", na=(-1.0,), missing="zero")
    model = Forecaster(reading=reading).adopt(BytesIO(hourly()), 2)
    newer = model.read_newer(BytesIO(hourly().replace(b"01-08 05:00,5", b"01-08 05:00,-1")))
    assert newer.panel.freq == "D"
    assert newer.panel.target[[5, 6, 7]].tolist() == [276.0, 271.0, 276.0]
