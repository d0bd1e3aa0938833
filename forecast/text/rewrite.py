"""Commands that write a file anew without its faults, for fixes."""

import shlex

_UNPACKED = {".gz": "gzip -dc", ".bz2": "bzip2 -dc", ".xz": "xz -dc", ".zst": "zstd -dc"}


def rewrite(command: str, path: str | None) -> str | None:
    """Let a command for lines of text read a file and write ``repaired.csv``.

    Parameters
    ----------
    command : str
        Such as ``sed '3d'``.
    path : str or None
        None for a stream or a frame.

    Returns
    -------
    str or None
        None where there is no file, or one without lines (Parquet).

    Examples
    --------
    >>> rewrite("sed '3d'", "sales.csv")
    "sed '3d' sales.csv > repaired.csv"
    >>> rewrite("sed '3d'", "sales.csv.gz")
    "gzip -dc sales.csv.gz | sed '3d' > repaired.csv"
    """
    if path is None or path.endswith(".parquet"):
        return None
    name = shlex.quote(path)
    for suffix, unpack in _UNPACKED.items():
        if path.endswith(suffix):
            return f"{unpack} {name} | {command} > repaired.csv"
    return f"{command} {name} > repaired.csv"
