"""predict --follow: forecasts of a stream, block after block."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecast.cli.common import emit, envelope, say, source
from forecast.cli.effect import refuse_idle
from forecast.cli.keep import Keeping, hand_out
from forecast.cli.network import Wanted
from forecast.cli.options import Format
from forecast.errors import NotFoundError, UsageError
from forecast.spec import DataSpec

if TYPE_CHECKING:
    from forecast.follow import Follower
    from forecast.forecaster import Forecaster
    from forecast.write import Table

FollowFlag = Annotated[
    bool, typer.Option("--follow", help="Forecast anew after each row that DATA, or -, gives.")
]
Every = Annotated[int, typer.Option(metavar="ROWS", help="New rows between forecasts of --follow.")]

_FORM = ("delimiter", "encoding", "skip_rows")
_SETTLED = ("season", "wide", "freq", "aggregate")
_LAST_COUNTS = ": the last row for a time counts"
_TIMES = ("date_format", "dayfirst", "monthfirst", "tz")


@dataclass(frozen=True)
class Following:
    """What to forecast of a stream, and where to.

    Attributes
    ----------
    data : str or None
        Path, or ``-``.
    saved : str or None
        Of the model file; the pretrained network where None.
    horizon : int or None
        As trained, or the frequency's usual one, where None.
    level : list of int
    every : int
    form : {"csv", "json", "jsonl", "table"}
        CSV has one header, JSON one document for each block.
    output : str or None
        Refused: a stream has no end.
    ledger : str or None
    quiet : bool
    reading : DataSpec
        How the stream is read.
    """

    data: str | None
    saved: str | None
    horizon: int | None
    level: list[int]
    every: int
    form: Format
    output: str | None
    ledger: str | None
    quiet: bool
    reading: DataSpec


def refuse_idle_in_stream(context: typer.Context, wanted: Wanted) -> None:
    """Refuse options that do nothing for a stream, or beside the model file it continues.

    Parameters
    ----------
    context : typer.Context
    wanted : Wanted

    Raises
    ------
    UsageError
    """
    refuse_idle(context, ["recalibrate", "retrain", "strict"], "with --follow")
    refuse_idle(context, _FORM, "with --follow, which finds the fields of each line by itself")
    if wanted.is_untrained:
        if context.params["duplicates"] in ("first", "mean", "sum"):
            refuse_idle(context, ["duplicates"], f"with --follow{_LAST_COUNTS}")
        return
    beside = f"beside {wanted.path}"
    refuse_idle(context, ["cell"], beside, f"forecast train DATA --cell {wanted.cell}")
    refuse_idle(context, _SETTLED, f"{beside}, which was trained already")
    refuse_idle(context, _TIMES, f"{beside}: the stream goes on in its notation of time")
    refuse_idle(context, ["max_age"], f"with --follow {beside}: rows are new when they come")
    refuse_idle(context, ["duplicates"], f"with --follow {beside}{_LAST_COUNTS}")


def follow_stream(forecaster: "Forecaster", asked: Following) -> None:
    """Print a fresh forecast after every so many new rows, until the stream ends.

    Parameters
    ----------
    forecaster : Forecaster
        Loaded from ``asked.saved``, or untrained.
    asked : Following
    """
    from forecast.follow import Follower
    from forecast.ledger.record import maker_of

    lines = _lines(_checked(forecaster, asked))
    trained = asked.saved is not None
    horizon = asked.horizon or (forecaster.artifact.model.spec.horizon or 1 if trained else None)
    reading = asked.reading if trained else DataSpec()
    follower = Follower(forecaster, horizon, tuple(asked.level), asked.every, reading)
    if not asked.quiet:
        say(f"model: {asked.saved}" if trained else "forecast by the pretrained network")
    first = True
    for block in follower.follow(lines, trained=trained):
        remarks = _said(follower, asked.quiet)
        made, names = block.forecast, forecaster.names(block.history)
        shown = names.in_forecasts()
        maker = partial(maker_of, forecaster, block.history, asked.saved, asked.reading)
        table = hand_out(made, names, follower.levels, Keeping(asked.ledger), maker).table
        cutoffs = made.cutoffs.repeat(made.horizon)
        dated = _with_cutoffs(table, shown.id, names.time_format, cutoffs)
        emit(_as_text(dated, asked.form, first, remarks))
        first = False
    _said(follower, asked.quiet)


def _checked(forecaster: "Forecaster", asked: Following) -> str:
    """Refuse what a stream cannot be or have; give its path."""
    if asked.form == "parquet":
        raise UsageError("Parquet is no format of a stream", fix="--format jsonl")
    if asked.output is not None:
        raise UsageError("forecasts of a stream have no end", fix="put > FILE in place of --output")
    reading = forecaster.reading
    if reading.wide or reading.aggregate:
        raise UsageError("--follow reads one series, or several in long format, row by row")
    if asked.data is None:
        raise UsageError(
            "--follow needs a stream", fix="tail -f FILE | forecast predict - --follow"
        )
    return asked.data


def _lines(data: str) -> Iterator[bytes]:
    """Give lines as they come; of one that does not end, the beginning."""
    stream = source(data)
    if isinstance(stream, str):
        try:
            stream = Path(stream).open("rb")  # noqa: SIM115  # read to the end of the process
        except OSError as error:
            raise NotFoundError(f"cannot be read: {error.strerror}", where=data) from error
    return iter(lambda: stream.readline(1 << 20), b"")


def _said(follower: "Follower", quiet: bool) -> list[str]:
    """Say, unless that is not wanted, what there is to be said, and give it."""
    remarks, follower.remarks = follower.remarks, []
    if not quiet:
        for remark in remarks:
            say(remark)
    return remarks


def _with_cutoffs(table: "Table", series: str | None, form: str, cutoffs: Any) -> "Table":
    """Say of each row from when the forecast is, as blocks follow each other."""
    from forecast.timeline.timestamps import format_timestamps

    since = format_timestamps(cutoffs, form) if cutoffs.dtype.kind == "M" else cutoffs
    named = {series: table[series]} if series is not None else {}
    return {**named, "cutoff": since, **{one: table[one] for one in table if one not in named}}


def _as_text(table: "Table", form: Format, first: bool, remarks: list[str]) -> str:
    from forecast import write

    if form == "csv":
        text = write.to_csv(table)
        return text if first else text.partition("\n")[2]
    if form == "table":
        from forecast.report.terminal import as_text, forecast_table

        return as_text(forecast_table(table), sys.stdout)
    if form == "json":
        return envelope("forecast.predict/1", write.records(table), remarks)
    return write.to_jsonl(table)
