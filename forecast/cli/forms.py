"""Forms that a table of results is written in: which one, and the bytes of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from forecast.cli.common import is_terminal
from forecast.cli.effect import refuse_idle
from forecast.cli.options import Format
from forecast.errors import UsageError
from forecast.reading.columns import shell_word

if TYPE_CHECKING:
    from forecast.write import Table

_SUFFIXES: dict[str, Format] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".txt": "table",
}
_NOT_WRITTEN = (".tsv", ".xls", ".xlsx", ".ods", ".gz", ".bz2", ".xz", ".zst", ".zip")


def form_of(
    context: typer.Context, form: Format | None, *, json: bool, output: str | None = None
) -> Format:
    """Settle the form of a result: what was asked for, the file's suffix, or what suits stdout.

    Parameters
    ----------
    context : typer.Context
        Of the command.
    form : {"csv", "json", "jsonl", "parquet", "table"} or None
        As asked for by --format.
    json : bool
        Whether --json was given.
    output : str or None
        Where the result goes; stdout where None.

    Returns
    -------
    {"csv", "json", "jsonl", "parquet", "table"}

    Raises
    ------
    UsageError
        When --format has no effect beside --json, or the suffix promises what is not written.
    """
    if json and form != "json":
        refuse_idle(context, ["form"], "beside --json")
    suffix = "" if output is None else Path(output).suffix.lower()
    if output is not None and suffix in _NOT_WRITTEN:
        plain = Path(output).with_suffix("")
        plain = plain if plain.suffix else plain.with_suffix(".csv")
        raise UsageError(
            f"'{suffix}' is no form of a result; allowed: .csv, {', '.join(_SUFFIXES)}",
            where=output,
            fix=f"--output {shell_word(str(plain))}",
        )
    if json:
        return "json"
    if form is not None:
        return form
    if output is None:
        return "table" if is_terminal() else "csv"
    return _SUFFIXES.get(suffix, "csv")


def require_suffix(output: str, flag: str, allowed: Sequence[str], what: str) -> None:
    """Refuse a file whose name promises another form than its only one.

    Parameters
    ----------
    output : str
        A name without a suffix promises nothing.
    flag : str
        That names it.
    allowed : sequence of str
        Suffixes.
    what : str
        What is written, for the message.

    Raises
    ------
    UsageError
    """
    suffix = Path(output).suffix.lower()
    if suffix and suffix not in allowed:
        stem = Path(output).name.partition(".")[0]
        raise UsageError(
            f"{what} is written as {', '.join(allowed)}, not '{suffix}'",
            where=output,
            fix=f"{flag} {shell_word(str(Path(output).with_name(stem + allowed[0])))}",
        )


def written(table: "Table", form: Format, output: str | None) -> str | bytes:
    """Write columns in one of the forms that hold nothing else.

    Parameters
    ----------
    table : mapping of str to ndarray
    form : {"csv", "jsonl", "parquet"}
    output : str or None
        Where it will go; stdout where None.

    Returns
    -------
    str or bytes

    Raises
    ------
    UsageError
        When a person at a terminal would see bytes.
    """
    from forecast import write

    if form == "parquet":
        if output is None and is_terminal():
            raise UsageError("Parquet is not text for a terminal", fix="--output forecast.parquet")
        return write.to_parquet(table)
    return write.to_csv(table) if form == "csv" else write.to_jsonl(table)
