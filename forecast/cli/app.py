"""The Typer application: its commands and what they have in common.

The list of commands is here, so that help is there at once; a command's module
is loaded when it is called.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import forecast
from forecast.cli.account import settle
from forecast.cli.plain import read_plainly
from forecast.cli.words import parted

COMMANDS = {
    "train": "Train a recurrent forecaster on the series in DATA and save it.",
    "predict": "Forecast by the saved model, or by the pretrained network where there is none.",
    "compare": "Compare the network with baselines on past data, and say which model to use.",
    "explain": "Show which values moved a forecast, what it is made of, and what is recalled.",
    "report": "Write a page that shows the forecast, how good it is, and where it comes from.",
    "score": "Hold past forecasts against what happened; exit with 9 on too much drift.",
    "check": "Show how DATA is read and what was found; exit with 3 when it cannot be used.",
    "schedule": "Print a snippet that runs a command every day; nothing is installed.",
    "doctor": "Check a model file, its folder and this machine; exit as the first failure says.",
    "config": "Show which settings files and variables make, and where each comes from.",
    "info": "Show what a model was trained on, its settings and its scores.",
}
"""Names of the commands, each a function of the module of its name, and what they do."""

PROFILE_FLAG = "--profile"


class SectionedCommand(TyperCommand):
    """A command whose help lists its options under the headings they were declared with."""

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override]
        """Give the parameters, with values read plainly."""
        return read_plainly(super().get_params(ctx))

    def format_options(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the sections of the help, in order of declaration."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                is_argument = parameter.param_type_name == "argument"
                heading = getattr(parameter, "rich_help_panel", None) or "Options"
                sections.setdefault("Arguments" if is_argument else heading, []).append(record)
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)


class Program(TyperGroup):
    """The group of all commands: listed by name, loaded when called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Find the command that was typed, and load it."""
        name, listed, rest = super().resolve_command(ctx, args)
        if listed is None:
            return name, None, rest
        from forecast.cli.settings import defaults  # help needs none

        found = defaults(str(listed.name), ctx.params.get("profile"), load, list(COMMANDS))
        settle(found)
        ctx.default_map = {name: {one: setting.value for one, setting in found.items()}}
        return name, load(str(listed.name)), rest

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what comes before the command; --profile may come after it."""
        return super().parse_args(ctx, profile_first(args))

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override]
        """Give the parameters, with values read plainly."""
        return read_plainly(super().get_params(ctx))


app = typer.Typer(
    cls=Program,
    add_completion=False,
    rich_markup_mode=None,  # plain help is there at once, and can be searched
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for listed, purpose in COMMANDS.items():
    app.command(listed, help=purpose, short_help=purpose)(lambda: None)  # help alone is cut


def load(name: str) -> TyperCommand:
    """Make a command out of the function that does its work.

    Parameters
    ----------
    name : str
        Of ``COMMANDS``.

    Returns
    -------
    TyperCommand
    """
    work: Callable[..., None] = getattr(import_module(f"forecast.cli.{name}"), name)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, cls=SectionedCommand)(work)
    made = typer.main.get_command(alone)
    assert isinstance(made, TyperCommand)
    return made


def profile_first(typed: Sequence[str]) -> list[str]:
    """Bring --profile before the command: it may stand anywhere.

    Parameters
    ----------
    typed : sequence of str

    Returns
    -------
    list of str

    Examples
    --------
    >>> profile_first(["predict", "--profile", "nightly", "-q"])
    ['--profile', 'nightly', 'predict', '-q']
    """
    first: list[str] = []
    rest: list[str] = []
    own, handed_on = parted(typed)
    words = iter(own)
    for word in words:
        if word == PROFILE_FLAG:
            first += [word, *([value] if (value := next(words, None)) is not None else [])]
        elif word.startswith(f"{PROFILE_FLAG}="):
            first.append(word)
        else:
            rest.append(word)
    return [*first, *rest, *handed_on]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"forecast {forecast.__version__}")
        raise typer.Exit


@app.callback()
def forecast_any_series(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of forecast.toml; may also follow the command."),
    ] = None,
) -> None:
    """Forecast any CSV with a recurrent network, next to an honest ARIMA.

    Start with: forecast train DATA, then forecast predict, then forecast compare.
    """
