"""What became of the fits of baselines, in a line each."""

from collections import Counter
from collections.abc import Mapping, Sequence

from forecast.finding import counted
from forecast.models.local import FitRecord

Records = Mapping[str, Mapping[str, tuple[FitRecord, ...]]]
"""Fits by baseline and series, in the order of time."""

MOST_FORMS = 3
"""Series whose fits are shown one by one; for more they are counted."""


def describe_fits(records: Records) -> list[str]:
    """Say what was chosen for few series, and what went wrong for many.

    Parameters
    ----------
    records : mapping of str to mapping of str to tuple of FitRecord
        One for each fit, by baseline and series.

    Returns
    -------
    list of str
        At most one line for each baseline; none for those that choose nothing
        and never failed.
    """
    lines = []
    for model, found in records.items():
        every = [one for fits in found.values() for one in fits]
        if len(found) > MOST_FORMS:
            lines += _trouble(model, every)
        elif any("(" in one.form or one.fallback for one in every):
            lone = len(found) == 1
            chosen = [
                ("" if lone else f"{short(id)} ") + _told(fits[-1]) for id, fits in found.items()
            ]
            lines.append(f"{model}: {'; '.join(chosen)}")
    return lines


def _trouble(model: str, every: Sequence[FitRecord]) -> list[str]:
    fallen = [one for one in every if one.fallback]
    wandering = sum(not one.converged and not one.fallback for one in every)
    notes = []
    if fallen:
        notes.append(f"{len(fallen):,} fell back to {fallen[0].fallback} ({_reasons(fallen)})")
    if wandering:
        notes.append(f"{wandering:,} did not converge")
    return [f"{model}: {counted(len(every), 'fit')}; {'; '.join(notes)}"] if notes else []


def _told(record: FitRecord) -> str:
    if record.fallback:
        return f"fell back to {record.fallback} ({_reasons([record])})"
    return record.form if record.converged else f"{record.form} (did not converge)"


def _reasons(records: Sequence[FitRecord]) -> str:
    counts = Counter(one.warnings[0] if one.warnings else "no reason known" for one in records)
    if len(records) == 1:
        return next(iter(counts))
    told = [f"{reason}: {count:,}" for reason, count in counts.most_common(3)]
    return "; ".join([*told, *(["and others"] * (len(counts) > 3))])


def short(name: str) -> str:
    """Cut a name to what a table can hold.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    return name if len(name) <= 24 else f"{name[:23]}…"
