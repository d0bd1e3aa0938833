"""Lines of a file that are no rows: empty ones, rules, totals, footnotes, repeated headers.

They are told by what they hold, never by what would be convenient: a line with
a value and something in place of a time is a row, and refused, unless it says
that it is a total, or can be nothing else.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.finding import Finding, counted, visible
from forecast.text.rewrite import rewrite
from forecast.text.table import Table
from forecast.timeline.notation import notation

_RULE = re.compile(r"[-=_+*~#|:.]{3,}")
_USUALLY = 0.9  # share of rows that have all fields, so that one without is cut
_LEAST_SUMMED = 8  # rows, of which a sum is no chance
_TOTAL = re.compile(
    r"((\S+ ){0,2}|grand-?|sub-?)total(s|e|en)?\b.*|(sum|average|avg|mean|gesamt|gesamtergebnis|"
    r"gesamtsumme|insgesamt|summe|mittelwert|moyenne|somme|suma|media|totaal|eindtotaal|"
    r"totalsumma|hovedtotal)\b.*|\u2211.*",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(
    r"[*†‡©]|https?:|(source|notes?|footnotes?|quelle|remarks?|legend|copyright|generated|exported|"
    r"created|(last )?updated|data from|see)\b",
    re.IGNORECASE,
)
_PERIODS = ("%Y", "%h", "%[qQ]", "%[mbB]")
_PARTS = {"%h": 2, "%[qQ]": 4, "%[mbB]": 12}  # of a year, by what tells them
_OF_YEARS = re.compile(r"\d{4}(M13|Q05|[SA]\d\d| (Annual|Half[12]))", re.ASCII)  # as the BLS has it


def note_at(
    table: Table, code: str, message: str, source: NDArray[np.integer[Any]], fix: str | None = None
) -> Finding:
    """Make a finding about rows of a table.

    Parameters
    ----------
    table : Table
    code, message : str
    source : ndarray of int
        Rows of the table, in order.
    fix : str, optional

    Returns
    -------
    Finding
    """
    lines: tuple[int, ...] = ()
    if table.lines is not None:
        lines = tuple(int(line) for line in table.lines[source[:3]])
    first = lines[0] if lines else None
    return Finding("note", code, None, message, None, first, fix, len(source), lines)


def is_total(text: str) -> bool:
    """Say whether a text calls its line a total.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    return _TOTAL.fullmatch(text) is not None


def is_rule(text: str) -> bool:
    """Say whether a cell is a line of dashes or the like."""
    return _RULE.fullmatch(text) is not None


def find_leftovers(
    table: Table,
    used: tuple[str, ...],
    no_time: NDArray[np.bool_],
    no_value: NDArray[np.bool_],
    id_column: str | None = None,
) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Mark the rows of a table that are to be left out.

    Parameters
    ----------
    table : Table
    used : tuple of str
        The time column, then the target columns.
    no_time : ndarray of shape (T,), bool
        Cells that are empty or no time.
    no_value : ndarray of shape (T,), bool
        Whether all targets are missing.
    id_column : str, optional

    Returns
    -------
    left_out : ndarray of shape (T,), bool
    findings : list of Finding
    """
    left_out = np.zeros(len(no_time), bool)
    cut = _cut_row(table)
    if not no_time.any() and cut is None:
        return left_out, []
    codes, texts = table.texts(used[0])
    last = np.flatnonzero(~no_time).max(initial=-1)
    usual = texts[codes[last]] if last >= 0 else ""
    kinds: dict[str, list[int]] = {} if cut is None else {"cut": [cut]}
    for row in np.flatnonzero(no_time).tolist():
        cell, is_below = texts[codes[row]], row > last
        code = _kind(table, used, row, cell, no_value=bool(no_value[row]), is_below=is_below)
        if code is None and _is_longer(cell, usual):
            code = "longer-periods"
        if code is not None and row != cut:
            kinds.setdefault(code, []).append(row)
    if longer := kinds.pop("longer-periods", []):
        if any(one.code == "joined-times" for one in table.findings):
            longer = _totals_of_years(table, used, id_column, longer, no_time)
        elif _are_slips(codes, longer, no_time):
            longer = []
        kinds |= {"longer-periods": longer} if longer else {}
    findings = []
    for code, found in kinds.items():
        left_out[found] = True
        noun, rest = MESSAGES[code]
        message = f"{counted(len(found), noun)} {rest}"
        findings.append(note_at(table, code, message, np.array(found)))
    return left_out, findings


def check_end(table: Table, path: str | None) -> list[Finding]:
    """Tell of a file that ends in the middle of a row.

    Parameters
    ----------
    table : Table
    path : str or None

    Returns
    -------
    list of Finding
    """
    if table.origin is None or table.widths is None or table.lines is None:
        return []
    width, last = table.origin.layout.width, int(table.widths[-1])
    usual = (table.widths[:-1] == width).mean() > 0.99  # else ends of rows are left out at will
    if last >= width or not usual or table.origin.text.ends_line:
        return []
    message = f"the last line has {last} of {width} fields and no end: the file was cut short"
    fix = rewrite("sed '$d'", path)
    line = int(table.lines[-1])
    return [Finding("warning", "cut-short", None, message, None, line, fix, 1, (line,))]


MESSAGES = {
    "cut": ("row", "left out: the file ends within it"),
    "empty-rows": ("empty row", "left out"),
    "rules": ("line", "of dashes left out"),
    "repeated-header": ("repeated header line", "left out"),
    "longer-periods": ("row", "of longer periods than the others left out"),
    "totals": ("line", "of totals left out"),
    "footnotes": ("line", "of text below the rows left out"),
}
"""What the lines left out are, and what is said of them, by code."""


def _last_field(table: Table, row: int) -> str:
    """Give what stands behind all columns, as "Grand total" does in exports of analytics."""
    assert table.origin is not None
    return table.line(row).rpartition(table.origin.layout.delimiter)[2].strip('" ')


def _is_longer(cell: str, usual: str) -> bool:
    """Say whether a time is a year or quarter where times are quarters or months."""
    rank = _rank(usual)
    return 0 < _rank(cell) < rank or (rank > 1 and _OF_YEARS.fullmatch(cell) is not None)


def _are_slips(codes: NDArray[np.int32], rows: Sequence[int], no_time: NDArray[np.bool_]) -> bool:
    """Say whether longer periods are rather slips: only one, or one more often than any other."""
    if len(rows) < 2:
        return len(rows) == 1
    return bool(np.bincount(codes[rows]).max() > np.bincount(codes[~no_time]).max())


def _totals_of_years(
    table: Table,
    used: tuple[str, ...],
    id_column: str | None,
    rows: Sequence[int],
    no_time: NDArray[np.bool_],
) -> list[int]:
    """Choose the rows of a year that are none of its parts with an empty cell.

    They are beside all parts of the year, or none; or the sum of those there.
    """
    codes, texts = table.texts(used[0])
    names = np.zeros_like(codes) if id_column is None else table.texts(id_column)[0]
    year_of = np.full(len(texts), -1)
    for code in np.unique(codes[rows]).tolist():
        year = texts[code]
        year_of[[one.startswith(year) or one.endswith(year) for one in texts]] = code
    parts = np.flatnonzero(~no_time & (year_of[codes] >= 0))
    places = np.append(parts, rows)
    keys = names[places].astype(np.int64) * len(texts) + year_of[codes[places]]
    keys = np.unique(keys, return_inverse=True)[1]
    of_part, of_row = keys[: len(parts)], keys[len(parts) :]
    values = np.nan_to_num(table.numbers(used[1])[0])
    sums = np.bincount(of_part, values[parts], keys.max() + 1)[of_row]
    different = np.unique(np.stack([of_part, codes[parts]]), axis=1)[0]
    counts = np.bincount(different, minlength=keys.max() + 1)[of_row]
    usual = texts[codes[parts[0]]] if len(parts) else ""
    all_parts = next((n for sign, n in _PARTS.items() if re.search(sign, notation(usual) or "")), 0)
    is_total = np.isin(counts, (0, all_parts)) | np.isclose(values[rows], sums, rtol=1e-3)
    return [row for row, is_one in zip(rows, is_total.tolist(), strict=True) if is_one]


def _rank(time: str) -> int:
    """Rank years, halves, quarters and months; 0 for other times."""
    form = notation(time) or ""
    if re.search("%[dGHj]|^slash", form):
        return 0
    return max((rank for rank, sign in enumerate(_PERIODS, 1) if re.search(sign, form)), default=0)


def _cut_row(table: Table) -> int | None:
    """Give the last row where the text ends within it: no end of line, and fields are missing."""
    if table.widths is None or table.origin is None or table.origin.text.ends_line:
        return None
    full = table.widths == table.origin.layout.width
    others = full[:-1]
    is_cut = len(others) > 1 and not full[-1] and others.mean() > _USUALLY
    return len(others) if is_cut else None


def _kind(
    table: Table, used: tuple[str, ...], row: int, cell: str, *, no_value: bool, is_below: bool
) -> str | None:
    """Give the code of a line without a time; None for a row whose time is wrong."""
    if not cell and no_value:
        return "empty-rows"
    if is_rule(cell):
        return "rules"
    if cell == used[0] and _is_header(table, used, row):
        return "repeated-header"
    is_long = _is_long(table, row)
    if is_total(cell or (_last_field(table, row) if is_long else "")):
        return "totals"
    if is_below and not cell and _is_sum(table, used[1:], row):
        return "totals"
    if is_below and cell and (no_value or is_long or _FOOTNOTE.match(cell)):
        return "footnotes"
    return None


def _is_long(table: Table, row: int) -> bool:
    if table.widths is None or table.origin is None:
        return False
    return bool(table.widths[row] > table.origin.layout.width)


def _is_sum(table: Table, targets: tuple[str, ...], row: int) -> bool:
    """Say whether the values of a row are the sums of all those above it."""
    columns = [table.numbers(one)[0][: row + 1] for one in targets]
    sums = [(values[row], np.nansum(values[:row])) for values in columns]
    return row >= _LEAST_SUMMED and all(np.isclose(*one, rtol=1e-6, atol=0.0) for one in sums)


def _is_header(table: Table, used: tuple[str, ...], row: int) -> bool:
    return table.cell(row, used[1]) == visible(used[1])[:40]
