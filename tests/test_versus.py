"""A comparison on the terminal, as text."""

from dataclasses import replace

import numpy as np
from rich.console import Console

from forecast.evaluation.breakdown import Breakdown
from forecast.evaluation.comparison import Comparison, Score, Skill
from forecast.metrics import measures
from forecast.models.local import FitRecord
from forecast.report.terminal import as_text
from forecast.report.versus import METRICS, BreakdownReport, ComparisonReport, columns_of

NAMES = (*measures((0.025, 0.1, 0.5, 0.9, 0.975)), "owa")
NAN = float("nan")


def comparison(series: int = 7) -> Comparison:
    """Build a comparison in which one model has undefined scores."""
    known = dict.fromkeys(NAMES, 0.81234) | {"wape": 0.05, "rmse": 1234.5, "coverage-80": 0.79}
    good = Score("GRU", known, 12.345, 0)
    bad = Score("ARIMA", dict.fromkeys(NAMES, NAN), 1.0, 2)
    skill = Skill("ARIMA", 12.34, 4.0, 19.5, "Diebold-Mariano", 0.0123, 3, 1)
    counts = {
        "young": 0,
        "short": 4,
        "points": 252,
        "missing": 3,
        "undefined": {"mase": 1, "mape": 9},
        "dominant": "s5",
    }
    sentence = "The GRU is better."
    return Comparison(
        "GRU",
        12,
        "MASE",
        (good, bad),
        (skill,),
        series,
        21,
        verdict=sentence,
        **counts,  # type: ignore[arg-type]
    )


def record(form: str, *, converged: bool = True, reason: str = "") -> FitRecord:
    fallback = "SeasonalNaive" if reason else None
    return FitRecord(form, converged, fallback, (reason,) if reason else (), 0.1)


def lines_of(report: object, width: int = 400) -> list[str]:
    console = Console(width=width, record=True, file=None)
    with console.capture() as captured:
        console.print(report)
    return [line.rstrip() for line in captured.get().splitlines()]


def test_comparison_report_shows_everything() -> None:
    """Scores, tests, what was left out, and the verdict last."""
    lines = lines_of(ComparisonReport(comparison(), {}))
    rows = [line.split() for line in lines]
    assert rows[0][:6] == ["model", "MASE", "WAPE", "sMAPE", "RMSE", "wQL"]
    assert ["GRU", "0.812", "5.00%", "0.81", "1,234", "0.8123", "79%", "81%", "12.3"] in rows
    assert ["ARIMA", *["-"] * 7, "1.0"] in rows
    assert ["ARIMA", "12.3", "%", "4.0", "to", "19.5", "%", "0.0123", "3", "/", "1"] in rows
    assert (
        "7 series, 21 forecasts, 252 values; MASE with season 12; p by Diebold-Mariano; "
        "4 series too short for any cutoff; 3 missing values left out; "
        "1 series without a scale left out of MASE; most of the error is that of series s5; "
        "made by a fallback: ARIMA 2"
    ) in lines
    assert lines[-1] == "The GRU is better."


def test_comparison_report_names_the_season_of_mase() -> None:
    """Before cutoffs with no more rows than a season, MASE is with season 1, and says so."""
    for young, words in ((21, "1, no history being longer than 12"), (2, "12 (1 for 2 from")):
        lines = lines_of(ComparisonReport(replace(comparison(), young=young), {}))
        assert any(f"; MASE with season {words}" in line for line in lines)


def test_comparison_report_shows_the_metrics_asked_for() -> None:
    """Every measure can be a column; what it leaves out is counted beside it."""
    lines = lines_of(ComparisonReport(comparison(), {}, METRICS))
    assert "OWA" in lines[0]
    assert "MSIS 95 %" in lines[0]
    assert any("9 zeros left out of MAPE" in line for line in lines)
    assert columns_of(["msis"]) == ["msis-80", "msis-95"]


def test_comparison_report_fits_a_narrow_terminal() -> None:
    """At 80 columns no heading, name or number of the usual table is cut."""
    lines = lines_of(ComparisonReport(comparison(), {}), 80)
    assert not any("…" in line for line in lines)


def test_comparison_report_tells_forms_of_few_series() -> None:
    """What was chosen is shown series by series, and why something else was taken."""
    fits = {"ETS": {"a": (record("ETS(A,N,N)"),), "b": (record("ETS(M,A,M)", converged=False),)}}
    fits["ARIMA"] = {"a": (record("SeasonalNaive", reason="no result in 1 s"),)}
    lines = lines_of(ComparisonReport(comparison(), fits))
    assert "ETS: a ETS(A,N,N); b ETS(M,A,M) (did not converge)" in lines
    assert "ARIMA: fell back to SeasonalNaive (no result in 1 s)" in lines


def test_comparison_report_counts_the_trouble_of_many_series() -> None:
    """For many series only what went wrong is told, in numbers."""
    well = {f"s{n}": (record("ETS(A,N,N)"),) for n in range(7)}
    late = {f"t{n}": (record("x", reason="no result in 1 s"),) for n in range(2)}
    odd = {"u": (record("x", reason="constant"),), "v": (record("ETS(A,N,N)", converged=False),)}
    lines = lines_of(ComparisonReport(comparison(), {"ETS": well | late | odd, "Theta": well}))
    assert (
        "ETS: 11 fits; 3 fell back to SeasonalNaive (no result in 1 s: 2; constant: 1); "
        "1 did not converge"
    ) in lines
    assert not any(line.startswith("Theta") for line in lines)


def breakdown(models: int, rows: int) -> Breakdown:
    values = {f"Model{n}": {"mase": np.arange(n + 1.0, n + 1.0 + rows)} for n in range(models)}
    return Breakdown("step", np.arange(1, rows + 1), values)


def test_breakdown_report_marks_the_best() -> None:
    """One row per group, one column per model, and a star at the smallest error."""
    made = breakdown(2, 2)
    text = as_text(BreakdownReport(made, ["Model1", "Model0"]), None)
    rows = [line.split() for line in text.splitlines()]
    assert ["step", "Model1", "Model0"] in rows
    assert ["2", "3.000", "2.000*"] in rows


def test_breakdown_report_knows_the_best_where_it_does_not_fit() -> None:
    """The best of those on the screen is not marked as the best of all."""
    ranking = [f"Model{n}" for n in (*range(1, 9), 0)]
    lines = lines_of(BreakdownReport(breakdown(9, 2), ranking), 60)
    assert "Model0" not in lines[2]
    assert not any("*" in line for line in lines)


def test_breakdown_report_shows_what_fits() -> None:
    """The best models stay on a narrow terminal, and what is cut is named."""
    lines = lines_of(BreakdownReport(breakdown(9, 100), [f"Model{n}" for n in range(9)]), 60)
    assert not any("…" in line for line in lines)
    assert "Model0" in lines[2]
    end = " ".join(lines[lines.index(next(x for x in lines if x.startswith("and 40"))) :])
    assert end.startswith("and 40 more rows and columns for Model5, Model6, Model7, Model8")
    assert end.endswith("--format csv gives all of them")
