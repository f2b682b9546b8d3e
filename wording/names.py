"""What people mean by a name or a range of rounds, and what to offer when it is neither."""

import difflib
import heapq
import re
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from scoring.typed import NearMissError as NearMissError
from scoring.typed import read_number, read_range, tidy
from tournament.source import EVERYONE, Names, Source, Stakes
from wording.numbers import counted, number, span
from wording.tongue import marked, say, say_counted

LONGEST_NAME = 100
CHOICE = 100  # characters that Discord shows of a name to pick
LONGEST_RANGE = 40
LARGEST_ROUND = 999_999
DEFAULT_ROUNDS = 20  # how many of the newest rounds are meant when nobody says
MOST_NAMES = 4  # in one answer
BETWEEN_NAMES = re.compile(r"\s*[,;\n]\s*")


async def find_name(source: Source, typed: str) -> str:
    """The model, account or EVERYONE that was typed, as the source spells it.

    Raises ValueError with the nearest names for anything else.
    """
    wanted = plain_name(typed)
    found = await source.find(wanted)
    if found is not None:
        return found
    names = await source.names()
    raise no_such_name(wanted, (EVERYONE, *names.accounts, *names.models), marked("in this data"))


def plain_name(typed: str) -> str:
    """A name as it was typed, without the spaces around it. Raises ValueError for none and for a long one."""
    wanted = typed.strip()
    if not wanted:
        raise ValueError("That name is empty. Start typing a model's name and pick one from the list.")
    if len(wanted) > LONGEST_NAME:
        sentence = say_counted(
            "That name has {count} character; names have at most {most}.",
            "That name has {count} characters; names have at most {most}.",
            len(wanted),
            most=LONGEST_NAME,
        )
        raise ValueError(sentence)
    return wanted


def names_typed(text: str) -> list[str]:
    """The names of "heron_1, heron_2". Raises ValueError for more than four."""
    return typed_parts(BETWEEN_NAMES, text, MOST_NAMES, "model or account", "models or accounts")


def typed_parts(between: re.Pattern[str], text: str, most: int, what: str, many: str = "") -> list[str]:
    """The parts of a text, each once; the text as it is where it has none. Raises ValueError for too many."""
    parts = list(dict.fromkeys(part for part in between.split(text.strip()) if part.strip()))
    if len(parts) > most:
        raise ValueError(f"That is {counted(len(parts), what, many)}; {most} at most fit in one answer.")
    return parts or [text]


def names_for_others(kinds: Mapping[str, str], own_name: str | None) -> dict[str, str]:
    """What others read in place of each name, like "model 2"; the member's own and everyone's stay.

    kinds: whether each name is a model or an account, in the order in which they are told.
    """
    return {
        name: name if name in (EVERYONE, own_name) else f"{kind} {number}"
        for number, (name, kind) in enumerate(kinds.items(), 1)
    }


def no_such_name(typed: str, names: Iterable[str], where: str) -> NearMissError:
    """The error that a name is not there, which offers up to three that are spelled nearly like it."""
    spelled = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(typed.strip().casefold(), spelled, n=3, cutoff=0.6)
    near = [spelled[name] for name in close]
    sentence = say(
        "There is no model or account called “{name}” {where}.", name=_shown(typed.strip()), where=say(where)
    )
    if near:
        *others, last = near
        either = say("{names} or {last}", names=", ".join(others), last=last) if others else last
        sentence += " " + say("Did you mean {names}?", names=either)
    return NearMissError(sentence, typed.strip(), near)


def suggest_names(
    names: Names, typed: str, stakes: Stakes | None = None, *, limit: int = 25
) -> list[tuple[str, str]]:
    """(shown, name) to offer while somebody types: what starts with the text, then what holds it.

    Among each the largest stake comes first, and those without one last; where stakes are not known, models
    come before accounts.
    """
    wanted = typed.strip().casefold()
    held: dict[str, float] = {}
    if stakes is not None:
        held = dict(zip(stakes.accounts, stakes.account_stake.tolist(), strict=True))
        held |= dict(zip(stakes.models, stakes.model_stake.tolist(), strict=True))
    everything = (EVERYONE, *names.models, *names.accounts)
    fitting = [name for name in everything if wanted in name.casefold()]

    def order(name: str) -> tuple[bool, bool, float]:
        return not name.casefold().startswith(wanted), name != EVERYONE, -held.get(name, 0.0)

    chosen = heapq.nsmallest(limit, fitting, key=order)
    return [(with_stake(name, held.get(name)) if stakes is not None else name, name) for name in chosen]


def with_stake(name: str, stake: float | None) -> str:
    """A name with its stake, in as many characters as a choice may have."""
    if name == EVERYONE:
        return name
    told = f" · {number(stake)} NMR" if stake is not None and stake > 0 else " · no stake"
    return f"{name[: CHOICE - len(told)]}{told}"


def find_rounds(
    typed: str, available: NDArray[np.int64], last_of: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """The rounds meant by "20", "311-325", "round 318" or "all", out of the sorted `available` ones.

    A plain number is always the last so many, whatever the rounds are called. They are counted in `last_of`
    where it is given: those of a model that stopped long ago.

    Raises ValueError with a sentence for anything else, for a range that runs backwards and for a range in
    which nothing is available.
    """
    meant = rounds_meant(typed)
    if meant is None:
        return available
    if isinstance(meant, int):
        return (available if last_of is None else last_of)[-meant:]
    first, last = meant
    chosen = available[(available >= first) & (available <= last)]
    if chosen.size == 0:
        raise ValueError(
            f"There is nothing in {span(first, last)}: the data has rounds {available[0]}-{available[-1]}."
        )
    return chosen


def rounds_meant(typed: str) -> tuple[int, int] | int | None:
    """The first and the last round that were typed, how many of the last were, or None for all of them.

    Raises ValueError with a sentence for anything else, and for a range that runs backwards.
    """
    if len(typed.strip()) > LONGEST_RANGE:
        raise ValueError(
            f"That range of rounds has {counted(len(typed.strip()), 'character')}. {_RANGE_EXAMPLES}"
        )
    text = tidy(typed).casefold()
    if text == "all":
        return None
    try:
        meant = _meant(text)
    except ValueError:
        unread = say("I can't read “{typed}” as a range of rounds.", typed=_shown(typed.strip()))
        raise ValueError(f"{unread} {say(_RANGE_EXAMPLES)}") from None
    if meant == 0:
        raise ValueError(f"{say('The last 0 rounds are no rounds.')} {say(_RANGE_EXAMPLES)}")
    if not isinstance(meant, int) and meant[0] > meant[1]:
        first, last = map(str, meant)
        raise ValueError(say("Rounds {a}-{b} run backwards. Did you mean {b}-{a}?", a=first, b=last))
    return meant


def _meant(text: str) -> int | tuple[int, int]:
    """How many of the last rounds, or the first and the last one."""
    ends = read_range(text.removeprefix("rounds "), whole=True)
    if ends is not None and ends[2] is None:
        return int(ends[0]), int(ends[1])
    for word in ("round ", "#"):
        if text.startswith(word):
            number = _count(text.removeprefix(word))
            return number, number
    return _count(text.removeprefix("the ").removeprefix("last "), unit="round")


def _count(text: str, unit: str = "") -> int:
    return int(read_number(text, low=0, high=LARGEST_ROUND, whole=True, unit=unit))


_RANGE_EXAMPLES = marked("Write it like 20 (the last 20), 311-325, round 318 or all.")


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
