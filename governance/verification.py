"""The verification of an exported poll: its ballots as a set, its count, its head."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from governance.commitments import canonical, sha256
from governance.export import (
    STEP,
    checked_export,
    claim,
    commitments_of,
    head_of,
    in_order,
    rule_of,
    shown,
)
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
    salted: int  # ballots that were counted and have their salt, so that a receipt proves each
    in_force: int  # ballots at the close, counted or withheld
    compared: int  # digits of the head that was given, all of which it has; 0 without one


def verify(
    exported: object, *, head: str | None = None, tally: Callable[..., Any] | None = None
) -> Verification:
    """Check an export: that each ballot in force is counted once, the count itself, and the head.

    exported is the parsed JSON. head: the one that the channel showed, or its first 16 digits or more;
    without it whoever made the export could have made all of it anew. tally: governance.tally.tally unless
    another is given. It can't tell who the voters are, nor whether they exist. Raises ValueError with one
    sentence for what is no such export and for what is no head.
    """
    said = checked_export(exported)
    problems: list[str] = []
    commitments = commitments_of(said)
    if said["head"] != head_of(said, commitments):
        problems.append("The head does not follow from the ballots and the outcome.")
    given = _head(head)
    if given and not said["head"].startswith(given):
        problems.append("The head is another one than the one you gave: this is not what was published.")
    seed, promised = said["tie_seed"], said["poll"]["tie_seed_commitment"]
    if (seed is None) != (promised is None) or (seed is not None and sha256(seed) != promised):
        problems.append("The tie seed is not the one that was committed to.")
    if twice := len(commitments) - len(set(commitments)):
        problems.append(f"{counted(twice, 'ballot is', 'ballots are')} there more than once.")
    if not in_order(said):
        problems.append("The ballots are not in the order of the format.")
    salts = [salt for row in said["ballots"] for salt in row["salts"]]
    erased = sum(salt is None for salt in salts)
    recount = None
    if said["result"] is None:
        least = rule_of(said["poll"])[0].least_ballots
        if len(commitments) >= least:
            problems.append(
                f"The choices are withheld, though {counted(len(commitments), 'ballot is', 'ballots are')} "
                f"in force and from {least:,} on they have to be told."
            )
    else:
        if erased != len(said["commitments"]):
            problems.append(
                f"{counted(erased, 'choice has', 'choices have')} no salt, but "
                f"{counted(len(said['commitments']), 'ballot has', 'ballots have')} no choice."
            )
        for name, view in said["weighted"].items():
            if view is not None and any(share % STEP or not 0 <= share <= 100 for share in view.values()):
                problems.append(f"The weighted shares of {shown(name)} are not in steps of {STEP} points.")
        recount = _recount(said, tally, problems)
    return Verification(
        not problems,
        tuple(problems),
        len(salts),
        recount,
        len(salts) - erased,
        len(commitments),
        len(given),
    )


def _head(given: str | None) -> str:
    """A head, or its beginning, as it was given: "" for none."""
    if given is None:
        return ""
    digits = re.sub(r"[\s`…]", "", given).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{_FEWEST},{DIGITS}}}", digits):
        raise ValueError(f"A head has {DIGITS} hexadecimal digits; its first {_FEWEST} or more will do.")
    return digits


def _recount(
    said: Mapping[str, Any], tally: Callable[..., Any] | None, problems: list[str]
) -> dict[str, Any] | None:
    count = tally
    if count is None:
        # here, because whoever brings a tally needs no other
        from governance.votes.tally import tally as own

        count = own
    poll, ballots = said["poll"], [row["choice"] for row in said["ballots"] for _ in row["salts"]]
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
