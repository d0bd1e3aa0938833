"""Where networks are trained: the processor, or a graphics card that torch can use.

A network is trained where its weights are; all that a step needs is made there, or
copied there once. Forecasting needs neither: it is done by NumPy on the processor.
"""

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor

from forecast.errors import DependencyError, TrainingError
from forecast.spec import Device, TrainSpec
from forecast.training.heap import keeping_freed


def choose_device(wanted: Device) -> Device:
    """Tell where to train.

    Parameters
    ----------
    wanted : {"auto", "cpu", "cuda"}
        "auto" is the graphics card where one works, else the processor.

    Returns
    -------
    {"cpu", "cuda"}

    Raises
    ------
    DependencyError
        When the graphics card is wanted and none works.
    """
    if wanted == "cpu":
        return "cpu"
    trouble = _trouble()
    if trouble is None:
        return "cuda"
    if wanted == "auto":
        return "cpu"
    raise DependencyError(f"device is cuda, but {trouble}", fix="--device cpu")


def describe_device(device: str) -> str:
    """Name a device for people.

    Parameters
    ----------
    device : str
        As torch calls it.

    Returns
    -------
    str
    """
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else "the processor"


@contextmanager
def prepared(spec: TrainSpec) -> Iterator[torch.device]:
    """Have torch ready for one training, and leave it as it was.

    Parameters
    ----------
    spec : TrainSpec
        Its device, seed and threads.

    Yields
    ------
    torch.device
        Where to train.

    Raises
    ------
    DependencyError
        See `choose_device`.
    TrainingError
        When the memory of the graphics card does not suffice.

    Notes
    -----
    On a graphics card, recurrent layers are computed in single precision, not in
    TF32 as torch has it otherwise, by algorithms that repeat: the network is small,
    and waits for the next kernel rather than for arithmetic.
    """
    device = torch.device(choose_device(spec.device))
    cards = [torch.cuda.current_device()] if device.type == "cuda" else []
    with ExitStack() as after:
        after.enter_context(keeping_freed())
        after.enter_context(torch.random.fork_rng(devices=cards))
        after.callback(torch.set_num_threads, torch.get_num_threads())
        torch.set_num_threads(spec.threads)
        torch.manual_seed(spec.seed)
        if cards:
            exact = torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False)
            after.enter_context(exact)
        try:
            yield device
        except torch.OutOfMemoryError as error:
            raise TrainingError(
                "the memory of the graphics card does not suffice", fix="--device cpu"
            ) from error


def random_state(device: torch.device) -> Tensor:
    """Give the state of the random numbers that are drawn on a device."""
    return torch.cuda.get_rng_state(device) if device.type == "cuda" else torch.get_rng_state()


def set_random_state(state: Tensor, device: torch.device) -> None:
    """Go on with random numbers from such a state."""
    if device.type == "cuda":
        torch.cuda.set_rng_state(state, device)
    else:
        torch.set_rng_state(state)


def _trouble() -> str | None:
    """Say why torch can use no graphics card; None where it can."""
    if not torch.backends.cuda.is_built():
        return f"torch {torch.__version__} is built for the processor only"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch tells twice: what it raises says as much
        try:
            torch.ones(1, device="cuda").add_(1).item()  # one that is listed may still not work
        except (RuntimeError, AssertionError) as error:
            return f"no graphics card works: {str(error).splitlines()[0][:200]}"
    return None
