"""Everything there is to say about a file: all that is wrong with it, and what it is like.

A file that is refused is read again with the fault repaired, as its fix says or
by leaving the line out, so that further faults come to light in one go.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

from forecast.errors import DataError, NotFoundError, UsageError
from forecast.finding import Finding
from forecast.panel import Panel
from forecast.profile import Profile, profile
from forecast.read import Input, read_content
from forecast.season import describe_own, own_seasons, seasons_of
from forecast.season.cycle import CLEAR, LEAST_CYCLES
from forecast.spec import DataSpec
from forecast.text.content import Content
from forecast.text.rewrite import rewrite
from forecast.text.source import read_source
from forecast.timeline.frequency import season_lengths

MOST_READINGS, LEAST_READINGS, MOST_BYTES = 25, 3, 10_000_000
"""Times that a file is read in search of faults, as many as take so many bytes in all."""

_MAKERS: dict[str, Callable[[str], object]] = {
    "season": lambda value: (int(value),),
    "na": lambda value: (float(value),),
    "skip_rows": int,
}
_CONTRADICTED = 0.1  # strength of the usual season below which another one is proposed


@dataclass(frozen=True, eq=False)
class Examination:
    """What was found.

    Attributes
    ----------
    findings : tuple of Finding
        Errors first: they make the file unusable.
    given : Input or None
        What was read, after the repairs that the errors ask for; None where
        even those did not suffice.
    profile : Profile or None
    refusal : DataError or None
        The first error, as any other command would give it.
    """

    findings: tuple[Finding, ...]
    given: Input | None
    profile: Profile | None
    refusal: DataError | None


def examine(
    source: str | Path | BinaryIO, reading: DataSpec | None = None, *, describe: bool = True
) -> Examination:
    """Look for everything that is wrong with a file, and describe its series.

    Parameters
    ----------
    source : str, Path or binary stream
    reading : DataSpec, optional
    describe : bool
        Whether to make a profile, which takes most of the time.

    Returns
    -------
    Examination

    Raises
    ------
    NotFoundError
        When the file or a named column does not exist.
    UsageError
        When a setting is not allowed.
    """
    reading = reading or DataSpec()
    path = None if hasattr(source, "read") else str(source)
    name = path or "stdin"
    content: Content | None = None
    try:
        content = read_source(source, name)  # once: a pipe cannot be read again
        given = read_content(content, name, reading, path)
    except DataError as refusal:
        if content is None:
            return Examination((_finding(refusal, None),), None, None, refusal)
        errors, repaired = _all_refusals(refusal, content, name, reading)
        rest = repaired.findings if repaired else ()
        described = profile(repaired) if repaired and describe else None
        return Examination((*errors, *rest), repaired, described, refusal)
    if not describe:
        return Examination(given.findings, given, None, None)
    described = profile(given)
    seasons = [] if reading.season else _tell_seasons(described, given.panel, reading)
    return Examination((*given.findings, *seasons), given, described, None)


def _all_refusals(
    refusal: DataError, content: Content, name: str, reading: DataSpec
) -> tuple[list[Finding], Input | None]:
    """Repair one fault after the other until the file is read, or nothing helps."""
    found: dict[str, Finding] = {}
    dropped: dict[str, list[int]] = {}
    repaired, asked_for = None, reading
    readings = MOST_BYTES // (len(content) + 1)
    for _ in range(min(max(readings, LEAST_READINGS), MOST_READINGS)):
        line, kind = _line(refusal), _kind(refusal)
        found.setdefault(kind, _finding(refusal, line))
        changed = _repaired(reading, refusal.fix)
        if changed is not None and changed != reading:
            reading = changed
        elif line is not None and line > 1:
            raw = content.whole()
            without = _without_line(raw, line)
            if without == raw:
                break
            content = Content(without)
            dropped.setdefault(kind, []).append(line)
        else:
            break
        try:
            repaired = read_content(content, name, reading)
            break
        except DataError as error:
            refusal = error
        except UsageError:
            break
        except NotFoundError:  # the column of a fix, gone with a line
            if reading == asked_for:
                raise
            break
    last = _kind(refusal)
    if repaired is None and last in found and len(dropped.get(last, ())) > found[last].count:
        del dropped[last]  # more lines than are said to be wrong, to no avail
    return [_with_lines(one, dropped.get(kind, []), name) for kind, one in found.items()], repaired


def _kind(refusal: DataError) -> str:
    """The message without what differs between faults of one kind."""
    plain = re.sub(r" \([^)]* (such|in all)[^)]*\)", "", refusal.message)
    return re.sub(r"'[^']*'|\d[\d,]*", "#", plain)


def _finding(refusal: DataError, line: int | None) -> Finding:
    such = re.search(r"\(([\d,]+) (such|repeated|missing)", refusal.message)
    count = int(such[1].replace(",", "")) if such else 1
    lines = (line,) if line is not None else ()
    text = refusal.message
    return Finding("error", refusal.kind, None, text, None, line, refusal.fix, count, lines)


def _with_lines(finding: Finding, dropped: list[int], name: str) -> Finding:
    """Name the lines of all faults of a kind, and how to drop them, where nothing repairs them."""
    if not dropped:
        return finding
    count = max(finding.count, len(dropped))
    fix = finding.fix
    is_repaired = "> repaired.csv" in (fix or "")
    if not is_repaired and count == len(dropped) and name != "stdin":
        script = ";".join(f"{line}d" for line in sorted(dropped))
        fix = rewrite(f"sed '{script}'", name) or fix
    return replace(finding, count=count, lines=tuple(sorted(dropped)[:3]), fix=fix)


def _line(refusal: DataError) -> int | None:
    match = re.search(r":(\d+)$", refusal.where or "")
    return int(match[1]) if match else None


def _repaired(reading: DataSpec, fix: str | None) -> DataSpec | None:
    """Apply the flags of a fix; None where it has none, or others than settings know."""
    match = re.search(r"--[a-z]", fix or "")
    if fix is None or match is None or fix.startswith("without "):
        return None
    try:
        words = shlex.split(fix[match.start() :].partition(", or ")[0])
    except ValueError:
        return None
    known = {f"--{one.name.replace('_', '-')}": one.name for one in fields(DataSpec)}
    given: dict[str, Any] = {}
    for flag, value in pairwise([*words, "--"]):
        if not flag.startswith("--"):
            continue
        field = known.get(flag)
        if field is None:
            return None
        if value.startswith("--"):
            if not isinstance(getattr(reading, field), bool):
                return None  # a flag that is named, not given
            given[field] = True
        else:
            given[field] = _MAKERS.get(field, str)(value)
    try:
        return reading.overridden(DataSpec(**given))
    except (UsageError, TypeError, ValueError):
        return None


def _without_line(raw: bytes, line: int) -> bytes:
    """Empty one line, so that all others keep their numbers; the same bytes where it cannot."""
    ending = b"\n" if b"\n" in raw else b"\r"
    start = 0
    for _ in range(line - 1):
        start = raw.find(ending, start) + 1
        if start == 0:
            return raw
    if b"\0" in raw[:start]:  # characters of several bytes
        return raw
    end = raw.find(ending, start)
    return raw[:start] + (raw[end:] if end >= 0 else b"")


def _tell_seasons(described: Profile, panel: Panel, reading: DataSpec) -> list[Finding]:
    """Tell of series with other seasons than the panel, and propose one that is not used."""
    used = seasons_of(panel, reading)
    apart = describe_own(own_seasons(panel, reading, used))
    flags = " ".join(f"--season {length}" for length in used)
    told = [Finding("note", "own-season", None, apart, fix=flags)]
    return [*(told if apart else []), *_propose_season(described, used)]


def _propose_season(described: Profile, used: tuple[int, ...]) -> list[Finding]:
    """Propose what the values show, but not so clearly that it is used unasked."""
    usual = season_lengths(described.freq)
    seasons = described.nature.seasons
    best = max((one.strength for one in seasons if one.length in usual), default=0.0)
    others = [one for one in seasons if one.length not in usual]
    if not others or best > _CONTRADICTED:
        return []
    clearest = max(others, key=lambda one: one.strength)
    if clearest.strength < max(CLEAR, 0.5 if usual != (1,) else 0.0) or clearest.length in used:
        return []
    flags = " ".join(f"--season {one.length}" for one in others)
    message = f"values repeat every {clearest.length} steps (strength {clearest.strength:.2f})"
    if any(one.length == usual[0] and one.cycles >= LEAST_CYCLES for one in seasons):
        message += f", not every {usual[0]}"
    return [Finding("note", "season", None, message, fix=flags)]
