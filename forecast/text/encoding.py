"""Text in any usual encoding, as UTF-8 with line feeds.

Byte order marks decide; without one, zero bytes tell UTF-16, and what is not
UTF-8 is read as Windows-1252, which changes letters at most: digits, signs and
delimiters are the same bytes in both.
"""

import codecs
import contextlib
import re

from forecast.errors import DataError, UsageError
from forecast.finding import Finding
from forecast.text.content import Content

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EASTERN = (
    ("cp932", "\u3041-\u30ff\u4e00-\u9fff"),
    ("euc_kr", "\uac00-\ud7a3"),
    ("gb2312", "\u4e00-\u9fff"),
)
"""Encodings with the letters of their languages."""
_LETTERS = re.compile(
    rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
)  # as UTF-8 writes letters beyond ASCII


def to_utf8(
    content: Content, name: str, encoding: str | None
) -> tuple[Content, tuple[Finding, ...]]:
    r"""Give text as UTF-8 without byte order mark.

    Parameters
    ----------
    content : Content
    name : str
        What messages call the file.
    encoding : str or None
        Found where None.

    Returns
    -------
    text : Content
        Where lines end with carriage returns alone, they end with line feeds.
    findings : tuple of Finding
        What was chosen.

    Raises
    ------
    UsageError
        When there is no such encoding.
    DataError
        When the bytes are not of the encoding, with the line; or not text.

    Examples
    --------
    >>> to_utf8(Content("ä".encode("utf-16")), "f", None)[0].whole().decode()
    'ä'
    """
    head, survey = content.head(4), content.survey
    marked = next((one for mark, one in _MARKS if head.startswith(mark)), None)
    is_plain = survey.is_utf8 and not survey.has_zero and not survey.has_bare_returns
    if encoding is None and marked in (None, "utf-8") and is_plain:  # as nearly all files are
        return (content.without_mark(3) if marked else content), ()
    text, findings = _converted(content.whole(), name, encoding or marked)
    if text.count(b"\r") > text.count(b"\n"):
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    zero = text.find(b"\0")
    if zero >= 0:
        raise DataError(
            "the file holds zero bytes: it is not text",
            where=f"{name}:{line_at(text, zero)}",
            fix="give a text file",
            kind="not-text",
        )
    return Content(text), findings


def _converted(raw: bytes, name: str, encoding: str | None) -> tuple[bytes, tuple[Finding, ...]]:
    """Decode as asked for or marked, else as the bytes tell."""
    if encoding is not None:
        return _decoded(raw, name, _known(encoding)), ()
    if b"\0" in raw:
        return _decoded(raw, name, _wide_encoding(raw, name)), ()
    return (raw, ()) if _is_utf8(raw) else _from_windows(raw, name)


def line_at(raw: bytes, position: int) -> int:
    """Give the line of a place in a text, counted from 1."""
    return len((raw[:position] + b".").splitlines())


def _known(encoding: str) -> str:
    try:
        codec = codecs.lookup(encoding)
        "".encode(codec.name)
    except (LookupError, ValueError) as error:
        raise UsageError(
            f"unknown encoding '{encoding[:40]}'; allowed: utf-8, utf-16, cp1252, latin-1, "
            "shift_jis and others that Python knows",
            fix="--encoding cp1252",
        ) from error
    return codec.name


def _decoded(raw: bytes, name: str, encoding: str) -> bytes:
    try:
        text = raw.decode(encoding)
    except (UnicodeError, LookupError) as error:
        position = getattr(error, "start", 0)
        other = "cp1252" if encoding != "cp1252" else "latin-1"
        raise DataError(
            f"byte {raw[position]:#04x} is not {encoding.upper()}",
            where=f"{name}:{line_at(raw, position)}",
            fix=f"add --encoding {other}",
            kind="wrong-encoding",
        ) from error
    return text.removeprefix("\ufeff").encode(errors="surrogatepass")


def _wide_encoding(raw: bytes, name: str) -> str:
    """Tell UTF-16 without a mark by where its zero bytes are."""
    head = raw[:10_000]
    first, second = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if len(raw) % 2 == 0 and second > 0.7 * half and first < 0.1 * half:
        return "utf-16-le"
    if len(raw) % 2 == 0 and first > 0.7 * half and second < 0.1 * half:
        return "utf-16-be"
    zero = raw.find(b"\0")
    raise DataError(
        "the file holds zero bytes: it is damaged UTF-16 or not text",
        where=f"{name}:{line_at(raw, zero)}",
        fix="give a text file",
        kind="not-text",
    )


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _from_windows(raw: bytes, name: str) -> tuple[bytes, tuple[Finding, ...]]:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        line = line_at(raw, error.start)
        byte = f"byte {raw[error.start]:#04x} is not UTF-8"
    if _LETTERS.search(raw):
        raise DataError(
            f"{byte}, but other letters are: the file is damaged or of two encodings",
            where=f"{name}:{line}",
            fix=f"add --encoding {_eastern(raw) or 'cp1252'}",
            kind="wrong-encoding",
        )
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        raise DataError(
            f"byte {raw[error.start]:#04x} is neither UTF-8 nor Windows-1252",
            where=f"{name}:{line_at(raw, error.start)}",
            fix=f"add --encoding {_eastern(raw) or 'latin-1'}",
            kind="wrong-encoding",
        ) from error
    message = f"{byte}: the text is read as Windows-1252"
    fix = "--encoding cp1252"
    return text.encode(), (Finding("note", "encoding", None, message, None, line, fix, 1, (line,)),)


def _eastern(raw: bytes) -> str | None:
    """Name the encoding of Japanese, Korean or Chinese text, if it is nothing else."""
    for encoding, letters in _EASTERN:
        with contextlib.suppress(UnicodeDecodeError):
            if re.fullmatch(
                f"[\x00-\x7f\u3000-\u303f\uff01-\uff60{letters}]*", raw.decode(encoding)
            ):
                return encoding
    return None
