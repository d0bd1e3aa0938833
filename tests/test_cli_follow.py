"""predict --follow as a process at the end of a pipe."""

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from tests.commands import BARE, PASSENGERS, forecast

LINES = PASSENGERS.read_bytes().splitlines(keepends=True)
COMMAND = [sys.executable, "-m", "forecast", "predict", "-", "--follow", "--horizon", "2", "-q"]


def test_predict_answers_each_row_at_once(trained: Path, tmp_path: Path) -> None:
    """Blocks come while the stream is open, half a line is no row, and SIGTERM ends it."""
    with subprocess.Popen(
        [*COMMAND, "--model", str(trained)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=tmp_path, env=BARE,
    ) as job:  # fmt: skip
        assert job.stdin and job.stdout and job.stderr
        job.stdin.write(b"month,passengers\n1961-01,450\n1961-02,")
        job.stdin.flush()
        assert job.stdout.readline().startswith(b"cutoff,month,yhat,")
        assert [job.stdout.readline()[:16] for _ in range(2)] == [
            b"1961-01,1961-02,", b"1961-01,1961-03,",
        ]  # fmt: skip
        job.stdin.write(b"400\n")
        job.stdin.flush()
        assert [job.stdout.readline()[:16] for _ in range(2)] == [
            b"1961-02,1961-03,", b"1961-02,1961-04,",
        ]  # fmt: skip
        job.send_signal(signal.SIGTERM)
        assert job.wait(timeout=30) == 143
        assert job.stderr.read() == b"terminated\n"


def test_predict_refuses_to_merge_rows_of_a_stream(tmp_path: Path) -> None:
    """The last row for a time counts: what else to do with two could be done at first only."""
    base = ("predict", "-", "--follow", "--horizon", "1", "-q", "--duplicates")
    for how, code in (("last", 0), ("mean", 2), ("first", 2)):
        done = forecast(*base, how, cwd=tmp_path, stdin=b"".join(LINES[:9]))
        assert done.returncode == code
        assert (": the last row for a time counts" in done.stderr) == bool(code)


def test_predict_ends_with_its_reader(tmp_path: Path) -> None:
    """A closed pipe ends it quietly with 141."""
    done = subprocess.run(
        ["/bin/bash", "-c", f"{shlex.join(COMMAND)} | head -n 1; exit ${{PIPESTATUS[0]}}"],
        cwd=tmp_path,
        input=b"".join(LINES[:30]),
        capture_output=True,
        env=BARE | {"PATH": os.defpath},
        check=False,
    )
    assert (done.returncode, done.stderr) == (141, b"")
    assert done.stdout.startswith(b"cutoff,month,")


def test_predict_follows_in_other_formats(trained: Path, tmp_path: Path) -> None:
    """JSON has a document for each block; Parquet, files and missing streams are refused."""
    rows = b"1961-01,450\n1961-02,400"  # without a header, and without a last line end
    base = ("predict", "-", "--model", trained, "--follow", "--horizon", "1", "-q")
    done = forecast(*base, "--format", "json", "--ledger", "l.db", cwd=tmp_path, stdin=rows)
    assert [json.loads(line)["data"][0]["cutoff"] for line in done.stdout.splitlines()] == [
        "1961-01", "1961-02",
    ]  # fmt: skip
    assert (tmp_path / "l.db").exists()
    for flags in (("--format", "parquet"), ("-o", "f.csv")):
        refused = forecast(*base, *flags, cwd=tmp_path, stdin=rows)
        assert (refused.returncode, refused.stdout) == (2, "")
    assert forecast("predict", "--model", trained, "--follow", cwd=tmp_path).returncode == 2


def test_predict_warns_of_rows_left_out_in_json(trained: Path, tmp_path: Path) -> None:
    """Before the block that comes next, once; stderr is for errors then."""
    rows = b"month,passengers\nsoon,1\n1961-01,450\nlater,1\n1961-02,400\n"
    base = ("predict", "-", "--model", trained, "--follow", "--horizon", "1")
    done = forecast(*base, "--json", cwd=tmp_path, stdin=rows)
    first, second = (json.loads(line)["warnings"] for line in done.stdout.splitlines())
    assert (first[0][:26], len(first), second) == ("row left out: 'soon' in ti", 1, [])
    assert done.stderr == ""


def test_predict_follows_as_far_as_it_would_forecast(trained: Path, tmp_path: Path) -> None:
    """Without --horizon: as trained, or the frequency's usual number where nothing was."""
    base = ("predict", "-", "--follow", "--every", "60", "-q")
    done = forecast(*base, cwd=tmp_path, stdin=b"".join(LINES[:65]))
    assert done.stdout.count("\n1954-04,") == 18
    done = forecast(*base[:-3], "-q", "--model", trained, cwd=tmp_path, stdin=b"1961-01,450\n")
    assert done.stdout.count("\n1961-01,") == 18
