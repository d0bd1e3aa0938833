"""The report's page: structure, names that try to be markup, and what it may load."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.forecaster import Forecaster
from forecast.page.commands import Origin, flags
from forecast.page.document import to_html, to_script
from forecast.page.observer import Seen
from forecast.page.series import FEWEST, pack, packed_series, shown_places
from forecast.page.study import Study, study
from forecast.page.subject import Asked, Subject
from forecast.page.tables import roughly
from forecast.page.trial import Match, hold
from forecast.panel import Panel
from forecast.read import Input
from forecast.reading.columns import Columns
from forecast.spec import DataSpec

HOSTILE = (
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(2)>",
    "مبيعات \u2028 😀 {{ 7 * 7 }}",
)
"""Names of series that end what they stand in, where they are not taken as text."""

ASKED = Asked(baselines=("naive",), windows=3, workers=1)
ORIGIN = Origin(("report", "a b.csv"), "a b.csv", DataSpec(time="day"), None)


class Elements(HTMLParser):
    """All elements of a page with their attributes, and the text of those that matter."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.open.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]][-1] += data

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass


def hostile_input(rows: int = 60) -> Input:
    """Give series with a season of twelve months whose names are markup."""
    time = np.arange(rows)
    season = 10 * np.sin(2 * np.pi * time / 12)
    noise = np.random.default_rng(0).standard_normal((3, rows))
    target = (100 + season + np.arange(3)[:, None] * 10 + noise).ravel()
    months = np.tile((np.datetime64("2015-01") + time).astype("M8[ns]"), 3)
    panel = Panel(HOSTILE, np.arange(4) * rows, months, target, "MS")
    columns = Columns("month", '<b>sales</b> & "more"', "shop", "%Y-%m")
    return Input(panel, columns, "three shops", "0" * 64, "a b.csv")


def subject_of(given: Input) -> Subject:
    """Let the pretrained network forecast six steps."""
    return Subject(given, given, Forecaster(), 6, trained=False)


@pytest.fixture(scope="module")
def found() -> Study:
    """Give a study by the pretrained network, which explains two of three series."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(study.__globals__, "MOST_EXPLAINED", 2)  # though modules be loaded again
        return study(subject_of(hostile_input()), ASKED)


@pytest.fixture(scope="module")
def page(found: Study) -> str:
    """Give the page of the study."""
    return to_html(found, ASKED, ORIGIN)


def payload(page: str) -> dict[str, object]:
    """Read what the page's script reads."""
    match = re.search(r'<script type="application/json" id="payload">(.*?)</script>', page, re.S)
    assert match
    made: dict[str, object] = json.loads(match[1])
    return made


def test_page_shows_every_part(page: str) -> None:
    """Verdict, forecast, backtest, calibration, errors, parts, findings and commands are there."""
    elements = Elements(page)
    charts = [given["id"] for tag, given in elements.elements if given.get("role") == "img"]
    assert charts == [
        "forecast", "errors", "calibration", "residuals", "part-trend", "part-season12",
        "part-rest", "influence", "parts-of", "memory", "states",
    ]  # fmt: skip
    assert set(payload(page)["roots"]) == {*charts, "strip"}  # type: ignore[call-overload]
    assert "use" in re.search(r'<p class="verdict">(.*?)</p>', page)[1]  # type: ignore[index]
    why, *commands = elements.texts["code"]
    assert why == "forecast explain 'a b.csv' --horizon 6 --time day"
    assert commands[:2] == [
        "forecast report 'a b.csv'",
        "forecast predict 'a b.csv' --horizon 6 --time day",
    ]
    assert "--baseline naive --windows 3 --horizon 6 --time day" in commands[-1]


def test_page_takes_names_as_text(page: str) -> None:
    """A name is never markup: it makes no element, no attribute and no script."""
    elements = Elements(page)
    assert {tag for tag, _ in elements.elements} & {
        "img",
        "b",
        "iframe",
        "object",
        "embed",
    } == set()
    assert [one for _, given in elements.elements for one in given if one.startswith("on")] == []
    assert len([tag for tag, _ in elements.elements if tag == "script"]) == 3
    names = [one["id"] for one in payload(page)["series"]]  # type: ignore[attr-defined]
    assert names == list(HOSTILE)
    assert "{{ 7 * 7 }}" in json.dumps(names)


def test_page_requests_nothing(page: str) -> None:
    """Nothing in it is loaded from anywhere, and the browser is told to refuse it."""
    elements = Elements(page)
    places = [
        value
        for _, given in elements.elements
        for name, value in given.items()
        if name in ("src", "href", "action", "data", "poster", "srcset")
    ]
    assert places == ["#forecast-section"]
    assert {tag for tag, _ in elements.elements} & {"link", "base", "form"} == set()
    assert not re.search(r"@import|url\(", "".join(elements.texts["style"]))
    policy = next(
        given["content"]
        for _, given in elements.elements
        if "Security" in given.get("http-equiv", "")
    )
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_page_is_small_and_the_same_again(found: Study, page: str) -> None:
    """The same study gives the same bytes, three megabytes at most beside its numbers."""
    assert to_html(found, ASKED, ORIGIN) == page
    assert len(page.encode()) < 3_000_000


def test_page_stands_beside_a_table_for_each_chart(page: str) -> None:
    """Every chart is followed by a table of its numbers, with headings for screen readers."""
    elements = Elements(page)
    tables = [tag for tag, _ in elements.elements if tag in ("table", "caption")]
    assert tables == ["table", "caption"] * (7 + 2 * 4)  # four for each explained series
    scopes = {given.get("scope") for tag, given in elements.elements if tag == "th"}
    assert scopes == {"col", "row"}


def test_page_says_what_there_is_not(found: Study) -> None:
    """A page without a backtest, parts and explanation says why, and draws the rest."""
    short = Input(hostile_input().panel.tail(5), Columns(), "short", "0" * 64, None)
    why = hold(Match.arranged(subject_of(short), ASKED))
    assert why == "a horizon of 6 leaves no history: the longest series has 5 rows"
    nothing = replace(found.seen, trial=why, parts=(None,) * len(HOSTILE))
    bare = replace(found, look=lambda: nothing, explanations={}, unexplained="why not")
    page = to_html(bare, ASKED, ORIGIN)
    assert f"There is no verdict: {why}." in page
    assert "why not. This explains the series" in page
    assert set(payload(page)["roots"]) == {"forecast", "strip"}  # type: ignore[call-overload]


def test_page_says_how_many_series_it_leaves_out(
    found: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond so many numbers, series are left out evenly, and the page and its search say so."""
    numbers = 2 * (5 * found.subject.horizon + FEWEST)
    monkeypatch.setitem(shown_places.__globals__, "MOST_NUMBERS", numbers)
    page = to_html(found, ASKED, ORIGIN)
    assert "Series (2 of 3, evenly spread)" in page
    made = payload(page)
    assert [one["id"] for one in made["series"]] == [HOSTILE[0], HOSTILE[1]]  # type: ignore[attr-defined]
    assert made["left_out"] == 1


def test_page_waits_for_the_observer_last(found: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process knows is laid out while another one still looks at some series."""
    order = []

    def pack_series(given: Study) -> dict[str, Any]:
        order.append("packed")
        return packed_series(given)

    def look() -> Seen:
        order.append("looked")
        return found.seen

    monkeypatch.setitem(to_html.__globals__, "packed_series", pack_series)
    to_html(replace(found, look=look), ASKED, ORIGIN)
    assert order == ["packed", "looked"]


def test_page_says_which_model_stood_in(found: Study) -> None:
    """A forecast that the network had none of is told to be another model's."""
    made = replace(found.forecast, source=("SeasonalNaive", *found.forecast.source[1:]))
    page = to_html(replace(found, forecast=made), ASKED, ORIGIN)
    by = [one.get("by") for one in payload(page)["series"]]  # type: ignore[attr-defined]
    assert by == ["SeasonalNaive", None, None]
    assert "GRU had no forecast of this series: it is by <span>SeasonalNaive</span>" in page
    assert re.search('id="by" role="status" hidden', to_html(found, ASKED, ORIGIN))


def test_to_script_holds_no_mark_of_an_element() -> None:
    """JSON within a script element has none of the characters that could end it."""
    text = to_script({"names": [*HOSTILE, "a & b <!-- \ud800"]})
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text)["names"][:3] == list(HOSTILE)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0, 65535], "u2"),
        ([0, 65536], "u4"),
        ([0, 1 << 32], "f8"),
        ([1.5, np.nan], "f4"),
        ([1e38], "f8"),
        ([1e-40, 0], "f8"),
        ([0.0, 0.0], "f4"),
    ],
)
def test_pack_takes_the_smallest_kind_that_holds(values: list[float], kind: str) -> None:
    """Numbers come back from the text: whole ones exactly, others to seven digits."""
    import base64

    name, _, text = pack(np.array(values)).partition(":")
    back = np.frombuffer(base64.b64decode(text), f"<{kind}")
    assert name == kind
    np.testing.assert_allclose(back, values, rtol=1e-6)


def test_flags_give_the_settings_back() -> None:
    """Flags are those a person would type for the settings."""
    reading = DataSpec(na=(-999.0,), missing="zero", drop_last_incomplete=True)
    assert flags(reading) == ["--missing", "zero", "--na", "-999", "--drop-last-incomplete"]


def test_roughly_knows_no_stopwatch() -> None:
    """Times are told so roughly that the same work is told the same."""
    assert roughly(2.0) == roughly(9.0) == "under 10 s"


def test_report_leaves_inputs_alone(tmp_path: Path) -> None:
    """The page never replaces what it is made from."""
    from forecast.cli.common import run

    path = tmp_path / "a.csv"
    path.write_text("t,y\n1,2\n")
    assert run(["report", str(path), "-o", str(path), "--quiet"]) == 2
    assert path.read_text() == "t,y\n1,2\n"
