"""Plain numbers by array operations are the floats that Python reads."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.text.digits import read_decimals

PLAIN = st.from_regex(r"[+-]?([0-9]{1,10}\.?[0-9]{0,9}|\.[0-9]{1,9})", fullmatch=True)
OTHERS = st.text("0123456789.-+e ", min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(PLAIN | OTHERS, min_size=1, max_size=10))
def test_read_decimals_equals_float(texts: list[str]) -> None:
    """What is read is exactly float(text); spaces, exponents and long numbers are left out."""
    width = max(map(len, texts))
    cells = np.array(texts, f"S{width}").view(np.uint8).reshape(len(texts), width)
    found = read_decimals(cells)
    for text, value, read in zip(texts, found.values.tolist(), found.read.tolist(), strict=True):
        digits = sum(one.isdigit() for one in text)
        plain = set(text[1:]) <= set("0123456789.") and text.count(".") < 2 and text[0] not in "e "
        assert read == (plain and 0 < digits <= 15)
        if read:
            assert math.copysign(1, value) == math.copysign(1, float(text))
            assert value == float(text)
