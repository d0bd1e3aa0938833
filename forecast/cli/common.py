"""What all commands share: the streams, and the one boundary that turns errors into exit codes.

Results go to stdout, everything else to stderr.
"""

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from forecast.cli import signals
from forecast.cli.account import begin, finish, wants_json
from forecast.cli.fix import complete
from forecast.cli.signals import INTERRUPTED, SAID
from forecast.errors import ForecastError, NotFoundError, UsageError, WriteError
from forecast.files.storage import as_utf8, write_output
from forecast.finding import visible

if TYPE_CHECKING:
    from forecast.models.base import Progress

DEFAULT_MODEL = "forecast.model"
"""Where a model is kept when neither --model nor $FORECAST_MODEL says otherwise."""

BROKEN_PIPE, BUG = 141, 1
MOST_LINES, LONGEST_LINE = 6, 400


def run(typed: Sequence[str]) -> int:
    """Run one command line.

    Parameters
    ----------
    typed : sequence of str
        What was typed after ``forecast``.

    Returns
    -------
    int
        The exit code. Every exception ends here.
    """
    begin(typed)
    error: ForecastError | None = None
    try:
        with signals.handled():
            code, error = _outcome(typed)
    except SystemExit as stop:  # by a signal just before or after the command
        code, error = _left(int(stop.code or 0), (), typed)
    try:
        finish(code, _described(error, typed) if error else None)
    except Exception as unwritten:
        failed = unwritten if isinstance(unwritten, ForecastError) else _bug(unwritten)
        if str(failed) != str(error):  # which may have been that it cannot be written
            _report(failed, typed)
        code = code or failed.exit_code
    return code


def _outcome(typed: Sequence[str]) -> tuple[int, ForecastError | None]:
    """Run a command line to its exit code, and the error that gave it."""
    try:
        if not sys.warnoptions:
            warnings.simplefilter("ignore")  # they speak to programmers
        return _call(list(typed) or ["--help"]), None
    except KeyboardInterrupt:
        return _left(INTERRUPTED, (), typed)
    except SystemExit as stop:
        if stop.code in SAID:
            return _left(stop.code, getattr(stop, "__notes__", ()), typed)
        # typer and rich exit with 1 only where the reader of stdout has gone
        return BROKEN_PIPE if stop.code == 1 else int(stop.code or 0), None
    except ForecastError as error:
        _report(error, typed)
        return error.exit_code, error
    except Exception as error:
        found = _bug(error)
        _report(found, typed)
        return BUG, found


def say(*lines: str) -> None:
    """Write lines to stderr, where there is one, as UTF-8 in any locale.

    Parameters
    ----------
    *lines : str
    """
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.flush()
            sys.stderr.buffer.write(as_utf8("".join(f"{line}\n" for line in lines)))
            sys.stderr.buffer.flush()


def emit(result: str | bytes) -> None:
    """Write a result to stdout.

    Parameters
    ----------
    result : str or bytes
        Text is written as UTF-8.

    Raises
    ------
    WriteError
        When stdout is closed or its disk is full.
    """
    if sys.stdout is None:
        raise WriteError("is closed", where="stdout", fix="add > FILE")
    try:
        raw = as_utf8(result) if isinstance(result, str) else result
        left = memoryview(raw)
        while left:  # with PYTHONUNBUFFERED a write takes what fits
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
    except OSError as error:
        _lose_stdout(error)


def deliver(result: str | bytes, output: str | None) -> None:
    """Write a result to a file, or to stdout.

    Parameters
    ----------
    result : str or bytes
    output : str or None
        stdout where None.
    """
    if output is None:
        emit(result)
        return
    write_output(result, output)


def envelope(schema: str, result: object, remarks: Sequence[str], *, ok: bool = True) -> str:
    """Give a result as one line of JSON.

    Parameters
    ----------
    schema : str
        Name and version, for example "forecast.train/1".
    result : object
        What JSON can hold.
    remarks : sequence of str
        Listed under "warnings".
    ok : bool
        Whether the command exits with 0.

    Returns
    -------
    str
    """
    import json

    document = {"schema": schema, "ok": ok, "data": result, "warnings": list(remarks)}
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"{text}\n"


def is_terminal() -> bool:
    """Tell whether a person reads stdout."""
    return sys.stdout is not None and sys.stdout.isatty()


def source(path: str) -> str | BinaryIO:
    """Give what a path stands for: ``-`` is standard input.

    Parameters
    ----------
    path : str

    Returns
    -------
    str or binary stream
    """
    if path != "-":
        return path
    if sys.stdin is None:
        raise NotFoundError("standard input is closed", where="stdin", fix="name a file")
    return sys.stdin.buffer


@contextmanager
def progress(label: str, *, wanted: bool) -> "Iterator[Progress]":
    """Show a bar on stderr while something goes on, if a person looks at it.

    Parameters
    ----------
    label : str
    wanted : bool

    Yields
    ------
    callable
        To be called with steps done and steps in all.
    """
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield lambda step, steps: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda step, steps: bar.update(task, completed=step, total=steps)


def _call(typed: list[str]) -> int:
    import typer

    from forecast.cli.app import app

    try:
        code = app(typed, prog_name="forecast", standalone_mode=False, obj=typed)
        if sys.stdout is not None:
            sys.stdout.flush()
    except typer.TyperException as error:
        path = getattr(getattr(error, "ctx", None), "command_path", "forecast")
        message = " ".join(one.strip() for one in error.format_message().splitlines())
        raise UsageError(message, fix=f"{path} --help") from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except OSError as error:
        if isinstance(error, FileNotFoundError) and error.filename is None:  # of os.getcwd
            raise NotFoundError("the folder that the command runs in is gone", where=".") from error
        if sys.stdout is None or error.filename is not None:
            raise
        _lose_stdout(error)
    if code == INTERRUPTED:  # typer has caught the KeyboardInterrupt
        raise KeyboardInterrupt
    return int(code or 0)


def _lose_stdout(error: OSError) -> NoReturn:
    """Send what is still buffered nowhere, so that Python's exit does not fail on it again."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        raise SystemExit(BROKEN_PIPE) from error
    reason = (error.strerror or str(error)).lower()
    raise WriteError(f"cannot be written: {reason}", where="stdout") from error


def _left(
    code: int, notes: Sequence[str], typed: Sequence[str]
) -> tuple[int, ForecastError | None]:
    """Say that a signal has ended the command, and what can be done then."""
    ended = ForecastError(SAID[code], fix=notes[0] if notes else None)
    ended.exit_code, ended.code = code, SAID[code]
    if wants_json():
        _report(ended, typed)
    else:
        say(SAID[code], *(f"fix: {_printable(complete(note, typed))}" for note in notes))
    return code, ended


def _report(error: ForecastError, typed: Sequence[str]) -> None:
    fix = complete(error.fix, typed) if error.fix else None
    if wants_json():
        import json

        found = {"ok": False, **_described(error, typed), "exit": error.exit_code}
        say(json.dumps(found, separators=(",", ":")))
        return
    place = f"{error.where}: " if error.where else ""
    lines = f"error: {place}{error.message}".splitlines()[: MOST_LINES - 1]
    say(*(_printable(line) for line in lines), *([f"fix: {_printable(fix)}"] if fix else []))


def _described(error: ForecastError, typed: Sequence[str]) -> dict[str, str | None]:
    """Give an error as JSON can hold it."""
    message = f"{error.where}: {error.message}" if error.where else error.message
    fix = complete(error.fix, typed) if error.fix else None
    return {"code": error.code, "message": message, "hint": fix}


def _printable(line: str) -> str:
    """Escape control characters, and cut what nobody reads."""
    shown = as_utf8(line).decode()
    clean = visible(shown)
    return clean if len(clean) <= LONGEST_LINE else f"{clean[:LONGEST_LINE]}…"


def _bug(error: Exception) -> ForecastError:
    import tempfile
    import traceback

    found = f"{type(error).__name__}: {error}".splitlines()[0]
    try:
        handle, path = tempfile.mkstemp(prefix="forecast-", suffix=".log", text=True)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as log:
            traceback.print_exception(error, file=log)
    except OSError:
        path = "nowhere to write it"
    return ForecastError(f"this is a bug, please report it: {found} (log: {path})")
