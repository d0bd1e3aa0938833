"""Charts: what they show, found in the axes that are drawn, and files that do not vary."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.dates import num2date
from matplotlib.figure import Figure
from PIL import Image

from forecast.charts.fan import picture_forecast
from forecast.charts.figure import draw, render
from forecast.charts.folds import picture_comparison
from forecast.charts.limits import limits
from forecast.charts.oddities import picture_findings
from forecast.charts.palette import DARK, LIGHT, Theme
from forecast.charts.picture import Facet, Line, Picture, clean
from forecast.charts.ticks import date_labels, date_ticks, number_labels, number_ticks
from forecast.evaluation.backtest import Backtest, Baselines, backtest
from forecast.evaluation.breakdown import break_down
from forecast.finding import Finding
from forecast.panel import Panel, Series
from forecast.read import Input, read_csv
from forecast.reading.columns import Columns
from forecast.result import Forecast
from forecast.spec import BacktestSpec
from forecast.timeline.calendar import next_timestamps
from tests.commands import PASSENGERS

SVG = "{http://www.w3.org/2000/svg}"
GOLDEN = Path(__file__).parent / "golden"
MONTHS = np.arange("2015-01", "2020-01", dtype="M8[M]").astype("M8[ns]")
COLUMNS = Columns("month", "turnover (EUR)", "shop", "%Y-%m")


def panel_of(count: int, rows: int = 60) -> Panel:
    """Several series of months."""
    seasons = 10 + np.sin(np.arange(rows) * np.pi / 6)
    series = [Series(f"shop {n}", MONTHS[:rows], seasons * (n + 1)) for n in range(count)]
    return Panel.from_series(series, "MS")


def forecast_of(panel: Panel, horizon: int = 6) -> Forecast:
    """The last value, plus and minus a tenth for each quantile away from the median."""
    levels = (0.025, 0.1, 0.5, 0.9, 0.975)
    last = panel.target[panel.indptr[1:] - 1]
    spread = 1 + np.array([-0.2, -0.1, 0.0, 0.1, 0.2])
    return Forecast(
        "GRU",
        panel.ids,
        panel.cutoffs,
        next_timestamps(panel.cutoffs, panel.freq, horizon),
        np.repeat(last[:, None], horizon, axis=1),
        levels,
        np.repeat((last[:, None] * spread)[:, None], horizon, axis=1),
        ("GRU",) * len(panel),
    )


def texts(figure: Figure) -> list[str]:
    """Everything that stands above the axes."""
    legends = [one.get_text() for legend in figure.legends for one in legend.get_texts()]
    return [*(one.get_text() for one in figure.texts), *legends]


def dates(axes: Axes) -> list[str]:
    """Labels of the x axis in one line each."""
    return [one.get_text().strip().replace("\n", " ") for one in axes.get_xticklabels()]


def test_draw_shows_history_forecast_and_both_intervals() -> None:
    """The end of the history, the forecast that goes on from it, and a band for each level."""
    panel = panel_of(1)
    figure = draw(picture_forecast(panel, forecast_of(panel), COLUMNS))
    (axes,) = figure.axes
    history, ahead = (one for one in axes.lines if len(np.asarray(one.get_xdata())) > 1)
    assert len(np.asarray(history.get_xdata())) == 24
    assert (
        np.asarray(history.get_xydata())[-1].tolist() == np.asarray(ahead.get_xydata())[0].tolist()
    )
    assert len(np.asarray(ahead.get_xdata())) == 7
    edges = [np.asarray(one.get_paths()[0].vertices) for one in axes.collections]
    heights = [float(np.ptp(one[:, 1])) for one in edges]
    assert heights == pytest.approx([0.4 * panel.target[-1], 0.2 * panel.target[-1]])
    assert texts(figure) == [
        "turnover (EUR)", "Forecast by GRU, 6 steps ahead, monthly (MS)",
        "history", "forecast", "80 % interval", "95 % interval",
    ]  # fmt: skip
    assert dates(axes)[:3] == ["Jan 2018", "Apr", "Jul"]


def test_draw_gives_many_series_small_charts_with_a_limit() -> None:
    """Twelve of them, each under its name, and the words above say how many there are."""
    panel = panel_of(40)
    figure = draw(picture_forecast(panel, forecast_of(panel), COLUMNS))
    assert [one.get_title(loc="left") for one in figure.axes] == [f"shop {n}" for n in range(12)]
    assert texts(figure)[1].endswith("12 of 40 series")


def test_draw_names_the_fallback_of_a_series() -> None:
    """Whoever made a forecast is written over it where it is not the model."""
    panel = panel_of(2)
    made = forecast_of(panel)
    mixed = Forecast(**{**vars(made), "source": ("GRU", "SeasonalNaive")})
    titles = [
        one.get_title(loc="left") for one in draw(picture_forecast(panel, mixed, COLUMNS)).axes
    ]
    assert titles == ["shop 0", "shop 1 (by SeasonalNaive)"]


def test_draw_follows_the_zone_of_the_file() -> None:
    """Times that are kept in UTC are shown as clocks in the file's zone show them."""
    hours = np.arange("2024-01-01T00", "2024-01-02T12", dtype="M8[h]").astype("M8[ns]")
    panel = Panel.from_series([Series("a", hours, np.arange(36.0))], "h")
    columns = Columns("time", "load", None, "%Y-%m-%d %H:%M @Asia/Tokyo")
    (axes,) = draw(picture_forecast(panel, forecast_of(panel, 3), columns)).axes
    first = axes.get_xticks()[0]
    shown = datetime.strptime(dates(axes)[0], "%H:%M %d %b %Y")
    assert num2date(first).replace(tzinfo=None).hour == (shown.hour - 9) % 24


def test_draw_counts_where_there_is_no_calendar() -> None:
    """Whole numbers are written as they are, without a thousands sign."""
    panel = Panel.from_series([Series("a", np.arange(1990, 2020), np.arange(30.0))], "1")
    columns = Columns("year", "y", None, "integer")
    (axes,) = draw(picture_forecast(panel, forecast_of(panel, 3), columns)).axes
    assert set(dates(axes)) <= {str(year) for year in range(1990, 2024)}


@pytest.mark.parametrize(
    "values",
    [[5.0] * 8, [0.0] * 8, [1e200, -1e200] * 4, [1e-300, 2e-300] * 4, [np.nan, *[1.0] * 7],
     [3.0, np.nan, np.nan, 4.0, np.nan, 5.0, np.nan, 6.0], [5.0]],
    ids=["constant", "zero", "huge", "tiny", "missing", "alone", "one"],
)  # fmt: skip
def test_draw_copes_with_odd_values(values: list[float]) -> None:
    """Constant, huge, tiny and missing values have limits that hold them, and no warnings."""
    dates = np.arange("2020-01", "2020-09", dtype="M8[M]").astype("M8[ns]")
    line = Line("a", dates[: len(values)], np.array(values))
    figure = draw(Picture("t", "s", (Facet("", (line,)),)))
    figure.canvas.draw()
    low, high = figure.axes[0].get_ylim()
    seen = np.clip(np.array(values)[~np.isnan(values)], -1e150, 1e150)
    assert low < seen.min() or low == seen.min() == 0
    assert high > seen.max()


def test_draw_marks_values_between_missing_ones() -> None:
    """A value without neighbours is no line, and is drawn as a dot."""
    line = Line("a", np.arange(5), np.array([1.0, np.nan, 2.0, np.nan, 3.0]))
    (axes,) = draw(Picture("t", "s", (Facet("", (line,)),))).axes
    assert np.asarray(axes.lines[1].get_xdata()).tolist() == [0, 2, 4]


def test_draw_thins_long_series_out_but_keeps_extremes() -> None:
    """A hundred thousand rows become some thousand points, and a single peak stays."""
    values = np.zeros(100_000)
    values[54_321] = 1.0
    line = Line("a", np.arange(len(values)), values)
    (axes,) = draw(Picture("t", "s", (Facet("", (line,)),))).axes
    points = np.asarray(axes.lines[0].get_xydata())
    assert len(points) < 6_000
    assert points[:, 1].max() == 1.0


@pytest.mark.parametrize(
    "name",
    [
        "price in $ (net $)",
        r"$\frac{1}{",
        "<b>&amp;",
        "売上高 😀",
        "إيرادات",
        "a\x1b[31m\tb\n",
        "x" * 500,
    ],
)
def test_render_shows_any_name_as_it_is(name: str) -> None:
    """Dollar signs are no formulas, and no script or control character stops a chart."""
    panel = panel_of(1)
    columns = Columns("month", name, name, "%Y-%m")
    drawn = render(picture_forecast(panel, forecast_of(panel), columns), "svg")
    assert ElementTree.fromstring(drawn)[0].tag == f"{SVG}title"
    words = [str(one.text) for one in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert clean(name)[:50] in [one[:50] for one in words]


@pytest.mark.parametrize("kind", ["png", "svg", pytest.param("pdf", marks=pytest.mark.slow)])
def test_render_gives_the_same_bytes_for_the_same_picture(kind: str) -> None:
    """No date, version or random name is in a file."""
    panel = panel_of(1)
    picture = picture_forecast(panel, forecast_of(panel), COLUMNS)
    first = render(picture, kind)  # type: ignore[arg-type]  # of the parameters above
    assert render(picture, kind) == first  # type: ignore[arg-type]
    assert first.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_render_looks_as_it_was_accepted(theme: Theme, tmp_path: Path) -> None:
    """The picture is the one that somebody has looked at, but for the edges of letters."""
    panel = panel_of(1 if theme is LIGHT else 2)
    drawn = render(picture_forecast(panel, forecast_of(panel), COLUMNS), "png", theme)
    (tmp_path / "chart.png").write_bytes(drawn)  # to look at, and to accept
    accepted = Image.open(GOLDEN / f"chart_{theme.name}.png").convert("RGB")
    found = Image.open(io.BytesIO(drawn)).convert("RGB").resize(accepted.size, Image.Resampling.BOX)
    away = np.asarray(found, dtype=np.float64) - np.asarray(accepted, dtype=np.float64)
    assert np.sqrt((away**2).mean()) < 3
    assert np.abs(away).mean(axis=2).max() < 90


def test_render_takes_the_theme_and_leaves_the_settings_of_others_alone() -> None:
    """The background is that of the theme; Matplotlib's own settings are as before."""
    import matplotlib as mpl

    mpl.rcParams["axes.facecolor"] = "pink"
    before = dict(mpl.rcParams)
    figure = draw(Picture("t", "s", (Facet("", (Line("a", np.arange(3), np.arange(3.0)),)),)), DARK)
    assert dict(mpl.rcParams) == before
    assert "pink" not in {str(one.get_facecolor()) for one in figure.axes}
    mpl.rcdefaults()


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20), st.booleans())
@settings(max_examples=50, deadline=None)
def test_limits_hold_all_values(values: list[float], positive: bool) -> None:
    """Everything shown lies within; nothing below zero is made up for what is not negative."""
    heights = np.abs(values) if positive else np.array(values)
    low, high = limits(Facet("", (Line("a", np.arange(len(heights)), heights),)))
    assert low <= heights.min() <= heights.max() <= high
    assert low < high


@pytest.fixture(scope="module")
def passengers() -> Input:
    return read_csv(PASSENGERS)


@pytest.fixture(scope="module")
def tested(passengers: Input) -> Backtest:
    """Two simple methods from three cutoffs."""
    names = ("seasonal-naive", "drift")
    return backtest({}, passengers.panel, BacktestSpec(6, 3), Baselines(names, 12, 1))


def test_picture_comparison_shows_models_from_their_cutoffs(
    passengers: Input, tested: Backtest
) -> None:
    """Each forecast starts from the last observation before it; no line joins two cutoffs."""
    picture = picture_comparison(tested, break_down(tested, "step", 12), passengers.columns)
    (facet,) = picture.facets
    actual, naive, drift = facet.lines
    assert [actual.name, naive.name, drift.name] == ["actual", *tested.quantiles]
    panel = passengers.panel
    assert [str(one)[:7] for one in facet.cutoffs] == ["1959-06", "1959-12", "1960-06"]
    starts = naive.y.reshape(3, -1)[:, 0]
    assert starts.tolist() == panel.target[tested.ends - 1].tolist()
    assert np.isnan(naive.y.reshape(3, -1)[:, -1]).all()
    middle = tested.quantiles[drift.name][..., tested.levels.index(0.5)]
    assert (drift.y.reshape(3, -1)[:, 1:-1] == middle).all()
    assert drift.x.reshape(3, -1)[:, 1:-1].tolist() == tested.timestamps.tolist()


def test_picture_comparison_shows_errors_by_steps_ahead(
    passengers: Input, tested: Backtest
) -> None:
    """Below are the errors of each model for each step, in the measure asked for."""
    by_step = break_down(tested, "step", 12)
    below = picture_comparison(tested, by_step, passengers.columns, "smape").below
    assert below is not None
    assert below.title == "sMAPE by steps ahead"
    for line in below.lines:
        assert line.x.tolist() == [1, 2, 3, 4, 5, 6]
        assert line.y.tolist() == by_step.measures[line.name]["smape"].tolist()


def test_draw_tells_models_apart(passengers: Input, tested: Backtest) -> None:
    """Two axes, a colour for each model, and a thin line at each cutoff."""
    by_step = break_down(tested, "step", 12)
    figure = draw(picture_comparison(tested, by_step, passengers.columns))
    over, below = figure.axes
    colours = [LIGHT.history, *LIGHT.models[:2]]
    assert [one.get_color() for one in over.lines if one.get_zorder() >= 2] == colours
    assert len([one for one in over.lines if one.get_zorder() == 1]) == 3
    assert below.get_title(loc="left") == "MASE by steps ahead"
    assert texts(figure)[2:] == ["actual", *tested.quantiles]


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Input:
    """Days with a gap, codes for missing values, an empty cell, and a row that comes twice."""
    days = [str(np.datetime64("2021-03-01") + n) for n in range(120)]
    values = [f"{100 + n % 7 + n / 10:.1f}" for n in range(120)]
    values[40] = values[41] = values[80] = "-999"
    values[100] = ""
    rows = [f"{day},{value}" for day, value in zip(days, values, strict=True)]
    rows = [*rows[:20], rows[19], *rows[20:60], *rows[65:]]
    path = tmp_path_factory.mktemp("charts") / "s.csv"
    path.write_text("day,sales\n" + "\n".join(rows) + "\n")
    from forecast.spec import DataSpec

    return read_csv(path, DataSpec(duplicates="first"))


def test_picture_findings_marks_what_was_found_where_it_is(dirty: Input) -> None:
    """Each code at its times: odd values where they are, gaps at the bottom."""
    (facet,) = picture_findings(dirty).facets
    found = {one.name: one for one in facet.marks}
    days = {code: [str(x)[:10] for x in one.x] for code, one in found.items()}
    assert days["sentinel"] == ["2021-04-10", "2021-04-11", "2021-05-20"]
    assert days["duplicates"] == ["2021-03-20"]
    assert days["gaps"] == [f"2021-0{month}-{day:02d}" for month, day in
                            ((4, 30), (5, 1), (5, 2), (5, 3), (5, 4))]  # fmt: skip
    assert found["sentinel"].y.tolist() == [-999.0] * 3
    assert np.isnan(found["gaps"].y).all()
    assert days["missing"] == ["2021-06-09"]


def test_draw_lists_the_findings_in_its_legend(dirty: Input) -> None:
    """Codes with different symbols in the colours of their severity."""
    figure = draw(picture_findings(dirty))
    assert texts(figure)[2:] == ["values", "sentinel", "duplicates", "gaps", "missing"]
    (axes,) = figure.axes
    marks = [one for one in axes.lines if one.get_linestyle() == "None"]
    looks = {(str(one.get_marker()), str(one.get_markeredgecolor())) for one in marks}
    assert len(looks) == len(marks) == 4
    assert marks[0].get_markeredgecolor() == LIGHT.findings["warning"]


def test_picture_findings_names_what_is_wrong_with_a_whole_series() -> None:
    """A constant series says so, is shown, and series without findings are not."""
    panel = panel_of(3)
    target = panel.target.copy()
    target[panel.indptr[1] : panel.indptr[2]] = 1.0
    from forecast.check import Subject, check

    panel = panel.with_target(target)
    findings = tuple(check(Subject(panel)))
    given = Input(panel, COLUMNS, "", "", None, findings)
    picture = picture_findings(given)
    assert [one.title for one in picture.facets] == ["shop 1, constant"]
    assert picture.subtitle(1).endswith("1 series with findings, 3 in all")


def test_picture_findings_places_a_refused_line_by_its_number(dirty: Input) -> None:
    """An error has a line and no place: it is marked at the row that stands there."""
    error = Finding("error", "refused", None, "bad", None, 12, None, 1, (12,))
    (facet,) = picture_findings(dirty, [error]).facets
    assert [str(one)[:10] for one in facet.marks[0].x] == ["2021-03-11"]


@pytest.mark.parametrize(
    ("ticks", "labels"),
    [
        ([0.0, 0.25, 0.5], ["0.00", "0.25", "0.50"]),
        ([-2e6, 0.0, 2e6], ["−2 M", "0", "2 M"]),
        ([1e9, 1.5e9], ["1.0 bn", "1.5 bn"]),
        ([1_000_000.0, 1_000_001.0], ["1.000000 M", "1.000001 M"]),
        ([0.0], ["0"]),
        ([], []),
    ],
)
def test_number_labels_have_the_digits_that_tell_them_apart(
    ticks: list[float], labels: list[str]
) -> None:
    """No digit too few or too many, large numbers in millions and billions."""
    assert number_labels(ticks) == labels


@given(
    st.datetimes(datetime(1680, 1, 1), datetime(2200, 1, 1)),
    st.floats(1, 1e9),
    st.integers(30, 120),
    st.sampled_from("\n "),
)
@settings(max_examples=100, deadline=None)
def test_date_ticks_have_room_beside_each_other(
    first: datetime, seconds: float, room: int, below: str
) -> None:
    """Whatever the span: round times within it, in order, and no two labels that touch."""
    last = first + timedelta(seconds=seconds)
    ticks = date_ticks(first, last, room, below)
    times = [at for at, _ in ticks]
    assert times == sorted(set(times))
    assert all(first <= at <= last and at.microsecond == 0 for at in times)
    assert sum(len(label.split("\n")[0]) + 1 for _, label in ticks) <= room
    assert ticks or seconds < 100 or room < 40


@pytest.mark.parametrize("least", [0.0, 1.0])
@given(st.floats(-1e12, 1e12), st.floats(1e-3, 1e12), st.integers(2, 12))
@settings(max_examples=100, deadline=None)
def test_number_ticks_are_round_and_within(
    least: float, low: float, size: float, most: int
) -> None:
    """Few, evenly spaced, between the ends, and whole numbers where these are asked for."""
    ticks = number_ticks(low, low + size, most, least)
    assert len(ticks) <= most + 1
    rounding = 1e-6 * size + 4 * float(np.spacing(abs(low) + size))
    assert all(low - rounding <= one <= low + size + rounding for one in ticks)
    assert not least or all(one == round(one) for one in ticks)
    if least == 0:
        assert len(ticks) >= most // 3


def test_date_labels_name_the_larger_unit_once() -> None:
    """Years under months, dates under times of day, where they begin or change."""
    years = [datetime(1900 + n, 1, 1) for n in (0, 20)]
    assert date_labels(years) == ["1900", "1920"]
    days = [datetime(2023, 12, 30), datetime(2024, 1, 2)]
    assert date_labels(days) == ["30 Dec\n2023", "2 Jan\n2024"]
    seconds = [datetime(2024, 1, 1, 5, 0, one) for one in (0, 30)]
    assert date_labels(seconds) == ["05:00:00\n1 Jan 2024", "05:00:30"]
