"""Compare features of synthetic and real series, to see that the generator covers reality.

``python -m tests.bench.synthetic_coverage BENCH_FOLDER [PICTURE_FOLDER]`` prints
quantiles of each feature, real above synthetic, for each panel of the folder.
Real series only set the ranges of the priors; none enters training. With a
picture folder (needs matplotlib, which the package does not) it also draws 24
real series above 24 synthetic ones.

Shapes: N series, L steps.
"""

import importlib
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from forecast.pretrain.synthetic import draw

Array = npt.NDArray[np.float64]

PANELS: dict[str, tuple[tuple[int, ...], int]] = {
    "m3_yearly": ((1,), 14),
    "m3_other": ((1,), 63),
    "m3_quarterly": ((4,), 36),
    "m3_monthly": ((12,), 72),
    "m4_hourly": ((24, 168), 504),
}
"""Season setting and number of last steps compared, for each panel."""

REAL_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
WIDE_QUANTILES = (0.02, 0.25, 0.5, 0.75, 0.98)


def read_last(path: Path, length: int) -> Array:
    """Last ``length`` values of every series of a panel that has as many."""
    frame = pd.read_csv(path)
    series = [part["y"].to_numpy() for _, part in frame.groupby("unique_id", sort=False)]
    rows: list[Array] = [
        values[-length:].astype(float) for values in series if len(values) >= length
    ]
    return np.stack(rows)


def autocorrelation(x: Array, lag: int) -> Array:
    """Autocorrelation of each row at one lag; 0 for constant rows."""
    x = x - x.mean(-1, keepdims=True)
    products: Array = (x[:, lag:] * x[:, :-lag]).sum(-1)
    squares: Array = np.maximum((x * x).sum(-1), 1e-12)
    return np.divide(products, squares)


def strengths(x: Array, season: int) -> tuple[Array, Array, Array]:
    """Trend strength, seasonal strength and the remainder (Wang, Smith and Hyndman, 2006).

    The trend is a centred moving average over a season (over 5 steps where
    there is none), the season the mean of each phase.
    """
    width = season if season > 1 else 5
    kernel = np.ones(width) / width
    if width % 2 == 0:
        kernel = np.convolve(kernel, [0.5, 0.5])
    edge = len(kernel) // 2
    trend = np.apply_along_axis(np.convolve, 1, x, kernel, "valid")
    rest = x[:, edge : x.shape[1] - edge] - trend
    seasonal = np.zeros_like(rest)
    if season > 1:
        for phase in range(season):
            seasonal[:, phase::season] = rest[:, phase::season].mean(-1, keepdims=True)
    rest = rest - seasonal
    noise = rest.var(-1)
    of_trend = 1 - noise / np.maximum((rest + trend).var(-1), 1e-12)
    of_season = 1 - noise / np.maximum((rest + seasonal).var(-1), 1e-12)
    return np.clip(of_trend, 0, 1), np.clip(of_season, 0, 1), rest


def features(values: Array, season: tuple[int, ...]) -> dict[str, Array]:
    """One number per series for each feature; scale-free.

    Positive series are compared in logarithms, the others in mean absolute values.
    """
    positive = values.min(-1, keepdims=True) > 0
    size = np.maximum(np.abs(values).mean(-1, keepdims=True), 1e-9)
    x = np.where(positive, np.log(np.maximum(values, 1e-12)), values / size)
    short, long = season[0], season[-1]
    trend, seasonal, rest = strengths(x, short)
    scaled = (x - x.mean(-1, keepdims=True)) / np.maximum(x.std(-1, keepdims=True), 1e-9)
    power = np.abs(np.fft.rfft(scaled))[:, 1:] ** 2 + 1e-12
    power /= power.sum(-1, keepdims=True)
    width = max(long, 5)
    blocks = scaled[:, : x.shape[1] // width * width].reshape(len(x), -1, width)
    steps = np.diff(x)
    half = steps.shape[1] // 2 // long * long
    table = {
        "spread": x.std(-1),
        "trend strength": trend,
        "season strength": seasonal,
        "remainder size": rest.std(-1),
        "remainder kurtosis": (rest**4).mean(-1) / np.maximum(rest.var(-1) ** 2, 1e-12),
        "spectral entropy": -(power * np.log(power)).sum(-1) / np.log(power.shape[1]),
        "lumpiness": blocks.var(-1).var(-1),
        "acf 1": autocorrelation(x, 1),
        "acf season": autocorrelation(x, long if long > 1 else 2),
        "acf 1 of changes": autocorrelation(steps, 1),
        "size of changes": steps.std(-1),
        "largest change": np.abs(steps).max(-1) / np.maximum(np.abs(steps).mean(-1), 1e-9),
        "share of rises": (steps > 0).mean(-1),
        "growth per season": (x[:, long:] - x[:, :-long]).mean(-1),
        "slope change": steps[:, half : 2 * half].mean(-1) - steps[:, :half].mean(-1),
        "share of zeros": (values == 0).mean(-1),
    }
    if season[0] == 1:
        del table["season strength"]
    if len(season) > 1:
        table["long season"] = strengths(x, long)[1]
    return table


def synthetic(season: tuple[int, ...], length: int) -> Array:
    """2,000 synthetic series, the last ``length`` steps of somewhat longer ones."""
    generator = torch.Generator().manual_seed(1)
    drawn = draw(2000, length + length // 3, season, generator)
    return np.asarray(drawn[:, -length:], dtype=np.float64)


def report(name: str, real: Array, made: Array, season: tuple[int, ...]) -> None:
    """Print quantiles of each feature side by side; ``!`` marks a range that is not covered."""
    print(f"\n{name}: {len(real)} real, {len(made)} synthetic, {real.shape[1]} steps")
    print(f"{'feature':20}{'real 5/25/50/75/95 %':>45}{'synthetic 2/25/50/75/98 %':>48}")
    of_made = features(made, season)
    for feature, of_real in features(real, season).items():
        q_real = np.quantile(of_real, REAL_QUANTILES)
        q_made = np.quantile(of_made[feature], WIDE_QUANTILES)
        tolerance = 1e-3 + 0.02 * np.abs(q_real).max()
        covered = q_made[0] <= q_real[0] + tolerance and q_made[-1] >= q_real[-1] - tolerance
        row_real, row_made = ("".join(f"{value:9.3f}" for value in q) for q in (q_real, q_made))
        print(f"{feature:20}{row_real}   {row_made} {'' if covered else '!'}")


def picture(path: Path, real: Array, made: Array) -> None:
    """Draw 24 real series above 24 synthetic ones."""
    pyplot = importlib.import_module("matplotlib.pyplot")

    rng = np.random.default_rng(0)
    figure, axes = pyplot.subplots(6, 8, figsize=(20, 12))
    shown = np.concatenate([block[rng.permutation(len(block))[:24]] for block in (real, made)])
    for place, (axis, values) in enumerate(zip(axes.flat, shown, strict=True)):
        axis.plot(values, linewidth=0.8, color="tab:blue" if place < 24 else "tab:red")
        axis.tick_params(labelsize=5)
    figure.tight_layout()
    figure.savefig(path, dpi=65)


def main(bench: Path, pictures: Path | None) -> None:
    """Report every panel of a benchmark folder."""
    for name, (season, length) in PANELS.items():
        real = read_last(bench / "panels" / name / "train.csv", length)
        made = synthetic(season, length)
        report(name, real, made, season)
        if pictures:
            picture(pictures / f"{name}.png", real, made)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
