"""Rules of forecast.models.shares."""

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.models.holdout import Holdout, hold_back
from forecast.models.member import Member
from forecast.models.shares import Candidates, blend, choose_shares, trusted_shares
from forecast.network.geometry import Geometry
from forecast.panel import Panel, Series
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec


def make_held(count: int = 4) -> Holdout:
    rng = np.random.default_rng(0)
    series = [Series(f"s{i}", np.arange(40), rng.normal(50, 5, 40)) for i in range(count)]
    held = hold_back(Panel.from_series(series, "1"), 6, 1)
    assert held is not None
    return held


def around(held: Holdout, error: float) -> NDArray[np.float64]:
    """Forecasts that miss what happened by the same everywhere."""
    return np.repeat(np.nan_to_num(held.y)[..., None], len(DEFAULT_QUANTILES), -1) + error


def first(groups: int) -> tuple[float, ...]:
    """All for the first group."""
    return (1.0, *[0.0] * (groups - 1))


def test_choose_shares_follows_the_error() -> None:
    """All goes to a perfect group, wherever it stands; to the first where all are alike."""
    held = make_held()
    good, bad = around(held, 0.0), around(held, 50.0)
    assert choose_shares(held, [bad, good, bad], first(3)) == (0.0, 1.0, 0.0)
    assert choose_shares(held, [good, bad, bad], first(3)) == (1.0, 0.0, 0.0)
    assert choose_shares(held, [good, good, good], first(3)) == (1.0, 0.0, 0.0)


def test_choose_shares_blends_errors_that_cancel() -> None:
    """Where two groups miss on opposite sides, their mean is chosen."""
    held = make_held()
    above, below = around(held, 8.0), around(held, -8.0)
    assert choose_shares(held, [above, below], first(2)) == (0.5, 0.5)


@pytest.mark.parametrize(("count", "share"), [(2, 1.0), (400, 0.0)])
def test_choose_shares_believes_what_is_no_chance(count: int, share: float) -> None:
    """A gain that varies from series to series is believed from many, not from two."""
    held = make_held(count)
    luck = np.random.default_rng(1).normal(8, 4, len(held.panel))
    series = np.searchsorted(held.panel.indptr, held.starts, "right") - 1
    start, other = around(held, 10.0), around(held, 0.0) + luck[series][:, None, None]
    assert choose_shares(held, [start, other], first(2))[0] == share


@pytest.mark.parametrize(("rows", "share"), [(24, 1.0), (25, 0.0)])
def test_choose_shares_asks_for_three_stretches(rows: int, share: float) -> None:
    """Two, of which one may be a few rows only, agree too easily."""
    panel = Panel.from_series([Series("s", np.arange(3 * rows), np.arange(3.0 * rows))], "1")
    held = hold_back(panel, 12, 1)
    assert held is not None and held.rows == rows
    start, other = around(held, 10.0), around(held, 1.0)
    assert choose_shares(held, [start, other], first(2))[0] == share


def test_choose_shares_wants_more_than_a_steady_trifle() -> None:
    """A gain of 2 % in every series may be that of their time."""
    held = make_held(400)
    start, other = around(held, 10.0), around(held, 9.8)
    assert choose_shares(held, [start, other], first(2)) == (1.0, 0.0)


@pytest.mark.parametrize("trusted", [(1.0, 0.0, 0.0), (0.5, 0.25, 0.25), (0.25, 0.25, 0.5)])
def test_choose_shares_never_choose_what_is_worse_than_the_first_group(
    trusted: tuple[float, ...],
) -> None:
    """On the rows that decide, by absolute errors or, where these do not tell, by squared ones."""
    held = make_held(12)
    chosen = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        errors = rng.normal(rng.normal(0, 4, 3), rng.uniform(1, 8, 3), (*held.y.shape, 3))
        grids = [around(held, 0.0) + errors[..., group, None] for group in range(3)]
        shares = choose_shares(held, grids, trusted)
        points = [
            grid[..., DEFAULT_QUANTILES.index(0.5)] for grid in (grids[0], blend(grids, shares))
        ]
        losses = [[held.path_errors(one, power).mean() for one in points] for power in (1, 2)]
        assert any(taken <= first for first, taken in losses)
        chosen.add(shares)
    assert len(chosen) > 5


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e308])
@pytest.mark.parametrize("count", [2, 400])
def test_choose_shares_takes_nothing_that_is_no_number(value: float, count: int) -> None:
    """One such forecast, or one step of all, spoils a group, even the first; not those beside."""
    held = make_held(count)
    start, gain = around(held, 10.0), around(held, 1.0)
    once, late = gain.copy(), gain.copy()
    once[3], late[:, 3:] = value, value
    for broken in (once, late):
        assert choose_shares(held, [start, broken], first(2)) == (1.0, 0.0)
        assert choose_shares(held, [start, gain, broken], first(3))[2] == 0.0
        assert choose_shares(held, [broken, start], first(2)) == (0.0, 1.0)
        assert choose_shares(held, [broken, start], (0.5, 0.5)) == (0.0, 1.0)
        assert choose_shares(held, [broken, broken], first(2)) == (1.0, 0.0)


def test_choose_shares_starts_from_what_is_trusted() -> None:
    """Unless it is worse than the first group, or another blend clearly better."""
    held = make_held(400)
    alike, bad, broken = around(held, 10.0), around(held, 50.0), around(held, np.nan)
    two, three = (0.75, 0.25), (0.25, 0.25, 0.5)
    assert choose_shares(held, [alike], (1.0,)) == (1.0,)
    assert choose_shares(held, [alike, alike], two) == two
    assert choose_shares(held, [alike] * 3, three) == three
    assert choose_shares(held, [alike, bad], two) == choose_shares(held, [alike, broken], two)
    assert choose_shares(held, [alike, bad], two) == (1.0, 0.0)


@pytest.mark.parametrize("error", [np.nan, 1e200])
def test_choose_shares_trusts_the_first_where_nothing_is_told(error: float) -> None:
    """All values held back are missing, or squared errors too large for a number."""
    held = make_held()
    if np.isnan(error):
        held.y[:] = np.nan
    first_group, second = around(held, np.nan_to_num(error, nan=1.0)), around(held, 9 * error)
    assert choose_shares(held, [first_group, second], (0.5, 0.5)) == (1.0, 0.0)


def test_blend_leaves_out_what_has_no_share() -> None:
    """A group without a share cannot spoil the others by what is not finite."""
    one, two = np.ones((1, 2, 3)), np.full((1, 2, 3), np.nan)
    np.testing.assert_array_equal(blend([one, two], (1.0, 0.0)), one)


def test_candidates_without_a_holdout_trust_the_first() -> None:
    """Where nothing can be judged, the first group gives the whole forecast."""
    geometry = Geometry(1, 2, 1, 1, (1,), 1)
    candidates = Candidates(None)
    for origin in ("pretrained", "trained"):
        candidates.put((Member(RecurrentSpec(), geometry, {}, origin=origin),))
    assert candidates.shares == {"pretrained": 1.0, "trained": 0.0}
    assert [member.origin for member in candidates.members()] == ["pretrained"]


@pytest.mark.parametrize(
    ("count", "horizon", "shares"),
    [
        (20, 12, (0.25, 0.25, 0.5)),  # ten horizons in each series
        (20, 13, (0.5, 0.25, 0.25)),  # 2,400 rows in all
        (16, 13, (1.0, 0.0, 0.0)),
        (16, 12, (0.25, 0.25, 0.5)),
    ],
)
def test_candidates_trust_own_networks_of_long_and_of_many_series(
    count: int, horizon: int, shares: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all do as well: half for those of long series, a quarter of large panels."""
    rng = np.random.default_rng(0)
    series = [Series(f"s{i}", np.arange(120), rng.normal(50, 5, 120)) for i in range(count)]
    held = hold_back(Panel.from_series(series, "1"), horizon, 1)
    assert held is not None
    monkeypatch.setattr(Holdout, "forecast", lambda self, model: around(self, 3.0))
    candidates, geometry = Candidates(held), Geometry(1, 2, 1, 1, (1,), 1)
    for origin in ("pretrained", "fine-tuned", "trained"):
        candidates.put((Member(RecurrentSpec(), geometry, {}, origin=origin),))
    assert tuple(candidates.shares.values()) == shares


def test_trusted_shares_of_any_number_of_groups() -> None:
    """They sum to one; networks alone, and those around a linear map, are known by their origin."""
    held, geometry = make_held(60), Geometry(1, 2, 1, 1, (1,), 1)
    plain = (Member(RecurrentSpec(), geometry, {}),)
    linear = (Member(RecurrentSpec(linear=True), geometry, {}),)
    assert trusted_shares({"trained": linear}, held) == (1.0,)
    assert trusted_shares({"pretrained": plain}, held) == (1.0,)
    assert trusted_shares({"pretrained": plain, "fine-tuned": plain}, held) == (0.75, 0.25)
    assert trusted_shares({"pretrained": plain, "trained": plain}, held) == (0.75, 0.25)
    assert trusted_shares({"pretrained": plain, "trained": linear}, held) == (0.5, 0.5)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_candidates_split_the_share_of_a_group(count: int) -> None:
    """Members of one group share alike, and all shares sum to one."""
    member = Member(RecurrentSpec(), Geometry(1, 2, 1, 1, (1,), 1), {})
    candidates = Candidates(None)
    candidates.put((member,) * count)
    assert [one.share for one in candidates.members()] == [1 / count] * count
