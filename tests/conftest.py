"""Fixtures that several test files share."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from forecast.explain.explanation import Explanation
from tests.commands import BARE, PASSENGERS, RECORD
from tests.offline import sitecustomize

os.environ["OFFLINE_RECORD"] = str(RECORD)
os.environ["PYTHONPATH"] = BARE["PYTHONPATH"]  # for processes that inherit the environment
sys.addaudithook(sitecustomize.refuse)


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Fail when any test, or a process of one, tried to reach a network."""
    yield
    tried = RECORD.read_text() if RECORD.exists() else ""
    RECORD.unlink(missing_ok=True)
    assert tried == ""


@pytest.fixture(scope="session")
def explained() -> Explanation:
    """Give what the shipped network says of the air passengers, looked into; 14 months."""
    from forecast import Forecaster

    return Forecaster().adopt(str(PASSENGERS), 14).explain(14)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a model file: a tiny network, trained for a moment on the air passengers."""
    from forecast import Forecaster
    from forecast.spec import RecurrentSpec, TrainSpec

    training = TrainSpec(steps=5, members=1, from_scratch=True)
    path = tmp_path_factory.mktemp("models") / "forecast.model"
    Forecaster(RecurrentSpec(hidden=4), training).fit(str(PASSENGERS)).save(path)
    return path
