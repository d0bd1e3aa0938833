"""Slow, obvious loops that the fast code must equal."""

import math


def slow_mase(y: list[float], yhat: list[float], history: list[float], season: int) -> float:
    """Hyndman and Koehler (2006), one point at a time; NaN actuals are skipped."""
    errors = [abs(a - f) for a, f in zip(y, yhat, strict=True) if not math.isnan(a)]
    steps = [abs(history[t] - history[t - season]) for t in range(season, len(history))]
    return (sum(errors) / len(errors)) / (sum(steps) / len(steps))


def slow_smape(y: list[float], yhat: list[float]) -> float:
    """Makridakis et al. (2020), 0 to 200; a zero forecast as zero is no error."""
    terms = []
    for a, f in zip(y, yhat, strict=True):
        if not math.isnan(a):
            terms.append(200 * abs(a - f) / (abs(a) + abs(f)) if a or f else 0.0)
    return sum(terms) / len(terms)


def slow_quantile_loss(y: list[float], quantiles: list[list[float]], levels: list[float]) -> float:
    """Twice the pinball loss over the sum of actual values, averaged over levels."""
    total = 0.0
    for index, q in enumerate(levels):
        for a, row in zip(y, quantiles, strict=True):
            total += 2 * (q * (a - row[index]) if a > row[index] else (1 - q) * (row[index] - a))
    return total / len(levels) / sum(abs(a) for a in y)


def slow_winkler(y: list[float], low: list[float], high: list[float], level: int) -> float:
    """Gneiting and Raftery (2007), equation 43, case by case."""
    alpha = 1 - level / 100
    scores = []
    for a, lo, hi in zip(y, low, high, strict=True):
        score = hi - lo
        if a < lo:
            score += 2 / alpha * (lo - a)
        if a > hi:
            score += 2 / alpha * (a - hi)
        scores.append(score)
    return sum(scores) / len(scores)


def slow_diebold_mariano(loss_a: list[float], loss_b: list[float], horizon: int) -> float:
    """Harvey, Leybourne and Newbold (1997), equations 1 to 9, with Bartlett weights.

    Gives the corrected statistic: negative when ``a`` has the smaller loss.
    """
    d = [a - b for a, b in zip(loss_a, loss_b, strict=True)]
    n = len(d)
    mean = sum(d) / n
    variance = 0.0
    for lag in range(horizon):
        gamma = sum((d[t] - mean) * (d[t - lag] - mean) for t in range(lag, n)) / n
        variance += gamma if lag == 0 else 2 * (1 - lag / horizon) * gamma
    correction = math.sqrt((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n)
    return correction * mean / math.sqrt(variance / n)


def slow_holm(pvalues: list[float]) -> list[float]:
    """Holm (1979): walk up from the smallest, multiply by the tests that remain."""
    adjusted = [0.0] * len(pvalues)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(pvalues)), key=pvalues.__getitem__)):
        largest = max(largest, min(1.0, (len(pvalues) - rank) * pvalues[index]))
        adjusted[index] = largest
    return adjusted
