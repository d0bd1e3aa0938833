"""Tell of columns that are not used, above all where they hold the signs of the values."""

import re

from forecast.finding import Finding
from forecast.reading.columns import quoted, shell_word
from forecast.reading.draft import Draft
from forecast.text.table import Table

_SIGNS = tuple(
    frozenset(pair.split())
    for pair in (
        "+ -", "plus minus", "dr cr", "debit credit", "debits credits", "debet credit",
        "debet kredit", "débit crédit", "dare avere", "debe haber", "cargo abono",
        "soll haben", "af bij", "income expense", "income expenses",
        "deposit withdrawal", "einnahme ausgabe", "entrata uscita", "ingreso gasto",
    )
)  # fmt: skip
"""Pairs of words that say which amounts come in and which go out."""

_PERHAPS = tuple(map(frozenset, (("in", "out"), ("ut", "in"), ("ut", "inn"), "dc", "sh")))
"""Such pairs that may also be of doors, places, sizes, ...: they count beside amounts."""

_AMOUNTS = re.compile(
    r"amount|betrag|bedrag|beløb|beløp|belopp|montant|import[eo]|umsatz|umsätze", re.I
)


def remark_unused(draft: Draft, *, wide: bool) -> list[Finding]:
    """Tell which columns are not used.

    Parameters
    ----------
    draft : Draft
    wide : bool
        Whether each target is a series of its own.

    Returns
    -------
    list of Finding
    """
    table, (time, *targets) = draft.table, draft.used
    used = {time, draft.id_column, *targets}
    unused = [one for one in table.columns if one not in used]
    if not unused:
        return []
    message = f"columns not used: {quoted(unused)}"
    findings = [Finding("note", "unused", None, message, count=len(unused))]
    if wide or (draft.rows.target < 0).any():
        return findings
    for name in unused:
        if words := _signs(table, name, targets[0]):
            said = (
                f"column '{name[:40]}' ({words}) seems to hold the signs of '{targets[0][:40]}',"
                " whose values are read without them"
            )
            fix = None if draft.id_column else f"--id {shell_word(name)}"
            findings.append(Finding("warning", "signs", None, said, fix=fix))
    return findings


def _signs(table: Table, column: str, target: str) -> str:
    """List the words of a column of signs; nothing where it is none."""
    if table.is_number(column) or table.count_distinct(column) > 3:  # a cell may be empty
        return ""
    words = [one for one in table.texts(column)[1] if one]
    pair = frozenset(map(str.casefold, words))
    named = frozenset(re.split(r"[^\w+-]+", column.casefold())) == pair  # "In/Out"
    is_sign = pair in _SIGNS or (pair in _PERHAPS and (named or _AMOUNTS.search(target)))
    return ", ".join(words) if is_sign else ""
