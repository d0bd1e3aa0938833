"""Odd series, drawn by seed: what a baseline has to survive."""

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Maker = Callable[[np.random.Generator, int], Array]

SEASONS = (1, 2, 4, 7, 12, 24, 52, 168)

KINDS: dict[str, Maker] = {
    "constant": lambda rng, n: np.full(n, rng.normal()),
    "missing": lambda rng, n: np.full(n, np.nan),
    "one value": lambda rng, n: np.where(np.arange(n) == rng.integers(n), 3.0, np.nan),
    "noise": lambda rng, n: rng.normal(size=n),
    "walk": lambda rng, n: np.cumsum(rng.normal(size=n)),
    "huge level": lambda rng, n: 1e12 + rng.normal(size=n),
    "tiny": lambda rng, n: 1e-300 * rng.normal(size=n),
    "subnormal": lambda rng, n: 5e-324 * rng.integers(0, 3, n).astype(float),
    "near the largest": lambda rng, n: 1.7e308 * rng.uniform(-1, 1, n),
    "huge": lambda rng, n: 1e300 * np.exp(rng.normal(size=n)),
    "wide": lambda rng, n: 10.0 ** rng.uniform(-300, 300, n),
    "exploding": lambda rng, n: np.exp(np.minimum(0.5 * np.arange(n), 700)),
    "vanishing": lambda rng, n: np.exp(-np.minimum(0.5 * np.arange(n), 740)),
    "alternating": lambda rng, n: (-1.0) ** np.arange(n),
    "alternating and growing": lambda rng, n: (-1.1) ** np.minimum(np.arange(n), 5000),
    "spikes": lambda rng, n: 1e6 * (rng.uniform(size=n) < 0.03),
    "zeros": lambda rng, n: np.zeros(n),
    "mostly zeros": lambda rng, n: rng.poisson(0.1, n).astype(float),
    "integers": lambda rng, n: rng.integers(-5, 6, n).astype(float),
    "negative": lambda rng, n: -np.exp(rng.normal(size=n)),
    "steps": lambda rng, n: np.repeat(rng.normal(size=n // 9 + 1), 9)[:n],
    "line": lambda rng, n: 1.0 * np.arange(n),
    "square": lambda rng, n: np.arange(n) ** 2.0,
    "one step": lambda rng, n: 1.0 * (np.arange(n) > n // 2),
    "last differs": lambda rng, n: 1.0 * (np.arange(n) == n - 1),
    "gaps": lambda rng, n: np.where(rng.uniform(size=n) < 0.5, np.nan, rng.normal(size=n)),
    "starts late": lambda rng, n: np.where(np.arange(n) < n // 2, np.nan, rng.normal(size=n)),
    "ends early": lambda rng, n: np.where(np.arange(n) > n // 2, np.nan, rng.normal(size=n)),
    "pure season": lambda rng, n: np.tile([1.0, 5.0, 2.0, 8.0], n // 4 + 1)[:n],
    "rounded season": lambda rng, n: np.round(3 * np.sin(np.arange(n) * np.pi / 6)),
    "positive season": lambda rng, n: np.exp(
        0.01 * np.arange(n) + np.sin(np.arange(n) * np.pi / 6) + 0.1 * rng.normal(size=n)
    ),
    "two values": lambda rng, n: rng.integers(0, 2, n) * 1e-9 + 1,
    "heavy tails": lambda rng, n: rng.standard_cauchy(n),
    "squeezed": lambda rng, n: 1 + 1e-15 * rng.normal(size=n),
}


def odd_series(seed: int) -> tuple[str, Array, int]:
    """Draw the kind, the values and the season of a series; every kind takes its turn.

    Parameters
    ----------
    seed : int

    Returns
    -------
    kind : str
    target : ndarray of shape (T,)
        1 to 300 values, short ones as often as long ones.
    season : int
    """
    rng = np.random.default_rng(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    rows = int(np.exp(rng.uniform(0, np.log(300))))
    return kind, KINDS[kind](rng, rows), int(rng.choice(SEASONS))
