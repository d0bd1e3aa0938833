"""Times as counts: seconds since 1970 as computers have them, days as spreadsheets do."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

COUNTS = {
    "epoch seconds": 1_000_000_000,
    "epoch milliseconds": 1_000_000,
    "epoch microseconds": 1_000,
    "epoch nanoseconds": 1,
    "spreadsheet days": 86_400_000_000_000,
    "spreadsheet days with commas": 86_400_000_000_000,
}
"""Time formats that are counts, with the nanoseconds that one is worth."""

EPOCHS = tuple(one for one in COUNTS if one.startswith("epoch"))
"""Counts of time in UTC; days of spreadsheets are local."""

_DIGITS = {10: "epoch seconds", 13: "epoch milliseconds", 16: "epoch microseconds",
           19: "epoch nanoseconds"}  # fmt: skip
_LATEST_EPOCH = "19"  # 1.9e9 seconds are in 2030; from there on, ten digits begin as years do
_DAY_ZERO = np.datetime64("1899-12-30", "ns")
_SPREADSHEET_DAYS = (14_000, 80_000)  # 1938 to 2119
_COUNT = re.compile(r"(\d{10}|\d{13}|\d{16}|\d{19})(\.\d{1,9})?", re.ASCII)
_DAYS = re.compile(r"\d{5}([.,]\d{1,12})?", re.ASCII)


def read_counts(
    texts: Sequence[str], *, is_named: bool
) -> tuple[NDArray[np.datetime64], NDArray[np.bool_], str] | None:
    """Read times that are counts.

    Parameters
    ----------
    texts : sequence of str
    is_named : bool
        Whether the column is called as dates are; only then are five digits days.

    Returns
    -------
    tuple or None
        Times in UTC, which are none, and the time format. None where the
        texts are not all of one kind.

    Examples
    --------
    >>> str(read_counts(["1700000000", "1700003600"], is_named=False)[0][1])[:19]
    '2023-11-14T23:13:20'
    """
    if not texts or not texts[0][:1].isdigit():
        return None
    kind = _DIGITS.get(len(texts[0].partition(".")[0]))
    if kind is None:
        return _read_days(texts) if is_named else None
    size = len(texts[0].partition(".")[0])
    if not all(_COUNT.fullmatch(one) and len(one.partition(".")[0]) == size for one in texts):
        return None
    unit = COUNTS[kind]
    if max(texts)[:2] >= _LATEST_EPOCH:
        return None
    values = np.array([int(one.partition(".")[0]) for one in texts], np.int64) * unit
    parts = [float(f"0.{one.partition('.')[2] or 0}") for one in texts]
    values += np.rint(np.array(parts) * unit / 1000).astype(np.int64) * 1000
    return values.astype("M8[ns]"), np.zeros(len(texts), bool), kind


def _read_days(
    texts: Sequence[str],
) -> tuple[NDArray[np.datetime64], NDArray[np.bool_], str] | None:
    """Read days as spreadsheets count them, their fractions behind one sign."""
    signs = {sign for sign in ".," if any(sign in one for one in texts)}
    if len(signs) > 1 or not all(map(_DAYS.fullmatch, texts)):
        return None
    days = np.array([float(one.replace(",", ".")) for one in texts])
    if days.min() < _SPREADSHEET_DAYS[0] or days.max() >= _SPREADSHEET_DAYS[1]:
        return None
    seconds = np.rint(days * 86_400).astype(np.int64).astype("m8[s]")
    kind = "spreadsheet days with commas" if "," in signs else "spreadsheet days"
    return _DAY_ZERO + seconds, np.zeros(len(texts), bool), kind


def write_counts(values: NDArray[np.datetime64], time_format: str) -> list[str]:
    """Write times as counts.

    Parameters
    ----------
    values : ndarray of shape (T,), datetime64
    time_format : str
        Of ``COUNTS``.

    Returns
    -------
    list of str
    """
    unit = COUNTS[time_format]
    if time_format.startswith("spreadsheet days"):
        counts = (values.astype("M8[ns]") - _DAY_ZERO).astype(np.int64) / unit
        sign = "," if time_format.endswith("commas") else "."
        return [
            str(int(one)) if one.is_integer() else f"{one:.8f}".replace(".", sign)
            for one in counts.tolist()
        ]
    whole, part = np.divmod(values.astype("M8[ns]").astype(np.int64), unit)
    return [
        f"{one}" if not rest else f"{one}.{rest * (10**9 // unit):09d}".rstrip("0")
        for one, rest in zip(whole.tolist(), part.tolist(), strict=True)
    ]
