"""What changed between two versions of a proposal, and whether seconding and ballots survive it."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from governance.proposals.parameters import spelled
from governance.proposals.proposal import Proposal

_TEXTS = (
    "title",
    "tournament",
    "kind",
    "problem",
    "change",
    "evidence",
    "alternatives",
    "drawbacks",
    "wrong_if",
)
_EDITORIAL = {"title", "problem", "evidence", "alternatives", "drawbacks", "wrong_if"}


@dataclass(frozen=True)
class Run:
    """A piece of text that stayed, went or came."""

    kind: str  # same | removed | added
    text: str


@dataclass(frozen=True)
class Change:
    """A field that reads differently; "" where it was or is not said."""

    field: str  # a text of the proposal, or the line of a parameter: title, wrong_if, cap, phase-in, ...
    before: str
    after: str
    runs: tuple[Run, ...]  # word by word: same + removed is before, same + added is after


def changes(old: Proposal, new: Proposal) -> tuple[Change, ...]:
    """Every field that differs, in the order of the form, the parameters as people type them."""
    before, after = _fields(old), _fields(new)
    return tuple(
        Change(
            field,
            before.get(field, ""),
            after.get(field, ""),
            _runs(before.get(field, ""), after.get(field, "")),
        )
        for field in dict.fromkeys((*before, *after))
        if before.get(field, "") != after.get(field, "")
    )


def substantive(changed: Iterable[Change]) -> bool:
    """Whether people agreed to something else: tournament, kind, the change itself or a parameter differs.

    Then seconds fall and ballots would be void. Title, problem, evidence, alternatives, drawbacks and the
    sign that it was wrong may be improved.
    """
    return any(change.field not in _EDITORIAL for change in changed)


def _fields(proposal: Proposal) -> dict[str, str]:
    texts = {name: str(getattr(proposal, name)) for name in _TEXTS}
    return texts | spelled(proposal.parameters)


def _runs(before: str, after: str) -> tuple[Run, ...]:
    old, new = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (before, after))
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    runs = [Run("same", "".join(old[:start]))]
    # beyond 200 words the rest is matched by its rarer words alone: otherwise two thousand signs take seconds
    went, came = old[start : len(old) - end], new[start : len(new) - end]
    for kind, first, last, begin, stop in difflib.SequenceMatcher(None, went, came).get_opcodes():
        if kind == "equal":
            runs.append(Run("same", "".join(went[first:last])))
        else:
            runs += [Run("removed", "".join(went[first:last])), Run("added", "".join(came[begin:stop]))]
    runs.append(Run("same", "".join(old[len(old) - end :])))
    return tuple(run for run in runs if run.text)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words two texts have in common from the beginning on."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
