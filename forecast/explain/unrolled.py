"""A network's way to its median forecast in torch, so that slopes can be taken along it.

The arithmetic is that of ``forecast.models.recurrent``, in double precision; a test
holds both equal.

Letters: B rows, L past values, H steps ahead, M bases.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

from forecast.models.adjust import season_in
from forecast.models.member import LARGEST_EXPONENT, Member
from forecast.models.members import network_of
from forecast.network.answer import by_segment, drift, resample, trust
from forecast.network.features import extract, with_linear
from forecast.network.geometry import Geometry
from forecast.network.window import location_and_spread


@dataclass(frozen=True, eq=False)
class Answer:
    """The way to a median, in the units that the network forecasts in: values or logarithms.

    Attributes
    ----------
    level : Tensor of shape (B, H)
        Where the network starts: the mean of the last segment, or of the window.
    says : Tensor of shape (B, H, M)
        What each structural forecast says.
    weight : Tensor of shape (B, H, M)
        How far the gates trust it: summing to one over M, or all zero without bases.
    drift, correction : Tensor of shape (B, H)
    season : Tensor of shape (B, H)
        Taken out of the values beforehand; it is added to the median.
    """

    level: Tensor
    says: Tensor
    weight: Tensor
    drift: Tensor
    correction: Tensor
    season: Tensor

    @property
    def median(self) -> Tensor:
        """What all of it but the season adds up to, (B, H)."""
        above = self.weight * (self.says - self.level[:, :, None])
        return self.level + above.sum(2) + self.drift + self.correction


class Unrolled:
    """One member of a model, in torch.

    Parameters
    ----------
    member : Member
        Of a model for one series; see ``RecurrentModel.only``.
    """

    def __init__(self, member: Member) -> None:
        self.member = member
        self.network = network_of(member).double().eval().requires_grad_(False)

    def reads_logarithms(self, past: Tensor) -> bool:
        """Tell whether rows of past values, (B, L), are all positive, and wanted as logarithms."""
        return bool(self.member.spec.log) and bool((past[~past.isnan()] > 0).all())

    def values(self, units: Tensor, past: Tensor) -> Tensor:
        """Go back from what the network forecasts in to the units of the past."""
        if not self.reads_logarithms(past):
            return units
        return units.clamp(-LARGEST_EXPONENT, LARGEST_EXPONENT).exp()

    def forecast(self, past: Tensor, horizon: int) -> Tensor:
        """Forecast medians, (B, H), from past values, (B, L)."""
        answer = self.answer(past, horizon)
        return self.values(answer.median + answer.season, past)

    def answer(self, past: Tensor, horizon: int) -> Answer:
        """Go the way to the medians.

        Parameters
        ----------
        past : Tensor of shape (B, L), double
            NaN where missing.
        horizon : int

        Returns
        -------
        Answer
            Beyond what the network gives at once, its medians are fed back.
        """
        g = self.member.geometry
        g = replace(g, ahead=min(-(-horizon // g.segment), g.ahead))
        logarithms = self.reads_logarithms(past)
        values, season = self._read(past.log() if logarithms else past, horizon)
        known = logarithms or not self.member.spec.log
        mean = self.member.means.otherwise if known else torch.nan
        answers: list[Answer] = []
        for _ in range(-(-horizon // g.future)):
            window = values[:, -g.past :]
            answer = self._pass(window, mean, g)
            if self.member.mirror:
                answer = _mean(answer, self._pass(-window, -mean, g))
            values = torch.cat([values, answer.median], 1)
            answers.append(answer)
        return replace(_joined(answers, horizon), season=season)

    def _read(self, values: Tensor, horizon: int) -> tuple[Tensor, Tensor]:
        """Take a season out; give what is left and the season ahead."""
        length = self.member.spec.adjusted
        if length == 1:
            return values, values.new_zeros((len(values), horizon))
        season = season_in(values, length, horizon, torch)
        return values - season[:, : values.shape[1]], season[:, values.shape[1] :]

    def _pass(self, past: Tensor, mean: float, g: Geometry) -> Answer:
        location, spread = location_and_spread(past, torch)
        seen = ~past.isnan()  # what is missing may not be divided: slopes would be lost
        standard = (torch.where(seen, past, location) - location) / spread
        standard = torch.where(seen, standard, torch.nan)
        features = extract(standard, g, 1, torch)
        if self.network.linear is not None:
            usual = ((mean - location) / spread)[:, 0]
            if math.isnan(mean):  # slopes would be lost
                usual = usual.detach()
            features = with_linear(features, standard, usual, self.network.linear, g, torch)
        gates, correction = self.network(features.inputs, features.outlook)
        middle = correction[correction.shape[0] // 2][None]
        unit, frame = spread * features.scale, location + spread * features.level  # (B, 1)
        rows = len(past)
        level = frame.expand(rows, g.future)
        says = by_segment(features, g)[:, 0].reshape(rows, g.base_count, g.future)
        choice, share = trust(gates, torch)
        weight = choice[:, 0].repeat_interleave(g.segment, 1)  # (B, H, M)
        rise = drift(features, choice, share, g, torch)[:, 0]
        if not g.bases:
            weight, rise = torch.zeros_like(weight), torch.zeros_like(rise)
        return Answer(
            level=level,
            says=frame[:, :, None] + unit[:, :, None] * says.transpose(1, 2),
            weight=weight,
            drift=unit * rise,
            correction=unit * features.noise * resample(middle, g, torch)[0, :, 0],
            season=torch.zeros_like(rise),
        )


def _mean(upright: Answer, mirrored: Answer) -> Answer:
    """Half of an answer and half of that to the series upside down, turned back."""
    return Answer(
        level=upright.level,  # both start from the same level, and bases say the same
        says=upright.says,
        weight=(upright.weight + mirrored.weight) / 2,
        drift=(upright.drift - mirrored.drift) / 2,
        correction=(upright.correction - mirrored.correction) / 2,
        season=upright.season,
    )


def _joined(answers: Sequence[Answer], horizon: int) -> Answer:
    """Put the answers of several passes one after the other."""
    names = [field.name for field in fields(Answer)]
    whole = {name: torch.cat([getattr(one, name) for one in answers], 1) for name in names}
    return Answer(**{name: tensor[:, :horizon] for name, tensor in whole.items()})
