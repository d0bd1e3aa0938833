"""Files with several faults at once, and fixes that work when typed."""

import json
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from forecast.cli.common import run
from forecast.errors import NotFoundError
from forecast.examine import Examination, examine
from forecast.spec import DataSpec

RNG = np.random.default_rng(21)
DAYS = [str(np.datetime64("2021-03-01") + n) for n in range(200)]
VALUES = [f"{100 + n % 7 + RNG.normal():.2f}" for n in range(200)]


def written(path: Path, values: list[str], days: list[str] = DAYS, end: str = "\n") -> Path:
    """Write a file of days and sales."""
    rows = (f"{day},{value}" for day, value in zip(days, values, strict=False))
    path.write_text("day,sales\n" + "\n".join(rows) + end)
    return path


def with_values(changes: dict[int, str]) -> list[str]:
    return [changes.get(n, value) for n, value in enumerate(VALUES)]


def codes(found: Examination, *severities: str) -> list[str]:
    return [one.code for one in found.findings if one.severity in severities]


def test_examine_finds_every_fault_at_once(tmp_path: Path) -> None:
    """A refusal does not hide the next one; each names its lines, and how many there are."""
    days = [*DAYS[:50], DAYS[49], *DAYS[51:]]
    values = with_values({9: "x8", 19: "many", 29: "n.b.", 120: "-999", 140: "-999"})
    path = written(tmp_path / "s.csv", values, days)
    found = examine(path)
    errors = [one for one in found.findings if one.severity == "error"]
    assert [one.lines for one in errors] == [(11, 21, 31), (52,)]
    assert [one.count for one in errors] == [3, 1]
    assert errors[0].fix == f"sed '11d;21d;31d' {path} > repaired.csv"
    assert codes(found, "warning") == ["sentinel"]
    assert found.refusal is not None
    assert found.refusal.where == f"{path}:11"
    assert found.given is not None
    assert len(found.given.panel.target) == 200


def test_examine_drops_no_line_that_its_fix_repairs(tmp_path: Path) -> None:
    """A command that writes a file with the value is better than one that leaves it out."""
    (error,) = examine(written(tmp_path / "s.csv", with_values({9: "1,204"}))).findings[:1]
    assert (error.code, error.lines) == ("many-fields", (11,))
    assert error.fix is not None
    assert error.fix.startswith("sed -E '/^(")


def test_examine_gives_up_where_nothing_helps(tmp_path: Path) -> None:
    """A file without numbers has one error and no profile."""
    path = written(tmp_path / "s.csv", ["red"] * 200)
    found = examine(path)
    assert codes(found, "error") == ["no-target"]
    assert (found.given, found.profile) == (None, None)


def test_examine_survives_a_column_that_repairs_took_away(tmp_path: Path) -> None:
    """What is found is told; only a column that was asked for has to be there."""
    path = tmp_path / "s.csv"
    path.write_text("date,sales\n1850,150,454\n1851,208,628\n1852,157,013\n1853,195,639\n")
    assert codes(examine(path), "error")[0] == "several-targets"
    with pytest.raises(NotFoundError, match="no column 'zz'"):
        examine(path, DataSpec(target="zz"))


def test_examine_reads_a_stream_once(tmp_path: Path) -> None:
    """Bytes from a pipe are examined as a file's are, without commands that need one."""
    path = written(tmp_path / "s.csv", with_values({9: "x8"}))
    with path.open("rb") as stream:
        found = examine(stream)
    (error,) = [one for one in found.findings if one.severity == "error"]
    assert error.lines == (11,)
    assert error.fix is not None
    assert not error.fix.startswith("sed")


def test_examine_tells_all_places_of_a_finding(tmp_path: Path) -> None:
    """Beside the first line, every time is known: of gaps, duplicates, and odd values."""
    values = with_values(dict.fromkeys((60, 70, 80, 90), "-999"))
    days = [*DAYS[:20], *DAYS[23:40], DAYS[39], *DAYS[40:]]
    found = examine(written(tmp_path / "s.csv", values, days), DataSpec(duplicates="first"))
    places = {one.code: one.places for one in found.findings}
    times = {
        code: [str(time)[:10] for time in one.timestamps] for code, one in places.items() if one
    }
    assert times["gaps"] == DAYS[20:23]
    assert times["duplicates"] == [DAYS[39]]
    assert times["sentinel"] == [DAYS[n + 2] for n in (60, 70, 80, 90)]
    assert "places" not in found.findings[0].to_dict()


def test_examine_proposes_a_season_that_the_frequency_does_not_tell(tmp_path: Path) -> None:
    """Days that seem to repeat every nine are no weeks; what is beyond doubt is used at once."""
    (found,) = examine(written(tmp_path / "s.csv", NINE)).findings
    assert (found.code, found.fix) == ("season", "--season 9")
    assert found.message.endswith(", not every 7")
    weekly = [str(np.datetime64("2021-03-01") + 7 * n) for n in range(60)]
    short = examine(written(tmp_path / "y.csv", NINE, weekly)).findings
    (unusual,) = [one for one in short if one.code == "season"]
    assert unusual.message.startswith("values repeat every 9 steps")
    assert "not" not in unusual.message  # of little more than a year nobody can say so
    clear = [f"{100 + 10 * (n % 9 == 0) + RNG.normal():.2f}" for n in range(200)]
    used = examine(written(tmp_path / "c.csv", clear))
    assert used.findings == ()
    assert used.given is not None
    assert "season 9 (from the values)" in used.given.summary
    week = [f"{100 + 10 * (n % 7 == 0) + RNG.normal():.2f}" for n in range(200)]
    assert examine(written(tmp_path / "w.csv", week)).findings == ()
    assert examine(tmp_path / "s.csv", DataSpec(season=(9,))).findings == ()


NINE = [f"{100 + 10 * (n % 9 == 0) + 2.9 * RNG.normal():.2f}" for n in range(200)]
SALES = [100 + n / 4 + float(RNG.normal()) for n in range(200)]
FAULTS: dict[str, tuple[str, list[str], list[str]]] = {
    "sentinel": ("sentinel", with_values({20: "-999", 80: "-999"}), DAYS),
    "zero run": ("zero-run", with_values(dict.fromkeys(range(90, 110), "0")), DAYS),
    "total": ("total", [*VALUES, f"{sum(map(float, VALUES)):.2f}"], [*DAYS, "2021-09-17"]),
    "unit": (
        "unit",
        [f"{v * (1000 if 60 <= n < 90 else 1):.2f}" for n, v in enumerate(SALES)],
        DAYS,
    ),
    "cut last": ("incomplete-last", with_values({199: "7"}), DAYS),
    "cut first": ("incomplete-first", with_values({0: "7"}), DAYS),
    "future": ("future", VALUES, [str(np.datetime64("now", "D") - 190 + n) for n in range(200)]),
    "gaps": ("gaps", VALUES[:150], [*DAYS[:70], *DAYS[75:155]]),
    "missing": ("missing", with_values({50: "", 60: ""}), DAYS),
    "duplicates": ("second-row", VALUES, [*DAYS[:50], DAYS[49], *DAYS[51:]]),
    "text": ("odd-value", with_values({50: "x", 60: "y"}), DAYS),
    "bad date": ("odd-time", VALUES, [*DAYS[:50], "2021-13-40", *DAYS[51:]]),
    "season": ("season", NINE, DAYS),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_check_fix_repairs_the_fault(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What follows "fix:" works when typed, and the finding is gone."""
    monkeypatch.chdir(tmp_path)
    code, values, days = FAULTS[fault]
    written(tmp_path / "my sales.csv", values, days)
    follow_fix(code, "my sales.csv", capfd)


COLUMNS = {
    "no-values": "day,empty,sales units\n" + "".join(f"{day},,{n}\n" for n, day in enumerate(DAYS)),
    "no-time": "sales,a b\n" + "".join(f"{n % 7}.5,{2 * n}\n" for n in range(1, 30)),
    "unread-time": "time,my day,y\n"
    + "".join(f"x{n},{day},{n % 5}\n" for n, day in enumerate(DAYS)),
    "many-columns": "ds,y," + ",".join(f"my {n}" for n in range(2100)) + "\n"
    + "".join(f"{day}{',1.5' * 2101}\n" for day in DAYS[:9]),
    "encoding": "day,umsätze\n" + "".join(f"{day},{n}\n" for n, day in enumerate(DAYS)),
    "second-row": "time,load\n" + "".join(
        f"{day}T{hour:02d}:00,{hour + 5}\n"
        for day in ("2024-10-26", "2024-10-27", "2024-10-28")
        for hour in sorted([*range(24), *[2] * (day == "2024-10-27")])
    ),
    "several-targets": "day,a b,c d\n" + "".join(f"{day},1.5,{n}\n" for n, day in enumerate(DAYS)),
    "several-times": "my day,other day,sales\n" + "".join(
        f"{day},{day},{n}\n" for n, day in enumerate(DAYS)
    ),
    "unclear-days": "day,y\n" + "".join(f"{n}/3/2024,{n}.5\n" for n in range(1, 13)),
    "unclear-number": "day,y\n" + "".join(f'{day},"1,{n + 100}"\n' for n, day in enumerate(DAYS)),
    "unclear-frequency": "day,y\n" + "".join(
        f"{np.datetime64('2024-01-01') + n * (n + 1) // 2},{n}\n" for n in range(9)
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", COLUMNS)
def test_check_fix_names_what_the_file_has(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Columns, zones and signs in a fix are those of the file, quoted for the shell."""
    monkeypatch.chdir(tmp_path)
    Path("it's mine.csv").write_text(COLUMNS[code], encoding="cp1252")
    typed = ["--target", "empty"] if code == "no-values" else []
    follow_fix(code, "it's mine.csv", capfd, typed)


def follow_fix(
    code: str, name: str, capfd: pytest.CaptureFixture[str], typed: Sequence[str] = ()
) -> None:
    """Type what follows "fix:", after which the finding is gone."""
    run(["check", name, *typed, "--json"])
    found = json.loads(capfd.readouterr().out)["data"]["findings"]
    (fix,) = {one["fix"] for one in found if one["code"] == code}
    fix = fix.partition(", or ")[0]
    if fix.startswith("forecast check "):
        words = shlex.split(fix)[1:]
    else:
        subprocess.run(["sh", "-c", fix], check=True)
        words = ["check", "repaired.csv"]
    assert run([*words, "--json"]) == 0, fix
    left = json.loads(capfd.readouterr().out)["data"]["findings"]
    assert code not in [one["code"] for one in left]


def test_check_fix_of_a_cut_file_drops_the_rest(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A last line with fewer fields and no end was being written."""
    path = written(tmp_path / "s.csv", VALUES[:-1], end=f"\n{DAYS[199]}")
    run(["check", str(path), "--json"])
    found = json.loads(capfd.readouterr().out)["data"]["findings"]
    (cut,) = [one for one in found if one["code"] == "cut-short"]
    assert (cut["line"], cut["severity"]) == (201, "warning")
    subprocess.run(["sh", "-c", cut["fix"]], check=True, cwd=tmp_path)
    assert examine(tmp_path / "repaired.csv").findings == ()


def test_check_deletes_no_lines_to_no_avail(tmp_path: Path) -> None:
    """A file without times has none after its first lines are left out, so that is no fix."""
    path = tmp_path / "words.csv"
    path.write_text("where,v\n" + "".join(f"shop {n},{n % 5 + 0.5}\n" for n in range(40)))
    (found,) = examine(path).findings
    assert (found.code, found.lines, found.count) == ("no-time", (2,), 1)
    assert found.fix == "add a column of dates such as 2024-01-31, or of whole numbers 1, 2, 3, ..."


def test_check_fix_of_stale_data_allows_their_age(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Data older than allowed are refused by every command that reads, and shown all the same."""
    path = str(written(tmp_path / "s.csv", VALUES))
    assert run(["check", path, "--max-age", "2d", "--json"]) == 3
    stdout, stderr = capfd.readouterr()
    document = json.loads(stdout)
    found = document["data"]
    (fix,) = [one["fix"] for one in found["findings"] if one["code"] == "stale"]
    assert document["ok"] is False
    assert (found["usable"], found["profile"]["rows"]) == (False, 200)
    assert json.loads(stderr)["exit"] == 3
    assert run(shlex.split(fix)[1:]) == 0


def test_check_says_nothing_when_quiet(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Then the exit code tells, and only a refusal is said."""
    assert run(["check", str(written(tmp_path / "s.csv", VALUES)), "-q"]) == 0
    assert capfd.readouterr() == ("", "")
    bad = written(tmp_path / "b.csv", with_values({9: "x"}))
    assert run(["check", str(bad), "-q"]) == 3
    stdout, stderr = capfd.readouterr()
    assert (stdout, stderr.splitlines()[0][:6]) == ("", "error:")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 table", "no-table"), (b"<!DOCTYPE html><html></html>", "no-table"),
        (b"", "empty-file"),
    ],
)  # fmt: skip
def test_examine_reports_what_is_no_table(content: bytes, code: str, tmp_path: Path) -> None:
    """A file of another kind is an error like others, with a report."""
    (tmp_path / "s.csv").write_bytes(content)
    found = examine(tmp_path / "s.csv")
    assert codes(found, "error") == [code]
    assert found.refusal is not None
    assert found.given is None


def test_check_trusts_rows_that_leave_their_ends_out(tmp_path: Path) -> None:
    """Where many rows have fewer fields, a last one that has is not cut short."""
    rows = [
        f"{day},{value}" + (",x" if n % 5 == 0 else "")
        for n, (day, value) in enumerate(zip(DAYS, VALUES, strict=True))
    ]
    (tmp_path / "s.csv").write_text("day,sales,remark\n" + "\n".join(rows))
    assert codes(examine(tmp_path / "s.csv"), "warning", "error") == []


def test_examine_repairs_repeated_hours_by_their_zone(tmp_path: Path) -> None:
    """An hour that comes twice is no duplicate where clocks also skip one in spring."""
    utc = np.datetime64("2022-01-01T00") + np.arange(24 * 320)
    summer = (utc >= np.datetime64("2022-03-27T01")) & (utc < np.datetime64("2022-10-30T01"))
    local = utc + np.where(summer, 2, 1)
    rows = (f"{str(one).replace('T', ' ')}:00,{5 + n % 24}" for n, one in enumerate(local))
    path = tmp_path / "s.csv"
    path.write_text("time,load\n" + "\n".join(rows) + "\n")
    found = examine(path)
    (error,) = [one for one in found.findings if one.severity == "error"]
    assert (error.code, (error.fix or "").partition("--")[2]) == ("second-row", "tz Europe/Berlin")
    assert codes(examine(path, DataSpec(tz="Europe/Berlin")), "error", "warning") == []


def test_examine_survives_huge_values(tmp_path: Path) -> None:
    """Means of values near the largest number are finite, in the report and as JSON."""
    path = written(tmp_path / "s.csv", ["1e308", "-1e308", "1.5e308"] * 60)
    described = examine(path).profile
    assert described is not None
    assert np.isfinite(described.shapes[0].mean)
    assert json.dumps(described.to_dict(), allow_nan=False)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_examine_leaves_lines_out_whatever_ends_them(ending: str, tmp_path: Path) -> None:
    """Line numbers are those of the file."""
    path = written(tmp_path / "s.csv", with_values({9: "x", 19: "y"}))
    path.write_bytes(path.read_bytes().replace(b"\n", ending.encode()))
    (error,) = [one for one in examine(path).findings if one.severity == "error"]
    assert (error.lines, error.count) == ((11, 21), 2)


def test_examine_leaves_characters_of_two_bytes_whole(tmp_path: Path) -> None:
    """No fault is found that only came from cutting a line out of UTF-16."""
    path = written(tmp_path / "s.csv", with_values({9: "x", 19: "y"}))
    path.write_bytes(path.read_text().encode("utf-16"))
    (error,) = [one for one in examine(path).findings if one.severity == "error"]
    assert error.lines == (11,)
