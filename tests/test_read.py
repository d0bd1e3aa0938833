"""Reading: what is found without flags, and what is refused with file and line."""

import gzip
import io
import subprocess
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.errors import DataError, ForecastError, NotFoundError, UsageError
from forecast.read import MOST_NOTES, Input, from_frame, read_csv
from forecast.spec import DataSpec
from forecast.timeline.timestamps import format_timestamps

MONTHS = [f"{2020 + i // 12}-{i % 12 + 1:02d}" for i in range(30)]
Reader = Callable[..., Input]


def csv(times: Iterable[object], values: Sequence[object] = (), header: str = "month,sales") -> str:
    times = list(times)
    pairs = zip(times, values or range(10, 10 + len(times)), strict=True)
    return "\n".join([header, *(f"{time},{value}" for time, value in pairs)]) + "\n"


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Write text to sales.csv in an empty folder and read it with a DataSpec."""
    monkeypatch.chdir(tmp_path)

    def read_text(text: str | bytes, **spec: object) -> Input:
        raw = text if isinstance(text, bytes) else text.encode()
        Path("sales.csv").write_bytes(raw)
        return read_csv("sales.csv", DataSpec.from_dict(spec))

    return read_text


def test_read_csv_says_what_it_chose(read: Reader) -> None:
    """The first note names columns, frequency, season and rows."""
    found = read(csv(MONTHS))
    assert found.notes == ("time 'month', target 'sales', monthly (MS), season 12, 30 rows",)
    assert (found.columns.time, found.columns.target, found.columns.id) == ("month", "sales", None)
    assert found.panel.target.tolist() == list(range(10, 40))
    assert (found.path, len(found.sha256), found.columns.time_format) == ("sales.csv", 64, "%Y-%m")


@pytest.mark.parametrize("name", ["data", "kw", "Tag", "zeit", "mo"])
@pytest.mark.parametrize("first", [14_321, 14_321.25, 1_400_000_321])
def test_read_csv_takes_numbers_that_go_up_and_down_for_no_times(
    read: Reader, name: str, first: float
) -> None:
    """Words for dates in one language are words for values in another."""
    lines = [name, *(str(first + 977 * (at % 3)) for at in range(20))]
    assert read("\n".join(lines)).columns.target == name
    numbered = [f",{lines[0]}", *(f"{at},{one}" for at, one in enumerate(lines[1:]))]
    assert read("\n".join(numbered)).columns.target == name


@pytest.mark.parametrize("name", ["week", "Woche", "semaine", "Kalenderwoche"])
def test_read_csv_reads_weeks_behind_a_point(read: Reader, name: str) -> None:
    """Columns that are called after weeks are kept as text: 10.2020 is not 10.202."""
    rows = [f"{at % 52 + 1:02}.{2021 + at // 52},{at}" for at in range(60)]
    found = read("\n".join([f"{name},sales", *rows]))
    assert (found.panel.freq, len(found.panel.target)) == ("W-MON", 60)


def test_read_csv_counts_by_numbers_beyond_the_years(read: Reader) -> None:
    """2401 names no year, and counts as 24010 does."""
    rows = [f"{at},{at % 7}" for at in range(2401, 2440) if at != 2408]
    assert read("\n".join(["step,sales", *rows])).panel.freq == "1"


@pytest.mark.parametrize("code", ["4711K{}", "1001U{}", "9912_{}", "8888-KW{}", "4711 (Q{})"])
@pytest.mark.parametrize(("name", "time"), [("when", "2024-01-{:02}"), ("year", "20{:02}")])
def test_read_csv_takes_codes_of_no_year_for_names_of_series(
    read: Reader, code: str, name: str, time: str
) -> None:
    """Quarters and weeks are of the years 1700 to 2200; codes of articles look like them."""
    rows = [f"{code.format(one)},{time.format(at)},5" for one in (1, 2) for at in range(1, 9)]
    found = read("\n".join([f"product,{name},sales", *rows]))
    assert (found.columns.time, found.columns.id) == (name, "product")


@pytest.mark.parametrize("name", ["Datum", "Jahr", "day"])
def test_read_csv_reads_years_that_were_made_floats(read: Reader, name: str) -> None:
    """They were so where some year was missing; in the first column any name will do."""
    found = read("\n".join([f"{name},sales", *(f"{1990 + at}.0,{at}" for at in range(12))]))
    assert (found.panel.freq, found.columns.time) == ("YS", name)


@pytest.mark.parametrize(
    ("header", "times"),
    [
        ("date;sales", [f"{45292 + at / 4:.2f}" for at in range(10)]),
        ("date;sales", [f"{45292 + at / 4:.2f}".replace(".", ",") for at in range(10)]),
        ("Datum;sales", [str(45292 + at) for at in range(10)]),
        ("Fecha;sales", [f"{45292 + at / 2:g}".replace(".", ",") for at in range(10)]),
    ],
)
def test_read_csv_reads_days_as_spreadsheets_count_them(
    read: Reader, header: str, times: list[str]
) -> None:
    """They may have fractions behind either sign, which forecasts keep, and foreign names."""
    lines = [header, *(f"{time};{at}" for at, time in enumerate(times))]
    found = read("\n".join(lines))
    assert str(found.panel.timestamps[0])[:10] == "2024-01-01"
    written = format_timestamps(found.panel.timestamps, found.columns.time_format).tolist()
    assert [one.replace(",", ".") for one in written] == [
        f"{float(one.replace(',', '.')):.8f}".removesuffix(".00000000") for one in times
    ]
    assert any("," in one for one in written) == any("," in one for one in times)


@pytest.mark.parametrize(
    ("text", "flags", "last"),
    [
        ("%m.%d.%Y", {}, "2024-02-29"),
        ("%d.%m.%Y", {}, "2024-02-29"),
        ("%m.%d.%Y %H:%M", {}, "2024-02-29"),
        ("%m.%d.%Y", {"monthfirst": True}, "2024-02-29"),
        ("%d.%m.%Y", {"dayfirst": True}, "2024-02-29"),
    ],
)
def test_read_csv_reads_dates_with_points_in_either_order(
    read: Reader, text: str, flags: dict[str, bool], last: str
) -> None:
    """A column that only month first makes dates of is read so, and written so."""
    days = [date(2024, 1, 1) + timedelta(day) for day in range(60)]
    found = read(csv([day.strftime(text) for day in days]), **flags)
    assert (str(found.panel.timestamps[-1])[:10], len(found.panel.target)) == (last, 60)
    assert found.columns.time_format == text


@pytest.mark.parametrize(
    ("header", "text", "last", "freq"),
    [
        ("KW,sales", "2024-{:02d}", "2024-03-18", "W-MON"),
        ("Week,sales", "{:02d}/2024", "2024-03-18", "W-MON"),
        ("iso week,sales", "2024{:02d}", "2024-03-18", "W-MON"),
        ("month,sales", "2024-{:02d}", "2024-12-01", "MS"),
        ("Monat,sales", "{:02d}.2024", "2024-12-01", "MS"),
        ("Month,sales", "2024.{:02d}", "2024-12-01", "MS"),
        ("date,sales", "2024-{:02d}", "2024-12-01", "MS"),
    ],
)
def test_read_csv_takes_numbers_for_what_their_column_is_called(
    read: Reader, header: str, text: str, last: str, freq: str
) -> None:
    """Numbers up to 12 beside years are weeks, or months behind a point, and it is told."""
    found = read(csv([text.format(week) for week in range(1, 13)], header=header))
    assert (str(found.panel.timestamps[-1])[:10], found.panel.freq) == (last, freq)
    told = any("the numbers beside years are weeks" in one for one in found.notes)
    assert told == (freq == "W-MON" or "." in text)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace(",", "|"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\n\n" + text.replace("\n", "\n\n"),
        lambda text: text + ",\n,\n",
        lambda text: "\ufeff" + text,
        lambda text: gzip.compress(text.encode()),
        lambda text: text.replace("month,sales", '"month"," sales"'),
        lambda text: text.rstrip("\n"),
    ],
    ids=["semicolon", "tab", "bar", "crlf", "cr", "blank", "empty", "bom", "gzip", "quotes", "end"],
)
def test_read_csv_gives_the_same_whatever_the_form(
    read: Reader, change: Callable[[str], str | bytes]
) -> None:
    """Delimiter, line ends, blank lines, byte order mark and gzip change nothing."""
    plain, changed = read(csv(MONTHS)), read(change(csv(MONTHS)))
    assert changed.panel.target.tolist() == plain.panel.target.tolist()
    assert changed.notes[0] == plain.notes[0]


def test_read_csv_reads_a_stream() -> None:
    """Standard input is read like a file and has no path."""
    found = read_csv(io.BytesIO(csv(MONTHS).encode()))
    assert (found.path, len(found.panel.target)) == (None, 30)


def test_read_csv_finds_the_id_by_repetition(read: Reader) -> None:
    """A text column that makes the times unique names the series, in order of appearance."""
    rows = [f"{store},{month},{i}" for i, month in enumerate(MONTHS) for store in "BA"]
    found = read("\n".join(["store,month,sales", *rows]))
    assert (found.columns.id, found.panel.ids) == ("store", ("B", "A"))
    assert found.panel["A"].target.tolist() == list(range(30))


def test_read_csv_keeps_ids_as_written(read: Reader) -> None:
    """Leading zeros stay, and NA may be a name."""
    for ids in (("007", "NA"), ("007", "010"), ("1.10", "1.1")):
        rows = [f"{one},{month},1" for one in ids for month in MONTHS]
        assert read("\n".join(["id,month,sales", *rows])).panel.ids == ids


def test_read_csv_reads_wide_files(read: Reader) -> None:
    """With wide, every numeric column is a series."""
    rows = [f"{month},{i},{-i}" for i, month in enumerate(MONTHS)]
    found = read("\n".join(["month,a,b", *rows]), wide=True)
    assert (found.panel.ids, found.columns.id, found.columns.wide) == (("a", "b"), "series", True)
    assert found.panel["b"].target.tolist() == [-i for i in range(30)]


@pytest.mark.parametrize(
    ("times", "freq"),
    [
        (range(1990, 2000), "YS"),
        (range(1, 11), "1"),
        (range(0, 50, 5), "5"),
        ([1, 2, 3, 5, 6, 7, 8, 9], "1"),
        ([f"{y}-Q{q}" for y in (1998, 1999) for q in (1, 2, 3, 4)], "QS"),
        (["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"], "ME"),
        ([f"2024-01-{day:02d}" for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)], "B"),
        ([f"2024-01-01T{hour:02d}:00:00+02:00" for hour in range(9)], "h"),
    ],
)
def test_read_csv_infers_the_frequency(read: Reader, times: list[object], freq: str) -> None:
    """Years, whole numbers, quarters, month ends, business days and hours are told apart."""
    assert read(csv(times, header="t,v")).panel.freq == freq


def test_read_csv_sorts_and_notes_it(read: Reader) -> None:
    """Newest first is read oldest first."""
    found = read(csv(MONTHS[::-1]))
    assert found.panel.target[0] == 39
    assert "rows were not in order of time: sorted" in found.notes


def test_read_csv_fills_gaps_and_notes_the_count(read: Reader) -> None:
    """Months without a row become missing values."""
    found = read(csv(MONTHS[:10] + MONTHS[12:]))
    assert np.flatnonzero(np.isnan(found.panel.target)).tolist() == [10, 11]
    assert "2 missing timestamps inserted as missing values" in found.notes


def test_read_csv_trims_missing_ends(read: Reader) -> None:
    """All spellings of missing are read; only those between values are kept."""
    values = ["", "NA", "-", *range(20), "null", *range(3), "NaN", "None", "nan"]
    found = read(csv(MONTHS[: len(values)], values))
    assert (len(found.panel.target), int(np.isnan(found.panel.target).sum())) == (24, 1)
    assert "6 rows without a value at the ends of series left out" in found.notes


def test_read_csv_notes_constant_series_and_unused_columns(read: Reader) -> None:
    """Nothing is dropped in silence."""
    rows = [f"{month},5,{i},x" for i, month in enumerate(MONTHS)]
    notes = read("\n".join(["month,y,price,promo", *rows])).notes
    assert notes[1:] == ("all 30 values are 5", "columns not used: 'price', 'promo'")


@pytest.mark.parametrize(
    ("how", "value"), [("first", 20), ("last", 99), ("mean", 59.5), ("sum", 119)]
)
def test_read_csv_merges_duplicates_when_told(read: Reader, how: str, value: float) -> None:
    """Duplicates follow the setting, with a note."""
    text = csv([*MONTHS, MONTHS[10]], [*range(10, 40), 99])
    found = read(text, duplicates=how)
    assert found.panel.target[10] == value
    assert f"1 repeated timestamp merged (duplicates: {how})" in found.notes


def test_read_csv_takes_the_anchor_from_the_rows(read: Reader) -> None:
    """Weeks stated without their day get the day that the rows have."""
    found = read(csv([f"2024-01-{day:02d}" for day in (5, 12, 19, 26)]), freq="W")
    assert found.panel.freq == "W-FRI"
    assert "the timestamps are W-FRI, not W-SUN" in found.notes


def test_read_csv_reads_numbers_exactly(read: Reader) -> None:
    """Each number is the float that Python reads from the same text."""
    values = [repr(one) for one in np.random.default_rng(0).lognormal(size=30).tolist()]
    assert read(csv(MONTHS, values)).panel.target.tolist() == [float(one) for one in values]


DAYS = [f"2024-01-{day:02d}" for day in range(1, 20)]
TEXT = csv(MONTHS[:3]) + "2020-04,abc\n" + csv(MONTHS[4:9]).split("\n", 1)[1]
TWO = "\n".join(["month,a,b", *(f"{month},1{i},2{i}" for i, month in enumerate(MONTHS))])
STORES = [f"{one},{month},{i}" for one in (1, 2) for i, month in enumerate(MONTHS)]
ITEMS = [f"{a},{b},{month},1" for a in "AB" for b in "xy" for month in MONTHS]
COMMAS = "month;sales\n" + "".join(f"{month};1,{i}\n" for i, month in enumerate(MONTHS))

WORDS = csv(["a", "b", "c", "d", "e"], header="x,y")

REFUSED: dict[str, tuple[str | bytes, dict[str, object], str, str]] = {
    "empty": ("", {}, "sales.csv: the file is empty", "a header and rows"),
    "white": ("\n \n", {}, "sales.csv: the file is empty", "a header and rows"),
    "header only": ("month,sales\n", {}, "sales.csv: only a header, no rows", "at least 4"),
    "3 rows": (csv(MONTHS[:3]), {}, "sales.csv: 3 rows; at least 4 are needed", "longer"),
    "3 values": (
        csv(MONTHS[:5], [1, "", 2, "", 3]), {}, "sales.csv: 3 rows; at least 4", "longer"),
    "no time": (WORDS, {}, "no column can be read as time", "dates"),
    "commas": (
        csv(MONTHS, ["1,234"] * 30), {}, "sales.csv:2: 3 fields where the header has 2 (30 such",
        "sed -E"),
    "unclear number": (
        "month;sales\n" + "".join(f"{one};1,234\n" for one in MONTHS), {},
        "sales.csv:2: '1,234' in column 'sales' reads as two numbers", "--thousands , --decimal ."),
    "unclear points": (
        "month;sales\n" + "".join(f"{one};1.234\n" for one in MONTHS), {},
        "sales.csv:2: '1.234' in column 'sales' reads as two numbers", "--thousands . --decimal ,"),
    "some per cents": (
        csv(MONTHS[:9], ["1%", "2%", "0.03", *["4%"] * 6]), {},
        "sales.csv:4: '0.03' in column 'sales' has no per cent sign", "one unit"),
    "two currencies": (
        csv(MONTHS[:9], ["1 EUR", "€2", "3 USD", *["4 EUR"] * 6]), {},
        "sales.csv:4: '3 USD' in column 'sales' is in another currency", "one unit"),
    "two currencies in a series": (
        "shop,month,sales\n" + "".join(f"a,{one},$1\nb,{one},1 {unit}\n" for one, unit in zip(
            MONTHS[:9], ["EUR"] * 8 + ["GBP"], strict=True)), {},
        "sales.csv:19: '1 GBP' in column 'sales' is in another currency than those before in its",
        "one unit"),
    "day or month": (
        csv([f"{day:02d}/01/2020" for day in range(1, 10)]), {},
        "sales.csv:2: column 'month': '02/01/...' reads as day 02 of month 01", "--dayfirst"),
    "value without date": (
        csv([*MONTHS, "?"]), {}, "sales.csv:32: '?' in time column 'month' is not written",
        "delete line 32"),
    "other encoding": (
        csv(MONTHS, header="month,caf\x81").encode("latin-1"), {}, "sales.csv:1: byte 0x81",
        "--encoding latin-1"),
    "zero bytes": (b"a,b\n1,\0\0\0\n", {}, "sales.csv:2: the file holds zero bytes", "text"),
    "text": (TEXT, {}, "sales.csv:5: 'abc' in column 'sales' is not a number", "plain numbers"),
    "escaped": (
        TEXT.replace("abc", "\x1b[31m" + "z" * 99), {}, r"sales.csv:5: '\x1b[31mzzzz", "plain"),
    "blank lines": (
        TEXT.replace("2020-03", "\n\n2020-03"), {}, "sales.csv:7: 'abc' in column", "plain"),
    "quoted line": (
        "note," + TEXT.replace("2020-", ",2020-").replace("\n,", '\n"a\nb",', 1), {},
        "sales.csv:6: 'abc' in column", "plain"),
    "late text": (
        csv([f"{1800 + i // 12}-{i % 12 + 1:02d}" for i in range(2000)], [*range(1999), "oops"]),
        {}, "sales.csv:2001: 'oops' in column", "plain"),
    "thousands": (
        csv(MONTHS, [*range(29), "1,234"]), {}, "sales.csv:31: 3 fields where the header has 2",
        "sed -E"),
    "field too many": (
        csv(MONTHS, [*range(29), "1,23"]), {}, "sales.csv:31: 3 fields where the header has 2",
        "1234 instead"),
    "inf": (csv(MONTHS[:9], [1, 2, "inf", *range(6)]), {}, "sales.csv:4: 'inf' in col", "plain"),
    "overflow": (
        csv(MONTHS[:9], [1, 2, "1e999", *range(6)]), {}, "4: '1e999' in column 'sales' is inf",
        "plain"),
    "all missing": (
        csv(MONTHS, ["NA"] * 30), {}, "all values of 'sales' are missing", "add values"),
    "duplicate": (
        csv([*MONTHS, MONTHS[4]]), {}, "sales.csv:32: series 'sales' has a second row for 2020-05",
        "forecast train sales.csv --duplicates last"),
    "numeric id": (
        "\n".join(["store,month,sales", *STORES]), {"target": "sales"},
        "sales.csv:32: series 'sales' has a second row", "forecast train sales.csv --id store"),
    "two ids": (
        "\n".join(["a,b,month,sales", *ITEMS]), {"id": "a"},
        "sales.csv:32: series 'A' has a second row", "forecast train sales.csv --id 'a b'"),
    "two targets": (TWO, {}, "2 columns could be the target: 'a', 'b'", "--target a, or --wide"),
    "id or target": (
        "\n".join(["store,month,sales", *STORES]), {}, "2 columns could be the target",
        "forecast train sales.csv --target sales --id store"),
    "two times": (
        csv(DAYS, [f"{one},1" for one in DAYS], "start,end,y"), {},
        "'start', 'end' can all be read as time", "forecast train sales.csv --time start"),
    "other date": (
        csv([f"1-{i:02d}" for i in range(1, 20)], [f"{one},1" for one in DAYS], "date,made,y"), {},
        "column 'date' cannot be read as time, only 'made' can", "--time made"),
    "half text": (
        csv(MONTHS, [f"{'n.a.' if i % 2 else i},{i}" for i in range(30)], "month,sales,price"), {},
        "2 columns could be the target: 'sales', 'price'", "--target sales"),
    "bad date": (
        csv(["2024-01-01", "2024-02-01", "2024-02-30", "2024-04-01", "2024-05-01"]), {},
        "sales.csv:4: '2024-02-30' in time column 'month' is no date", "delete line 4"),
    "no date": (csv(["2020-01", "", *MONTHS[2:]]), {}, "sales.csv:3: '' in time column", "line 3"),
    "year 1500": (csv([f"1500-{m:02d}-01" for m in range(1, 9)]), {}, "1700 to 2200", "line 2"),
    "off grid": (
        csv([*DAYS, "2024-01-19 13:00:00", "2024-01-20"]), {},
        "sales.csv:21: series 'sales': 2024-01-19 13:00:00 is off the grid of D", "--freq"),
    "typing error": (
        csv([*DAYS, "2124-01-20"]), {}, "has 20 rows for 36,544 steps of D", "correct the dates"),
    "no frequency": (
        csv(["2024-01-01", "2024-01-02", "2024-01-04", "2024-01-08"]), {},
        "the frequency is ambiguous", "forecast train sales.csv --freq D"),
    "integer frequency": (csv(DAYS), {"freq": "1"}, "the times are dates", "forecast train sales"),
    "cut gzip": (gzip.compress(csv(MONTHS).encode())[:-9], {}, "gzip file is damaged", "copy"),
    "open quote": (csv(MONTHS, ['"1', *range(29)]), {}, "sales.csv:2: a quoted field", "quote"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_read_csv_refuses_with_place_and_fix(read: Reader, case: str) -> None:
    """Whatever cannot be read in one way is an error with file, line and a way out."""
    text, spec, message, fix = REFUSED[case]
    with pytest.raises(DataError) as caught:
        read(text, **spec)
    assert message in str(caught.value).split("\nfix: ")[0]
    assert fix in str(caught.value.fix)
    assert (caught.value.where or "").startswith("sales.csv")
    assert len(str(caught.value).splitlines()) <= 6
    assert max(map(len, str(caught.value).splitlines())) < 240


@pytest.mark.parametrize(
    ("spec", "error", "fix"),
    [
        ({"target": "sale"}, NotFoundError, "--target sales"),
        ({"time": "Month"}, NotFoundError, "--time month"),
        ({"id": "shop"}, NotFoundError, "--id"),
        ({"freq": "monthly"}, UsageError, "--freq MS"),
    ],
)
def test_read_csv_suggests_names(
    read: Reader, spec: dict[str, object], error: type[ForecastError], fix: str
) -> None:
    """A wrong name is answered with the nearest right one."""
    with pytest.raises(error) as caught:
        read(csv(MONTHS), **spec)
    assert fix in str(caught.value.fix)


def test_read_csv_fix_repairs_the_fault(read: Reader) -> None:
    """The flags that an error suggests make the same file readable."""
    stores = "\n".join(["store,month,sales", *STORES])
    assert read(stores, target="sales", id="store").panel.ids == ("1", "2")
    assert read(TWO, target="a").panel.ids == ("a",)
    assert read(TWO, wide=True).panel.ids == ("a", "b")


def test_read_csv_misses_files_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong path is not found, and the files beside it are named."""
    monkeypatch.chdir(tmp_path)
    Path("sales.csv").write_text(csv(MONTHS))
    with pytest.raises(
        NotFoundError, match=r"sale\.csv: no such file\nfix: files here: sales\.csv"
    ):
        read_csv("sale.csv")
    with pytest.raises(DataError, match="is a folder"):
        read_csv(tmp_path)


def test_read_csv_reads_series_in_currencies_of_their_own(read: Reader) -> None:
    """Each has one, and nothing is the same in all."""
    units = {"DE": "{} EUR", "UK": "£{}", "US": "${}"}
    rows = [
        f"{shop},{month},{unit.format(number)}"
        for shop, unit in units.items()
        for number, month in enumerate(MONTHS)
    ]
    rows[-30] = f"US,{MONTHS[0]},0 EUR"
    found = read("\n".join(["shop,month,sales", *rows]))
    assert found.panel.ids == ("DE", "UK", "US")
    assert found.panel.target.tolist() == [*range(30)] * 3


def test_from_frame_equals_read_csv(read: Reader) -> None:
    """A frame gives the panel of the file that it would be written to."""
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(["a", "b"], 30),
            "ds": np.tile(pd.date_range("2020", periods=30, freq="h"), 2),
            "y": np.arange(60.0),
        }
    )
    made, found = from_frame(frame), read(frame.to_csv(index=False))
    assert made.panel.ids == found.panel.ids == ("a", "b")
    assert (made.panel.timestamps == found.panel.timestamps).all()
    assert made.panel.target.tolist() == found.panel.target.tolist()
    assert made.notes == found.notes


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_from_frame_reads_times_to_the_microsecond(zone: str | None, read: Reader) -> None:
    """As a file is read: the last nanosecond of a day is of that day."""
    times = pd.date_range("2024-01-02", periods=50, tz=zone) - pd.Timedelta(1, "ns")
    frame = pd.DataFrame({"ds": times, "y": np.arange(50.0) % 7})
    made, found = from_frame(frame), read(frame.to_csv(index=False), tz=zone)
    assert made.panel.timestamps.tolist() == found.panel.timestamps.tolist()
    assert made.panel.cutoffs[0] == np.datetime64("2024-02-19T23:59:59.999999")
    assert made.panel.freq == found.panel.freq == "D"


def test_from_frame_refuses_steps_of_nanoseconds(read: Reader) -> None:
    """Rows less than a microsecond apart are not taken for one row and its copy."""
    times = pd.Timestamp("2024") + pd.to_timedelta(np.arange(50) * 100, unit="ns")
    frame = pd.DataFrame({"ds": times, "y": np.arange(50.0) % 7})
    message = "00:00:00.000000100' is less than a microsecond from '2024-01-01 00:00:00.000000000'"
    for made in (True, False):
        with pytest.raises(DataError, match=message) as caught:
            from_frame(frame) if made else read(frame.to_csv(index=False))
        assert (caught.value.kind, caught.value.fix) == ("too-fine", "number the rows instead")


def test_from_frame_names_rows() -> None:
    """An error in a frame names the row, counted from 0."""
    frame = pd.DataFrame({"ds": pd.date_range("2020", periods=5), "y": [1, 2, "x", 4, 5]})
    with pytest.raises(DataError, match="frame row 2: 'x' in column 'y' is not a number"):
        from_frame(frame)


def test_from_frame_does_not_count_rows_that_have_times() -> None:
    """Times in the index are not passed over, nor is a series taken for a frame."""
    frame = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=30), "y": np.arange(30.0) % 7})
    for indexed in (
        frame.set_index("ds"),
        frame.set_index(pd.PeriodIndex(frame.ds, freq="D"))[["y"]],
        frame.assign(unique_id="a").set_index(["unique_id", "ds"]),
    ):
        with pytest.raises(DataError, match="the times are in the index") as refused:
            from_frame(indexed)
        assert refused.value.fix == "frame.reset_index()"
    assert from_frame(frame.set_index("ds").reset_index()).panel.freq == "D"
    assert from_frame(frame.set_index(frame.ds)).panel.freq == "D"
    with pytest.raises(DataError, match="a pandas Series has no columns"):
        from_frame(frame.set_index("ds").y)  # type: ignore[arg-type]


def test_from_frame_leaves_the_frame_alone() -> None:
    """Reading changes nothing in the caller's frame, missing values and zones included."""
    stamps = pd.date_range("2020", periods=6, freq="h", tz="Europe/Berlin")
    frame = pd.DataFrame({"ds": stamps, "y": [1.0, 2, None, 4, 5, 6]})
    before = frame.copy()
    found = from_frame(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert str(found.panel.timestamps[0])[:19] == "2019-12-31T23:00:00"
    assert int(np.isnan(found.panel.target).sum()) == 1


def test_read_csv_names_the_line_of_every_row(read: Reader) -> None:
    """Each row of the panel knows its line of the file; inserted rows have none."""
    lines = ["month,sales", *(f"{month},{i}" for i, month in enumerate(MONTHS[:8]))]
    del lines[4]
    found = read("\n".join([lines[0], "", *lines[:0:-1]]))
    assert found.lines is not None
    assert found.lines.tolist() == [9, 8, 7, 0, 6, 5, 4, 3]
    gap = next(one for one in found.findings if one.code == "gaps")
    assert (gap.line, gap.lines, gap.count) == (7, (7,), 1)


def test_notes_are_few(read: Reader) -> None:
    """Warnings go first, with their flag; what is left over is one line that says where it is."""
    cells = [str(100 + i % 7) for i in range(30)]
    cells[4] = cells[9] = "-999"
    rows = [f"{month},{cell},x,y,z" for month, cell in zip(MONTHS, cells, strict=True)]
    rows[12:14] = []
    notes = read("\n".join(["month,sales,a,b,c", rows[1], rows[0], *rows[2:]])).notes
    assert notes[1].startswith("-999 2 times, far from all other values")
    assert notes[1].endswith("; fix: --na -999")
    assert len(notes) <= MOST_NOTES + 1


def test_read_csv_reads_fiscal_years_as_they_are_named() -> None:
    """What is not in the file is told; that a fiscal year is ahead of the calendar is no fault."""
    rows = "".join(f"FY{year},{year % 7}\n" for year in range(2011, 2039))
    found = read_csv(io.BytesIO(f"year,sales\n{rows}".encode()))
    assert (found.panel.freq, found.columns.time_format) == ("YS", "FY%Y")
    assert {one.code for one in found.findings} == {"fiscal"}


@pytest.mark.parametrize(
    ("names", "line", "fix"), [("abc", 242, ""), ("123", 4, "--id '$x_{1}$' ")]
)
def test_read_csv_knows_names_of_series_beside_a_row_that_is_there_twice(
    names: str, line: int, fix: str
) -> None:
    """One row that is there twice does not make series of the same times one series."""
    days = [f"2020-{month:02d}-{day:02d}" for month in (1, 2, 3) for day in range(1, 29)][:80]
    rows = [
        f"{day},{name},{'no' if name in 'a1' else 'so'},{place}.5"
        for place, day in enumerate(days)
        for name in names
    ]
    text = "\n".join(["date,$x_{1}$,region,y", *rows, rows[5]])
    with pytest.raises(DataError, match="second row") as caught:
        read_csv(io.BytesIO(text.encode()))
    assert caught.value.where == f"stdin:{line}"
    assert caught.value.fix == f"forecast train stdin {fix}--duplicates last"


def _rows(form: str, times: Iterable[object]) -> str:
    return "\n".join(form.format(time, place % 9) for place, time in enumerate(times))


_HOURS = [np.datetime64("2024-01-01T00:00") + 60 * hour for hour in range(60)]
_QUARTERS = [f"{part}Q{year:02d}" for year in range(8, 20) for part in (1, 2, 3, 4)]
_FOUND = {
    "annotated InfluxDB": (
        ",result,table,_start,_stop,_time,_value,_field\n"
        + _rows(",,0,2024-01-01T00:00:00Z,2024-03-01T00:00:00Z,{}:00Z,{}.5,cpu", _HOURS),
        "_time",
        "h",
    ),
    "seconds with fractions": (
        "ts,y\n" + _rows("{}.123,{}", range(1_700_000_000, 1_700_003_000, 60)),
        "ts",
        "min",
    ),
    "Japanese dates": (
        "日付,売上\n" + _rows("2022年1月{}日,{}", range(1, 29)),
        "日付",
        "D",
    ),
    "Japanese months": (
        "日付,売上\n" + _rows("2022年{}月,{}", range(1, 13)),
        "日付",
        "MS",
    ),
    "codes that may be quarters": (
        "Shipped,code,n\n" + _rows("2022-01-{:02d},1Q12,{}", range(1, 29)),
        "Shipped",
        "D",
    ),
    "a log parted by spaces": (
        "time level ms\n" + _rows("{}:00 INFO {}", _HOURS),
        "time",
        "h",
    ),
    "quarters with short years": ("Quarter,GDP\n" + _rows("{},{}", _QUARTERS), "Quarter", "QS"),
    "calendar weeks": (
        "Week;Qty\n" + _rows("KW {:02d}/2021;{}", range(1, 53)),
        "Week",
        "W-MON",
    ),
    "hours that end": (
        "Date,Hour Ending,MW\n"
        + "\n".join(f"01/{day}/2022,{hour},{hour}.5" for day in (13, 14) for hour in range(1, 25)),
        "Date Hour Ending",
        "h",
    ),
}


@pytest.mark.parametrize("kind", _FOUND)
def test_read_csv_reads_what_programs_write(kind: str) -> None:
    """Exports of some usual programs are read without a flag."""
    text, time, freq = _FOUND[kind]
    found = read_csv(io.BytesIO(text.encode()))
    assert (found.columns.time, found.panel.freq) == (time, freq)
    assert len(found.panel) == 1


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.5 kWh", "-2.5 kWh", "n/a", "4.5 kWh", "7 kWh"], [1.5, -2.5, None, 4.5, 7]),
        (["1,5 °C", "2,5 °C", "3,25 °C", "4,5 °C", "5,5 °C"], [1.5, 2.5, 3.25, 4.5, 5.5]),
        (["12 Stk.", "13 Stk.", "14 Stk.", "15 Stk."], [12, 13, 14, 15]),
        (["1.50 CR", "2.50 DR", "3.50 CR", "1,004.50 DR"], [1.5, -2.5, 3.5, -1004.5]),
        (["1,50 H", "2,50 S", "3,50 H", "4,50 S"], [1.5, -2.5, 3.5, -4.5]),
    ],
)
def test_read_csv_gives_a_command_that_takes_words_off_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str], values: list[float | None]
) -> None:
    """Where they say the same of all, or which ones are debits, the command typed repairs it."""
    monkeypatch.chdir(tmp_path)
    lines = [f"{at} May 2024;{cell}" for at, cell in enumerate(cells, 1)]
    Path("my units.csv").write_text("\n".join(["day;amount", *lines]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="is not a number") as caught:
        read_csv("my units.csv")
    repair, _, then = str(caught.value.fix).partition(" && ")
    assert then == "forecast train repaired.csv"
    subprocess.run(["bash", "-c", repair], check=True)
    found = read_csv("repaired.csv").panel.target
    assert [None if np.isnan(one) else one for one in found.tolist()] == values


@pytest.mark.parametrize(("suffix", "pack"), [("gz", "gzip"), ("bz2", "bzip2"), ("xz", "xz")])
def test_read_csv_gives_commands_that_unpack(
    suffix: str, pack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What repairs lines of text is given the text of a packed file."""
    monkeypatch.chdir(tmp_path)
    rows = [f"2024-01-{day:02d},{day} kg" for day in range(1, 15)]
    Path("a b.csv").write_text("\n".join(["day,amount", *rows]) + "\n")
    subprocess.run([pack, "a b.csv"], check=True)
    with pytest.raises(DataError, match="is not a number") as caught:
        read_csv(f"a b.csv.{suffix}")
    repair, _, then = str(caught.value.fix).partition(" && ")
    assert then == "forecast train repaired.csv"
    subprocess.run(["bash", "-c", repair], check=True)
    assert read_csv("repaired.csv").panel.target.tolist() == [*range(1, 15)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_read_csv_gives_a_command_that_joins_numbers(read: Reader, end: str) -> None:
    """A number that a comma parts is named, and the command typed joins it, in no other line."""
    amounts = ["950", "1,204", "999", "-1,310.5", "12,000", "998"]
    lines = [f"2024-01-0{day},{amount}" for day, amount in enumerate(amounts, 1)]
    with pytest.raises(DataError, match=r": '1,204' may be 1204, parted by") as caught:
        read(end.join(["day,sales", *lines]))
    repair, _, then = str(caught.value.fix).partition(" && ")
    assert (caught.value.where, then) == ("sales.csv:3", "forecast train repaired.csv")
    subprocess.run(["bash", "-c", repair], check=True)
    assert read_csv("repaired.csv").panel.target.tolist() == [950, 1204, 999, -1310.5, 12e3, 998]


def test_read_csv_gives_a_command_that_takes_formulas_off_cells(read: Reader) -> None:
    """Exports write ="2024-01-01" lest a spreadsheet changes it; the command typed repairs them."""
    text = "date,sales\n" + "".join(f'="2024-01-0{day}",="{day}"\n' for day in range(1, 9))
    with pytest.raises(DataError, match="no column can be read as time") as caught:
        read(text)
    repair, _, then = str(caught.value.fix).partition(" && ")
    assert then == "forecast train repaired.csv"
    subprocess.run(["bash", "-c", repair], check=True)
    assert read_csv("repaired.csv").panel.target.tolist() == [*range(1, 9)]


def test_read_csv_leaves_out_empty_rows_of_a_skipped_hour(read: Reader) -> None:
    """Tables with a cell for every hour leave one empty in spring, which is no gap."""
    hours = [f"2024-03-31 {hour:02d}:00" for hour in range(24)]
    text = csv(hours, [1, 2, "", *range(3, 24)])
    found = read(text, tz="Europe/Berlin")
    assert found.panel.target.tolist() == [*range(1, 24)]
    assert "1 empty row in an hour that clocks skip left out" in found.notes
    with pytest.raises(DataError, match="2024-03-31 02:00 does not exist"):
        read(csv(hours), tz="Europe/Berlin")
    assert len(read(text).panel.target) == 24


def test_read_csv_says_how_limits_are_read() -> None:
    """'<1' is no number; the command that leaves the sign out is given."""
    text = "Week,clicks\n2021-12-31,<1\n" + _rows("2022-01-{:02d},{}", range(1, 29))
    with pytest.raises(DataError, match="'<1' in column 'clicks' is not a number") as caught:
        read_csv(io.BytesIO(text.encode()))
    assert caught.value.fix == (
        r"sed -E 's/[<>]=? *([0-9])/\1/g' stdin > repaired.csv && forecast train repaired.csv"
    )


def test_read_csv_proposes_a_target_that_looks_measured() -> None:
    """Of several columns of numbers, one with decimals is more likely than numbers of shops."""
    text = "id,date,store,sales,price\n" + _rows("{0},2022-01-{0:02d},7,{1}.5,2", range(1, 29))
    with pytest.raises(DataError, match="could be the target") as caught:
        read_csv(io.BytesIO(text.encode()))
    assert "--target sales" in str(caught.value.fix)


def test_read_csv_names_series_by_several_columns() -> None:
    """Columns that tell rows apart together are one name, as written; each may have spaces."""
    days = [f"2024-01-{day:02d}" for day in range(1, 9)]
    rows = [f"{day},0{a},{b} x,{a}{b}" for day in days for a in (1, 2) for b in (3, 4)]
    for name in ("store nr", "store"):
        text = "\n".join([f"ds,{name},item,y", *rows]).encode()
        found = read_csv(io.BytesIO(text), DataSpec(id=f"{name} item", target="y"))
        assert found.panel.ids == ("01 3 x", "01 4 x", "02 3 x", "02 4 x")
        assert found.panel["02 3 x"].target.tolist() == [23.0] * 8
        assert found.columns.id == f"{name} item"
