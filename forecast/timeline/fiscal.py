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
_FEWEST, _MOST = 3, 0.8


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
        None where they may be years and months; some texts may be something else, if a number
        above 12 shows that the others are not.

    Examples
    --------
    >>> yearly_form(["2000/01", "2001/02", "2002/03"])
    '%Y/%N'
    """
    if len(texts) < _FEWEST or not _TWO_YEARS.fullmatch(texts[0]):
        return None
    found = [match for match in map(_TWO_YEARS.fullmatch, texts) if match]
    found = [one for one in found if (int(one[1]) + 1) % 100 == int(one[3])]
    signs = {one[2] for one in found}
    proven = len(found) == len(texts) or any(int(one[3]) > 12 for one in found)
    if len(signs) != 1 or len(found) < _MOST * len(texts) or not proven:
        return None
    return f"%Y{signs.pop()}%N"
