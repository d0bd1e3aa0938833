"""Complete the fix of an error to the whole command line that works when typed."""

import re
import shlex
from collections.abc import Sequence
from itertools import pairwise

from forecast.cli.words import parted

_FLAGS = re.compile(r"(?:forecast train (?!DATA )\S.*? |add |without )?(?=--)")  # DATA: any file
_OF_COPY = re.compile(r"(.+ && )forecast train (\S+) ?(.*)")  # behind what writes a file


def complete(fix: str, typed: Sequence[str]) -> str:
    """Put the flags of a fix into the command that failed.

    Parameters
    ----------
    fix : str
        Where it is only flags, "add" or "without" with flags, a train command with
        flags, or one behind a command that writes another file for it, it is completed;
        otherwise given back as it is. What follows flags to be left out that were not
        typed stands in their place.
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
    >>> complete("without --freq VALUE, or forecast train a.csv", ["predict", "a.csv"])
    'forecast train a.csv'
    >>> complete("without --log, or --no-log", ["train", "a.csv"])
    'forecast train a.csv --no-log'
    >>> complete("cp a.csv b.csv && forecast train b.csv", ["predict", "a.csv", "--horizon", "3"])
    'cp a.csv b.csv && forecast predict b.csv --horizon 3'
    >>> complete("sed s/x// stdin > b.csv && forecast train b.csv", ["predict", "-"])
    'sed s/x// | forecast predict -'
    >>> complete("--id shop", ["check", "a.csv", "--wide"])
    'forecast check a.csv --id shop'
    >>> complete("--output a.html", ["report", "-o", "a.gz", "a.csv"])
    'forecast report a.csv --output a.html'
    >>> complete("--at 03:15", ["schedule", "--at", "9", "--", "predict", "a.csv"])
    'forecast schedule --at 03:15 -- predict a.csv'
    >>> complete("rename one of them", ["train", "a.csv"])
    'rename one of them'
    """
    if typed and (copy := _OF_COPY.fullmatch(fix)):
        making, path, flags = copy.groups()
        piped = making.removesuffix(f" stdin > {path} && ")
        anew = _reading(path, typed, making)
        if piped != making:
            making, anew = f"{piped} | ", list(typed)
        return making + (complete(flags, anew) if flags else shlex.join(["forecast", *anew]))
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
    if "--id" in valued and prefix[0] != "without ":
        valued["--wide"] = False  # they exclude each other
    kept: list[str] = []
    own, handed_on = parted(typed)
    old = iter("--output" if word == "-o" else word for word in own)
    for word in old:
        if word in valued:
            if valued[word]:
                next(old, None)
        elif word.partition("=")[0] not in valued:
            kept.append(word)
    if prefix[0] != "without ":
        return shlex.join(["forecast", *kept, *words, *handed_on]) + separator + rest
    if rest and kept == own:
        return complete(rest, typed)
    return shlex.join(["forecast", *kept, *handed_on])


def _reading(path: str, typed: Sequence[str], making: str) -> list[str]:
    """Let a command line read the file that another command makes of the one it read."""
    sources = shlex.split(making)
    words = [path if word in sources else word for word in typed]
    return words if path in words else [words[0], path, *words[1:]]
