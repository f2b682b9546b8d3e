"""Where open rounds stand by their daily scores, and where rounds that stood alike at that day have ended."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from features.payout.pricing import rules_in_force
from features.rules.rules import announced_rule
from scoring.payout import payouts
from scoring.rules import PayoutRule, describe_multipliers
from tournament.overview import DailyScores
from tournament.source import EVERYONE, Floats, History, Rounds, Source
from wording.names import find_name
from wording.numbers import amount, counted, listed, span

FEWEST = 20  # rounds that ended, from which a spread is told
BAND = (0.05, 0.95)
SHOWN = 6  # open rounds on the card and in the picture, the newest that have a score


ByRound = dict[str, dict[int, dict[int, float]]]


@dataclass(frozen=True)
class StandingRound:
    """One open round: what it would pay per NMR in it by its newest scores, and where that may end.

    low, middle, high: what rounds that ended changed from this day on, added to what it is now; NaN where
    fewer than FEWEST of them are known. day: how often it was scored.
    """

    number: int
    day: int
    resolves: date | None  # None where that is not told
    scores: Mapping[str, float]
    now: float
    low: float
    middle: float
    high: float
    ended: int  # rounds that the spread is of
    stake: float  # NMR, NaN where unknown


@dataclass(frozen=True)
class OpenRounds:
    """Open rounds of a model, the newest last, and those without a score yet."""

    model: str
    asked: str  # the account or model that was typed
    rounds: tuple[StandingRound, ...]
    unscored: tuple[int, ...]
    pays: str  # the scores and multipliers that they are told by
    overlap: int
    source: str
    notices: tuple[str, ...]

    def for_others(self, own_name: str | None) -> "OpenRounds":
        """The same to be shown in public: only the member's own name is told."""
        if self.asked == own_name:
            return self
        return replace(self, model="one model", asked="one model", notices=())

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if not self.rounds:
            few = counted(len(self.unscored), "open round")
            return f"{few} and no score yet: nothing can be said" if self.unscored else "No round is open"
        staked = [each for each in self.rounds if each.stake > 0]
        total = math.fsum(each.now * each.stake for each in staked)
        above = sum(each.now > 0 for each in self.rounds)
        told = f"{above} of {counted(len(self.rounds), 'open round')} with a score above 0 so far"
        return f"{told}, {amount(total, 'NMR')} in all" if staked else told

    @property
    def how_sure(self) -> str:
        """What the spread is of, or why there is none."""
        spreads = [each for each in self.rounds if not math.isnan(each.low)]
        if not self.rounds:
            return ""
        if not spreads:
            most = max(each.ended for each in self.rounds)
            return (
                f"Where they may end can't be told: of {counted(most, 'round')} that ended it is known how "
                f"they stood at such a day, and {FEWEST} are needed."
            )
        ended = sorted({each.ended for each in spreads})
        of = " to ".join([*map(str, ended[:1][: len(ended) - 1]), counted(ended[-1], "round")])
        worth = counted(max(1, ended[-1] // self.overlap), "independent one")
        return (
            f"The bands hold nine of ten changes from that day to the end, in {of} of this model that ended; "
            f"they overlap, so they are worth about {worth}."
        )


async def standing(source: Source, typed: str) -> OpenRounds:
    """Where the open rounds of a model stand, of an account those of its model with the most at risk.

    Raises ValueError with a sentence for an unknown name, and where no day of a round is told.
    """
    asked = await find_name(source, typed)
    if asked == EVERYONE:
        raise ValueError("Everyone has no open rounds of their own: name a model or an account.")
    history = await source.history(asked)
    largest = _largest(history)
    model, history = history.models[largest], history.only(history.model == largest)
    daily = await source.daily_scores(model)
    if daily is None:
        raise ValueError(
            f"{source.label} does not tell what a round's scores were from day to day, so it can't be told "
            "where open rounds may end. /payout show has what they pay so far."
        )
    calendar, (live, differs) = await asyncio.gather(source.rounds(), announced_rule(source))
    rounds, unscored, pays = await asyncio.to_thread(
        _standing, source.tournament, history, daily, calendar, live
    )
    return OpenRounds(
        model=model,
        asked=asked,
        rounds=rounds,
        unscored=unscored,
        pays=pays,
        overlap=calendar.overlap(np.unique(history.round[history.resolved])),
        source=source.label,
        notices=tuple(filter(None, (history.notice, *differs))),
    )


def _standing(
    tournament: str, history: History, daily: DailyScores, calendar: Rounds, live: PayoutRule | None
) -> tuple[tuple[StandingRound, ...], tuple[int, ...], str]:
    found: list[StandingRound] = []
    unscored: list[int] = []
    pays: dict[str, list[int]] = {}
    told = _by_round(daily)
    in_force = rules_in_force(tournament, history, calendar, live)
    stake = dict(zip(history.round.tolist(), history.stake.tolist(), strict=True))
    factor = dict(zip(history.round.tolist(), history.payout_factor.tolist(), strict=True))
    resolves = dict(zip(calendar.number.tolist(), calendar.resolves.tolist(), strict=True))
    for number in np.unique(history.round[~history.resolved]).tolist():
        rule = in_force[number]
        days = _days(told, rule, number)
        if not days:
            unscored.append(number)
            continue
        day = max(days)
        share = 1.0 if math.isnan(factor[number]) else factor[number]
        now = _paid(rule, days[day], share)
        changes = np.array(
            [
                _paid(rule, end, share) - _paid(rule, then, share)
                for end, then in _ended(told, rule, history, day)
            ]
        )
        known = changes.size >= FEWEST
        low, middle, high = now + np.quantile(changes, (BAND[0], 0.5, BAND[1])) if known else [math.nan] * 3
        pays.setdefault(rule.id, []).append(number)
        found.append(
            StandingRound(
                number=number,
                day=day,
                resolves=over.date() if (over := resolves.get(number)) is not None else None,
                scores=dict(zip(rule.multipliers, days[day], strict=True)),
                now=now,
                low=float(low),
                middle=float(middle),
                high=float(high),
                ended=changes.size,
                stake=stake[number],
            )
        )
    words = [
        f"{describe_multipliers(in_force[some[0]].multipliers)} ({span(some[0], some[-1])})"
        for some in pays.values()
    ]
    return tuple(found), tuple(unscored), listed(words) if words else ""


def _by_round(daily: DailyScores) -> ByRound:
    """Score -> round -> day -> value, without those that are not told."""
    found: ByRound = {}
    for score, numbers in daily.round.items():
        rounds = found.setdefault(score, {})
        rows = zip(numbers.tolist(), daily.day[score].tolist(), daily.value[score].tolist(), strict=True)
        for number, day, value in rows:
            if not math.isnan(value):
                rounds.setdefault(number, {})[day] = value
    return found


def _days(told: ByRound, rule: PayoutRule, number: int) -> dict[int, list[float]]:
    """By day, what the paid scores of a round were, on the days that tell them all."""
    columns = [told.get(score, {}).get(number, {}) for score in rule.multipliers]
    first, *others = columns or [{}]
    return {day: [each[day] for each in columns] for day in first if all(day in each for each in others)}


def _ended(
    told: ByRound, rule: PayoutRule, history: History, day: int
) -> list[tuple[list[float], list[float]]]:
    """Of rounds that ended, the paid scores in the end and as they stood at this day."""
    found: list[tuple[list[float], list[float]]] = []
    for row in np.flatnonzero(history.resolved).tolist():
        then = _days(told, rule, int(history.round[row])).get(day)
        end = [
            float(history.scores[score][row]) if score in history.scores else math.nan
            for score in rule.multipliers
        ]
        if then is not None and not any(map(math.isnan, end)):
            found.append((end, then))
    return found


def _paid(rule: PayoutRule, scores: list[float], factor: float) -> float:
    """Pay per NMR in the round."""
    return float(
        payouts(
            np.array([scores]), list(rule.multipliers.values()), 1.0,
            factor=factor, clip=rule.clip, clip_order=rule.clip_order,
        )[0]
    )  # fmt: skip


def _largest(history: History) -> int:
    """The model with the most at risk in the newest round with a stake."""
    held: Floats = np.where(history.stake > 0, history.stake, 0.0)
    staked = history.round[held > 0]
    rows = history.round == (staked.max() if staked.size else history.round.max())
    totals = np.bincount(history.model[rows], weights=held[rows], minlength=len(history.models))
    return int(totals.argmax())
