import math

import pytest

from forecast.evaluation.verdict import Rival, verdict


@pytest.mark.parametrize(
    ("error", "rivals", "expected"),
    [
        (
            0.81,
            [Rival("ARIMA", 0.92, 0.01, -1), Rival("SeasonalNaive", 1.1, 0.001, -1)],
            "The GRU's error is 12 % lower than ARIMA's (MASE 0.81 against 0.92); "
            "the difference is significant (p = 0.01): use the GRU.",
        ),
        (
            0.92,
            [Rival("ARIMA", 0.81, 0.0001, 1)],
            "ARIMA's error is 12 % lower than the GRU's (MASE 0.81 against 0.92); "
            "the difference is significant (p < 0.001): use ARIMA.",
        ),
        (
            0.81,
            [Rival("SeasonalNaive", 0.83, 0.4, -1)],
            "The GRU is not distinguishable from SeasonalNaive (MASE 0.81 against 0.83, "
            "p = 0.4): use SeasonalNaive, the simpler one.",
        ),
        (
            0.81,
            [Rival("ARIMA", 0.81, math.nan, 0)],
            "The GRU and ARIMA have the same error (MASE 0.81): use ARIMA, the simpler one.",
        ),
        (
            0.5,
            [Rival("ARIMA", 1.0, math.nan, 0)],
            "The GRU's error is 50 % lower than ARIMA's (MASE 0.50 against 1.00), but there are "
            "too few forecasts to tell whether that is luck: use ARIMA, the simpler one.",
        ),
        (
            0.9,
            [Rival("ARIMA", 1.0, 0.01, 1)],
            "The GRU's error is 10 % lower than ARIMA's (MASE 0.90 against 1.00), but over most "
            "series the test favours the other one (p = 0.01): use ARIMA, the simpler one.",
        ),
        (
            math.nan,
            [Rival("ARIMA", 0.9, math.nan, 0)],
            "The GRU could not be scored: use ARIMA (MASE 0.90).",
        ),
        (
            0.8,
            [Rival("ARIMA", math.nan, math.nan, 0), Rival("Naive", 1.0, 0.02, -1)],
            "The GRU's error is 20 % lower than Naive's (MASE 0.80 against 1.00); "
            "the difference is significant (p = 0.02): use the GRU.",
        ),
        (
            math.nan,
            [Rival("ARIMA", math.nan, math.nan, 0)],
            "No model could be scored (MASE is undefined here): there is no verdict.",
        ),
        (
            0.8,
            [],
            "The GRU was scored (MASE 0.80), but there is no baseline to compare it with.",
        ),
        (
            0.8,
            [Rival("ARIMA", math.nan, math.nan, 0)],
            "The GRU was scored (MASE 0.80), but no baseline could be scored to compare it with.",
        ),
        (
            0.8101,
            [Rival("ARIMA", 0.8102, 0.001, -1)],
            "The GRU's error is 0.01 % lower than ARIMA's (MASE 0.8101 against 0.8102); "
            "the difference is significant (p = 0.001): use the GRU.",
        ),
        (
            0.0,
            [Rival("ARIMA", 0.0, 1.0, 0)],
            "The GRU and ARIMA have the same error (MASE 0.00): use ARIMA, the simpler one.",
        ),
    ],
    ids=[
        "better", "worse", "indistinguishable", "tie", "untested", "disagreement", "unscored",
        "baseline-unscored", "nothing-scored", "alone", "alone-scored", "close", "perfect-tie",
    ],
)  # fmt: skip
def test_verdict_says_what_to_use(error: float, rivals: list[Rival], expected: str) -> None:
    """The sentence names the model to use, by how much, and how sure that is."""
    assert verdict("GRU", error, rivals, "MASE") == expected
