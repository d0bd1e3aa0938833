"""The words of a command line: its own, and those that it hands on."""

from collections.abc import Sequence

END = "--"
"""Ends the options: what follows are files, or a command for another day."""


def parted(typed: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part a command line where its options end.

    Parameters
    ----------
    typed : sequence of str
        What followed ``forecast``.

    Returns
    -------
    own : list of str
    handed_on : list of str
        ``--`` and all that follows it; empty where there is none.

    Examples
    --------
    >>> parted(["schedule", "--cron", "--", "predict", "--json"])
    (['schedule', '--cron'], ['--', 'predict', '--json'])
    """
    end = list(typed).index(END) if END in typed else len(typed)
    return list(typed[:end]), list(typed[end:])
