"""Slow, obvious loops that the fast code must equal."""

import math
from statistics import linear_regression

from forecast.metrics import Judged, Measure
from forecast.metrics.measures import Index
from forecast.network.geometry import Geometry


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


def slow_features(past: list[float], geometry: Geometry, end: int) -> dict[str, list[float]]:
    """Describe one segment end of one window, a value at a time.

    Gives level, scale, each base and the drift as ``forecast.network.features.extract``
    should, for the ``end``-th recurrent step.
    """
    g = geometry
    last = g.before + end  # the end's own segment
    after = (last + 1) * g.segment  # row after it

    def observed(first: int, stop: int) -> list[float]:
        return [v for v in past[first:stop] if not math.isnan(v)]

    def level_of(segment: int) -> float:
        while segment >= 0:
            seen = observed(segment * g.segment, (segment + 1) * g.segment)
            if seen:
                return sum(seen) / len(seen)
            segment -= 1
        return 0.0

    def value(row: int) -> float:
        return past[row] if row >= 0 else math.nan

    level = level_of(last)
    reach = observed((last - g.reach + 1) * g.segment, after)
    centre = sum(reach) / max(len(reach), 1)
    scale = max(sum(abs(v - centre) for v in reach) / max(len(reach), 1), 1e-3)

    earlier, total = 0, 0.0
    for segment in range(last - g.reach + 1, last):
        if observed(segment * g.segment, (segment + 1) * g.segment):
            earlier += 1
            total += level - level_of(segment)
    earlier = max(earlier, 1)
    slope = total / earlier / ((earlier + 1) / 2) / g.segment / scale
    steps = range(g.future)

    def naive(season: int, otherwise: list[float]) -> list[float]:
        found = [(value(after + h % season - season) - level) / scale for h in steps]
        return [o if math.isnan(v) else v for v, o in zip(found, otherwise, strict=True)]

    zero = [0.0 for _ in steps]
    season, phases = g.season[0], []
    for phase in range(season):
        cycles = max(g.cycles, g.reach * g.segment // season)
        rows = [value(after + phase - season * back) for back in range(1, cycles + 1)]
        seen = [v - level for v in rows if not math.isnan(v)]
        phases.append(sum(seen) / max(len(seen), 1))
    middle = sum(phases) / season
    newest = [v - level for v in map(value, range(after - season, after)) if not math.isnan(v)]
    height = sum(newest) / max(len(newest), 1)
    profile = [(phases[h % season] - middle + height) / scale for h in steps]
    short = naive(season, profile if season > 1 else zero)
    long = naive(g.season[-1], short)
    now = (value(after - 1) - level) / scale
    jump = now - (phases[season - 1] - middle + height) / scale  # from the profile's last phase
    rise = now - (value(after - 1 - season) - level) / scale
    same = range(after - g.segment - g.season[-1], after - g.season[-1])
    then = [(v - level) / scale for v in map(value, same) if not math.isnan(v)]
    growth = -sum(then) / len(then) if then else math.nan
    jump, rise, growth = (0.0 if math.isnan(one) else one for one in (jump, rise, growth))
    filled = [n for n in range(last + 1) if observed(n * g.segment, (n + 1) * g.segment)]
    steep, height = 0.0, level
    if len(filled) >= 3:
        steep, zero_level = linear_regression(filled, [level_of(n) for n in filled])
        height = zero_level + steep * last
    steep = steep / g.segment / scale
    lately = [(level_of(n) - level) / scale for n in filled if n > last - g.reach]
    mean = sum(lately) / max(len(lately), 1)
    now_profile = profile if season > 1 else naive(1, zero)
    line, rising = [], []
    for h in steps:
        cycle = h // season * season
        shape = (phases[h % season] - middle) / scale if season > 1 else 0.0
        ahead = cycle + (season - 1) / 2 + 1 + (g.segment - 1) / 2  # from middle to middle
        line.append((height - level) / scale + steep * ahead + shape)
        rising.append(now_profile[h] + steep * (cycle + season))
    return {
        "level": [level],
        "scale": [scale],
        "flat": zero,
        "last value": naive(1, zero),
        "profile": profile if season > 1 else [mean for _ in steps],
        "short season": short,
        "long season": long,
        "shifted profile": [v + jump for v in profile] if season > 1 else naive(1, zero),
        "shifted short season": [v + rise for v in short] if season > 1 else naive(1, zero),
        "shifted long season": [v + growth for v in long] if season > 1 else naive(1, zero),
        "trend line": line,
        "rising profile": rising,
        "slope": [slope],
    }


def slow_advance(geometry: Geometry, base: str) -> list[float]:
    """How many steps of drift each step ahead adds to a base, counted one by one."""
    g, counted = geometry, []
    season = {"profile": g.season[0], "short season": g.season[0], "long season": g.season[-1]}
    season |= {f"shifted {name}": length for name, length in season.items()}
    for h in range(g.future):
        if base == "level":  # from the middle of the last segment
            counted.append(h + 1 + (g.segment - 1) / 2)
        elif base in ("trend line", "rising profile") or (base, g.season) == ("profile", (1,)):
            counted.append(0.0)  # has its own rise, or none
        elif base == "last value" or season[base] == 1:
            counted.append(h + 1.0)
        else:  # from the row repeated, whole seasons before
            row = h
            while row >= 0:
                row -= season[base]
            if base.startswith("shifted") and "season" in base:  # it has risen once already
                row += season[base]
            counted.append(float(h - row))
    return counted


def slow_pinball(y: list[float], quantiles: list[list[float]], levels: list[float]) -> float:
    """Twice the pinball loss, averaged over known values and levels."""
    terms = []
    for a, row in zip(y, quantiles, strict=True):
        for q, f in zip(levels, row, strict=True):
            if not math.isnan(a):
                terms.append(2 * (q * (a - f) if a > f else (1 - q) * (f - a)))
    return sum(terms) / len(terms)


def slow_sigmoid_rnn(
    inputs: list[list[float]], weights: dict[str, list[list[float]]], bias: list[float]
) -> list[list[float]]:
    """Elman (1990) with the logistic function, one unit at a time."""
    units, states = len(bias), []
    hidden = [0.0] * units
    for row in inputs:
        total = [
            bias[unit]
            + sum(w * x for w, x in zip(weights["input"][unit], row, strict=True))
            + sum(w * h for w, h in zip(weights["hidden"][unit], hidden, strict=True))
            for unit in range(units)
        ]
        hidden = [1 / (1 + math.exp(-one)) for one in total]
        states.append(hidden)
    return states


def slow_interpolation(values: list[float]) -> list[float]:
    """Draw a straight line from the last known value to the next, one value at a time."""
    filled = list(values)
    for t, value in enumerate(values):
        if math.isnan(value):
            before = max(i for i in range(t) if not math.isnan(values[i]))
            after = min(i for i in range(t, len(values)) if not math.isnan(values[i]))
            share = (t - before) / (after - before)
            filled[t] = (1 - share) * values[before] + share * values[after]
    return filled


def slow_moving_mean(values: list[float], season: int) -> list[float]:
    """Mean over one season around each value; the outermost of an even season count half."""
    means = []
    for t in range(len(values)):
        weights = {}
        for step in range(-(season // 2), season // 2 + 1):
            half = season % 2 == 0 and abs(step) == season // 2
            if 0 <= t + step < len(values):
                weights[t + step] = 0.5 if half else 1.0
        total = sum(weight * values[i] for i, weight in weights.items())
        means.append(total / sum(weights.values()))
    return means


def slow_aggregate(
    rows: list[tuple[str, float]], how: str, least: dict[str, float]
) -> dict[str, float]:
    """Collect the values of each period, then reduce them if enough are known."""
    periods: dict[str, list[float]] = {}
    for period, value in rows:
        periods.setdefault(period, []).append(value)
    made = {}
    for period, values in periods.items():
        known = [one for one in values if not math.isnan(one)]
        if not known or len(known) < least.get(period, 1):
            made[period] = math.nan
        else:
            totals = {"sum": sum(known), "mean": sum(known) / len(known), "last": known[-1]}
            made[period] = totals[how]
    return made


def slow_season_strength(values: list[float], season: int) -> float:
    """Forecast the deviation from the trend in each cycle by its mean over all other cycles."""
    trend = slow_moving_mean(values, season)
    apart = [value - mean for value, mean in zip(values, trend, strict=True)]
    cycles = len(values) // season
    apart = apart[len(values) - cycles * season :]
    left = 0.0
    for t, one in enumerate(apart):
        others = [apart[i] for i in range(t % season, len(apart), season) if i != t]
        left += (one - sum(others) / len(others)) ** 2
    return 1 - left / sum(one**2 for one in apart)


def slow_average(
    judged: Judged, measure: Measure, group: Index, series: Index, wanted: int
) -> float:
    """Average a measure over one group, forecast by forecast."""
    each: dict[int, list[float]] = {}
    total = over = seen = 0.0
    for row in range(len(judged.y)):
        if group[row] != wanted:
            continue
        one = slice(row, row + 1)
        alone = Judged(
            judged.y[one],
            judged.quantiles[one],
            judged.levels,
            judged.scale[one],
            judged.root_scale[one],
        )
        value = float(measure.of(alone)[0])
        if not math.isnan(value):
            each.setdefault(int(series[row]), []).append(value)
        values = [v for v in judged.y[row].tolist() if not math.isnan(v)]
        if values:
            total += len(values) * value
            over += sum(map(abs, values)) if measure.over else 0.0
            seen += len(values)
    if measure.by_series:
        means = [sum(one) / len(one) for one in each.values()]
        return sum(means) / len(means)
    result = total / over if measure.over else total / seen
    return math.sqrt(result) if measure.root else result
