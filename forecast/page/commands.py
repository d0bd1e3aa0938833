"""The commands that give again what the page shows."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from forecast.page.study import Study
from forecast.page.subject import Asked
from forecast.spec import DataSpec


@dataclass(frozen=True)
class Origin:
    """Where a report comes from.

    Attributes
    ----------
    typed : tuple of str
        What followed ``forecast``.
    source : str
        The file, or ``-``.
    reading : DataSpec
        The settings of reading that were given.
    model : str or None
        The model file; None for the pretrained network.
    complete : callable
        Makes the whole command out of the fix of a finding.
    """

    typed: tuple[str, ...]
    source: str
    reading: DataSpec
    model: str | None
    complete: Callable[[str], str] = lambda fix: fix


@dataclass(frozen=True)
class Command:
    """A command and what it gives.

    Attributes
    ----------
    purpose : str
    text : str
    """

    purpose: str
    text: str


def commands(found: Study, asked: Asked, origin: Origin) -> list[Command]:
    """List the commands that give again what the page shows.

    Parameters
    ----------
    found : Study
    asked : Asked
    origin : Origin

    Returns
    -------
    list of Command
    """
    reading, (steps, model, kind) = flags(origin.reading), _chosen(found, origin)
    given = [
        Command("this page", _line(origin.typed)),
        Command(
            "the forecast as CSV",
            _line(["predict", origin.source, *steps, *model, *kind, *reading]),
        ),
        Command("what is wrong with the file", _line(["check", origin.source, *reading])),
    ]
    if not isinstance(found.trial, str):
        names = [word for one in found.trial.baselines for word in ("--baseline", one)]
        spec = found.trial.compared.spec
        step = ["--step", str(asked.step)] if asked.step else []
        text = ["compare", origin.source, *names, "--windows", str(spec.windows), *step, *steps]
        said = (
            "the backtest"
            if found.subject.trained
            else "a backtest in which the network is trained"
        )
        given.append(Command(said, _line([*text, *model, *kind, *reading])))
    return given


def explaining(found: Study, origin: Origin) -> str:
    """Give the command that explains a forecast, but for the name of the series.

    Parameters
    ----------
    found : Study
    origin : Origin

    Returns
    -------
    str
    """
    reading, (steps, model, kind) = flags(origin.reading), _chosen(found, origin)
    return _line(["explain", origin.source, *steps, *model, *kind, *reading])


def _chosen(found: Study, origin: Origin) -> tuple[list[str], list[str], list[str]]:
    """Flags of the horizon, the model file and the cell."""
    cell = found.subject.forecaster.recurrent.cell
    kind = [] if found.subject.trained or cell == "gru" else ["--cell", cell]
    model = ["--model", origin.model] if origin.model else []
    return ["--horizon", str(found.subject.horizon)], model, kind


def flags(reading: DataSpec) -> list[str]:
    """Write settings as the flags that give them.

    Parameters
    ----------
    reading : DataSpec

    Returns
    -------
    list of str

    Examples
    --------
    >>> flags(DataSpec(time="day", wide=True, season=(7, 365)))
    ['--time', 'day', '--season', '7', '--season', '365', '--wide']
    """
    words: list[str] = []
    usual = DataSpec()
    for one in fields(DataSpec):
        value = getattr(reading, one.name)
        flag = f"--{one.name.replace('_', '-')}"
        if value == getattr(usual, one.name):
            continue
        if value is True:
            words.append(flag)
        else:
            several = value if isinstance(value, tuple) else (value,)
            words += [word for item in several for word in (flag, _word(item))]
    return words


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _line(words: Sequence[str]) -> str:
    return shlex.join(["forecast", *words])
