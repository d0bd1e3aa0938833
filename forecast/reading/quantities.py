"""Refuse cells that are no numbers, and tell how those that are were written.

The grammar is in ``numerals``; here it meets the file, its lines and flags.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.finding import Finding, counted
from forecast.reading.columns import shell_word
from forecast.reading.leftovers import note_at
from forecast.text.numerals import is_missing, parse_number
from forecast.text.rewrite import rewrite
from forecast.text.table import Table, Texts

_LIMIT = re.compile(r"[<>]=? *[\d.,]+")
_WITHOUT_LIMITS = r"s/[<>]=? *([0-9])/\1/g"
_WITH_WORD = re.compile(r"-?[\d.,' ]*\d *(°?[^\W\d]+)\.?")
_GROUPS = re.compile(r",(-?\d{1,3},\d{3}(?:\.\d+)?)$", re.ASCII)  # at the end of a line
_JOIN_GROUPS = r"s/,(-?[0-9]{1,3}),([0-9]{3}(\.[0-9]+)?[^0-9,]*)$/,\1\2/"
_DEBITS = {frozenset({"CR", "DR"}): "DR", frozenset({"H", "S"}): "S"}
"""Words behind amounts, of which one stands for those that go out."""

MARKS = {
    "missing": ("cell", "with a sign for a missing value"),
    "currency": ("value", "with a currency sign, which is left out"),
    "percent": ("value", "in per cent; the sign is left out"),
    "brackets": ("value", "in brackets read as negative"),
}
"""What is said of cells that are more than a number, by what they have."""


def refuse_long_rows(table: Table, kept: NDArray[np.int32]) -> None:
    """Refuse rows with more fields than there are columns.

    Parameters
    ----------
    table : Table
    kept : ndarray of int32
        Rows that count.

    Raises
    ------
    DataError
    """
    if table.widths is None or table.origin is None:
        return
    width, delimiter = table.origin.layout.width, table.origin.layout.delimiter
    long = kept[table.widths[kept] > width]
    if not len(long):
        return
    row = int(long[0])
    number = _GROUPS.search(table.line(row)) if delimiter == "," else None
    fix = "quote text that holds the delimiter, and write 1234 instead of 1,234"
    cause = ""
    if number is not None and table.widths[row] == width + 1:
        joined = number[1].replace(",", "")
        cause = f": '{number[1]}' may be {joined}, parted by the delimiter"
        script = f"/^([^,]*,){{{width}}}[^,]*$/{_JOIN_GROUPS}"
        if repaired := rewrite(f"sed -E {shell_word(script)}", table.name):
            fix = f"{repaired} && forecast train repaired.csv"
    raise DataError(
        f"{counted(table.widths[row], 'field')} where the header has {width}"
        + (f" ({len(long):,} such rows)" if len(long) > 1 else "")
        + cause,
        where=table.where(row),
        fix=fix,
        kind="many-fields",
    )


def refuse_numbers(
    table: Table,
    wrong: Mapping[str, NDArray[np.int64]],
    left_out: NDArray[np.bool_],
    id_column: str | None,
) -> None:
    """Refuse the first cell that is no number, or reads as two.

    Parameters
    ----------
    table : Table
    wrong : mapping of str to ndarray of int64
        For targets that are not plain numbers throughout, the rows that are no finite numbers.
    left_out : ndarray of shape (T,), bool
        Rows that do not count.
    id_column : str or None

    Raises
    ------
    DataError
    """
    for name, places in wrong.items():
        found = table.written(name)
        if found is not None:
            _refuse_some_per_cent(table, name, found, left_out)
            _refuse_two_currencies(table, name, found, left_out, id_column)
            _refuse_unclear(table, name, found)
        rows = places[~left_out[places]]
        if not len(rows):
            continue
        row = int(rows[0])
        cell = table.cell(row, name)
        number = parse_number(cell)
        kind = "is not a number" if number is None else "is infinite or too large"
        raise DataError(
            f"'{cell}' in column '{name[:40]}' {kind}"
            + (f" ({len(rows):,} such cells)" if len(rows) > 1 else ""),
            where=table.where(row),
            fix=repair_cells(table, name),
            kind="odd-value",
        )


def repair_cells(table: Table, column: str) -> str:
    """Say how cells that are no numbers become such.

    Parameters
    ----------
    table : Table
    column : str

    Returns
    -------
    str
        A command where they are limits, have all the same word behind them, or say by one
        whether they are debits.
    """
    cells = [one for one in table.sample[column] if not is_missing(one)]
    script = _WITHOUT_LIMITS if any(map(_LIMIT.fullmatch, cells)) else _without_words(cells)
    repaired = rewrite(f"sed -E {shell_word(script)}", table.name) if script else None
    if repaired is None:
        return "write plain numbers such as 1234.5, and leave missing ones empty"
    return f"{repaired} && forecast train repaired.csv"


def _without_words(cells: Sequence[str]) -> str | None:
    """Give the sed script that takes words off numbers, where they say the same of all."""
    found = [match[1] for match in map(_WITH_WORD.fullmatch, cells) if match]
    words = set(found)
    if len(found) < len(cells) or not words:
        return None
    debit = _DEBITS.get(frozenset(one.upper() for one in words))
    if debit is None:
        return rf"s/([0-9]) *{found[0]}\b\.?/\1/g" if len(words) == 1 else None
    out = next(one for one in words if one.upper() == debit)
    others = "|".join(words - {out})
    return rf"s/([0-9.,]*[0-9]) *{out}\b/-\1/g; s/([0-9]) *({others})\b/\1/g"


def remark_numbers(table: Table, targets: tuple[str, ...]) -> list[Finding]:
    """Tell what was read besides plain numbers.

    Parameters
    ----------
    table : Table
    targets : tuple of str

    Returns
    -------
    list of Finding
    """
    findings = []
    for name in targets:
        found = table.written(name)
        if found is None:
            continue
        reading = table.reading(name)
        decimal, thousands = reading.style
        if (decimal, thousands) != (".", "") and any(
            sign in one for one in found.distinct for sign in (",", " ", "'", "\u00a0", "\u202f")
        ):
            message = f"column '{name[:40]}': '{decimal}' is read as decimal sign"
            if thousands:
                message = f"column '{name[:40]}': '{thousands}' is read as thousands separator"
            finding = Finding("note", "number-style", None, message)
            findings.append(finding)
        for mark, (noun, rest) in MARKS.items():
            if mark in reading.marks:
                rows = np.flatnonzero(np.isin(found.codes, reading.marks[mark]))
                message = f"{counted(len(rows), noun)} {rest}"
                findings.append(note_at(table, f"{mark}-cells", message, rows))
    return findings


def _refuse_unclear(table: Table, name: str, found: Texts) -> None:
    reading = table.reading(name)
    if reading.unclear is None:
        return
    text = found.distinct[reading.unclear]
    row = int(np.flatnonzero(found.codes == reading.unclear)[0])
    sign = "," if "," in text else "."
    other = "." if sign == "," else ","
    raise DataError(
        f"'{text[:40]}' in column '{name[:40]}' reads as two numbers: '{sign}' may be a decimal "
        "sign or part thousands, and no value decides",
        where=table.where(row),
        fix=f"forecast train {shell_word(table.name)} --thousands {sign} --decimal {other}"
        f", or --decimal {sign}",
        kind="unclear-number",
    )


def _refuse_some_per_cent(
    table: Table, name: str, found: Texts, left_out: NDArray[np.bool_]
) -> None:
    """Refuse per cents among plain numbers: "5%" and "0.05" may be the same."""
    reading = table.reading(name)
    if "percent" not in reading.marks:
        return
    numbers = ~np.isnan(reading.values) & (reading.values != 0)
    numbers[reading.marks["percent"]] = False
    rows = np.flatnonzero(numbers[found.codes] & ~left_out)
    if len(rows):
        row = int(rows[0])
        raise DataError(
            f"'{table.cell(row, name)}' in column '{name[:40]}' has no per cent sign as others do",
            where=table.where(row),
            fix="write all values in one unit",
            kind="mixed-units",
        )


def _refuse_two_currencies(
    table: Table, name: str, found: Texts, left_out: NDArray[np.bool_], id_column: str | None
) -> None:
    """Refuse amounts of another currency than the first of their series: signs are left out."""
    reading = table.reading(name)
    if len(reading.currencies) < 2:
        return
    of_text = np.zeros(len(found.distinct), np.int64)  # 0 where it is in none; nothing is in any
    for number, places in enumerate(reading.currencies.values(), 1):
        of_text[places] = np.where(reading.values[places] == 0, 0, number)
    of_row = of_text[found.codes]
    rows = np.flatnonzero((of_row > 0) & ~left_out)
    names = np.zeros_like(of_row) if id_column is None else table.texts(id_column)[0]
    _, first, series = np.unique(names[rows], return_index=True, return_inverse=True)
    others = rows[of_row[rows] != of_row[rows[first]][series]]
    if len(others):
        row = int(others[0])
        raise DataError(
            f"'{table.cell(row, name)}' in column '{name[:40]}' is in another currency than "
            f"those before{'' if id_column is None else ' in its series'}",
            where=table.where(row),
            fix="write all values in one unit",
            kind="mixed-units",
        )
