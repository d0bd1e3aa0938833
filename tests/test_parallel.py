import os
import subprocess
import sys
import time

import pytest

from forecast.errors import ForecastError, UsageError
from forecast.parallel import cores, parallel_map


def _square(x: int) -> int:
    return x * x


def _threads(_: int) -> str | None:
    return os.environ.get("OMP_NUM_THREADS")


def _divide(x: int) -> float:
    return 1 / x


def _die(_: int) -> None:
    os._exit(3)


@pytest.mark.parametrize("workers", [1, 2])
def test_parallel_map_keeps_order(workers: int) -> None:
    """Results come in the order of the jobs, whatever the number of workers."""
    assert parallel_map(_square, range(50), workers) == [x * x for x in range(50)]


def test_parallel_map_of_nothing() -> None:
    """No jobs give no results, with any number of workers."""
    assert parallel_map(_square, [], None) == []


def test_parallel_map_reports_progress() -> None:
    """Progress counts jobs up to their total, serial or not."""
    serial: list[int] = []
    parallel: list[int] = []
    parallel_map(_square, range(5), 1, serial.append)
    parallel_map(_square, range(40), 2, parallel.append)
    assert serial == [1, 2, 3, 4, 5]
    assert parallel == sorted(parallel)
    assert parallel[-1] == 40


def test_parallel_map_limits_threads_of_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers compute with one thread; the caller's own setting comes back."""
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    assert parallel_map(_threads, range(2), 2) == ["1", "1"]
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


@pytest.mark.parametrize("workers", [1, 2])
def test_parallel_map_raises_what_the_function_raises(workers: int) -> None:
    """An error of a job reaches the caller as it is."""
    with pytest.raises(ZeroDivisionError):
        parallel_map(_divide, [1, 0, 2], workers)


def test_parallel_map_names_a_dead_worker() -> None:
    """A worker that dies gives an error with the likely cause, not a hang."""
    with pytest.raises(ForecastError, match="ended unexpectedly; was there enough memory"):
        parallel_map(_die, range(2), 2)


def test_parallel_map_refuses_no_workers() -> None:
    """Fewer than one worker is a usage error that names the allowed range."""
    with pytest.raises(UsageError, match="workers is 0; allowed: 1 or more"):
        parallel_map(_square, [1], 0)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_parallel_map_ends_workers_on_interrupt() -> None:
    """Ctrl-C ends the run at once and leaves no worker behind."""
    script = (
        "import time\n"
        "from forecast.parallel import parallel_map\n"
        "def interrupt(done): raise KeyboardInterrupt\n"
        "if __name__ == '__main__':\n"
        "    parallel_map(time.sleep, [0.01] * 4 + [30] * 20, 2, interrupt)\n"
    )
    started = time.monotonic()
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=25)
    assert b"KeyboardInterrupt" in run.stderr
    assert time.monotonic() - started < 20


def test_cores_counts_at_least_one() -> None:
    """There is always a core to compute on."""
    assert cores() >= 1
