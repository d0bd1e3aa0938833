"""Say when a model is due for a training: too old, or its forecasts drift.

The condition is "age>30d", "drift", or several of them with "and" and "or";
"and" binds tighter. Training is left to the caller.
"""

import re
import time
from dataclasses import dataclass, replace
from pathlib import Path

from forecast.errors import NotFoundError, UsageError
from forecast.ledger.actuals import actuals_of
from forecast.ledger.book import connect
from forecast.ledger.drift import Drift
from forecast.ledger.past import find_subject
from forecast.ledger.score import score_actuals
from forecast.panel import Panel
from forecast.spec.data import AGE, parse_age

_EXAMPLE = "--retrain-if 'age>30d or drift'"
_TERM = re.compile(rf"drift|age\s*>\s*(?P<age>(?i:{AGE.pattern}))")


@dataclass(frozen=True)
class Condition:
    """When to train again.

    Attributes
    ----------
    ways : tuple of tuple of (float or None)
        Any of the ways will do, of which all terms have to hold: hours of age,
        or None for drift.
    """

    ways: tuple[tuple[float | None, ...], ...]

    @property
    def needs_drift(self) -> bool:
        """Whether a ledger has to be asked."""
        return any(term is None for way in self.ways for term in way)

    def reason(self, age: float, drift: Drift | None) -> str | None:
        """Say why a model is due; None where it is not.

        Parameters
        ----------
        age : float
            Hours since it was trained.
        drift : Drift or None
            None where there is no record of its forecasts.

        Returns
        -------
        str or None

        Examples
        --------
        >>> parse_condition("age > 2d").reason(50.0, None)
        'the model is 2.1 days old'
        """
        drifts = drift is not None and drift.is_drift
        for way in self.ways:
            if all(drifts if term is None else age > term for term in way):
                said = [
                    f"errors are {drift.excess:.0%} above the promised ones, p = {drift.pvalue:.2g}"
                    if term is None and drift is not None
                    else f"the model is {age / 24:,.1f} days old"
                    for term in way
                ]
                return " and ".join(dict.fromkeys(said))
        return None


def parse_condition(text: str) -> Condition:
    """Read a condition.

    Parameters
    ----------
    text : str

    Returns
    -------
    Condition

    Raises
    ------
    UsageError

    Examples
    --------
    >>> parse_condition("age>30d or age>1d and drift").ways
    ((720.0,), (24.0, None))
    """
    ways = []
    for way in re.split(r"\s+or\s+", text.strip()):
        terms: list[float | None] = []
        for term in re.split(r"\s+and\s+", way):
            match = _TERM.fullmatch(term.strip())
            if match is None:
                raise UsageError(
                    f"'{term[:40]}' is no condition; allowed: age>30d, drift, and, or", fix=_EXAMPLE
                )
            terms.append(parse_age(match["age"]) if match["age"] else None)
        ways.append(tuple(terms))
    return Condition(tuple(ways))


def find_reason(
    condition: Condition, path: str, ledger: str | None, panel: Panel, sha256: str
) -> str | None:
    """Say why a model file is due for a training; None where it is not.

    Parameters
    ----------
    condition : Condition
    path : str
        Of the model file, which is as old as it was written last.
    ledger : str or None
        Record of its forecasts; needed for drift.
    panel : Panel
        What happened since.
    sha256 : str
        Of the model file: forecasts of others do not count.

    Returns
    -------
    str or None

    Raises
    ------
    UsageError
        When drift is asked for without a ledger.
    """
    drift = None
    if condition.needs_drift:
        if ledger is None:
            raise UsageError("drift is told from a ledger", fix="--ledger forecasts.db")
        drift = _drift_of(ledger, panel, sha256)
    age = (time.time() - Path(path).stat().st_mtime) / 3600
    return condition.reason(age, drift)


def _drift_of(path: str, panel: Panel, sha256: str) -> Drift | None:
    try:
        with connect(path) as ledger:
            known = ledger.execute(
                "SELECT m.id, m.name, target FROM models m JOIN runs ON m.id = model"
                " WHERE sha256 = ? ORDER BY runs.id DESC LIMIT 1",
                (sha256,),
            ).fetchone()
            if known is None:
                return None
            only, name, target = known
            subject = replace(find_subject(ledger, path, target, name), only=only)
            return score_actuals(ledger, subject, actuals_of(panel), "DATA").drift
    except NotFoundError:  # the first run
        return None
