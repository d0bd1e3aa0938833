"""One file out of everything: the template filled in, scripts and data inside, nothing loaded.

The browser is told (Content-Security-Policy) to run these scripts only, and to request
nothing. Whatever comes from the user's file is text: escaped by the template, or JSON
that no script mark can end.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecast.charts.palette import THEMES, Theme
from forecast.evaluation.comparison import without_nan
from forecast.extra import extra
from forecast.page import tables
from forecast.page.commands import Origin, commands, explaining
from forecast.page.figures import Drawing, Lines
from forecast.page.insight import draw_explanations, packed_explanations
from forecast.page.library import bokeh_script
from forecast.page.series import MOST_SHOWN, MOST_STEPS, packed_series, shown_places
from forecast.page.study import MOST_TAKEN_APART, Study
from forecast.page.subject import MOST_CALIBRATED, Asked
from forecast.page.trial import Trial
from forecast.record import fingerprint
from forecast.report.checkup import verdict as verdict_of_check
from forecast.report.describe import describe_help, describe_network, describe_origins
from forecast.report.fits import describe_fits
from forecast.runtime import library_versions

FOLDER = Path(__file__).parent

_ESCAPES = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Names:
    """What the page is about, in words.

    Attributes
    ----------
    target, source : str
        Names of the column and the file.
    model : str
    """

    target: str
    source: str
    model: str


def to_html(found: Study, asked: Asked, origin: Origin) -> str:
    """Make the page.

    Parameters
    ----------
    found : Study
    asked : Asked
    origin : Origin

    Returns
    -------
    str
        HTML; the same for the same study.

    Raises
    ------
    DependencyError
        When the extra "report" is not installed.
    """
    with extra("report", "a report", "Jinja2"):
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

    drawing, layout = _draw(found, origin)
    plain, roots, roles = drawing.document()
    scripts = [_enclosed(bokeh_script()), _script("page.js")]
    packed, explain = packed_series(found), explaining(found, origin)
    payload = {
        "document": plain,
        "roots": roots,
        "roles": roles,
        "themes": {name: _roles_of(theme) for name, theme in THEMES.items()},
        "calendar": drawing.calendar,
        "explained": packed_explanations(found),
        "explain": explain,
        **packed,
    }
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        **layout,
        policy=_policy(scripts),
        style=(FOLDER / "page.css").read_text(encoding="utf-8"),
        scripts=scripts,
        payload=to_script(payload),
        commands=commands(found, asked, origin),
        explain=explain,
        train_seconds=asked.train_seconds,
        series=[{"id": one["id"], "by": one.get("by", "")} for one in packed["series"]],
        **_reproduction(found, origin),
    )


def to_script(value: object) -> str:
    r"""Write JSON that can stand within a script element, whatever it holds.

    Parameters
    ----------
    value : object

    Returns
    -------
    str

    Examples
    --------
    >>> print(to_script({"name": "</script>"}))
    {"name":"\u003c/script\u003e"}
    """
    text = json.dumps(without_nan(value), separators=(",", ":"), ensure_ascii=False)
    return text.translate(_ESCAPES).encode(errors="replace").decode()


def _draw(found: Study, origin: Origin) -> tuple[Drawing, dict[str, Any]]:
    """Draw what there is to draw, and lay out the words beside it."""
    drawing = Drawing(calendar=found.forecast.timestamps.dtype.kind == "M")
    drawing.forecast()
    lengths = sorted({length for one in found.parts.values() for length in one.seasons})
    if found.parts:
        drawing.parts(lengths)
    layout: dict[str, Any] = {
        "study": found,
        "names": Names(
            found.subject.given.columns.target,
            found.subject.given.path or "stdin",
            found.forecast.model,
        ),
        "seasons": lengths,
        "checked": verdict_of_check(found.findings),
        "forecast_table": tables.forecast_table(found, shown_places(found)[0]),
        "findings_table": tables.findings_table(found, origin.complete),
        "profile_table": tables.profile_table(found.profile),
        "most_steps": MOST_STEPS,
        "most_shown": MOST_SHOWN,
        "most_taken_apart": MOST_TAKEN_APART,
        "most_calibrated": MOST_CALIBRATED,
        "trial": None,
        "no_trial": found.trial,
    }
    if isinstance(found.trial, Trial):
        layout |= _draw_trial(drawing, found.trial)
    layout["insights"] = draw_explanations(drawing, found)
    losses = found.subject.forecaster.artifact.manifest.losses
    layout["has_losses"] = bool(losses)
    layout["loss_table"] = tables.loss_table(losses)
    if losses:
        done = [round(100 * (place + 1) / len(losses)) for place in range(len(losses))]
        drawing.lines("training", Lines(done, {"loss": losses}, "training, %", "loss"), 180)
    return drawing, layout


def _draw_trial(drawing: Drawing, trial: Trial) -> dict[str, Any]:
    comparison = trial.compared.comparison
    ranking = [one.model for one in comparison.scores]
    measure = comparison.measure.lower()
    steps = trial.by_step.groups.tolist()
    values = {name: trial.by_step.measures[name][measure].tolist() for name in ranking}
    beside = comparison.measure
    drawing.lines("errors", Lines(steps, values, "steps ahead", beside, from_zero=True))
    drawing.calibration(trial.reliability)
    if trial.autocorrelation is not None:
        drawing.autocorrelation(trial.autocorrelation)
    return {
        "trial": trial,
        "no_trial": "",
        "comparison": comparison,
        "ranking": ranking,
        "fits": describe_fits(trial.compared.backtest.records),
        "fallbacks": {one.model: one.fallbacks for one in comparison.scores if one.fallbacks},
        "score_table": tables.score_table(comparison),
        "step_table": tables.step_table(trial, ranking, measure),
        "coverage_table": tables.coverage_table(trial),
        "lag_table": tables.lag_table(trial) if trial.autocorrelation else None,
    }


def _reproduction(found: Study, origin: Origin) -> dict[str, Any]:
    artifact = found.subject.forecaster.artifact
    manifest = artifact.manifest
    facts = {
        "network": describe_network(artifact.model.spec).removeprefix("network: "),
        "origin": describe_origins(artifact.model.origins),
    }
    if found.subject.trained:
        facts["trained on"] = f"{manifest.source or 'a stream'}: {manifest.rows:,} rows"
        facts["windows"] = f"{manifest.windows:,}"
        helped = describe_help(manifest.scores)
        facts |= {"training helped": helped} if helped else {}
        used = manifest.used.to_dict()
        facts["settings"] = ", ".join(f"{k} {v}" for k, v in used.items() if v is not None)
    cell = found.subject.forecaster.recurrent.cell
    versions = (
        {**library_versions(), **manifest.versions} if found.subject.trained else library_versions()
    )
    return {
        "facts": facts,
        "input_sha256": found.subject.given.sha256,
        "model_sha256": fingerprint(origin.model, cell),
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "version": library_versions().get("forecast", ""),
    }


def _roles_of(theme: Theme) -> dict[str, str]:
    """The colours of a theme by role."""
    plain = {
        "ink": theme.ink,
        "faint": theme.faint,
        "rule": theme.rule,
        "history": theme.history,
        "forecast": theme.forecast,
        "band-0": theme.band(0, 2),
        "band-1": theme.band(1, 2),
    }
    return plain | {f"model-{place}": theme.model_style(place)[0] for place in range(16)}


def _script(name: str) -> str:
    return _enclosed((FOLDER / name).read_text(encoding="utf-8"))


def _enclosed(script: str) -> str:
    """Make sure that a script cannot end its own element."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _policy(scripts: list[str]) -> str:
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )
