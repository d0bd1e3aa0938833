"""Columns to lines of text, thousands of rows at once.

Cells are laid out as one block of bytes, a row of it for each line, every cell as
wide as the widest of its column, and a byte that no text has where there is nothing;
leaving those bytes out gives the lines. So NumPy does for all numbers at once what
would be a text of its own for each, and does it on all cores. Which columns there
are, and what they are called, is up to ``forecast.write``.

Letters: R rows, W bytes of the widest cell.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.parallel import in_threads

Cells = NDArray[np.uint8]
"""Of one column, (R, W); `NOTHING` where a cell has no byte."""

NOTHING = 0xFF
"""A byte that is in no text of UTF-8."""

ROWS, LARGEST = 8192, 1 << 26
"""Lines made at once: their block stays in the processor's cache; and its most bytes."""

MOST_PLACES, DIGITS = 9, 1e15
"""Decimals looked for, and where whole numbers begin that a float does not keep."""

SMALLEST = 1e-4
"""Smaller floats are written with an exponent."""


def csv_lines(table: Mapping[str, NDArray[Any]]) -> str:
    r"""Write the rows of columns as CSV, without the header.

    Parameters
    ----------
    table : mapping of str to ndarray
        Columns of equal length; NaN is empty, other floats are the shortest
        decimal that reads back to the same float.

    Returns
    -------
    str

    Examples
    --------
    >>> csv_lines({"ds": np.array(["a,b", "c"]), "y": np.array([0.5, -10.0])})
    '"a,b",0.5\nc,-10.0\n'
    """
    columns = list(table.values())
    rows = max(map(len, columns), default=0)
    starts = range(0, rows, ROWS)
    return "".join(in_threads(lambda start: _lines(columns, start, start + ROWS), starts))


def quoted(text: str) -> str:
    """Quote a text that holds a comma, a quote or a line break.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    if not any(mark in text for mark in ',"\n\r'):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _lines(columns: list[NDArray[Any]], start: int, stop: int) -> str:
    cells = [_cells(values[start:stop]) for values in columns]
    rows = len(cells[0])
    if rows > 1 and rows * sum(one.shape[1] for one in cells) > LARGEST:
        middle = start + rows // 2
        return _lines(columns, start, middle) + _lines(columns, middle, stop)
    comma, end = (np.full((rows, 1), ord(sign), np.uint8) for sign in ",\n")
    parted = [part for one in cells for part in (one, comma)]
    block = np.concatenate([*parted[:-1], end], axis=1).ravel()
    # three times as quick as by brackets
    return np.compress(block != NOTHING, block).tobytes().decode(errors="surrogatepass")


def _cells(values: NDArray[Any]) -> Cells:
    if values.dtype.kind != "f":
        return _texts(values.tolist())
    written = _decimals(values.astype(np.float64))
    if written is not None:
        return written
    return _texts(["" if one != one else repr(one) for one in values.tolist()])


def _texts(cells: list[Any]) -> Cells:
    """Cells of anything that has a text; each different one is written once."""
    place = {one: number for number, one in enumerate(dict.fromkeys(cells))}
    raw = [quoted(str(one)).encode(errors="surrogatepass") for one in place]
    widest = max(map(len, raw))
    every = b"".join(one.ljust(widest, bytes([NOTHING])) for one in raw)
    distinct = np.frombuffer(every, np.uint8).reshape(len(raw), widest)
    if len(raw) == 1:
        return np.broadcast_to(distinct, (len(cells), widest))
    return distinct[np.fromiter(map(place.__getitem__, cells), np.intp, len(cells))]


def _decimals(values: NDArray[np.float64]) -> Cells | None:
    """Cells of floats that have few decimals and digits, as ``repr`` gives them; else None.

    A decimal of at most fifteen digits is the shortest that reads back to its float.
    """
    size = np.abs(values)
    with np.errstate(over="ignore", invalid="ignore"):
        for places in range(1, MOST_PLACES + 1):
            scaled = np.rint(size * 10.0**places)
            if (scaled / 10.0**places == size).all():
                break
        else:
            return None
    if scaled.max() >= DIGITS or ((size > 0) & (size < SMALLEST)).any():
        return None
    number: NDArray[Any] = scaled.astype(np.uint64 if scaled.max() >= 2**32 else np.uint32)
    whole = max(len(str(int(number.max()))) - places, 1)
    cells = np.full((len(values), 1 + whole + 1 + places), NOTHING, np.uint8)
    cells[np.signbit(values), 0] = ord("-")
    cells[:, 1 + whole] = ord(".")
    matters = np.zeros(len(values), bool)
    for place in range(whole + places):  # from the last digit on
        before = number // 10
        digit = (number - before * 10).astype(np.uint8)
        if place < places - 1:  # zeros at the end are left out, but for the first decimal
            matters |= digit != 0
            shown = matters
        elif place <= places:  # the first decimal, and the last digit before the point
            shown = np.ones(len(values), bool)
        else:
            shown = number > 0
        column = whole + places + 1 - place - (place >= places)
        np.putmask(cells[:, column], shown, digit + ord("0"))
        number = before
    return cells
