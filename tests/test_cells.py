"""Columns read together are those read one by one; what is no number is read as text."""

import numpy as np

from forecast.reading.kinds import possible_times, time_kind
from forecast.spec import DataSpec
from forecast.text.cells import Sample, readers_of
from forecast.text.content import Content
from forecast.text.delimited import read_table
from forecast.text.fields import Layout
from forecast.text.split import split_blocks
from forecast.text.table import Cells, Moments, Texts

CELLS = ("1.5", "-.25", "-3", "", "NA", "2024", "1.234", "x", " 8", "1e3", "20240131", "inf")


def read(columns: list[list[str]]) -> tuple[dict[int, Cells], list[int]]:
    """Read columns behind one of a single letter; second, which are to be read again."""
    rows = (",".join(("t", *row)) for row in zip(*columns, strict=True))
    raw = "".join(f"{row}\n" for row in rows).encode()
    [block] = split_blocks(Content(raw), Layout(",", 1 + len(columns)))
    places = {f"c{place}": place for place in range(1, 1 + len(columns))}
    cells: dict[int, Cells] = {}
    unread: list[int] = []
    for reader in readers_of(Sample(block, places, 10), frozenset(), plainly=True):
        reader.add(block, len(block.lines))
        cells |= reader.cells()
        unread += reader.unread()
    return cells, sorted(unread)


def test_readers_read_columns_together_as_each_alone() -> None:
    """A column does not depend on those beside it, whatever is in its cells."""
    rng = np.random.default_rng(0)
    kinds = set()
    for _ in range(30):
        shares = rng.dirichlet(np.full(len(CELLS), 0.1), size=6)
        columns = [rng.choice(CELLS, size=40, p=share).tolist() for share in shares]
        together, unread = read(columns)
        for place, column in enumerate(columns, 1):
            alone, alone_unread = read([column])
            assert (place in unread) == (alone_unread == [1])
            assert (place in together) == (1 in alone)
            found, expected = together.get(place), alone.get(1)
            kinds.add(type(found))
            if isinstance(expected, Texts):
                assert isinstance(found, Texts)
                assert found.distinct == expected.distinct
                assert found.codes.tolist() == expected.codes.tolist()
            elif expected is not None:
                np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))
    assert kinds == {Texts, np.ndarray, type(None)}


def test_read_table_reads_a_column_again_that_turns_out_to_be_text() -> None:
    """What the first cells promise is kept only where all others are so too."""
    rows = [f"2024-01-{1 + row % 28:02d},{row},{row}.5" for row in range(1000)]
    rows[900], rows[950] = "soon,900,900.5", "2024-01-01,unknown,950.5"
    found = read_table(Content("\n".join(["a,b,c", *rows]).encode()), "f", frozenset()).cells
    assert isinstance(found["a"], Texts)
    assert isinstance(found["b"], Texts)
    assert "unknown" in found["b"].distinct
    np.testing.assert_array_equal(found["c"], np.arange(1000) + 0.5)
    plain = read_table(Content("\n".join(["a,b,c", *rows[:900]]).encode()), "f", frozenset()).cells
    assert isinstance(plain["a"], Moments)


def test_sample_gives_the_first_cells_of_a_column() -> None:
    """As text, without spaces around it."""
    [block] = split_blocks(Content(b"1, x \n2,y\n3,z\n"), Layout(",", 2))
    sample = Sample(block, {"a": 0, "b": 1}, 2)
    assert dict(sample) == {"a": ["1", "2"], "b": ["x", "y"]}
    assert sample.all_plain().tolist() == [True, False]


def test_possible_times_leaves_out_no_column_that_is_a_time() -> None:
    """Measurements and small numbers are told at once; what has a kind of time is always there."""
    columns = {
        "n": [str(row) for row in range(1, 41)],
        "year": [str(row) for row in range(1980, 2020)],
        "stamp": [f"2024{1 + row % 12:02d}{1 + row % 28:02d}" for row in range(40)],
        "count": [str(7 * row) for row in range(40)],
        "price": [f"{row}.25" for row in range(40)],
        "event_time": [str(row) for row in range(40)],
        "day": [f"{1 + row % 28:02d}.01.2024" for row in range(40)],
    }
    rows = [",".join(row) for row in zip(*columns.values(), strict=True)]
    raw = "\n".join([",".join(columns), *rows]).encode()
    table = read_table(Content(raw), "f", frozenset(), DataSpec())
    possible = possible_times(table)
    assert possible == ["n", "year", "stamp", "event_time", "day"]
    assert {one for one in columns if time_kind(table, one)} <= set(possible)
