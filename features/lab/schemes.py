"""Schemes of weighing side by side, applied to today's stakes."""

import asyncio
import math
from dataclasses import dataclass, replace
from datetime import date

from features.lab.newcomer import newcomer, newcomer_line, newcomers_weight
from features.rules.rules import announced_rule
from features.simulation.accounts_known import AccountsKnown, known_of
from features.simulation.by_round.account_rounds import past_of
from features.simulation.by_round.fading import SchemesFading, fading_of
from features.simulation.by_round.meta_model_effect import MetaModelEffect, effects_of
from features.simulation.weight_pay import PaidBefore
from features.simulation.weights import WeightImpact, weight_impact
from governance.proposals.parameters import parse_parameters
from scoring.schemes import SCHEMES, Weighing
from tournament.source import Source, Stakes, everyone_if_read
from wording.numbers import counted, percent, whole

TRIED = (
    "cap 1%", "cap 2%", "cap 5%", "cluster cap 2%", "soft cap 2%", "performance cap 2%", "account rank",
    "sqrt", "log", "reshape 50%", "reshape 100%", "gate 0.5",
)  # fmt: skip


@dataclass(frozen=True)
class TriedScheme:
    """A scheme as it is typed, and its weights; or why it can't be applied here."""

    typed: str
    words: str
    impact: WeightImpact | None
    why_not: str = ""


@dataclass(frozen=True)
class SchemesCompared:
    """Schemes on one day's stakes, and one of them looked into, if asked for."""

    tried: tuple[TriedScheme, ...]
    chosen: TriedScheme | None
    newcomer: str  # what one weighs under the chosen scheme, in sentences
    newcomers: tuple[tuple[str, str], ...]  # the same of every scheme, a line each
    fading: SchemesFading
    notes: tuple[str, ...]
    source: str
    day: date

    @property
    def applied(self) -> tuple[tuple[str, WeightImpact], ...]:
        """Those that could be applied, as they are typed."""
        return tuple((each.typed, each.impact) for each in self.tried if each.impact is not None)

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if not self.of_everybody:
            return "No scheme can be applied to these stakes."
        half = [each.spread.half for _, each in self.of_everybody]
        fewest, most = (whole(end(then for _, then in half)) for end in (min, max))
        now = counted(half[0][0], "account holds", "accounts hold")
        return f"Today {now} half of the weight; under these schemes {fewest} to {most} would."

    @property
    def of_everybody(self) -> tuple[tuple[str, WeightImpact], ...]:
        """Those that weigh everybody with a stake: the others are no measure of today's spread."""
        return tuple((typed, each) for typed, each in self.applied if not each.left_out)

    @property
    def effects(self) -> tuple[tuple[str, MetaModelEffect], ...]:
        """What each that could be applied would have changed for the meta model."""
        return tuple((typed, each.meta_model) for typed, each in self.applied if each.meta_model is not None)

    @property
    def effects_finding(self) -> str:
        """What they would have changed for the meta model, in a sentence."""
        told = [each for _, each in self.effects if each.rounds.size]
        if not told:
            whys = {each.why_not for _, each in self.effects if each.why_not}
            return " ".join(("What they would change for the meta model can't be told.", *sorted(whys)))
        better, worse = (sum(each.change.excludes_0 and up(each) for each in told) for up in (_up, _down))
        luck = 0.05 * len(told)
        return (
            f"Of {counted(len(told), 'scheme')} {better} would clearly have raised the meta model's CORR and "
            f"{worse} lowered it, each taken alone; luck alone makes about {luck:.1f} of so many look clear."
        )

    @property
    def how_many(self) -> str:
        """How many were tried, since of many one always looks good."""
        left = len(self.tried) - len(self.applied)
        can_not = f", {left} of them without the data for it" if left else ""
        return f"{counted(len(self.tried), 'scheme')} tried{can_not}: of many, one always looks good."


async def schemes_compared(source: Source, scheme: str | None = None) -> SchemesCompared:
    """All schemes of TRIED on the newest stakes; with one of them, or another that is typed, in full.

    scheme: as in a proposal's line of weights. Raises ValueError with a sentence for one that can't be read,
    and where nobody has a stake.
    """
    asked = None if scheme is None else read_scheme(scheme)
    stakes = await source.stakes()
    everyone = await everyone_if_read(source)
    calendar, (live, differs) = await asyncio.gather(source.rounds(), announced_rule(source))
    paid = None if everyone is None else PaidBefore(source.tournament, everyone, calendar, live)

    def work() -> SchemesCompared:
        known = known_of(stakes, everyone, calendar)
        if not stakes.account_stake.any():
            raise ValueError("No account on the leaderboard has a stake.")
        every = [*map(read_scheme, TRIED), *([] if asked is None else [asked])]
        past = past_of(stakes, everyone, calendar)
        # nobody waits for rounds and simulations of schemes that the answer does not look into
        looked_into = every if asked is None else [asked]
        effects: list[MetaModelEffect | None] = [None] * (len(every) - len(looked_into))
        effects += effects_of([each for _, each in looked_into], past, known.known)
        faded = [] if asked is None else [read_scheme("stake"), asked]
        if isinstance(past, str):
            fading, skill = SchemesFading({}, None, None, math.nan, past), None
        else:
            fading = fading_of(faded, stakes, past, calendar)
            skill = fading.recorded or fading.paid
        weights = {typed: newcomers_weight(each, stakes, known) for typed, each in every}
        tried = [
            _tried(*each, effect, stakes, known, paid if at == len(TRIED) else None)
            for at, (each, effect) in enumerate(zip(every, effects, strict=True))
        ]
        chosen = None if asked is None else tried.pop()
        return SchemesCompared(
            tried=tuple(tried),
            chosen=chosen,
            newcomer="" if asked is None else newcomer(asked[1], weights[asked[0]], skill),
            newcomers=tuple(
                (typed, newcomer_line(each, weights[typed], skill)) for typed, each in every[: len(TRIED)]
            ),
            fading=fading,
            notes=differs if chosen is not None and chosen.impact and chosen.impact.pay else (),
            source=source.label,
            day=stakes.day,
        )

    return await asyncio.to_thread(work)


def read_scheme(text: str) -> tuple[str, Weighing]:
    """A scheme that was typed, as it is spelled, and how it weighs. Raises ValueError with a sentence."""
    said = parse_parameters(f"weights: {' '.join(text.split(chr(10)))}", "classic")
    if said.weights is None:
        raise ValueError("A scheme is typed like “cap 2%”, “sqrt” or “account rank”.")
    scheme = SCHEMES[said.weights]
    spelled = next((each for each in TRIED if _same(each, said.weights, said.weights_cap)), None)
    share = "" if said.weights_cap is None else f" {_share(said.weights_cap, scheme.in_percent)}"
    return spelled or f"{scheme.typed[0]}{share}", scheme.with_share(said.weights_cap)


def _up(effect: MetaModelEffect) -> bool:
    return effect.change.mean > 0


def _down(effect: MetaModelEffect) -> bool:
    return effect.change.mean < 0


def _tried(
    typed: str,
    weighing: Weighing,
    effect: MetaModelEffect | None,
    stakes: Stakes,
    known: AccountsKnown,
    paid: PaidBefore | None = None,
) -> TriedScheme:
    try:
        found = weight_impact(weighing, stakes, known, paid)
        return TriedScheme(typed, weighing.words, replace(found, meta_model=effect))
    except ValueError as error:
        return TriedScheme(typed, weighing.words, None, str(error))


def _same(typed: str, name: str, share: float | None) -> bool:
    said = parse_parameters(f"weights: {typed}", "classic")
    return (said.weights, said.weights_cap) == (name, share)


def _share(share: float, in_percent: bool) -> str:
    return percent(share).replace(" ", "") if in_percent else f"{share:g}"
