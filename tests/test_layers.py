"""The layers of the package: every import goes down, third parties stay where they belong.

Imports are read from the source, those inside functions included.
"""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "forecast"
LONGEST_MODULE = 320  # lines; a longer one holds more than one idea

LAYERS = {
    "errors": 0, "finding": 0, "interpolate": 0, "jsonable": 0, "ledger": 0, "ledger.adaptive": 0,
    "ledger.drift": 0, "loading": 0, "network": 0, "network.arrays": 0, "network.geometry": 0,
    "network.gru": 0, "network.quantiles": 0, "runtime": 0, "training": 0, "training.heap": 0,
    "account": 1, "aside": 1, "counts": 1, "extra": 1, "network.bases": 1, "network.trends": 1,
    "network.universal": 1, "panel": 1, "pretrained": 1, "result": 1, "schedule": 1, "setting": 1,
    "spec": 1, "timeline": 1, "worker": 1,
    "calibrate": 2, "metrics": 2,
    "config": 2, "configure": 2, "files": 2, "horizon": 2, "network.features": 2,
    "network.segments": 2, "network.window": 2, "parallel": 2, "text": 2, "training.device": 2,
    "training.optimiser": 2,
    "lines": 3, "network.answer": 3, "network.infer": 3, "network.ridge": 3, "reading": 3,
    "training.learner": 3, "training.practice": 3, "training.run": 3,
    "check": 4, "ledger.entry": 4, "ledger.track": 4, "season": 4, "stream": 4, "training.loop": 4,
    "write": 4,
    "ledger.book": 5, "models": 5, "nature": 5, "pretrain": 5, "read": 5,
    "consistency": 6, "evaluation": 6, "given": 6, "ledger.actuals": 6, "predict": 6, "profile": 6,
    "artifact": 7, "baseline": 7, "decompose": 7, "examine": 7, "explain": 7, "ledger.past": 7,
    "charts": 8, "doctor": 8, "forecaster": 8, "freshness": 8, "ledger.recalibrate": 8,
    "ledger.score": 8, "report": 8,
    "follow": 9, "ledger.record": 9, "ledger.retrain": 9, "rivals": 9,
    "page": 10,
    "": 11, "cli": 11,
    "__main__": 12,
}  # fmt: skip
"""Layer of each module; a folder stands for all of its modules, "" for the package itself."""

EXCEPTIONS = {
    ("runtime", ""): "the package's own version is written there",
    ("ledger.book", ""): "each run is recorded with the version that made it",
    ("cli", ""): "--version shows the package's version",
}
"""Imports that do not go down, each with its reason; inside a folder all are free."""

THIRD_PARTIES = {
    "torch": (
        "training.device",
        "network.gru",
        "explain",
        "network.segments",
        "network.quantiles",
        "training.learner",
        "training.practice",
        "training.optimiser",
        "training.loop",
        "models.members",
        "pretrain",
    ),
    "statsmodels": (
        "nature",
        "decompose",
        "models.arima",
        "models.seasonal",
        "evaluation.residuals",
        "page.observer",
    ),
    "scipy": (
        "ledger.drift",
        "evaluation.significance",
        "models.arima_css",
        "models.ets_fit",
        "models.shares",
        "models.simple",
        "models.theta",
        "page.observer",
    ),
    "typer": ("cli",),
    "filelock": ("files.lock",),
    "rich": ("cli", "report"),
    "pyarrow": ("write", "text.parquet"),
    "zstandard": ("text.source",),
    "safetensors": ("files.seal", "pretrained"),
    "matplotlib": ("charts",),
    "bokeh": ("page.figures", "page.library"),
    "jinja2": ("page.document", "page.library"),
    "plotext": ("charts",),
}
"""Where each library may be imported at all; a name stands for all modules it begins."""

EVERYWHERE = ("numpy", "pandas")
"""Libraries that any module may import; of pandas see `PANDAS_ON_TOP`."""

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


def libraries(module: str) -> set[str]:
    """Give the first names of what a module imports, inside functions too."""
    return {name.split(".")[0] for name in imports(module)}


@pytest.mark.parametrize("library", THIRD_PARTIES)
def test_library_is_used_only_where_it_belongs(library: str) -> None:
    """A third party is imported in its own places only, and in each of them."""
    users = {module for module in module_names() if library in libraries(module)}
    places = THIRD_PARTIES[library]
    assert {one for one in users if not under(one, places)} == set()
    assert {one for one in places if not any(under(user, (one,)) for user in users)} == set()


def test_every_library_has_its_places() -> None:
    """No third party is imported that the table does not know."""
    found = set().union(*map(libraries, module_names()))
    assert found - sys.stdlib_module_names - {"forecast"} == {*THIRD_PARTIES, *EVERYWHERE}


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
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert ast.get_docstring(ast.parse(text))
