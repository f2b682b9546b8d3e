"""What a poll needs before it tells anything, and before a vote by gradients adopts."""

from dataclasses import dataclass
from fractions import Fraction

LEAST = 5  # ballots; below, a result would tell how somebody voted
HIGHEST_LEAST = 1000


@dataclass(frozen=True)
class Rule:
    """The settings of a poll; shares in whole percent.

    least_ballots: nothing is told of a poll in which fewer took part. The others are about gradients: from
    `blocks` of the ballots on, blocks stop what has more for it than against; 0: a single one does. `favour`
    is the least share for it of all who took part, abstentions too; `electorate` the same of all who might
    have voted. The shares are ours: a fifth each, and none of the electorate.
    """

    least_ballots: int = LEAST
    blocks: int = 20
    favour: int = 20
    electorate: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.least_ballots <= HIGHEST_LEAST:
            raise ValueError(
                f"least is a number of ballots from 1 to {HIGHEST_LEAST:,}; this is {self.least_ballots}."
            )
        shares = {"blocks": self.blocks, "favour": self.favour, "electorate": self.electorate}
        for name, share in shares.items():
            if not 0 <= share <= 100:
                raise ValueError(f"{name} is a percentage from 0 to 100; this is {share}.")

    @property
    def sentence(self) -> str:
        """When a vote by gradients adopts."""
        blocks = f"fewer than {self.blocks} % block it" if self.blocks else "nobody blocks it"
        shares = ((self.favour, "those who took part"), (self.electorate, "those who might vote"))
        least = " and ".join(f"{share} % of {whom}" for share, whom in shares if share)
        if not least:
            return f"Adopted when more are for it than against and {blocks}."
        return f"Adopted when more are for it than against, {blocks}, and at least {least} are for it."

    def outcome(self, favour: int, opposed: int, blocks: int, neutral: int, empty: int, known: int) -> str:
        """Return adopted, blocked, unsupported, rejected or undecided.

        Weights in any unit: favour and opposed (blocks among them), neutral, abstained.

        known: how many might have voted, in the same unit; whoever took part is among them.
        """
        ballots = favour + opposed + neutral
        if favour <= opposed:
            return "rejected" if opposed > favour else "undecided"
        if blocks and Fraction(100 * blocks, ballots) >= self.blocks:
            return "blocked"
        took_part = ballots + empty
        enough = 100 * favour >= self.favour * took_part and 100 * favour >= self.electorate * max(
            known, took_part
        )
        return "adopted" if enough else "unsupported"


DEFAULT = Rule()
# of polls that were opened before they had settings; what their terms do not name is this
BEFORE = Rule(favour=0)
