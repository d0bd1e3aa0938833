"""The colours of charts: readable on their background, told apart by everybody."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.charts.palette import DARK, LIGHT, Theme

Array = NDArray[np.float64]

VISIONS = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
"""How colours look: the matrices of Machado, Oliveira and Fernandes (2009), severity 1."""


def linear(colour: str) -> Array:
    """Give the light of a colour, red, green and blue (IEC 61966-2-1)."""
    raw = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(raw <= 0.04045, raw / 12.92, ((raw + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of the Web Content Accessibility Guidelines."""
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(light: Array) -> Array:
    """Give the place of light in CIELAB, where distances are those seen (CIE 15)."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(light, 0, 1) / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_theme_stands_out_from_its_background(theme: Theme) -> None:
    """Text has the contrast 4.5 and lines 3 that accessibility asks for."""
    assert min(contrast(one, theme.background) for one in (theme.ink, theme.faint)) >= 4.5
    lines = (theme.history, theme.forecast, *theme.models, *theme.findings.values())
    assert min(contrast(one, theme.background) for one in lines) >= 3


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_theme_is_told_apart_by_every_vision(theme: Theme, vision: str) -> None:
    """Hues of models, and of findings, are far from each other (ten is plain to see)."""
    for hues in (theme.models, tuple(theme.findings.values()), (theme.history, theme.forecast)):
        seen = [lab(VISIONS[vision] @ linear(one)) for one in hues]
        distances = [np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)]
        assert min(distances) >= 15


def test_model_style_differs_for_sixteen_models() -> None:
    """More models than hues are told apart by dashes."""
    assert len({LIGHT.model_style(place) for place in range(16)}) == 16


def test_band_is_stronger_where_it_is_narrower() -> None:
    """The 80 % band stands out from the 95 % band, and that from the background."""
    widest, narrow = DARK.band(0, 2), DARK.band(1, 2)
    assert 1.05 < contrast(widest, DARK.background) < contrast(narrow, DARK.background)
    assert contrast(DARK.forecast, narrow) > 2
