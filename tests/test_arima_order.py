import numpy as np
import pytest
from statsmodels.tsa import stattools

from forecast.models.arima_css import Arma
from forecast.models.arima_order import (
    Order,
    difference,
    differences,
    kpss,
    search,
    seasonal_strength,
)

RNG = np.random.default_rng(0)
SEASON = np.tile(10 * np.sin(2 * np.pi * np.arange(12) / 12), 10)


@pytest.mark.filterwarnings(
    "ignore:The test statistic", "ignore::statsmodels.tools.sm_exceptions.InterpolationWarning"
)
def test_kpss_equals_statsmodels() -> None:
    """The statistic equals that of statsmodels with the same number of lags."""
    values = np.cumsum(RNG.normal(size=150))
    lags = int(3 * np.sqrt(150) / 13)
    theirs = stattools.kpss(values, "c", nlags=lags, result_object=False)
    assert kpss(values) == pytest.approx(theirs[0])


def test_kpss_of_a_constant_is_zero() -> None:
    """A constant is stationary."""
    assert kpss(np.full(20, 3.0)) == 0


@pytest.mark.parametrize(
    ("values", "season", "expected"),
    [
        (RNG.normal(size=120), 12, (0, 0)),
        (np.cumsum(RNG.normal(size=120)), 1, (1, 0)),
        (np.cumsum(np.cumsum(RNG.normal(size=120))), 1, (2, 0)),
        (SEASON + RNG.normal(size=120), 12, (0, 1)),
        (np.full(30, 7.0), 12, (0, 0)),
    ],
    ids=["noise", "walk", "integrated-walk", "season", "constant"],
)
def test_differences_follow_the_tests(
    values: np.ndarray, season: int, expected: tuple[int, int]
) -> None:
    """Unit roots and strong seasons are differenced away, and nothing else."""
    assert differences(values, season) == expected


def test_difference_at_both_lags() -> None:
    """A line plus a season is zero after one difference of each kind."""
    np.testing.assert_allclose(difference(SEASON + np.arange(120), 1, 1, 12), 0, atol=1e-9)


def test_seasonal_strength_is_between_nothing_and_one() -> None:
    """Noise has little season, a repeated pattern almost only season."""
    assert seasonal_strength(RNG.normal(size=120), 12) < 0.64
    assert seasonal_strength(SEASON + 0.1 * RNG.normal(size=120), 12) > 0.95
    assert seasonal_strength(SEASON[:24], 12) == 0


def test_search_finds_the_simple_truth() -> None:
    """A long MA(1) is recognised, with about the right coefficient."""
    noise = np.random.default_rng(3).normal(size=601)
    order = Order(Arma(0, 0, 0, 0, 1, False), 1, 0)
    best = search(noise[1:] - 0.6 * noise[:-1], order)[0]
    assert (best.arma.p, best.arma.q) == (0, 1)
    assert best.coefficients[0] == pytest.approx(-0.6, abs=0.07)


def test_search_ends_with_what_it_has() -> None:
    """A deadline that is over at once still gives a model, from the first few tried."""
    values = RNG.normal(size=80)
    order = Order(Arma(0, 0, 0, 0, 4, False), 0, 0)
    looked = search(values, order, 0.0)
    assert np.isfinite(looked[0].aicc)
    assert len(looked) < len(search(values, order))


def test_search_keeps_seasonal_and_ordinary_lags_apart() -> None:
    """With a season of two, p and q stay below it."""
    order = Order(Arma(0, 0, 0, 0, 2, False), 0, 0)
    looked = search(RNG.normal(size=60), order)
    assert max(max(one.arma.p, one.arma.q) for one in looked) <= 1


def test_order_is_written_in_the_usual_way() -> None:
    """The season and the constant are named only where they are."""
    assert str(Order(Arma(2, 1, 0, 0, 1, True), 1, 0)) == "ARIMA(2,1,1) with drift"
    assert str(Order(Arma(1, 0, 1, 0, 4, True), 0, 0)) == "ARIMA(1,0,0)(1,0,0)[4] with mean"
