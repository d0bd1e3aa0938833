"""One file out of everything: the template filled in, scripts and data inside, nothing loaded.

The browser is told (Content-Security-Policy) to run these scripts only, and to request
nothing. Whatever comes from the user's file is text: escaped by the template, or JSON
that no script mark can end.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.charts.palette import THEMES, Theme
from forecast.extra import extra
from forecast.jsonable import without_nan
from forecast.ledger.record import fingerprint
from forecast.page.commands import Origin, commands, explaining
from forecast.page.figures import Drawing
from forecast.page.insight import packed_explanations
from forecast.page.layout import draw_known, draw_seen
from forecast.page.library import bokeh_script
from forecast.page.series import packed_parts, packed_series
from forecast.page.study import Study
from forecast.page.subject import Asked
from forecast.report.describe import describe_help, describe_network, describe_origins
from forecast.runtime import library_versions

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent

_ESCAPES = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}


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
    template = _template()
    drawing = Drawing(calendar=found.forecast.timestamps.dtype.kind == "M")
    layout = draw_known(drawing, found, origin)
    packed, explain = packed_series(found), explaining(found, origin)
    scripts = [_enclosed(bokeh_script()), _script("page.js")]
    layout |= draw_seen(drawing, found)  # last, as it is waited for
    plain, roots, roles = drawing.document()
    payload = {
        "document": plain,
        "roots": roots,
        "roles": roles,
        "themes": {name: _roles_of(theme) for name, theme in THEMES.items()},
        "calendar": drawing.calendar,
        "explained": packed_explanations(found),
        "explain": explain,
        "parts": packed_parts(found),
        "left_out": len(found.subject.given.panel) - len(packed["series"]),
        **packed,
    }
    return template.render(
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


def _template() -> "Template":
    with extra("report", "a report", "Jinja2"):
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


def _reproduction(found: Study, origin: Origin) -> dict[str, Any]:
    artifact = found.subject.forecaster.artifact
    manifest = artifact.manifest
    facts = {
        "network": describe_network(artifact.model.spec).removeprefix("network: "),
        "origin": describe_origins(artifact.model.origins),
    }
    if found.subject.trained:
        facts["trained on"] = f"{manifest.source or 'a stream'}: {manifest.rows:,} rows"
        facts["training windows"] = f"{manifest.windows:,}"
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
