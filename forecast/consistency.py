"""Check that what a model file says and the arrays that it holds fit each other.

A seal tells that no byte was changed, not who wrote it. After this check sizes are
bounded by the arrays that are there, and values are of the types that are declared.

Letters: D hidden units, F inputs, P phases, Q quantile levels.
"""

import math
import types
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from forecast.models.member import Member
from forecast.models.recurrent import RecurrentModel
from forecast.network.geometry import BASES, FORMER_COUNTS, LEAST_VALUES, PROFILE_CYCLES
from forecast.panel import Panel
from forecast.spec.recurrent import LARGEST

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
"""Rows of the recurrent weights for each hidden unit."""

LONGEST_SEASON = 1_000_000
"""Steps of a season, more than any machine could look back on."""


def check_types(one: Any) -> None:
    """Check every field of a dataclass, and of those within it, against its declared type.

    Parameters
    ----------
    one : dataclass

    Raises
    ------
    TypeError
        Names the first field that is of another type.

    Examples
    --------
    >>> from forecast.reading.columns import Columns
    >>> check_types(Columns(time="month"))
    """
    hints = get_type_hints(type(one))
    for field in fields(one):
        value = getattr(one, field.name)
        if not _conforms(value, hints[field.name]):
            raise TypeError(f"{field.name} is {str(value)[:40]!r}")


def check_model(model: RecurrentModel, context: Panel) -> None:
    """Check that every network has the shape that its settings tell.

    Parameters
    ----------
    model : RecurrentModel
    context : Panel

    Raises
    ------
    ValueError
        Names what does not fit.
    """
    levels = model.levels
    inside = [type(one) is float and 0 < one < 1 for one in levels]
    _demand(len(levels) % 2 == 1 and all(inside) and sorted(set(levels)) == list(levels), "levels")
    _demand(type(model.freq) is str, "freq")
    _demand(type(model.never_negative) is bool, "never_negative")
    _demand(bool(model.members), "members")
    _demand(all(math.isfinite(one.share) and one.share >= 0 for one in model.members), "shares")
    _demand(0 < sum(one.share for one in model.members) < math.inf, "shares")
    factors = model.calibration.factors
    _demand(factors.dtype == np.float64 and factors.ndim == 2 and len(factors) > 0, "factors")
    _demand(factors.shape[1] in (1, len(levels)) and bool(np.isfinite(factors).all()), "factors")
    _demand(type(model.calibration.growth) in (int, float), "growth")
    _demand(math.isfinite(model.calibration.growth), "growth")
    _demand(context.target.dtype == np.float64 and context.target.ndim == 1, "context")
    _demand(context.indptr.dtype == np.int64 and context.indptr.ndim == 1, "context")
    _demand(context.timestamps.dtype.kind in "Mi" and context.timestamps.ndim == 1, "context")
    for member in model.members:
        check_types(member.spec)
        check_types(member.geometry)
        _check_member(member, len(levels))
    for kind in model.kinds_apart:
        check_types(kind.spec)
        check_model(kind, context)


def _check_member(member: Member, levels: int) -> None:
    g = member.geometry
    _demand(member.spec.adjusted <= LONGEST_SEASON, "adjust")
    for size in (g.segment, g.segments, g.ahead, g.phases, g.reach, *g.season):
        _demand(1 <= size <= LONGEST_SEASON, "geometry")
    _demand(0 < len(g.season) <= 2, "geometry")
    _demand(g.base_count in (*FORMER_COUNTS, len(BASES)), "geometry")
    _demand(g.cycles in (1, PROFILE_CYCLES), "geometry")
    lags = g.segments * g.segment
    _demand(g.segment <= LARGEST["segment"] and g.reach <= max(lags, LEAST_VALUES), "geometry")
    _demand(lags <= LARGEST["lags"], "geometry")
    for name, shape in _shapes(member, levels).items():
        found = member.weights.get(name)
        _demand(found is not None and found.dtype == np.float32, name)
        _demand(found is not None and found.shape == shape, name)


def _shapes(member: Member, levels: int) -> dict[str, tuple[int, ...]]:
    """Give the shape of every weight, by its name in ``network.segments.SegmentNetwork``."""
    g, spec = member.geometry, member.spec
    hidden, directions = spec.hidden or 0, 2 if spec.bidirectional else 1
    rows = GATES[spec.cell] * hidden
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in range(spec.layers):
        inputs = hidden * directions if layer else g.input_count
        for suffix in ("", "_reverse")[:directions]:
            shapes[f"encoder.weight_ih_l{layer}{suffix}"] = (rows, inputs)
            shapes[f"encoder.weight_hh_l{layer}{suffix}"] = (rows, hidden)
            shapes[f"encoder.bias_ih_l{layer}{suffix}"] = (rows,)
            shapes[f"encoder.bias_hh_l{layer}{suffix}"] = (rows,)
    for name, size, inputs in (
        ("state", hidden, hidden * directions),
        ("gates", g.base_count + 1, hidden),
        ("head", g.phases * levels, hidden),
    ):
        shapes |= {f"{name}.weight": (size, inputs), f"{name}.bias": (size,)}
    shapes["skip.weight"] = (hidden, g.input_count)
    if g.bases:
        shapes["outlook.weight"] = (hidden, g.outlook_count)
    if spec.linear:
        shapes["linear"] = ((spec.lags or 0) + 1, g.future)
        _demand(spec.lags == g.segments * g.segment, "lags")
    positions = member.weights.get("position", np.empty((0, 0))).shape
    _demand(len(positions) == 2 and positions[0] >= g.ahead, "position")
    shapes["position"] = (positions[0], hidden)
    return shapes


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"{what} do not fit")


def _conforms(value: Any, hint: Any) -> bool:
    """Tell whether a value that JSON gave is of a declared type."""
    origin, inner = get_origin(hint), get_args(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        if isinstance(value, hint):
            check_types(value)
        return isinstance(value, hint)
    if origin in (Union, types.UnionType):
        return any(_conforms(value, one) for one in inner)
    if origin is Literal:
        return value in inner
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        return type(value) is tuple and all(_conforms(one, inner[0]) for one in value)
    if origin is dict:
        return type(value) is dict and all(
            _conforms(key, inner[0]) and _conforms(one, inner[1]) for key, one in value.items()
        )
    if hint is float:
        return type(value) in (int, float)
    return type(value) is hint if hint in (str, int, bool, types.NoneType) else True
