import numpy as np
import pytest

from forecast.models.arima_form import choose_form, fourier_profile, prefers_log

RNG = np.random.default_rng(0)
STEPS = np.arange(120)
WAVE = np.sin(2 * np.pi * STEPS / 12)


def test_prefers_log_where_the_season_grows_with_the_level() -> None:
    """A multiplicative season wants a logarithm, an additive one does not."""
    noise = RNG.normal(size=120)
    assert prefers_log(np.exp(3 + 0.02 * STEPS + 0.5 * WAVE + 0.05 * noise), 12)
    assert not prefers_log(100 + 0.5 * STEPS + 20 * WAVE + 2 * noise, 12)


def test_prefers_log_needs_positive_values() -> None:
    """One zero rules the logarithm out."""
    values = np.exp(3 + 0.02 * STEPS + 0.5 * WAVE)
    values[5] = 0
    assert not prefers_log(values, 12)


@pytest.mark.parametrize("season", [1, 12, 30])
def test_form_inverts_what_it_applies(season: int) -> None:
    """Applying and inverting gives the values back, at any phase."""
    values = np.exp(3 + 0.02 * STEPS + 0.5 * WAVE + 0.05 * RNG.normal(size=120))
    form = choose_form(values, season)
    there = form.apply(values[7:], 7)
    np.testing.assert_allclose(form.invert(there[:, None], 7)[:, 0], values[7:])


def test_form_takes_a_long_season_out() -> None:
    """A season too long for the state space becomes Fourier terms."""
    steps = np.arange(400)
    season = np.cos(2 * np.pi * steps / 52) + 0.5 * np.sin(4 * np.pi * steps / 52)
    form = choose_form(season * 10 + 0.2 * np.cumsum(RNG.normal(size=400)), 52)
    assert form.season == 1
    assert form.harmonics >= 2
    found = form.profile * form.scale
    np.testing.assert_allclose(found, 10 * (season[:52] - season[:52].mean()), atol=0.5)


def test_fourier_profile_of_noise_is_small() -> None:
    """Without a season hardly any terms pay; the profile has mean zero."""
    profile, harmonics = fourier_profile(np.cumsum(RNG.normal(size=300)), 52)
    assert harmonics <= 1
    assert profile.mean() == pytest.approx(0, abs=1e-9)
