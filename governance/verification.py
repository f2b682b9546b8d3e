"""The verification of an exported poll: its chain, its commitments, its count, its head."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.chain import append, canonical, commit, sha256, start
from governance.export import STEP, checked_export, claim, in_order, outcome, rule_of, shown
from governance.text import counted

DIGITS = 64  # of a head
_FEWEST = 16  # of its first digits will do


@dataclass(frozen=True)
class Verification:
    """Whether an export holds together, what is wrong with it, and the result of counting it again."""

    ok: bool
    problems: tuple[str, ...]
    counted: int
    recount: Mapping[str, Any] | None  # winners and totals; None where no choices are, or none can be counted
    matched: int  # choices that fit the commitment of their voter; the others were erased
    in_force: int  # ballots at the end of the chain that were neither changed nor withdrawn
    compared: int  # digits of the head that was given, all of which it has; 0 without one


def verify(
    exported: object, *, head: str | None = None, tally: Callable[..., Any] | None = None
) -> Verification:
    """Check an export: links, commitments, that each ballot in force is counted once, and the count itself.

    exported is the parsed JSON. head: the one that the channel showed, or its first 16 digits or more;
    without it whoever made the export could have made all of it anew. tally: governance.tally.tally unless
    another is given. It can't tell who the voters are, nor whether they exist. Raises ValueError with one
    sentence for what is no such export and for what is no head.
    """
    said = checked_export(exported)
    poll, chain, choices = said["poll"], said["chain"], said["choices"]
    problems: list[str] = []
    in_force = _links(poll, chain, problems)
    last = chain[-1]["head"] if chain else start(poll)
    if said["head"] != append(last, outcome(said)):
        problems.append("The final head does not follow from the chain and the outcome.")
    given = _head(head)
    if given and not said["head"].startswith(given):
        problems.append(
            "The final head is another one than the one you gave: this is not what was published."
        )
    seed, promised = said["tie_seed"], poll["tie_seed_commitment"]
    if (seed is None) != (promised is None) or (seed is not None and sha256(seed) != promised):
        problems.append("The tie seed is not the one that was committed to.")
    if said["result"] is None:
        matched, recount = 0, None
        least = rule_of(poll)[0].least_ballots
        if len(in_force) >= least:
            problems.append(
                f"The choices are withheld, though {counted(len(in_force), 'ballot is', 'ballots are')} in "
                f"force and from {least:,} on they have to be told."
            )
    else:
        matched = _match(choices, in_force, problems)
        for name, view in said["weighted"].items():
            if view is not None and any(share % STEP or not 0 <= share <= 100 for share in view.values()):
                problems.append(f"The weighted shares of {shown(name)} are not in steps of {STEP} points.")
        recount = _recount(said, tally, problems)
    return Verification(
        not problems, tuple(problems), len(choices), recount, matched, len(in_force), len(given)
    )


def _head(given: str | None) -> str:
    """A head, or its beginning, as it was given: "" for none."""
    if given is None:
        return ""
    digits = re.sub(r"[\s`…]", "", given).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{_FEWEST},{DIGITS}}}", digits):
        raise ValueError(f"A head has {DIGITS} hexadecimal digits; its first {_FEWEST} or more will do.")
    return digits


def _links(poll: Mapping[str, Any], chain: Sequence[Mapping[str, Any]], problems: list[str]) -> set[str]:
    """The commitments in force at the end; what is wrong with the chain joins the problems."""
    in_force: dict[int, str] = {}
    seen: set[str] = set()
    previous = start(poll)
    for place, row in enumerate(chain, 1):
        commitment, replaced = row["commitment"], row["replaces"]
        if row["sequence"] != place:
            problems.append(f"Entry {place} says that it is entry {row['sequence']}.")
        if row["previous"] != previous:
            problems.append(f"Entry {place} does not follow from what is before it.")
        if row["head"] != append(row["previous"], commitment, replaces=replaced):
            problems.append(f"The head of entry {place} does not fit what the entry says.")
        if replaced is not None and in_force.pop(replaced, None) is None:
            problems.append(f"Entry {place} replaces a ballot that is not in force.")
        if commitment is None and replaced is None:
            problems.append(f"Entry {place} withdraws nothing.")
        if commitment in seen:
            problems.append(f"Entry {place} repeats an earlier commitment.")
        elif commitment is not None:
            seen.add(commitment)
            in_force[place] = commitment
        previous = row["head"]
    return set(in_force.values())


def _match(choices: Sequence[Mapping[str, Any]], in_force: set[str], problems: list[str]) -> int:
    """How many choices fit a commitment in force, each of which counts once."""
    waiting = set(in_force)
    for number, row in enumerate(choices, 1):
        if row["salt"] is not None:
            commitment = commit(row["choice"], row["salt"])
            if commitment not in waiting:
                problems.append(f"Choice {number} fits no ballot in force that is not counted already.")
            waiting.discard(commitment)
    erased = sum(row["salt"] is None for row in choices)
    if erased != len(waiting):
        problems.append(
            f"{counted(erased, 'choice has', 'choices have')} no salt, but "
            f"{counted(len(waiting), 'ballot in force has', 'ballots in force have')} no choice."
        )
    if not in_order(choices):
        problems.append("The choices are not in the order of the format.")
    return len(in_force) - len(waiting)


def _recount(
    said: Mapping[str, Any], tally: Callable[..., Any] | None, problems: list[str]
) -> dict[str, Any] | None:
    count = tally
    if count is None:
        # here, because whoever brings a tally needs no other
        from governance.votes.tally import tally as own

        count = own
    poll, ballots = said["poll"], [row["choice"] for row in said["choices"]]
    settings: dict[str, Any] = {} if poll["budget"] is None else {"budget": poll["budget"]}
    if poll["method"] == "gradient":
        settings["rule"], settings["known"] = rule_of(poll)
    try:
        recount = claim(count(poll["method"], ballots, poll["options"], seed=said["tie_seed"], **settings))
    except ValueError as error:
        problems.append(f"The choices can't be counted: {shown(str(error))}")
        return None
    if canonical(recount) != canonical(said["result"]):
        problems.append("Counting the choices again gives another result than the one that is claimed.")
    return recount
