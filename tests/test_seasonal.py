import numpy as np
import pytest

from forecast.models.seasonal import Season, is_seasonal

RNG = np.random.default_rng(0)
WAVE = np.tile([1.4, 0.8, 0.7, 1.1], 12)


@pytest.mark.parametrize("season", [4, 7, 30])
def test_is_seasonal_tells_a_season_from_noise(season: int) -> None:
    """A repeated pattern is a season, also under a trend; noise is not."""
    wave = np.tile(RNG.normal(size=season), 120 // season)
    noise = RNG.normal(size=len(wave))
    assert is_seasonal(wave + 0.3 * noise, season)
    assert is_seasonal(3 * wave + 0.3 * noise + 2 * np.arange(len(wave)), season)
    assert not is_seasonal(noise, season)
    assert not is_seasonal(wave[: 3 * season - 1], season)


def test_season_multiplies_what_is_positive() -> None:
    """Removing a multiplied season leaves the level, restoring gives the values back."""
    values = (10 + np.arange(48)) * WAVE
    found = Season.find(values, 4)
    assert found.multiplicative
    np.testing.assert_allclose(found.remove(values, 0), 10 + np.arange(48), rtol=0.03)
    again = found.restore(found.remove(values[5:], 5)[:, None], 5)
    np.testing.assert_allclose(again[:, 0], values[5:])


def test_season_adds_where_there_are_other_values() -> None:
    """With values of both signs the season is added."""
    found = Season.find(WAVE - 1 + 0.01 * RNG.normal(size=48), 4)
    assert str(found) == " additive[4]"
    np.testing.assert_allclose(found.profile, [0.4, -0.2, -0.3, 0.1], atol=0.01)


def test_season_of_noise_changes_nothing() -> None:
    """Without a season, values stay as they are."""
    values = RNG.normal(size=48)
    found = Season.find(values, 4)
    assert str(found) == ""
    np.testing.assert_array_equal(found.remove(values, 0), values)
