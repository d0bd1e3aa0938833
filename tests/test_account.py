"""The account of a run: valid JSON, valid metrics."""

import json
import re
import time

from forecast.account import Account, prometheus

LINE = re.compile(r'[a-z_]+\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\} \S+')


def test_to_json_holds_what_was_told() -> None:
    """Facts, timings and the error; what is not finite is null."""
    account = Account(("predict", "a.csv"), time.perf_counter())
    account.tell("input", {"rows": 3, "mase": float("nan")})
    found = json.loads(account.to_json(3, {"code": "data", "message": "é", "hint": None}))
    assert (found["schema"], found["ok"], found["exit"]) == ("forecast.run/1", False, 3)
    assert found["argv"] == ["predict", "a.csv"]
    assert found["input"] == {"rows": 3, "mase": None}
    assert 0 <= found["timings"]["input"] <= found["seconds"]
    assert found["error"]["message"] == "é"
    assert {"python", "forecast", "numpy"} <= set(found["versions"])


def test_prometheus_writes_one_type_for_each_name() -> None:
    """Names come once as a type; labels are escaped; what is not finite is left out."""
    gauges = {'coverage{level="80"}': 0.5, 'coverage{level="95"}': 1.0, "mase": float("nan")}
    text = prometheus(gauges, {"command": 'a"\\\nb'})
    lines = text.splitlines()
    assert lines[0] == "# TYPE forecast_coverage gauge"
    assert [LINE.fullmatch(line) is not None for line in lines] == [False, True, True]
    assert text.endswith("\n")


def test_to_prometheus_names_the_command() -> None:
    """Each gauge says which command it is of."""
    text = Account(("-q", "score"), time.perf_counter()).to_prometheus(9)
    assert 'forecast_exit_code{command="score"} 9.0\n' in text
