"""Terminal tables, as text."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.report import terminal
from forecast.report.terminal import (
    MOST_ROWS,
    as_text,
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


@pytest.mark.parametrize("width", [20, 45, 80])
def test_forecast_table_cuts_no_number(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """On a narrow terminal names are folded, and lines run over its edge if they have to."""
    monkeypatch.setattr(terminal, "PLAIN_WIDTH", width)
    named = columns(2) | {"shop": np.array(["Saint-Ouen-sur-Seine", "b"])}
    text = as_text(forecast_table(named), None)
    lines = [line.split() for line in text.splitlines()]
    assert ["shop", "day", "yhat", "yhat-lo-80"] in lines
    assert [line[-3:] for line in lines if "2024-01-01" in line] == [
        ["2024-01-01", "1,000", "0.5000"]
    ]
    assert ["b", "2024-01-02", "1,235", "0.2500"] in lines
    name = "".join(line[0] for line in lines[4:] if line and "b" not in line)
    assert name == "Saint-Ouen-sur-Seine"


def test_model_card_is_plain() -> None:
    """Settings are words and numbers, what is undefined is left out."""
    card = {"model": "GRU", "rows": 1234, "network": {"log": None, "bases": True, "season": [7]}}
    rows = [line.split() for line in as_text(model_card(card), None).splitlines() if line]
    assert rows == [
        ["model", "GRU"],
        ["rows", "1,234"],
        ["network", "bases", "yes,", "season", "7"],
    ]
