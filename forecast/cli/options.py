"""Every setting as a command-line option, declared once for all commands.

A command that takes a ``DataSpec``, ``RecurrentSpec`` or ``TrainSpec`` gets
one option for each field listed here; names, types and defaults are those of
the field.
"""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from functools import wraps
from typing import Annotated, Any, Literal, get_type_hints

import typer

from forecast.spec import Cell, DataSpec, RecurrentSpec, TrainSpec

Format = Literal["csv", "json", "jsonl", "parquet", "table"]

Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="CSV or another table of text, also packed, or Parquet; - reads standard input.",
    ),
]
NewerData = Annotated[
    str | None,
    typer.Argument(metavar="[DATA]", help="Newer history; the model's own where left out."),
]
OldData = Annotated[
    str | None,
    typer.Argument(
        metavar="[DATA]", help="File as for train; what the model was trained on where left out."
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        envvar="FORECAST_MODEL",
        metavar="PATH",
        help="The model file; ./forecast.model where not given.",
    ),
]
Horizon = Annotated[
    int | None,
    typer.Option(
        metavar="STEPS",
        help="Steps ahead; as trained where not given, the frequency's usual number"
        " without a model.",
    ),
]
PretrainedCell = Annotated[
    Cell | None,
    typer.Option("--cell", help="Of the pretrained network, where there is no model file."),
]
Shape = Annotated[Format | None, typer.Option("--format", help="Instead of CSV or a table.")]
Printed = Annotated[
    Literal["table", "json", "csv"], typer.Option("--format", help="What to print.")
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write here; the suffix is the format, - is standard output.",
        callback=lambda path: None if path == "-" else path,
    ),
]
Levels = Annotated[
    list[int], typer.Option(metavar="PERCENT", help="Coverage of an interval; repeatable.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but results and errors.")]
Json = Annotated[bool, typer.Option("--json", help="Results and errors as JSON, one line each.")]

_REPEATABLE: dict[str, Any] = {"season": list[int] | None, "na": list[float] | None}

_PANELS = {
    DataSpec: "How DATA is read (found in the file where not given)",
    RecurrentSpec: "Network (chosen from the data where not given)",
    TrainSpec: "Training (chosen from the data where not given)",
}

_OPTIONS: dict[type, dict[str, tuple[str, str]]] = {  # field: what its value is, what it does
    DataSpec: {
        "time": ("COLUMN", "Column of times."),
        "target": ("COLUMN", "Column to forecast."),
        "id": ("COLUMN", "Column that names the series; several together as 'SHOP ITEM'."),
        "freq": ("ALIAS", "Step between rows, a pandas alias: h, D, W, MS, QS, YS, 15min, ..."),
        "season": ("STEPS", "Season length; repeatable; 1 means none."),
        "wide": ("", "Every numeric column is a series of its own."),
        "duplicates": ("", "What to do with several rows for one time of a series."),
        "decimal": ("SIGN", "Decimal sign of the numbers: . or , (a comma)."),
        "thousands": ("SIGN", "What parts thousands: , or . or ' or a space."),
        "delimiter": (
            "SIGN",
            "Between fields: , ; | or tab, space and the like.",
        ),
        "encoding": ("NAME", "Of the text, for example cp1252."),
        "date_format": ("FORMAT", "Of the times, for example %d.%m.%Y."),
        "dayfirst": ("", "01/02/2024 is the first of February."),
        "monthfirst": ("", "01/02/2024 is the second of January."),
        "tz": ("ZONE", "Of the file's local times, for example Europe/Berlin."),
        "skip_rows": ("LINES", "To leave out above the header."),
        "missing": ("", "What to do with missing values; networks mask those they keep."),
        "na": ("NUMBER", "A number that stands for a missing value; repeatable."),
        "aggregate": ("", "Make one row of all rows in a step of --freq."),
        "drop_last_incomplete": ("", "Leave out the last period where it is not over."),
        "max_age": ("AGE", "Refuse data that end longer ago than this: 90min, 36h, 2d, 1w."),
    },
    RecurrentSpec: {
        "cell": ("", "Recurrent cell."),
        "nonlinearity": ("", "Of the simple cell rnn."),
        "bidirectional": ("", "Read the observed window backwards, too."),
        "layers": ("N", "Stacked recurrent layers."),
        "hidden": ("N", "Units in a layer."),
        "lags": ("STEPS", "Past steps that the network is unrolled over."),
        "segment": ("STEPS", "Lags read by one recurrent step; 1 is the textbook network."),
        "horizon": ("STEPS", "Steps ahead."),
        "strategy": ("", "The whole horizon at once, or a segment that is fed back."),
        "level": ("", "Centre windows on their last segment, or on the whole series."),
        "bases": ("", "Let the network correct naive, seasonal and drift forecasts."),
        "linear": ("", "Let the network correct a linear map of the lags, too."),
        "log": ("", "Model logarithms."),
        "dropout": ("SHARE", "Share of hidden units dropped while training."),
    },
    TrainSpec: {
        "epochs": ("N", "Passes over all windows, instead of --steps."),
        "steps": ("N", "Optimiser steps of one network."),
        "max_seconds": ("SECONDS", "Time limit of the whole training."),
        "members": ("N", "Networks of the file alone, trained however short it is."),
        "batch": ("N", "Windows in one step."),
        "learning_rate": ("RATE", "Peak of the learning rate."),
        "seed": ("N", "Of every random choice."),
        "from_scratch": ("", "Leave the pretrained network out."),
        "threads": ("N", "Processor threads of the training."),
        "device": ("", "Where to train; auto is a graphics card where one works."),
    },
}


def takes_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command one option per field of the settings among its parameters.

    Parameters
    ----------
    command : callable
        Parameters annotated with a settings class are built from options.

    Returns
    -------
    callable
        With the options as keyword parameters, ready for Typer.
    """
    flat: list[inspect.Parameter] = []
    taken = {}
    for name, parameter in inspect.signature(command).parameters.items():
        if parameter.annotation in _OPTIONS:
            taken[name] = parameter.annotation
            flat += _parameters(parameter.annotation)
        else:
            flat.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))

    @wraps(command)
    def built(**given: Any) -> None:
        settings = {}
        for name, spec in taken.items():
            values = {field: given.pop(field) for field in _OPTIONS[spec]}
            values = {k: tuple(v) or None if isinstance(v, list) else v for k, v in values.items()}
            settings[name] = spec(**values)
        command(**given, **settings)

    built.__signature__ = inspect.Signature(flat)  # type: ignore[attr-defined]
    return built


def _parameters(spec: type) -> list[inspect.Parameter]:
    kinds, defaults = get_type_hints(spec), {one.name: one for one in fields(spec)}
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_option(spec, name, defaults[name]),
            annotation=_REPEATABLE.get(name, kinds[name]),
        )
        for name in _OPTIONS[spec]
    ]


def _option(spec: type, name: str, field: Field[Any]) -> Any:
    metavar, text = _OPTIONS[spec][name]
    default = None if field.default is MISSING else field.default
    flag = [f"--{name.replace('_', '-')}"] if default is False else []
    return typer.Option(
        default, *flag, metavar=metavar or None, help=text, rich_help_panel=_PANELS[spec]
    )
