"""Settings: strict from and to dictionaries, and every refusal says what is allowed."""

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from forecast import spec
from forecast.errors import UsageError

SPECS = [
    spec.DataSpec(time="ds", season=(7, 365)),
    spec.RecurrentSpec(cell="lstm", lags=24, segment=12),
    spec.TrainSpec(seed=3, max_seconds=1.5),
    spec.BacktestSpec(horizon=6, levels=(50, 90)),
]


@pytest.mark.parametrize("given", SPECS, ids=lambda one: type(one).__name__)
def test_from_dict_undoes_to_dict(given: Any) -> None:
    """A specification survives JSON, lists becoming tuples again."""
    assert type(given).from_dict(json.loads(json.dumps(given.to_dict()))) == given


@pytest.mark.parametrize("given", SPECS, ids=lambda one: type(one).__name__)
def test_specs_are_frozen(given: Any) -> None:
    """Settings do not change once they are checked."""
    with pytest.raises(FrozenInstanceError):
        given.season = (1,)


def test_from_dict_suggests_the_nearest_name() -> None:
    """An unknown key is an error, never ignored."""
    with pytest.raises(UsageError, match="unknown setting 'hiden' of RecurrentSpec") as caught:
        spec.RecurrentSpec.from_dict({"hiden": 3})
    assert caught.value.fix == "did you mean 'hidden'?"
    with pytest.raises(UsageError) as caught:
        spec.BacktestSpec.from_dict({"zzz": 3})
    assert caught.value.fix == "use one of: horizon, windows, step, levels, refit, fit_seconds"


@pytest.mark.parametrize(
    ("kind", "values", "message", "fix"),
    [
        ("RecurrentSpec", {"cell": "lsmt"}, "cell is 'lsmt'; allowed: rnn, gru, lstm",
         "--cell lstm"),
        ("RecurrentSpec", {"nonlinearity": "abs"}, "allowed: tanh, relu, sigmoid", "--nonlin"),
        ("RecurrentSpec", {"strategy": "both"}, "allowed: direct, recursive", "--strategy"),
        ("RecurrentSpec", {"layers": 0}, "layers is 0; allowed: 1 or more", "--layers 1"),
        ("RecurrentSpec", {"hidden": -1}, "hidden is -1; allowed: 1 or more", "--hidden 1"),
        ("RecurrentSpec", {"lags": 13, "segment": 12}, "lags 13 is not a multiple of segment 12",
         "--lags 24"),
        ("RecurrentSpec", {"season": (12, 0)}, "season is 0", "--season 1"),
        ("RecurrentSpec", {"dropout": 1}, "dropout is 1; allowed: 0 up to, not including, 1", ""),
        ("RecurrentSpec", {"linear": True, "bases": False}, "linear needs bases", "--no-linear"),
        ("TrainSpec", {"seed": -1}, "seed is -1; allowed: 0 or more", "--seed 0"),
        ("TrainSpec", {"epochs": 0}, "epochs is 0", "--epochs 1"),
        ("TrainSpec", {"max_seconds": 0}, "max-seconds is 0; allowed: more than 0", ""),
        ("TrainSpec", {"learning_rate": float("nan")}, "learning-rate is nan; allowed: more", ""),
        ("DataSpec", {"duplicates": "lost"}, "duplicates is 'lost'", "--duplicates last"),
        ("DataSpec", {"decimal": ".", "thousands": "."}, "the same sign", "--decimal ,"),
        ("DataSpec", {"dayfirst": True, "monthfirst": True}, "exclude each other", "--monthfirst"),
        ("DataSpec", {"wide": True, "id": "shop"}, "wide and id exclude", "without --wide"),
        ("BacktestSpec", {"horizon": 0}, "horizon is 0", "--horizon 1"),
        ("BacktestSpec", {"horizon": 1, "windows": 0}, "windows is 0", "--windows 1"),
        ("BacktestSpec", {"horizon": 1, "step": 0}, "step is 0", "--step 1"),
        ("BacktestSpec", {"horizon": 1, "levels": (80, 100)},
         "level is 100; allowed: whole numbers from 1 to 99", "--level 80"),
    ],
)  # fmt: skip
def test_spec_refuses_what_is_out_of_range(
    kind: str, values: dict[str, Any], message: str, fix: str
) -> None:
    """A bad value is named with what is allowed and a flag that works."""
    with pytest.raises(UsageError) as caught:
        getattr(spec, kind)(**values)
    assert message in caught.value.message
    assert fix in (caught.value.fix or "")


def test_backtest_spec_steps_by_the_horizon() -> None:
    """Cutoffs are a horizon apart unless told otherwise."""
    assert spec.BacktestSpec(horizon=6).cutoff_distance == 6
    assert spec.BacktestSpec(horizon=6, step=2).cutoff_distance == 2


@pytest.mark.parametrize("name", ["layers", "hidden", "lags", "segment", "horizon"])
def test_recurrent_spec_refuses_what_no_machine_holds(name: str) -> None:
    """A network of absurd size is refused before memory runs out."""
    with pytest.raises(UsageError, match=f"{name} is 1000000000; allowed"):
        spec.RecurrentSpec.from_dict({name: 1_000_000_000})


def test_overridden_keeps_what_was_not_given() -> None:
    """A setting that was given replaces the old one; one left at its default does not."""
    known = spec.DataSpec(target="y", duplicates="sum")
    assert known.overridden(spec.DataSpec(target="z")) == spec.DataSpec(
        target="z", duplicates="sum"
    )
    assert known.overridden(spec.DataSpec(duplicates="last")).duplicates == "last"


@pytest.mark.parametrize("age", ["", "2", "d", "2 d", "-2d", "two days", "1e3d"])
def test_parse_age_refuses_what_is_no_length_of_time(age: str) -> None:
    """A number and a unit, nothing else."""
    with pytest.raises(UsageError, match="max-age is"):
        spec.DataSpec(max_age=age)


def test_data_spec_aggregates_only_to_a_step() -> None:
    """The step is never guessed."""
    with pytest.raises(UsageError) as caught:
        spec.DataSpec(aggregate="sum")
    assert caught.value.fix == "--aggregate sum --freq D"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"missing": "interpolate"}, "keep"),
        ({"missing": "seasonal"}, "keep"),
        ({"missing": "zero"}, "zero"),
        ({"missing": "interpolate", "aggregate": "sum", "freq": "D"}, "interpolate"),
    ],
)
def test_without_hindsight_leaves_gaps_open(given: dict[str, str], kept: str) -> None:
    """A backtest is not shown values that were made of what followed; zeros tell nothing."""
    assert spec.DataSpec.from_dict(given).without_hindsight().missing == kept
