"""Thousands of generated dirty files: how many are read exactly, refused rightly, or wrong.

python -m tests.bench.dirty [FILES] [FIRST_SEED]
"""

import io
import shlex
import sys
from collections import Counter
from dataclasses import fields, replace
from typing import Any, get_type_hints

import numpy as np

from forecast.errors import ForecastError
from forecast.read import Input, read_csv
from forecast.spec import DataSpec
from tests.dirty import Written, write_dirty

_MOST_FIXES = 3


def judge(written: Written) -> tuple[str, str]:
    """Read a file and hold it against the truth.

    Parameters
    ----------
    written : Written

    Returns
    -------
    verdict : str
        "exact", "refused rightly", "refused wrongly" or "WRONG".
    detail : str
    """
    try:
        found = read_csv(io.BytesIO(written.raw))
    except ForecastError as error:
        where = (error.where or "").rpartition(":")[2]
        right = where.isdigit() and int(where) in written.refusals
        return ("refused rightly" if right else "refused wrongly"), str(error)
    if is_exact(found, written):
        return "exact", ""
    return "WRONG", f"{found.summary}; {found.panel.target[:5]} for {written.values[:5]}"


def is_exact(found: Input, written: Written) -> bool:
    """Say whether times and values are all those of the truth, and no others."""
    known = ~np.isnan(written.values)
    given = ~np.isnan(found.panel.target)
    return (
        len(found.panel) == 1
        and given.sum() == known.sum()
        and bool((found.panel.timestamps[given] == written.times[known]).all())
        and bool((found.panel.target[given] == written.values[known]).all())
    )


def flags_of(fix: str) -> DataSpec | None:
    """Give the settings that a command suggests, None where it is no command."""
    words = shlex.split(fix.partition(", or ")[0])
    if "--" not in fix or not words or words[0] not in ("forecast", "add"):
        return None
    kinds = get_type_hints(DataSpec)
    given: dict[str, Any] = {}
    flags = [one for one in words if one.startswith("--")]
    for flag in flags:
        name = flag[2:].replace("-", "_")
        if name not in {one.name for one in fields(DataSpec)}:
            return None
        following = words[words.index(flag) + 1 :][:1]
        given[name] = True if kinds[name] is bool else following[0]
    return DataSpec(**given)


def main() -> None:
    """Print counts, the share of working fixes, and what went wrong."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    verdicts: Counter[str] = Counter()
    fixes: Counter[str] = Counter()
    for seed in range(first, first + files):
        written = write_dirty(seed)
        verdict, detail = judge(written)
        verdicts[verdict] += 1
        if verdict in ("refused wrongly", "WRONG"):
            print(f"{seed} {verdict} {written.pains}: {detail[:300]!r}")
        if verdict.startswith("refused"):
            fixes[try_fix(written, detail.rpartition("\nfix: ")[2])] += 1
    print(dict(verdicts), dict(fixes))


def try_fix(written: Written, fix: str) -> str:
    """Follow what the errors say, one after the other, as a user would."""
    spec = DataSpec()
    for _ in range(_MOST_FIXES):
        given = flags_of(fix)
        if given is None:
            return "no command"
        changed = {k: v for k, v in given.to_dict().items() if v != getattr(DataSpec(), k)}
        spec = replace(spec, **changed)
        try:
            read_csv(io.BytesIO(written.raw), spec)
        except ForecastError as error:
            fix = error.fix or ""
        else:
            return "works"
    print("   fix failed:", written.pains, fix)
    return "failed"


if __name__ == "__main__":
    main()
