"""Complete the fix of an error to the whole command line that works when typed."""

import re
import shlex
from collections.abc import Sequence
from itertools import pairwise

from forecast.cli.words import parted

_FLAGS = re.compile(r"(?:forecast train (?!DATA )\S.*? |add |without )?(?=--)")  # DATA: any file


def complete(fix: str, typed: Sequence[str]) -> str:
    """Put the flags of a fix into the command that failed.

    Parameters
    ----------
    fix : str
        Where it is only flags, "add" or "without" with flags, or a train command
        with flags, it is completed; otherwise given back as it is.
    typed : sequence of str
        What followed ``forecast``.

    Returns
    -------
    str

    Examples
    --------
    >>> complete("--horizon 30", ["predict", "--horizon", "0", "-q"])
    'forecast predict -q --horizon 30'
    >>> complete("forecast train a.csv --target y", ["compare", "a.csv", "--id", "shop"])
    'forecast compare a.csv --id shop --target y'
    >>> complete("--target b", ["train", "a.csv", "--time", "b", "--target=c"])
    'forecast train a.csv --time b --target b'
    >>> complete("without --every VALUE", ["predict", "--every", "2", "a.csv"])
    'forecast predict a.csv'
    >>> complete("--output a.html", ["report", "-o", "a.gz", "a.csv"])
    'forecast report a.csv --output a.html'
    >>> complete("--at 03:15", ["schedule", "--at", "9", "--", "predict", "a.csv"])
    'forecast schedule --at 03:15 -- predict a.csv'
    >>> complete("rename one of them", ["train", "a.csv"])
    'rename one of them'
    """
    prefix = _FLAGS.match(fix)
    if prefix is None or not typed:
        return fix
    flags, separator, rest = fix[prefix.end() :].partition(", or ")
    try:
        words = shlex.split(flags)
    except ValueError:
        return fix
    valued = {
        flag: not value.startswith("--")
        for flag, value in pairwise([*words, "--"])
        if flag.startswith("--")
    }
    kept: list[str] = []
    own, handed_on = parted(typed)
    old = iter("--output" if word == "-o" else word for word in own)
    for word in old:
        if word in valued:
            if valued[word]:
                next(old, None)
        elif word.partition("=")[0] not in valued:
            kept.append(word)
    added = [] if prefix[0] == "without " else words
    return shlex.join(["forecast", *kept, *added, *handed_on]) + separator + rest
