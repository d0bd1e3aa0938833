"""Plain numbers by array operations are the floats that Python reads."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.text.digits import read_decimals
from forecast.timeline.words import Spans

PLAIN = st.from_regex(r"[+-]?([0-9]{1,14}\.?[0-9]{0,14}|\.[0-9]{1,19})", fullmatch=True)
FLOATS = st.floats(allow_nan=False, allow_infinity=False).map(str)
OTHERS = st.text("0123456789.-+e ", min_size=1, max_size=26)


@settings(max_examples=60, deadline=None)
@given(st.lists(PLAIN | FLOATS | OTHERS, min_size=1, max_size=10))
def test_read_decimals_equals_float(texts: list[str]) -> None:
    """What is read is exactly float(text); spaces, exponents and long numbers are left out."""
    found = read_decimals(Spans.of(texts))
    for text, value, read in zip(texts, found.values.tolist(), found.read.tolist(), strict=True):
        digits = sum(one.isdigit() for one in text)
        plain = set(text[1:]) <= set("0123456789.") and text.count(".") < 2 and text[0] not in "e "
        assert read <= (plain and 0 < digits <= 19)
        assert read >= (plain and 0 < digits <= 15 and len(text) <= 24)
        if read:
            assert math.copysign(1, value) == math.copysign(1, float(text))
            assert value == float(text)


def test_read_decimals_reads_floats_as_they_are_written() -> None:
    """Nearly all numbers with all their digits are read, and each to the last bit."""
    values = np.random.default_rng(1).normal(scale=1000, size=20_000)
    found = read_decimals(Spans.of([repr(one) for one in values.tolist()]))
    assert found.read.mean() > 0.999
    assert (found.values[found.read] == values[found.read]).all()


def test_read_decimals_leaves_what_is_in_the_middle_to_others() -> None:
    """Between two floats, at equal distance, an error of a rounding would decide."""
    texts = ["9007199254740993", "9007199254740992.5", "9007199254740995"]
    assert not read_decimals(Spans.of(texts)).read.any()
