"""Names of columns, from the lines that a header is.

Which lines those are is told in ``header``.
"""

import re
from collections import Counter
from collections.abc import Sequence

_UNIT = re.compile(
    r"[\[(].*[\])]|[%°].{0,3}|[a-zµ]{1,3}/[a-z]{1,3}|(int|float|double|str|string|date|datetime|"
    r"text|number|object|numeric)\d*",
    re.IGNORECASE,
)


def name_columns(rows: Sequence[Sequence[str]], width: int) -> tuple[list[str], list[int]]:
    """Give the names of the columns, and the places of the lines that they are made of.

    Parameters
    ----------
    rows : sequence of sequences of str
        Cells of the lines of a header.
    width : int
        Columns.

    Returns
    -------
    names : list of str
    places : list of int
    """
    rows = [[row[0].removeprefix("#").strip(), *row[1:]] for row in rows]
    while len(rows) > 1 and _is_units(rows[-1]) and is_full(rows[-2], width):
        rows = rows[:-1]
    last, end = rows[-1], len(rows) - 1
    upper = [at for at, row in enumerate(rows[:-1]) if sum(bool(one) for one in row) > 1]
    if not upper or is_full(last, width):
        return _filled(last), [end]
    parts = [_carried(rows[at], width) for at in upper]
    names = []
    for place in range(width):
        own = last[place] if place < len(last) else ""
        if own and last.count(own) == 1:
            names.append(own)
        else:
            names.append(" ".join(dict.fromkeys([*(row[place] for row in parts), own])).strip())
    return _filled(names), [*upper, end]


def _is_units(row: Sequence[str]) -> bool:
    return any(row) and all(_UNIT.fullmatch(one) for one in row if one)


def _carried(row: Sequence[str], width: int) -> list[str]:
    """Repeat the name of a group over the empty cells that follow it."""
    names, current = [], ""
    for place in range(width):
        own = row[place] if place < len(row) else ""
        current = own or current
        names.append(current)
    return names


def _filled(names: Sequence[str]) -> list[str]:
    return [one or f"Unnamed: {place}" for place, one in enumerate(names)]


def is_full(row: Sequence[str], width: int) -> bool:
    """Say whether a line names all columns but one at most, each by a name of its own."""
    return len(row) >= width - 1 and all(row) and len(set(row)) == len(row)


def number_repeated(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Number the names that occur more than once.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    unique : list of str
    doubled : list of str
        Those that were there more than once.
    """
    if len(set(names)) == len(names):
        return list(names), []
    times = Counter(names)
    seen = Counter[str]()
    unique = []
    for one in names:
        seen[one] += 1
        unique.append(f"{one}.{seen[one]}" if times[one] > 1 else one)
    doubled = [one for one in times if times[one] > 1]
    if len(set(unique)) < len(unique):  # "a.1" was there already
        unique = [f"{one} ({place})" for place, one in enumerate(unique, 1)]
    return unique, doubled
