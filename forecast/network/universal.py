"""The window shapes of the one network that serves every season length.

Every segment is resampled to the same number of phases, so that the weights of
the pretrained network fit any of these shapes; the number of recurrent steps
and of output segments may differ from series to series.
"""

from forecast.network.geometry import Geometry

PHASES = 24
"""Points that every segment is resampled to (P)."""

REACH = 8
"""Segments that level changes and scale look back on (R)."""

POSITIONS, SEASONAL_POSITIONS = 16, 8
"""Most output segments of one forecast without and with a season; longer horizons are rolled."""

SHORTEST_SEGMENT, LONGEST_SEGMENT = 4, PHASES
"""Limits of a segment's length where there is a season."""

STEPS_WITHOUT_SEASON = 24
FEWEST_STEPS, MOST_STEPS = 10, 28
"""Limits of the default number of recurrent steps."""


def universal_geometry(season: tuple[int, ...], segments: int | None, horizon: int) -> Geometry:
    """Give the window shape in which the universal network reads a series.

    Parameters
    ----------
    season : tuple of int
        One or two season lengths in steps, shortest first; (1,) for none.
    segments : int or None
        Recurrent steps; two of the longest season, from 10 to 28, where None.
    horizon : int
        Steps wanted; a forecast at once has at most ``POSITIONS`` segments, or
        ``SEASONAL_POSITIONS`` of them: no more were practised.

    Returns
    -------
    Geometry

    Examples
    --------
    >>> shape = universal_geometry((24, 168), None, 48)
    >>> shape.segment, shape.segments, shape.ahead
    (24, 14, 2)
    """
    segment = segment_length(season[0])
    wanted = min(max(2 * season[-1] // segment, FEWEST_STEPS), MOST_STEPS)
    most = SEASONAL_POSITIONS
    if season[-1] == 1:
        wanted, most = STEPS_WITHOUT_SEASON, POSITIONS
    return Geometry(
        segment=segment,
        segments=segments or wanted,
        ahead=min(-(-horizon // segment), most),
        phases=PHASES,
        season=season,
        reach=REACH,
        unit="noise",
    )


def segment_length(season: int) -> int:
    """Give the lags that one recurrent step reads.

    Parameters
    ----------
    season : int
        Shortest season length in steps.

    Returns
    -------
    int
        The season itself where it has 4 to 24 steps; whole seasons below; an
        equal part of it above, or a nearly equal one where it has no fitting
        divisor.

    Examples
    --------
    >>> [segment_length(season) for season in (1, 2, 7, 12, 52, 96, 365)]
    [1, 4, 7, 12, 13, 24, 23]
    """
    if season == 1:
        return 1
    if season <= LONGEST_SEGMENT:
        return season * -(-SHORTEST_SEGMENT // season)
    for part in range(LONGEST_SEGMENT, LONGEST_SEGMENT // 3, -1):
        if season % part == 0:
            return part
    return round(season / -(-season // LONGEST_SEGMENT))
