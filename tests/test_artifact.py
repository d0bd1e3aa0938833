"""The model file: nothing is lost, nothing damaged is believed."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors

from forecast import artifact
from forecast.artifact import Artifact, from_bytes, load, save, to_bytes
from forecast.errors import ArtifactError, NotFoundError, UsageError
from forecast.files.seal import seal, unseal
from forecast.forecaster import Forecaster
from forecast.forecaster import load as load_forecaster
from forecast.spec import RecurrentSpec, TrainSpec
from tests.commands import PASSENGERS

LEVELS = (0.1, 0.5, 0.9)


@pytest.fixture(scope="module")
def content(trained: Path) -> bytes:
    """Give the bytes of a small model file."""
    return trained.read_bytes()


def quantiles(one: Artifact) -> bytes:
    """Forecast from an artifact."""
    made = one.model.predict_quantiles(one.context, 20, LEVELS)
    return made.quantiles.tobytes()


def test_save_then_load_gives_the_same_model(content: bytes, tmp_path: Path) -> None:
    """Forecasts, manifest and the file's own bytes survive, bit for bit."""
    first = from_bytes(content, "a")
    path = tmp_path / "forecast.model"
    save(first, path)
    second = load(path)
    assert path.read_bytes() == content
    assert second.manifest == first.manifest
    assert quantiles(second) == quantiles(first)
    assert second.context.ids == first.context.ids
    assert second.context.timestamps.tobytes() == first.context.timestamps.tobytes()


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_save_then_load_keeps_every_cell(cell: str, tmp_path: Path) -> None:
    """Any network comes back, and a wide table in whole steps with missing values."""
    lines = ["step,a,b", *(f"{n},{n % 7},{'' if n == 5 else n}" for n in range(40))]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(lines))
    spec = RecurrentSpec.from_dict({"cell": cell, "hidden": 3, "layers": 2, "bidirectional": True})
    reading = replace(Forecaster().reading, wide=True, time="step")
    training = TrainSpec(steps=2, members=2, from_scratch=True)
    forecaster = Forecaster(spec, training, reading).fit(str(path))
    forecaster.save(tmp_path / "m")
    found = load(tmp_path / "m")
    assert quantiles(found) == quantiles(forecaster.artifact)
    assert found.manifest == forecaster.artifact.manifest


def test_to_bytes_is_reproducible(content: bytes) -> None:
    """The same input, settings and seed give the same bytes; another seed gives others."""
    spec, training = RecurrentSpec(hidden=4), TrainSpec(steps=5, members=1, from_scratch=True)
    again = Forecaster(spec, training).fit(str(PASSENGERS))
    other = Forecaster(spec, replace(training, seed=1)).fit(str(PASSENGERS))
    assert to_bytes(again.artifact) == content
    assert to_bytes(other.artifact) != content


def test_load_reads_every_released_format(tmp_path: Path) -> None:
    """A model file of each format gives the forecasts that it gave when it was made.

    Made by ``forecast train data/air_passengers.csv --steps 20 --hidden 6 --members 2
    --from-scratch --cell lstm``, those with a linear map by ``--linear`` as well, then
    ``forecast predict --horizon 30``.
    """
    golden = sorted((Path(__file__).parent / "golden").glob("*.model"))
    formats = [f"format{number + 1}" for number in range(artifact.FORMAT_VERSION)]
    linear = [f"{name}_linear" for name in formats[2:]]
    assert [path.stem for path in golden] == sorted(formats + linear)
    for path in golden:
        lines = path.with_suffix(".csv").read_text().splitlines()
        expected = [[float(cell) for cell in line.split(",")[1:6]] for line in lines[1:]]
        table = load_forecaster(path).predict_columns(30)
        found = np.column_stack([table[name] for name in lines[0].split(",")[1:6]])
        np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_from_bytes_refuses_what_does_not_fit_together(content: bytes) -> None:
    """Sizes and types that the arrays do not bear out are refused, though the seal is right."""
    document, tensors = unseal(content, "m")
    del document["seal"]
    member = document["members"][0]
    geometry, spec = member["geometry"], member["spec"]
    changes: list[dict[str, object]] = [
        {"format_version": True},
        {"format_version": "1"},
        {"format_version": 0},
        {"members": []},
        {"members": [member | {"network": 1}]},
        {"members": [member | {"share": -1.0}]},
        {"members": [member | {"geometry": geometry | {"segments": 10**9}}]},
        {"members": [member | {"geometry": geometry | {"season": [10**9]}}]},
        {"members": [member | {"geometry": geometry | {"season": []}}]},
        {"members": [member | {"geometry": geometry | {"ahead": 10**6}}]},
        {"members": [member | {"geometry": geometry | {"segment": 12.0}}]},
        {"members": [member | {"spec": spec | {"hidden": 4096}}]},
        {"members": [member | {"spec": spec | {"layers": 2}}]},
        {"members": [member | {"spec": spec | {"cell": "lstm"}}]},
        {"members": [member | {"spec": spec | {"cell": ["gru"]}}]},
        {"members": [member | {"spec": spec | {"unknown": 1}}]},
        {"levels": [0.5, 0.1]},
        {"levels": ["a"]},
        {"growth": "1"},
        {"columns": {"time": 5}},
        {"training": document["training"] | {"seed": "0"}},
        {"rows": "many"},
        {"scores": [1]},
        {"losses": {"a": 1}},
        {"calendar": False, "freq": 7},
        {"apart": 1},
        {"apart": [{"members": []}]},
        {"apart": [{name: document[name] for name in ("spec", "members", "growth", "coverage")}]},
    ]
    for change in changes:
        with pytest.raises(ArtifactError, match="inconsistent") as caught:
            from_bytes(seal(tensors, {**document, **change}), "m")
        assert len(str(caught.value)) < 400
    for name in tensors:
        fewer = {key: values for key, values in tensors.items() if key != name}
        other = tensors | {name: np.zeros((*tensors[name].shape, 1), np.float16)}
        for changed in (fewer, other):
            with pytest.raises(ArtifactError, match="inconsistent"):
                from_bytes(seal(changed, document), "m")


def test_unseal_refuses_headers_that_would_cost_much(content: bytes) -> None:
    """Long and deep documents are refused before they are parsed, whatever their seal."""
    for text in ("[" * 100_000, "[]," * 60_000, '"ab",' * 10**6):
        document = f'{{"seal":"{"0" * 64}","a":[{text}'
        with pytest.raises(ArtifactError):
            unseal(sealed_header({"__metadata__": {"forecast": document}}), "m")
    with pytest.raises(ArtifactError, match="too much to say"):
        seal({}, {"a": "b" * (5 << 20)})


def sealed_header(header: dict[str, object]) -> bytes:
    """Give a file of nothing but a header, with a right seal."""
    text = json.dumps(header, separators=(",", ":")).encode()
    empty = len(text).to_bytes(8, "little") + text
    return empty.replace(b"0" * 64, hashlib.sha256(empty).hexdigest().encode(), 1)


def test_save_writes_valid_safetensors(trained: Path) -> None:
    """Other programs can read it; the one metadata entry is a JSON document."""
    with safetensors.safe_open(trained, framework="np") as file:
        document = json.loads(file.metadata()["forecast"])
        assert "context.target" in file.keys()  # noqa: SIM118  # it is no dictionary
    assert document["format_version"] == artifact.FORMAT_VERSION
    assert len(document["seal"]) == 64


def test_from_bytes_detects_every_flipped_byte(content: bytes) -> None:
    """All of the header, and a sample of the rest; each with another bit."""
    header = 8 + int.from_bytes(content[:8], "little")
    rng = np.random.default_rng(0)
    sample = rng.choice(np.arange(header, len(content)), 300, replace=False)
    for position in [*range(header), *sample.tolist()]:
        damaged = bytearray(content)
        damaged[position] ^= 1 << position % 8
        with pytest.raises(ArtifactError):
            from_bytes(bytes(damaged), "m")


def test_from_bytes_detects_missing_and_extra_bytes(content: bytes) -> None:
    """A file that was cut anywhere, or appended to, is refused."""
    header = 8 + int.from_bytes(content[:8], "little")
    lengths = np.unique(np.linspace(0, len(content) - 1, 200).astype(int)).tolist()
    for length in [*range(20), header - 1, header, header + 1, *lengths]:
        with pytest.raises(ArtifactError):
            from_bytes(content[:length], "m")
    for extra in (b"\0", b"\n", content):
        with pytest.raises(ArtifactError):
            from_bytes(content + extra, "m")


def test_from_bytes_refuses_garbage() -> None:
    """Whatever is given, it is refused as no model file."""
    rng = np.random.default_rng(0)
    for garbage in (b"", b"\0" * 100, b"month,sales\n1,2\n", b"\xff" * 64, rng.bytes(5000)):
        with pytest.raises(ArtifactError, match="not an intact model file"):
            from_bytes(garbage, "m")


def test_load_refuses_a_newer_format(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An intact file of a later version says so, and how to read it."""
    known = artifact.FORMAT_VERSION
    monkeypatch.setattr(artifact, "FORMAT_VERSION", known + 1)
    path = tmp_path / "m"
    save(from_bytes(content, "m"), path)
    monkeypatch.undo()
    with pytest.raises(
        ArtifactError, match=f"format {known + 1}; this program reads up to {known}"
    ) as caught:
        load(path)
    assert caught.value.exit_code == 5
    assert caught.value.fix == "pip install --upgrade forecast"


def test_load_says_what_is_missing(tmp_path: Path) -> None:
    """No file and a folder are told apart."""
    with pytest.raises(NotFoundError) as caught:
        load(tmp_path / "none")
    assert caught.value.fix == f"forecast train DATA --model {tmp_path / 'none'}"
    with pytest.raises(ArtifactError, match="is a directory"):
        load(tmp_path)


def test_save_keeps_the_previous_file(content: bytes, tmp_path: Path) -> None:
    """The replaced model stays beside the new one."""
    path = tmp_path / "m"
    path.write_bytes(b"old")
    save(from_bytes(content, "m"), path)
    assert (path.read_bytes(), (tmp_path / "m.prev").read_bytes()) == (content, b"old")


def test_check_replaceable_knows_models_from_other_files(content: bytes, tmp_path: Path) -> None:
    """Models, even cut ones, empty and missing files may be replaced; others not."""
    for name, found in (("model", content), ("cut", content[:500]), ("empty", b"")):
        (tmp_path / name).write_bytes(found)
        artifact.check_replaceable(tmp_path / name)
    artifact.check_replaceable(tmp_path / "none")
    (tmp_path / "table").write_text("month,sales\n2020-01,3\n")
    with pytest.raises(UsageError):
        artifact.check_replaceable(tmp_path / "table")
