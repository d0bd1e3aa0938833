"""The generator of synthetic series: seeds, shapes, rates, and each part's own property."""

import pytest
import torch
from torch import Tensor

from forecast.errors import UsageError
from forecast.pretrain import events, filters, levels, noises, observe, profiles, seasons
from forecast.pretrain.dice import Dice
from forecast.pretrain.mixture import mixture_for
from forecast.pretrain.synthetic import draw, draw_mask

CPU = torch.device("cpu")


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def make_dice(seed: int = 0) -> Dice:
    return Dice(seeded(seed), CPU)


def autocorrelation(x_NL: Tensor, lag: int) -> float:
    """Of zero-mean paths, over all rows together."""
    return float((x_NL[:, lag:] * x_NL[:, :-lag]).mean() / x_NL.square().mean())


SEASONS = [(1,), (4,), (7,), (12,), (24,), (52,), (365,), (7, 365), (24, 168), (48, 336)]


@pytest.mark.parametrize("season", SEASONS, ids=str)
@pytest.mark.parametrize("length", [8, 41, 400])
def test_draw_gives_finite_series(season: tuple[int, ...], length: int) -> None:
    """Every season setting gives finite float32 values of the shape asked for."""
    values = draw(150, length, season, seeded(), CPU)
    assert values.shape == (150, length)
    assert values.dtype == torch.float32
    assert bool(values.isfinite().all())


def test_draw_survives_long_series_and_three_seasons() -> None:
    """1,500 hours with a day, a week and a year stay finite."""
    assert bool(draw(100, 1500, (24, 168, 8766), seeded(), CPU).isfinite().all())


def test_draw_is_the_same_for_a_seed() -> None:
    """One seed gives one batch; another seed gives another."""
    first, again = (draw(50, 60, (12,), seeded(3), CPU) for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, draw(50, 60, (12,), seeded(4), CPU))


@pytest.mark.parametrize("season", [(), (0,), (12, 4), (7, 7)], ids=str)
def test_draw_refuses_a_bad_season(season: tuple[int, ...]) -> None:
    """Seasons are positive and rise."""
    with pytest.raises(UsageError, match="shortest first"):
        draw(2, 10, season, seeded(), CPU)


def test_draw_never_explodes() -> None:
    """A positive series stays within a million times its start."""
    values = draw(3000, 300, (1,), seeded(), CPU)
    values = values[values.amin(-1) > 0]
    assert float((values.amax(-1) / values[:, 0]).max()) < 1e6


def test_draw_mask_misses_a_small_share() -> None:
    """Four of five series are whole; the others miss points or one block."""
    mask = draw_mask(20_000, 100, seeded(), CPU)
    whole = float((~mask.any(-1)).float().mean())
    assert 0.78 < whole < 0.88
    assert 0.005 < float(mask.float().mean()) < 0.05


@pytest.mark.parametrize("phi", [-0.5, 0.3, 0.9])
def test_ar1_has_the_autocorrelation_asked_for(phi: float) -> None:
    """Autocorrelation at lag k is phi to the k; variance is 1."""
    path = filters.ar1(make_dice(), torch.full((3000,), phi), 200)
    assert float(path.var()) == pytest.approx(1, abs=0.05)
    for lag in (1, 2, 3):
        assert autocorrelation(path, lag) == pytest.approx(phi**lag, abs=0.03)


def test_cycle_has_the_period_asked_for() -> None:
    """A persistent cycle of 20 steps peaks in the spectrum at length / 20."""
    path = filters.cycle(make_dice(), torch.full((500,), 0.98), torch.full((500,), 20.0), 400)
    power = torch.fft.rfft(path).abs().square().mean(0)
    assert int(power.argmax()) == pytest.approx(400 / 20, abs=1)


def test_convolve_equals_a_slow_loop() -> None:
    """Filtering by Fourier transform equals the sum written out."""
    dice = make_dice()
    noise, impulse = dice.normal(3, 17), dice.normal(3, 17)
    slow = torch.stack(
        [sum((impulse[:, k] * noise[:, t - k] for k in range(t + 1)), torch.zeros(3))
         for t in range(17)], dim=1,
    )  # fmt: skip
    torch.testing.assert_close(filters.convolve(noise, impulse), slow, rtol=1e-4, atol=1e-4)


def test_gaussian_process_has_its_kernel() -> None:
    """With nu = 1/2 the covariance is exp(-lag / scale), Rasmussen and Williams (4.18)."""
    ones = torch.ones(4000)
    path = filters.gaussian_process(make_dice(), 10 * ones, 0.5 * ones, 300)
    for lag in (5, 10):
        expected = float(torch.exp(torch.tensor(-lag / 10)))
        assert autocorrelation(path, lag) == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize("kind", list(levels.PATHS))
def test_levels_change_by_about_one_over_the_pace(kind: str) -> None:
    """The typical change of a level over its pace is near 1, whatever its kind."""
    path = levels.PATHS[kind](make_dice(), torch.full((2000,), 20.0), 200)
    change = float((path[:, 20:] - path[:, :-20]).square().mean().sqrt())
    assert kind == "flat" or 0.2 < change < 4


def test_damped_converges() -> None:
    """A damped trend moves less and less."""
    path = levels.damped(make_dice(), torch.full((100,), 5.0), 400)
    assert float((path[:, -1] - path[:, -50]).abs().max()) < 0.01
    assert float((path[:, 10] - path[:, 0]).abs().mean()) > 0.3


@pytest.mark.parametrize("noise", noises.NOISES, ids=lambda noise: noise.__name__)
def test_noises_have_unit_variance(noise: noises.Noise) -> None:
    """Sizes of noise mean the same for every kind."""
    assert float(noise(make_dice(), 2000, 300).square().mean().sqrt()) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("season", [4, 7, 12, 24, 168])
def test_profiles_are_standardised(season: int) -> None:
    """Every profile has mean 0 and variance 1."""
    table = profiles.draw_profiles(make_dice(), (1, 1, 1, 1), 400, season)
    torch.testing.assert_close(table.mean(-1), torch.zeros(400), rtol=0, atol=1e-4)
    torch.testing.assert_close(table.var(-1, correction=0), torch.ones(400), rtol=0, atol=1e-2)


def test_evolve_repeats_a_fixed_season() -> None:
    """At speed 0 a season repeats exactly; at higher speed it changes."""
    table = profiles.draw_profiles(make_dice(), (1, 1, 1, 1), 50, 12)
    time = torch.arange(60.0).expand(50, -1)
    fixed = seasons.evolve(make_dice(), table, time, torch.zeros(50))
    torch.testing.assert_close(fixed, table.repeat(1, 5))
    moving = seasons.evolve(make_dice(), table, time, torch.full((50,), 0.5))
    assert float((moving[:, 48:] - moving[:, :12]).abs().mean()) > 0.1


def test_evolve_reads_a_fast_clock_between_the_phases() -> None:
    """On a clock that is a fifth too fast, twelve phases pass in ten steps."""
    table = profiles.draw_profiles(make_dice(), (1, 1, 1, 1), 50, 12)
    time = 1.2 * torch.arange(60.0).expand(50, -1)
    found = seasons.evolve(make_dice(), table, time, torch.zeros(50))
    torch.testing.assert_close(found[:, 10:20], found[:, :10], atol=1e-3, rtol=0)
    torch.testing.assert_close(found[:, 5], table[:, 6], atol=1e-3, rtol=0)
    torch.testing.assert_close(found[:, 1], 0.8 * table[:, 1] + 0.2 * table[:, 2])


def test_clock_keeps_time_in_most_series() -> None:
    """Without odds it is the number of the row; with them some run off, by 8 % at most."""
    step = torch.arange(240.0)
    assert (seasons.clock(make_dice(), 0.0, 200, 240) == step).all()
    off = (seasons.clock(make_dice(), 0.4, 2000, 240) - step).abs().amax(1)
    assert 0.25 < float((off > 0).float().mean()) < 0.5
    assert float(off[off > 0].median()) < 0.08 * 240


def test_seasonal_walk_adds_one_shock_a_season() -> None:
    """Differences over a season are white and sum to 0 over it."""
    path = seasons.seasonal_walk(make_dice(), 50, 4, 40)
    shocks = path[:, 4:] - path[:, :-4]
    torch.testing.assert_close(
        shocks.reshape(50, 9, 4).sum(-1), torch.zeros(50, 9), atol=1e-4, rtol=0
    )


def test_fits_resize_whole_cycles_of_some_series() -> None:
    """Without odds all cycles have size 1; with them sizes change between cycles, about 1."""
    assert (seasons.fits(make_dice(), 0.0, 100, 12, 60) == 1).all()
    size = seasons.fits(make_dice(), 1.0, 2000, 24, 480)
    assert float(size.min()) > 0
    assert float(size.mean()) == pytest.approx(1, abs=0.05)
    bends = size.diff().diff().abs() > 1e-4
    assert int(bends.sum(1).max()) <= 2 * 21
    assert float((size.std(1) > 0.05).float().mean()) > 0.9


def test_clipped_leaves_the_order_of_positive_values() -> None:
    """Nothing is below zero, up to seven tenths are zero, and what is above rises as it did."""
    path = make_dice().normal(300, 100)
    values = observe.clipped(make_dice(1), path)
    zero = (values == 0).float().mean(1)
    assert float(values.min()) == 0
    assert 0.01 <= float(zero.min()) < 0.1
    assert 0.6 < float(zero.max()) <= 0.72
    rows = torch.arange(300)
    top, low = path.argmax(1), path.argmin(1)
    assert (values[rows, top] == values.amax(1)).all()
    assert (values[rows, low] == 0).all()


def test_days_of_a_year_hold_years() -> None:
    """Of daily series drawn with a year, many have three times the power there than beside it."""
    values = draw(600, 1460, (7, 365), seeded(), CPU)
    power = torch.fft.rfft(values - values.mean(1, keepdim=True)).abs().square()
    beside = power[:, [2, 3, 5, 6]].mean(1)
    assert float((power[:, 4] > 3 * beside).float().mean()) > 0.35


def test_hold_repeats_one_stretch() -> None:
    """A stuck series repeats a value at least once and is otherwise unchanged."""
    values = make_dice().normal(200, 50)
    held = events.hold(make_dice(1), values)
    assert float((held.diff() == 0).any(-1).float().mean()) > 0.9
    changed = held != values
    assert bool((changed.sum(-1) <= 0.2 * 50).all())


def test_counted_gives_whole_numbers() -> None:
    """Counts are whole and not negative."""
    values = observe.counted(make_dice(), make_dice(1).normal(100, 50))
    assert torch.equal(values, values.round())
    assert float(values.min()) >= 0


def test_slowing_grows_less_than_an_exponential() -> None:
    """A straight path becomes positive values whose relative growth never rises."""
    path = torch.linspace(0, 3, 50).repeat(100, 1)
    growth = observe.slowing(make_dice(), path).log().diff()
    assert bool((growth > 0).all())
    assert bool((growth.diff() < 1e-4).all())


def test_bounded_stays_within_its_bounds() -> None:
    """Percentages lie in 0 to 100."""
    values = observe.bounded(make_dice(), 5 * make_dice(1).normal(100, 50))
    assert float(values.min()) >= 0
    assert float(values.max()) <= 100


def test_draw_leaves_some_series_without_season() -> None:
    """Nearly all strongly seasonal batches still hold series without any season."""
    assert 0.7 <= mixture_for((12,), 120).seasonal <= 0.9
    values = draw(2000, 240, (12,), seeded(), CPU)
    change = values.diff()
    profile = change[:, :228].reshape(-1, 19, 12).mean(1)
    share = profile.var(-1) / change.var(-1).clamp_min(1e-9)
    assert 0.1 < float((share < 0.15).float().mean()) < 0.6
