"""Local times to UTC and back, through the hours that clocks skip or show twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from forecast.errors import DataError, UsageError
from forecast.read import Input, from_frame
from forecast.spec import DataSpec
from forecast.timeline.calendar import next_timestamps
from forecast.timeline.timestamps import format_timestamps
from forecast.timeline.zones import find_zone, to_utc, write_local

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "+05:45"]


@pytest.mark.parametrize("zone", ZONES)
def test_to_utc_undoes_write_local(zone: str) -> None:
    """Every half hour of a year comes back, as the first or the second of its name."""
    utc = np.datetime64("2024-01-01T00:00", "ns") + np.arange(0, 366 * 48) * np.timedelta64(30, "m")
    texts = write_local(utc, "%Y-%m-%dT%H:%M", zone)
    first, second, exists = to_utc(np.array(texts, "M8[ns]"), zone)
    assert exists.all()
    assert ((first == utc) | (second == utc)).all()


def test_to_utc_marks_times_that_clocks_skip() -> None:
    """There is no half past two on the last Sunday of March in Berlin."""
    local = np.array(["2024-03-31T01:30", "2024-03-31T02:30"], "M8[ns]")
    assert to_utc(local, "Europe/Berlin")[2].tolist() == [True, False]


def test_find_zone_suggests_what_is_allowed() -> None:
    """A name that is no zone is a wrong setting."""
    with pytest.raises(UsageError, match="unknown zone 'Mars'"):
        find_zone("Mars")


def local_hours(start: str, hours: int) -> list[str]:
    """Hours on a clock in Berlin."""
    first = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    begin = first.astimezone(UTC)
    return [
        f"{(begin + timedelta(hours=one)).astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M}"
        for one in range(hours)
    ]


def read_local(times: list[str]) -> Input:
    import pandas as pd

    frame = pd.DataFrame({"t": times, "y": np.arange(float(len(times)))})
    return from_frame(frame, DataSpec(tz="Europe/Berlin"))


@pytest.mark.parametrize("start", ["2024-03-30T12:00", "2024-10-26T12:00"])
@pytest.mark.parametrize("newest_first", [False, True])
def test_read_regularises_local_times_in_utc(start: str, newest_first: bool) -> None:
    """With a zone, no hour is missing or repeated when clocks change."""
    times = local_hours(start, 40)
    found = read_local(times[::-1] if newest_first else times)
    assert (found.panel.freq, len(found.panel.target)) == ("h", 40)
    values = found.panel.target.tolist()
    assert values == (list(range(40))[::-1] if newest_first else list(range(40)))


def test_read_refuses_local_times_that_do_not_exist() -> None:
    """Times of a skipped hour are of another zone."""
    with pytest.raises(DataError, match="2024-03-31 02:00 does not exist in Europe/Berlin"):
        read_local([f"2024-03-31 {hour:02d}:00" for hour in range(20)])


def test_read_takes_dates_of_a_zone_from_utc() -> None:
    """Midnights and firsts of months in Berlin are a day and a month apart, whatever UTC says."""
    import pandas as pd

    zone = DataSpec(tz="Europe/Berlin")
    for freq, ends, then in (
        (
            "D",
            ("2024-09-25", "2024-10-26"),
            ["2024-10-27T00:00:00+02:00", "2024-10-28T00:00:00+01:00"],
        ),
        ("MS", ("2022-01", "2024-09"), ["2024-10-01T00:00:00+02:00", "2024-11-01T00:00:00+01:00"]),
    ):
        times = pd.date_range(*ends, freq=freq, tz="Europe/Berlin")
        for texts in (
            times.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ"),
            times.map(lambda one: one.isoformat()),
        ):
            found = from_frame(pd.DataFrame({"t": texts, "y": np.arange(float(len(texts)))}), zone)
            assert (found.panel.freq, len(found.panel.target)) == (freq, len(times))
            ahead = next_timestamps(found.panel.cutoffs, freq, 2)[0]
            assert format_timestamps(ahead, found.columns.time_format).tolist() == then


@pytest.mark.parametrize(
    ("first", "last", "freq"),
    [
        ("2024-03-01", "2024-03-29", "D"),
        ("2024-10-01", "2024-10-25", "D"),
        ("2023-01-01", "2024-02-01", "MS"),
        ("2024-10-20", "2024-10-27 01:00", "h"),
        ("2024-10-26", "2024-10-27 05:00", "15min"),
    ],
)
def test_from_frame_goes_on_in_the_zone_of_its_times(first: str, last: str, freq: str) -> None:
    """Clocks are set as pandas sets them, though nothing but the frame tells the zone."""
    import pandas as pd

    times = pd.date_range(first, last, freq=freq, tz="Europe/Berlin")
    found = from_frame(pd.DataFrame({"t": times, "y": np.arange(float(len(times)))}))
    assert found.panel.freq == freq
    ahead = next_timestamps(found.panel.cutoffs, freq, 5)[0]
    texts = format_timestamps(ahead, found.columns.time_format).tolist()
    then = pd.date_range(times[-1], periods=6, freq=freq)[1:]
    assert [pd.Timestamp(one) for one in texts] == then.tolist()


def test_read_knows_that_seconds_since_1970_are_utc() -> None:
    """A zone moves them nowhere, and forecasts count on."""
    import pandas as pd

    zone = DataSpec(tz="Europe/Berlin")
    hours = pd.date_range("2024-07-01", periods=48, freq="h")
    seconds = (hours - pd.Timestamp(0)) // pd.Timedelta("1s")
    found = from_frame(pd.DataFrame({"date": seconds, "y": np.arange(48.0)}), zone)
    assert found.panel.timestamps.tolist() == hours.to_numpy().astype("M8[ns]").tolist()
    assert format_timestamps(found.panel.cutoffs, found.columns.time_format) == str(seconds[-1])
    assert "seconds since 1970 are UTC, whatever the zone" in found.notes


def test_age_of_seconds_since_1970_is_counted_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are as old as they are, whatever zone the machine is in."""
    import pandas as pd

    asked: list[bool] = []

    def clock(*, utc: bool) -> np.datetime64:
        asked.append(utc)
        return np.datetime64("2024-07-03T01:00")

    monkeypatch.setattr("forecast.check.times.now", clock)
    hours = pd.date_range("2024-07-01", periods=48, freq="h")
    seconds = (hours - pd.Timestamp(0)) // pd.Timedelta("1s")
    from_frame(pd.DataFrame({"t": seconds, "y": np.arange(48.0)}), DataSpec(max_age="3h"))
    assert asked == [True]
