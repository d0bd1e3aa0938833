"""Say in one plain sentence which model to use, by how much, and how sure that is.

Numbers in, a sentence out; the numbers come from ``forecast.evaluation.evaluate``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

ALPHA = 0.05
"""A corrected p-value below this counts as significant."""

_LARGE = 1e5  # of an error whose digits say nothing
_SAME = 1e-9  # relative difference below which two errors are equal


@dataclass(frozen=True)
class Rival:
    """A baseline next to the reference model.

    Attributes
    ----------
    name : str
    error : float
        Its mean error; NaN where it could not be scored.
    pvalue : float
        Of the difference to the reference, corrected for the number of
        baselines; NaN where it could not be tested.
    direction : int
        -1 where the test favours the reference, 1 the baseline, 0 neither.
    skill : tuple of float
        Bounds of the 95 % confidence interval of the reference's skill in per
        cent; NaN where it is unknown.
    """

    name: str
    error: float
    pvalue: float
    direction: int
    skill: tuple[float, float] = (math.nan, math.nan)


def verdict(reference: str, error: float, rivals: Sequence[Rival], measure: str) -> str:
    """Write the verdict on a model against its best baseline.

    Parameters
    ----------
    reference : str
        The model under judgement.
    error : float
        Its mean error; NaN where it could not be scored.
    rivals : sequence of Rival
        The baselines, all of them simpler than the reference.
    measure : str
        What the errors are, for example "MASE".

    Returns
    -------
    str
        One sentence. A significant difference is one that the test and the
        mean errors agree on; otherwise the simpler model is recommended.

    Examples
    --------
    >>> verdict("GRU", 0.81, [Rival("ARIMA", 0.92, 0.01, -1, (4.0, 19.0))], "MASE")
    "The GRU's error is 12 % lower than ARIMA's (MASE 0.81 against 0.92; with 95 % confidence \
4 to 19 %); the difference is significant (p = 0.01): use the GRU."
    """
    scored = [one for one in rivals if math.isfinite(one.error)]
    if not scored:
        if not math.isfinite(error):
            return f"No model could be scored ({measure} is undefined here): there is no verdict."
        rest = "no baseline could be scored" if rivals else "there is no baseline"
        scored_as = f"was scored ({measure} {_number(error)})"
        return f"The {reference} {scored_as}, but {rest} to compare it with."
    best = min(scored, key=lambda one: one.error)
    if not math.isfinite(error):
        numbers = f"({measure} {_number(best.error)})"
        return f"The {reference} could not be scored: use {best.name} {numbers}."
    if abs(error - best.error) <= _SAME * max(abs(error), abs(best.error)):
        return (
            f"The {reference} and {best.name} have the same error ({measure} {_number(error)}): "
            f"use {best.name}, the simpler one."
        )
    return _judge(reference, error, best, measure)


def _judge(reference: str, error: float, best: Rival, measure: str) -> str:
    better = error < best.error
    share = 100 * abs(error - best.error) / (best.error if better else error)
    if better:
        gap = f"The {reference}'s error is {_percent(share)} lower than {best.name}'s"
        numbers = f"({measure} {_pair(error, best.error)}{_range(*best.skill)})"
    else:
        gap = f"{best.name}'s error is {_percent(share)} lower than the {reference}'s"
        swapped = (_from_the_other_side(bound) for bound in reversed(best.skill))
        numbers = f"({measure} {_pair(best.error, error)}{_range(*swapped)})"
    if math.isnan(best.pvalue):
        doubt = "but there are too few forecasts to tell whether that is luck"
        return f"{gap} {numbers}, {doubt}: use {best.name}, the simpler one."
    if best.pvalue < ALPHA and best.direction == (-1 if better else 1):
        use = f"the {reference}" if better else best.name
        return f"{gap} {numbers}; the difference is significant ({_p(best.pvalue)}): use {use}."
    if best.pvalue < ALPHA:
        doubt = f"but over most series the test favours the other one ({_p(best.pvalue)})"
        return f"{gap} {numbers}, {doubt}: use {best.name}, the simpler one."
    return (
        f"The {reference} is not distinguishable from {best.name} "
        f"({measure} {_pair(error, best.error)}, {_p(best.pvalue)}): "
        f"use {best.name}, the simpler one."
    )


def _from_the_other_side(skill: float) -> float:
    """Turn the skill of one model over another round."""
    return 100 * (1 - 100 / (100 - skill)) if skill < 100 else -math.inf


def _range(low: float, high: float) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"; with 95 % confidence {low:.0f} to {high:.0f} %"


def _pair(first: float, second: float) -> str:
    """Write two errors with enough digits to tell them apart, at least two decimals."""
    if max(first, second) >= _LARGE:
        return f"{first:.3g} against {second:.3g}"
    for digits in range(2, 7):
        texts = f"{first:.{digits}f}", f"{second:.{digits}f}"
        if texts[0] != texts[1]:
            break
    return f"{texts[0]} against {texts[1]}"


def _number(error: float) -> str:
    return f"{error:.2f}" if error < _LARGE else f"{error:.3g}"


def _percent(share: float) -> str:
    return f"{share:.0f} %" if share >= 1 else f"{share:.1g} %"


def _p(pvalue: float) -> str:
    return "p < 0.001" if pvalue < 0.001 else f"p = {pvalue:.2g}"
