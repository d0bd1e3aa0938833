"""Forecast a stream while it grows: after each new row, from the last rows of its series.

Each series keeps as many rows as a forecast depends on, and they are read as a
file of their own, by the same reader: time and memory do not grow with the
stream, and a forecast is the one that `predict` gives for such a file.
"""

import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from forecast.errors import DataError, ForecastError, UsageError
from forecast.forecaster import Forecaster
from forecast.given import read
from forecast.horizon import default_horizon
from forecast.read import MIN_ROWS, Input
from forecast.reading.columns import Columns
from forecast.result import Forecast
from forecast.spec import DataSpec
from forecast.stream import Labels, RowStream, find_places, take_fields, to_text
from forecast.timeline.timestamps import format_timestamps

FIRST_ROWS = 2_000
"""Rows after which a stream that still cannot be read is given up."""

OF_STREAM = (
    "time", "target", "id", "decimal", "thousands", "na", "missing", "drop_last_incomplete",
)  # fmt: skip
"""Settings that may be others for a stream than for the model file it continues: names, signs
in numbers, repairs. Times are written as there, since its last rows come first."""

Row = list[str]


@dataclass(frozen=True, eq=False)
class Block:
    """Forecasts after some new rows.

    Attributes
    ----------
    forecast : Forecast
        Of the series that have new rows.
    history : Input
        What they were made from.
    """

    forecast: Forecast
    history: Input


@dataclass
class _Tail:
    """The last rows of a series: time, value and perhaps name."""

    rows: deque[Row]
    refused: deque[Row] = field(default_factory=lambda: deque(maxlen=MIN_ROWS))
    cutoff: np.generic | None = None


@dataclass
class Follower:
    """Reads a stream and forecasts.

    Parameters
    ----------
    forecaster : Forecaster
        From a model file, whose last rows come before the stream; or an
        untrained one, which adopts the pretrained network as soon as there are
        rows enough, and again as soon as they have doubled, until the tails are full.
    horizon : int or None
        The frequency's usual one where None, at most a third of the rows so far.
    levels : tuple of int
        Interval coverages in per cent.
    every : int
        New rows between forecasts.
    reading : DataSpec, optional
        Where a stream that continues a model file differs from its training data:
        `OF_STREAM` alone; other settings do not count.

    Attributes
    ----------
    remarks : list of str
        To be said; whoever says them empties it.
    """

    forecaster: Forecaster
    horizon: int | None
    levels: tuple[int, ...] = (80, 95)
    every: int = 1
    reading: DataSpec = field(default_factory=DataSpec)
    remarks: list[str] = field(default_factory=list)
    _columns: Columns | None = None
    _tails: dict[str, _Tail] = field(default_factory=dict)
    _adopted: int | None = None
    _labels: Labels | None = None

    def __post_init__(self) -> None:
        if self.every < 1:
            raise UsageError(f"every is {self.every}; allowed: 1 or more", fix="--every 1")

    def follow(self, lines: Iterable[bytes], *, trained: bool) -> Iterator[Block]:
        """Forecast a stream.

        Parameters
        ----------
        lines : iterable of bytes
            Header and rows; the header may be missing where it is plain which
            column is which.
        trained : bool
            Whether the forecaster is from a model file.

        Yields
        ------
        Block

        Raises
        ------
        DataError
            When the stream ends, or goes on for long, without becoming readable.
        """
        stream = RowStream(self._named() if trained else _first_names(self.forecaster.reading))
        rows = stream.rows(lines)
        touched: dict[str, None] = {}
        if trained:
            self._take_context()
        else:
            touched = dict.fromkeys(self._start(rows, stream))
            yield self._forecast(touched)
            touched = {}
        places: list[list[int]] = []
        new = 0
        for fields in rows:
            places = places or find_places(stream.header, self._names)
            reason = self._labels.refuse(fields) if self._labels else None
            if reason is not None:
                self._refuse(stream, reason)
                continue
            row = take_fields(fields, places)
            if self._accept(row, stream):
                touched[self._key(row)] = None
                new += 1
                self._adopt_again()
            if new >= self.every:
                yield self._forecast(touched)
                touched, new = {}, 0
        if stream.refused > 1:
            self.remarks.append(f"{stream.refused:,} rows left out, the last one: {stream.reason}")

    def _start(self, rows: Iterator[Row], stream: RowStream) -> list[str]:
        """Read on until the stream can be read as a file, and adopt the pretrained network."""
        first: list[Row] = []
        problem: ForecastError = DataError("no rows", where="stdin", fix="name a file")
        for fields in rows:
            first.append(fields)
            # every row at first, then seldom: a long beginning is read a few times only
            if len(first) < MIN_ROWS or len(first) % max(1, len(first) // 8):
                continue
            try:
                first_file = _file([stream.header, *first])
                self._adopt(read(first_file, _as_kept(self.forecaster.reading)))
                break
            except ForecastError as error:
                problem = error
            if len(first) >= FIRST_ROWS:
                raise problem
        else:
            raise problem
        places = find_places(stream.header, self._names)
        if len(self._names) == 2 and self.forecaster.reading.duplicates == "error":
            self._labels = Labels(stream.header, self._names, first)
        for fields in first:
            row = take_fields(fields, places)
            self._tail(self._key(row)).rows.append(row)
        self._adopted = max(len(one.rows) for one in self._tails.values())
        panel = self._read(list(self._tails)).panel
        for name, cutoff in zip(panel.ids, panel.cutoffs, strict=True):
            self._tails[name if len(self._names) > 2 else ""].cutoff = cutoff
        return list(self._tails)

    def _adopt(self, given: Input) -> None:
        self.forecaster.adopt(given, self.horizon)
        self._columns = given.columns
        for tail in self._tails.values():  # seasons that were not seen before reach further back
            tail.rows = deque(tail.rows, max(self._most_kept, tail.rows.maxlen or 0))

    def _adopt_again(self) -> None:
        """Adopt the pretrained network anew where rows have doubled."""
        longest = max(len(one.rows) for one in self._tails.values())
        if self._adopted is not None and longest >= 2 * self._adopted:
            self._adopt(self._read(list(self._tails)))
            self._adopted = longest

    def _take_context(self) -> None:
        """Begin with the last rows that the model file remembers."""
        known = self.forecaster.artifact.manifest.columns
        self._columns = columns = self._named()
        if columns.id and not known.id:
            return  # the series that the file knows has no name in the stream
        point = self._kept_reading.decimal_sign
        for one in self.forecaster.artifact.context:
            times = format_timestamps(one.timestamps, columns.time_format)
            tail = self._tail(one.id if columns.id else "")
            for time, value in zip(times.tolist(), one.target.tolist(), strict=True):
                name = [one.id] if columns.id else []
                text = "" if np.isnan(value) else repr(value).replace(".", point)
                tail.rows.append([time, text, *name])
            tail.cutoff = one.timestamps[-1]

    def _named(self) -> Columns:
        """Give the columns of a stream that continues a model file."""
        known, given = self.forecaster.artifact.manifest.columns, self.reading
        return replace(
            known,
            time=given.time or known.time,
            target=given.target or known.target,
            id=given.id or known.id,
        )

    def _accept(self, row: Row, stream: RowStream) -> bool:
        """Keep a row if it can be read; tell whether it is newer than its series was."""
        tail = self._tail(self._key(row))
        before = list(tail.rows)
        # A row said again takes the place of the old one, not of the oldest.
        tail.rows = deque((one for one in before if one[0] != row[0]), tail.rows.maxlen)
        tail.rows.append(row)
        try:
            cutoff = self._read([self._key(row)]).panel.cutoffs[0]
        except ForecastError as error:
            tail.rows = deque(before, tail.rows.maxlen)
            if len(before) < MIN_ROWS:  # of a series that has just begun
                tail.rows.append(row)
                return False
            return self._start_again(tail, row, stream, error.message)
        is_new = tail.cutoff is None or bool(cutoff > tail.cutoff)
        tail.cutoff = cutoff
        tail.refused.clear()
        return is_new

    def _start_again(self, tail: _Tail, row: Row, stream: RowStream, reason: str) -> bool:
        """Leave a row out; go on from such rows once there are enough that fit each other."""
        self._refuse(stream, reason)
        tail.refused.append(row)
        if len(tail.refused) < MIN_ROWS:
            return False
        known, tail.rows = tail.rows, deque(tail.refused, tail.rows.maxlen)
        try:
            tail.cutoff = self._read([self._key(row)]).panel.cutoffs[0]
        except ForecastError:
            tail.rows = known
            return False
        self.remarks.append("the last rows fit each other, but none before them: starting again")
        tail.refused.clear()
        return True

    def _refuse(self, stream: RowStream, reason: str) -> None:
        stream.refuse(reason)
        if stream.refused == 1:
            self.remarks.append(f"row left out: {reason}")

    def _forecast(self, touched: Iterable[str]) -> Block:
        given = self.forecaster.read_newer(self._read(list(touched)))
        horizon = self.horizon or default_horizon(given.panel)
        return Block(self.forecaster.predict(horizon, given, self.levels), given)

    def _read(self, keys: Sequence[str]) -> Input:
        rows = [row for key in keys for row in self._tails[key].rows]
        return read(_file([self._names, *rows]), self._kept_reading)

    @property
    def _kept_reading(self) -> DataSpec:
        """How the rows that are kept are read."""
        differs: dict[str, Any] = {name: getattr(self.reading, name) for name in OF_STREAM}
        usual = self.forecaster.newer_reading(DataSpec(**differs))
        return _as_kept(replace(usual, duplicates="last", max_age=None))

    @property
    def _names(self) -> list[str]:
        columns = self._columns or Columns()
        return [columns.time, columns.target, *([columns.id] if columns.id else [])]

    def _key(self, row: Row) -> str:
        return row[2] if len(row) > 2 else ""

    def _tail(self, key: str) -> _Tail:
        if key not in self._tails:
            self._tails[key] = _Tail(deque(maxlen=self._most_kept))
        return self._tails[key]

    @property
    def _most_kept(self) -> int:
        return max(self.forecaster.artifact.model.past, 2 * MIN_ROWS)


def _first_names(reading: DataSpec) -> Columns:
    """Name the columns of a stream without a header that continues nothing."""
    return Columns(reading.time or "time", reading.target or "value", reading.id)


def _as_kept(reading: DataSpec) -> DataSpec:
    """Read the form that `_file` gives; what a value means is up to the user."""
    return replace(reading, delimiter="comma", encoding="utf-8", skip_rows=0)


def _file(rows: Iterable[Sequence[str]]) -> io.BytesIO:
    return io.BytesIO(to_text(rows))
