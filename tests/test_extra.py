"""Optional libraries: the error that says what to install, and plain commands without them."""

import sys

import pytest

from forecast.errors import DependencyError
from forecast.extra import extra


def test_extra_names_the_command_that_installs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library is exit code 10 with the command that helps."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with (
        pytest.raises(DependencyError, match="drawing a chart needs matplotlib") as caught,
        extra("report", "drawing a chart", "matplotlib"),
    ):
        import matplotlib  # noqa: F401
    assert (caught.value.exit_code, caught.value.fix) == (10, "pip install 'forecast[report]'")
