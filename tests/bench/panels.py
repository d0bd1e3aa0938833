"""Panels with published results: train on the training part, forecast the test part, score.

A panel is a folder with ``train.csv``, ``test.csv`` and ``meta.json``; the
measures are those of the benchmark folder's own ``score.py``.
"""

import importlib.util
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.command import Cost, Setting
from tests.bench.rows import Row

M3 = ("m3_yearly", "m3_quarterly", "m3_monthly", "m3_other")
PANELS = ("m4_hourly", *M3)


def load_scorer(bench: Path) -> Any:
    """Import ``score.py`` of the benchmark folder.

    Parameters
    ----------
    bench : Path

    Returns
    -------
    module
    """
    spec = importlib.util.spec_from_file_location("score", bench / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(bench / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score_panel(bench: Path, name: str, setting: Setting) -> Row:
    """Forecast a panel and score the forecasts.

    Parameters
    ----------
    bench : Path
    name : str
        Of a folder in ``panels``.
    setting : Setting

    Returns
    -------
    Row
    """
    scorer = load_scorer(bench)
    panel = scorer.Panel(bench / "panels" / name)
    with tempfile.TemporaryDirectory() as place:
        path, cost = setting.forecast(panel.folder / "train.csv", panel.h, Path(place))
        forecasts = scorer.read_long(path).drop(columns=["model", "source"])
    return score_forecasts(scorer, panel, forecasts, setting.label, cost)


def score_forecasts(
    scorer: Any, panel: Any, forecasts: pd.DataFrame, setting: str, cost: Cost
) -> Row:
    """Score a frame of forecasts.

    Parameters
    ----------
    scorer, panel
        ``score.py`` and its ``Panel``.
    forecasts : pandas.DataFrame
        ``unique_id, ds`` and quantile columns.
    setting : str
    cost : Cost

    Returns
    -------
    Row
        OWA counts on M4, MASE elsewhere.
    """
    found, _, _ = scorer.score(panel, forecasts)
    intervals = found["quantiles"]["intervals"]
    names = ("OWA", "MASE") if panel.folder.name.startswith("m4") else ("MASE", "OWA")
    return Row(
        panel.folder.name,
        setting,
        {one: found[one] for one in (*names, "sMAPE")},
        {str(level): intervals[float(level)]["coverage"] for level in (80, 95)},
        intervals[95.0]["MSIS"],
        found["series"],
        found["points"],
        cost,
    )


def all_of_m3(rows: Mapping[str, Row]) -> Row | None:
    """Put the four panels of M3 together.

    Parameters
    ----------
    rows : mapping of str to Row
        By panel.

    Returns
    -------
    Row or None
        sMAPE and coverage averaged over all points, as M3's own tables do
        (Makridakis and Hibon 2000), MASE over all series; None unless all
        four panels were scored.
    """
    parts = [rows[name] for name in M3 if name in rows and rows[name].measures]
    if len(parts) < len(M3):
        return None
    points, series = [one.points for one in parts], [one.series for one in parts]

    def pooled(values: list[float], weights: list[int]) -> float:
        return float(np.average(values, weights=weights))

    same = {one.setting for one in parts}
    return Row(
        "m3_all",
        parts[0].setting if len(same) == 1 else "as chosen",
        {
            "sMAPE": pooled([one.measures["sMAPE"] for one in parts], points),
            "MASE": pooled([one.measures["MASE"] for one in parts], series),
        },
        {
            level: pooled([one.coverage[level] for one in parts], points)
            for level in parts[0].coverage
        },
        pooled([one.msis or 0.0 for one in parts], points),
        sum(series),
        sum(points),
        sum((one.cost for one in parts), Cost()),
    )
