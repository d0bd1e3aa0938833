"""Parquet files are read as text files are: the same columns, times and refusals."""

import datetime
import decimal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.cli.common import run
from forecast.errors import DataError
from forecast.read import read_csv
from forecast.spec import DataSpec

pa = pytest.importorskip("pyarrow", reason="Parquet needs the package pyarrow")
import pyarrow.parquet as pq  # noqa: E402

DAYS = [datetime.date(2024, 1, 1) + datetime.timedelta(days=n) for n in range(30)]
VALUES = [10.0 + n % 7 for n in range(30)]


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Write columns to a file, and give its path."""

    def write(columns: dict[str, Any], name: str = "f.parquet") -> str:
        pq.write_table(pa.table(columns), tmp_path / name)
        return str(tmp_path / name)

    return write


def hours(zone: str | None, unit: str = "us") -> Any:
    """Thirty hours around a change of clocks in Berlin."""
    start = datetime.datetime(2024, 3, 30, 12, tzinfo=datetime.UTC)
    times = [start + datetime.timedelta(hours=n) for n in range(30)]
    if zone is None:
        times = [one.replace(tzinfo=None) for one in times]
    return pa.array(times, pa.timestamp(unit, tz=zone))


@pytest.mark.parametrize(
    ("days", "freq"),
    [
        (pa.array(DAYS, pa.date32()), "D"), (pa.array(DAYS).cast(pa.timestamp("ms")), "D"),
        (pa.array([str(day) for day in DAYS]), "D"), (hours(None), "h"), (hours(None, "ns"), "h"),
        (hours("UTC"), "h"), (hours("Europe/Berlin"), "h"), (pa.array(range(30)), "1"),
    ],
)  # fmt: skip
def test_read_csv_reads_times_of_parquet(write: Any, days: Any, freq: str) -> None:
    """Dates, times in any unit, text and counts keep their step; hours are kept in UTC."""
    found = read_csv(write({"ds": days, "y": VALUES}))
    assert (found.panel.freq, found.panel.target.tolist()) == (freq, VALUES)
    if freq == "h":
        assert str(found.panel.timestamps[0])[:13] == "2024-03-30T12"


def test_read_csv_keeps_the_zone_of_parquet(write: Any) -> None:
    """Times with a zone are told from local ones, and written with their offset again."""
    formats = [
        read_csv(write({"ds": hours(zone), "y": VALUES})).columns.time_format
        for zone in (None, "UTC", "Europe/Berlin")
    ]
    assert formats == [
        "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S%z @+00:00",
        "%Y-%m-%d %H:%M:%S%z @Europe/Berlin",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [
        pa.array([decimal.Decimal(f"{one:.2f}") for one in VALUES], pa.decimal128(9, 2)),
        pa.array(VALUES, pa.float32()), pa.array([int(one) for one in VALUES], pa.int8()),
        pa.array([f"{one}" for one in VALUES]), pa.array(VALUES).dictionary_encode(),
    ],
)  # fmt: skip
def test_read_csv_reads_numbers_of_parquet(write: Any, values: Any) -> None:
    """Decimals, small and whole numbers, text and dictionaries are the numbers they are."""
    assert read_csv(write({"ds": DAYS, "y": values})).panel.target.tolist() == VALUES


def test_read_csv_reads_panels_of_parquet(write: Any) -> None:
    """Categories name series; what is null is missing."""
    shops = pa.array(["b"] * 30 + ["a"] * 30).dictionary_encode()
    sales = [None if n == 5 else float(n) for n in range(60)]
    found = read_csv(write({"shop": shops, "day": DAYS * 2, "sales": sales}))
    assert (found.panel.ids, found.columns.id) == (("b", "a"), "shop")
    assert np.flatnonzero(np.isnan(found.panel.target)).tolist() == [5]


def test_read_csv_tells_parquet_by_its_bytes(write: Any) -> None:
    """Not by what the file is called."""
    found = read_csv(write({"ds": DAYS, "y": VALUES}, "f.csv"))
    assert found.panel.target.tolist() == VALUES
    path = Path(str(found.path)).with_suffix(".parquet")
    path.write_text("ds,y\n" + "".join(f"{day},{n}\n" for n, day in enumerate(DAYS)))
    assert len(read_csv(path).panel.target) == 30


@pytest.mark.parametrize(
    "columns",
    [
        {"ds": DAYS, "y": [[one] for one in VALUES]},
        {"ds": DAYS, "y": [{"a": one} for one in VALUES]},
        {"ds": [[day] for day in DAYS], "y": VALUES},
        {"ds": DAYS, "y": [b"\xff"] * 30},
    ],
)
def test_read_csv_refuses_nested_columns(write: Any, columns: dict[str, Any]) -> None:
    """Lists, structures and bytes are no times and no numbers."""
    path = write(columns)
    with pytest.raises(DataError) as caught:
        read_csv(path, DataSpec(time="ds", target="y"))
    assert caught.value.kind in ("odd-value", "unread-time")
    assert (caught.value.where or "").startswith(path)


@pytest.mark.parametrize(("first", "last"), [(0, -1), (0, 60), (0, 4), (100, None)])
def test_read_csv_refuses_broken_parquet(write: Any, first: int, last: int | None) -> None:
    """A file that was cut anywhere is damaged, never read in part."""
    path = Path(write({"ds": DAYS, "y": VALUES}))
    whole = path.read_bytes()
    path.write_bytes(b"PAR1" + whole[4 + first : last] if first else whole[:last])
    with pytest.raises(DataError, match="the Parquet file is damaged") as caught:
        read_csv(path)
    assert caught.value.kind == "damaged-file"


def test_check_needs_pyarrow_for_parquet(
    write: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without the library the exit code is 10, with the command that installs it."""
    path = write({"ds": DAYS, "y": VALUES})
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    assert run(["check", path]) == 10
    assert "fix: pip install 'forecast[parquet]'" in capfd.readouterr().err


def test_check_reads_parquet(write: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """What is odd is found as in a text, without commands that edit lines."""
    values = [*VALUES[:10], -999.0, -999.0, *VALUES[12:]]
    assert run(["check", write({"ds": DAYS, "y": values})]) == 0
    out = capfd.readouterr().out
    assert "[sentinel]" in out
    assert "fix: sed" not in out
