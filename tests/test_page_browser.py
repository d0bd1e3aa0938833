"""The report in a browser: it draws, asks for nothing, and is used by keyboard."""

import os
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.forecaster import Forecaster
from forecast.page.commands import Origin
from forecast.page.document import to_html
from forecast.page.study import study
from forecast.page.subject import Asked, Subject
from forecast.panel import Panel
from forecast.read import Input
from forecast.reading.columns import Columns
from forecast.spec import DataSpec

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PATIENCE = 300_000
"""Milliseconds that the browser may take for anything on a busy machine."""

FAULTS = Path(__file__).parent / "faults.js"

NAMES = (
    "Plaïn Straße",
    "</script><script>window.executed = 1</script>",
    "\"><img src=x onerror='window.executed = 2'>",
    "مبيعات 😀",
    "{{ 7 * 7 }} & <b>bold</b>",
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a page about five series, four of whose names are hostile."""
    rows = 60
    time = np.arange(rows)
    noise = np.random.default_rng(1).standard_normal((len(NAMES), rows))
    level = 100 * 10.0 ** np.array([0, 1, 2, 3, 20])[:, None]
    target = level + 10 * np.sin(2 * np.pi * time / 12) + noise
    months = np.tile((np.datetime64("2015-01") + time).astype("M8[ns]"), len(NAMES))
    panel = Panel(NAMES, np.arange(len(NAMES) + 1) * rows, months, target.ravel(), "MS")
    columns = Columns("month", "<i>sales</i>", "shop", "%Y-%m")
    given = Input(panel, columns, "five shops", "0" * 64, "shops.csv")
    asked = Asked(baselines=("naive",), workers=1)
    found = study(Subject(given, given, Forecaster(), 6, trained=False), asked)
    made = tmp_path_factory.mktemp("page") / "report.html"
    made.write_text(to_html(found, asked, Origin(("report",), "shops.csv", DataSpec(), None)))
    return made


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give a browser with a profile of its own."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=CHROMIUM, args=list(FLAGS), timeout=PATIENCE
        )
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def opened(browser: Any, path: Path) -> Iterator[tuple[Any, list[str], list[str]]]:
    """Open the page once, and write down what it asks for and complains about."""
    tab = browser.new_page(viewport={"width": 1000, "height": 900})
    tab.set_default_timeout(PATIENCE)
    trouble: list[str] = []
    requests: list[str] = []
    tab.on("console", lambda one: trouble.append(one.text) if one.type != "log" else None)
    tab.on("pageerror", lambda one: trouble.append(str(one)))
    tab.on("dialog", lambda one: trouble.append(one.message))
    tab.on("request", lambda one: requests.append(one.url))
    tab.goto(path.as_uri())
    tab.wait_for_selector("html[data-ready]", state="attached")
    yield tab, trouble, requests
    tab.close()


@pytest.fixture
def seen(opened: tuple[Any, list[str], list[str]], path: Path) -> Iterator[Any]:
    """Give the tab; no test may make the page complain, or ask for anything but itself."""
    tab, trouble, requests = opened
    yield tab
    assert trouble == []
    assert [one for one in requests if not one.startswith("data:")] == [path.as_uri()]


def marks(tab: Any, chart: str) -> int:
    """Count what is drawn in a chart."""
    script = """name => {
        let found = 0;
        const walk = (node) => {
            found += node.querySelectorAll("svg path").length;
            for (const one of node.querySelectorAll("*")) if (one.shadowRoot) walk(one.shadowRoot);
        };
        walk(document.getElementById(name));
        return found;
    }"""
    return int(tab.evaluate(script, chart))


def test_page_draws_every_chart(seen: Any) -> None:
    """Each chart holds marks, without an error and without a request."""
    charts = seen.eval_on_selector_all(".chart", "all => all.map(one => one.id)")
    assert len(charts) == 12
    assert {name: marks(seen, name) > 3 for name in charts} == dict.fromkeys(charts, True)


def test_page_finds_a_series_by_keyboard(seen: Any) -> None:
    """Typing filters the list, Enter shows the first, arrows go on; numbers follow."""
    seen.select_option("#list", "0")
    first = seen.text_content("#numbers tbody tr:first-child td")
    assert seen.inner_text("#name") == NAMES[0]
    for wanted, count in (("STRASSE plain", 1), ("plain bold", 0), ("  ", 5)):
        seen.fill("#search", wanted)
        assert seen.inner_text("#matches") == f"{count} of 5 series"
    seen.fill("#search", "")
    seen.focus("#search")
    seen.keyboard.type("BOLD")
    assert seen.inner_text("#matches") == "1 of 5 series"
    seen.keyboard.press("Enter")
    assert seen.inner_text("#name") == NAMES[4]
    assert seen.text_content("#numbers tbody tr:first-child td") != first
    seen.fill("#search", "")
    seen.keyboard.press("ArrowDown")
    seen.keyboard.press("ArrowDown")
    assert seen.inner_text("#name") == NAMES[1]


def test_page_writes_numbers_of_any_size(seen: Any) -> None:
    """Huge values have an exponent instead of many digits that say nothing."""
    written = []
    for place in ("0", "4"):
        seen.select_option("#list", place)
        written.append(seen.text_content("#numbers tbody tr:first-child td"))
    assert re.fullmatch(r"\d+\.\d", written[0])
    assert re.fullmatch(r"\d\.\d{3}e\+2[12]", written[1])


def test_page_executes_no_name(seen: Any) -> None:
    """Every hostile name is shown as it is, and nothing of it runs."""
    for place, name in enumerate(NAMES):
        seen.select_option("#list", str(place))
        assert seen.text_content("#name") == name
    assert seen.inner_text("h1") == "<i>sales</i>"
    assert seen.evaluate("window.executed") is None


def test_page_zooms_by_buttons(seen: Any) -> None:
    """Buttons, which the keyboard reaches, change the time that is seen."""
    script = "Bokeh.documents[0].get_model_by_name('seen').start"
    seen.click("[data-view=fan]")
    recent = seen.evaluate(script)
    seen.focus("[data-view=all]")
    seen.keyboard.press("Enter")
    everything = seen.evaluate(script)
    assert everything < recent
    assert seen.get_attribute("[data-view=all]", "aria-pressed") == "true"
    seen.click("[data-view=closer]")
    assert seen.evaluate(script) > everything


@pytest.mark.parametrize(("width", "scheme"), [(1000, "light"), (1000, "dark"), (380, "light")])
def test_page_fits_and_follows_the_theme(seen: Any, width: int, scheme: str) -> None:
    """No width is left over on a phone, and paper and ink are those of the reader's device."""
    seen.set_viewport_size({"width": width, "height": 900})
    seen.emulate_media(media="screen", color_scheme=scheme)
    seen.wait_for_timeout(300)
    assert seen.evaluate("document.documentElement.scrollWidth") <= width
    paper = seen.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(21, 24, 28)" if scheme == "dark" else "rgb(255, 255, 255)")
    place = os.environ.get("REPORT_SCREENSHOTS")
    if place:  # for a person to look at
        seen.screenshot(path=Path(place) / f"report-{scheme}-{width}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_told_by_screen_readers(seen: Any, scheme: str) -> None:
    """Landmarks, headings, names, captions, references, focus and contrast are in order."""
    seen.emulate_media(media="screen", color_scheme=scheme)
    seen.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert seen.evaluate(FAULTS.read_text(encoding="utf-8")) == []
    seen.evaluate("for (const one of document.querySelectorAll('details')) one.open = false")


def test_page_is_walked_through_by_tab(seen: Any) -> None:
    """Tab goes first past everything to the forecast, then down the page, and into no chart."""
    seen.emulate_media(media="screen", color_scheme="light")
    body = "const body = document.body; body.tabIndex = -1; body.focus();"
    seen.evaluate(f"{body} body.removeAttribute('tabindex')")  # where the way begins
    seen.keyboard.press("Tab")
    assert seen.evaluate("document.activeElement.className") == "skip"
    heights = []
    for _ in range(60):
        seen.keyboard.press("Tab")
        one = seen.evaluate(
            """() => {
                const one = document.activeElement, seen = one.getBoundingClientRect();
                return [one.tagName, one.className, seen.top + scrollY];
            }"""
        )
        if one[0] == "BODY":
            break
        assert one[1] != "chart"
        heights.append(one[2])
    assert len(heights) > 20
    assert all(after >= before - 40 for before, after in pairwise(heights))  # or side by side


def test_page_explains_the_series_that_is_chosen(seen: Any) -> None:
    """The look inside follows the choice; where there is none it says so, with the command."""
    script = "Bokeh.documents[0].get_model_by_name('shares').data.share[0]"
    seen.select_option("#list", "0")
    first = seen.evaluate(script)
    seen.select_option("#list", "1")
    assert seen.inner_text("#why-name") == NAMES[1]
    assert not seen.is_visible("#why-note")
    assert seen.evaluate(script) != first
    assert seen.inner_text("[data-explained]:not([hidden]) li >> nth=0").startswith(NAMES[1][:9])
    seen.select_option("#list", "4")
    assert seen.is_visible("#why-note")
    assert seen.inner_text("#why-note .why-command") == (
        "forecast explain shops.csv --horizon 6 --series '{{ 7 * 7 }} & <b>bold</b>'"
    )
    seen.select_option("#list", "0")


def test_page_prints_without_controls(seen: Any) -> None:
    """On paper there is nothing to click; charts and the numbers of the forecast are there."""
    seen.emulate_media(media="print", color_scheme="dark")
    assert not seen.is_visible("#search")
    assert seen.is_visible("#numbers tbody tr")
    assert seen.evaluate("document.getElementById('forecast').offsetHeight") > 200
    assert seen.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
