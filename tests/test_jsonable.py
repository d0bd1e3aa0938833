"""Rules of forecast.jsonable."""

import json
import math
from types import MappingProxyType

import numpy as np

from forecast.jsonable import without_nan


def test_without_nan_gives_what_json_reads_back() -> None:
    """Whatever holds it, what is not finite is null; all else is as it was."""
    found = without_nan(
        MappingProxyType({80: (math.nan, -math.inf, 1), "text": "NaN", "rows": [{"a": math.inf}]})
    )
    assert found == {"80": [None, None, 1], "text": "NaN", "rows": [{"a": None}]}
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert without_nan([np.float64("nan"), np.float64(1.5), None, True]) == [None, 1.5, None, True]
