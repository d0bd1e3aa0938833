"""Files that a command writes: none of its inputs, and found out before long work."""

import os

from forecast.errors import UsageError


def protect(output: str | None, *inputs: str | None) -> None:
    """Refuse to write where one of the inputs lies.

    Parameters
    ----------
    output : str or None
        Nothing is to be written where None.
    *inputs : str or None

    Raises
    ------
    UsageError
    """
    for one in inputs:
        if one and output and os.path.realpath(one) == os.path.realpath(output):
            raise UsageError("the output would replace the input", where=output)


def reserve(output: str | None, *inputs: str | None, room: int = 0) -> None:
    """Find out whether a file can be written, and would replace no input.

    Parameters
    ----------
    output : str or None
        Nothing is to be written where None.
    *inputs : str or None
    room : int
        Bytes that the disk must have left.

    Raises
    ------
    UsageError
        When it is one of the inputs.
    WriteError
        When it cannot be written.
    """
    if output is None:
        return
    from forecast.files.storage import check_writable

    protect(output, *inputs)
    check_writable(output, room)
