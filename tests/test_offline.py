"""The guard that keeps tests off the network works."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import BARE

CODE = "import socket; socket.create_connection(('203.0.113.1', 9), timeout=1)"


def test_tests_cannot_connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses and names are refused at once, and written down."""
    record = tmp_path / "tried"
    monkeypatch.setenv("OFFLINE_RECORD", str(record))
    for family in (socket.AF_INET, socket.AF_INET6):
        with socket.socket(family) as one, pytest.raises(PermissionError):
            one.connect(("::1" if family == socket.AF_INET6 else "127.0.0.1", 9))
    with pytest.raises(PermissionError):
        socket.getaddrinfo("example.invalid", 80)
    assert len(record.read_text().splitlines()) == 3
    near, far = socket.socketpair()  # within the machine
    near.sendall(b"x")
    assert far.recv(1) == b"x"
    near.close()
    far.close()


@pytest.mark.parametrize("inherited", [True, False])
def test_processes_of_tests_cannot_connect(tmp_path: Path, inherited: bool) -> None:
    """Neither can a process with the bare environment, nor one that inherits this one."""
    record = tmp_path / "tried"
    environment = (dict(os.environ) if inherited else BARE) | {"OFFLINE_RECORD": str(record)}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=False
    )
    assert "tests use no network" in done.stderr
    assert record.exists()
