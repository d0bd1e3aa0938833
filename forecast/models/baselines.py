"""The models that a network is set against, by name.

``fit_baseline`` gives a fitted model for any of them; what they are made of
is left to the other modules of this folder, loaded when they are asked for.
"""

from collections.abc import Sequence

from forecast.models.local import Fitter, LocalModel
from forecast.models.naive import naive_name
from forecast.panel import Panel
from forecast.spec import one_of

BASELINES = {
    "arima": "ARIMA",
    "ets": "ETS",
    "theta": "Theta",
    "seasonal-naive": "SeasonalNaive",
    "naive": "Naive",
    "drift": "Drift",
    "mean": "Mean",
}
"""Names that a user types, and the names shown."""


def choose_baselines(names: Sequence[str], season: int) -> tuple[str, ...]:
    """Check names, expand ``all``, and leave out what would be there twice.

    Parameters
    ----------
    names : sequence of str
        Keys of `BASELINES`, or "all".
    season : int
        Season length in steps; where it is 1, the seasonal naive method is
        the naive one.

    Returns
    -------
    tuple of str
        In the order of `BASELINES`, without repetitions.

    Raises
    ------
    UsageError
        On an unknown name.

    Examples
    --------
    >>> choose_baselines(["naive", "ets", "ets"], season=12)
    ('ets', 'naive')
    """
    for name in names:
        one_of("baseline", name, (*BASELINES, "all"))
    asked = set(BASELINES if "all" in names else names)
    if season == 1 and "seasonal-naive" in asked:
        asked = asked - {"seasonal-naive"} | {"naive"}
    return tuple(name for name in BASELINES if name in asked)


def baseline_label(name: str, season: int) -> str:
    """Name a baseline as it is shown.

    Parameters
    ----------
    name : str
        A key of `BASELINES`.
    season : int

    Returns
    -------
    str
    """
    return naive_name(season) if name == "seasonal-naive" else BASELINES[name]


def fit_baseline(name: str, panel: Panel, season: int) -> LocalModel:
    """Fit a baseline to every series.

    Parameters
    ----------
    name : str
        A key of `BASELINES`.
    panel : Panel
        History before the first cutoff; later history is given to
        ``predict_quantiles``, which does not fit again.
    season : int
        Season length in steps; 1 means none.

    Returns
    -------
    LocalModel
        A ``FittedModel`` with a ``FitRecord`` for each series in ``records``.
    """
    return LocalModel.fit(baseline_label(name, season), _fitter(name), panel, season)


def _fitter(name: str) -> Fitter:
    """Load what fits a baseline; statsmodels takes a second."""
    if name == "arima":
        from forecast.models.arima import fit_arima

        return fit_arima
    if name == "ets":
        from forecast.models.smoothing import fit_ets

        return fit_ets
    if name == "theta":
        from forecast.models.theta import fit_theta

        return fit_theta
    from forecast.models import simple

    simple_fitters: dict[str, Fitter] = {
        "seasonal-naive": simple.fit_seasonal_naive,
        "naive": simple.fit_naive,
        "drift": simple.fit_drift,
        "mean": simple.fit_mean,
    }
    return simple_fitters[name]
