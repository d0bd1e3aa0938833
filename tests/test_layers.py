"""The layers of the package: every import goes down, third parties stay where they belong.

Imports are read from the source, those inside functions included.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "forecast"
LONGEST_MODULE = 320  # lines; a longer one holds more than one idea,
LONGER: dict[str, int] = {}  # but a list of functions may be longer

LAYERS = {
    "setting": 1, "config": 2, "account": 2, "schedule": 1, "stream": 3,
    "retrain": 7, "doctor": 9, "follow": 9,
    "errors": 0, "datetimes": 0, "numerals": 0, "notation": 0, "records": 0,
    "digits": 0, "plaintimes": 1,
    "spec": 1, "frequency": 1, "calendar": 1, "spacing": 1, "timestamps": 1, "runtime": 1,
    "worker": 1, "parallel": 1, "storage": 1, "fields": 1, "finding": 1, "source": 1,
    "dayorder": 1, "counts": 1, "zones": 1, "parquet": 1,
    "panel": 2, "result": 2, "columns": 2, "table": 2, "clean": 2, "geometry": 2,
    "encoding": 2, "header": 2, "dialect": 2, "wallclock": 2, "impute": 2, "resample": 2,
    "incomplete": 2, "season": 2,
    "delimited": 3, "melt": 3, "leftovers": 3, "quantities": 3, "kinds": 3, "joined": 3,
    "roles": 3, "clocks": 3, "draft": 3, "rows": 3, "repairs": 3, "check": 3, "read": 3,
    "write": 3,
    "window": 3, "quantiles": 3, "bases": 3, "features": 3, "metrics": 3, "universal": 3,
    "pretrained": 4, "networks": 4, "infer": 4, "calibrate": 4, "train": 4, "configure": 4,
    "ridge": 4, "actuals": 4, "ledger": 4, "drift": 4,
    "track": 5, "score": 6,
    "seal": 2, "lock": 2, "checkpoint": 3, "run": 3, "fingerprint": 3, "horizon": 3, "learner": 4,
    "consistency": 6, "freshness": 7, "profile": 4, "examine": 5,
    "models": 5,
    "artifact": 6, "predict": 6, "folds": 6,
    "pretrain": 7, "jobs": 7, "significance": 7, "skill": 7, "comparison": 7, "verdict": 7,
    "backtest": 8, "baseline": 8, "judge": 9, "losses": 10, "breakdown": 10, "evaluate": 11,
    "forecaster": 12, "rivals": 12, "report": 12, "record": 12,
    "cli": 13, "__main__": 13, "": 13,
}  # fmt: skip
"""Layer of each module; a folder stands for all of its modules, "" for the package itself."""

EXCEPTIONS = {
    ("calendar", "frequency"): "stepping starts from the unit that a name stands for",
    ("spacing", "frequency"): "what is found is given its one canonical name",
    ("spacing", "calendar"): "months are recognised by their ordinals",
    ("runtime", ""): "the package's own version is written there",
    ("clocks", "draft"): "each step takes a draft and gives the next",
    ("rows", "clocks"): "times off the grid may be those of an uneven clock",
    ("read", "clocks"): "reading is these steps in order",
    ("rows", "draft"): "each step takes a draft and gives the next",
    ("rows", "roles"): "a refusal of duplicates suggests the column that tells them apart",
    ("repairs", "draft"): "each step takes a draft and gives the next",
    ("repairs", "rows"): "what was aggregated is made regular again",
    ("season", "panel"): "a season is one of most series of a panel",
    ("season", "impute"): "gaps are filled before cycles are compared",
    ("resample", "clean"): "it makes rows of rows",
    ("read", "leftovers"): "a row that was cut short is told of where all rows are known",
    ("read", "repairs"): "reading is these steps in order",
    ("read", "check"): "findings become notes",
    ("dialect", "header"): "a dialect is a delimiter and a header",
    ("timestamps", "plaintimes"): "years are kept within the same bounds",
    ("timestamps", "counts"): "counts are one kind of notation",
    ("timestamps", "dayorder"): "the order of day and month is part of a notation",
    ("timestamps", "zones"): "offsets are part of a notation",
    ("roles", "kinds"): "columns are taken for what they look like",
    ("joined", "kinds"): "columns are taken for what they look like",
    ("read", "kinds"): "columns of some names are kept as text",
    ("quantities", "leftovers"): "findings name lines in one way",
    ("draft", "leftovers"): "lines that are no rows are left out",
    ("draft", "quantities"): "cells that are no numbers are refused",
    ("read", "joined"): "reading is these steps in order",
    ("read", "melt"): "reading is these steps in order",
    ("read", "delimited"): "reading is these steps in order",
    ("read", "roles"): "reading is these steps in order",
    ("read", "draft"): "reading is these steps in order",
    ("read", "rows"): "reading is these steps in order",
    ("features", "bases"): "a network is told what they say, and corrects it",
    ("run", "checkpoint"): "what a run has done is written there",
    ("learner", "networks"): "it trains that network and no other",
    ("artifact", "consistency"): "what is read is checked before it is used",
    ("train", "learner"): "the loop takes its steps",
    ("train", "networks"): "the loop trains that network and no other",
    ("rivals", "forecaster"): "the network that meets the baselines is trained as a user's is",
    ("follow", "forecaster"): "a stream is forecast as a file is",
    ("record", "forecaster"): "the entry says what a forecaster made",
    ("ledger", ""): "each run is recorded with the version that made it",
    ("__main__", "cli"): "python -m forecast is the command",
    ("cli", ""): "--version shows the package's version",
}
"""Imports that do not go down, each with its reason; inside a folder all are free."""

THIRD_PARTIES = {
    "torch": (
        "networks",
        "quantiles",
        "learner",
        "train",
        "models.members",
        "models.fine_tune",
        "pretrain",
    ),
    "statsmodels": ("profile", "models.arima", "models.seasonal", "significance"),
    "typer": ("cli",),
    "filelock": ("lock",),
    "rich": ("cli", "report"),
    "pyarrow": ("write", "parquet"),
    "zstandard": ("source",),
    "safetensors": ("seal", "pretrained", "pretrain"),
}
"""Where each library may be imported at all; a name stands for all modules it begins."""

PANDAS_ON_TOP: tuple[str, ...] = ()
"""Modules that load pandas when they are imported: none, since a forecast needs no frame."""

LIGHT = ("models.recurrent", "models.naive", "predict", "artifact", "errors", "spec")
"""Modules that forecasting needs; they must not load what only training needs."""


def module_names() -> list[str]:
    """Name every module below the package, "" for the package itself."""
    paths = [path.relative_to(ROOT).with_suffix("") for path in sorted(ROOT.rglob("*.py"))]
    return [".".join(part for part in path.parts if part != "__init__") for path in paths]


def source(module: str) -> Path:
    """Find the file of a module."""
    path = ROOT.joinpath(*module.split(".")) if module else ROOT
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def imports(module: str, *, on_top: bool = False) -> tuple[str, ...]:
    """Give the full names that a module imports; only those that loading it runs if asked to."""
    found: list[str] = []
    pending: list[ast.AST] = [ast.parse(source(module).read_text())]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} uses a relative import"
            found.extend(f"{node.module}.{alias.name}" for alias in node.names)
        deferred = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or (
            isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        )
        if not (on_top and deferred):
            pending.extend(ast.iter_child_nodes(node))
    return tuple(found)


@cache
def own(name: str) -> str | None:
    """Give the module of this package that a full name belongs to, None for third parties."""
    package, *parts = name.split(".")
    if package != "forecast":
        return None
    while parts and not source(".".join(parts)).exists():
        parts.pop()  # a function or class, not a module
    return ".".join(parts)


def place(module: str) -> str:
    """Give the entry of ``LAYERS`` that a module falls under."""
    return module if module in LAYERS else module.split(".")[0]


def under(module: str, places: tuple[str, ...]) -> bool:
    """Say whether a module is one of the places, or begins with one."""
    return any(module == one or module.startswith((f"{one}.", f"{one}_")) for one in places)


@cache
def loaded_by(module: str) -> frozenset[str]:
    """Give all that importing a module loads, third parties by their first name."""
    seen, pending = set[str](), [module]
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        for name in imports(current, on_top=True):
            mine = own(name)
            if mine is None:
                seen.add(name.split(".")[0])
            else:
                pending.append(mine)
    return frozenset(seen)


@pytest.mark.parametrize("module", module_names())
def test_module_imports_only_lower_layers(module: str) -> None:
    """A module has a layer, and imports nothing from its own or a higher one."""
    here = place(module)
    assert here in LAYERS, f"give forecast/{here} a layer in tests/test_layers.py"
    wrong = set()
    for there in {place(found) for name in imports(module) if (found := own(name)) is not None}:
        free = there == here or (here, there) in EXCEPTIONS or here == ""
        if not free and LAYERS[there] >= LAYERS[here]:
            wrong.add(there)
    assert wrong == set()


def test_layers_name_what_exists() -> None:
    """The table and its exceptions hold nothing that is gone."""
    places = {place(module) for module in module_names()}
    assert {one for one in LAYERS if one not in places} == set()
    used = {
        (place(module), place(found))
        for module in module_names()
        for name in imports(module)
        if (found := own(name)) is not None
    }
    assert {pair for pair in EXCEPTIONS if pair not in used} == set()


def test_modules_import_without_a_circle() -> None:
    """No module loads itself again through what it imports, folders included."""
    for module in module_names():
        lower = {own(name) for name in imports(module, on_top=True)} - {None, module}
        assert [one for one in lower if one and module in loaded_by(one)] == []


@pytest.mark.parametrize("library", THIRD_PARTIES)
def test_library_is_used_only_where_it_belongs(library: str) -> None:
    """A third party is imported in its own places only, inside functions too."""
    users = {
        module
        for module in module_names()
        if library in {name.split(".")[0] for name in imports(module)}
    }
    assert {one for one in users if not under(one, THIRD_PARTIES[library])} == set()


def test_pandas_waits_until_a_frame_is_wanted() -> None:
    """Only modules that read and write tables load pandas at once."""
    users = {
        module
        for module in module_names()
        if "pandas" in {name.split(".")[0] for name in imports(module, on_top=True)}
    }
    assert {one for one in users if one not in PANDAS_ON_TOP} == set()


@pytest.mark.parametrize("module", ["", *LIGHT])
def test_forecasting_loads_neither_torch_nor_statsmodels(module: str) -> None:
    """What prediction imports is light, through all that it imports in turn."""
    assert loaded_by(module) & {"torch", "statsmodels", "pandas", "scipy", "sklearn"} == set()


@pytest.mark.parametrize("module", module_names())
def test_module_is_short_enough_to_read(module: str) -> None:
    """A module holds one idea, and an opening docstring says which."""
    text = source(module).read_text()
    assert len(text.splitlines()) <= LONGER.get(module, LONGEST_MODULE)
    assert ast.get_docstring(ast.parse(text))
