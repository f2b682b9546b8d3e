"""What is told of a closed poll, and its outcome in one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from features.polls.ballot_text import STEP_WORDS
from governance.votes.ballots import STEPS
from governance.votes.rule import BEFORE, Rule
from governance.votes.secrecy import FEWEST, OTHERS, SIDES
from wording.numbers import counted

_BEFORE = replace(BEFORE, least_ballots=1)  # what was told of few then is told still


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
class RunoffRound:
    """A round of an instant runoff; votes are fractions as text."""

    totals: Mapping[str, str]  # of who stood
    exhausted: str  # of ballots that rank none of them
    out: tuple[str, ...]
    lot: tuple[str, ...]  # among whom a lot was drawn for who goes


@dataclass(frozen=True)
class PollResult:
    """Everything that is told of a closed poll; kept as JSON."""

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
    middle: str = ""  # how a median lies between two middle answers
    rounds: tuple[RunoffRound, ...] = ()  # of an instant runoff
    unsettled: tuple[str, ...] = ()  # of whom it was too much to find out whether other lots let them win
    closest: str = ""  # the pair in which a winner by Schulze is nearest to losing
    rule: Rule = _BEFORE

    @property
    def took_part(self) -> int:
        """Everybody who cast a ballot, were it an abstention."""
        return self.ballots + self.empty

    @property
    def too_few(self) -> bool:
        """Whether so few took part that nothing may be told of how they voted."""
        return 0 < self.took_part < self.rule.least_ballots

    @property
    def valid(self) -> bool:
        """Whether the quorum was met, by enough to be told of."""
        return not self.too_few and self.took_part >= self.quorum

    @property
    def finding(self) -> str:
        """The outcome in one sentence."""
        if not self.took_part:
            return "Nobody cast a ballot."
        if self.too_few:
            return f"Too few: fewer than {self.rule.least_ballots:,} took part, so nothing is told."
        if not self.valid:
            needed = counted(self.quorum, "was needed", "were needed")
            return f"No quorum: {self.took_part:,} took part, and {needed}."
        if not self.ballots:
            return f"{'The one' if self.empty == 1 else f'All {self.empty:,}'} who took part abstained."
        if self.method == "numeric":
            if self.middle:
                return f"The median is {self.winners[0]}, {self.middle}."
            if self.tie:  # as it was decided once
                return f"The answers in the middle are {' and '.join(self.tie)}: {self.winners[0]} by lot."
            return f"The median is {' or '.join(self.winners)}."
        if self.method == "gradient":
            return self._adopted
        if len(self.winners) > 1:
            return f"A tie between {' and '.join(self.winners)}."
        winner = next(iter(self.winners), "Nobody")
        return f"{winner} wins a tie by lot." if self.tie else f"{winner} wins."

    @property
    def _adopted(self) -> str:
        """Whether it is adopted, and by how many."""
        votes = {step: int(Fraction(self.totals.get(step, "0"))) for step in STEPS}
        favour, opposed = (votes["strong_for"] + votes["for"], votes["against"] + votes["strong_against"])
        blocks = votes["strong_against"]
        match next(iter(self.winners), "undecided"):
            case "adopted":
                told = f"{favour:,} for it, {opposed:,} against"
                return f"Adopted: {told}, {blocks:,} of them blocking." if blocks else f"Adopted: {told}."
            case "blocked":
                return f"Blocked: {blocks:,} of {self.ballots:,} block it."
            case "unsupported":
                return f"Not adopted: too few for it, {favour:,} of {self.took_part:,} who took part."
            case "rejected":
                return f"Rejected: {opposed:,} against it, {favour:,} for it."
            case _:
                return f"Undecided: {favour:,} for it, and {opposed:,} against."


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
