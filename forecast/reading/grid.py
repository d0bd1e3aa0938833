"""A table with times along its rows and parts of them along its columns, or the other way round.

Years with their months, quarters or weeks, and days with their hours: each cell is a row of
its own. Columns that are whole times are left to ``melt``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from forecast.errors import DataError
from forecast.finding import Finding
from forecast.reading.columns import quoted, shell_word
from forecast.reading.kinds import is_day, is_numeric
from forecast.reading.melt import gather_cells, long_table, name_series
from forecast.text.table import Table, Texts
from forecast.timeline.months import MONTHS, in_english
from forecast.timeline.notation import notation
from forecast.timeline.numbered import PARTS, named_part
from forecast.timeline.timeofday import begin_of, minutes_of

_NUMBERED = re.compile(r"([^\W\d]*)\.?[ _-]?(\d{1,2})\.?[ _-]?([^\W\d]*)", re.ASCII)
_FEWEST_CLOCKS = 3
_MOST = 0.8  # share of rows that are times: others are totals, or are refused where they stand


@dataclass(frozen=True)
class _Part:
    """What years or days are parted into.

    Attributes
    ----------
    name, whole : str
    words : frozenset of str
        That stand beside its number.
    complete : tuple of range
        All numbers that there are.
    form : str
        Of a time.
    """

    name: str
    whole: str
    words: frozenset[str]
    complete: tuple[range, ...]
    form: str

    def number(self, text: str, *, named: bool = False) -> int | None:
        """Give the number that a text stands for; one alone only where the column is ``named``."""
        if self.name == "month" and in_english(text) in MONTHS:
            return MONTHS.index(in_english(text)) + 1
        match = _NUMBERED.fullmatch(text)
        if match is None or (match[1] and match[3]):
            return None
        word = (match[1] or match[3]).lower()
        return int(match[2]) if (word in self.words if word else named) else None

    def numbers(self, texts: Sequence[str], *, named: bool = False) -> dict[str, int]:
        """Give the numbers of texts that are such parts; empty unless each is there once."""
        known = {one: self.number(one, named=named) for one in texts}
        found = {one: number for one, number in known.items() if number is not None}
        every = sorted(found.values())
        return found if any(every == [*numbers] for numbers in self.complete) else {}


_OF_YEARS = (
    _Part("month", "year", frozenset((*PARTS["month"].split(), "m")), (range(1, 13),), "{}-{:02}"),
    _Part("quarter", "year", frozenset((*PARTS["quarter"].split(), "q", "qtr")), (range(1, 5),),
          "{}-Q{}"),
    _Part("week", "year", frozenset((*PARTS["week"].split(), "w", "cw")),
          (range(1, 53), range(1, 54)), "{}-W{:02}"),
)  # fmt: skip
_HOUR = _Part(
    "hour", "day", frozenset((*PARTS["hour"].split(), "h")),
    (range(24), range(1, 25)), "{} {:02}:00",
)  # fmt: skip


@dataclass(frozen=True)
class _Grid:
    """Which columns are times: one of them along the rows, the others each a time for all rows.

    Attributes
    ----------
    label : str
    columns : list of str
    times : dict of str to list of str
        For each text of ``label``, the times of its cells.
    message : str
    """

    label: str
    columns: list[str]
    times: Mapping[str, list[str]]
    message: str


def melt_grid(table: Table, id_column: str | None) -> Table:
    """Give a row to each value of a table whose rows and columns together are times.

    Parameters
    ----------
    table : Table
    id_column : str or None
        Names the series; found where None.

    Returns
    -------
    Table
        As `forecast.reading.melt.melt_times` gives it, further columns of numbers left out;
        the same table where rows or columns are no years or days, or some part of them is
        not there, or twice.

    Raises
    ------
    DataError
        When a time has several rows that only numbers tell apart, or parts may be of the
        next year or day.
    """
    grid = _parts_across(table) or _years_across(table)
    values = None if grid is None else gather_cells(table, grid.columns)
    if grid is None or values is None:
        return table
    codes, distinct = table.texts(grid.label)
    size = len(grid.columns)
    places = size * codes[:, None] + np.arange(size, dtype=np.int32)
    times = [time for one in distinct for time in grid.times[one]]
    rest = [one for one in table.columns if one not in (grid.label, *grid.columns)]
    names = [id_column] if id_column in rest else _names(table, rest, grid.label)
    keys = name_series(table, names, len(codes)) if names else None
    finding = Finding("note", "times-as-columns", None, grid.message)
    if unused := [one for one in rest if one not in names]:
        message = f"columns not used: {quoted(unused)}"
        unread = Finding("note", "unused", None, message, count=len(unused))
        table = replace(table, findings=(*table.findings, unread))
    return long_table(table, keys, Texts(places.ravel().astype(np.int32), times), values, finding)


def _parts_across(table: Table) -> _Grid | None:
    """Find a column of years or days, and one for each part of them."""
    for part in (*_OF_YEARS, _HOUR):
        numbers = part.numbers(table.columns)
        if numbers:
            times = {one: part.form.format("{}", number) for one, number in numbers.items()}
            return _labelled(table, part, numbers, times)
    clocks = {one: minutes_of(one) for one in table.columns}
    minutes = {one: minute for one, minute in clocks.items() if minute is not None}
    if len(set(minutes.values())) < max(_FEWEST_CLOCKS, len(minutes)):
        return None
    times = {one: f"{{}} {begin_of(one)}" for one in minutes}
    return _labelled(table, _HOUR, minutes, times)


def _labelled(
    table: Table, part: _Part, numbers: Mapping[str, int], times: Mapping[str, str]
) -> _Grid | None:
    """Find the column of years or days beside those of their parts."""
    columns = [*numbers]
    rest = [one for one in table.columns if one not in numbers]
    labels = [one for one in rest if _are(table, one, part.whole)]
    if len(labels) != 1:
        return None
    _refuse_turned(table, part, numbers)
    message = f"the columns from '{columns[0]}' to '{columns[-1]}' are the {part.name}s of a"
    return _Grid(
        labels[0],
        columns,
        {
            one: [times[column].format(one) for column in columns]
            for one in table.texts(labels[0])[1]
        },
        f"{message} {part.whole}",
    )


def _years_across(table: Table) -> _Grid | None:
    """Find columns of years, and one that names the parts of them."""
    years = [one for one in table.columns if notation(one) == "%Y"]
    if len(years) < 2:
        return None
    for label in table.columns:
        if label in years:
            continue
        texts = table.texts(label)[1]
        for part in _OF_YEARS:
            numbers = part.numbers(texts, named=named_part(label) == part.name)
            if 2 * len(numbers) <= len(texts):
                continue
            _refuse_turned(table, part, numbers)
            message = f"the columns from '{years[0]}' to '{years[-1]}' are years"
            return _Grid(
                label,
                years,
                {
                    one: [
                        part.form.format(year, numbers[one]) if one in numbers else f"{one} {year}"
                        for year in years
                    ]
                    for one in texts
                },
                f"{message}, the rows their {part.name}s",
            )
    return None


def _are(table: Table, column: str, whole: str) -> bool:
    """Say whether nearly all cells of a column are years, or days."""
    cells = [one for one in table.sample[column] if one]
    found = [notation(one) == "%Y" if whole == "year" else is_day(one) for one in cells]
    return bool(cells) and sum(found) >= _MOST * len(found)


def _refuse_turned(table: Table, part: _Part, numbers: Mapping[str, int]) -> None:
    """Refuse parts in order that begin in the middle: July to June, or 1:00 to 0:00."""
    order, names = [*numbers.values()], [*numbers]
    if (np.diff(order) < 0).sum() != 1 or order[-1] > order[0]:
        return
    raise DataError(
        f"the {part.name}s go from '{names[0]}' to '{names[-1]}': the last ones may be of the "
        f"{part.whole} that they stand beside, or of the next",
        where=table.name,
        fix="write a row for each value, with its date as YYYY-MM-DD",
        kind="unclear-parts",
    )


def _names(table: Table, rest: Sequence[str], label: str) -> list[str]:
    """Find the columns that name the series: text that tells the rows of a time apart."""
    times, rows = table.texts(label)[0].astype(np.int64), len(table.cells[label])
    if table.count_distinct(label) == rows:  # one series, whatever is noted beside it
        return []
    parted = [one for one in rest if len(np.unique(rows * times + table.texts(one)[0])) == rows]
    parted.sort(key=table.count_distinct)
    text = [one for one in rest if not is_numeric(table, one)]
    if named := [one for one in parted if one in text]:
        return named[:1]
    if parted:
        raise DataError(
            f"several rows for one time: '{parted[0][:40]}' may name the series",
            where=table.name,
            fix=f"forecast train {shell_word(table.name)} --id {shell_word(parted[0])}",
            kind="several-ids",
        )
    return text
