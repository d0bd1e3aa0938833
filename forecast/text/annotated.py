"""Annotated CSV, as InfluxDB exports it: tables on end, each below lines on its columns."""

import re

from forecast.errors import DataError
from forecast.text.content import Content

_ANNOTATION = re.compile(rb"#(?:group|datatype|default)[^\n]*")
_HEADER = re.compile(rb"(?m)^#[^\n]*\n(?!#)([^\n]*\n?)")


def without_annotations(text: Content, name: str) -> Content:
    """Empty the lines that describe columns, and the headers that are repeated.

    Parameters
    ----------
    text : Content
        UTF-8.
    name : str
        What messages call the file.

    Returns
    -------
    Content
        All lines keep their numbers; the same where the text is not annotated.

    Raises
    ------
    DataError
        When the tables have other columns.
    """
    if not _ANNOTATION.match(text.head(16)):
        return text
    raw = text.whole()
    headers = list(dict.fromkeys(_HEADER.findall(raw)))
    if len(headers) > 1:
        line = raw[: raw.index(b"\n" + headers[1]) + 1].count(b"\n") + 1
        raise DataError(
            "a table with other columns begins",
            where=f"{name}:{line}",
            fix="export tables of other tags or fields on their own",
            kind="no-table",
        )
    plain = re.sub(rb"(?m)^" + _ANNOTATION.pattern, b"", raw)
    header = headers[0] if headers else b""
    begin = plain.index(header) + len(header)
    again = rb"(?m)^" + re.escape(header.rstrip()) + rb"\r?$"
    return Content(plain[:begin] + re.sub(again, b"", plain[begin:]))
