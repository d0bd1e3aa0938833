"""A look inside: why the networks forecast what they do for one series.

`explain` puts together what the modules measure: `lags` the effect of each past
value, `parts` what each part of the computation adds, `states` a map of the hidden
state, `memory` how far back it is felt, `words` plain sentences. Drawing and printing
are left to others. Nothing is trained and nothing is written. What is needed is
imported when it is called: a command's help is there at once.
"""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from forecast.explain.explanation import Explanation
    from forecast.models.recurrent import RecurrentModel
    from forecast.panel import Panel
    from forecast.reading.columns import Columns

Content = Literal["lags", "segments", "parts", "networks", "states", "memory"]
"""What a table of an explanation is about."""

MOST_STEPS = 1000
"""Longest horizon that is explained: every step has slopes of its own."""


def explain(
    model: "RecurrentModel",
    panel: "Panel",
    horizon: int,
    series: str | None = None,
    columns: "Columns | None" = None,
) -> "Explanation":
    """Explain the forecast of one series.

    Parameters
    ----------
    model : RecurrentModel
        As `forecast predict` would use it.
    panel : Panel
        History.
    horizon : int
        1 to `MOST_STEPS`.
    series : str, optional
        The first one where None.
    columns : Columns, optional
        Names and notation of the input, for sentences and tables.

    Returns
    -------
    Explanation

    Raises
    ------
    NotFoundError
        When there is no such series.
    UsageError
        When the horizon is out of range.
    DataError
        When the networks have no forecast of the series.
    """
    from dataclasses import replace

    import numpy as np

    from forecast.calibrate import Calibration
    from forecast.errors import DataError, UsageError
    from forecast.explain.explanation import Explanation
    from forecast.explain.lags import lag_effects
    from forecast.explain.memory import measure_memory
    from forecast.explain.parts import split, voices
    from forecast.explain.states import map_states
    from forecast.explain.words import summarise
    from forecast.predict import forecast_panel
    from forecast.reading.columns import Columns

    if horizon > MOST_STEPS:
        raise UsageError(
            f"horizon is {horizon}; at most {MOST_STEPS:,} steps are explained",
            fix=f"--horizon {MOST_STEPS}",
        )
    one = panel.select([_index(panel, series)])
    made = forecast_panel(model, one, horizon, (80,))
    if made.source[0] != model.name:
        raise DataError(
            f"the networks have no forecast of series '{one.ids[0]}', for which"
            f" {made.source[0]} stands in: there is nothing to explain",
            fix="forecast check DATA",
        )
    model = model.only(one.ids[0])
    past = np.full(model.past, np.nan)
    rows = one.target[-model.past :]
    past[model.past - len(rows) :] = rows
    model = model.heard(past)
    plain = forecast_panel(replace(model, calibration=Calibration.none()), one, horizon, (80,))
    low, high = made.quantile(0.1)[0], made.quantile(0.9)[0]
    width = (plain.quantile(0.9) - plain.quantile(0.1))[0]
    widened = np.divide(high - low, width, out=np.ones(horizon), where=width > 0)
    explanation = Explanation(
        model=model.name,
        series=one.ids[0],
        columns=columns or Columns(),
        timestamps=made.timestamps[0],
        forecast=made.mean[0],
        low=low,
        high=high,
        widened=widened,
        passes=max(-(-horizon // member.geometry.future) for member in model.members),
        lags=lag_effects(model, one[0], horizon),
        parts=split(model, past, made.mean[0]),
        voices=voices(model, past, horizon),
        states=map_states(model, one[0]),
        memory=measure_memory(model, one[0]),
    )
    return replace(explanation, summary=summarise(explanation))


def _index(panel: "Panel", series: str | None) -> int:
    if series is None:
        return 0
    if series not in panel.ids:
        from difflib import get_close_matches

        from forecast.errors import NotFoundError
        from forecast.reading.columns import quoted, shell_word

        near = get_close_matches(series, panel.ids, n=1, cutoff=0.0) or panel.ids[:1]
        raise NotFoundError(
            f"there is no series '{series[:40]}'; there are {quoted(list(panel.ids))}",
            fix=f"--series {shell_word(near[0])}",
        )
    return panel.ids.index(series)
