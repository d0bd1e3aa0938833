"""Files that are no tables of text, told by how they begin."""

import re
import shlex

from forecast.errors import DataError
from forecast.text.content import Content
from forecast.text.rewrite import rewrite

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
_MARKUP = (
    (
        (b"<!doctype html", b"<html", b"<head", b"<body"),
        "an HTML page, perhaps an error or a login page",
        "download the file itself",
    ),
    ((b"<?xml", b"<svg"), "an XML document", "save it as CSV"),
)
_METRICS = re.compile(
    rb"# (?:HELP [^\n]*\n# )?TYPE [\w:]+ (?:counter|gauge|histogram|summary|untyped)\s*\n"
)
_TSF = re.compile(rb"(?ms)^@attribute .*^@(?:frequency|missing|equallength) ")
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
    raw = content.head(4096)
    head = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
    if kind := _foreign_kind(content, raw, head, name):
        problem, fix = f"is {kind[0]}, not a table of text", kind[1]
    elif found := _odd_text(head, name):
        problem, fix = found
    else:
        return
    raise DataError(problem, where=name, fix=fix, kind="no-table")


def _foreign_kind(content: Content, raw: bytes, head: bytes, name: str) -> tuple[str, str] | None:
    """Say what a file is that is no table, and how one is made of it; None for text."""
    if raw.startswith(b"PK\x03\x04"):
        if b"xl/workbook" in content.whole():
            return "an Excel workbook (XLSX)", "open it and save the sheet as CSV"
        if b"opendocument" in raw[:200]:
            return "an OpenDocument file", "open it and save the sheet as CSV"
        return "a zip archive", f"unzip {shlex.quote(name)}"
    for magic, kind, fix in _FOREIGN:
        if raw.startswith(magic):
            return kind, fix
    for tags, kind, fix in _MARKUP:
        if head.lower().startswith(tags):
            return kind, fix
    return ("JSON", "save it as CSV") if _is_json(head) else None


def _odd_text(head: bytes, name: str) -> tuple[str, str] | None:
    """Say why a text is no table, and how one is made of it; None for other texts."""
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        return "is a pointer of Git LFS, not the data itself", "git lfs pull"
    if _METRICS.match(head):
        return (
            "holds metrics of one moment (Prometheus text), not values over time",
            "ask the server for a range (/api/v1/query_range), and save time and value as CSV",
        )
    if _TSF.search(head.lower()):
        found = re.search(rb"(?m)^@frequency (\w+)", head.lower())
        season = _SEASONS.get(found[1]) if found else None
        repaired = rewrite(f"awk -F: '{_FROM_TSF}'", name)
        return (
            "is a TSF file, not a table of text; the fix numbers the steps of each series",
            f"{repaired} && forecast train repaired.csv"
            + (f" --season {season}" if season else ""),
        )
    return None


def _is_json(head: bytes) -> bool:
    """Say whether a text begins as objects or arrays of JSON do."""
    if not head.startswith((b"{", b"[")):
        return False
    rest = head[1:].lstrip()
    if head.startswith(b"{"):
        return rest.startswith((b'"', b"}"))
    return rest.startswith((b"{", b"[", b'"', b"]")) or (rest[:1].isdigit() and b"]" in head)
