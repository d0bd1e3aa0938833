"""Words that say nothing more of a time, and times that have none."""

import pytest

from forecast.timeline.folding import folded
from forecast.timeline.timestamps import parse_timestamps

SAME = [
    ("1. 2. 2024", "1.2.2024"),
    ("2024. 02. 01.", "2024.02.01"),
    ("2024.02.01. 10:00", "2024.02.01 10:00"),
    ("01/02/2024 (Thu)", "01/02/2024"),
    ("01.02.2024, Do", "01.02.2024"),
    ("2024/02/01(木)", "2024/02/01"),
    ("Week ending 1 Feb 2024", "1 Feb 2024"),
    ("w/c 01/02/2024", "01/02/2024"),
    ("February 1st, 2024", "February 1, 2024"),
    ("22nd February 2024", "22 February 2024"),
    ("01.02.2024 um 10:00 Uhr", "01.02.2024 10:00"),
    ("Feb 1, 2024 at 10:00 AM", "Feb 1, 2024 10:00 AM"),
    ("1/2/2024 1:05:00 p. m.", "1/2/2024 1:05:00 PM"),
    ("2024.0", "2024"),
    ("20240201.0", "20240201"),
    ("1/2/2024 1:05a.m.", "1/2/2024 1:05 AM"),
]


@pytest.mark.parametrize(("text", "left"), SAME)
def test_folded_leaves_the_time(text: str, left: str) -> None:
    """Weekdays, ordinals, words and spaces go; a second time there is nothing more to go."""
    assert (folded(text), folded(left)) == (left, left)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01",
        "1.234.567",
        "12.0",
        "2024.05",
        "1 Dec 2024",
        "August 2024",
        "1.5 %",
        "Store 1st",
        "so",
    ],
)
def test_folded_leaves_other_texts_alone(text: str) -> None:
    """Numbers, names of months and other words stay as they are."""
    assert folded(text) == text.replace("1st", "1")


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["2023.0", "2024.0"], "%Y"),
        (["202301.0", "202302.0"], "%Y%m"),
        (["1. 2. 2024", "13. 2. 2024"], "%d.%m.%Y"),
        (["Feb 1st, 2024", "Feb 2nd, 2024"], "%b %d, %Y"),
        (["1/13/2024 1:05:00 p. m.", "1/14/2024 1:05:00 p. m."], "%m/%d/%Y %I:%M:%S %p"),
    ],
)
def test_parse_timestamps_tells_what_it_left_out(texts: list[str], form: str) -> None:
    """Forecasts are written without it, and that is said."""
    found = parse_timestamps(texts)
    assert (found.time_format, bool(found.bad.any())) == (form, False)
    assert found.remark is not None
    assert found.remark[1].startswith(f"forecasts write '{texts[0]}' as")
