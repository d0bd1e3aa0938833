"""Names of series that several columns hold together, such as those of a shop and an item."""

from collections import Counter
from collections.abc import Sequence

from forecast.errors import DataError, UsageError
from forecast.finding import Finding
from forecast.reading.columns import named_columns, quoted, shell_word
from forecast.reading.joined import with_one
from forecast.spec import DataSpec
from forecast.text.table import Table


def join_names(table: Table, spec: DataSpec) -> Table:
    """Replace columns that name the series together by one.

    Parameters
    ----------
    table : Table
    spec : DataSpec
        Its ``id`` holds the names of the columns, with spaces between them.

    Returns
    -------
    Table
        The same where it is the name of one column, or not of several.

    Raises
    ------
    UsageError
        When one of the columns is named as time or target, too.
    DataError
        When the names of two series are one once they are joined.
    """
    name = spec.id
    columns = [] if name is None or name in table.cells else named_columns(table.columns, name)
    if not columns:
        return table
    if taken := [one for one in columns if one in (spec.time, spec.target)]:
        flag = "time" if taken[0] == spec.time else "target"
        rest = shell_word(" ".join(one for one in columns if one not in taken))
        raise UsageError(f"--id names column '{taken[0]}', as --{flag} does", fix=f"--id {rest}")
    message = f"columns {', '.join(repr(one) for one in columns)} together name the series"
    finding = Finding("note", "joined-names", None, message)
    joined = with_one(table, columns, " ".join, finding)
    if twice := _said_twice(joined, columns):
        turned = columns[::-1]
        is_clear = not _said_twice(with_one(table, turned, " ".join, finding), turned)
        raise DataError(
            f"two series are called '{twice[:40]}' where {quoted(columns)} are joined",
            where=table.name,
            fix=f"--id {shell_word(' '.join(turned))}"
            if is_clear
            else "write names without spaces",
            kind="several-ids",
        )
    return joined


def _said_twice(table: Table, columns: Sequence[str]) -> str | None:
    """Give a joined text that stands for several."""
    texts = table.texts(" ".join(columns))[1]
    return next((one for one, count in Counter(texts).items() if count > 1), None)
