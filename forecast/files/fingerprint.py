"""What a training depends on: the input and every setting."""

from typing import Any

from forecast.spec import DataSpec, RecurrentSpec, TrainSpec


def fingerprint(
    sha256: str, reading: DataSpec, recurrent: RecurrentSpec, training: TrainSpec
) -> dict[str, Any]:
    """Give what decides the outcome of a training, besides the versions of the programs.

    Parameters
    ----------
    sha256 : str
        Of the input.
    reading : DataSpec
        With the columns and the step that were found.
    recurrent, training : RecurrentSpec, TrainSpec
        As asked for.

    Returns
    -------
    dict
        As JSON can hold it, equal where the trainings are.
    """
    return {
        "input": sha256,
        "reading": reading.to_dict(),
        "network": recurrent.to_dict(),
        "training": training.to_dict(),
    }
