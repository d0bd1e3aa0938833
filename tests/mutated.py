"""Dirty files with bytes changed at random, read in a process of its own.

    python -m tests.mutated FIRST COUNT

prints one line of JSON: how many were read, refused, or ended in an exception
that is no refusal, with the seeds of those and of files that took too long.
"""

import io
import json
import sys
import time
import warnings

import numpy as np

from forecast.errors import ForecastError
from forecast.read import read_csv
from tests.dirty import write_dirty

MOST_SECONDS = 5.0
_SIGNS = (b",", b";", b"\t", b'"', b"\n", b"\r", b"\0", b" ", b".", b"-", b"1", b"e", b"\xff",
          b"9" * 30, b"\xef\xbb\xbf", b"NaN", b"inf", b"1e999", b"\xe2\x80\xa8", b"%",
          b"(")  # fmt: skip


def mutate(seed: int) -> bytes:
    """Write a dirty file and change it.

    Parameters
    ----------
    seed : int

    Returns
    -------
    bytes
    """
    rng = np.random.default_rng([seed, 1])
    raw = bytearray(write_dirty(seed % 3000).raw)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, max(1, len(raw))))
        size = int(rng.integers(1, 40))
        match int(rng.integers(0, 7)):
            case 0:
                raw[at : at + 1] = bytes([int(rng.integers(32, 127))])
            case 1:
                raw[at:at] = _SIGNS[int(rng.integers(0, len(_SIGNS)))]
            case 2:
                del raw[at : at + size]
            case 3:
                raw[at:at] = raw[at : at + 10 * size]
            case 4:
                low, high = (0, 256) if rng.random() < 0.2 else (32, 127)
                raw[at : at + size] = bytes(rng.integers(low, high, size).tolist())
            case 5:
                raw = raw[:at] if rng.random() < 0.5 else raw[at:]
            case _:
                old, new = rng.choice(len(_SIGNS), 2, replace=False)
                raw = raw.replace(_SIGNS[old], _SIGNS[new], int(rng.integers(1, 50)))
    return bytes(raw)


def main() -> None:
    """Read the files of the seeds that were given."""
    first, count = int(sys.argv[1]), int(sys.argv[2])
    warnings.simplefilter("error")
    found: dict[str, object] = {"read": 0, "refused": 0}
    failed: list[str] = []
    slow: list[int] = []
    done = {"read": 0, "refused": 0}
    for seed in range(first, first + count):
        raw = mutate(seed)
        begin = time.monotonic()
        try:
            given = read_csv(io.BytesIO(raw))
            assert np.isfinite(given.panel.target[~np.isnan(given.panel.target)]).all()
            assert given.notes
            done["read"] += 1
        except ForecastError as error:
            assert error.exit_code in (2, 3, 4), error
            done["refused"] += 1
        except Exception as error:
            failed.append(f"{seed}: {type(error).__name__}: {error}"[:300])
        if time.monotonic() - begin > MOST_SECONDS:
            slow.append(seed)
    found = {**done, "failed": failed, "slow": slow}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
