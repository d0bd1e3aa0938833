"""Single files as their authors published them, against an ARIMA whose order was searched.

Three cutoffs a default horizon apart, as ``forecast compare`` places them: both
models see the history before the first cutoff, and are then fed newer history.
A file's score is its MASE divided by ARIMA's; what counts is the geometric
mean of all files, and on how many of them ours is better. The flags that
a file needs come from what the index says about it, the rest is default.
"""

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import forecast
from forecast.metrics import seasonal_scale
from forecast.panel import Panel
from forecast.read import read_csv
from forecast.spec import DataSpec
from tests.bench.command import CommandError, Cost, Setting, run_forecast
from tests.bench.rows import Row

RATIO, BETTER = "MASE against ARIMA", "share of files better"

LEAST_ERROR = 0.01
"""MASE below which errors count as equal: series that are constant or nearly so
would otherwise give ratios of rounding errors."""

WORST_RATIO = 1.3
"""Files above it are named."""

TOKEN_TRAINING = ("--steps", "1", "--members", "1", "--from-scratch")
"""Given where the trained network that ``compare`` always makes is not looked at."""


@dataclass(frozen=True)
class Single:
    """One file and how it is read.

    Attributes
    ----------
    name : str
        Path within the folder of singles.
    path : Path
    season : int
        m of MASE.
    target : str or None
        Named where several columns could be meant.
    repeats : bool
        Whether times are repeated, so that the last row of each is to be taken.
    """

    name: str
    path: Path
    season: int
    target: str | None
    repeats: bool

    @property
    def flags(self) -> list[str]:
        """Options of every command that reads the file."""
        target = ["--target", self.target] if self.target else []
        return target + (["--duplicates", "last"] if self.repeats else [])

    def read(self) -> Panel:
        """Read the file as the commands do."""
        reading = DataSpec(target=self.target, duplicates="last" if self.repeats else "error")
        return read_csv(self.path, reading).panel


def list_singles(bench: Path) -> list[Single]:
    """Read the index of the singles, shortest files first.

    Parameters
    ----------
    bench : Path

    Returns
    -------
    list of Single
    """
    folder = bench / "singles"
    entries = json.loads((folder / "index.json").read_text())["index"]
    return [
        Single(
            one["file"],
            folder / one["file"],
            one["season_length"],
            one["value_column"] if one["kind"] == "multivariate" else None,
            any("repeated times" in quirk for quirk in one["quirks"]),
        )
        for one in sorted(entries, key=lambda one: int(one["rows"]))
    ]


def score_singles(bench: Path, setting: Setting, kept: Path, most_seconds: float) -> Iterator[Row]:
    """Compare with ARIMA on every file.

    Parameters
    ----------
    bench : Path
    setting : Setting
    kept : Path
        Folder where ARIMA's forecasts are kept for the next run.
    most_seconds : float
        Time limit of one command.

    Yields
    ------
    Row
        One for each file, then one for all of them together.
    """
    parts, left_out = [], []
    for single in list_singles(bench):
        try:
            arima = arima_forecasts(single, kept, most_seconds)
            row = _score(single, setting, arima, most_seconds)
        except CommandError as error:
            left_out.append(f"left out {single.name}: {_reason(error)}")
            continue
        if np.isfinite(row.measures[RATIO]):
            parts.append(row)
        else:
            left_out.append(f"left out {single.name}: no error scale, the history is constant")
        yield row
    yield all_singles(parts, setting.label, left_out)


def arima_forecasts(single: Single, kept: Path, most_seconds: float) -> pd.DataFrame:
    """Give ARIMA's forecasts, made anew only if the file or the code of ARIMA has changed.

    Parameters
    ----------
    single : Single
    kept : Path
    most_seconds : float

    Returns
    -------
    pandas.DataFrame
        ``unique_id, ds, cutoff, y, ARIMA``.
    """
    place = kept / f"{_fingerprint(single)}.csv"
    if not place.exists():
        frame, _, _ = _compare(single, "arima", TOKEN_TRAINING, most_seconds)
        kept.mkdir(parents=True, exist_ok=True)
        frame[["unique_id", "ds", "cutoff", "y", "ARIMA"]].to_csv(place, index=False)
    return pd.read_csv(place, dtype={"unique_id": str})


def scaled_errors(
    frame: pd.DataFrame, models: Sequence[str], histories: Mapping[str, pd.Series], season: int
) -> dict[str, float]:
    """Compute the MASE of several models.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``unique_id, cutoff, y`` and one column of point forecasts per model.
    models : sequence of str
    histories : mapping of str to pandas.Series
        Values by series, indexed by time.
    season : int

    Returns
    -------
    dict of str to float
        Mean over series of the mean over cutoffs; a cutoff before which no
        error of the seasonal naive method could be measured, or it was zero,
        is left out. NaN where all are.
    """
    seen = frame.dropna(subset="y")
    errors = seen[list(models)].sub(seen["y"], axis=0).abs()
    by_cutoff = errors.groupby([seen["unique_id"], seen["cutoff"]]).mean()
    scales = []
    for name, cutoff in by_cutoff.index:
        history = histories[name]
        last = cutoff if history.index.dtype.kind == "i" else pd.Timestamp(cutoff)
        scales.append(seasonal_scale(history.loc[:last].to_numpy(), season))
    scale = pd.Series(scales, by_cutoff.index)
    scaled = by_cutoff[scale > 0].div(scale[scale > 0], axis=0)
    return {
        str(name): float(value) for name, value in scaled.groupby(level=0).mean().mean().items()
    }


def ratio_of(ours: float, theirs: float) -> float:
    """Divide two errors, both counted as at least `LEAST_ERROR`.

    Parameters
    ----------
    ours, theirs : float

    Returns
    -------
    float

    Examples
    --------
    >>> ratio_of(0.9, 1.0)
    0.9
    >>> ratio_of(1e-9, 0.0)
    1.0
    """
    if np.isnan(ours) or np.isnan(theirs):
        return float("nan")
    return max(ours, LEAST_ERROR) / max(theirs, LEAST_ERROR)


def all_singles(parts: Sequence[Row], setting: str, left_out: Sequence[str]) -> Row:
    """Put the files together.

    Parameters
    ----------
    parts : sequence of Row
        One for each file scored.
    setting : str
    left_out : sequence of str
        One sentence for each file that was not.

    Returns
    -------
    Row
    """
    ratios = [one.measures[RATIO] for one in parts]
    measures, covered = {}, {}
    if parts:
        measures[RATIO] = float(np.exp(np.mean(np.log(ratios))))
        measures[BETTER] = float(np.mean(np.array(ratios) < 1))
        for level in ("80", "95"):
            covered[level] = float(np.mean([one.coverage[level] for one in parts]))
    worst = sorted((-one.measures[RATIO], one.name) for one in parts)
    return Row(
        "singles",
        setting,
        measures,
        covered,
        series=sum(one.series for one in parts),
        points=sum(one.points for one in parts),
        cost=sum((one.cost for one in parts), Cost()),
        remarks=(
            f"{len(parts)} files",
            *left_out,
            *(f"ratio {-ratio:.2f}: {name}" for ratio, name in worst if -ratio > WORST_RATIO),
        ),
    )


def _score(single: Single, setting: Setting, arima: pd.DataFrame, most_seconds: float) -> Row:
    """Compare on one file."""
    options = setting.options if setting.trained else TOKEN_TRAINING
    frame, found, cost = _compare(single, "naive", options, most_seconds)
    names = [score["model"] for score in found["scores"]]
    zero_shot = next((one for one in names if one.endswith(" pretrained")), found["reference"])
    ours = found["reference"] if setting.trained else zero_shot
    score = next(one for one in found["scores"] if one["model"] == ours)
    joined = frame.merge(arima[["unique_id", "ds", "cutoff", "ARIMA"]], validate="one_to_one")
    if len(joined) != len(frame):
        raise CommandError("ARIMA's forecasts are of other cutoffs; remove the kept ones")
    histories = {one.id: pd.Series(one.target, one.timestamps) for one in single.read()}
    errors = scaled_errors(joined, [ours, "ARIMA"], histories, single.season)
    return Row(
        f"singles/{single.name}",
        setting.label,
        {
            RATIO: ratio_of(errors[ours], errors["ARIMA"]),
            "MASE": errors[ours],
            "ARIMA's MASE": errors["ARIMA"],
        },
        {level: score[f"coverage-{level}"] for level in ("80", "95")},
        series=found["series"],
        points=found["points"],
        cost=cost if setting.trained else Cost(),
        part=True,
    )


def _compare(
    single: Single, baseline: str, options: Sequence[str], most_seconds: float
) -> tuple[pd.DataFrame, dict[str, Any], Cost]:
    """All forecasts of ``forecast compare``, what it found, and what it took."""
    with tempfile.TemporaryDirectory() as place:
        asked = ["--baseline", baseline, "--save", "made.csv", "--json"]
        source = str(single.path.resolve())
        line = ["compare", source, *asked, *single.flags, *options]
        told, cost = run_forecast(line, Path(place), most_seconds)
        frame = pd.read_csv(Path(place) / "made.csv", dtype={"unique_id": str})
    return frame, json.loads(told)["data"], cost


def _fingerprint(single: Single) -> str:
    """Name for ARIMA's forecasts: of the file, the flags, and the code that made them."""
    package = Path(forecast.__file__).parent
    sources = [
        *sorted((package / "models").glob("arima*.py")),
        package / "evaluation" / "backtest.py",
    ]
    found = hashlib.sha256(" ".join(single.flags).encode())
    for path in (single.path, *sources):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _reason(error: CommandError) -> str:
    """The message of a refusal, without the rest of its JSON and the path of the file."""
    try:
        return re.sub(r"^\S*\.csv(:\d+)?: ", "", json.loads(str(error))["message"])
    except (json.JSONDecodeError, KeyError, TypeError):
        return str(error).splitlines()[-1] if str(error) else "failed"
