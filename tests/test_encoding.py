"""Text in any encoding, as UTF-8."""

import pytest

from forecast.errors import DataError, UsageError
from forecast.text.content import Content
from forecast.text.encoding import to_utf8

TEXT = "día;größe €\n1;2\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_to_utf8_finds_the_encoding(encoding: str) -> None:
    """Marks, zero bytes and letters tell which it is."""
    text, findings = to_utf8(Content(TEXT.encode(encoding)), "f", None)
    assert text.whole().decode() == TEXT
    assert [one.code for one in findings] == (["encoding"] if encoding == "cp1252" else [])


def test_to_utf8_takes_the_encoding_that_is_given() -> None:
    """The same bytes mean other letters in another encoding."""
    text, _ = to_utf8(Content("\u0416".encode("koi8-r")), "f", "koi8-r")
    assert text.whole().decode() == "\u0416"
    with pytest.raises(UsageError, match="unknown encoding 'klingon'"):
        to_utf8(Content(b"a"), "f", "klingon")


@pytest.mark.parametrize("ends", ["\r", "\r\n", "\n"])
def test_to_utf8_ends_lines_with_line_feeds(ends: str) -> None:
    """Lines that end with carriage returns alone end with line feeds."""
    text = to_utf8(Content(f"a{ends}b{ends}".encode()), "f", None)[0].whole()
    assert text.decode().splitlines() == ["a", "b"]
    assert b"\n" in text


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"a\nb\x81", "f:2: byte 0x81 is neither"),
        ("a\nä".encode() + b"\xe4", "f:2: byte 0xe4 is not UTF-8, but other letters are"),
        (b"a\n\0", "f:2: the file holds zero bytes"),
        ("a\n".encode("utf-16") + b"x", "f:2: byte 0x78 is not UTF-16"),
    ],
)
def test_to_utf8_refuses_with_the_line(raw: bytes, message: str) -> None:
    """Bytes that belong to no encoding are named by line, with a flag."""
    with pytest.raises(DataError) as caught:
        to_utf8(Content(raw), "f", None)
    assert str(caught.value).startswith(message)
    assert caught.value.fix


@pytest.mark.parametrize(
    ("encoding", "header"),
    [("cp932", "年月,売上（千円）,メモ"), ("euc_kr", "날짜,판매"), ("gb2312", "日期,销售额")],
)
def test_to_utf8_proposes_the_encoding_of_eastern_text(encoding: str, header: str) -> None:
    """It is not read unasked, since few letters tell one from another."""
    raw = f"{header}\n2024-01,5\n".encode(encoding)
    with pytest.raises(DataError) as caught:
        to_utf8(Content(raw), "f", None)
    assert caught.value.fix == f"add --encoding {encoding}"
    assert to_utf8(Content(raw), "f", encoding)[0].whole().decode().startswith(header)
