"""Many mutated files, in batches of processes, so that a crash or a hang is counted too.

python -m tests.bench.mutated [FILES] [FIRST_SEED]
"""

import json
import subprocess
import sys
from collections import Counter

_BATCH = 500


def main() -> None:
    """Print what failed, and the counts."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    counts: Counter[str] = Counter()
    for begin in range(first, first + files, _BATCH):
        command = [sys.executable, "-m", "tests.mutated", str(begin), str(_BATCH)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=5 * _BATCH)
            found = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
            counts["crashed or hung batches"] += 1
            print(f"batch from {begin}: {type(error).__name__}", flush=True)
            continue
        counts.update(read=found["read"], refused=found["refused"])
        counts.update(failed=len(found["failed"]), slow=len(found["slow"]))
        for one in [*found["failed"], *(f"slow: {seed}" for seed in found["slow"])]:
            print(one, flush=True)
        if begin // _BATCH % 10 == 9:
            print(dict(counts), flush=True)
    print(dict(counts), flush=True)


if __name__ == "__main__":
    main()
