"""The colours of every picture: two themes, and what each colour means.

The hues are those of M. Okabe and K. Ito, "Color universal design" (2008), which
people with any colour vision tell apart; of its eight only those are used that stand out
from the background. Where there are more things than hues, dashes tell them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from forecast.finding import Severity

ThemeName = Literal["light", "dark"]

Dash = tuple[int, ...]
"""Lengths drawn and left out in turn, in line widths; empty for a solid line."""

_DASHES: tuple[Dash, ...] = ((), (4, 2), (1, 2), (6, 2, 1, 2))

_FAINTEST, _STRONGEST = 0.16, 0.34  # shares of the forecast's colour in its two bands
_MORE = 0.09  # for each further band, so that they can be told apart


@dataclass(frozen=True)
class Theme:
    """The colours of one background, as ``#rrggbb``.

    Attributes
    ----------
    name : {"light", "dark"}
    background : str
    ink : str
        Titles and labels.
    faint : str
        Numbers along the axes, and other text that waits to be looked for.
    rule : str
        Lines of the grid and the axes.
    history : str
        What was observed.
    forecast : str
    models : tuple of str
        In the order of a comparison; see `model_style`.
    findings : mapping of {"note", "warning", "error"} to str
    """

    name: ThemeName
    background: str
    ink: str
    faint: str
    rule: str
    history: str
    forecast: str
    models: tuple[str, ...]
    findings: Mapping[Severity, str]

    def band(self, rank: int, count: int) -> str:
        """Give the colour of an interval, without transparency.

        Parameters
        ----------
        rank : int
            0 for the widest.
        count : int
            How many intervals there are.

        Returns
        -------
        str
            Stronger the narrower the interval.
        """
        strongest = min(_STRONGEST + _MORE * max(count - 2, 0), 1 - _STRONGEST)
        step = (strongest - _FAINTEST) / max(count - 1, 1)
        return mixed(self.forecast, self.background, _FAINTEST + rank * step)

    def model_style(self, place: int) -> tuple[str, Dash]:
        """Give the colour and dashes of a model, all different for the first sixteen.

        Parameters
        ----------
        place : int
            Position among the models, from 0.

        Returns
        -------
        tuple of str and Dash
        """
        turn, hue = divmod(place, len(self.models))
        return self.models[hue], _DASHES[turn % len(_DASHES)]


def mixed(colour: str, other: str, share: float) -> str:
    """Mix two colours.

    Parameters
    ----------
    colour, other : str
        As ``#rrggbb``.
    share : float
        Of the first, 0 to 1.

    Returns
    -------
    str

    Examples
    --------
    >>> mixed("#ff0000", "#ffffff", 0.2)
    '#ffcccc'
    """
    parts = [
        round(share * int(colour[at : at + 2], 16) + (1 - share) * int(other[at : at + 2], 16))
        for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{one:02x}" for one in parts)


LIGHT = Theme(
    name="light",
    background="#ffffff",
    ink="#1f2328",
    faint="#5c646d",
    rule="#dfe3e8",
    history="#3d444d",
    forecast="#0072b2",
    models=("#0072b2", "#d55e00", "#009e73", "#cc79a7"),
    findings={"note": "#0072b2", "warning": "#cc79a7", "error": "#d55e00"},
)

DARK = Theme(
    name="dark",
    background="#15181c",
    ink="#f0f3f6",
    faint="#a3abb4",
    rule="#31373e",
    history="#c9d1d9",
    forecast="#56b4e9",
    models=("#56b4e9", "#e69f00", "#009e73", "#cc79a7"),
    findings={"note": "#56b4e9", "warning": "#cc79a7", "error": "#d55e00"},
)

THEMES: Mapping[ThemeName, Theme] = {"light": LIGHT, "dark": DARK}
