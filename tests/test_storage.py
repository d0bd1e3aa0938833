"""Rules of forecast.storage."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from forecast.errors import WriteError
from forecast.storage import check_writable, write_output


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
    code = "from forecast.storage import write_output; write_output('x', '/dev/stdout')"
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


def test_write_output_keeps_the_old_file_when_the_disk_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves the old file and nothing else."""
    path = tmp_path / "out.csv"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match="no space left on device"):
        write_output("new", path)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("out.csv", "old")]


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
