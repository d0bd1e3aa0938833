"""Dates and times in texts of one shape, held against pandas."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.timeline.datetimes import read_datetimes, shapes, write_datetimes

FORMS = (
    "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%y", "%Y%m%d", "%Y%m", "%Y", "%b-%y", "%B %Y", "%d %b %Y",
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%m/%d/%Y %I:%M %p", "%Y-%m-%d %H:%M:%S.%f",
)  # fmt: skip


def read(texts: list[str], form: str) -> np.ndarray:
    """Read texts of any shapes in one notation."""
    cells, groups = shapes(texts)
    found = np.full(len(texts), np.datetime64("NaT", "us"))
    for shape, rows in groups:
        found[rows] = read_datetimes(cells[rows], shape, form)
    return found


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20, deadline=None)
@given(times=st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)), min_size=1))
def test_read_datetimes_reads_what_was_written(form: str, times: list[datetime]) -> None:
    """Times written by strftime are read as pandas reads them."""
    texts = [one.strftime(form) for one in times]
    expected = pd.to_datetime(pd.Series(texts, dtype=object), format=form).to_numpy()
    np.testing.assert_array_equal(read(texts, form), expected.astype("M8[us]"))
    assert write_datetimes(read(texts, form), form) == texts


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2023-02-29", "%Y-%m-%d"), ("2023-13-01", "%Y-%m-%d"), ("2023-00-01", "%Y-%m-%d"),
        ("2023-01-00", "%Y-%m-%d"), ("1900-02-29", "%Y-%m-%d"),
        ("01/01/2023 13:00 PM", "%m/%d/%Y %I:%M %p"), ("Foo-20", "%b-%y"), ("Sep 2020", "%B %Y"),
        ("2023-01", "%Y-%m-%d"), ("red", "%Y"),
    ],
)  # fmt: skip
def test_read_datetimes_refuses_what_is_no_time(text: str, form: str) -> None:
    """A day that a month does not have is no date, nor is another notation."""
    assert pd.isna(pd.to_datetime(pd.Series([text]), format=form, errors="coerce")).all()
    assert np.isnat(read([text], form)).all()


@pytest.mark.parametrize("text", ["1998-Q0", "1998-Q5"])
def test_read_datetimes_knows_four_quarters(text: str) -> None:
    """A year has the quarters 1 to 4."""
    assert np.isnat(read([text], "%Y-Q%q")).all()


@pytest.mark.parametrize("offset", ["Z", "+02:00", "-0330"])
def test_read_datetimes_subtracts_the_offset(offset: str) -> None:
    """Times with an offset are given in UTC."""
    text = f"2024-03-31T01:30:00{offset}"
    expected = pd.Timestamp(text).tz_convert("UTC").tz_localize(None).to_datetime64()
    assert read([text], "%Y-%m-%dT%H:%M:%S%z")[0] == expected


def test_read_datetimes_cuts_below_a_microsecond() -> None:
    """Fractions of any length are read to the microsecond."""
    found = read(["2024-01-01 00:00:00.5", "2024-01-01 00:00:00.123456789"], "%Y-%m-%d %H:%M:%S.%f")
    assert (found - np.datetime64("2024-01-01")).astype(int).tolist() == [500_000, 123_456]


def test_shapes_leaves_out_what_cannot_be_a_time() -> None:
    """Long texts and other scripts have an empty shape."""
    assert [shape for shape, _ in shapes(["2024", "x" * 99, "٢٠٢٤"])[1]] == ["1111", ""]


def test_read_datetimes_reads_the_end_of_a_day() -> None:
    """ISO 8601 lets a day end at 24:00, which is the next day's midnight."""
    found = read(["2023-12-31 24:00", "2023-12-31 24:01"], "%Y-%m-%d %H:%M")
    assert [str(one)[:16] for one in found] == ["2024-01-01T00:00", "NaT"]


@pytest.mark.parametrize("year", range(1970, 2040))
def test_read_datetimes_counts_weeks_as_iso_does(year: int) -> None:
    """The Monday of a week is that of datetime.fromisocalendar; a 53rd week may not exist."""
    texts = [f"{year}-W{week:02d}" for week in range(1, 54)]
    for text, found in zip(texts, read(texts, "%G-W%V").tolist(), strict=True):
        week = int(text[-2:])
        last = datetime(year, 12, 28).isocalendar().week
        expected = datetime.fromisocalendar(year, week, 1) if week <= last else None
        assert found == expected
