"""The report of an examination: narrow, plain where it must be, and complete."""

from io import BytesIO, StringIO

import pytest
from rich.console import Console

from forecast.examine import examine
from forecast.finding import Finding
from forecast.report.checkup import MOST_FINDINGS, WIDTH, checkup, verdict
from forecast.report.sparkline import sparkline
from tests.commands import PASSENGERS, ROOT


def drawn(name: str, *, colour: bool) -> str:
    """Draw a sample file's report as on a terminal of 80 columns."""
    stream = StringIO()
    console = Console(
        file=stream, width=WIDTH, force_terminal=True, color_system="standard" if colour else None
    )
    console.print(checkup(name, examine(ROOT / "data" / name)))
    return stream.getvalue()


@pytest.mark.parametrize("name", ["macro.csv", "co2.csv"])
def test_checkup_fits_eighty_columns(name: str) -> None:
    """No line of a report is longer, and none is colour where there shall be none."""
    text = drawn(name, colour=False)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "\x1b" not in text
    assert text.startswith(f"{name}: ")
    for word in ("span", "frequency", "seasons", "trend", "stationary", "course"):
        assert word in text


def test_checkup_colours_severities() -> None:
    """On a terminal that can, a note is cyan."""
    assert "\x1b[36mnote" in drawn("co2.csv", colour=True)


def test_checkup_does_not_judge_seasons_that_are_too_short() -> None:
    """Of fewer than four years nobody can say that months do not repeat."""
    lines = PASSENGERS.read_bytes().splitlines(keepends=True)
    for years, said in ((3, "12 (too short to tell), 6 (strength 0.44)"), (4, "12 (strength 0.")):
        console = Console(file=StringIO(), width=WIDTH)
        with console.capture() as captured:
            console.print(checkup("s.csv", examine(BytesIO(b"".join(lines[: 12 * years + 1])))))
        assert f"seasons     {said}" in captured.get()


def test_checkup_shows_ids_as_they_are() -> None:
    """Names in brackets are no markup, long ones are cut."""
    rows = "".join(f"[red]{'x' * 40},{n},{n}\n[/],{n},5\n" for n in range(9))
    console = Console(file=StringIO(), width=WIDTH)
    with console.capture() as captured:
        console.print(checkup("s.csv", examine(BytesIO(f"id,t,y\n{rows}".encode()))))
    assert "[red]xxxxxxxxxx…" in captured.get()
    assert "[/]" in captured.get()


def test_verdict_counts_by_severity() -> None:
    """Errors make a file unusable; notes do not."""
    note, error = Finding("note", "a", None, "m"), Finding("error", "b", None, "m")
    assert verdict([note]) == "can be used; 1 note"
    assert verdict([note, error, note]) == "cannot be used as it is; 1 error, 2 notes"
    assert MOST_FINDINGS > 10


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"),
        ([5, 5, None], "▁▁ "),
        ([], ""),
        ([None], " "),
        ([-1e308, 1e308], "▁█"),
    ],
)
def test_sparkline_spans_from_low_to_high(course: list[float | None], expected: str) -> None:
    """The lowest bar is the least value, the highest the greatest; a blank is nothing."""
    assert sparkline(course) == expected
