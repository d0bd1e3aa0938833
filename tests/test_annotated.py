"""Annotated CSV: several tables in one file, each below lines that describe its columns."""

import io

import pytest

from forecast.errors import DataError
from forecast.read import read_csv
from forecast.text.annotated import without_annotations
from forecast.text.content import Content

HEAD = (
    "#group,false,false,true,true,false,false,true\n"
    "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string\n"
    "#default,_result,,,,,,\n"
    ",result,table,_start,_stop,_time,_value,host\n"
)


def tables(head: str, end: str) -> bytes:
    """Two tables of ten hours each."""
    rows = [
        f",,{table},2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,2024-01-01T{hour:02d}:00:00Z,"
        f"{hour + table}.5,h{table}\n"
        for table in (0, 1)
        for hour in range(10)
    ]
    text = f"{HEAD}{''.join(rows[:10])}\n{head}{''.join(rows[10:])}\n"
    return text.replace("\n", end).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("head", [HEAD, HEAD.replace("double", "long"), ""])
def test_without_annotations_reads_tables_on_end(head: str, end: str) -> None:
    """As InfluxDB exports them: the block stands above each table, or above the first alone."""
    found = read_csv(io.BytesIO(tables(head, end)))
    assert (found.columns.time, found.columns.target, found.columns.id) == (
        "_time", "_value", "host",
    )  # fmt: skip
    assert found.panel.ids == ("h0", "h1")
    assert found.panel.target.tolist() == [one + 0.5 for one in (*range(10), *range(1, 11))]
    assert found.lines is not None
    assert found.lines[[0, 10]].tolist() == [5, 16 + head.count("\n")]


def test_without_annotations_refuses_other_columns() -> None:
    """A table of another tag has a header of its own, which is named by its line."""
    with pytest.raises(DataError, match="table with other columns") as caught:
        read_csv(io.BytesIO(tables(HEAD.replace("host", "node"), "\n")))
    assert caught.value.where == "stdin:19"


def test_without_annotations_leaves_other_texts_alone() -> None:
    """A comment of another kind is none."""
    text = Content(b"# group\nds,y\n1,2\n")
    assert without_annotations(text, "f") is text
    named = Content(b"#group,ds,y\na,2024-01-01,2\n")
    assert without_annotations(named, "f") is named
    assert without_annotations(Content(b"#group,true"), "f").whole() == b""


def test_without_annotations_reads_a_header_at_the_end() -> None:
    """The last table may have no rows, and no end of its line."""
    text = tables(HEAD, "\n").rstrip() + f"\n\n{HEAD}".rstrip().encode()
    assert len(read_csv(io.BytesIO(text)).panel.target) == 20
