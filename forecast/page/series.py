"""The numbers behind the charts, small: chosen points of each series as packed arrays.

Text that JSON can hold, which ``page.js`` unpacks: ``f4:`` and the like, then base64.
"""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.charts.downsample import downsample
from forecast.decompose import Parts
from forecast.page.study import Study
from forecast.page.subject import spread
from forecast.report.terminal import decimals_of
from forecast.timeline.timestamps import format_timestamps
from forecast.timeline.zones import split_zone, to_local

MOST_POINTS, FEWEST, MOST_IN_ALL = 2000, 80, 500_000
"""Points of one series: most, fewest where there are many, and of all series."""

MOST_NUMBERS = 2_000_000
"""Numbers of all series and their forecasts, some eleven megabytes; of more series than they
are enough for, so many evenly spread."""

MOST_STEPS = 120
"""Steps ahead that the table of a forecast shows."""

_BOUNDS = {"lo95": 0.025, "lo80": 0.1, "mid": 0.5, "hi80": 0.9, "hi95": 0.975}
_SMALLEST, _LARGEST = 1e-30, 1e37  # that single precision holds well


def pack(values: NDArray[Any]) -> str:
    """Write an array as text.

    Parameters
    ----------
    values : ndarray of numbers
        Whole ones that are not negative lose nothing; others keep seven digits where
        those are enough.

    Returns
    -------
    str

    Examples
    --------
    >>> pack(np.array([1, 2, 300]))
    'u2:AQACACwB'
    """
    if values.dtype.kind in "iu" and len(values) and values.min() >= 0:
        kind = "u2" if values.max() < 1 << 16 else "u4" if values.max() < 1 << 32 else "f8"
    else:
        kind = "f4" if (size := _largest(values)) == 0 or _SMALLEST < size < _LARGEST else "f8"
    return f"{kind}:{base64.b64encode(values.astype(f'<{kind}').tobytes()).decode()}"


def packed_series(found: Study) -> dict[str, Any]:
    """Lay out every series with its forecast, for the page's script.

    Parameters
    ----------
    found : Study

    Returns
    -------
    dict
        "series" (one entry each), "fans" (the forecasts, one series after the other), and
        "times" and "labels" (those of forecasts and their texts, shared by series that
        end together).
    """
    places = shown_places(found)
    points = min(MOST_POINTS, max(FEWEST, MOST_IN_ALL // len(places)))
    fans = {name: found.forecast.quantile(level)[places] for name, level in _BOUNDS.items()}
    form = found.subject.given.columns.time_format
    whens: dict[bytes, int] = {}
    times: list[dict[str, Any]] = []
    labels: list[list[str]] = []
    series = []
    for row, place in enumerate(places):
        when = found.forecast.timestamps[place]
        number = whens.setdefault(when.tobytes(), len(whens))
        if number == len(times):
            times.append(pack_times(moments(when, form)))
            labels.append(format_timestamps(when[:MOST_STEPS], form).tolist())
        largest = float(np.abs(fans["mid"][row]).max())
        series.append(_one(found, place, points, largest) | {"when": number})
    packed = {name: pack(values) for name, values in fans.items()}
    return {"series": series, "fans": packed, "times": times, "labels": labels}


def packed_parts(found: Study) -> dict[int, dict[str, Any]]:
    """Lay out the series that were taken apart.

    Parameters
    ----------
    found : Study

    Returns
    -------
    dict
        By place among the series shown.
    """
    return {
        shown: _parts(found, place, found.parts[place])
        for shown, place in enumerate(shown_places(found))
        if place in found.parts
    }


def shown_places(found: Study) -> list[int]:
    """Give the places of the series that the page holds."""
    numbers = len(_BOUNDS) * found.subject.horizon + FEWEST
    return spread(len(found.subject.given.panel), max(1, MOST_NUMBERS // numbers))


def moments(timestamps: NDArray[np.generic], form: str) -> NDArray[np.int64]:
    """Give times as charts take them.

    Parameters
    ----------
    timestamps : ndarray, datetime64 or int64
    form : str
        Notation of the input, perhaps with a zone.

    Returns
    -------
    ndarray of int64
        Milliseconds on the clocks of the file, since 1970; running numbers as they are.
    """
    if timestamps.dtype.kind != "M":
        return timestamps.astype(np.int64)
    zone = split_zone(form)[1]
    shown = to_local(timestamps.astype("M8[us]"), zone) if zone else timestamps
    return shown.astype("M8[ms]").astype(np.int64)


def _one(found: Study, place: int, points: int, forecast: float) -> dict[str, Any]:
    """Lay out one history, with the digits of its largest value or that of its forecast."""
    series = found.subject.given.panel[place]
    rows = len(series.target)
    recent = min(rows, points // 2, max(4 * found.subject.horizon, 4 * found.seasons[0], 60))
    chosen = np.arange(rows)
    if rows > points:
        early = downsample(series.target[: rows - recent], points - recent)
        chosen = np.concatenate([early, chosen[rows - recent :]])
    times = moments(series.timestamps[chosen], found.subject.given.columns.time_format)
    largest = _largest(series.target[rows - recent :]) or _largest(series.target)
    by = found.forecast.source[place]
    return {
        "id": series.id,
        "digits": decimals_of(max(largest, forecast)),
        "recent": int(times[len(times) - recent]),
        "t": pack_times(times),
        "y": pack(series.target[chosen]),
        **({"by": by} if by != found.forecast.model else {}),
    }


def _parts(found: Study, place: int, parts: Parts) -> dict[str, Any]:
    series = found.subject.given.panel[place]
    form = found.subject.given.columns.time_format
    times = pack_times(moments(series.timestamps[parts.start :], form))
    seasons = {f"season{length}": pack(values) for length, values in parts.seasons.items()}
    return {"t": times, "trend": pack(parts.trend), "rest": pack(parts.remainder), **seasons}


def pack_times(moments: NDArray[np.int64]) -> dict[str, Any]:
    """Write times as multiples of a unit since the first, which are small numbers.

    Parameters
    ----------
    moments : ndarray of int64

    Returns
    -------
    dict
        "start", "unit" and the packed multiples, "at".
    """
    since = moments - moments.min()
    unit = int(np.gcd.reduce(since)) or 1
    return {"start": int(moments.min()), "unit": unit, "at": pack(since // unit)}


def _largest(values: NDArray[Any]) -> float:
    """The largest magnitude; 0 where nothing is known."""
    return float(np.fmax.reduce(np.abs(values), axis=None, initial=0.0))
