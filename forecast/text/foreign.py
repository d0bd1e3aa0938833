"""Files that are no tables of text, told by how they begin."""

import re
import shlex

from forecast.errors import DataError
from forecast.text.content import Content

_FOREIGN = (
    (b"%PDF", "a PDF document", "copy the table into a CSV file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)", "open it and save the sheet as CSV"),
    (b"SQLite format 3\0", "an SQLite database", "export one table as CSV"),
    (b"\x89HDF", "an HDF5 file", "export one table as CSV"),
    (b"ARROW1", "a Feather file", "write it as Parquet or CSV"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it and name one file of it"),
    (b"Rar!", "a RAR archive", "unpack it and name one file of it"),
    (b"{\\rtf", "an RTF document", "save the table as CSV"),
)
_FROM_TSF = (
    'BEGIN {print "series,step,value"} on {n = split($NF, v, ","); for (i = 1; i <= n; i++) '
    'print $1 "," i "," v[i]} /^@data/ {on = 1}'
)
_SEASONS = {
    b"half_hourly": 48, b"hourly": 24, b"daily": 7, b"weekly": 52, b"monthly": 12, b"quarterly": 4,
}  # fmt: skip


def refuse_foreign(content: Content, name: str) -> None:
    """Refuse a file that is no table, by its first bytes.

    Parameters
    ----------
    content : Content
        Unpacked.
    name : str
        What messages call the file.

    Raises
    ------
    DataError
    """
    file, raw = shlex.quote(name), content.head(4096)
    if raw.startswith(b"PK\x03\x04"):
        if b"xl/workbook" in content.whole():
            kind, fix = "an Excel workbook (XLSX)", "open it and save the sheet as CSV"
        elif b"opendocument" in raw[:200]:
            kind, fix = "an OpenDocument file", "open it and save the sheet as CSV"
        else:
            kind, fix = "a zip archive", f"unzip {file}"
        raise DataError(f"is {kind}, not a table of text", where=name, fix=fix, kind="no-table")
    for magic, kind, fix in _FOREIGN:
        if raw.startswith(magic):
            raise DataError(f"is {kind}, not a table of text", where=name, fix=fix, kind="no-table")
    head = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = head.lower()
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        raise DataError(
            "is a pointer of Git LFS, not the data itself",
            where=name,
            fix="git lfs pull",
            kind="no-table",
        )
    if lower.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise DataError(
            "is an HTML page, perhaps an error or a login page, not a table of text",
            where=name,
            fix="download the file itself",
            kind="no-table",
        )
    if lower.startswith((b"<?xml", b"<svg")):
        raise DataError(
            "is an XML document, not a table of text",
            where=name,
            fix="save it as CSV",
            kind="no-table",
        )
    if _is_json(head):
        raise DataError(
            "is JSON, not a table of text", where=name, fix="save it as CSV", kind="no-table"
        )
    if re.match(rb"# (HELP|TYPE) [a-zA-Z_:]", head):
        raise DataError(
            "holds metrics of one moment (Prometheus text), not values over time",
            where=name,
            fix="ask the server for a range (/api/v1/query_range), and save time and value as CSV",
            kind="no-table",
        )
    if re.search(rb"(?m)^@(attribute|frequency) ", lower):
        found = re.search(rb"(?m)^@frequency (\w+)", lower)
        season = _SEASONS.get(found[1]) if found else None
        raise DataError(
            "is a TSF file, not a table of text; the fix numbers the steps of each series",
            where=name,
            fix=f"awk -F: '{_FROM_TSF}' {file} > repaired.csv && forecast train repaired.csv"
            + (f" --season {season}" if season else ""),
            kind="no-table",
        )


def _is_json(head: bytes) -> bool:
    """Say whether a text begins as objects or arrays of JSON do."""
    if not head.startswith((b"{", b"[")):
        return False
    rest = head[1:].lstrip()
    if head.startswith(b"{"):
        return rest.startswith((b'"', b"}"))
    return rest.startswith((b"{", b"[", b'"', b"]")) or (rest[:1].isdigit() and b"]" in head)
