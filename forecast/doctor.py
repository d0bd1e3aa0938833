"""Check what a nightly job depends on: the model file, its folder, and this machine.

Nothing is changed but for a file that is made and removed to see whether it can be.
"""

import importlib.util
import os
import platform
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from forecast.artifact import ROOM, Artifact, load
from forecast.errors import DependencyError, ForecastError, NotFoundError
from forecast.files.lock import only_trainer
from forecast.files.storage import check_writable
from forecast.finding import counted
from forecast.runtime import LIBRARIES, library_versions

SCARCE = 64 << 20
"""Bytes of disk below which there is a warning."""

Verdict = Literal["fine", "warning", "failure"]


@dataclass(frozen=True)
class Check:
    """What one check found.

    Attributes
    ----------
    name : str
    verdict : {"fine", "warning", "failure"}
    found : str
    code : int
        Exit code of a failure, else 0.
    """

    name: str
    verdict: Verdict
    found: str
    code: int = 0


def examine(path: str | Path, *, was_named: bool = False) -> list[Check]:
    """Check everything.

    Parameters
    ----------
    path : str or Path
        Of the model file; that there is none is a warning, since the pretrained
        network forecasts without.
    was_named : bool
        Whether somebody counts on this very file: then that is a failure.

    Returns
    -------
    list of Check
    """
    try:
        model: Artifact | None = load(path)
        seal = Check("seal", "fine", f"{path} is intact")
    except NotFoundError as error:
        verdict: Verdict = "failure" if was_named else "warning"
        said = f"there is no {path}: nothing was trained yet"
        model, seal = None, Check("seal", verdict, said, error.exit_code if was_named else 0)
    except ForecastError as error:
        model, seal = None, Check("seal", "failure", error.message, error.exit_code)
    return [
        seal,
        _versions(model),
        _tried("write access", lambda: _write_access(path)),
        _tried("lock", lambda: _lock(path)),
        _free_space(path),
        _threads(),
        _device(),
    ]


def first_failure(checks: Iterable[Check]) -> ForecastError | None:
    """Give the first failure as an error, None where there is none.

    Parameters
    ----------
    checks : iterable of Check

    Returns
    -------
    ForecastError or None
    """
    kinds = {kind.exit_code: kind for kind in ForecastError.__subclasses__()}
    failures = (one for one in checks if one.verdict == "failure")
    return next((kinds[one.code](one.found, where=one.name) for one in failures), None)


def _tried(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, "fine", look())
    except ForecastError as error:
        return Check(name, "failure", error.message, error.exit_code)


def _versions(model: Artifact | None) -> Check:
    here = library_versions()
    missing = [name for name in LIBRARIES if name not in here]
    said = ", ".join(
        [f"Python {platform.python_version()}", *(f"{name} {one}" for name, one in here.items())]
    )
    if missing:
        found = f"not installed: {', '.join(missing)}"
        return Check("versions", "failure", found, DependencyError.exit_code)
    then = model.manifest.versions if model else {}
    other = [f"{name} {then[name]}" for name in then if name in here and then[name] != here[name]]
    if other:
        return Check("versions", "warning", f"{said}; the model was made with {', '.join(other)}")
    return Check("versions", "fine", said)


def _write_access(path: str | Path) -> str:
    check_writable(path, ROOM)
    return f"{path} can be written"


def _lock(path: str | Path) -> str:
    if Path(path).absolute().parent.is_dir():
        with only_trainer(path):
            return "nobody trains this model"
    return "there is no folder to lock in"


def _free_space(path: str | Path) -> Check:
    folder = Path(path).absolute().parent
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:,.1f} GB"
    return Check("free space", "warning" if free < SCARCE else "fine", said)


def _threads() -> Check:
    has_own = hasattr(os, "sched_getaffinity")
    here = len(os.sched_getaffinity(0)) if has_own else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS") or "not set"
    said = f"{counted(here, 'processor')}, OMP_NUM_THREADS {asked}; training uses --threads, 1"
    return Check("threads", "fine", said)


def _device() -> Check:
    if importlib.util.find_spec("torch") is None:
        return Check("device", "failure", "torch is not installed", DependencyError.exit_code)
    from forecast.training.device import choose_device, describe_device

    place = describe_device(choose_device("auto"))
    said = f"networks are trained on {place}; forecasts are made on the processor"
    return Check("device", "fine", said)
