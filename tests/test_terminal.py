"""Terminal tables, as text."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.comparison import Comparison, Score, Skill
from forecast.report.terminal import (
    MOST_ROWS,
    as_text,
    comparison_report,
    forecast_table,
    model_card,
)


def columns(rows: int, source: str = "GRU") -> dict[str, NDArray[Any]]:
    """Lay out a forecast."""
    return {
        "shop": np.array(["[bold]a"] * rows),
        "day": np.array([f"2024-01-{n % 28 + 1:02d}" for n in range(rows)]),
        "yhat": np.linspace(1000, 1234.5678, rows),
        "yhat-lo-80": np.linspace(0.5, 0.25, rows),
        "model": np.array(["GRU"] * rows),
        "source": np.array([source] * rows),
    }


def test_forecast_table_shows_what_a_person_needs() -> None:
    """Four digits that mean something; names as they are; no column that says nothing."""
    text = as_text(forecast_table(columns(2)), None)
    lines = text.splitlines()
    assert lines[2].split() == ["shop", "day", "yhat", "yhat-lo-80"]
    assert lines[4].split() == ["[bold]a", "2024-01-01", "1,000", "0.5000"]
    assert lines[5].split() == ["[bold]a", "2024-01-02", "1,235", "0.2500"]
    assert all(line == line.rstrip() for line in lines)
    assert "\x1b" not in text


def test_forecast_table_tells_fallbacks() -> None:
    """Which model made a row is shown where it is not the one asked for."""
    text = as_text(forecast_table(columns(1, "SeasonalNaive")), None)
    assert text.splitlines()[2].split()[-1] == "source"
    assert "SeasonalNaive" in text


def test_forecast_table_is_cut() -> None:
    """A long forecast is cut, and says where the rest is."""
    text = as_text(forecast_table(columns(MOST_ROWS + 1234)), None)
    assert text.count("[bold]a") == MOST_ROWS
    assert text.splitlines()[-1] == "and 1,234 more rows: -o FILE writes all of them"


def comparison() -> Comparison:
    """Build a comparison in which one model has undefined scores."""
    good = Score("GRU", 0.81234, 0.05, 5.1, 1234.5, 0.031, {"80": 0.79, "95": 0.96}, 12.345, 0)
    nan = float("nan")
    bad = Score("ARIMA", nan, nan, nan, nan, nan, {"80": nan, "95": nan}, 1.0, 2)
    skill = Skill("ARIMA", 12.34, "Diebold-Mariano", 0.0123)
    return Comparison(
        "GRU", 12, "MASE", (good, bad), (skill,), 7, 21, 252, 3, 1, "The GRU is better."
    )


def test_comparison_report_shows_everything() -> None:
    """Scores, tests, orders, what was left out, and the verdict last."""
    orders = {f"s{n}": "(0,1,1)(0,1,1)[12]" for n in range(7)}
    lines = as_text(comparison_report(comparison(), orders), None).splitlines()
    rows = [line.split() for line in lines]
    assert "MASE (m=12)" in lines[1]
    assert ["GRU", "0.812", "5.00%", "5.10", "1,234", "0.0310", "79%", "96%", "12.3"] in rows
    assert ["ARIMA", *["-"] * 7, "1.0"] in rows
    assert "GRU against ARIMA: skill 12.3 %, Diebold-Mariano p = 0.0123" in lines
    assert any(line.startswith("ARIMA orders: s0 (0,1,1)") for line in lines)
    assert any(line.endswith("s4 (0,1,1)(0,1,1)[12]; and 2 more") for line in lines)
    assert (
        "7 series, 21 forecasts, 252 values; 3 missing values left out; "
        "1 series without a scale left out of MASE; made by a fallback: ARIMA 2"
    ) in lines
    assert lines[-1] == "The GRU is better."


def test_model_card_is_plain() -> None:
    """Settings are words and numbers, what is undefined is left out."""
    card = {"model": "GRU", "rows": 1234, "network": {"log": None, "bases": True, "season": [7]}}
    rows = [line.split() for line in as_text(model_card(card), None).splitlines() if line]
    assert rows == [
        ["model", "GRU"],
        ["rows", "1,234"],
        ["network", "bases", "yes,", "season", "7"],
    ]
