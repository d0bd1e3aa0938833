"""What each part of the networks adds to the forecast, step by step ahead.

Every network starts from a level, with the season that was taken out of what it reads;
structural forecasts move away from there as far as the gates trust them, drift is added,
then the correction that the recurrent part gives.
Where a network forecasts logarithms its parts multiply: each is then given as the
change it brings to the value when it is added after those before it, so that all still
add up.

Letters: H steps ahead, L past values.
"""

from collections.abc import Iterator

import numpy as np
import torch

from forecast.explain.explanation import Array, Part, Voice
from forecast.explain.unrolled import Answer, Unrolled
from forecast.models.member import Member
from forecast.models.recurrent import LEAST_CHANGE, RecurrentModel, model_name

LEVEL, LAST, MEAN, LINEAR, LINE, DRIFT, CORRECTION, LIMIT = (
    "level", "last value", "mean", "linear map", "trend line", "drift", "correction", "limit",
)  # fmt: skip
"""Names of the parts beside profiles and seasons, whose names say their length."""

ADJUSTED = "adjusted season"
SHIFTED = "shifted profile", "shifted season"
RISING_LAST, RISING = "rising last value", "rising profile"
_ORDER = (
    LEVEL, ADJUSTED, LAST, MEAN, LINEAR, "profile", "season", *SHIFTED, LINE, RISING_LAST, RISING,
    DRIFT, CORRECTION, LIMIT,
)  # fmt: skip


def split(model: RecurrentModel, past: Array, forecast: Array) -> tuple[Part, ...]:
    """Split a forecast into what each part of the networks adds.

    Parameters
    ----------
    model : RecurrentModel
    past : ndarray of shape (model.past,)
        NaN where missing or before the series began.
    forecast : ndarray of shape (H,)
        The median that these networks gave.

    Returns
    -------
    tuple of Part
        They add up to the forecast. The correction takes up the rounding between the
        single precision of forecasts and the double precision here, less than a
        millionth of the spread of the series. "limit" is what holding the
        forecast of counts at zero, and to whole numbers, changed, where it did.
    """
    horizon, window = len(forecast), torch.as_tensor(past[None])
    added: dict[str, Array] = {}
    weight: dict[str, Array] = {}
    said: dict[str, Array] = {}
    blend = np.zeros(horizon)
    for member, share in zip(model.members, model.shares, strict=True):
        way = Unrolled(member)
        with torch.no_grad():
            answer = way.answer(window, horizon)
            reached = torch.zeros((1, horizon), dtype=torch.double)
            for name, after in _stages(answer, member):
                value = way.values(after, window)
                added[name] = added.get(name, 0.0) + share * (value - reached)[0].numpy()
                reached = value
            for number, name in enumerate(base_names(member)):
                trust = share * answer.weight[0, :, number].numpy()
                says = way.values(answer.says[:, :, number] + answer.season, window)[0].numpy()
                weight[name] = weight.get(name, 0.0) + trust
                said[name] = said.get(name, 0.0) + trust * says
        blend += share * own_forecast(member, past, horizon)
    if np.allclose(blend, forecast, rtol=LEAST_CHANGE, atol=0):
        blend = forecast
    else:
        added[LIMIT] = forecast - blend
    added[CORRECTION] = added[CORRECTION] + (
        blend - sum(added[one] for one in added if one != LIMIT)
    )
    parts = []
    for name in sorted(added, key=_place):
        trusted = weight.get(name, np.full(horizon, np.nan))
        says = np.divide(
            said.get(name, np.zeros(horizon)),
            trusted,
            out=np.full(horizon, np.nan),
            where=trusted > 0,
        )
        parts.append(Part(name, added[name], trusted, says))
    return tuple(parts)


def voices(model: RecurrentModel, past: Array, horizon: int) -> tuple[Voice, ...]:
    """Give the forecast of each network, and its share.

    Parameters
    ----------
    model : RecurrentModel
    past : ndarray of shape (model.past,)
    horizon : int

    Returns
    -------
    tuple of Voice
    """
    return tuple(
        Voice(describe(one), share, own_forecast(one, past, horizon))
        for one, share in zip(model.members, model.shares, strict=True)
    )


def own_forecast(member: Member, past: Array, horizon: int) -> Array:
    """Give the median of one network, as it is forecast.

    Parameters
    ----------
    member : Member
    past : ndarray of shape (L,)
    horizon : int

    Returns
    -------
    ndarray of shape (H,)
    """
    quantiles = member.forecast(past[None], horizon)[0]
    return np.asarray(quantiles[:, quantiles.shape[1] // 2])


def describe(member: Member) -> str:
    """Name a network among those that forecast together.

    Parameters
    ----------
    member : Member

    Returns
    -------
    str
        For example "pretrained GRU, logarithms, season 12".
    """
    season = [str(one) for one in dict.fromkeys(member.geometry.season) if one > 1]
    read = ["logarithms"] if member.spec.log else []
    read.append(f"season {' and '.join(season)}" if season else "no season")
    if member.spec.adjusted > 1:
        read.append(f"season {member.spec.adjusted} taken out")
    return f"{member.origin} {model_name(member.spec)}, {', '.join(read)}"


def base_names(member: Member) -> tuple[str, ...]:
    """Name the structural forecasts of a network, in the order of ``geometry.BASES``.

    Parameters
    ----------
    member : Member

    Returns
    -------
    tuple of str
        The same name where two of them are one.
    """
    g = member.geometry
    short, long = g.season[0], g.season[-1]
    if not g.bases:
        return (LEVEL,) * g.base_count
    if short == 1:
        flat = LAST if g.segment == 1 and g.level == "segment" else LEVEL
        names = flat, LAST, MEAN if g.lines else flat, *[LAST] * 5, LINE, RISING_LAST
    else:
        repeated = f"profile {short}", f"season {short}", f"season {long}"
        shifted = (f"shifted {one}" for one in repeated)
        names = LEVEL, LAST, *repeated, *shifted, LINE, f"{RISING} {short}"
    if "linear" in member.weights:
        names = LINEAR, *names[1:]
    return names[: g.base_count]


def _stages(answer: Answer, member: Member) -> Iterator[tuple[str, torch.Tensor]]:
    """Go from the level to the median, part by part, in the order in which they are shown."""
    names, reached = base_names(member), answer.level
    yield LEVEL, reached
    if member.spec.adjusted > 1:
        reached = reached + answer.season
        yield f"{ADJUSTED} {member.spec.adjusted}", reached
    above = answer.weight * (answer.says - answer.level[:, :, None])
    for name in sorted(dict.fromkeys(names), key=_place):
        same = [number for number, one in enumerate(names) if one == name]
        reached = reached + above[:, :, same].sum(2)
        yield name, reached
    yield DRIFT, reached + answer.drift
    yield CORRECTION, reached + answer.drift + answer.correction


def _place(name: str) -> tuple[int, int]:
    """Order of the parts: as added, shorter seasons first."""
    kind, _, length = name.rpartition(" ")
    if length.isdigit():
        return _ORDER.index(kind), int(length)
    return _ORDER.index(name), 0
