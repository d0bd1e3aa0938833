"""forecast report: what it writes, says and refuses."""

import errno
import json
import os
import sys
from pathlib import Path

import pytest

from forecast.cli.common import run
from forecast.evaluation.folds import MIXED_TIMES
from tests.commands import PASSENGERS

CHEAP = ("--baseline", "naive", "--windows", "1", "--workers", "1")


def test_report_by_a_saved_model(
    trained: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without DATA it is about what the model was trained on, and says how it was trained."""
    monkeypatch.setattr("forecast.page.study._explain", lambda subject: ({}, "takes too long here"))
    page = tmp_path / "page.html"
    words = ("report", "--model", str(trained), "-o", str(page), "--json", *CHEAP)
    assert run(words) == 0
    made = json.loads(capfd.readouterr().out)
    assert made["schema"] == "forecast.report/1"
    assert list(made["data"]) == ["path", "bytes", "model", "series", "horizon", "verdict"]
    assert made["data"]["path"] == str(page)
    assert made["data"]["bytes"] == page.stat().st_size
    assert made["data"]["model"] == "GRU"
    text = page.read_text(encoding="utf-8")
    assert made["data"]["verdict"].split(":")[0].replace("'", "&#39;") in text
    assert "Loss in training" in text
    assert MIXED_TIMES[1:] not in text
    assert f"forecast predict {PASSENGERS} --horizon 18 --model {trained}" in text


def test_report_tells_that_series_end_at_different_times(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network that is trained for the backtest saw rows later than some of its cutoffs."""
    monkeypatch.setattr("forecast.page.study._explain", lambda subject: ({}, "takes too long here"))
    monkeypatch.chdir(tmp_path)
    months = PASSENGERS.read_text().splitlines()[1:]
    rows = [f"a,{one}" for one in months[:60]] + [f"b,{one}" for one in months[:48]]
    Path("two.csv").write_text("\n".join(["shop,month,passengers", *rows]) + "\n")
    assert run(["train", "two.csv", "--max-seconds", "0.001", "-q"]) == 0
    assert run(["report", "two.csv", "-o", "page.html", "--max-seconds", "0.001", *CHEAP]) == 0
    assert MIXED_TIMES in capfd.readouterr().err
    assert MIXED_TIMES[1:] in Path("page.html").read_text(encoding="utf-8")


def test_report_tells_cutoffs_that_a_short_series_lacks(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer cutoffs than were asked for are told on stderr, in JSON and on the page."""
    monkeypatch.setattr("forecast.page.study._explain", lambda subject: ({}, "takes too long here"))
    monkeypatch.chdir(tmp_path)
    Path("short.csv").write_text("\n".join(PASSENGERS.read_text().splitlines()[:61]) + "\n")
    words = ["report", "short.csv", "-o", "page.html", *CHEAP, "--horizon", "7", "--windows", "9"]
    fewer = "4 cutoffs instead of 9: less than half of the rows lie before earlier ones"
    assert run(words) == 0
    assert f"\n{fewer}\n" in capfd.readouterr().err
    text = Path("page.html").read_text(encoding="utf-8")
    assert f" There are {fewer}." in text
    assert "each from all that was known a step before: 28 errors" in text  # four times seven
    assert run([*words, "--json"]) == 0
    assert fewer in json.loads(capfd.readouterr().out)["warnings"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["-o", "-", "--json"], 2, "both go to stdout"),
        (["--baseline", "prophet"], 2, "allowed: arima"),
        (["-o", "no/such/folder.html"], 7, "no such file or directory"),
        (["-o", "a/page.html.gz"], 2, "the page is written as .html, .htm, not '.gz'"),
        (["-o", "a/b.html.gz"], 2, f"fix: forecast report {PASSENGERS} --output a/b.html\n"),
        (["-o", "page.pdf"], 2, f"fix: forecast report {PASSENGERS} --output page.html\n"),
    ],
)
def test_report_refuses_before_long_work(
    words: list[str], code: int, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """What cannot work is said at once, with its exit code."""
    assert run(["report", str(PASSENGERS), *words]) == code
    assert message in capfd.readouterr().err


def test_report_needs_room_for_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A disk on which not even the script fits is found out before anything is read."""

    def reserve(handle: int, start: int, length: int) -> None:
        if length > 600_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", reserve)
    assert run(["report", "missing.csv", "-o", str(tmp_path / "page.html")]) == 7
    assert "no space left on device" in capfd.readouterr().err


def test_report_names_the_extra_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without Bokeh it exits with 10 and says what to install, before anything is read."""
    for name in [one for one in sys.modules if one.startswith("forecast.page")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("bokeh", "bokeh.models"):
        monkeypatch.setitem(sys.modules, name, None)
    assert run(["report", "missing.csv"]) == 10
    assert "fix: pip install 'forecast[report]'" in capfd.readouterr().err


def test_report_reads_a_stream_once() -> None:
    """Values cannot be filled in where the backtest would have to read the stream again."""
    from forecast.cli.report import _without_hindsight
    from forecast.errors import UsageError
    from forecast.given import read
    from forecast.spec import DataSpec

    reading = DataSpec(missing="interpolate")
    given = read(str(PASSENGERS), reading)
    with pytest.raises(UsageError, match="a second time"):
        _without_hindsight(given, "-", reading)
    assert _without_hindsight(given, "-", DataSpec()) is given
    assert _without_hindsight(given, str(PASSENGERS), reading) is not given
