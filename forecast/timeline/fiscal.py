"""Years that go over from one calendar year to the next, and their quarters.

When such a year begins is not in its name. It stands for the calendar year that
it is named by, the first of two, and is written as it was; %N is the second one.
"""

import re
from collections.abc import Sequence
from itertools import product

FISCAL = tuple(
    form
    for (year, named), gap in product(
        ((r"\d{4}", "%Y"), (r"\d{2}", "%y"), (r"\d{4}/\d{2}", "%Y/%N"), (r"\d{4}-\d{2}", "%Y-%N")),
        ("", " ", "-"),
    )
    for form in (
        (rf"FY{gap}{year}", f"FY{gap}{named}"),
        *(
            pair
            for then in ("", " ", "-", "/")
            for pair in (
                (rf"FY{gap}{year}{then}Q[1-4]", f"FY{gap}{named}{then}Q%q"),
                (rf"Q[1-4]{then}FY{gap}{year}", f"Q%q{then}FY{gap}{named}"),
            )
        ),
    )
) + tuple(
    pair
    for sign in "/-"
    for pair in (
        (rf"\d{{4}}{sign}\d{{2}} ?Q[1-4]", f"%Y{sign}%N Q%q"),
        (rf"Q[1-4] \d{{4}}{sign}\d{{2}}", f"Q%q %Y{sign}%N"),
    )
)  # fmt: skip
"""Patterns of such times with their notations."""

FISCAL_REMARK = (
    "fiscal",
    "fiscal years count as the calendar years that they are named by: which months they are is "
    "not in the file",
)
"""Code and message of what has to be told about them."""

_TWO_YEARS = re.compile(r"(\d{4})([/-])(\d{2})", re.ASCII)
_FEWEST = 3


def is_fiscal(time_format: str) -> bool:
    """Say whether a notation is of such years.

    Parameters
    ----------
    time_format : str

    Returns
    -------
    bool
    """
    return "FY" in time_format or "%N" in time_format


def yearly_form(texts: Sequence[str]) -> str | None:
    """Give the notation of texts that all name a year and the one after it.

    Parameters
    ----------
    texts : sequence of str
        Distinct.

    Returns
    -------
    str or None
        None where some may be a year and a month.

    Examples
    --------
    >>> yearly_form(["2000/01", "2001/02", "2002/03"])
    '%Y/%N'
    """
    if len(texts) < _FEWEST:
        return None
    signs = set()
    for one in texts:
        match = _TWO_YEARS.fullmatch(one)
        if match is None or (int(match[1]) + 1) % 100 != int(match[3]):
            return None
        signs.add(match[2])
    return f"%Y{signs.pop()}%N" if len(signs) == 1 else None
