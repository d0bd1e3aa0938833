"""The account of a run: what it did and how it went, as JSON and for Prometheus.

Commands tell what they know; the boundary of the command line writes it, after
failures as well. Nothing here knows a command.
"""

import json
import math
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from forecast.jsonable import without_nan
from forecast.runtime import library_versions

SCHEMA = "forecast.run/1"
"""Name and version of the JSON document; the number grows when a field changes meaning."""


@dataclass
class Account:
    """A run in the making.

    Attributes
    ----------
    argv : tuple of str
        What followed ``forecast``.
    began : float
        By the clock of ``time.perf_counter``.
    facts : dict
        What the command told: plain values that JSON can hold.
    timings : dict of str to float
        Seconds from the start to the moment that each fact was told.
    gauges : dict of str to float
        Numbers to watch over time, by name, perhaps with labels in braces.
    """

    argv: tuple[str, ...]
    began: float
    facts: dict[str, Any] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    gauges: dict[str, float] = field(default_factory=dict)

    def tell(self, name: str, fact: Any, gauges: Mapping[str, float] | None = None) -> None:
        """Add a fact, the time it took to get there, and what of it is to be watched.

        Parameters
        ----------
        name : str
        fact : object
            What JSON can hold.
        gauges : mapping of str to float, optional
        """
        self.facts[name] = fact
        self.timings[name] = self.seconds
        self.gauges.update(gauges or {})

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return round(time.perf_counter() - self.began, 3)

    def to_json(self, code: int, error: Mapping[str, Any] | None = None) -> str:
        """Give the manifest of the run.

        Parameters
        ----------
        code : int
            Exit code.
        error : mapping, optional
            Its code, message and hint.

        Returns
        -------
        str
            One JSON document.
        """
        document = {
            "schema": SCHEMA,
            "ok": code == 0,
            "exit": code,
            "error": dict(error) if error else None,
            "argv": list(self.argv),
            "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": self.seconds,
            "timings": self.timings,
            "versions": {"python": platform.python_version(), **library_versions()},
            **self.facts,
        }
        known = without_nan(document)
        return json.dumps(known, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def to_prometheus(self, code: int) -> str:
        """Give the run as metrics in the text format of Prometheus.

        Parameters
        ----------
        code : int
            Exit code.

        Returns
        -------
        str
        """
        own = {
            "exit_code": float(code),
            "run_timestamp_seconds": round(time.time(), 3),
            "run_seconds": self.seconds,
        }
        command = next((one for one in self.argv if not one.startswith("-")), "")
        return prometheus({**own, **self.gauges}, {"command": command})


def prometheus(gauges: Mapping[str, float], labels: Mapping[str, str]) -> str:
    r"""Write gauges in the text format of Prometheus.

    Parameters
    ----------
    gauges : mapping of str to float
        By name, which may end in labels of its own; those that are not finite are left out.
    labels : mapping of str to str
        Of all of them.

    Returns
    -------
    str

    Examples
    --------
    >>> print(prometheus({'coverage{level="80"}': 0.5}, {"command": 'a"b'}), end="")
    # TYPE forecast_coverage gauge
    forecast_coverage{command="a\"b",level="80"} 0.5
    """
    common = [f'{name}="{_escaped(value)}"' for name, value in labels.items()]
    lines: list[str] = []
    seen: set[str] = set()
    for full, value in gauges.items():
        name, _, own = full.partition("{")
        if not math.isfinite(value):
            continue
        if name not in seen:
            seen.add(name)
            lines.append(f"# TYPE forecast_{name} gauge")
        within = ",".join([*common, *([own.removesuffix("}")] if own else [])])
        lines.append(f"forecast_{name}{{{within}}} {value!r}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
