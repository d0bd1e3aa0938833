"""Files that are no tables of text: each is called what it is."""

import io
import subprocess
from pathlib import Path

import pytest

from forecast.errors import DataError
from forecast.read import read_csv
from forecast.spec import DataSpec


def test_refuse_foreign_gives_a_command_that_reads_tsf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Series of the Monash archive become numbered steps, with the season of their frequency."""
    monkeypatch.chdir(tmp_path)
    head = "# a note\n@relation m3\n@attribute series_name string\n@attribute start date\n"
    rows = [f"T{one}:1979-01-01 00-00-00:{one},?,{','.join('3456')}\n" for one in (1, 2)]
    Path("m.tsf").write_text(f"{head}@frequency monthly\n@missing true\n@data\n{''.join(rows)}")
    with pytest.raises(DataError, match="is a TSF file") as caught:
        read_csv("m.tsf")
    repair, _, then = str(caught.value.fix).partition(" && ")
    assert then == "forecast train repaired.csv --season 12"
    subprocess.run(["bash", "-c", repair], check=True)
    panel = read_csv("repaired.csv", DataSpec(season=(12,))).panel
    assert panel.ids == ("T1", "T2")
    assert panel.timestamps.tolist() == [*range(1, 7)] * 2
    assert panel.target[[0, 2, 5]].tolist() == [1, 3, 6]


def test_refuse_foreign_knows_metrics_of_one_moment(tmp_path: Path) -> None:
    """What Prometheus collects has names and values, but no times."""
    path = tmp_path / "metrics.csv"
    path.write_text('# HELP up Whether\n# TYPE up gauge\nup{job="a"} 1\nup{job="b"} 0\n')
    with pytest.raises(DataError, match="metrics of one moment") as caught:
        read_csv(path)
    assert "query_range" in str(caught.value.fix)


@pytest.mark.parametrize(
    "head",
    [
        "@relation x\n@attribute ds date\n@attribute y numeric\n@data\n",
        "# HELP desk, calls a day\nds,y\n",
        "# TYPE of table: daily\nds,y\n",
    ],
)
def test_refuse_foreign_leaves_other_lines_above_tables_alone(head: str) -> None:
    """ARFF is a table below a description; a comment may begin with any word."""
    rows = "".join(f"2024-01-{day:02d},{day}\n" for day in range(1, 15))
    assert read_csv(io.BytesIO((head + rows).encode())).panel.target.tolist() == [*range(1, 15)]
