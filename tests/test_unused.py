"""Columns that are not used are named, above all where they hold signs."""

import io

import pytest

from forecast.read import read_csv
from forecast.spec import DataSpec

VALUES = [str(10 + n) for n in range(12)]


def read(header: str, words: tuple[str, ...], values: list[str], spec: DataSpec) -> list[str]:
    rows = [f"2024-01-{n + 1:02d},{words[n % len(words)]},{one}" for n, one in enumerate(values)]
    found = read_csv(io.BytesIO("\n".join([header, *rows]).encode()), spec)
    return [f"{one.severity} {one.message}; {one.fix}" for one in found.findings]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Af/Bij", ("Af", "Bij", "Af")),
        ("D/C", ("D", "C", "C")),
        ("kind", ("debit", "Credit", "")),
        ("sign", ("+", "-", "-")),
    ],
)
def test_remark_unused_warns_of_signs_in_a_column_of_their_own(
    name: str, words: tuple[str, ...]
) -> None:
    """Amounts that go out would be read as if they came in; the fix keeps both apart."""
    spec = DataSpec(freq="D")
    warning = (
        f"warning column '{name}' ({words[0]}, {words[1]}) seems to hold the signs of 'amount',"
        f" whose values are read without them; --id {name}"
    )
    assert warning in read(f"date,{name},amount", words, VALUES, spec)
    below = [f"-{one}" for one in VALUES]
    assert warning not in read(f"date,{name},amount", words, below, spec)
    told = read(f"date,{name},amount", tuple(one for one in words if one), VALUES, DataSpec(
        freq="D", id=name
    ))  # fmt: skip
    assert not any("signs" in one for one in told)


def test_remark_unused_takes_in_and_out_for_signs_beside_amounts_alone() -> None:
    """They may be of doors: a column that is called so, or amounts of money, say what they are."""
    for header, is_told in (
        ("date,training,minutes", False), ("date,In/Out,kWh", True), ("date,type,Amount", True),
    ):  # fmt: skip
        found = read(header, ("in", "out", "out"), VALUES, DataSpec(freq="D"))
        assert any("(in, out) seems to hold the signs" in one for one in found) == is_told


def test_remark_unused_takes_other_words_for_words() -> None:
    """Two words that part the rows are no signs, nor is one alone."""
    for words in (("shop", "web"), ("D", "C", "S"), ("D",)):
        found = read("date,where,amount", words, VALUES, DataSpec(freq="D"))
        assert "note columns not used: 'where'; None" in found
        assert not any(one.startswith("warning") for one in found)
