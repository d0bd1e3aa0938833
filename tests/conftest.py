"""Fixtures that several test files share."""

from pathlib import Path

import pytest

from tests.commands import PASSENGERS


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a model file: a tiny network, trained for a moment on the air passengers."""
    from forecast import Forecaster
    from forecast.spec import RecurrentSpec, TrainSpec

    training = TrainSpec(steps=5, members=1, from_scratch=True)
    path = tmp_path_factory.mktemp("models") / "forecast.model"
    Forecaster(RecurrentSpec(hidden=4), training).fit(str(PASSENGERS)).save(path)
    return path
