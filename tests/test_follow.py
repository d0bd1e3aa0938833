"""Forecasts of a stream: those of a file with the same last rows, at bounded cost."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from forecast import Forecaster, load
from forecast.errors import DataError, UsageError
from forecast.follow import Block, Follower
from forecast.spec import DataSpec
from tests.commands import PASSENGERS

LINES = PASSENGERS.read_bytes().splitlines(keepends=True)


def months(first: int, count: int, value: str = "500") -> list[bytes]:
    """Rows after the passengers' own, which end with 1960-12."""
    return [
        f"{1961 + (first + n) // 12}-{(first + n) % 12 + 1:02d},{value}\n".encode()
        for n in range(count)
    ]


def follow(follower: Follower, lines: list[bytes], *, trained: bool) -> list[Block]:
    return list(follower.follow(lines, trained=trained))


def test_follow_continues_the_model_file(trained: Path) -> None:
    """Rows that the model knows give nothing; each new one gives what predict gives."""
    follower = Follower(load(trained), 3)
    blocks = follow(follower, [*LINES[-10:], *months(0, 2)], trained=True)
    assert len(blocks) == 2
    whole = b"".join([*LINES, *months(0, 2)])
    path = trained.parent / "whole.csv"
    path.write_bytes(whole)
    expected = load(trained).predict(3, str(path))
    assert blocks[1].forecast.mean == pytest.approx(expected.mean)
    assert (blocks[1].forecast.timestamps == expected.timestamps).all()


def test_follow_without_a_model(tmp_path: Path) -> None:
    """The pretrained network begins with four rows, and reads the stream as a file."""
    follower = Follower(Forecaster(), 2)
    blocks = follow(follower, LINES[:41], trained=False)
    assert len(blocks) == 40 - 3
    path = tmp_path / "a.csv"
    path.write_bytes(b"".join(LINES[:33]))
    expected = Forecaster().adopt(str(path), 2).predict(2)  # 32 rows: doubled for the last time
    assert blocks[32 - 4].forecast.mean == pytest.approx(expected.mean)


def test_follow_adopts_again_for_several_series() -> None:
    """Series that take turns find their season as one alone does: it is their rows that count."""
    hours = np.datetime64("2024-01-01T00") + np.arange(100)
    rows = [f"{hour},{name},{at % 24}\n".encode() for at, hour in enumerate(hours) for name in "ab"]
    follower = Follower(Forecaster(), 2, every=50)
    follow(follower, [b"hour,id,y\n", *rows], trained=False)
    assert follower.forecaster.artifact.model.spec.season == (24,)


def test_follow_goes_as_far_as_predict(tmp_path: Path) -> None:
    """Where no horizon is given: the frequency's usual one, a third of the rows at most."""
    blocks = follow(Follower(Forecaster(), None), LINES[:61], trained=False)
    assert [blocks[rows - 4].forecast.horizon for rows in (4, 30, 60)] == [1, 10, 18]
    path = tmp_path / "a.csv"
    path.write_bytes(b"".join(LINES[:33]))
    expected = Forecaster().adopt(str(path)).predict(10)  # adopted at 32 rows for the last time
    assert blocks[32 - 4].forecast.mean == pytest.approx(expected.mean)


def test_follow_reads_the_stream_as_flags_say(trained: Path) -> None:
    """Other names and signs than the model file's give the forecasts of the same rows."""
    expected = follow(Follower(load(trained), 2), months(0, 3), trained=True)
    reading = DataSpec(time="when", target="n", decimal=",", na=(-999.0,))
    rows = [b"n;when\n", *(b"500,0;" + one.partition(b",")[0] + b"\n" for one in months(0, 3))]
    found = follow(Follower(load(trained), 2, reading=reading), rows, trained=True)
    assert [one.forecast.mean.tolist() for one in found] == [
        one.forecast.mean.tolist() for one in expected
    ]
    assert found[0].forecast.timestamps.tolist() == expected[0].forecast.timestamps.tolist()
    masked = [b"1961-01,-999\n", b"1961-02,500\n"]
    (block,) = follow(
        Follower(load(trained), 1, reading=reading), [b"when,n\n", *masked], trained=True
    )
    gap = follow(Follower(load(trained), 1), [b"1961-02,500\n"], trained=True)
    assert block.forecast.mean.tolist() == gap[0].forecast.mean.tolist()


def test_follow_passes_over_settings_for_other_files(trained: Path) -> None:
    """Step, seasons and notation of time are the model file's; forecast.toml may say others."""
    other = DataSpec(freq="D", season=(7,), date_format="%d.%m.%Y", duplicates="sum", skip_rows=2)
    found = follow(Follower(load(trained), 2, reading=other), months(0, 2), trained=True)
    expected = follow(Follower(load(trained), 2), months(0, 2), trained=True)
    assert [one.forecast.mean.tolist() for one in found] == [
        one.forecast.mean.tolist() for one in expected
    ]
    assert found[1].forecast.timestamps.tolist() == expected[1].forecast.timestamps.tolist()


@pytest.mark.parametrize(
    "reading",
    [
        DataSpec(delimiter=";", encoding="cp1252", skip_rows=1),
        DataSpec(max_age="2d"),
        DataSpec(decimal=",", thousands="."),
    ],
)
def test_follow_goes_on_with_what_the_model_file_remembers(reading: DataSpec) -> None:
    """The form and the age of the training file do not hold for the rows that are kept."""
    forecaster = load_nothing()
    manifest = replace(forecaster.artifact.manifest, reading=reading)
    forecaster._artifact = replace(forecaster.artifact, manifest=manifest)
    expected = follow(Follower(load_nothing(), 2), months(0, 2), trained=True)
    found = follow(Follower(forecaster, 2), months(0, 2), trained=True)
    assert [one.forecast.mean.tolist() for one in found] == [
        one.forecast.mean.tolist() for one in expected
    ]


def test_follow_every_so_many_rows(trained: Path) -> None:
    """Fewer forecasts, from the same rows."""
    each = follow(Follower(load(trained), 1), months(0, 9), trained=True)
    some = follow(Follower(load(trained), 1, every=4), months(0, 9), trained=True)
    assert [one.forecast.mean[0, 0] for one in some] == [
        one.forecast.mean[0, 0] for one in each[3::4]
    ]
    with pytest.raises(UsageError):
        Follower(load(trained), 1, every=0)


def test_follow_several_series() -> None:
    """Only series with new rows are forecast."""
    rows = [f"{name},2024-01-{day:02d},{day}\n" for day in range(1, 20) for name in ("a", 'b"😀')]
    lines = ["shop,day,sales\n", *(row.replace('b"😀', '"b""😀"') for row in rows)]
    blocks = follow(Follower(Forecaster(), 1), [one.encode() for one in lines], trained=False)
    assert [block.forecast.ids for block in blocks[-2:]] == [("a",), ('b"😀',)]


def test_follow_series_named_by_several_columns() -> None:
    """Their names are joined as those of a file are, with a model file and without one."""
    rows = [f"{day},{shop},{day},1" for day in range(1, 20) for shop in ("north east", "b")]
    lines = [f"{one}\n".encode() for one in ("day,shop,sales,item", *rows)]
    forecaster = Forecaster(reading=DataSpec(target="sales", id="shop item"))
    blocks = follow(Follower(forecaster, 1), lines, trained=False)
    assert [one.forecast.ids for one in blocks[-2:]] == [("north east 1",), ("b 1",)]
    (block,) = follow(Follower(forecaster, 1), [lines[0], b"20,b,20,1\n"], trained=True)
    assert block.forecast.ids == ("b 1",)
    with pytest.raises(DataError, match="no column 'shop item'"):
        follow(Follower(forecaster, 1), [b"day,shop,sales\n", b"20,b,20\n"], trained=True)


@pytest.mark.parametrize("order", ["one after the other", "in turns"])
def test_follow_never_mixes_series(order: str) -> None:
    """Rows of a series that begins later are left out and said, not taken for corrections."""
    rows = [f"2024-01-{day:02d},a,{day}\n" for day in range(1, 20)]
    others = [one.replace(",a,", ",b,9") for one in rows[8:]]
    lines = [*rows, *others] if order != "in turns" else sorted([*rows, *others])
    stream = [one.encode() for one in ("day,shop,sales\n", *lines)]
    alone = [one.encode() for one in ("day,shop,sales\n", *rows)]
    follower = Follower(Forecaster(), 1)
    found = follow(follower, stream, trained=False)
    expected = follow(Follower(Forecaster(), 1), alone, trained=False)
    assert [one.forecast.mean.tolist() for one in found] == [
        one.forecast.mean.tolist() for one in expected
    ]
    assert follower.remarks[0] == (
        "row left out: 2024-01-09 was there already, with 'a' in column 'shop': add --id shop if it"
        " names series, else --duplicates last"
    )
    assert follower.remarks[1].startswith("11 rows left out")
    named = Follower(Forecaster(reading=DataSpec(id="shop")), 1)
    assert {
        one for block in follow(named, stream, trained=False) for one in block.forecast.ids
    } == {
        "a",
        "b",
    }


def test_follow_takes_corrections_beside_other_texts() -> None:
    """Where it is said that the last row for a time counts, a text beside it may change."""
    rows = [f"2024-01-{day:02d},early,{day}\n" for day in range(1, 20)]
    stream = [one.encode() for one in ("day,state,sales\n", *rows, "2024-01-19,final,30\n")]
    reading = DataSpec(duplicates="last")
    follower = Follower(Forecaster(reading=reading), 1)
    assert len(follow(follower, stream, trained=False)) == 16
    (tail,) = follower._tails.values()
    assert (tail.rows[-1], follower.remarks) == (["2024-01-19", "30"], [])


def test_follow_leaves_out_bad_rows(trained: Path) -> None:
    """Text, a day off the grid and a date in the far future: said once, counted, and gone over."""
    bad = [b"1961-02,many\n", b"1961-02-13,5\n", b"2190-01,5\n", b"x\n"]
    follower = Follower(load(trained), 1)
    blocks = follow(follower, [*months(0, 1), *bad, *months(1, 1)], trained=True)
    assert len(blocks) == 2
    clean = follow(Follower(load(trained), 1), months(0, 2), trained=True)
    assert blocks[1].forecast.mean == pytest.approx(clean[1].forecast.mean)
    assert len(follower.remarks) == 2
    assert follower.remarks[0].startswith("row left out: 'many' ")
    assert follower.remarks[1].startswith("4 rows left out")


def test_follow_starts_again_after_a_long_silence(trained: Path) -> None:
    """Rows far in the future are believed once there are enough that fit each other."""
    later = [one.replace(b"19", b"21", 1) for one in months(0, 6)]
    follower = Follower(load(trained), 1)
    blocks = follow(follower, [*months(0, 1), *later], trained=True)
    assert len(blocks) == 1 + 3
    assert any("starting again" in one for one in follower.remarks)


def test_follow_takes_corrections_and_late_rows(trained: Path) -> None:
    """A row for a known time replaces it; it is no news, but the next forecast knows it."""
    first, second, third = months(0, 3)
    late = follow(Follower(load(trained), 1), [first, third, second], trained=True)
    corrected = [first, second.replace(b"500", b"9"), second, third]
    expected = follow(Follower(load(trained), 1), [first, second, third], trained=True)
    assert len(late) == 2
    found = follow(Follower(load(trained), 1), corrected, trained=True)
    assert found[-1].forecast.mean == pytest.approx(expected[-1].forecast.mean)


def test_follow_keeps_a_bounded_tail() -> None:
    """However long the stream, as many rows are kept as the network reads."""
    rows = np.random.default_rng(0).normal(100, 5, 400).round(2)
    lines = [b"t,y\n", *(f"{t},{y}\n".encode() for t, y in enumerate(rows))]
    follower = Follower(Forecaster(), 1, every=100)
    kept = []
    for _ in follower.follow(lines, trained=False):
        (tail,) = follower._tails.values()
        kept.append(len(tail.rows))
    past = follower.forecaster.artifact.model.past
    assert kept[-1] <= past < 400


def test_follow_answers_before_the_stream_ends(trained: Path) -> None:
    """A forecast needs no row but those before it."""

    def endless() -> Iterator[bytes]:
        yield from months(0, 2)
        pytest.fail("read ahead")

    blocks = Follower(load(trained), 1).follow(endless(), trained=True)
    assert len(list(islice(blocks, 2))) == 2


@pytest.mark.parametrize("lines", [[], LINES[:1], LINES[:3], [b"a,b\n", *[b"x,y\n"] * 9]])
def test_follow_refuses_what_never_becomes_readable(lines: list[bytes]) -> None:
    """No rows, too few, or no numbers: the reader's own message."""
    with pytest.raises(DataError):
        follow(Follower(Forecaster(), 1), lines, trained=False)
    with pytest.raises(DataError, match="no column 'month'"):
        list(
            Follower(load_nothing(), 1).follow([b"when,passengers\n", b"1961-01,5\n"], trained=True)
        )


def load_nothing() -> Forecaster:
    """Give a model that was not trained, only adopted."""
    return Forecaster().adopt(str(PASSENGERS), 1)
