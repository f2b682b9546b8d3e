"""Which sections of docs/methods.md say how the numbers behind a question are worked out."""

import re
from collections.abc import Mapping
from types import MappingProxyType

PAGE = "docs/methods.md"

# by question; a test holds that every question is here and that every section stands in the page
SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "payout compare": ("Pay under another rule", "Payout factor", "Intervals of a mean"),
        "payout show": ("Earned and pending", "Payout of a round"),
        "payout what-if": ("Payout of a round", "Payout factor"),
        "payout rules": ("Rules on record",),
        "stakes concentration": ("Concentration", "Power law", "Whose models are whose"),
        "stakes influence": ("Stake and score", "Whose models are whose"),
        "stakes unstake": ("When large holders leave", "Price scenarios"),
        "stakes history": ("Concentration", "From snapshot to snapshot"),
        "stakes who": ("Concentration", "Whose models are whose"),
        "weights compare": ("Weighting schemes", "Change of the meta model", "Newcomers and fading skill"),
        "weights split-test": ("Gain from splitting", "Weighting schemes"),
        "weights redundancy": ("Models that are alike",),
        "fund alignment": ("Pay and contribution", "The meta model from public scores"),
        "fund combination": ("The best mix afterwards", "The meta model from public scores"),
        "fund rules": ("Rules known beforehand", "The meta model from public scores"),
        "record show": ("Luck and skill", "Intervals of a mean"),
        "record scores": ("How repeatable a score is",),
        "record rerank": ("Ranked by another score",),
        "plan drawdown": ("Drawdowns",),
        "plan overfit": ("Tuning by the past",),
        "plan transition": ("Who gains and who loses", "Softening a change"),
        "ahead pay": ("Pay ahead", "Luck and skill"),
        "ahead stake": ("How much to stake", "Pay ahead"),
        "ahead power": ("Rounds until a difference is seen",),
        "ahead restake": ("Stakes that follow pay",),
        "ahead rounds": ("Open rounds",),
        "proposal simulate": ("Who gains and who loses", "Softening a change", "Weighting schemes"),
        "opinion map": ("The map of opinions",),
        "promise list": ("Days without an answer",),
        "poll": ("Counting a vote", "Weighted results"),
    }
)


def methods_line(question: str, docs_url: str) -> str:
    """Where a question's numbers are explained: links where the host has put the documents, else names."""
    sections = SECTIONS.get(question, ())
    if not sections:
        return ""
    if not docs_url:
        return f"How this is worked out: {PAGE}, " + ", ".join(f"“{name}”" for name in sections)
    page = f"{docs_url.rstrip('/')}/{PAGE.rpartition('/')[2]}"
    return "How this is worked out: " + ", ".join(f"[{name}]({page}#{anchor(name)})" for name in sections)


def anchor(heading: str) -> str:
    """The name under which a heading of a Markdown page is linked."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
