"""A proposal as Markdown that can be pasted into a forum."""

from governance.proposals.parameters import spelled
from governance.proposals.proposal import KINDS, Proposal
from governance.text import escaped

_SECTIONS = (
    ("problem", "The problem"),
    ("change", "The change"),
    ("evidence", "Evidence"),
    ("alternatives", "Alternatives"),
    ("drawbacks", "Drawbacks"),
    ("wrong_if", "What would show it was wrong"),
)


def as_markdown(proposal: Proposal, *, footer: str) -> str:
    """The whole proposal, what members wrote escaped; footer: a line on where it comes from."""
    lines = [f"# [Proposal] {escaped(proposal.title)}", ""]
    lines += [f"*{proposal.tournament.title()}, {KINDS[proposal.kind]}*", ""]
    for name, heading in _SECTIONS:
        if text := getattr(proposal, name):
            lines += [f"## {heading}", "", escaped(text), ""]
    if parameters := spelled(proposal.parameters):
        lines += ["## Parameters", "", "| what | how |", "| --- | --- |"]
        for name, value in parameters.items():
            for each in value.split("\n"):
                lines.append(f"| {name} | {escaped(each)} |")
        lines.append("")
    return "\n".join([*lines, "---", escaped(footer), ""])
