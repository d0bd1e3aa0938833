"""The errors a user can meet, each with its documented exit code.

The library raises these and never prints or exits; the one boundary in
``forecast.cli.common`` turns them into a message on stderr and an exit code.
"""


class ForecastError(Exception):
    """Base of every error that this package raises on purpose.

    Parameters
    ----------
    message : str
        What was found and what is allowed.
    where : str, optional
        Place of the fault, for example ``"sales.csv:1043"``.
    fix : str, optional
        A command or change that repairs it.
    """

    exit_code = 1
    code = "error"

    def __init__(self, message: str, *, where: str | None = None, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\nfix: {self.fix}" if self.fix else text


class UsageError(ForecastError):
    """A setting or combination of settings that is not allowed."""

    exit_code = 2
    code = "usage"


class DataError(ForecastError):
    """The input was read but cannot be used as it is.

    Parameters
    ----------
    message, where, fix
        See `ForecastError`.
    kind : str
        Stable name of what is wrong, for scripts: the code of the finding that ``forecast
        check`` makes of it.
    """

    exit_code = 3
    code = "data"

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        fix: str | None = None,
        kind: str = "unusable",
    ) -> None:
        super().__init__(message, where=where, fix=fix)
        self.kind = kind


class NotFoundError(ForecastError):
    """A file, model, column or series does not exist."""

    exit_code = 4
    code = "not-found"


class ArtifactError(ForecastError):
    """A model file or ledger is damaged, too new, or made for other data."""

    exit_code = 5
    code = "model-file"


class TrainingError(ForecastError):
    """Training gave no usable model."""

    exit_code = 6
    code = "training"


class WriteError(ForecastError):
    """A result cannot be written: disk full, read-only, no such folder."""

    exit_code = 7
    code = "write"


class PartialError(ForecastError):
    """Some series fell back to a simpler model and ``--strict`` was given."""

    exit_code = 8
    code = "partial"


class GateError(ForecastError):
    """A condition that the caller asked for was not met."""

    exit_code = 9
    code = "gate"


class DependencyError(ForecastError):
    """An optional dependency is not installed."""

    exit_code = 10
    code = "dependency"


class LockedError(ForecastError):
    """Another run is training the same model."""

    exit_code = 75
    code = "locked"
