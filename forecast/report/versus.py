"""A comparison on the terminal: scores, tests, what became of the fits, and the verdict.

As many columns as fit the width are shown, the best models and the measures
asked for first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from forecast.finding import counted
from forecast.metrics import INTERVALS, MEASURES, Measure, measures
from forecast.report.fits import Records, describe_fits, short
from forecast.report.terminal import MOST_ROWS, NumberTable, decimals_of, number
from forecast.result import interval_quantiles

if TYPE_CHECKING:
    from forecast.evaluation.breakdown import Breakdown
    from forecast.evaluation.comparison import Comparison

COLUMNS = ("mase", "wape", "smape", "rmse", "wql", "coverage")
"""Measures shown where none are asked for."""

METRICS = (*MEASURES, "owa", "coverage", "winkler", "msis")
"""Measures that can be asked for."""

_TABLE = measures(tuple(bound for level in INTERVALS for bound in interval_quantiles(level)))
_OWA = Measure("OWA", lambda judged: judged.scale)


@dataclass(frozen=True)
class ComparisonReport:
    """Scores, tests and the verdict, ready to be drawn.

    Attributes
    ----------
    comparison : Comparison
    records : mapping of str to mapping of str to tuple of FitRecord
        What became of each series, by baseline and series.
    metrics : sequence of str
        Of `METRICS`: the columns.
    """

    comparison: "Comparison"
    records: Records
    metrics: Sequence[str] = COLUMNS

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Draw it."""
        yield _scores(self.comparison, columns_of(self.metrics))
        if self.comparison.skills:
            yield Text()
            yield _skills(self.comparison)
        yield Text()
        for line in (*describe_fits(self.records), *_counts(self.comparison, self.metrics)):
            yield Text(line)
        yield Text(self.comparison.verdict, style="bold")


@dataclass(frozen=True)
class BreakdownReport:
    """One measure in groups, a column for each model, ready to be drawn.

    Attributes
    ----------
    breakdown : Breakdown
    ranking : sequence of str
        Models, best first.
    metric : str
        Of `METRICS`.
    """

    breakdown: "Breakdown"
    ranking: Sequence[str]
    metric: str = "mase"

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Draw it; the best of a row is marked with a star where small is good."""
        made, (metric, *_) = self.breakdown, columns_of([self.metric])
        groups = [short(one) for one in made.labels[:MOST_ROWS]]
        room = options.max_width - max(map(len, (*groups, made.by))) - 3
        shown = [name for name in self.ranking if (room := room - max(len(name), 7) - 3) >= 0]
        shown = shown or list(self.ranking[:1])
        errors = [made.measures[name][metric][:MOST_ROWS] for name in self.ranking]
        columns = errors[: len(shown)]
        form = _form(metric, [float(abs(v)) for column in columns for v in column if v == v])
        title = _measure(metric).title
        table = NumberTable(box=SIMPLE_HEAD, title=f"{title} by {made.by}", title_justify="left")
        table.add_column(made.by, no_wrap=True)
        for name in shown:
            table.add_column(Text(name), justify="right", no_wrap=True)
        for group, *values in zip(groups, *errors, strict=True):
            known = [value for value in values if value == value]
            best = min(known) if known and metric not in _NOT_SMALL else None
            cells = [f"{number(v, form)}{'*' if v == best else ' '}" for v in values[: len(shown)]]
            table.add_row(Text(group), *map(Text, cells))
        yield table
        rows = len(made.groups) - len(groups)
        models = [name for name in self.ranking if name not in shown]
        more = [counted(rows, "more row")] if rows else []
        more += [f"columns for {', '.join(models)}"] if models else []
        if more:
            yield Text(f"and {' and '.join(more)}: --format csv gives all of them")


_NOT_SMALL = ("bias", *(f"coverage-{level}" for level in INTERVALS))


def columns_of(metrics: Sequence[str]) -> list[str]:
    """Give the names of measures that stand for those asked for.

    Parameters
    ----------
    metrics : sequence of str
        Of `METRICS`.

    Returns
    -------
    list of str

    Examples
    --------
    >>> columns_of(["mase", "coverage"])
    ['mase', 'coverage-80', 'coverage-95']
    """
    return [
        name
        for metric in metrics
        for name in (
            [metric] if metric in (*MEASURES, "owa") else [f"{metric}-{v}" for v in INTERVALS]
        )
    ]


def _scores(comparison: "Comparison", names: Sequence[str]) -> NumberTable:
    table = NumberTable(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("model", no_wrap=True)
    for head in [*(_measure(name).title for name in names), "seconds"]:
        table.add_column(head, justify="right", no_wrap=True)
    scores = comparison.scores
    forms = {name: _form(name, [abs(s.measures.get(name, 0.0)) for s in scores]) for name in names}
    for one in scores:
        cells = (number(one.measures.get(name, float("nan")), forms[name]) for name in names)
        table.add_row(Text(one.model), *cells, number(one.seconds, ",.1f"))
    return table


def _skills(comparison: "Comparison") -> NumberTable:
    table = NumberTable(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(Text(f"{comparison.reference} against"), no_wrap=True)
    several = comparison.series > 1
    heads = ["skill", "95 % interval", "p", *(["series better / worse"] * several)]
    for head in heads:
        table.add_column(Text(head), justify="right", no_wrap=True)
    for one in comparison.skills:
        known = one.low == one.low
        table.add_row(
            Text(one.baseline),
            f"{number(one.percent, '.1f')} %",
            f"{one.low:.1f} to {one.high:.1f} %" if known else "-",
            number(one.pvalue, ".3g"),
            *([f"{one.better:,} / {one.worse:,}"] * several),
        )
    return table


def _counts(comparison: "Comparison", metrics: Sequence[str]) -> list[str]:
    text = (
        f"{comparison.series:,} series, {counted(comparison.forecasts, 'forecast')},"
        f" {counted(comparison.points, 'value')}"
    )
    if "mase" in metrics and comparison.measure == "MASE":
        text += f"; MASE with season {_season(comparison)}"
    if comparison.skills:
        text += f"; p by {comparison.skills[0].test}"
        text += ", corrected after Holm" if len(comparison.skills) > 1 else ""
    if comparison.short:
        text += f"; {comparison.short:,} series too short for any cutoff"
    if comparison.missing:
        text += f"; {counted(comparison.missing, 'missing value')} left out"
    if count := comparison.undefined.get("mase"):
        text += f"; {count:,} series without a scale left out of MASE"
    if "mape" in metrics and (count := comparison.undefined.get("mape")):
        text += f"; {counted(count, 'zero')} left out of MAPE"
    if comparison.dominant is not None:
        text += f"; most of the error is that of series {short(comparison.dominant)}"
    fallbacks = [f"{one.model} {one.fallbacks:,}" for one in comparison.scores if one.fallbacks]
    return [text + (f"; made by a fallback: {', '.join(fallbacks)}" if fallbacks else "")]


def _season(comparison: "Comparison") -> str:
    """Name the m of MASE, and the other one where histories hold no more than a season."""
    season, young = f"{comparison.season:,}", comparison.young
    if not young:
        return season
    if young == comparison.forecasts:
        return f"1, no history being longer than {season}"
    return f"{season} (1 for {young:,} from no more rows than that)"


def _measure(name: str) -> Measure:
    return _OWA if name == "owa" else _TABLE[name]


def _form(name: str, sizes: Sequence[float]) -> str:
    """Give the format of a measure: with digits that mean something where it has a unit."""
    measure = _measure(name)
    if name.startswith("coverage"):
        return ".0%"
    if measure.share:
        return ".2%"
    if name in ("smape", "mape"):
        return ".2f"
    if name == "wql":
        return ".4f"
    if measure.by_series or name == "owa":
        return ".3f"
    return f",.{decimals_of(max((one for one in sizes if one == one), default=0.0))}f"
