"""What is measured on some series, by libraries that take long to load: here, or aside.

Aside is another process, which loads them while this one still reads the file, and
measures while this one forecasts.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from forecast.aside import Aside, DiedError
from forecast.decompose import Parts, decompose
from forecast.errors import ForecastError
from forecast.nature import Nature, measure_nature
from forecast.page.trial import Match, Trial, hold
from forecast.panel import Panel
from forecast.parallel import cores


@dataclass(frozen=True, eq=False)
class Sample:
    """What is to be looked at.

    Attributes
    ----------
    tested : Panel
        Series whose nature is measured.
    shown : Panel
        Series that are taken apart.
    seasons : tuple of int
        For that, in steps.
    own : mapping of str to tuple of int
        Seasons of series that have others, by name.
    match : Match or None
        A backtest, where it is a quick one.
    """

    tested: Panel
    shown: Panel
    seasons: tuple[int, ...]
    own: Mapping[str, tuple[int, ...]]
    match: Match | None


@dataclass(frozen=True, eq=False)
class Seen:
    """What was found.

    Attributes
    ----------
    nature : Nature
    parts : tuple of Parts or None
        Of each series shown; None where it has none.
    trial : Trial, str or None
        See `trial.hold`; None where no backtest was wanted.
    """

    nature: Nature
    parts: tuple[Parts | None, ...]
    trial: Trial | str | None


class Observer(Protocol):
    """Who looks at a sample."""

    def ask(self, sample: Sample) -> None:
        """Hand over what is to be looked at, and go on."""
        ...

    def answer(self) -> Seen:
        """Wait for what was found."""
        ...


class Here:
    """Whoever asks: it is done in this process when the answer is wanted."""

    def ask(self, sample: Sample) -> None:
        """Take note of it."""
        self._sample = sample

    def answer(self) -> Seen:
        """Look now."""
        return look(self._sample)


class There:
    """Another process.

    Parameters
    ----------
    beside : Aside
        That calls what it is given.
    """

    def __init__(self, beside: Aside[Callable[[], Any], Any]) -> None:
        self._beside = beside
        beside.ask(load)

    def ask(self, sample: Sample) -> None:
        """Send it."""
        self._beside.ask(partial(look, sample))

    def answer(self) -> Seen:
        """Wait for its answer."""
        try:
            self._beside.answer()  # that the libraries are loaded
            seen: Seen = self._beside.answer()
        except DiedError as died:
            raise ForecastError(f"{died}; was there enough memory?") from died
        return seen


@contextmanager
def observing(workers: int | None) -> Iterator[Observer]:
    """Find somebody to look: another process, if there may be one.

    Parameters
    ----------
    workers : int or None
        Processes that are allowed besides; as many as there are cores where None.

    Yields
    ------
    Observer
    """
    if (workers or cores()) == 1:
        yield Here()
        return
    with Aside[Callable[[], Any], Any](operator.call) as beside:
        yield There(beside)


def look(sample: Sample) -> Seen:
    """Measure what there is to measure on some series.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    Seen
    """
    seasons = [sample.own.get(name, sample.seasons) for name in sample.shown.ids]
    return Seen(
        nature=measure_nature(sample.tested),
        parts=tuple(map(decompose, sample.shown, seasons)),
        trial=hold(sample.match) if sample.match else None,
    )


def load() -> None:
    """Load the libraries that `look` takes."""
    import scipy.signal  # noqa: F401
    import statsmodels.nonparametric.smoothers_lowess
    import statsmodels.tsa.seasonal
    import statsmodels.tsa.stattools  # noqa: F401
