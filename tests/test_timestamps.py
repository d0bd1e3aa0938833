"""Timestamps as text: what is read, what is refused, and writing back."""

import numpy as np
import pytest

from forecast.errors import DataError
from forecast.timeline.dates import TimeHints
from forecast.timeline.months import MONTHS, in_english
from forecast.timeline.notation import INTEGER, notation
from forecast.timeline.timestamps import UnclearTime, format_timestamps, parse_timestamps

NOTATIONS = [
    (["1949-01", "1949-02"], "%Y-%m", "1949-02-01T00:00:00"),
    (["1949", "1950"], "%Y", "1950-01-01T00:00:00"),
    (["2004-05-14", "2004-05-15"], "%Y-%m-%d", "2004-05-15T00:00:00"),
    (["2004-05-14 13:00", "2004-05-14 14:00"], "%Y-%m-%d %H:%M", "2004-05-14T14:00:00"),
    (["2004-05-14T13:00:01"], "%Y-%m-%dT%H:%M:%S", "2004-05-14T13:00:01"),
    (["2004/05/14 13:00"], "%Y/%m/%d %H:%M", "2004-05-14T13:00:00"),
    (["14.05.2004", "01.06.2004"], "%d.%m.%Y", "2004-06-01T00:00:00"),
    (["01/02/2004", "01/13/2004"], "%m/%d/%Y", "2004-01-13T00:00:00"),
    (["01.02.2004", "01.13.2004"], "%m.%d.%Y", "2004-01-13T00:00:00"),
    (["01.02.2004", "02.02.2004"], "%d.%m.%Y", "2004-02-02T00:00:00"),
    ([f"24.{at // 28 + 1:02d}.{at % 28 + 1:02d}" for at in range(56)], "%y.%m.%d",
     "2024-02-28T00:00:00"),
    (["01/02/2004", "13/02/2004"], "%d/%m/%Y", "2004-02-13T00:00:00"),
    (["5/27/14 12:00", "5/28/14 12:00"], "%m/%d/%y %H:%M", "2014-05-28T12:00:00"),
    (["1998 Q1", "1998 Q4"], "%Y Q%q", "1998-10-01T00:00:00"),
    (["1998Q1", "1998Q4"], "%YQ%q", "1998-10-01T00:00:00"),
    (["Q1-1998", "Q4-1998"], "Q%q-%Y", "1998-10-01T00:00:00"),
    (["Jan-1949", "Feb-1949"], "%b-%Y", "1949-02-01T00:00:00"),
    (["14-May-2004"], "%d-%b-%Y", "2004-05-14T00:00:00"),
    (["14-05-2004"], "%d-%m-%Y", "2004-05-14T00:00:00"),
    (["2004-05-14 01:30 PM"], "%Y-%m-%d %I:%M %p", "2004-05-14T13:30:00"),
    (["Jan-05", "Feb-05"], "%b-%y", "2005-02-01T00:00:00"),
    (["Jan 05", "Feb 05"], "%b %y", "2005-02-01T00:00:00"),
    (["Q1 98", "Q4 98"], "Q%q %y", "1998-10-01T00:00:00"),
    (["2004 05 14"], "%Y %m %d", "2004-05-14T00:00:00"),
    (["April 1949", "May 1949", "June 1949"], "%B %Y", "1949-06-01T00:00:00"),
    (["20200131", "20200201"], "%Y%m%d", "2020-02-01T00:00:00"),
    (["202001", "202002"], "%Y%m", "2020-02-01T00:00:00"),
    (["FY15Q1", "FY15Q4"], "FY%yQ%q", "2015-10-01T00:00:00"),
    (["Q1 FY2015", "Q4 FY2015"], "Q%q FY%Y", "2015-10-01T00:00:00"),
    (["2019/20 Q1", "2019/20 Q4"], "%Y/%N Q%q", "2019-10-01T00:00:00"),
    (["FY 2019", "FY 2020"], "FY %Y", "2020-01-01T00:00:00"),
    (["1999/00", "2000/01", "2001/02"], "%Y/%N", "2001-01-01T00:00:00"),
    (["2010-11", "2011-12", "2012-13"], "%Y-%N", "2012-01-01T00:00:00"),
    (["2004-05-14T13:00:00Z"], "%Y-%m-%dT%H:%M:%SZ", "2004-05-14T13:00:00"),
    (["2023 KW 01", "2023 KW 02"], "%G KW %V", "2023-01-09T00:00:00"),
    (["2023/W01", "2023/W02"], "%G/W%V", "2023-01-09T00:00:00"),
    (["Week 01, 2023", "Week 02, 2023"], "Week %V, %G", "2023-01-09T00:00:00"),
    (["01. KW 2023", "02. KW 2023"], "%V. KW %G", "2023-01-09T00:00:00"),
    (["2023U01", "2023U02"], "%GU%V", "2023-01-09T00:00:00"),
    (["2015Q01", "2015Q04"], "%YQ%Q", "2015-10-01T00:00:00"),
    (["2015K1", "2015K4"], "%YK%q", "2015-10-01T00:00:00"),
    (["Quarter 1 2015", "Quarter 4 2015"], "Quarter %q %Y", "2015-10-01T00:00:00"),
    (["1. Quartal 2015", "4. Quartal 2015"], "%q. Quartal %Y", "2015-10-01T00:00:00"),
    (["2015 (Q1)", "2015 (Q4)"], "%Y (Q%q)", "2015-10-01T00:00:00"),
    (["2015H1", "2015H2"], "%YH%h", "2015-07-01T00:00:00"),
    (["1H2015", "2H2015"], "%hH%Y", "2015-07-01T00:00:00"),
    (["2015-S1", "2015-S2"], "%Y-S%h", "2015-07-01T00:00:00"),
    (["S1 2015", "S2 2015"], "S%h %Y", "2015-07-01T00:00:00"),
    (["1H 2015", "2H 2015"], "%hH %Y", "2015-07-01T00:00:00"),
    (["2. Halbjahr 2015", "1. Halbjahr 2016"], "%h. Halbjahr %Y", "2016-01-01T00:00:00"),
    (["Jan '21", "Feb '21"], "%b '%y", "2021-02-01T00:00:00"),
    (["April, 2021", "May, 2021", "June, 2021"], "%B, %Y", "2021-06-01T00:00:00"),
    (["2024_01_01", "2024_01_02"], "%Y_%m_%d", "2024-01-02T00:00:00"),
    (["14.05.2004, 13:00:00"], "%d.%m.%Y, %H:%M:%S", "2004-05-14T13:00:00"),
    (["May 14, 2004, 07:01:02 AM"], "%b %d, %Y, %I:%M:%S %p", "2004-05-14T07:01:02"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "form", "last"), NOTATIONS)
def test_parse_timestamps_reads_a_notation(texts: list[str], form: str, last: str) -> None:
    """Each notation is recognised and read as the date that it means."""
    found = parse_timestamps(texts)
    assert (found.time_format, str(found.values[-1])[:19]) == (form, last)
    assert not found.bad.any()


@pytest.mark.parametrize(("texts", "form", "last"), NOTATIONS)
def test_format_timestamps_undoes_parsing(texts: list[str], form: str, last: str) -> None:
    """Forecast dates look like the input's; only missing zeros are added."""
    written = format_timestamps(parse_timestamps(texts).values, form).tolist()
    assert [one.replace("05/", "5/") for one in written] == [
        one.replace("05/", "5/") for one in texts
    ]


def test_parse_timestamps_converts_offsets_to_utc() -> None:
    """Two offsets around a change of the clock give evenly spaced UTC times."""
    found = parse_timestamps(["2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00"])
    assert [str(one)[11:16] for one in found.values] == ["00:00", "01:00"]
    assert found.time_format == "%Y-%m-%dT%H:%M:%S%z @+02:00"
    assert format_timestamps(found.values, found.time_format).tolist() == [
        "2024-03-31T02:00:00+02:00",
        "2024-03-31T03:00:00+02:00",
    ]


@pytest.mark.parametrize(
    ("texts", "first", "written"),
    [
        (["2024-01-01 00:00 CET", "2024-07-01 00:00 CEST"], "2023-12-31T23", "00:00+02:00"),
        (["01/15/2024 01:00 PM EST", "01/16/2024 01:00 PM EST"], "2024-01-15T18", "PM-05:00"),
        (["15 Jan 2024 10:00:00 GMT", "16 Jan 2024 10:00:00 GMT"], "2024-01-15T10", ":00Z"),
        (
            [f"Mon Jan {day} 2024 10:00:00 GMT+0100 (Central European Time)" for day in (15, 22)],
            "2024-01-15T09",
            "+01:00",
        ),
        (
            [f"2024-01-{day}T10:00+01:00[Europe/Berlin]" for day in (15, 16)],
            "2024-01-15T09",
            "T10:00+01:00",
        ),
    ],
)
def test_parse_timestamps_reads_names_of_zones(texts: list[str], first: str, written: str) -> None:
    """Zones that have one offset are read, and written as offsets, which is told."""
    found = parse_timestamps(texts)
    assert str(found.values[0]).startswith(first)
    assert format_timestamps(found.values, found.time_format)[-1].endswith(written)
    assert found.remark is not None
    assert found.remark[1].startswith(f"forecasts write '{texts[0]}' as '")


@pytest.mark.parametrize("zone", ["CST", "IST", "BST"])
def test_parse_timestamps_refuses_names_of_several_zones(zone: str) -> None:
    """CST is in Chicago and in Shanghai."""
    with pytest.raises(DataError, match="no value can be read as a time"):
        parse_timestamps([f"2024-01-01 0{hour}:00 {zone}" for hour in range(9)])


@pytest.mark.parametrize("second", ["", ":00", ":00.5", ":00.125"])
def test_parse_timestamps_reads_offsets_in_hours(second: str) -> None:
    """PostgreSQL writes offsets of whole hours without minutes."""
    found = parse_timestamps([f"2024-01-05 10:00{second}-05", f"2024-07-05 10:00{second}+02"])
    assert [str(one)[11:16] for one in found.values] == ["15:00", "08:00"]
    assert found.local is not None
    assert [str(one)[11:16] for one in found.local] == ["10:00", "10:00"]
    assert notation("2024-01-05 10-05") is None


def test_parse_timestamps_reads_a_date_alone_as_midnight() -> None:
    """Frames written by pandas leave out the clock at midnight."""
    found = parse_timestamps(["2024-01-01", "2024-01-01 06:00:00", "2024-01-01 12:00:00"])
    assert str(found.values[0])[:19] == "2024-01-01T00:00:00"
    assert found.time_format == "%Y-%m-%d %H:%M:%S"


def test_parse_timestamps_keeps_integers() -> None:
    """Whole numbers that are no calendar stay whole numbers."""
    found = parse_timestamps(["-1", "0", "1", "2000"])
    assert (found.values.tolist(), found.time_format) == ([-1, 0, 1, 2000], INTEGER)


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-01", "2024-02-30", "2024-03-01"],
        ["2024-01", "2024-13", "2024-02"],
        ["2024-01-01", "Total", "2024-03-01"],
        ["2024-01-01", "2024", "2024-03-01"],
        ["1998 Q1", "1998 Q7", "1998 Q2"],
        ["1900-01-01", "1500-01-01", "1900-01-02"],
        ["2024-01-01T00:00Z", "2024-01-01T01:00", "2024-01-01T02:00Z"],
        ["202001", "202013", "202002"],
        ["1", "2.5", "3"],
    ],
)
def test_parse_timestamps_marks_what_does_not_fit(texts: list[str]) -> None:
    """A value in another notation, or no date at all, is marked and never bent."""
    assert parse_timestamps(texts).bad.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["02/01/2020", "03/01/2020"], "day 02 of month 01 and as day 01 of month 02"),
        (["02/01/2020", "03/01/2020"], "day first they go from 2020-01-02 to 2020-01-03; month fi"),
        (["25/01/2020", "1/26/2020"], "'25/01/2020' is day/month/year and '1/26/2020' month/day/"),
        (["Jan-49", "Feb-49"], "may be in 1949 or in 2049"),
        (["240131", *(f"2402{day:02d}" for day in range(1, 9))], "'240131' may be a date in"),
        (["31012024", *(f"{day:02d}022024" for day in range(1, 9))], "'31012024' may be a date"),
        ([f"Jan-{day:02d}" for day in range(1, 29)], "of the year 2001, or a day without a year"),
        ([f"{at % 4 + 1}/{2010 + at // 4}" for at in range(12)], "a month or a quarter"),
        ([f"{2010 + at // 4}-0{at % 4 + 1}" for at in range(12)], "a month or a quarter"),
        (["3600000000", "3600003600"], "neither dates nor seconds since 1970"),
        (["red", "blue"], "no value can be read as a time"),
    ],
)
def test_parse_timestamps_refuses_what_reads_two_ways(texts: list[str], message: str) -> None:
    """A column whose meaning is a guess is an error that shows both readings."""
    with pytest.raises(DataError, match=message) as caught:
        parse_timestamps(texts)
    assert caught.value.fix


def test_parse_timestamps_takes_dots_for_days_first_unless_told() -> None:
    """Points stand between day, month and year; the flag that says otherwise is heard."""
    texts = ["01.02.2024", "01.03.2024"]
    assert parse_timestamps(texts).time_format == "%d.%m.%Y"
    assert parse_timestamps(texts, TimeHints(order="month")).time_format == "%m.%d.%Y"
    wrong = parse_timestamps(["13.01.2024", "14.01.2024", "01.15.2024"])
    assert wrong.bad.tolist() == [False, False, True]


@pytest.mark.parametrize("text", ["{}/{}", "0{}/{}"])
def test_parse_timestamps_names_formats_of_quarters_that_read_them(text: str) -> None:
    """The second flag that settles quarters among months reads the column, and writes it back."""
    texts = [text.format(at % 4 + 1, 2010 + at // 4) for at in range(12)]
    with pytest.raises(DataError) as caught:
        parse_timestamps(texts)
    assert caught.value.fix
    found = parse_timestamps(texts, TimeHints(caught.value.fix.split()[-1]))
    assert str(found.values[-1])[:10] == "2012-10-01"
    assert format_timestamps(found.values, found.time_format).tolist() == texts


@pytest.mark.parametrize(
    "months",
    [
        "januari februari mars april maj juni juli augusti september oktober november december",
        "januar februar marts april maj juni juli august september oktober november december",
        "januar februar mars april mai juni juli august september oktober november desember",
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    ],
)
def test_parse_timestamps_knows_all_months_of_a_language(months: str) -> None:
    """Swedish, Danish, Norwegian and Indonesian share most of their names with others."""
    found = parse_timestamps([f"{one} 2024" for one in months.split()])
    assert [str(one)[:7] for one in found.values] == [f"2024-{at:02d}" for at in range(1, 13)]


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        ([f"{year}{month:02d}" for year in (10, 11) for month in range(1, 13)], "%y%m"),
        ([f"{month:02d}{year}" for year in (2010, 2011) for month in range(1, 13)], "%m%Y"),
    ],
)
def test_parse_timestamps_refuses_months_in_digits(texts: list[str], first: str) -> None:
    """1001 to 1012, then 1101, are numbers with a hole, or months; a flag reads them."""
    with pytest.raises(DataError, match="may be a date in digits") as caught:
        parse_timestamps(texts)
    assert str(caught.value.fix).startswith(f"add --date-format {first}")
    found = parse_timestamps(texts, TimeHints(first))
    assert [str(one)[:7] for one in found.values[[0, -1]]] == ["2010-01", "2011-12"]


@pytest.mark.parametrize("first", [2401, 1012001])
def test_parse_timestamps_takes_no_numbers_for_dates_of_other_lengths(first: int) -> None:
    """2401 is no fourth of February 2001, whatever the column is called."""
    numbers = [first + at for at in range(60) if at != 7]
    found = parse_timestamps([str(one) for one in numbers], TimeHints(is_named=True))
    assert found.values.tolist() == numbers


def test_parse_timestamps_reads_days_of_the_year_where_they_are_named() -> None:
    """2024001 to 2025003 are numbers with a hole, or days; the flag settles it."""
    texts = [*(f"2024{day:03d}" for day in range(1, 367)), "2025001", "2025002", "2025003"]
    with pytest.raises(DataError, match="'2024001' may be a date in digits") as caught:
        parse_timestamps(texts, TimeHints(is_named=True))
    assert caught.value.fix == "add --date-format %Y%j"
    found = parse_timestamps([*texts, "2025366"], TimeHints("%Y%j"))
    assert found.bad.tolist() == [False] * len(texts) + [True]
    assert [str(one)[:10] for one in found.values[[59, 365, 366]]] == [
        "2024-02-29",
        "2024-12-31",
        "2025-01-01",
    ]
    assert format_timestamps(found.values[:-1], found.time_format).tolist() == texts


def test_parse_timestamps_takes_months_for_such_where_they_are_called_so() -> None:
    """The first four months of each year are months in a column of months, and behind an M."""
    months = [f"{year}-{month:02d}" for year in range(2010, 2014) for month in range(1, 5)]
    assert parse_timestamps(months, TimeHints(part="month")).time_format == "%Y-%m"
    assert parse_timestamps([one.replace("-", "M") for one in months]).time_format == "%YM%m"


@pytest.mark.parametrize("month", ["Dec", "Dec.", "décembre", "December"])
def test_parse_timestamps_reads_one_month_of_each_year(month: str) -> None:
    """A year of four digits is no day of the month."""
    found = parse_timestamps([f"{month} {year}" for year in range(2001, 2020)])
    assert [str(one)[:7] for one in found.values[[0, -1]]] == ["2001-12", "2019-12"]


@pytest.mark.parametrize("first", [738000, 10101000])
def test_parse_timestamps_counts_what_no_year_is_in(first: int) -> None:
    """Numbers that would be days of the year 8000 are numbers, whatever the column is called."""
    texts = [str(first + at) for at in range(30)]
    assert parse_timestamps(texts, TimeHints(is_named=True)).time_format == INTEGER


def test_parse_timestamps_tells_how_each_order_is_asked_for() -> None:
    """Of two-digit numbers the year may be first, too; the likeliest order comes first."""
    with pytest.raises(DataError) as caught:
        parse_timestamps(["02/01/03", "03/01/03"])
    assert caught.value.fix == "add --dayfirst, or --monthfirst, or --date-format %y/%m/%d"


@pytest.mark.parametrize(
    "text",
    ["", "1-01", "H12", "2024-1-1-1", "12:30", "1.5", "nan", "2024 Q", "Store 10", "Rig-2024"],
)
def test_notation_knows_what_is_no_time(text: str) -> None:
    """Text that only resembles a date has no notation."""
    assert notation(text) is None


def test_parse_timestamps_reads_mixed_days_each_by_its_own_notation() -> None:
    """Days that read in one way only may be written in several."""
    found = parse_timestamps(["2024-01-01", "2024-01-02", "14.05.2024", "15 May 2024", "5/16/2024"])
    assert [str(one)[:10] for one in found.values[2:]] == ["2024-05-14", "2024-05-15", "2024-05-16"]
    assert found.others is not None
    assert (found.others.tolist(), found.time_format) == ([2, 3, 4], "%Y-%m-%d")


@pytest.mark.parametrize(
    ("texts", "form", "last"),
    [
        (["1700000000", "1700003600"], "epoch seconds", "2023-11-14T23:13:20"),
        (["1700000000000", "1700000060500"], "epoch milliseconds", "2023-11-14T22:14:20.500"),
        (["2020-W01", "2020-W53"], "%G-W%V", "2020-12-28"),
        ([f"{y}-{m:02d}" for y in (1, 2) for m in range(1, 13)], "%n-%m", "2002-12-01"),
        (["2024010100", "2024010101"], "%Y%m%d%H", "2024-01-01T01"),
        (["Jan 5, 2024", "Jan 13, 2024"], "%b %d, %Y", "2024-01-13"),
        (["1Q 1998", "2Q 1998"], "%qQ %Y", "1998-04-01"),
    ],
)  # fmt: skip
def test_parse_timestamps_reads_counts_weeks_and_names(
    texts: list[str], form: str, last: str
) -> None:
    """Counts since 1970, ISO weeks and counted years are read, and written back alike."""
    found = parse_timestamps(texts)
    assert (found.time_format, str(found.values[-1])[: len(last)]) == (form, last)
    assert format_timestamps(found.values, form).tolist()[-1] == texts[-1].replace(" 5,", " 05,")


def test_parse_timestamps_reads_spreadsheet_days_by_name_only() -> None:
    """Day 45292 of a spreadsheet is 2024-01-01, in a column that is called so."""
    texts = ["45292", "45293.5"]
    found = parse_timestamps(texts, TimeHints(is_named=True))
    assert [str(one)[:16] for one in found.values] == ["2024-01-01T00:00", "2024-01-02T12:00"]
    assert parse_timestamps(["45292", "45293"]).values.tolist() == [45292, 45293]


@pytest.mark.parametrize(("order", "month"), [("day", "02"), ("month", "01")])
def test_parse_timestamps_takes_the_order_that_is_given(order: str, month: str) -> None:
    """What no value decides, a flag does."""
    found = parse_timestamps(["01/02/2020", "02/02/2020"], TimeHints(order=order))
    assert str(found.values[0])[5:7] == month


def test_parse_timestamps_takes_the_order_that_alone_is_regular() -> None:
    """Two years of months cannot be the first twelve days of two Januaries."""
    found = parse_timestamps([f"01/{m:02d}/{y}" for y in (2019, 2020) for m in range(1, 13)])
    assert found.time_format == "%d/%m/%Y"


def test_parse_timestamps_reads_the_notation_that_is_given() -> None:
    """A format counts for all values; one that it does not fit is marked."""
    found = parse_timestamps(["3.4.20", "13.4.20", "x"], TimeHints(date_format="%d.%m.%y"))
    assert (str(found.values[1])[:10], found.bad.tolist()) == ("2020-04-13", [False, False, True])


def test_format_timestamps_keeps_shape() -> None:
    """A grid of series and steps stays a grid."""
    stamps = np.array([["2024-01", "2024-02"]], "M8[M]")
    assert format_timestamps(stamps, "%Y-%m").tolist() == [["2024-01", "2024-02"]]


@pytest.mark.parametrize(
    "names",
    [
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
        "dicembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "januari februari mars april maj juni juli augusti september oktober november december",
        "januar februar marts april maj juni juli august september oktober november december",
        "januar februar mars april mai juni juli august september oktober november desember",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    ],
)
def test_in_english_knows_every_month_of_a_language(names: str) -> None:
    """All twelve of the languages that README names, and French ones without accents."""
    assert tuple(map(in_english, names.split())) == MONTHS


@pytest.mark.parametrize(
    "texts",
    [
        ["Jan 2020", "Feb 2020", "Mär 2020", "Apr 2020", "Mai 2020", "Okt 2020"],
        ["Januar 2020", "Februar 2020", "März 2020", "April 2020", "Mai 2020", "Oktober 2020"],
        ["janv. 2020", "févr. 2020", "mars 2020", "avr. 2020", "mai 2020", "oct. 2020"],
        ["enero 2020", "febrero 2020", "marzo 2020", "abril 2020", "mayo 2020", "octubre 2020"],
    ],
)
def test_parse_timestamps_knows_months_of_other_languages(texts: list[str]) -> None:
    """Names and abbreviations of some languages are the months that they mean."""
    found = parse_timestamps(texts)
    months = found.values.astype("M8[M]").astype(int) % 12 + 1
    assert months.tolist() == [1, 2, 3, 4, 5, 10]
    assert not found.bad.any()


@pytest.mark.parametrize(
    ("text", "form"),
    [("{}年", "%Y"), ("{}년", "%Y"), ("{}年度", "FY%Y"), ("{}年3月", "%Y-%m"),
     ("{}年第1四半期", "%Y-Q%q"), ("{}년 1분기", "%Y-Q%q"), ("{}年1季度", "%Y-Q%q"),
     ("enero de {}", "%b %Y"), ("março de {}", "%b %Y")],
)  # fmt: skip
def test_parse_timestamps_reads_periods_as_they_are_called(text: str, form: str) -> None:
    """Years and their parts in the words of East Asia, Spain and Portugal."""
    found = parse_timestamps([text.format(year) for year in range(1990, 2020)])
    assert (found.time_format, bool(found.bad.any())) == (form, False)
    assert found.values[1].astype("M8[Y]").astype(str) == "1991"
    assert found.remark is not None


@pytest.mark.parametrize(
    "texts",
    [
        ["Mo, 01.01.2024", "Di, 02.01.2024", "Mi, 03.01.2024"],
        ["Montag, 1. Januar 2024", "Dienstag, 2. Januar 2024", "Mittwoch, 3. Januar 2024"],
        ["lundi 1er janvier 2024", "mardi 2 janvier 2024", "mercredi 3 janvier 2024"],
        ["1er janvier 2024", "2 janvier 2024", "3 janvier 2024"],
        ["1 de enero de 2024", "2 de enero de 2024", "3 de enero de 2024"],
        ["lunes, 1 de enero del 2024", "martes, 2 de enero del 2024", "3 de enero del 2024"],
        ["1 de jan. de 2024", "2 de jan. de 2024", "3 de jan. de 2024"],
    ],
)
def test_parse_timestamps_reads_days_with_their_names(texts: list[str]) -> None:
    """Names of weekdays, the French first of a month and Spanish words between are passed over."""
    found = parse_timestamps(texts)
    assert found.remark is not None
    assert found.remark[1].startswith("forecasts write '")
    assert found.values.astype("M8[D]").astype(str).tolist() == [
        "2024-01-01", "2024-01-02", "2024-01-03",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["2019-01-07 - 2019-01-13", "2019-01-14 - 2019-01-20"], "%Y-%m-%d"),
        (["2019-01-07/2019-01-13", "2019-01-14/2019-01-20"], "%Y-%m-%d"),
        (["2019-01-07 to 2019-01-13", "2019-01-14 to 2019-01-20"], "%Y-%m-%d"),
        (["07.01.2019-13.01.2019", "14.01.2019-20.01.2019"], "%d.%m.%Y"),
        (["7/1/2019 – 13/1/2019", "14/1/2019 – 20/1/2019"], "%d/%m/%Y"),
        (["Jan 7, 2019 - Jan 13, 2019", "Jan 14, 2019 - Jan 20, 2019"], "%b %d, %Y"),
    ],
)
def test_parse_timestamps_reads_ranges_as_their_first_date(texts: list[str], form: str) -> None:
    """A week written as first and last day is the first; both say which number is the day."""
    found = parse_timestamps([*texts, "Total"])
    days = np.array(["2019-01-07", "2019-01-14"], "M8[D]")
    assert (found.values[:2].astype("M8[D]") == days).all()
    assert (found.bad.tolist(), found.time_format) == ([False, False, True], form)
    assert found.remark is not None
    assert found.remark[0] == "date-ranges"


@pytest.mark.parametrize("gap", [1, 6, 7])
def test_parse_timestamps_reads_moving_and_following_ranges(gap: int) -> None:
    """Ranges of one length may overlap, and the end of one may be the beginning of the next."""
    firsts = np.datetime64("2019-01-07") + gap * np.arange(9)
    found = parse_timestamps([f"{one}/{one + 6}" for one in firsts])
    assert (found.values == firsts.astype("M8[ns]")).all()


def test_parse_timestamps_reads_months_as_ranges() -> None:
    """Ranges of different lengths are read where each begins after the one before."""
    texts = ["2019-01-01 - 2019-01-31", "2019-02-01 - 2019-02-28", "2019-03-01 - 2019-03-31"]
    assert str(parse_timestamps(texts).values[2])[:10] == "2019-03-01"


def test_parse_timestamps_refuses_ranges_that_overlap_unevenly() -> None:
    """A year among its months is the total of them, not a row like the others."""
    texts = ["2019-01-01 - 2019-01-31", "2019-01-01 - 2019-12-31", "2019-02-01 - 2019-02-28"]
    with pytest.raises(UnclearTime, match="overlaps") as caught:
        parse_timestamps(texts)
    assert caught.value.text in texts[:2]


def test_parse_timestamps_says_that_months_are_written_in_english() -> None:
    """Forecasts cannot be written with names that the notation does not have."""
    found = parse_timestamps(["Januar 2020", "März 2020"])
    assert found.remark is not None
    assert "'Januar 2020' as 'Jan 2020'" in found.remark[1]
    padded = parse_timestamps(["1. März 2020", "2. März 2020"])
    assert padded.remark is not None
    assert "'1. März 2020' as '01. Mar 2020'" in padded.remark[1]
    assert parse_timestamps(["January 2020", "March 2020"]).remark is None


def test_parse_timestamps_reads_words_above_a_note() -> None:
    """A line below the times that loses words as well is no example of what forecasts write."""
    found = parse_timestamps([*(f"2024年{month}月" for month in range(1, 9)), "Source  of data"])
    assert found.bad.tolist() == [False] * 8 + [True]
    assert found.remark == ("month-names", "forecasts write '2024年1月' as '2024-01'")


def test_parse_timestamps_marks_what_is_no_fiscal_year() -> None:
    """One that names two years apart is the odd one among years in a row."""
    texts = [f"{year}/{year % 100 + 1}" for year in range(2010, 2030)]
    assert parse_timestamps([*texts, "2030/32"]).bad.tolist() == [False] * 20 + [True]
