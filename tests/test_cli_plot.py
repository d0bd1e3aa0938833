"""--plot of several commands, run as a user does."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from forecast.cli.common import run
from tests.commands import PASSENGERS, forecast

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with forty months of passengers."""
    monkeypatch.chdir(tmp_path)
    lines = PASSENGERS.read_text().splitlines(keepends=True)
    (tmp_path / "s.csv").write_text("".join(lines[:41]))
    return tmp_path


def words(path: str) -> str:
    """Everything that is written in an SVG."""
    return " ".join(re.findall(r">([^<>\n]+)</text>", Path(path).read_text(encoding="utf-8")))


def test_predict_draws_beside_its_output(capfd: Capture) -> None:
    """The forecast goes where it always goes, the chart into its own file."""
    assert run(["predict", "s.csv", "-q", "--level", "90", "-o", "f.csv", "--plot", "f.svg"]) == 0
    assert capfd.readouterr() == ("", "")
    assert Path("f.csv").read_text().startswith("month,yhat,yhat-lo-90")
    assert "passengers" in words("f.svg")
    assert "Forecast by GRU, 13 steps ahead, monthly (MS)" in words("f.svg")
    assert "90 % interval" in words("f.svg")


def test_predict_draws_what_a_saved_model_remembers(trained: Path, capfd: Capture) -> None:
    """Without DATA the history is that in the model file; an old chart is replaced."""
    Path("f.PNG").write_text("old")
    flags = ["--horizon", "3", "--json", "--plot", "f.PNG", "--plot-theme", "dark"]
    assert run(["predict", "--model", str(trained), *flags]) == 0
    assert capfd.readouterr().out.startswith('{"schema":"forecast.predict/1"')
    assert Path("f.PNG").read_bytes().startswith(b"\x89PNG")


def test_predict_draws_characters_on_stderr(
    capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The forecast is alone on stdout; the chart is as wide as the terminal, and plain."""
    monkeypatch.setenv("COLUMNS", "60")
    flags = ["--horizon", "2", "--quiet", "--plot", "-"]
    assert run(["predict", "s.csv", "--baseline", "naive", *flags]) == 0
    out, err = capfd.readouterr()
    assert [line.split(",")[0] for line in out.splitlines()] == ["month", "1952-05", "1952-06"]
    assert err.startswith("passengers\nForecast by Naive, 2 steps ahead, monthly (MS)\n")
    assert max(map(len, err.splitlines())) <= 60
    assert "\x1b" not in err


def test_check_draws_what_it_refuses(capfd: Capture) -> None:
    """A file with a fault that can be left out has a chart, in which it is marked."""
    text = Path("s.csv").read_text().splitlines(keepends=True)
    Path("s.csv").write_text("".join([*text[:9], "1949-09,x8\n", *text[10:]]))
    assert run(["check", "s.csv", "--quiet", "--plot", "c.svg"]) == 3
    assert "error: s.csv:10" in capfd.readouterr().err
    assert "odd-value" in words("c.svg")


def test_check_says_where_there_is_nothing_to_draw(capfd: Capture) -> None:
    """A file that is not read at all leaves no chart, and none that looks like one."""
    Path("s.csv").write_text("month,passengers\n1949-01,red\n")
    assert run(["check", "s.csv", "--quiet", "--plot", "c.svg"]) == 3
    assert "no chart: nothing could be read" in capfd.readouterr().err
    assert not Path("c.svg").exists()


@pytest.mark.parametrize("command", ["predict", "check", "compare"])
@pytest.mark.parametrize(
    ("plot", "code", "said"),
    [
        ("f.gif", 2, "error: f.gif: a chart is .png, .svg, .pdf, or - for characters, not '.gif'"),
        ("nowhere/f.png", 7, "error: nowhere/f.png: cannot be written: no such file or directory"),
        ("s.svg", 2, "error: s.svg: the output would replace the input"),
    ],
)
def test_plot_is_refused_before_any_work(
    command: str, plot: str, code: int, said: str, capfd: Capture
) -> None:
    """What cannot become a chart is found before anything is read."""
    shutil.move("s.csv", "s.svg")
    assert run([command, "s.svg", "--plot", plot]) == code
    out, err = capfd.readouterr()
    assert (out, err.splitlines()[0]) == ("", said)


def test_plot_does_not_replace_the_output(capfd: Capture) -> None:
    """Two results cannot be in one file."""
    assert run(["predict", "s.csv", "-o", "f.svg", "--plot", "f.svg"]) == 2
    assert "f.svg: the output would replace the input" in capfd.readouterr().err


@pytest.mark.parametrize(("plot", "library"), [("f.png", "matplotlib"), ("-", "plotext")])
def test_plot_names_the_missing_library(
    plot: str, library: str, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 10 with the command that installs it, before anything is read."""
    monkeypatch.setitem(sys.modules, library, None)
    for module in [one for one in sys.modules if one.startswith("forecast.charts")]:
        monkeypatch.delitem(sys.modules, module)
    assert run(["predict", "s.csv", "--plot", plot]) == 10
    out, err = capfd.readouterr()
    assert out == ""
    assert f"needs {library}\nfix: pip install 'forecast[report]'" in err


def test_predict_follow_has_no_chart(capfd: Capture) -> None:
    """A stream has no end."""
    assert run(["predict", "s.csv", "--follow", "--plot", "f.png"]) == 2
    assert "leave out --plot" in capfd.readouterr().err


@pytest.mark.slow
def test_plot_is_the_same_whatever_the_user_has_set(folder: Path) -> None:
    """Neither a wrong backend nor a home that cannot be written to changes or says anything."""
    (folder / "matplotlibrc").write_text("axes.facecolor: red\nnonsense\n")
    environments: tuple[dict[str, str], ...] = (
        {},
        {"MPLBACKEND": "nonsense", "HOME": "/nowhere", "MPLCONFIGDIR": "/proc/nowhere"},
        {"MATPLOTLIBRC": "matplotlibrc", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    )
    charts = set()
    for environment in environments:
        flags = ("--baseline", "naive", "--quiet", "-o", "f.csv", "--plot", "f.png")
        done = forecast("predict", "s.csv", *flags, cwd=folder, environment=environment)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        charts.add(Path("f.png").read_bytes())
    assert len(charts) == 1
