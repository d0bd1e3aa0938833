"""Files that mean harm, given as models: nothing of them is run, and each is refused soon."""

import copy
import io
import json
import pickle
import sys
import time
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
import typer.main

from forecast.cli.common import run
from forecast.files.seal import seal, unseal
from tests.soak.child import made

MOST_SECONDS, MOST_BYTES = 1.0, 200 << 20
"""What one file may cost."""

FORBIDDEN = (
    "exec", "compile", "import", "os.system", "os.exec", "os.fork", "os.posix_spawn",
    "subprocess.Popen", "pickle.find_class", "socket.connect", "ctypes.dlopen", "marshal.loads",
)  # fmt: skip
"""Events that reading a model has no business with."""


class Watch:
    """An audit hook that lists what must not happen while it is on."""

    def __init__(self) -> None:
        self.on, self.seen = False, list[str]()
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take down a forbidden event."""
        if self.on and (event in FORBIDDEN or (event == "open" and writes(arguments))):
            self.seen.append(f"{event} {arguments}"[:200])


def writes(arguments: tuple[object, ...]) -> bool:
    """Tell whether a file is opened for writing."""
    mode = arguments[1]
    return isinstance(mode, str) and any(mark in mode for mark in "wax+")


class Bomb:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        import os

        return os.system, ("touch harmed",)


def files(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Forecast from hostile files, each of them refused, or as harmless as any model.

    Seconds are those of the processor, whatever else the machine does.
    """
    typer.main.get_command = cache(typer.main.get_command)  # it is what takes longest
    content = made(0)
    document, tensors = unseal(content, "m")
    del document["seal"]
    path = folder / "hostile.model"
    watch, codes = Watch(), dict[int, int]()
    path.write_bytes(content)
    typed = ["predict", "--model", str(path), "--horizon", "3", "--quiet", "--json"]
    output = sys.stdout, sys.stderr
    slowest, largest = 0.0, 0
    for number in range(count + 10):  # in the first ten all is imported
        path.write_bytes(content if number < 9 else craft(number, document, tensors, rng))
        for _ in range(2):  # a machine that stalls is not the fault of the file
            said = io.TextIOWrapper(io.BytesIO())
            sys.stdout, sys.stderr = said, said
            usual = forget_peak()
            began, watch.on = time.process_time(), number >= 10
            try:
                code = run(typed)
            finally:
                watch.on = False
                sys.stdout, sys.stderr = output
            seconds = time.process_time() - began
            if seconds <= MOST_SECONDS:
                break
        if number >= 10:
            slowest = max(slowest, seconds)
            largest = max(largest, memory("VmHWM") - usual)
        text = said.buffer.getvalue().decode()
        assert watch.seen == [], f"file {number}: {watch.seen[:5]}"
        assert "Traceback" not in text and code != 1, f"file {number}: {text[:500]}"
        assert code in (0, 2, 3, 5), f"file {number}: {code} {text[:500]}"
        codes[code] = codes.get(code, 0) + 1
        if number % 1000 == 999:
            print(f"  {number + 1} files: {codes}", flush=True)
    assert slowest <= MOST_SECONDS, f"{slowest:.2f} s for one file"
    assert largest <= MOST_BYTES, f"{largest >> 20} MB for one file"
    assert not Path("harmed").exists()
    kinds = ", ".join(f"exit {code}: {times}" for code, times in sorted(codes.items()))
    return f"{count} files, 0 run, {kinds}; at most {slowest:.2f} s and {largest >> 20} MB"


def forget_peak() -> int:
    """Begin to measure the most memory that is used anew; give what is used now."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def memory(name: str) -> int:
    """Give a measure of this process's memory in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))


def craft(
    number: int, document: dict[str, Any], tensors: dict[str, Any], rng: np.random.Generator
) -> bytes:
    """Make a hostile file."""
    kind = number % 10
    if kind == 0:
        return pickle.dumps(Bomb(), protocol=int(rng.integers(6)))
    if kind == 1:
        whole = io.BytesIO()
        torch.save({"network": Bomb()}, whole)
        return whole.getvalue()
    if kind == 2:
        return archive(rng)
    if kind == 3:
        return header_alone(rng)
    changed, arrays = copy.deepcopy(document), dict(tensors)
    for _ in range(int(rng.integers(1, 4))):
        if kind < 8:
            spoil(changed, rng)
        else:
            name = str(rng.choice(list(arrays)))
            arrays[name] = other_array(arrays[name], rng)
    try:
        return seal(arrays, changed)
    except ValueError:  # NaN, which JSON has not
        return json.dumps(changed).encode()


def archive(rng: np.random.Generator) -> bytes:
    """Give a zip that claims other places, or swells."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(str(rng.choice(["../../harmed", "/tmp/harmed", "data.pkl"])), b"0" * 10**6)
    return whole.getvalue()


def header_alone(rng: np.random.Generator) -> bytes:
    """Give a file whose header is all there is, with a right seal: deep, long, or lying."""
    import hashlib

    filling = FILLINGS[int(rng.integers(len(FILLINGS)))]
    text = f'{{"seal":"{"0" * 64}","format_version":1,"a":[{filling}'
    offsets = [0, int(rng.choice([0, 2**31, 2**62, -1]))]
    shape = [int(rng.choice([0, 1, 2**40]))] * int(rng.integers(1, 50))
    tensor = {"dtype": str(rng.choice(["F32", "F64", "O", "U8"])), "shape": shape}
    header = {"__metadata__": {"forecast": text}, "x": tensor | {"data_offsets": offsets}}
    raw = json.dumps(header).replace("\\\\ud800", "\\ud800").encode()
    size = int(rng.choice([len(raw), len(raw) + 1, 2**63, 0]))
    whole = size.to_bytes(8, "little") + raw
    return whole.replace(b"0" * 64, hashlib.sha256(whole).hexdigest().encode(), 1)


FILLINGS = (
    "[" * 10**5, "[]," * 10**6, '"ab",' * 10**6, "1e999,", "9" * 10**5, '{"a":' * 10**4,
    '"\\ud800",', "NaN,", "-Infinity,",
)  # fmt: skip

STRANGE: list[Any] = [
    None, True, -1, 0, 1, 10**6, 10**9, 2**63, 10**30, 0.5, -0.0, 1e308, "", "a", "../../etc",
    "__import__('os').system('touch harmed')", "\x1b[31m", "x" * 10**5, [], [[]], {}, {"a": 1},
    [0.5], ["a"] * 100, "D", "h", "gru", "lstm",
]  # fmt: skip


def spoil(one: Any, rng: np.random.Generator) -> None:
    """Put something else in some place of a document."""
    places = list(one) if isinstance(one, dict) else list(range(len(one)))
    if not places:
        return
    place = places[int(rng.integers(len(places)))]
    if isinstance(one[place], dict | list) and one[place] and rng.random() < 0.7:
        spoil(one[place], rng)
    elif isinstance(one, dict) and rng.random() < 0.15:
        del one[place]
    else:
        one[place] = copy.deepcopy(STRANGE[int(rng.integers(len(STRANGE)))])


def other_array(values: Any, rng: np.random.Generator) -> Any:
    """Change the type, the shape or the values of an array."""
    kind = int(rng.integers(6))
    if kind == 0:
        return np.zeros(values.shape, str(rng.choice(["f2", "f4", "f8", "i1", "i8", "u8", "?"])))
    if kind == 1:
        return values[..., None]
    if kind == 2:
        return values[:0]
    if kind == 3:
        return np.concatenate([values, values])
    if kind == 4 and values.dtype.kind == "f":
        return np.full_like(values, rng.choice([np.nan, np.inf, -np.inf, 1e38]))
    raw = np.frombuffer(rng.bytes(values.nbytes), values.dtype)
    return raw.reshape(values.shape)
