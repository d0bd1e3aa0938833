"""Rules of forecast.files.storage."""

import contextlib
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import WriteError
from forecast.files.storage import check_writable, sweep, write_output
from tests.commands import BARE


def test_write_output_replaces_a_file_whole(tmp_path: Path) -> None:
    """Text and bytes replace what was there and leave no temporary file."""
    path = tmp_path / "out.csv"
    write_output("lang länger\n", path)
    path.chmod(0o640)
    write_output(b"kurz\n", path)
    assert path.read_text(encoding="utf-8") == "kurz\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


def test_write_output_gives_new_files_the_usual_permissions(tmp_path: Path) -> None:
    """A new file is as readable as any other that the user makes."""
    (tmp_path / "other").touch()
    write_output("x", tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_write_output_keeps_links(tmp_path: Path) -> None:
    """Writing through a link changes the file that it points to."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_output("new", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_write_output_writes_to_pipes() -> None:
    """A device or pipe such as /dev/stdout is written to, never replaced."""
    code = "from forecast.files.storage import write_output; write_output('x', '/dev/stdout')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "x"


def test_write_output_refuses_a_missing_folder(tmp_path: Path) -> None:
    """The error has exit code 7 and names the file."""
    with pytest.raises(WriteError, match="no such file or directory") as caught:
        write_output("x", tmp_path / "none" / "out.csv")
    assert (caught.value.exit_code, caught.value.where) == (7, str(tmp_path / "none" / "out.csv"))


def test_write_output_refuses_a_folder(tmp_path: Path) -> None:
    """A folder is no place for a file's content."""
    with pytest.raises(WriteError, match="is a directory"):
        write_output("x", tmp_path)


def test_write_output_survives_the_failure_of_every_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever write, fsync, link or rename fails, a whole file is there and nothing else.

    Up to the rename it is the old one, with the one before beside it.
    """
    path, previous = tmp_path / "forecast.model", tmp_path / "forecast.model.prev"
    new = bytes(range(256)) * 4
    monkeypatch.setattr("forecast.files.storage._BLOCK", 300)
    untouched, kept, done = (b"old", b"oldest"), (b"old", b"old"), (new, b"old")
    calls = ["write"] * 4 + ["fsync", "link", "replace", "replace", "fsync"]
    after = [untouched] * 5 + [done, untouched, kept, done]  # there is another way than links
    for number, expected in enumerate(after):
        previous.write_bytes(b"oldest")
        path.write_bytes(b"old")
        with failing(monkeypatch, number) as called, contextlib.suppress(WriteError):
            write_output(new, path, keep_previous=True)
        assert called == calls[: number + 1]
        assert (path.read_bytes(), previous.read_bytes()) == expected
        assert sorted(one.name for one in tmp_path.iterdir()) == [path.name, previous.name]
    for number in set(range(len(calls))) - {calls.index("link")}:
        with failing(monkeypatch, number), pytest.raises(WriteError, match="input/output error"):
            write_output(new, path, keep_previous=True)
    with failing(monkeypatch, len(calls)) as called:
        write_output(new, path, keep_previous=True)
    assert called == calls


@contextlib.contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, number: int) -> Iterator[list[str]]:
    """Let the call of this number to the disk fail; list the calls up to it."""
    called: list[str] = []

    def wrap(name: str) -> Callable[..., Any]:
        original = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            if len(called) <= number:
                called.append(name)
                if len(called) > number:
                    raise OSError(5, "Input/output error")
            return original(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        for name in ("write", "fsync", "link", "replace"):
            patch.setattr(os, name, wrap(name))
        yield called


def test_check_writable_finds_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room is asked for before anything is computed, and given back."""
    check_writable(tmp_path / "new", room=1 << 20)
    with pytest.raises(WriteError, match=r"file too large|no space left"):
        check_writable(tmp_path / "new", room=1 << 62)

    def unknown(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "posix_fallocate", unknown)
    check_writable(tmp_path / "new", room=1 << 62)
    assert list(tmp_path.iterdir()) == []


WRITER = """
import os, sys, forecast.files.storage
def stop(written):
    print("writing", flush=True)
    sys.stdin.read()
forecast.files.storage.write_output("new", sys.argv[1], verify=stop)
"""


def test_sweep_removes_what_a_killed_run_left(tmp_path: Path) -> None:
    """A temporary file stays as long as its writer lives, and files of others always."""
    path = tmp_path / "f[1].model"
    others = [tmp_path / ".f[1].model.notes.tmp", tmp_path / ".f1.model.abcdef01.tmp"]
    for one in (*others, path):
        one.write_text("old")
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=BARE,
    ) as writer:  # fmt: skip
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        before = set(tmp_path.iterdir())
        (temporary,) = before - {path, *others}
        spare = temporary.with_name(f"{temporary.name}.prev")
        spare.touch()
        sweep(path)
        check_writable(path)
        assert set(tmp_path.iterdir()) == before | {spare}
        writer.kill()
    check_writable(path)
    assert set(tmp_path.iterdir()) == {path, *others}
    assert path.read_text() == "old"


def test_write_output_copies_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old file is kept on every file system, with its permissions."""
    path = tmp_path / "forecast.model"
    path.write_text("one")
    path.chmod(0o640)

    def unknown(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", unknown)
    write_output("two", path, keep_previous=True)
    kept = tmp_path / "forecast.model.prev"
    assert (path.read_text(), kept.read_text()) == ("two", "one")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640


def test_import_write_stays_light() -> None:
    """Writing needs neither torch, statsmodels, scikit-learn nor pyarrow's Parquet."""
    code = "import sys, forecast.read, forecast.write; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"torch", "statsmodels", "sklearn", "pyarrow.parquet"} & set(loaded.stdout.split())


def test_write_output_keeps_the_previous_file_on_request(tmp_path: Path) -> None:
    """The replaced file stays readable under its name with .prev."""
    path = tmp_path / "forecast.model"
    for content in ("one", "two", "three"):
        write_output(content, path, keep_previous=True)
    assert path.read_text() == "three"
    assert (tmp_path / "forecast.model.prev").read_text() == "two"
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "forecast.model",
        "forecast.model.prev",
    ]


def test_write_output_keeps_the_old_file_when_verification_fails(tmp_path: Path) -> None:
    """What was read back is judged before the old file is replaced."""
    path = tmp_path / "out"
    path.write_text("old")

    def refuse(written: bytes) -> None:
        assert written == b"new"
        raise WriteError("not what was written")

    with pytest.raises(WriteError):
        write_output("new", path, verify=refuse)
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_check_writable_refuses_what_write_output_would(tmp_path: Path) -> None:
    """A missing folder and a folder are found before anything is computed."""
    check_writable(tmp_path / "new")
    for path in (tmp_path, tmp_path / "none" / "out"):
        with pytest.raises(WriteError):
            check_writable(path)
    assert list(tmp_path.iterdir()) == []
