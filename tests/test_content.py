"""Bytes on the disk are read as those in memory are, part by part."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import DataError
from forecast.read import read_csv
from forecast.text import source
from forecast.text.content import Content
from forecast.timeline.words import MARGIN

LINES = st.lists(st.sampled_from([b"\n", b"a", b"\r\n", "é".encode(), b"1,2\n", b"\xff"])).map(
    b"".join
)


@settings(max_examples=60, deadline=None)
@given(LINES, st.integers(0, 9), st.integers(1, 7))
def test_content_is_the_same_wherever_it_is(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, begin: int, size: int
) -> None:
    """Parts, whole lines, checksum and survey do not depend on where the bytes are."""
    path = tmp_path_factory.mktemp("content") / "f"
    path.write_bytes(raw)
    begin = min(begin, len(raw))
    memory, disk = Content(raw), Content.on_disk(str(path))
    for one in (memory, disk):
        lines = [part[MARGIN:-MARGIN].tobytes() for part in one.lines(begin, size)]
        assert b"".join(lines) == raw[begin:]
        assert all(part.endswith(b"\n") for part in lines[:-1])
        assert (len(one), one.head(size), one.whole(begin)) == (len(raw), raw[:size], raw[begin:])
        assert one.sha256 == hashlib.sha256(raw).hexdigest()
        assert one.survey.is_utf8 == (b"\xff" not in raw)
        if raw:
            assert one.ends_line == raw.endswith(b"\n")
        assert one.without_mark(1).whole() == raw[1:]


def test_parts_refuses_a_file_that_was_changed(tmp_path: Path) -> None:
    """A file that is another one meanwhile is refused, not read in parts of both."""
    path = tmp_path / "f.csv"
    path.write_bytes(b"1\n2\n")
    content = Content.on_disk(str(path))
    path.write_bytes(b"1\n2\n3\n")
    with pytest.raises(DataError, match="changes while it is read"):
        content.whole()


def test_read_csv_reads_large_files_where_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file left on the disk gives the panel, the checksum and the findings of one in memory."""
    path = tmp_path / "f.csv"
    rows = [f"é{name},2024-01-{day:02d},{day}.5" for name in "ab" for day in range(1, 29)]
    path.write_text("\ufeffid,ds,y\n" + "\n".join([*rows[:9], *rows[10:]]) + "\n")
    expected = read_csv(path)
    monkeypatch.setattr(source, "LONGEST_LINE", 100)
    monkeypatch.setattr(Content, "whole", None)
    found = read_csv(path)
    assert found.notes == expected.notes
    assert found.sha256 == expected.sha256
    assert (found.panel.target[:5] == expected.panel.target[:5]).all()
    assert found.panel.ids == ("éa", "éb")
