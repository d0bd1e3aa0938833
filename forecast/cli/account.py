"""The run in this process: whether it answers in JSON, and where its account goes.

--manifest and --metrics-file are options of the commands whose runs leave an account.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecast.cli.words import parted
from forecast.errors import UsageError

if TYPE_CHECKING:
    from forecast.account import Account
    from forecast.cli.settings import Defaults
    from forecast.forecaster import Forecaster
    from forecast.ledger.track import TrackRecord
    from forecast.read import Input
    from forecast.write import Table

FLAGS = {"--manifest": "manifest", "--metrics-file": "metrics_file"}

_USUAL = {"manifest": "--manifest run.json", "metrics_file": "--metrics-file forecast.prom"}

_BEGINNINGS = {"manifest": b'{\n "schema": "forecast.run/', "metrics_file": b"# TYPE forecast_"}

_OPTIONS = {
    "manifest": Annotated[
        str | None,
        typer.Option(
            "--manifest", metavar="FILE", help="Write what was done as JSON, after failures too."
        ),
    ],
    "metrics_file": Annotated[
        str | None,
        typer.Option(
            "--metrics-file", metavar="FILE", help="Write metrics for Prometheus' file collector."
        ),
    ],
}


@dataclass
class _Run:
    """The run in this process, and where its account goes; nowhere by default."""

    typed: tuple[str, ...] = ()
    clock: float = 0.0
    began: bool = False
    json: bool = False
    places: dict[str, str] = field(default_factory=dict)
    account: "Account | None" = None

    def wanted(self) -> "Account | None":
        """Give the account where somebody wants one."""
        if self.places and self.account is None:
            from forecast.account import Account

            self.account = Account(self.typed, self.clock)
        return self.account


_run = _Run()


def keeps_account(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that write an account of the run.

    Parameters
    ----------
    command : callable

    Returns
    -------
    callable
    """

    @wraps(command)
    def accounted(**given: Any) -> None:
        from forecast.files.storage import check_writable

        _run.began = True
        for name in _OPTIONS:
            place = given.pop(name)
            if place is not None:
                _refuse_others_file(name, place)
                _run.places[name] = place
                check_writable(place)
        command(**given)

    own = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in _OPTIONS.items()
    ]
    signature = inspect.signature(command)
    accounted.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *own]
    )
    return accounted


def begin(typed: Sequence[str]) -> None:
    """Start a run, and its account where one is asked for on the command line.

    Parameters
    ----------
    typed : sequence of str
        What followed ``forecast``; looked through here so that even a command line
        that is refused is answered in JSON and leaves an account.
    """
    own = parted(typed)[0]
    _run.typed, _run.clock, _run.json = tuple(typed), perf_counter(), "--json" in own
    _run.began, _run.places, _run.account = False, {}, None
    words = iter(own)
    for word in words:
        flag, equals, value = word.partition("=")
        if flag in FLAGS and (place := value if equals else next(words, "")):
            _run.places[FLAGS[flag]] = place


def settle(found: "Defaults") -> None:
    """Take note of what files and variables say of a run.

    Parameters
    ----------
    found : mapping of str to Setting
        By parameter.
    """
    _run.json = _run.json or ("json" in found and found["json"].value)
    _run.places = {name: found[name].value for name in _OPTIONS if name in found} | _run.places


def wants_json() -> bool:
    """Tell whether results and errors are to be JSON, even of a command line that is refused."""
    return _run.json


def finish(code: int, error: Mapping[str, Any] | None) -> None:
    """Write the account of the run, where one was asked for; help is no run.

    Parameters
    ----------
    code : int
        Exit code.
    error : mapping or None
        Its code, message and hint.

    Raises
    ------
    WriteError
        When it cannot be written.
    """
    account = _run.wanted() if _run.began or error else None
    if account is None:
        return
    from forecast.files.storage import write_output

    places, _run.places = _run.places, {}
    for name, place in places.items():
        _refuse_others_file(name, place)
    if "manifest" in places:
        write_output(account.to_json(code, error), places["manifest"])
    if "metrics_file" in places:
        write_output(account.to_prometheus(code), places["metrics_file"])


def _refuse_others_file(name: str, place: str) -> None:
    """Refuse to replace a file that is no account of a run, such as the data."""
    path = Path(place)
    beginning = path.read_bytes()[:100] if path.is_file() else b""
    if beginning and not beginning.startswith(_BEGINNINGS[name]):
        raise UsageError(
            "the account of the run would replace another file", where=place, fix=_USUAL[name]
        )


def tell_input(given: "Input | None") -> None:
    """Tell what was read."""
    account = _run.wanted()
    if account is None or given is None:
        return
    panel, columns = given.panel, given.columns
    last = panel.cutoffs.max()
    gauges = {"input_rows": float(len(panel.target)), "input_series": float(len(panel))}
    if panel.timestamps.dtype.kind == "M":
        gauges["input_last_timestamp_seconds"] = float(last.astype("M8[s]").astype("int64"))
    fact = {
        "path": given.path,
        "sha256": given.sha256,
        "columns": {"time": columns.time, "target": columns.target, "id": columns.id},
        "freq": panel.freq,
        "series": len(panel),
        "rows": len(panel.target),
        "last": str(last),
        "notes": list(given.notes),
    }
    account.tell("input", fact, gauges)


def tell_model(forecaster: "Forecaster", path: str | None) -> None:
    """Tell which model was trained or used; no path stands for the pretrained network."""
    account = _run.wanted()
    if account is None:
        return
    model, manifest = forecaster.artifact.model, forecaster.artifact.manifest
    coverage = {str(level): share for level, share in model.calibration.coverage.items()}
    fact = {
        "path": path,
        "name": model.name,
        "source": manifest.source,
        "source_sha256": manifest.source_sha256,
        "origin": model.origins,
        "scores": manifest.scores,
        "coverage": coverage,
    }
    gauges = {f"backtest_{name}": value for name, value in manifest.scores.items()}
    gauges |= {f'backtest_coverage{{level="{at}"}}': share for at, share in coverage.items()}
    account.tell("model", fact, gauges)


def tell_forecast(table: "Table") -> None:
    """Tell how many rows were forecast, and which of them by a fallback."""
    account = _run.wanted()
    if account is None:
        return
    fallen = table["source"][table["source"] != table["model"]].tolist()
    counts = {name: fallen.count(name) for name in dict.fromkeys(fallen)}
    rows = len(table["source"])
    gauges = {"rows": float(rows), "fallback_rows": float(len(fallen))}
    account.tell("forecast", {"rows": rows, "fallbacks": counts}, gauges)


def tell_scores(found: "TrackRecord") -> None:
    """Tell how past forecasts came true."""
    account = _run.wanted()
    if account is None:
        return
    scores, drift = found.overall, found.drift
    gauges = {
        "live_values": float(scores.values),
        "live_mase": scores.mase,
        "live_promised_mase": scores.promised_mase,
        "live_wape": scores.wape,
        "live_bias": scores.bias,
        "drift_excess": drift.excess,
        "drift_pvalue": drift.pvalue,
        "drift_flagged": float(drift.is_drift),
    }
    gauges |= {f'live_coverage{{level="{at}"}}': one for at, one in scores.coverage.items()}
    account.tell("scores", found.to_dict(), gauges)
