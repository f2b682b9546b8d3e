"""What going from one payout rule to another costs, by how it is softened, and for whom."""

from dataclasses import dataclass

import numpy as np

from features.simulation.effect import clearly
from features.simulation.pay_result import PayImpact, PayWindow
from features.simulation.proposal_impact import ProposalImpact, proposal_impact
from governance.proposals.proposal import read_proposal
from scoring.change.clear import FEWEST_PERIODS
from tournament.source import Floats, Source
from wording.numbers import brief, counted, signed

PROPOSED, CURRENT = "2xCORR + 1xTC", "1xCORR + 3xTC"


@dataclass(frozen=True)
class SoftenedChange:
    """A change of rules as it would have gone from every start, and how much of it was softened."""

    impact: ProposalImpact  # with its pay
    pay: PayImpact
    proposed: str
    current: str

    @property
    def window(self) -> PayWindow:
        """All rounds that both rules can price."""
        return self.pay.windows[0]

    @property
    def costs(self) -> Floats:
        """What softening costs the payer (s,) by start, NMR; empty where nothing is softened or can end."""
        return self.window.rolling.together if self.pay.terms.soften else np.empty(0)

    @property
    def terms(self) -> str:
        """ "8 weeks of notice, phased in over 40 rounds"; "at once" without any."""
        terms = self.pay.terms
        told = [
            f"{counted(terms.notice_weeks, 'week')} of notice" if terms.notice else "",
            f"phased in over {counted(terms.phase_in, 'round')}" if terms.phase_in else "",
            f"the old rule for {counted(terms.grandfather, 'round')} for who is there"
            if terms.grandfather
            else "",
        ]
        return ", ".join(filter(None, told)) or "at once"

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        costs = self.costs
        if costs.size:
            middle = float(np.median(costs))
            verb = "cost the payer" if middle >= 0 else "save the payer"
            told = f"Softening it would {verb} {brief(abs(middle))} NMR"
            return f"{told}, the median of {counted(costs.size, 'start')}"
        if self.pay.terms.soften:
            return f"Softening takes {counted(self.window.rolling.periods, 'round')}: too long to follow here"
        return f"At once, {self.pay.new.short} would have paid {self.window.more} than {self.pay.old.short}"

    @property
    def between(self) -> str:
        """How far the cost of softening is apart from start to start; "" where it is not told."""
        if not self.costs.size:
            return ""
        low, high = (signed(float(end), "NMR") for end in (self.costs.min(), self.costs.max()))
        return f"From {low} to {high}, by the round it begins in."

    @property
    def compensation(self) -> str:
        """What paying back every account that lost would have cost."""
        cost = self.window.result.costs.compensation
        return f"Paying back whoever lost in all: {brief(cost)} NMR, luck included."

    @property
    def who(self) -> str:
        """Who clearly gains, clearly loses, and can't be told from luck."""
        clear, unit = self.window.clear, self.pay.unit
        if not clear.judged:
            return f"No {unit} has {FEWEST_PERIODS} rounds: who gains can't be told from luck."
        return (
            f"Of {counted(clear.judged, unit)} with {FEWEST_PERIODS} rounds or more "
            f"{clearly(clear.gain, 'gain')}, {clearly(clear.lose, 'lose')}, {clear.untold:,} can't be told "
            "from luck."
        )


async def softened_change(
    source: Source,
    proposed: str = PROPOSED,
    current: str = CURRENT,
    *,
    notice: int = 8,
    phase_in: int = 0,
    grandfather: int = 0,
    compensation: str = "none",
) -> SoftenedChange:
    """A change from one rule to another on everyone's final rounds, softened as told, from every start.

    notice in weeks, phase_in and grandfather in rounds, 0 for none; compensation is "full" or "none". Nobody
    changes behaviour. Raises ValueError with a sentence for rules that can't be read or priced, for terms
    that a proposal can't have, and for two rules that pay alike.
    """
    softened = {"notice_weeks": notice, "phase_in_rounds": phase_in, "grandfathering_rounds": grandfather}
    if compensation == "full" and grandfather:
        raise ValueError(
            "Either losses are paid back in full, or the old rule is kept for some rounds: not both."
        )
    paid_back = "grandfathering" if grandfather else "full" if compensation == "full" else None
    if min(softened.values()) < 0:
        raise ValueError("A notice, a phase-in and grandfathering last 0 or more.")
    proposal = read_proposal(
        {
            "title": f"{current} to {proposed}"[:80],
            "tournament": source.tournament,
            "kind": "payout",
            "problem": "What a change costs.",
            "change": "Another payout rule.",
            "parameters": {
                "rule": proposed,
                **{name: value for name, value in softened.items() if value},
                **({"compensation": paid_back} if paid_back else {}),
            },
        }
    )
    impact = await proposal_impact(source, proposal, baseline=current)
    if impact.pay is None:
        raise ValueError(impact.reason_not)
    if impact.pay.windows[0].alike:
        raise ValueError(f"{impact.pay.new.short} and {impact.pay.old.short} pay alike: nothing changes.")
    return SoftenedChange(impact, impact.pay, impact.pay.new.short, impact.pay.old.short)
