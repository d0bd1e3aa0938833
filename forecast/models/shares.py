"""Decide how much of the forecast pretrained, fine-tuned and own networks give.

Letters: C held-back forecasts, H horizon, Q quantile levels, G groups of networks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from forecast.calibrate import Calibration
from forecast.configure import SMALL_PANEL
from forecast.models.holdout import Holdout
from forecast.models.member import Member
from forecast.models.recurrent import RecurrentModel
from forecast.result import DEFAULT_QUANTILES

QUARTERS = 4
"""Shares are tried in steps of one over this number."""

SURE = 0.95
"""Level of the one-sided test that a departure from the first group has to pass."""

LEAST_PATHS = 3
"""Stretches from which on the test is asked: two agree too easily, most of all where the
second is not a whole one."""

LEAST_QUANTILE = NormalDist().inv_cdf(SURE)
"""Student's distribution has a larger one, whatever the number of stretches."""

LONG_IN_HORIZONS = 10
"""Horizons that a series long enough to know itself holds."""


class Candidates:
    """Groups of networks by origin, the most trusted first, and their shares.

    Parameters
    ----------
    held : Holdout or None
        Decides; the first group gives the whole forecast where None.

    Attributes
    ----------
    shares : dict of str to float
        By origin, summing to one.
    """

    def __init__(self, held: Holdout | None) -> None:
        self.held = held
        self.shares: dict[str, float] = {}
        self._groups: dict[str, tuple[Member, ...]] = {}
        self._grids: dict[str, NDArray[np.float64]] = {}

    def put(self, members: tuple[Member, ...]) -> None:
        """Add or replace the networks of one origin, not trained on what is held back."""
        origin = members[0].origin
        self._groups[origin] = members
        if self.held is None:
            self.shares = {name: float(not n) for n, name in enumerate(self._groups)}
            return
        model = RecurrentModel(members[0].spec, "", members, DEFAULT_QUANTILES, Calibration.none())
        self._grids[origin] = self.held.forecast(model)
        trusted = trusted_shares(self._groups, self.held)
        chosen = choose_shares(self.held, list(self._grids.values()), trusted)
        self.shares = dict(zip(self._grids, chosen, strict=True))

    def retrained(self, members: tuple[Member, ...]) -> None:
        """Take networks trained on all rows instead of those that were weighed."""
        self._groups[members[0].origin] = members

    def members(self) -> tuple[Member, ...]:
        """Give the networks that have a share, each with its part of it."""
        return tuple(
            replace(member, share=self.shares[origin] / len(group))
            for origin, group in self._groups.items()
            for member in group
            if self.shares[origin] > 0
        )

    def grid(self, origin: str | None = None) -> NDArray[np.float64]:
        """Give what the blend, or one group, says about the rows held back, (C, H, Q)."""
        if origin is not None:
            return self._grids[origin]
        return blend(list(self._grids.values()), tuple(self.shares.values()))


def trusted_shares(groups: Mapping[str, Sequence[Member]], held: Holdout) -> tuple[float, ...]:
    """Give the blend that the rows held back have to argue against.

    Parameters
    ----------
    groups : mapping of str to sequence of Member
        By origin, the most trusted first (G).
    held : Holdout

    Returns
    -------
    tuple of float, length G
        Half for networks of these series alone where these are long enough to know
        themselves, the rest even; a quarter for each group but the first where the
        panel is large enough for networks to learn from; else all for the first.
    """
    others = len(groups) - 1
    horizons = float(np.median(held.panel.lengths)) / held.horizon
    own = groups.get("trained")
    if own and others and (own[0].spec.linear or horizons >= LONG_IN_HORIZONS):
        return (*[0.5 / others] * others, 0.5)
    part = 1 / QUARTERS if len(held.panel.target) >= SMALL_PANEL else 0.0
    return (1 - part * others, *[part] * others)


def choose_shares(
    held: Holdout, grids: Sequence[NDArray[np.float64]], trusted: tuple[float, ...]
) -> tuple[float, ...]:
    """Choose the weights of a blend by the rows held back.

    Parameters
    ----------
    held : Holdout
    grids : sequence of ndarray of shape (C, H, Q)
        What each group says about those rows, the most trusted first (G).
    trusted : tuple of float, length G
        In steps of one over `QUARTERS`, summing to one: what is taken where it is no
        worse than the first group alone, by absolute or by squared errors, and no other
        blend clearly better.

    Returns
    -------
    tuple of float, length G
        Summing to one: what is trusted, or the best of all once any is clearly better.

    Notes
    -----
    Medians are judged, by absolute errors and, where these do not tell, by squared
    ones: how wide intervals are is calibrated afterwards. Clearly better: by more
    than a share of the error that whole panels were seen to gain in one season and
    lose in the next, and by a paired t-test over the stretches of all series.
    """
    parts = product(range(QUARTERS, -1, -1), repeat=len(grids))
    blends = [tuple(part / QUARTERS for part in some) for some in parts if sum(some) == QUARTERS]
    medians = [grid[..., DEFAULT_QUANTILES.index(0.5)] for grid in grids]
    points = [blend(medians, shares) for shares in blends]
    usual, stands = blends.index(trusted), 0
    for power in (1, 2):
        losses = np.stack([held.path_errors(point, power) for point in points])
        losses = losses[:, ~np.isnan(losses[0])]  # of which something is known
        with np.errstate(over="ignore"):
            known = losses.size and losses[usual].sum() <= losses[0].sum() < np.inf
            no_worse = usual if known else 0
            if _gains(losses, no_worse, held.least_steady_gain).any():
                return blends[int(losses.mean(1).argmin())]
        stands = stands or no_worse
    return blends[stands]


def _gains(losses: NDArray[np.float64], trusted: int, least: float) -> NDArray[np.bool_]:
    """Tell which rows of losses, (blends, paths), are clearly lower than a trusted one.

    Where that says something that is no number, all are that do not.
    """
    sound, paths = np.asarray(np.isfinite(losses).all(1)), losses.shape[1]
    if not sound[trusted]:
        return sound
    if paths < LEAST_PATHS:
        return np.zeros(len(losses), dtype=np.bool_)
    gain = losses[trusted] - np.where(sound[:, None], losses, losses[trusted])
    mean, error = gain.mean(1), gain.std(1, ddof=1) / paths**0.5
    clear = mean > np.maximum(least * losses[trusted].mean(), LEAST_QUANTILE * error)
    if not clear.any():
        return np.asarray(clear)
    from scipy.special import stdtrit  # takes longer to load than all else here

    return np.asarray(clear & (mean > stdtrit(paths - 1, SURE) * error))


def blend(grids: Sequence[NDArray[np.float64]], shares: Sequence[float]) -> NDArray[np.float64]:
    """Weigh forecasts.

    Parameters
    ----------
    grids : sequence of ndarray of shape (C, H, Q)
    shares : sequence of float

    Returns
    -------
    ndarray of shape (C, H, Q)
    """
    total = np.zeros_like(grids[0])
    for grid, share in zip(grids, shares, strict=True):
        if share:  # so that a group without a share cannot spoil the others
            total += share * grid
    return total
