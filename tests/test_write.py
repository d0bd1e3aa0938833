"""Writing forecasts: columns, formats, and files that are whole or absent."""

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.columns import Columns
from forecast.errors import DependencyError, WriteError
from forecast.result import Forecast
from forecast.timestamps import INTEGER
from forecast.write import (
    forecast_frame,
    to_csv,
    to_json,
    to_jsonl,
    to_parquet,
    write_output,
)

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)


@pytest.fixture
def forecast() -> Forecast:
    """Two series, three months, quantiles that tell series, step and level apart."""
    stamps = np.tile(np.array(["2024-01", "2024-02", "2024-03"], "M8[M]").astype("M8[ns]"), (2, 1))
    quantiles = np.arange(30.0).reshape(2, 3, 5) / 10
    return Forecast(
        "GRU", ("a", "b"), stamps[:, 0], stamps, quantiles[..., 2], LEVELS, quantiles,
        ("GRU", "SeasonalNaive"),
    )  # fmt: skip


def test_forecast_frame_has_the_documented_columns(forecast: Forecast) -> None:
    """The user's id and time, then yhat, intervals by level, model and source."""
    frame = forecast_frame(forecast, Columns("month", "sales", "store", "%Y-%m"), (95, 80))
    assert list(frame) == [
        "store", "month", "yhat", "yhat-lo-80", "yhat-hi-80", "yhat-lo-95", "yhat-hi-95", "model",
        "source",
    ]  # fmt: skip
    assert frame.iloc[4].tolist() == [
        "b", "2024-02", 2.2, 2.1, 2.3, 2.0, 2.4, "GRU", "SeasonalNaive",
    ]  # fmt: skip


def test_forecast_frame_leaves_out_an_id_that_the_input_lacks(forecast: Forecast) -> None:
    """A file with one series gets forecasts without an id column."""
    assert list(forecast_frame(forecast, Columns("ds", "y"), ()))[:2] == ["ds", "yhat"]


@pytest.mark.parametrize(
    ("time_format", "first"),
    [("%Y", "2024"), ("%Y-%m-%d %H:%M:%S", "2024-01-01 00:00:00"), ("%Y Q%q", "2024 Q1")],
)
def test_forecast_frame_writes_times_like_the_input(
    forecast: Forecast, time_format: str, first: str
) -> None:
    """Dates keep the notation of the file that was read."""
    frame = forecast_frame(forecast, Columns(time_format=time_format))
    assert frame["ds"].iloc[0] == first


def test_forecast_frame_keeps_whole_numbers(forecast: Forecast) -> None:
    """Times without a calendar stay numbers, in JSON too."""
    counted = Forecast(
        "GRU", ("a",), np.array([9]), np.array([[10, 11, 12]]), forecast.mean[:1], LEVELS,
        forecast.quantiles[:1], ("GRU",),
    )  # fmt: skip
    frame = forecast_frame(counted, Columns("t", "y", None, INTEGER))
    assert json.loads(to_json(frame))["data"][0]["t"] == 10


def test_to_csv_reads_back_to_the_same_floats(forecast: Forecast) -> None:
    """Numbers are written so that nothing is lost."""
    values = np.random.default_rng(0).lognormal(sigma=9, size=200)
    text = to_csv(pd.DataFrame({"yhat": values}))
    assert [float(line) for line in text.split()[1:]] == values.tolist()
    assert pd.read_csv(io.StringIO(to_csv(forecast_frame(forecast, Columns())))).shape == (6, 8)


def test_to_json_is_one_line_with_the_schema(forecast: Forecast) -> None:
    """A script reads one line: schema, ok, data and warnings."""
    text = to_json(forecast_frame(forecast, Columns(id="store")), warnings=["short"])
    document = json.loads(text)
    assert text.count("\n") == 1
    assert ": " not in text
    assert list(document) == ["schema", "ok", "data", "warnings"]
    assert (document["schema"], document["ok"]) == ("forecast.predict/1", True)
    assert (len(document["data"]), document["warnings"]) == (6, ["short"])
    assert document["data"][0]["yhat"] == 0.2


def test_to_json_writes_null_for_what_json_cannot_hold() -> None:
    """Missing and infinite numbers become null, not the invalid word NaN."""
    frame = pd.DataFrame({"a": [1.0, np.nan, np.inf]})
    assert [row["a"] for row in json.loads(to_json(frame))["data"]] == [1.0, None, None]


def test_to_jsonl_is_one_object_per_row(forecast: Forecast) -> None:
    """Each line stands alone."""
    lines = to_jsonl(forecast_frame(forecast, Columns())).splitlines()
    assert [json.loads(line)["ds"] for line in lines[:2]] == ["2024-01-01", "2024-02-01"]
    assert len(lines) == 6


def test_to_parquet_reads_back(forecast: Forecast) -> None:
    """Parquet holds the same frame."""
    pytest.importorskip("pyarrow")
    frame = forecast_frame(forecast, Columns())
    back = pd.read_parquet(io.BytesIO(to_parquet(frame)))
    assert to_csv(back) == to_csv(frame)


def test_to_parquet_names_the_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the error says what to install, with exit code 10."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DependencyError) as caught:
        to_parquet(pd.DataFrame({"a": [1]}))
    assert (caught.value.exit_code, caught.value.fix) == (10, "pip install 'forecast[parquet]'")


def test_write_output_replaces_a_file_whole(tmp_path: Path) -> None:
    """Text and bytes replace what was there and leave no temporary file."""
    path = tmp_path / "out.csv"
    write_output("lang länger\n", path)
    path.chmod(0o640)
    write_output(b"kurz\n", path)
    assert path.read_text(encoding="utf-8") == "kurz\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


def test_write_output_gives_new_files_the_usual_permissions(tmp_path: Path) -> None:
    """A new file is as readable as any other that the user makes."""
    (tmp_path / "other").touch()
    write_output("x", tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_write_output_keeps_links(tmp_path: Path) -> None:
    """Writing through a link changes the file that it points to."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_output("new", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_write_output_writes_to_pipes() -> None:
    """A device or pipe such as /dev/stdout is written to, never replaced."""
    code = "from forecast.write import write_output; write_output('x', '/dev/stdout')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "x"


def test_write_output_refuses_a_missing_folder(tmp_path: Path) -> None:
    """The error has exit code 7 and names the file."""
    with pytest.raises(WriteError, match="no such file or directory") as caught:
        write_output("x", tmp_path / "none" / "out.csv")
    assert (caught.value.exit_code, caught.value.where) == (7, str(tmp_path / "none" / "out.csv"))


def test_write_output_refuses_a_folder(tmp_path: Path) -> None:
    """A folder is no place for a file's content."""
    with pytest.raises(WriteError, match="is a directory"):
        write_output("x", tmp_path)


def test_write_output_keeps_the_old_file_when_the_disk_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves the old file and nothing else."""
    path = tmp_path / "out.csv"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match="no space left on device"):
        write_output("new", path)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("out.csv", "old")]


def test_import_write_stays_light() -> None:
    """Writing needs neither torch, statsmodels, scikit-learn nor pyarrow's Parquet."""
    code = "import sys, forecast.read, forecast.write; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"torch", "statsmodels", "sklearn", "pyarrow.parquet"} & set(loaded.stdout.split())
