"""The result of a poll: one vote per member, what may be shown of other strategies, how near it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from features.polls.ballot_text import STEP_WORDS
from governance.votes.ballots import HIGHEST_SCORE, STEPS
from governance.votes.measured import OUTCOMES
from governance.votes.secrecy import FEWEST, OTHERS, SIDES, PublicView, guarded_views
from governance.votes.strategies import (
    View,
    Voter,
    share_interval,
    side_by_side,
    turnout_by_decile,
    voters_to_flip,
)
from governance.votes.tally import TallyResult, tally
from scoring.typed import spell_clearly
from wording.numbers import counted

SMALL = 100  # ballots; below, an interval and how few would flip it are told


@dataclass(frozen=True)
class Strategy:
    """One strategy's outcome as everybody may see it."""

    name: str
    leaders: tuple[str, ...]  # empty where nothing may be told
    shares: Mapping[str, int] | None  # percent, in steps of 5
    flips: bool | None  # None: not told
    sentence: str
    effective_voters: float | None  # of what was cast; None where nothing is shown
    smallest_majority: float | None  # voters with more than half of the weight
    top_three: float | None  # their share of the weight


@dataclass(frozen=True)
class PollResult:
    """Everything that is told of a closed poll; JSON-able by to_json."""

    method: str
    winners: tuple[str, ...]
    tie: tuple[str, ...]
    totals: Mapping[str, str]  # fractions as text
    shares: Mapping[str, float]  # of the ballots; empty where that means nothing
    ballots: int
    empty: int
    quorum: int
    electorate: int  # who might have voted; 0 where nobody can tell
    strategies: tuple[Strategy, ...]
    interval: tuple[float, float] | None  # of the leader's share
    flip: int | None  # so many more ballots, all alike, would change the outcome
    turnout: tuple[tuple[int, int], ...]  # (members, voted) by tenth of verified stake; empty where few
    details: tuple[str, ...]

    @property
    def valid(self) -> bool:
        """Whether the quorum was met."""
        return self.ballots >= self.quorum

    @property
    def finding(self) -> str:
        """The outcome in one sentence."""
        if not self.ballots:
            return "Nobody cast a ballot."
        if not self.valid:
            needed = counted(self.quorum, "was needed", "were needed")
            return f"No quorum: {counted(self.ballots, 'ballot')}, and {needed}."
        if self.method == "numeric":
            if self.tie:
                return f"The answers in the middle are {' and '.join(self.tie)}: {self.winners[0]} by lot."
            return f"The median is {' or '.join(self.winners)}."
        if self.method == "gradient":
            return f"{OUTCOMES[next(iter(self.winners), 'undecided')]}."
        if len(self.winners) > 1:
            return f"A tie between {' and '.join(self.winners)}."
        winner = next(iter(self.winners), "Nobody")
        return f"{winner} wins a tie by lot." if self.tie else f"{winner} wins."


@dataclass(frozen=True)
class Shown:
    """Which options the shares of other strategies are about, and why some have none."""

    named: Mapping[str, str]  # label of a share -> as people read it
    joined: Mapping[str, tuple[str, ...]]  # label -> the options that it stands for, where they are several
    missing: Mapping[str, tuple[str, ...]]  # why -> the options without a share of their own

    @classmethod
    def of(cls, result: PollResult) -> "Shown":
        """Of a result with shares of other strategies; nothing where there are none."""
        shares = next((each.shares for each in result.strategies if each.shares is not None), None)
        if shares is None:
            return cls({}, {}, {})
        votes = {option: Fraction(total) for option, total in result.totals.items()}
        graded = result.method == "gradient"
        sides = graded and min((count for count in votes.values() if count), default=FEWEST) < FEWEST
        names = {option: STEP_WORDS.get(option, option) if graded else option for option in votes}
        of_label: dict[str, list[str]] = {label: [] for label in shares}
        why: dict[str, list[str]] = {}
        for option, name in names.items():
            label = SIDES.get(option, option) if sides else option
            if label in shares:
                of_label[label].append(name)
            elif not votes[option]:
                why.setdefault("nobody chose it", []).append(name)
            elif OTHERS in shares:
                of_label[OTHERS].append(name)
            else:
                why.setdefault(_too_few(result.method, votes[option]), []).append(name)
        return cls(
            {label: label if sides or label == OTHERS else names.get(label, label) for label in shares},
            {
                label: tuple(joined)
                for label, joined in of_label.items()
                if len(joined) > 1 or joined != [names.get(label, label)]
            },
            {reason: tuple(options) for reason, options in why.items()},
        )


def _too_few(method: str, votes: Fraction) -> str:
    if method == "approval":
        return f"fewer than {FEWEST} {'approve' if votes < FEWEST else 'do not approve'} of it"
    return f"fewer than {FEWEST} give it points, or fewer than {FEWEST} give it none"


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
) -> PollResult:
    """The result of ballots (member, choice), with the verified stakes (NMR) frozen at the start."""
    ballots = [choice for _, choice in cast]
    voters = [
        Voter(str(member), Fraction(electors.get(member, 0.0)), verified=member in electors)
        for member, _ in cast
    ]
    result = tally(method, ballots, options, seed=seed, budget=budget)
    views = side_by_side(method, ballots, options, voters, tally)
    public = {view.strategy: view for view in guarded_views(method, ballots, options, voters, closed=True)}
    winners = tuple(map(_plain, result.winners))
    leading, interval, flip = _nearness(method, ballots, options, result)
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
        strategies=tuple(_strategy(view, public.get(view.strategy), winners) for view in views[1:]),
        interval=interval if leading else None,
        flip=flip,
        turnout=tuple(
            (part.electorate, part.voted)
            for part in turnout_by_decile(stakes, [member in voted for member in electors])
        )
        if len(stakes) >= SMALL
        else (),
        details=tuple(_details(method, result)),
    )


def exact_weighted(
    method: str, options: Sequence[Any], cast: Sequence[tuple[int, Any]], electors: Mapping[int, float]
) -> tuple[View, ...]:
    """Every strategy's exact result: for the host of the bot alone, since it tells who voted how."""
    voters = [
        Voter(str(member), Fraction(electors.get(member, 0.0)), verified=member in electors)
        for member, _ in cast
    ]
    return side_by_side(method, [choice for _, choice in cast], options, voters, tally)


def _strategy(view: View, public: PublicView | None, winners: tuple[str, ...]) -> Strategy:
    if public is None or public.shares is None:
        sentence = "Not shown." if public is None else public.sentence
        return Strategy(view.strategy, (), None, None, sentence, None, None, None)
    leaders = tuple(map(str, public.leaders))
    return Strategy(
        view.strategy,
        leaders,
        public.shares,
        _flips(public, winners),
        public.sentence,
        view.effective_voters,
        view.smallest_majority,
        view.top_three,
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


def _nearness(
    method: str, ballots: Sequence[Any], options: Sequence[Any], result: TallyResult
) -> tuple[bool, tuple[float, float] | None, int | None]:
    if method not in ("single", "approval", "gradient") or not 0 < result.ballots < SMALL:
        return False, None, None
    if method == "gradient":
        votes = sum((result.totals.get(step, Fraction(0)) for step in ("strong_for", "for")), Fraction(0))
    else:
        votes = max(result.totals.values(), default=Fraction(0))
    flip = voters_to_flip(method, list(ballots), list(options), tally)
    return True, share_interval(int(votes), result.ballots), flip


def _details(method: str, result: TallyResult) -> list[str]:
    if method == "gradient":
        return [f"{STEP_WORDS[step]}: {result.totals.get(step, 0)}" for step in STEPS]
    if method == "ranked_irv":
        lines: list[str] = []
        for number, each in enumerate(result.rounds, 1):
            totals = ", ".join(f"{option} {total}" for option, total in each.totals.items())
            out = f"; out: {', '.join(map(str, each.eliminated))}" if each.eliminated else ""
            lines.append(f"Round {number}: {totals}{out}")
        return lines
    if method == "numeric" and result.detail is not None:
        low, high = (result.detail.quartiles[0], result.detail.quartiles[-1])  # type: ignore[union-attr]
        return [f"Half of the answers lie between {_decimal(low)} and {_decimal(high)}."]
    return [f"{option}: {total}" for option, total in result.totals.items()]


def _decimal(value: Any) -> str:
    return spell_clearly(Decimal(f"{float(Fraction(value)):.12g}"))


def _plain(option: Any) -> str:
    return _decimal(option) if isinstance(option, Fraction) else str(option)
