"""Bytes of files, streams and pipes; what is no table is named."""

import bz2
import gzip
import io
import lzma
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard
from numpy.typing import NDArray

from forecast.errors import DataError, UsageError
from forecast.text import source
from forecast.text.source import read_source

TEXT = b"ds,y\n2024-01-01,1\n" * 50


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_read_source_unpacks(pack: Callable[[bytes], bytes]) -> None:
    """Packed files are told by their first bytes; a cut one is refused."""
    assert read_source(io.BytesIO(pack(TEXT)), "f").whole() == TEXT
    with pytest.raises(DataError, match="is damaged"):
        read_source(io.BytesIO(pack(TEXT)[:-12]), "f")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"<!DOCTYPE html><html>", "HTML"), (b"\xef\xbb\xbf <HTML>", "HTML"),
        (b"PK\x03\x04 [Content_Types].xml xl/workbook.xml", "XLSX"), (b"PK\x03\x04a.csv", "zip"),
        (b'[{"ds": 1}]', "JSON"), (b'{"a": 1}\n{"a": 2}\n', "JSON"), (b"%PDF-1.7", "PDF"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS"), (b"<?xml ?>", "XML"),
        (b"\xd0\xcf\x11\xe0rest", "XLS"), (b"SQLite format 3\0", "SQLite"),
    ],
)  # fmt: skip
def test_read_source_names_what_is_no_table(raw: bytes, kind: str) -> None:
    """A page, workbook, document or pointer saved as .csv is called what it is."""
    with pytest.raises(DataError, match=kind) as caught:
        read_source(io.BytesIO(raw), "f.csv")
    assert caught.value.fix


def test_read_source_takes_braces_and_brackets_for_text() -> None:
    """A text that merely begins with a bracket is no JSON."""
    assert read_source(io.BytesIO(b"[units],y\n1,2\n"), "f").whole().startswith(b"[units]")


def test_read_source_refuses_folders_devices_and_pipes_without_writer(tmp_path: Path) -> None:
    """Nothing endless is begun, nobody is waited for."""
    os.mkfifo(tmp_path / "pipe")
    for path, message in (
        (tmp_path, "folder"),
        ("/dev/zero", "device"),
        (tmp_path / "pipe", "pipe"),
    ):
        with pytest.raises(DataError, match=message):
            read_source(path, str(path))


@pytest.mark.parametrize("given", [None, 5, [1, 2, 3], io.StringIO("ds,y\n2024-01-01,1\n")])
def test_read_source_refuses_what_gives_no_bytes(given: Any) -> None:
    """In Python anything may be handed over; text has lost the bytes that tell its encoding."""
    with pytest.raises(UsageError, match=f"{type(given).__name__} is no source; allowed: a path"):
        read_source(given, "it")


def test_read_source_reads_a_pipe_to_its_end(tmp_path: Path) -> None:
    """A named pipe with a writer is read like a file."""
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(TEXT))
    writer.start()
    assert read_source(tmp_path / "pipe", "pipe").whole() == TEXT
    writer.join()


def test_read_source_refuses_a_line_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is one endless line is refused after its first part."""
    monkeypatch.setattr(source, "LONGEST_LINE", 1000)
    with pytest.raises(DataError, match="no end") as caught:
        read_source(io.BytesIO(b"1," * 10_000), "f")
    assert caught.value.where == "f:1"
    assert read_source(io.BytesIO(TEXT * 10), "f").whole() == TEXT * 10


def test_read_source_tries_again_when_a_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is written to meanwhile is read again, and refused if that goes on."""
    path = tmp_path / "f.csv"
    path.write_bytes(TEXT)
    once, changes = source._read_known, [2]

    def read_and_change(file: io.FileIO, name: str, size: int) -> bytes | NDArray[np.uint8]:
        raw = once(file, name, size)
        if changes[0]:
            changes[0] -= 1
            with path.open("ab") as more:
                more.write(b"2024-01-02,2\n")
        return raw

    monkeypatch.setattr(source, "_read_known", read_and_change)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    assert read_source(path, "f.csv").whole() == path.read_bytes()
    changes[0] = 99
    with pytest.raises(DataError, match="changes while it is read"):
        read_source(path, "f.csv")
