"""Annotated CSV, as InfluxDB exports it: tables on end, each below lines on its columns."""

import re

from forecast.errors import DataError
from forecast.text.content import Content

_BEGIN = re.compile(
    rb"#(?:group,(?:true|false)|"
    rb"datatype[, ](?:string|long|double|boolean|dateTime|measurement|tag|ignored))\b"
)
_ANNOTATION = re.compile(rb"#(?:group|datatype|default)[^\n]*")
_HEADER = re.compile(rb"(?m)^#[^\n]*\n(?!#)([^\r\n]+)")


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
    if not _BEGIN.match(text.head(32)):
        return text
    raw = text.whole()
    headers = list(dict.fromkeys(_HEADER.findall(raw)))
    if len(headers) > 1:
        begin = next(one.start(1) for one in _HEADER.finditer(raw) if one[1] == headers[1])
        line = raw[:begin].count(b"\n") + 1
        raise DataError(
            "a table with other columns begins",
            where=f"{name}:{line}",
            fix="export tables of other tags or fields on their own",
            kind="no-table",
        )
    plain = re.sub(rb"(?m)^" + _ANNOTATION.pattern, b"", raw)
    header = headers[0] if headers else b""
    begin = plain.index(header) + len(header)
    again = rb"(?m)^" + re.escape(header) + rb"\r?$"
    return Content(plain[:begin] + re.sub(again, b"", plain[begin:]))
