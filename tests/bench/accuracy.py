"""How accurate ``forecast`` is on public series, at its defaults, and what that costs.

``python -m tests.bench.accuracy BENCH_FOLDER [SET ...] [-- TRAIN OPTIONS]`` runs the
commands as a user would on sets with published results, and prints one table:
our figures, the bars and goals of the project, what others published, measured
coverage, processor seconds and peak memory. Every set is run with the same
command; it is told the horizon, and the columns where a file leaves them open.

    ... BENCH                                every set, zero-shot and trained
    ... BENCH m3 air_passengers --zero-shot  two sets, without training
    ... BENCH m3_other -- --cell lstm        another cell; also --from-scratch, --seed 1, ...
    ... BENCH m3_other --cells               every kind of cell, side by side

A run takes the training's seed, 0 by default, and repeats exactly but for the
seconds. ``--json FILE`` keeps every row as soon as it is there.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from tests.bench.command import CommandError, Setting
from tests.bench.etth1 import HORIZONS, score_etth1
from tests.bench.panels import M3, PANELS, all_of_m3, score_panel
from tests.bench.passengers import score_passengers
from tests.bench.published import references
from tests.bench.rows import Row, table
from tests.bench.singles import score_singles

ETTH1 = tuple(f"etth1_{horizon}" for horizon in HORIZONS)
SETS = (*PANELS, "air_passengers", *ETTH1, "singles")
GROUPS = {"m3": M3, "etth1": ETTH1, "all": SETS}

CELLS = (
    (),
    ("--cell", "lstm"),
    *(("--cell", "rnn", "--nonlinearity", name) for name in ("tanh", "relu", "sigmoid")),
    ("--bidirectional",),
)
"""Options that choose each kind of cell; the GRU, the default, first."""

KEPT = Path("out/bench/arima")
"""Where the forecasts of ARIMA on the singles stay between runs."""

WIDTH = 150
"""Columns of the table where no terminal says otherwise."""


def parse(typed: Sequence[str]) -> argparse.Namespace:
    """Read the command line.

    Parameters
    ----------
    typed : sequence of str

    Returns
    -------
    argparse.Namespace
        ``bench, sets, settings, json, seconds_per_file``.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = (*SETS, *GROUPS)
    parser.add_argument("bench", type=Path, help="benchmark folder")
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of: {', '.join(names)}")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--zero-shot", action="store_true", help="only without training")
    only.add_argument("--trained", action="store_true", help="only with training")
    only.add_argument("--cells", action="store_true", help="only with training, every kind of cell")
    parser.add_argument("--json", type=Path, metavar="FILE", help="append every row here")
    parser.add_argument(
        "--seconds-per-file", type=float, default=900.0, help="of the singles; 900 by default"
    )
    typed = list(typed)
    end = typed.index("--") if "--" in typed else len(typed)
    given, options = parser.parse_args(typed[:end]), tuple(typed[end + 1 :])
    unknown = [one for one in given.sets if one not in names]
    if unknown:
        parser.error(f"no set '{unknown[0]}'; there are: {', '.join(names)}")
    if given.zero_shot and options:
        parser.error("options are those of training, and --zero-shot leaves it out")
    chosen = [one for name in given.sets or ["all"] for one in GROUPS.get(name, (name,))]
    given.sets = list(dict.fromkeys(chosen))
    both = not (options or given.trained or given.cells)
    given.settings = [Setting(trained=False)] if given.zero_shot or both else []
    if not given.zero_shot:
        kinds = CELLS if given.cells else ((),)
        given.settings += [Setting(trained=True, options=(*kind, *options)) for kind in kinds]
    return given


def score(given: argparse.Namespace, name: str, setting: Setting) -> Iterator[Row]:
    """Score one set under one setting.

    Parameters
    ----------
    given : argparse.Namespace
        As `parse` gives it.
    name : str
        Of ``SETS``.
    setting : Setting

    Yields
    ------
    Row
        Parts first, if any; a set that failed gives a row without measures.
    """
    try:
        if name == "singles":
            yield from score_singles(given.bench, setting, KEPT, given.seconds_per_file)
        elif name == "air_passengers":
            yield score_passengers(given.bench, name, setting)
        elif name in ETTH1:
            yield score_etth1(given.bench, name, setting)
        else:
            yield score_panel(given.bench, name, setting)
    except (CommandError, FileNotFoundError) as error:
        yield Row(name, setting.label, {}, remarks=(f"failed: {error}",))


def main() -> int:
    """Score the sets asked for, each row as soon as it is there, then all as a table."""
    given = parse(sys.argv[1:])
    rows: list[Row] = []

    def add(row: Row) -> None:
        rows.append(row)
        row.keep(given.json)
        print(row, flush=True)

    for name in given.sets:
        for setting in given.settings:
            for row in score(given, name, setting):
                add(row)
    for setting in given.settings:
        together = all_of_m3({row.name: row for row in rows if row.setting == setting.label})
        if together is not None:
            add(together)
    console = Console()
    shown = Console(width=max(console.width, WIDTH)) if not console.is_terminal else console
    shown.print(table([row for row in rows if not row.part], references(given.bench)))
    for row in rows:
        for remark in row.remarks:
            print(f"{row.name}, {row.setting}: {remark}")
    return 0 if all(row.measures for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
