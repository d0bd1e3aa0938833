"""The Python interface: everything the command line does, from a frame or a file."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from numpy.typing import NDArray

from forecast import artifact
from forecast.artifact import Artifact, Manifest
from forecast.errors import UsageError
from forecast.given import Source, read
from forecast.horizon import default_horizon
from forecast.loading import loading
from forecast.models.base import Progress
from forecast.models.recurrent import RecurrentModel
from forecast.models.zero_shot import OwnSeasons, models_apart, zero_shot
from forecast.panel import Panel
from forecast.predict import forecast_panel
from forecast.read import Input
from forecast.reading.columns import Columns
from forecast.result import Forecast
from forecast.runtime import library_versions
from forecast.season import own_seasons, seasons_of
from forecast.spec import DataSpec, RecurrentSpec, TrainSpec
from forecast.spec.base import at_least
from forecast.write import forecast_columns, forecast_frame

if TYPE_CHECKING:
    import pandas as pd

    from forecast.explain.explanation import Explanation
    from forecast.models.fit import Fitted
    from forecast.training.run import Run


class Forecaster:
    """A recurrent forecaster for the series of one table.

    Parameters
    ----------
    recurrent : RecurrentSpec, optional
        The network; open settings are chosen from the data.
    training : TrainSpec, optional
    reading : DataSpec, optional
        Column names, frequency and seasons, found where open.

    Examples
    --------
    >>> from forecast import Forecaster
    >>> forecaster = Forecaster().fit("data/air_passengers.csv")  # doctest: +SKIP
    >>> forecaster.predict_frame(12)  # doctest: +SKIP
    """

    def __init__(
        self,
        recurrent: RecurrentSpec | None = None,
        training: TrainSpec | None = None,
        reading: DataSpec | None = None,
    ) -> None:
        self.recurrent = recurrent or RecurrentSpec()
        self.training = training or TrainSpec()
        self.reading = reading or DataSpec()
        self._artifact: Artifact | None = None
        self.fitted: Fitted | None = None
        """What happened in training; None for a loaded model."""

    @property
    def artifact(self) -> Artifact:
        """The trained model with its context and manifest.

        Raises
        ------
        UsageError
            Before `fit`.
        """
        if self._artifact is None:
            raise UsageError("the forecaster has not been trained", fix="call fit() first")
        return self._artifact

    def fit(
        self,
        source: Source,
        progress: Progress = lambda step, steps: None,
        run: "Run | None" = None,
    ) -> Self:
        """Train on a file or frame.

        Parameters
        ----------
        source : str, Path, binary stream, pandas.DataFrame or Input
        progress : callable
            Called with steps done and steps in all.
        run : Run, optional
            Remembers what an earlier attempt had done, see `forecast.training.run`.

        Returns
        -------
        Forecaster
            Itself.
        """
        given = read(source, self.reading)
        panel, horizon = given.panel, default_horizon(given.panel)
        self.fitted = self.trained(panel, self.seasoned(panel), horizon, progress, run)
        self._keep(given, self.fitted.model, self.fitted)
        return self

    def adopt(self, source: Source, horizon: int | None = None) -> Self:
        """Take the pretrained network as it is, calibrated on the end of the series.

        Parameters
        ----------
        source : str, Path, binary stream, pandas.DataFrame or Input
        horizon : int, optional
            Rows at the end that calibrate, 1 or more; the frequency's usual horizon where None.

        Returns
        -------
        Forecaster
            Itself, ready to predict; nothing was trained.
        """
        given = read(source, self.reading)
        panel = given.panel
        horizon = default_horizon(panel) if horizon is None else horizon
        at_least("horizon", horizon, 1)
        self._keep(given, self.pretrained(panel, self.seasoned(panel), horizon), None)
        return self

    def predict(
        self, horizon: int, source: "Source | None" = None, levels: Sequence[int] = (80, 95)
    ) -> Forecast:
        """Forecast from the end of the training data, or of a newer history.

        Parameters
        ----------
        horizon : int
            Any number of steps from 1.
        source : str, Path, binary stream, pandas.DataFrame or Input, optional
            Newer history in the same columns and frequency; no retraining.
        levels : sequence of int
            Interval coverages in per cent.

        Returns
        -------
        Forecast
        """
        panel = self.artifact.context
        if source is not None:
            panel = self.read_newer(source).panel
        return forecast_panel(self.artifact.model, panel, horizon, tuple(levels))

    def predict_columns(
        self, horizon: int, source: "Source | None" = None, levels: Sequence[int] = (80, 95)
    ) -> dict[str, NDArray[Any]]:
        """Forecast as columns in the user's own names; see `predict`.

        The names are those of the training data; where that had no series
        column, a newer history's own tells its series apart.
        """
        newer = None if source is None else self.read_newer(source)
        made = self.predict(horizon, newer, levels)
        return forecast_columns(made, self.names(newer), tuple(levels))

    def names(self, newer: Input | None = None) -> Columns:
        """Give the names of the columns of forecasts; see `predict_columns`."""
        columns = self.artifact.manifest.columns
        return columns if newer is None else replace(columns, id=columns.id or newer.columns.id)

    def predict_frame(
        self, horizon: int, source: "Source | None" = None, levels: Sequence[int] = (80, 95)
    ) -> "pd.DataFrame":
        """Forecast as a frame; as `predict_columns`, but see `forecast_frame` for its times."""
        newer = None if source is None else self.read_newer(source)
        made = self.predict(horizon, newer, levels)
        return forecast_frame(made, self.names(newer), tuple(levels))

    def explain(
        self, horizon: int, source: "Source | None" = None, series: str | None = None
    ) -> "Explanation":
        """Say why one series is forecast as it is; see ``forecast.explain``.

        Parameters
        ----------
        horizon : int
            From 1 to `forecast.explain.MOST_STEPS`.
        source : str, Path, binary stream, pandas.DataFrame or Input, optional
            Newer history, as for `predict`.
        series : str, optional
            The first one where None.

        Returns
        -------
        Explanation
        """
        from forecast.explain import explain

        newer = None if source is None else self.read_newer(source)
        panel = self.artifact.context if newer is None else newer.panel
        return explain(self.artifact.model, panel, horizon, series, self.names(newer))

    def save(self, path: str | Path) -> None:
        """Write the model file.

        Parameters
        ----------
        path : str or Path
        """
        artifact.save(self.artifact, path)

    def seasoned(self, panel: Panel, history: Panel | None = None) -> RecurrentSpec:
        """Give the settings of the network with seasons filled in, see `seasons_of`."""
        season = self.recurrent.season or seasons_of(panel, self.reading, history)
        return replace(self.recurrent, season=(season[0], season[-1])[: len(season)])

    def own_seasons(self, panel: Panel, usual: tuple[int, ...]) -> OwnSeasons:
        """Give the seasons of series that have others than the panel, where none were told."""
        return {} if self.recurrent.season else own_seasons(panel, self.reading, usual)

    def trained(
        self, panel: Panel, spec: RecurrentSpec, horizon: int, progress: Progress, run: "Run | None"
    ) -> "Fitted":
        """Train a network of the kind that `seasoned` tells; see `forecast.models.fit`.

        Series with seasons of their own are forecast by the pretrained network, where it
        takes part; others learn from them all the same.
        """
        with loading():
            from forecast.models.fit import fit_recurrent, takes_pretrained

        own = self.own_seasons(panel, spec.seasons)
        own = own if takes_pretrained(spec, self.training) else {}
        apart = models_apart(panel, own, spec.horizon or horizon, spec.cell)
        fitted = fit_recurrent(panel, spec, self.training, horizon, progress, run)
        return replace(fitted, model=replace(fitted.model, apart=apart))

    def pretrained(self, panel: Panel, spec: RecurrentSpec, horizon: int) -> RecurrentModel:
        """Give the pretrained network with the seasons of ``spec``, calibrated on a panel's end."""
        season = spec.seasons
        return zero_shot(panel, season, horizon, spec.cell, self.own_seasons(panel, season))

    def _keep(self, given: Input, model: RecurrentModel, fitted: "Fitted | None") -> None:
        first = fitted.histories[0] if fitted and fitted.histories else None
        manifest = Manifest(
            columns=given.columns,
            reading=self.reading,
            recurrent=self.recurrent,
            training=self.training,
            used=fitted.train_spec if fitted else self.training,
            source=given.path,
            source_sha256=given.sha256,
            rows=len(given.panel.target),
            windows=fitted.windows if fitted else 0,
            scores=fitted.scores if fitted else {},
            losses=first.losses if first else (),
            gradient_norms=first.gradient_norms if first else (),
            versions=library_versions(),
        )
        self._artifact = Artifact(model, given.panel.tail(model.needed(given.panel)), manifest)

    def read_newer(self, source: Source, reading: DataSpec | None = None) -> Input:
        """Read a newer history by the columns and frequency of the training data.

        Parameters
        ----------
        source : str, Path, binary stream, pandas.DataFrame or Input
        reading : DataSpec, optional
            Where the newer history differs: its column names, its repairs.

        Returns
        -------
        Input
            One series goes by the name of the one in training, whatever its column is called.

        Raises
        ------
        UsageError
            When its frequency is another one.
        """
        freq = self.artifact.model.freq
        given = read(source, self.newer_reading(reading))
        if given.panel.freq != freq:
            raise UsageError(
                f"the history has frequency {given.panel.freq}; the model was trained on {freq}"
            )
        if self.names(given).id is None:
            given = replace(given, panel=replace(given.panel, ids=self.artifact.context.ids))
        return given

    def newer_reading(self, other: DataSpec | None = None) -> DataSpec:
        """Say how a newer history is read: as the training data were; see `read_newer`."""
        manifest, other = self.artifact.manifest, other or DataSpec()
        reading = manifest.reading.overridden(other)
        return manifest.columns.told(reading, other.freq or self.artifact.model.freq)


def load(path: str | Path) -> Forecaster:
    """Read a model file.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Forecaster
    """
    found = artifact.load(path)
    forecaster = Forecaster(
        found.manifest.recurrent, found.manifest.training, found.manifest.reading
    )
    forecaster._artifact = found
    return forecaster
