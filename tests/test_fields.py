"""Fields of a delimited text, held against the csv module and float()."""

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.text import split
from forecast.text.content import Content
from forecast.text.fields import Layout
from forecast.text.records import UnclosedQuote
from forecast.text.split import split_blocks

CELLS = st.sampled_from([
    "", "1", "-2.5", "1e3", " 7 ", "NA", "-", "x", "ä b", "2024-01-01", "5.", ".5", "1_0", "inf",
    "a longer text of many words, or two", "same beginning 1", "same beginning 2", "0" * 70,
])  # fmt: skip


def records(raw: str, width: int) -> list[list[str]]:
    """Fields by the csv module, filled to the width."""
    rows = [row for row in csv.reader(io.StringIO(raw, newline="")) if row]
    rows = [row for row in rows if len(row) > 1 or row[0].strip()]
    return [[one.strip() for one in row] + [""] * (width - len(row)) for row in rows]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=20),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
    st.booleans(),
)
def test_split_blocks_finds_the_fields_that_csv_finds(
    rows: list[list[str]], end: str, last: bool
) -> None:
    """Whatever the line ends, quotes and missing fields, texts are those of the csv module."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator=end).writerows(rows)
    raw = stream.getvalue() if last else stream.getvalue().rstrip("\r\n")
    known: list[dict[str, int]] = [{}, {}, {}]
    found: list[list[str]] = []
    for block in split_blocks(Content(raw.encode()), Layout(",", 3)):
        codes = [block.codes(column, known[column]) for column in range(3)]
        texts = [list(one) for one in known]
        found += [[texts[c][codes[c][row]] for c in range(3)] for row in range(len(codes[0]))]
    assert records(raw, 3) == found


@pytest.mark.parametrize("size", [1, 10, 1 << 22])
def test_split_blocks_does_not_depend_on_the_size_of_blocks(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Codes go on from block to block, in order of appearance."""
    monkeypatch.setattr(split, "BLOCK_BYTES", size)
    raw = "".join(f"{name},{number}\n" for number, name in enumerate("bbacab"))
    known: dict[str, int] = {}
    blocks = list(split_blocks(Content(raw.encode()), Layout(",", 2)))
    assert np.concatenate([one.codes(0, known) for one in blocks]).tolist() == [0, 0, 1, 2, 1, 0]
    assert list(known) == ["b", "a", "c"]
    assert np.hstack([one.numbers(np.array([1]))[0][0] for one in blocks]).tolist() == [
        0,
        1,
        2,
        3,
        4,
        5,
    ]


@pytest.mark.parametrize(
    ("text", "number", "clean"),
    [
        ("12.5", 12.5, True), (" 1e3", 1000.0, True), ("+7", 7.0, True), ("-.5", -0.5, True),
        ("", math.nan, True), ("NA", math.nan, True), ("-", math.nan, True),
        ("inf", math.inf, True), ("1e999", math.inf, True), ("0.1", 0.1, True),
        ("1_0", math.nan, False), ("1 2", math.nan, False), ("e5", math.nan, False),
        ("0x10", math.nan, False), ("١", math.nan, False), ("x", math.nan, False),
        ("0" * 70 + "5", 5.0, True),
    ],
)  # fmt: skip
def test_numbers_reads_plain_numbers_only(text: str, number: float, clean: bool) -> None:
    """What is no plain number is NaN, and told."""
    block = next(split_blocks(Content(f"{text};1\n2.5;2\n".encode()), Layout(";", 2)))
    values, found, *_ = block.numbers(np.array([0, 1]))
    np.testing.assert_array_equal(values, [[number, 2.5], [1, 2]])
    assert found.tolist() == [clean, True]


def test_split_blocks_refuses_a_quote_without_end() -> None:
    """The line that the record begins in is told."""
    with pytest.raises(UnclosedQuote, match="3"):
        list(split_blocks(Content(b'1,2\n3,4\n"5,6\n7,8\n'), Layout(",", 2)))


def test_split_blocks_tells_rows_of_another_width() -> None:
    """Short rows are filled, long ones cut, empty fields at their end not counted."""
    [block] = split_blocks(Content(b"1,2\n3\n4,5,,\n6,7,8\n"), Layout(",", 2))
    assert block.widths is not None
    assert block.widths.tolist() == [2, 1, 2, 3]
    assert [block.text(row, 1) for row in range(4)] == ["2", "", "5", "7"]


@pytest.mark.parametrize(
    ("raw", "pointed", "whole", "proven"),
    [
        (b"1\n2\n", False, True, False), (b"1.234\n5.678\n", True, False, False),
        (b"1.234\n5.6\n", True, False, True), (b"0.234\n", True, False, True),
        (b"1.234 \n7\n", True, True, False), (b"1.2345\n", True, False, True),
        (b"1234.567\n", True, False, True), (b"1234.567 \n", True, False, True),
        (b"123.456\n", True, False, False), (b"-123.456 \n1 \n", True, True, False),
    ],
)  # fmt: skip
def test_numbers_tells_what_points_prove(
    raw: bytes, pointed: bool, whole: bool, proven: bool
) -> None:
    """Three digits behind a point may be thousands; anything else is a decimal point."""
    [block] = split_blocks(Content(raw), Layout(",", 1))
    found = block.numbers(np.array([0]))
    assert [one.tolist() for one in found[2:]] == [[pointed], [whole], [proven]]
