import numpy as np
import pytest
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.models.arima_css import Arma, arma_errors, fit_css, smallest_root, split


def simulate(n: int, ar: float, ma: float, seed: int = 0) -> np.ndarray:
    """An ARMA(1,1), one step at a time."""
    noise = np.random.default_rng(seed).normal(size=n + 100)
    values = np.zeros(n + 100)
    for t in range(1, n + 100):
        values[t] = ar * values[t - 1] + noise[t] + ma * noise[t - 1]
    return values[100:]


def test_arma_errors_equal_the_recursion() -> None:
    """Errors of a seasonal ARMA(1,1)(1,1)[4] equal the difference equation."""
    values = np.random.default_rng(0).normal(size=30)
    ar, ma, big_ar, big_ma = 0.5, 0.3, 0.2, -0.4
    expected: list[float] = []
    for t in range(30):
        past = [values[t - lag] if t >= lag else 0.0 for lag in range(6)]
        old = [expected[t - lag] if t >= lag > 0 else 0.0 for lag in range(6)]
        predicted = ar * past[1] + big_ar * past[4] - ar * big_ar * past[5]
        predicted += ma * old[1] + big_ma * old[4] + ma * big_ma * old[5]
        expected.append(float(values[t] - predicted))
    found = arma_errors(values, Arma(1, 1, 1, 1, 4, False), np.array([ar, ma, big_ar, big_ma]))
    np.testing.assert_allclose(found, expected)


def test_fit_css_finds_the_coefficients() -> None:
    """On a long series, CSS agrees with maximum likelihood and with the truth."""
    values = 5 + simulate(2000, 0.7, 0.4)
    mean, found = fit_css(values, Arma(1, 1, 0, 0, 1, True))
    exact = SARIMAX(values - mean, order=(1, 0, 1)).fit(disp=0).params[:2]
    np.testing.assert_allclose(found, exact, atol=0.01)
    np.testing.assert_allclose(found, [0.7, 0.4], atol=0.05)
    assert mean == pytest.approx(5, abs=0.3)


def test_fit_css_stays_stationary() -> None:
    """A random walk fitted by an AR(2) gives roots outside the unit circle."""
    values = np.cumsum(np.random.default_rng(1).normal(size=200))
    arma = Arma(2, 0, 0, 0, 1, False)
    assert smallest_root(fit_css(values, arma)[1], arma) > 1


def test_fit_css_of_white_noise_without_constant() -> None:
    """There is nothing to estimate."""
    mean, found = fit_css(np.ones(5), Arma(0, 0, 0, 0, 1, False))
    assert (mean, found.tolist()) == (0, [])


def test_smallest_root_of_known_polynomials() -> None:
    """1 - 0.5 B has its root at 2; no lags have none."""
    assert smallest_root(np.array([0.5]), Arma(1, 0, 0, 0, 1, False)) == pytest.approx(2)
    assert smallest_root(np.empty(0), Arma(0, 0, 0, 0, 1, False)) == np.inf


def test_split_follows_the_orders() -> None:
    """Coefficients come as AR, MA, seasonal AR, seasonal MA."""
    parts = split(np.arange(6.0), Arma(2, 1, 1, 2, 12, False))
    assert [part.tolist() for part in parts] == [[0, 1], [2], [3], [4, 5]]
