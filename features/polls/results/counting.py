"""How a poll is counted: the ballots, what the stakes behind them may tell, and how near it was."""

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from features.polls.ballot_text import STEP_WORDS, exact_text, votes
from features.polls.results.result import PollResult, RunoffRound, Strategy
from governance.votes.ballots import HIGHEST_SCORE, STEPS, as_range
from governance.votes.measured import Numbers
from governance.votes.ranked import Beatpaths
from governance.votes.rule import DEFAULT, Rule
from governance.votes.runoff import Round
from governance.votes.secrecy import PublicView, guarded_views
from governance.votes.strategies import (
    View,
    Voter,
    share_interval,
    side_by_side,
    turnout_by_decile,
    voters_to_flip,
)
from governance.votes.tally import TallyResult, tally
from wording.numbers import listed

SMALL = 100  # ballots; below, an interval and how few would flip it are told


def count(
    method: str,
    options: Sequence[Any],
    cast: Sequence[tuple[int, Any]],
    electors: Mapping[int, float],
    *,
    quorum: int,
    electorate: int = 0,
    seed: str,
    budget: int,
    rule: Rule = DEFAULT,
    found: TallyResult | None = None,
) -> PollResult:
    """The result of ballots (member, choice), with the verified stakes (NMR) frozen at the start.

    found: their tally, where the caller has it.
    """
    ballots = [choice for _, choice in cast]
    voters = _voters(cast, electors)
    result = found or tally(method, ballots, options, seed=seed, budget=budget, rule=rule, known=electorate)
    if 0 < len(cast) < rule.least_ballots:
        return _untold(result, quorum, electorate, rule)
    public = guarded_views(method, ballots, options, voters, closed=True)
    winners = tuple(map(_plain, result.winners))
    interval, flip = _nearness(method, ballots, options, result, rule, electorate)
    stakes = list(electors.values())
    voted = {member for member, _ in cast}
    return PollResult(
        method=method,
        winners=winners,
        tie=tuple(map(_plain, result.tie)),
        totals={_plain(option): str(total) for option, total in result.totals.items()},
        shares=_shares(result, budget),
        ballots=result.ballots,
        empty=result.empty,
        quorum=quorum,
        electorate=electorate,
        strategies=tuple(_strategy(view, winners) for view in public),
        interval=interval,
        flip=flip,
        turnout=tuple(
            (part.electorate, part.voted)
            for part in turnout_by_decile(stakes, [member in voted for member in electors])
        )
        if len(stakes) >= SMALL
        else (),
        details=tuple(_details(method, result)),
        middle=_middle(result, options),
        rounds=tuple(
            RunoffRound(
                {option: str(total) for option, total in each.totals.items()},
                str(each.exhausted),
                each.eliminated,
                each.tied if each.reason == "lot" else (),
            )
            for each in result.rounds
        ),
        unsettled=result.unsettled,
        closest=_closest(result),
        rule=rule,
    )


def exact_weighted(
    method: str, options: Sequence[Any], cast: Sequence[tuple[int, Any]], electors: Mapping[int, float]
) -> tuple[View, ...]:
    """Every strategy's exact result: for the host of the bot alone, since it tells who voted how."""
    ballots = [choice for _, choice in cast]
    return side_by_side(method, ballots, options, _voters(cast, electors), tally)


def _voters(cast: Sequence[tuple[int, Any]], electors: Mapping[int, float]) -> list[Voter]:
    return [
        Voter(str(member), Fraction(electors.get(member, 0.0)), verified=member in electors)
        for member, _ in cast
    ]


def _strategy(public: PublicView, winners: tuple[str, ...]) -> Strategy:
    if public.shares is None:
        return Strategy(public.strategy, (), None, None, public.sentence, None, None, None)
    return Strategy(
        public.strategy,
        tuple(map(str, public.leaders)),
        public.shares,
        _flips(public, winners),
        public.sentence,
        public.effective_voters,
        public.smallest_majority,
        public.top_three,
    )


def _flips(public: PublicView, winners: tuple[str, ...]) -> bool | None:
    """Whether the rounded shares say that others lead.

    Not told where several lead, which is too close to tell, or where the winner's share is not shown: too few
    stand on one of its sides.
    """
    leaders, shares = tuple(map(str, public.leaders)), public.shares or {}
    if len(leaders) != 1 or not winners or any(winner not in shares for winner in winners):
        return None
    return leaders[0] not in winners


def _shares(result: TallyResult, budget: int) -> dict[str, float]:
    """Of the ballots, or of all the points they could have given; none where that means nothing."""
    most = {"score": HIGHEST_SCORE, "dots": budget}.get(result.method, 1)
    if not result.total_weight or result.method in ("numeric", "ranked_schulze"):
        return {}
    return {
        str(option): float(total / (most * result.total_weight)) for option, total in result.totals.items()
    }


def _untold(result: TallyResult, quorum: int, electorate: int, rule: Rule) -> PollResult:
    """The result of a poll in which too few took part: how many they were, and nothing else."""
    return PollResult(
        method=result.method,
        winners=(),
        tie=(),
        totals={},
        shares={},
        ballots=result.ballots,
        empty=result.empty,
        quorum=quorum,
        electorate=electorate,
        strategies=(),
        interval=None,
        flip=None,
        turnout=(),
        details=(),
        rule=rule,
    )


def _nearness(
    method: str,
    ballots: Sequence[Any],
    options: Sequence[Any],
    result: TallyResult,
    rule: Rule,
    electorate: int,
) -> tuple[tuple[float, float] | None, int | None]:
    """An interval of the leader's share, None in a tie, and how many more ballots alike could change it."""
    if method not in ("single", "approval", "gradient") or not 0 < result.ballots < SMALL:
        return None, None
    if method == "gradient":
        leading = sum((result.totals.get(step, Fraction(0)) for step in ("strong_for", "for")), Fraction(0))
    else:
        leading = max(result.totals.values(), default=Fraction(0))
    counting = partial(tally, rule=rule, known=electorate)
    flip = voters_to_flip(method, list(ballots), list(options), counting)
    tied = method != "gradient" and result.tie
    return None if tied else share_interval(int(leading), result.ballots), flip


def _details(method: str, result: TallyResult) -> list[str]:
    if method == "gradient":
        return [f"{STEP_WORDS[step]}: {result.totals.get(step, 0)}" for step in STEPS]
    if method == "ranked_irv":
        return [_round(number, each) for number, each in enumerate(result.rounds, 1)]
    if isinstance(result.detail, Beatpaths):
        beaten = [
            f"{option}: beats {total} of {len(result.totals) - 1}" for option, total in result.totals.items()
        ]
        return [*beaten, *(_pair(result.detail, a, b) for a, b in _pairs(result))]
    if isinstance(result.detail, Numbers):
        low, high = result.detail.quartiles
        return [f"Half of the answers lie between {exact_text(low)} and {exact_text(high)}."]
    return [f"{option}: {total}" for option, total in result.totals.items()]


def _round(number: int, each: Round) -> str:
    """Who had how many, most first, and who went out and why."""
    most_first = sorted(each.totals.items(), key=lambda row: -row[1])
    told = f"Round {number}: " + ", ".join(f"{option} {votes(total)}" for option, total in most_first)
    if each.exhausted:
        told += f"; {votes(each.exhausted)} rank none of them"
    if each.eliminated:
        told += f"; out: {listed(each.eliminated)}"
    if each.reason == "lot":
        told += f", by lot among {listed(each.tied)}"
    if each.reason == "earlier_round":
        others = [option for option in each.tied if option not in each.eliminated]
        told += f", as many as {listed(others)}, but fewer in an earlier round"
    return told


def _pairs(result: TallyResult) -> list[tuple[str, str]]:
    """Every two options once, those of a winner first and named first."""
    winners = [option for option in result.totals if option in result.winners]
    order = [*winners, *(option for option in result.totals if option not in winners)]
    return list(itertools.combinations(order, 2))


def _pair(found: Beatpaths, a: str, b: str) -> str:
    return f"{a} {votes(found.pairwise[a][b])} : {votes(found.pairwise[b][a])} {b}"


def _closest(result: TallyResult) -> str:
    if not isinstance(result.detail, Beatpaths) or len(result.winners) != 1 or len(result.totals) < 2:
        return ""
    winner = str(result.winners[0])
    found = result.detail
    return _pair(found, winner, min(found.pairwise[winner], key=lambda other: found.margin(winner, other)))


def _middle(result: TallyResult, options: Sequence[Any]) -> str:
    """How the median lies between two middle answers that differ; "" where they do not."""
    if not isinstance(result.detail, Numbers) or len(set(result.detail.median)) == 1:
        return ""
    [decided] = result.winners
    low, high = result.detail.median
    answers = f"{exact_text(low)} and {exact_text(high)}"
    off = abs(Fraction(decided) - (low + high) / 2)
    if not off:
        return f"midway between {answers}"
    lower = "the lower of the two steps" if 2 * off == as_range(options)[2] else "the step"
    return f"{lower} nearest midway between {answers}"


def _plain(option: Any) -> str:
    return exact_text(option) if isinstance(option, Fraction) else str(option)
