"""Pretraining on synthetic series, in miniature."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from forecast.errors import ArtifactError, TrainingError
from forecast.network.geometry import BASES
from forecast.pretrain.__main__ import main
from forecast.pretrain.curriculum import (
    CURRICULUM,
    Setting,
    draw_windows,
    practice_batch,
    shape,
    standardise,
)
from forecast.pretrain.pretrain import (
    LEAST_SIDE,
    PretrainSpec,
    build_network,
    examine,
    optimisers,
    pretrain,
    take_over,
)
from forecast.pretrained import load_weights

TINY = PretrainSpec(steps=4, hidden=8)

SHORT_CURRICULUM = (Setting((1,), 1.0, (2, 5), (1, 2), 16), Setting((4,), 1.0, (2, 5), (1, 2), 16))


@pytest.fixture(autouse=True)
def _short_practice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecast.pretrain.curriculum.CURRICULUM", SHORT_CURRICULUM)
    monkeypatch.setattr("forecast.pretrain.pretrain.EXAMINATION_WINDOWS", 32)


def test_practice_batch_repeats() -> None:
    """A batch is a function of seed and step; another step gives another one."""
    (first, shape_a, ends), (again, shape_b, _) = practice_batch(1, 7), practice_batch(1, 7)
    torch.testing.assert_close(first, again, rtol=0, atol=0, equal_nan=True)
    assert shape_a == shape_b
    assert 1 <= ends <= shape_a.segments
    assert first.shape[1] == shape_a.past + shape_a.future
    assert len({practice_batch(1, step)[1] for step in range(12)}) > 3


@pytest.mark.parametrize("setting", CURRICULUM, ids=lambda one: str(one.season))
def test_draw_windows_of_every_setting(setting: Setting) -> None:
    """Every season gives windows with visible pasts of mean 0 and mean deviation 1."""
    geometry = shape(setting.season, setting.segments[0], setting.ahead[0])
    windows = draw_windows(geometry, 8, torch.Generator().manual_seed(0))
    past = windows[:, : geometry.past]
    alive = ~past.isnan().all(1)
    assert alive.float().mean() > 0.5
    torch.testing.assert_close(
        past[alive].nanmean(1), torch.zeros(int(alive.sum())), rtol=0, atol=1e-3
    )
    torch.testing.assert_close(
        past[alive].abs().nanmean(1), torch.ones(int(alive.sum())), rtol=0, atol=1e-3
    )


def test_standardise_ignores_the_future() -> None:
    """Changing what comes after the cutoff changes nothing before it."""
    windows = torch.randn(5, 12, generator=torch.Generator().manual_seed(0))
    changed = windows.clone()
    changed[:, 8:] = 1e6
    torch.testing.assert_close(
        standardise(windows, 8)[:, :8], standardise(changed, 8)[:, :8], rtol=0, atol=0
    )


def test_standardise_drops_constant_pasts() -> None:
    """A past without any change teaches nothing."""
    windows = torch.cat([torch.full((1, 6), 3.0), torch.arange(2.0)[None]], 1)
    assert standardise(windows, 6).isnan().all()


def test_rate_plateau_does_not_depend_on_the_length() -> None:
    """A run can be made longer or shorter until its learning rate falls."""
    short, long = PretrainSpec(steps=2_000), PretrainSpec(steps=50_000)
    assert [short.rate(step) for step in range(400)] == [long.rate(s) for s in range(400)]
    assert short.rate(1_999) < short.rate(1_700) < short.rate(350) == short.learning_rate


def test_pretrain_resumes_bit_for_bit(tmp_path: Path) -> None:
    """A run that was stopped ends with the weights of one that was not."""
    spec = replace(TINY, hidden=LEAST_SIDE)  # so that both optimisers have something to do
    whole, _ = pretrain(spec, tmp_path / "whole", every=2)
    # Stopped after two steps, when a longer run's rate was the same.
    pretrain(replace(spec, steps=2), tmp_path / "parts", every=2)
    resumed, summary = pretrain(spec, tmp_path / "parts", every=2)
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], value, rtol=0, atol=0)
    assert summary["seconds"] > 0


@pytest.mark.parametrize("change", [{"seed": 1}, {"learning_rate": 0.1}, {"cell": "lstm"}])
def test_pretrain_refuses_a_checkpoint_of_other_settings(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    """Only the number of steps may change on the way; the checkpoint stays as it was."""
    path = tmp_path / "run.checkpoint"
    pretrain(replace(TINY, steps=2), path, every=2)
    kept = path.read_bytes()
    name, value = next(iter(change.items()))
    with pytest.raises(ArtifactError, match=f"{name} .*{value}") as refused:
        pretrain(replace(TINY, **change), path, every=2)
    assert refused.value.where == str(path)
    assert refused.value.fix == f"rm {path}"
    assert path.read_bytes() == kept


def test_pretrain_refuses_a_checkpoint_that_began_with_other_weights(tmp_path: Path) -> None:
    """A run goes on only with the weights it began with, which would else be left out."""
    path = tmp_path / "run.checkpoint"
    start = {"gates.bias": np.zeros(len(BASES) + 1, np.float32)}
    pretrain(replace(TINY, steps=2), path, start=start, every=2)
    for other in (None, {"gates.bias": np.ones(len(BASES) + 1, np.float32)}):
        with pytest.raises(ArtifactError, match="begun with start"):
            pretrain(TINY, path, start=other, every=2)
    pretrain(TINY, path, start=start, every=2)


def test_optimisers_share_the_parameters() -> None:
    """Matrices are Muon's, gates, positions and biases AdamW's, and nothing is left out."""
    network = build_network("gru", 64)
    adam, muon = optimisers(network, PretrainSpec(hidden=64))
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    assert {names[id(one)] for one in muon.matrices} == {
        "encoder.weight_ih_l0", "encoder.weight_hh_l0", "skip.weight", "outlook.weight",
        "state.weight", "head.weight",
    }  # fmt: skip
    rest = {names[id(one)] for group in adam.param_groups for one in group["params"]}
    assert rest == set(names.values()) - {names[id(one)] for one in muon.matrices}


def test_take_over_copies_what_fits() -> None:
    """The decoder of another cell is taken over, its recurrent weights are not."""
    torch.manual_seed(0)
    gru, lstm = build_network("gru", 8), build_network("lstm", 8)
    recurrent = lstm.state_dict()["encoder.weight_hh_l0"].clone()
    take_over(lstm, {name: value.numpy() for name, value in gru.state_dict().items()})
    for name in ("skip.weight", "outlook.weight", "position", "head.bias"):
        torch.testing.assert_close(lstm.state_dict()[name], gru.state_dict()[name], rtol=0, atol=0)
    torch.testing.assert_close(lstm.state_dict()["encoder.weight_hh_l0"], recurrent, rtol=0, atol=0)


def test_pretrain_lowers_the_validation_loss(tmp_path: Path) -> None:
    """Some steps already help on windows that were not trained on."""
    torch.manual_seed(TINY.seed)
    before = examine(build_network("gru", 16))["mean"]
    spec = replace(TINY, steps=40, hidden=16, learning_rate=0.5, averaging=0.8)
    _, summary = pretrain(spec, tmp_path / "run", every=40)
    assert summary["mean"] < before - 0.01


def test_pretrain_refuses_to_go_on_without_a_finite_loss(tmp_path: Path) -> None:
    """A diverged run is an error, not a file."""
    with pytest.raises(TrainingError, match="not finite"):
        pretrain(replace(TINY, learning_rate=float("inf")), tmp_path / "run", every=4)
    assert not (tmp_path / "run").exists()


def test_main_writes_weights_and_manifest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command leaves a file that says how it was made, and prints its progress."""
    path = tmp_path / "rnn.safetensors"
    main(["--cell", "rnn", "--steps", "2", "--hidden", "8", "-o", str(path)])
    weights, manifest = load_weights("rnn", path)
    assert set(weights) == set(build_network("rnn", 8).state_dict())
    assert manifest["command"].startswith("python -m forecast.pretrain --cell rnn --steps 2")
    assert set(manifest["validation"]) == {"1", "4", "12", "7", "24-168", "52", "mean"}
    assert manifest["start"] is None
    assert list(tmp_path.iterdir()) == [path]  # a later run does not go on from this one
    assert "step 2 loss" in capsys.readouterr().out


def test_main_records_what_it_began_with(tmp_path: Path) -> None:
    """The manifest of weights that began with others tells where those came from."""
    first, second = tmp_path / "gru.safetensors", tmp_path / "lstm.safetensors"
    main(["--steps", "1", "--hidden", "8", "-o", str(first)])
    rest = ["--steps", "1", "--hidden", "8", "--start", str(first), "-o", str(second)]
    main(["--cell", "lstm", *rest])
    _, manifest = load_weights("lstm", second)
    assert manifest["start"]["command"] == load_weights("gru", first)[1]["command"]
