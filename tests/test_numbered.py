"""Weeks and quarters that only the name of their column tells from months."""

import pytest

from forecast.timeline.numbered import named_part, numbered_form


@pytest.mark.parametrize(
    ("column", "part"),
    [
        ("Kalenderwoche", "week"),
        ("year_week", "week"),
        ("Année/Trimestre", "quarter"),
        ("Mês", "month"),
        ("date", None),
        ("month and week", None),
        ("weekly sales", None),
    ],
)
def test_named_part_looks_for_words(column: str, part: str | None) -> None:
    """A word of the name counts, in six languages; two of them decide nothing."""
    assert named_part(column) == part


@pytest.mark.parametrize(
    ("texts", "part", "form"),
    [
        (["2024-01", "2024-53"], "week", "%G-%V"),
        (["1/2024", "2/2024"], "week", "%V/%G"),
        (["202401", "202402"], "week", "%G%V"),
        (["2024-01", "2024-02"], "quarter", "%Y-%Q"),
        (["2024-1", "2024-2"], "quarter", "%Y-%q"),
        (["2024-01", "2024-04"], "quarter", None),
        (["2024-03", "2024-06"], "quarter", None),
        (["2024-01-01", "2024-01-08"], "week", None),
        (["2024-01", "w2", "w3"], "week", None),
        (["2024-01", "2024-02"], "month", None),
        (["2024.01", "2024.02"], "month", "%Y.%m"),
        ([*(f"2024.0{month}" for month in range(1, 10)), "2024.1"], "month", None),
        (["2.5024", "2.5025"], "month", None),
        (["2024.01", "2024.02"], None, None),
        (["254734", "166440", "216957"], "week", None),
        (["2000.25", "2000.50", "2000.75", "2001.00"], "week", None),
        (["3482.78", "1088.26", "4956.76"], "month", None),
        (["201301", "202402", "202460", "202403", "202404"], "week", "%G%V"),
        ([], "week", None),
    ],
)
def test_numbered_form_takes_years_with_numbers(
    texts: list[str], part: str | None, form: str | None
) -> None:
    """The first months of quarters stay months; dates and measurements are left alone."""
    assert numbered_form(texts, part) == form
