"""forecast score: past forecasts of a ledger against what happened."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.account import keeps_account, tell_scores
from forecast.cli.common import emit, envelope, say, source
from forecast.cli.effect import refuse_idle
from forecast.cli.forms import form_of
from forecast.cli.options import Json, Printed, Quiet, takes_settings
from forecast.errors import GateError
from forecast.spec import DataSpec, not_negative

if TYPE_CHECKING:
    from forecast.ledger.track import TrackRecord

DEFAULT_LEDGER = "forecasts.db"

Actuals = Annotated[
    str,
    typer.Argument(metavar="ACTUALS", help="CSV file with what happened; - reads standard input."),
]
Ledger = Annotated[str, typer.Option(metavar="FILE", help="Written by predict --ledger.")]
Of = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Models to score, e.g. GRU or ETS; the newest by default."),
]
MaxDrift = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="Exit with 9 when errors are this much above the promised ones, beyond chance.",
    ),
]


@keeps_account
@takes_settings
def score(
    context: typer.Context,
    actuals: Actuals,
    reading: DataSpec,
    ledger: Ledger = DEFAULT_LEDGER,
    of: Of = None,
    max_drift: MaxDrift = None,
    form: Printed = "table",
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Hold past forecasts against what happened; exit with 9 on too much drift."""
    from forecast.ledger.score import score as score_ledger
    from forecast.report.track import verdict

    shape = form_of(context, form, json=json)
    if max_drift is not None:
        not_negative("max-drift", max_drift)
    refuse_idle(context, ["season"], "on actual values; errors are scaled as they were forecast")
    if reading.missing in ("interpolate", "seasonal") and reading.aggregate is None:
        refuse_idle(context, ["missing"], "on actual values, which are not made up")
    found = score_ledger(ledger, source(actuals), reading, of)
    tell_scores(found)
    drifts = max_drift is not None and found.drift.is_drift and found.drift.excess > max_drift
    if shape == "json":
        emit(envelope("forecast.score/1", found.to_dict(), (), ok=not drifts))
    elif shape == "csv":
        emit(_as_csv(found))
    elif not quiet:
        _show(found)
    if drifts:
        raise GateError(verdict(found), fix="forecast train DATA")


def _show(found: "TrackRecord") -> None:
    from forecast.report.terminal import as_text
    from forecast.report.track import track_report

    if not found.overall.values:
        say("none of the forecasts has an actual value yet")
    emit(as_text(track_report(found), sys.stdout))


def _as_csv(found: "TrackRecord") -> str:
    import numpy as np

    from forecast.write import to_csv

    rows = [{"step": step, **one} for step, one in _flat(found).items()]
    return to_csv({name: np.array([row[name] for row in rows]) for name in rows[0]} if rows else {})


def _flat(found: "TrackRecord") -> dict[int, dict[str, float]]:
    return {
        step: {
            "values": one.values,
            "mase": one.mase,
            "promised_mase": one.promised_mase,
            "wape": one.wape,
            "bias": one.bias,
            **{f"coverage-{level}": share for level, share in one.coverage.items()},
        }
        for step, one in found.leads.items()
    }
