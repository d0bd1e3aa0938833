"""One line of the benchmark: what was measured, kept as JSON and shown as a table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.table import Table

from tests.bench.command import Cost
from tests.bench.published import Reference


@dataclass(frozen=True)
class Row:
    """Scores and cost of one set under one setting.

    Attributes
    ----------
    name : str
        Of the set.
    setting : str
    measures : mapping of str to float
        The one that counts first.
    coverage : mapping of str to float
        Share of values inside the interval, by nominal per cent.
    msis : float or None
        Mean scaled interval score of the 95 % interval.
    series, points : int
        Scored; the weights where sets are averaged.
    cost : Cost
    remarks : tuple of str
        What a reader of the figures has to know.
    part : bool
        Whether it is one of several that another row sums up.
    """

    name: str
    setting: str
    measures: Mapping[str, float]
    coverage: Mapping[str, float] = field(default_factory=dict)
    msis: float | None = None
    series: int = 1
    points: int = 1
    cost: Cost = field(default_factory=Cost)
    remarks: tuple[str, ...] = ()
    part: bool = False

    def __str__(self) -> str:
        scores = ", ".join(f"{key} {value:.4g}" for key, value in self.measures.items())
        return f"{self.name}, {self.setting}: {scores or 'no scores'}"

    def keep(self, path: Path | None) -> None:
        """Append the row to a file of JSON lines.

        Parameters
        ----------
        path : Path or None
            Nothing is kept where None.
        """
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a") as file:
                file.write(json.dumps(asdict(self), ensure_ascii=False) + "\n")


def table(rows: Sequence[Row], references: Mapping[tuple[str, str], Reference]) -> Table:
    """Set all rows out with the figures to compare them with.

    Parameters
    ----------
    rows : sequence of Row
    references : mapping of (str, str) to Reference
        By set and measure; a row shows its first measure, and every other
        one that there is a reference for.

    Returns
    -------
    rich.table.Table
    """
    shown = Table(title="accuracy, everything chosen from the training part", expand=True)
    for heading in ("set", "setting", "measure"):
        shown.add_column(heading, overflow="fold")
    for heading in ("ours", "bar", "goal", "in 80 %", "in 95 %", "MSIS", "CPU s", "MB"):
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column("published", overflow="fold")
    for number, row in enumerate(rows):
        if number and row.name != rows[number - 1].name:
            shown.add_section()
        title: tuple[str, str] = (row.name, row.setting)
        for name in _shown(row, references):
            reference = references.get((row.name, name), Reference())
            figures = (row.measures.get(name), reference.bar(row.setting), reference.goal)
            once = _once(row, reference) if any(title) else ("",) * 5
            shown.add_row(*title, name, *map(_figure, figures), *once, reference.published)
            title = ("", "")
    return shown


def _shown(row: Row, references: Mapping[tuple[str, str], Reference]) -> list[str]:
    """Measures of a row that get a line."""
    names = list(row.measures) or ["failed"]
    return names[:1] + [name for name in names[1:] if (row.name, name) in references]


def _once(row: Row, reference: Reference) -> tuple[str, ...]:
    """What a row says once, whatever the number of its measures."""
    inside = [row.coverage.get(level) for level in ("80", "95")]
    budget = f"/{reference.cpu_seconds}" if reference.cpu_seconds else ""
    seconds = f"{row.cost.cpu_seconds:.0f}{budget}" if row.cost.cpu_seconds else ""
    return (
        *(f"{100 * share:.1f}" if share is not None else "" for share in inside),
        _figure(row.msis),
        seconds,
        f"{row.cost.peak_mb:.0f}" if row.cost.peak_mb else "",
    )


def _figure(value: float | None) -> str:
    """Three decimals for small figures, two for larger ones."""
    if value is None:
        return ""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.2f}"
