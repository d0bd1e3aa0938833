"""Look at a panel and report what a forecaster should know; change nothing.

What makes a file unreadable is refused by ``read`` before a panel exists; the
profile of the series is left to ``profile``.
"""

from dataclasses import replace
from itertools import chain

import numpy as np

from forecast.check.levels import check_levels
from forecast.check.series import check_series
from forecast.check.subject import Subject
from forecast.check.times import check_times, refuse_stale
from forecast.check.values import check_values
from forecast.finding import Finding, by_severity

__all__ = ["Subject", "check", "refuse_stale"]


def check(subject: Subject) -> list[Finding]:
    """Find what is odd about a panel.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    list of Finding
        Errors first, then warnings, then notes.

    Examples
    --------
    >>> from forecast.panel import Panel
    >>> panel = Panel(("a",), np.array([0, 4]), np.arange(4), np.ones(4), "1")
    >>> [str(finding) for finding in check(Subject(panel))]
    ["series 'a': all 4 values are 1"]
    """
    with np.errstate(over="ignore", invalid="ignore"):  # of sums of the largest numbers
        return _check(subject)


def _check(subject: Subject) -> list[Finding]:
    findings, coded = check_values(subject)
    target = np.where(coded, np.nan, subject.panel.target) if coded.any() else subject.panel.target
    plain = replace(subject, panel=subject.panel.with_target(target))
    steps = (check_series(subject), findings, check_levels(plain), check_times(plain))
    return by_severity(chain.from_iterable(steps))
