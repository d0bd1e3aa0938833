"""A generator of dirty files: a true series, written in a random dialect with one to four pains.

``write_dirty`` gives the bytes, the truth, and the lines where a refusal is right:
what reads two ways (days that are months, thousands that are decimals) and what
nobody may decide (two values for one time).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

FREQUENCIES = {"D": "D", "MS": "M", "h": "h", "W-SUN": "W", "YS": "Y", "15min": "15m", "B": "B"}
NA_WORDS = ("NA", "n/a", "NaN", "null", "-", "#N/A", "None", ".", "?")
TEXTS = ("", "ok", "see below", "Müller", "5 pieces", "x")


@dataclass(frozen=True, eq=False)
class Dirty:
    """A file as it is written, row by row.

    Attributes
    ----------
    times : ndarray of shape (T,), datetime64
    values : ndarray of shape (T,), float64
        NaN where missing.
    cells : list of list of str
        Time, value, and perhaps a note, of each line.
    rows : list of int
        Which row of the truth a line holds.
    header, above, below : list of lines
    """

    times: NDArray[np.datetime64]
    values: NDArray[np.float64]
    cells: list[list[str]]
    rows: list[int]
    header: list[str]
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    delimiter: str = ","
    quote_all: bool = False
    newline: str = "\n"
    encoding: str = "utf-8"
    trailing: int = 0
    blank: tuple[int, ...] = ()
    pains: tuple[str, ...] = ()
    twice: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Written:
    """A file and what is true about it.

    Attributes
    ----------
    raw : bytes
    times, values : ndarray of shape (T,)
        What is to be read; of a time that is there twice the last value.
    refusals : frozenset of int
        Lines at which a refusal is right.
    pains : tuple of str
    """

    raw: bytes
    times: NDArray[np.datetime64]
    values: NDArray[np.float64]
    refusals: frozenset[int]
    pains: tuple[str, ...]


def write_dirty(seed: int) -> Written:
    """Write one file.

    Parameters
    ----------
    seed : int

    Returns
    -------
    Written
    """
    rng = np.random.default_rng(seed)
    dirty = _series(rng)
    count = int(rng.integers(1, 5))
    chosen = rng.choice(list(PAINS), size=count, replace=False).tolist()
    for name in sorted(chosen, key=list(PAINS).index):
        made = PAINS[name](dirty, rng)
        if made is not None:
            dirty = replace(made, pains=(*dirty.pains, name))
    return _written(dirty)


def _series(rng: np.random.Generator) -> Dirty:
    """Draw a regular series and write it plainly."""
    unit = str(rng.choice(list(FREQUENCIES.values())))
    size = int(rng.integers(30, 150)) if unit != "Y" else 16  # so that two digits name a year
    start = np.datetime64(f"20{rng.integers(10, 24)}-{rng.integers(1, 13):02d}-01")
    if unit == "B":
        first = np.busday_offset(start, 0, "forward")
        times = np.busday_offset(first, np.arange(size))
    elif unit == "W":
        times = start + (6 - (start.astype(int) + 3) % 7) % 7 + 7 * np.arange(size)
    elif unit in "YM":
        times = (start.astype(f"M8[{unit}]") + np.arange(size)).astype("M8[D]")
    else:
        step = {"D": 1440, "h": 60, "15m": 15}[unit]
        times = start.astype("M8[m]") + step * np.arange(size)
    decimals = int(rng.integers(0, 4))
    scale = float(rng.choice([10, 500, 20_000, 3_000_000]))
    values = np.round(scale * (1 + 0.3 * rng.standard_normal(size)), decimals)
    if rng.random() < 0.7:
        values = np.abs(values)
    hours = unit in ("h", "15m")
    form = str(rng.choice(["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M"]) if hours else "%Y-%m-%d")
    cells = [
        [one.strftime(form), f"{value:.{decimals}f}"]
        for one, value in zip(times.astype("M8[s]").tolist(), values.tolist(), strict=True)
    ]
    names = [["date", "sales"], ["ds", "y"], ["Time", "Value"], ["timestamp", "demand"]]
    return Dirty(times.astype("M8[ns]"), values, cells, list(range(size)), list(rng.choice(names)))


def _rewrite_dates(dirty: Dirty, form: str) -> Dirty:
    hours = ":" in dirty.cells[0][0]
    form += " %H:%M" if hours else ""
    times = dirty.times.astype("M8[s]").tolist()
    cells = [[times[row].strftime(form), *cell[1:]]
             for row, cell in zip(dirty.rows, dirty.cells, strict=True)]  # fmt: skip
    return replace(dirty, cells=cells)


def _rewrite_values(dirty: Dirty, change: Callable[[str], str]) -> Dirty:
    return replace(dirty, cells=[[one[0], change(one[1]), *one[2:]] for one in dirty.cells])


def _some(dirty: Dirty, rng: np.random.Generator, most: int = 5) -> list[int]:
    """Lines apart from the first and last."""
    size = len(dirty.cells)
    return sorted(rng.choice(np.arange(2, size - 2), int(rng.integers(1, most)), False).tolist())


def _duplicates(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    [at] = rng.choice(np.arange(2, len(dirty.cells) - 2), 1).tolist()
    cells, rows, values = list(dirty.cells), list(dirty.rows), dirty.values.copy()
    digits = len(cells[at][1].partition(".")[2])
    values[rows[at]] = float(f"{values[rows[at]] + 1:.{digits}f}")
    cells.insert(at + 1, [cells[at][0], f"{values[rows[at]]:.{digits}f}"])
    rows.insert(at + 1, rows[at])
    return replace(dirty, cells=cells, rows=rows, values=values, twice=(at + 1,))


def _gaps(dirty: Dirty, rng: np.random.Generator) -> Dirty | None:
    if dirty.twice:
        return None
    gone = set(_some(dirty, rng))
    values = dirty.values.copy()
    values[list(gone)] = np.nan
    kept = [place for place in range(len(dirty.cells)) if place not in gone]
    return replace(
        dirty,
        values=values,
        cells=[dirty.cells[one] for one in kept],
        rows=[dirty.rows[one] for one in kept],
    )


def _unsorted(dirty: Dirty, rng: np.random.Generator) -> Dirty | None:
    if dirty.twice:
        return None
    order = rng.permutation(len(dirty.cells)).tolist()
    return replace(
        dirty,
        cells=[dirty.cells[one] for one in order],
        rows=[dirty.rows[one] for one in order],
    )


def _without_values(words: tuple[str, ...]) -> Callable[[Dirty, np.random.Generator], Dirty]:
    def change(dirty: Dirty, rng: np.random.Generator) -> Dirty:
        cells, values = [list(one) for one in dirty.cells], dirty.values.copy()
        ends = {dirty.rows.index(min(dirty.rows)), dirty.rows.index(max(dirty.rows))}
        at = [one for one in _some(dirty, rng, 8) if one not in ends]
        at = [one for one in at if dirty.rows.count(dirty.rows[one]) == 1]
        word = str(rng.choice(words))
        for one in at:
            cells[one][1] = word
            values[dirty.rows[one]] = np.nan
        return replace(dirty, cells=cells, values=values)

    return change


def _slash_dates(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    return _rewrite_dates(dirty, str(rng.choice(["%d/%m/%Y", "%m/%d/%Y", "%m/%d/%y", "%d-%m-%Y"])))


def _other_dates(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    forms = ["%d.%m.%Y", "%Y/%m/%d", "%d %b %Y", "%b %d, %Y", "%d-%b-%Y", "%Y%m%d"]
    return _rewrite_dates(dirty, str(rng.choice(forms)))


def _mixed_dates(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    other = _rewrite_dates(dirty, str(rng.choice(["%d %b %Y", "%d.%m.%Y", "%b %d, %Y"])))
    if "T" in dirty.cells[0][0]:
        dirty = _rewrite_dates(dirty, "%Y-%m-%d")
    pick = rng.random(len(dirty.cells)) < 0.2
    cells = [b if p else a for a, b, p in zip(dirty.cells, other.cells, pick, strict=True)]
    return replace(dirty, cells=cells)


def _thousands(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    sign = str(rng.choice([",", " ", "'", "\u00a0"]))

    def change(cell: str) -> str:
        if not re.fullmatch(r"-?\d+(\.\d+)?", cell):
            return cell
        whole, point, rest = cell.partition(".")
        return re.sub(r"(?<=\d)(?=(\d{3})+$)", sign, whole) + point + rest

    return _rewrite_values(dirty, change)


def _decimal_comma(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    group = bool(rng.random() < 0.3)

    def change(cell: str) -> str:
        if not re.fullmatch(r"-?[\d, '\u00a0]+(\.\d+)?", cell):
            return cell
        whole, point, rest = cell.replace(",", "#").partition(".")
        if group and "#" not in whole and " " not in whole:
            whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", "#", whole)
        return whole.replace("#", ".") + point.replace(".", ",") + rest

    made = _rewrite_values(dirty, change)
    return replace(made, delimiter=str(rng.choice([";", "\t"])))


def _dressed(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    kind = str(rng.choice(["$", "€", "%", "("]))

    def change(cell: str) -> str:
        if not cell[-1:].isdigit():
            return cell
        if kind == "(":
            return f"({cell[1:]})" if cell.startswith("-") else cell
        if kind == "$":
            return f"-${cell[1:]}" if cell.startswith("-") else f"${cell}"
        return f"{cell} {kind}" if kind == "€" else f"{cell}%"

    return _rewrite_values(dirty, change)


def _note(dirty: Dirty, rng: np.random.Generator, texts: tuple[str, ...] = TEXTS) -> Dirty:
    if len(dirty.header) > 2:
        return dirty
    cells = [[*one, str(rng.choice(texts))] for one in dirty.cells]
    return replace(dirty, cells=cells, header=[*dirty.header, "note"])


def _ragged(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    dirty = _note(dirty, rng)
    short = rng.random(len(dirty.cells)) < 0.3
    cells = [one[:2] if cut else one for one, cut in zip(dirty.cells, short, strict=True)]
    return replace(dirty, cells=cells)


def _newlines(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    return _note(dirty, rng, ("two\nlines", "", 'so "called"', "a, b; c"))


def _headers(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    first = str(rng.choice(["Date (UTC)", "date", " Date ", "Day/Month"]))
    second = str(rng.choice(["Sales, total (€/kg)", "y [%]", "#units", "value: 'net'", "a|b;c"]))
    return replace(dirty, header=[first, second, *dirty.header[2:]])


def _preamble(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    lines = ["Monthly report", "Source: the office", "", "created by hand", "# comment"]
    return replace(dirty, above=lines[: int(rng.integers(1, 6))])


def _footnotes(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    lines = ["", "* preliminary", "Source: the office, 2024, revised", "Note: none"]
    return replace(dirty, below=lines[: int(rng.integers(1, 5))])


def _total(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    return replace(dirty, below=[*dirty.below, f"Total{dirty.delimiter}99"])


def _lines(dirty: Dirty, rng: np.random.Generator) -> Dirty:
    return replace(dirty, blank=tuple(_some(dirty, rng)))


PAINS: dict[str, Callable[[Dirty, np.random.Generator], Dirty | None]] = {
    "duplicates": _duplicates,
    "gaps": _gaps,
    "unsorted": _unsorted,
    "empty cells": _without_values(("",)),
    "NA words": _without_values(NA_WORDS),
    "slash dates": _slash_dates,
    "other dates": _other_dates,
    "mixed formats": _mixed_dates,
    "thousands": _thousands,
    "decimal comma": _decimal_comma,
    "dressed": _dressed,
    "other delimiters": lambda d, rng: replace(d, delimiter=str(rng.choice([";", "\t", "|"]))),
    "padding": lambda d, rng: replace(d, cells=[[f" {c}  " for c in one] for one in d.cells]),
    "quoted numbers": lambda d, rng: replace(d, quote_all=True),
    "ragged rows": _ragged,
    "newlines in cells": _newlines,
    "trailing columns": lambda d, rng: replace(d, trailing=int(rng.integers(1, 4))),
    "punctuated headers": _headers,
    "no header": lambda d, rng: replace(d, header=[]),
    "preamble": _preamble,
    "footnotes": _footnotes,
    "total": _total,
    "blank lines": _lines,
    "encodings": lambda d, rng: replace(d, encoding=str(rng.choice(["cp1252", "utf-16"]))),
    "BOM": lambda d, rng: replace(d, encoding="utf-8-sig"),
    "line ends": lambda d, rng: replace(d, newline=str(rng.choice(["\r\n", "\r"]))),
}
"""What is done to a file, in the order in which it is done."""


def _quoted(cell: str, dirty: Dirty) -> str:
    if dirty.quote_all or any(sign in cell for sign in (dirty.delimiter, '"', "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _written(dirty: Dirty) -> Written:
    """Put lines together, remembering the line of each row."""
    tail = dirty.delimiter * dirty.trailing
    lines = list(dirty.above)
    if dirty.header:
        lines.append(dirty.delimiter.join(_quoted(one, dirty) for one in dirty.header) + tail)
    number = 1 + sum(one.count("\n") + 1 for one in lines)
    starts = []
    for place, one in enumerate(dirty.cells):
        if place in dirty.blank:
            lines.append("")
            number += 1
        starts.append(number)
        lines.append(dirty.delimiter.join(_quoted(cell, dirty) for cell in one) + tail)
        number += lines[-1].count("\n") + 1
    text = dirty.newline.join([*lines, *dirty.below]) + dirty.newline
    raw = text.encode(dirty.encoding, errors="replace")
    right = {starts[one] for one in dirty.twice}
    if _unclear_days(dirty) or _unclear_numbers(dirty):
        right |= set(starts)
    return Written(raw, dirty.times, dirty.values, frozenset(right), dirty.pains)


def _unclear_days(dirty: Dirty) -> bool:
    """Say whether no day is above the twelfth where the order is not written down."""
    dates = [re.match(r" *(\d\d)([/-])(\d\d)\2", one[0]) for one in dirty.cells]
    found = [one for one in dates if one]
    return bool(found) and all(int(one[1]) <= 12 and int(one[3]) <= 12 for one in found)


def _unclear_numbers(dirty: Dirty) -> bool:
    """Say whether a sign before three digits is the only one, in all cells that have one."""
    cells = [re.sub(r"[^\d.,]", "", one[1]) for one in dirty.cells]
    cells = [one for one in cells if one[:1].isdigit()]
    signed = [one for one in cells if "," in one or "." in one]
    return bool(signed) and all(re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", one) for one in signed)
