"""What JSON can hold: it knows neither NaN nor infinity, nor names that are no text."""

import math
from collections.abc import Mapping, Sequence
from typing import Any


def without_nan(value: object) -> Any:
    """Replace what JSON cannot hold by None, within mappings and sequences too.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
        Mappings as dictionaries by text, sequences as lists.

    Examples
    --------
    >>> without_nan({80: (0.5, float("nan"))})
    {'80': [0.5, None]}
    """
    if isinstance(value, float):  # the first question, since pages hold millions of numbers
        return value if math.isfinite(value) else None
    if isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): without_nan(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [without_nan(one) for one in value]
    return value
