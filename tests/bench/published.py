"""What our figures are set beside: published results, and the bars this project sets itself.

Figures of the M3 and M4 competitions are read from the benchmark folder
(``published/``), which says where each comes from. The others are typed here:

- AutoARIMA: statsforecast 2 at its defaults on the same files.
- TiRex (Auer et al. 2025) and N-BEATS trained on M3 (Oreshkin et al. 2020).
- ETTh1: PatchTST (Nie et al. 2023), SegRNN (Lin et al. 2023) and DUET (Qiu et
  al. 2025), look-back 336 to 720, from the tables of their papers.
- AirPassengers: the airline model, ARIMA(0,1,1)(0,1,1)[12] on logarithms (Box
  and Jenkins 1970), refitted at each origin with statsmodels.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Reference:
    """What one measure of one set is set beside; None where there is nothing.

    Attributes
    ----------
    zero_shot, default, from_scratch : float or None
        Bars of the forecast without training, with it, and without the
        pretrained network.
    goal : float or None
        Where the default should get to.
    cpu_seconds : int or None
        Budget of training and predicting.
    published : str
        Results of others.
    """

    zero_shot: float | None = None
    default: float | None = None
    from_scratch: float | None = None
    goal: float | None = None
    cpu_seconds: int | None = None
    published: str = ""

    def bar(self, setting: str) -> float | None:
        """Give the bar of a setting.

        Parameters
        ----------
        setting : str
            As `Setting.label` says it.

        Returns
        -------
        float or None
        """
        if setting == "zero-shot":
            return self.zero_shot
        return self.from_scratch if "--from-scratch" in setting else self.default


REFERENCES: Mapping[tuple[str, str], Reference] = {
    ("m4_hourly", "OWA"): Reference(0.50, 0.385, 0.400, 0.355, 240, "TiRex .364"),
    ("m3_yearly", "MASE"): Reference(2.65, 2.58, 2.61, 2.45, 120, "AutoARIMA 2.890"),
    ("m3_quarterly", "MASE"): Reference(1.11, 1.09, 1.119, 1.06, 120, "AutoARIMA 1.192"),
    ("m3_monthly", "MASE"): Reference(0.831, 0.825, 0.865, 0.80, 240, "AutoARIMA .875, TiRex .831"),
    ("m3_other", "MASE"): Reference(),
    ("m3_all", "sMAPE"): Reference(12.7, 12.4, None, 12.2, None, "N-BEATS 12.37"),
    ("m3_all", "MASE"): Reference(),
    ("etth1_96", "MSE"): Reference(
        None, 0.368, 0.368, 0.345, 600, "SegRNN .351, DUET .352, PatchTST .377"
    ),
    ("etth1_192", "MSE"): Reference(None, 0.408, 0.408, 0.385, 600, "SegRNN .392"),
    ("etth1_336", "MSE"): Reference(
        None, 0.444, 0.444, 0.405, 600, "SegRNN .423, DUET .414, PatchTST .431"
    ),
    ("etth1_720", "MSE"): Reference(
        None, 0.446, 0.446, 0.415, 600, "SegRNN .466, DUET .429, PatchTST .457"
    ),
    ("air_passengers", "MAPE"): Reference(3.9, 3.8, None, 3.5, None, "airline ARIMA 3.95"),
    ("singles", "MASE against ARIMA"): Reference(0.95, 0.90, None, 0.85),
    ("singles", "share of files better"): Reference(goal=0.70),
}
"""Bars, goals, and what was published elsewhere than in the benchmark folder."""

_M3_GROUPS = {"m3_all": "total"} | {
    f"m3_{group}": group for group in ("yearly", "quarterly", "monthly", "other")
}


def references(bench: Path) -> dict[tuple[str, str], Reference]:
    """Add the competitions' figures, where the benchmark folder has them.

    Parameters
    ----------
    bench : Path

    Returns
    -------
    dict of (str, str) to Reference
        By set and measure.
    """
    found = dict(REFERENCES)
    ranks, intervals, m3 = (
        bench / "published" / f"{name}.csv"
        for name in ("m4_ranks", "m4_interval_ranks", "m3_published")
    )
    if ranks.is_file() and intervals.is_file():
        key = ("m4_hourly", "OWA")
        _prepend(found, key, _m4(ranks, "owa_hourly", 3))
        text = f"{found[key].published}; MSIS {_m4(intervals, 'msis_hourly', 2)}"
        found[key] = replace(found[key], published=text)
    if m3.is_file():
        published = pd.read_csv(m3)
        for name, group in _M3_GROUPS.items():
            for measure in ("sMAPE", "MASE"):
                if (name, measure) in found:
                    _prepend(found, (name, measure), _m3(published, group, measure))
    return found


def _prepend(found: dict[tuple[str, str], Reference], key: tuple[str, str], text: str) -> None:
    known = found[key]
    found[key] = replace(known, published=", ".join(filter(None, (text, known.published))))


def _m4(path: Path, column: str, digits: int) -> str:
    """Best submission (they have numbers, the benchmarks names) and the winner of M4."""
    ranks = pd.read_csv(path).set_index("id")[column]
    submitted = ranks[[one.isdigit() for one in ranks.index.astype(str)]]
    best = _figure(submitted.min(), digits)
    return f"best of {len(submitted)} {best}, ES-RNN {_figure(ranks['118'], digits)}"


def _m3(published: pd.DataFrame, group: str, measure: str) -> str:
    """Theta, and the best of the submissions; MASE of all series alike, as score.py has it."""
    of_group = published[published["group"] == group].set_index("method")
    column = "mase_series_mean" if (group, measure) == ("total", "MASE") else measure.lower()
    values, digits = of_group[column].dropna(), 2 if measure == "sMAPE" else 3
    theta, best = (_figure(one, digits) for one in (values["THETA"], values.min()))
    return f"Theta {theta}, best of {len(values)} {best}"


def _figure(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".removeprefix("0")
