"""Writing forecasts: columns, formats, and files that are whole or absent."""

import io
import json
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecast.errors import DependencyError
from forecast.reading.columns import Columns
from forecast.result import Forecast
from forecast.timeline.notation import INTEGER
from forecast.write import (
    forecast_columns,
    forecast_frame,
    records,
    to_csv,
    to_jsonl,
    to_parquet,
)
from tests.ledgers import entry

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


def test_forecast_columns_has_the_documented_columns(forecast: Forecast) -> None:
    """The user's id and time, then yhat, intervals by level, model and source."""
    frame = forecast_columns(forecast, Columns("month", "sales", "store", "%Y-%m"), (95, 80))
    assert list(frame) == [
        "store", "month", "yhat", "yhat-lo-80", "yhat-hi-80", "yhat-lo-95", "yhat-hi-95", "model",
        "source",
    ]  # fmt: skip
    assert [values[4] for values in frame.values()] == [
        "b", "2024-02", 2.2, 2.1, 2.3, 2.0, 2.4, "GRU", "SeasonalNaive",
    ]  # fmt: skip


def test_forecast_columns_leaves_out_an_id_that_the_input_lacks(forecast: Forecast) -> None:
    """A file with one series gets forecasts without an id column."""
    assert list(forecast_columns(forecast, Columns("ds", "y"), ()))[:2] == ["ds", "yhat"]


@pytest.mark.parametrize(
    ("time_format", "first"),
    [
        ("%Y Q%q", pd.Timestamp("2024-01-01")),
        ("%Y-%m-%dT%H:%MZ", pd.Timestamp("2024-01-01", tz="UTC")),
        ("%Y-%m-%d %H:%M%z @Europe/Berlin", pd.Timestamp("2024-01-01 01:00", tz="Europe/Berlin")),
        ("%Y-%m-%d %H:%M%z in Europe/Berlin", pd.Timestamp("2024-01-01", tz="Europe/Berlin")),
        ("%Y-%m-%d %H:%M:%S+09:00", pd.Timestamp("2024-01-01 00:00+09:00")),
        ("FY%y Q%q", "FY24 Q1"),
    ],
)
def test_forecast_frame_has_times_of_pandas(
    forecast: Forecast, time_format: str, first: object
) -> None:
    """Dates are datetimes, in their zone; only fiscal ones, of no known month, are text."""
    frame = forecast_frame(forecast, Columns("month", "sales", None, time_format))
    assert frame["month"].iloc[0] == first
    assert list(frame) == list(forecast_columns(forecast, Columns("month", "sales")))


def test_forecast_frame_keeps_counts(forecast: Forecast) -> None:
    """Times that are whole numbers stay numbers."""
    steps = replace(forecast, timestamps=np.array([[10, 11, 12]] * 2))
    frame = forecast_frame(steps, Columns("step", "y", None, INTEGER))
    assert frame["step"].tolist() == [10, 11, 12] * 2


@pytest.mark.parametrize(
    ("time_format", "first"),
    [("%Y", "2024"), ("%Y-%m-%d %H:%M:%S", "2024-01-01 00:00:00"), ("%Y Q%q", "2024 Q1")],
)
def test_forecast_columns_writes_times_like_the_input(
    forecast: Forecast, time_format: str, first: str
) -> None:
    """Dates keep the notation of the file that was read."""
    frame = forecast_columns(forecast, Columns(time_format=time_format))
    assert frame["ds"][0] == first


def test_forecast_columns_keeps_whole_numbers(forecast: Forecast) -> None:
    """Times without a calendar stay numbers, in JSON too."""
    counted = Forecast(
        "GRU", ("a",), np.array([9]), np.array([[10, 11, 12]]), forecast.mean[:1], LEVELS,
        forecast.quantiles[:1], ("GRU",),
    )  # fmt: skip
    frame = forecast_columns(counted, Columns("t", "y", None, INTEGER))
    assert records(frame)[0]["t"] == 10


def test_to_csv_reads_back_to_the_same_floats(forecast: Forecast) -> None:
    """Numbers are written so that nothing is lost."""
    values = np.random.default_rng(0).lognormal(sigma=9, size=200)
    text = to_csv({"yhat": values})
    assert [float(line) for line in text.split()[1:]] == values.tolist()
    assert pd.read_csv(io.StringIO(to_csv(forecast_columns(forecast, Columns())))).shape == (6, 8)


def test_to_csv_writes_what_pandas_writes() -> None:
    """Quotes, missing values, whole numbers and extreme floats are written as by pandas."""
    table = {
        "a,b": np.array(["x", 'say "no"', "1,5", "two\nlines", ""], object),
        "t": np.array([1, 2, 3, -4, 5]),
        "y": np.array([1e-7, np.nan, -0.0, 1e16, 123456.789]),
        "z": np.array([0.1, 1e22, 5e-324, 1.0, 100.0]),
    }
    assert to_csv(table) == pd.DataFrame(table).to_csv(index=False, lineterminator="\n")


def test_records_writes_null_for_what_json_cannot_hold() -> None:
    """Missing and infinite numbers become null, not the invalid word NaN."""
    frame = {"a": np.array([1.0, np.nan, np.inf])}
    assert [row["a"] for row in records(frame)] == [1.0, None, None]


def test_to_jsonl_is_one_object_per_row(forecast: Forecast) -> None:
    """Each line stands alone."""
    lines = to_jsonl(forecast_columns(forecast, Columns())).splitlines()
    assert [json.loads(line)["ds"] for line in lines[:2]] == ["2024-01-01", "2024-02-01"]
    assert len(lines) == 6


def test_to_parquet_reads_back(forecast: Forecast) -> None:
    """Parquet holds the same frame."""
    pytest.importorskip("pyarrow")
    frame = forecast_columns(forecast, Columns())
    back = pd.read_parquet(io.BytesIO(to_parquet(frame)))
    assert to_csv({name: back[name].to_numpy() for name in frame}) == to_csv(frame)


def test_to_parquet_names_the_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the error says what to install, with exit code 10."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DependencyError) as caught:
        to_parquet({"a": np.array([1])})
    assert (caught.value.exit_code, caught.value.fix) == (10, "pip install 'forecast[parquet]'")


@pytest.mark.parametrize(
    ("middle", "spread", "written"),
    [
        (456.6889933051511, 17.0, "456.689"),
        (1234567890.123456789, 0.5, "1234567890.1235"),
        (-3.3333333e-7, 1e-9, "-3.333333e-07"),
        (5e11 / 3, 4e9, "166666666667.0"),
        (1 / 3, 0.0, "0.3333333333333333"),
        (1e-12 / 3, 1e-14, "3.33333e-13"),
        (1e300, 0.0, "1e+300"),
    ],
)
def test_forecast_columns_rounds_to_what_means_something(
    middle: float, spread: float, written: str
) -> None:
    """A number has the digits that matter beside its interval, whatever its size."""
    stamps = np.array([[10]])
    quantiles = middle + spread * np.array([[[-2.0, -1.0, 0.0, 1.0, 2.0]]])
    one = Forecast(
        "GRU", ("a",), np.array([9]), stamps, quantiles[..., 2], LEVELS, quantiles, ("GRU",)
    )
    frame = forecast_columns(one, Columns(time_format=INTEGER))
    assert repr(float(frame["yhat"][0])) == written


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (Columns("month", "sales", "model"), ["model_", "month"]),
        (Columns("yhat", "sales", "source"), ["source_", "yhat_"]),
        (Columns("cutoff", "sales"), ["cutoff_"]),
        (Columns("series", "value", "series", wide=True), ["series", "series_"]),
        (Columns("yhat-lo-80", "sales", "shop"), ["shop", "yhat-lo-80_"]),
    ],
)
def test_forecast_columns_keep_those_of_the_user_apart(
    columns: Columns, expected: list[str]
) -> None:
    """A series is named also where its column is called as one of the forecast's own."""
    made = forecast_columns(entry(("a", "b")).forecast, columns)
    usual = forecast_columns(
        entry(("a", "b")).forecast, Columns("day", "sales", columns.id and "shop")
    )
    assert list(made) == [*expected, *list(usual)[len(expected) :]]
    assert [list(column) for column in made.values()] == [list(one) for one in usual.values()]
    assert len(columns.remarks()) == sum(name.endswith("_") for name in expected)
