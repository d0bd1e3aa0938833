"""Reading and writing of the shipped weights."""

from pathlib import Path

import numpy as np
import pytest

from forecast.errors import ArtifactError, NotFoundError
from forecast.pretrain.pretrain import build_network
from forecast.pretrained import FOLDER, load_weights, write_weights
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import Cell

SHIPPED: tuple[Cell, ...] = ("gru", "lstm", "rnn")


@pytest.mark.parametrize("cell", SHIPPED)
def test_load_weights_shipped_files_fit_the_network(cell: Cell) -> None:
    """Every shipped file holds exactly the parameters of its network, all finite."""
    weights, manifest = load_weights(cell)
    wanted = build_network(cell, manifest["spec"]["hidden"]).state_dict()
    assert {name: value.shape for name, value in weights.items()} == {
        name: tuple(value.shape) for name, value in wanted.items()
    }
    assert all(np.isfinite(value).all() for value in weights.values())


@pytest.mark.parametrize("cell", SHIPPED)
def test_load_weights_manifest_is_complete(cell: Cell) -> None:
    """The manifest says how the weights were made and how good they are."""
    _, manifest = load_weights(cell)
    assert set(manifest) >= {
        "command", "commit", "spec", "curriculum", "quantiles", "seconds", "hardware",
        "versions", "validation", "zero_shot",
    }  # fmt: skip
    assert tuple(manifest["quantiles"]) == DEFAULT_QUANTILES
    assert manifest["spec"]["cell"] == cell


def test_shipped_weights_are_small() -> None:
    """All shipped weights together stay within 10 MB."""
    assert sum(path.stat().st_size for path in FOLDER.glob("*.safetensors")) <= 10_000_000


def test_write_weights_round_trip(tmp_path: Path) -> None:
    """What is written is read back, to half precision, and the same input gives the same bytes."""
    weights = {"b": np.array([1.5, -2.0]), "a": np.eye(3) / 3}
    first, second = tmp_path / "x.safetensors", tmp_path / "y.safetensors"
    write_weights(first, weights, {"spec": {"cell": "gru"}, "commit": None})
    write_weights(
        second, dict(reversed(weights.items())), {"commit": None, "spec": {"cell": "gru"}}
    )
    found, manifest = load_weights("gru", first)
    assert first.read_bytes() == second.read_bytes()
    assert manifest == {"spec": {"cell": "gru"}, "commit": None}
    np.testing.assert_allclose(found["a"], weights["a"], rtol=1e-3)
    np.testing.assert_array_equal(found["b"], weights["b"])


def test_load_weights_absent(tmp_path: Path) -> None:
    """A file that does not exist is an error that names one that does."""
    with pytest.raises(NotFoundError, match=r"no pretrained weights none\.safetensors"):
        load_weights("none", tmp_path / "none.safetensors")


@pytest.mark.parametrize("content", [b"", b"nonsense" * 10])
def test_load_weights_damaged(tmp_path: Path, content: bytes) -> None:
    """A damaged file is an error with the way out."""
    path = tmp_path / "gru.safetensors"
    path.write_bytes(content)
    with pytest.raises(ArtifactError, match="damaged"):
        load_weights("gru", path)
