"""Ballots as members type and read them: a ranking, lines of numbers, a number, a choice in words."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from governance.looks import told_apart
from governance.text import clean, clean_line
from scoring import typed
from wording.numbers import listed

Ranking = list[str | list[str]]  # best first, with a list for options ranked equally
Group = tuple[list[str], int | None]  # options that stand together; their place: None without, 0 left out

MOST_DECIMALS = 18
STEP_WORDS = {
    "strong_for": "Whole-hearted support",
    "for": "Support with reservations",
    "neutral": "Neither for nor against",
    "against": "Serious disagreement",
    "strong_against": "Block",
}


_BETWEEN = re.compile(r"([>＞→≻]+|[=＝]+|[,，、;；\n]+)")
_PLACED = (  # a name and its place, as people write them
    re.compile(r"(?P<name>.+?) ?: ?(?P<place>[0-9]{0,2})"),
    re.compile(r"#?(?P<place>[0-9]{1,2})(?:st|nd|rd|th)?(?: ?[.)] ?| )(?P<name>.+)"),
    re.compile(r"(?P<name>.+) (?P<place>[0-9]{1,2})"),
)
_BULLET = re.compile(r"^[-•·*] ")


def ranking_template(options: Sequence[str], ballot: Sequence[str | Sequence[str]] | None) -> str:
    """The lines that a form starts with: an option and its place on each, no place where it is not ranked."""
    ranks = [[rank] if isinstance(rank, str) else rank for rank in ballot or ()]
    places = {option: place for place, rank in enumerate(ranks, 1) for option in rank}
    return "\n".join(f"{option}: {places.get(option, '')}".rstrip() for option in options)


def read_ranking(text: str, options: Sequence[str]) -> Ranking:
    """A ranked ballot, best first, from lines such as `A: 1`, `1. A` or `A`, or from `A > B = C > D`.

    Where options have places, these decide: 1, 2, 2, 3 and 1, 2, 2, 4 say the same. Without, the order in
    which they stand does, and = makes two equal. Raises ValueError with a sentence for an unknown option
    (NearMissError with what is spelled nearly like it), one that comes twice, places with a gap between them,
    and options with a place beside others without.
    """
    groups = _groups(text, options)
    order = {option: at for at, option in enumerate(options)}
    if any(place for _, place in groups):
        ranks = _in_places(groups)
    else:
        ranks = [group for group, place in groups if place is None]
    return [rank[0] if len(rank) == 1 else sorted(rank, key=order.__getitem__) for rank in ranks]


def _groups(text: str, options: Sequence[str]) -> list[Group]:
    """What stands together, in the order of the text."""
    known = {_plain(option): option for option in options}
    most = 2 * max((len(_BETWEEN.findall(option)) for option in options), default=0) + 1  # pieces of a name
    groups: list[Group] = []
    pieces = _BETWEEN.split(text)
    at, marks = 0, ""
    while at < len(pieces):
        if at % 2 or not typed.tidy(pieces[at]):
            marks += pieces[at] if at % 2 else ""
            at += 1
            continue
        equal, after = ("=" in marks or "＝" in marks), not set(marks).isdisjoint(">＞→≻")
        if equal and after:
            raise ValueError("Between two options stands either > or =, not both.")
        ends = range(min(at + most, len(pieces)), at, -1)
        read = ((end, _named("".join(pieces[at:end]), known)) for end in ends)
        end, found = next(((end, named) for end, named in read if named), (at + 1, None))
        number = typed.tidy(pieces[at])
        together: Group = groups.pop() if equal and groups else ([], None)
        if found:
            option, place = found
            if option in together[0] or any(option in group for group, _ in groups):
                raise ValueError(f"“{option[:60]}” is there twice.")
        elif together[0] and re.fullmatch("[0-9]{1,2}", number):
            option, place = "", int(number)  # “A = 1”
        else:
            raise _unknown(pieces[at], known)
        if place is not None and together[1] not in (None, place):
            raise ValueError(f"“{together[0][0][:60]}” has two places: give it one.")
        together = (
            [*together[0], option] if option else together[0],
            together[1] if place is None else place,
        )
        groups.append(together)
        at, marks = end, ""
    return groups


def _named(piece: str, known: Mapping[str, str]) -> tuple[str, int | None] | None:
    """The option of a piece of a ranking with its place: None without one, 0 where it is left empty."""
    tidied = _BULLET.sub("", typed.tidy(piece))
    if tidied.casefold() in known:
        return known[tidied.casefold()], None
    for pattern in _PLACED:
        found = pattern.fullmatch(tidied)
        if found and _plain(found["name"]) in known:
            return known[_plain(found["name"])], int(found["place"] or 0)
    return None


def _unknown(piece: str, known: Mapping[str, str]) -> typed.NearMissError:
    whole = _BULLET.sub("", typed.tidy(piece))
    names = [whole, *(found["name"] for pattern in _PLACED if (found := pattern.fullmatch(whole)))]

    def likeness(name: str) -> float:
        return max(difflib.SequenceMatcher(None, _plain(name), option).ratio() for option in known)

    name = max(names, key=likeness)
    near = [known[each] for each in difflib.get_close_matches(_plain(name), known, n=3)]
    offer = f" Did you mean {listed([f'“{option[:60]}”' for option in near], 'or')}?" if near else ""
    wrong = name if name in piece else piece.strip()
    return typed.NearMissError(f"{typed.quote(name)} is not one of the options.{offer}", wrong, near)


def _in_places(groups: Sequence[Group]) -> list[list[str]]:
    """The groups by their places, those with the same place as one."""
    ranks: dict[int, list[str]] = {}
    for group, place in groups:
        if place is None:
            raise ValueError(
                f"“{group[0][:60]}” has no place and others have one: "
                "give each option that you rank a place, or none of them."
            )
        if place:
            ranks.setdefault(place, []).extend(group)
    last, ranked = 0, 0
    for place in sorted(ranks):
        if place not in (last + 1, ranked + 1):
            raise ValueError(
                f"“{ranks[place][0][:60]}” has place {place} and nothing has place {last + 1}: leave no gap, "
                "and give options that you like equally the same place."
            )
        last, ranked = place, ranked + len(ranks[place])
    return [ranks[place] for place in sorted(ranks)]


def numbers_template(options: Sequence[str], ballot: Mapping[str, int] | None) -> str:
    """The lines that a form starts with: one option and its number on each."""
    return "\n".join(f"{option}: {(ballot or {}).get(option, 0)}" for option in options)


def read_numbers(text: str, options: Sequence[str]) -> dict[str, int]:
    """Scores or dots from lines `option: 3`; an option that is not there gets none.

    Raises ValueError with a sentence for an unknown option, one that comes twice, and what is no number.
    """
    known = {_plain(option): option for option in options}
    found: dict[str, int] = {}
    for item in _items(text, known):
        name, value = _split(item)
        option = known.get(_plain(name)) if name else None
        if option is None:
            raise ValueError(
                f"{typed.quote(item)} is not one of the options; keep the lines and change the numbers."
            )
        if option in found:
            raise ValueError(f"“{option[:60]}” is there twice.")
        try:
            found[option] = int(typed.read_number(value, low=0, high=9999, whole=True))
        except ValueError:
            raise ValueError(f"“{value[:20]}” is not a whole number; write “{option[:40]}: 3”.") from None
    return {option: number for option, number in found.items() if number}


def read_number(text: str, options: Sequence[str] = ()) -> str:
    """The number of a ballot, spelled in the one way in which it is counted and read back.

    options: the range of the poll, which decides between two readings where only one lies in it. Raises
    ValueError with a sentence for what is no number, a percentage, and what can mean two numbers.
    """
    low, high = map(Decimal, options[:2]) if options else (None, None)
    return _spelled(typed.read_number(text, "The number", low=low, high=high))


def read_range(lines: Sequence[str]) -> list[str]:
    """[lowest, highest, step] from “0 to 1 step 0.05”; [] for any number."""
    text = " ".join(lines).strip()
    if not text:
        return []
    found = typed.read_range(text)
    if found is None:
        raise ValueError(
            f"{typed.quote(text)} is no range; write it like “0 to 1 step 0.05”, or leave it empty."
        )
    low, high, step = found
    return [_spelled(number) for number in (low, high, Decimal(1) if step is None else step)]


def read_options(text: str) -> list[str]:
    """Options, one on each line. Raises ValueError for fewer than 2, more than 25, long ones, and twins."""
    options = [option for line in clean(text).split("\n") if (option := clean_line(line))]
    wrong: list[str] = []
    if not 2 <= len(options) <= 25:
        wrong.append(f"A poll has 2 to 25 options, one on each line; these are {len(options)}.")
    if too_long := next((option for option in options if len(option) > 80), None):
        wrong.append(f"An option has at most 80 characters; “{too_long[:40]}…” has {len(too_long)}.")
    wrong += told_apart(options)
    if not wrong and len({_plain(option) for option in options}) < len(options):
        wrong.append("Two options are read as the same: nobody could vote for one of them.")
    if wrong:
        raise ValueError("\n".join(wrong))
    return options


def _items(text: str, known: Mapping[str, str]) -> list[str]:
    """The lines of a ballot; a line that names no option is a list with commas or semicolons."""
    lines = [line for line in typed.tidy(text).split("\n") if line]
    return [
        item for line in lines for item in ([line] if _plain(_split(line)[0]) in known else typed.parts(line))
    ]


def _split(item: str) -> tuple[str, str]:
    mark = max(item.rfind(":"), item.rfind("="))
    return (item[:mark], item[mark + 1 :].strip()) if mark >= 0 else ("", item)


def _spelled(number: Decimal) -> str:
    written = typed.spell_clearly(number)
    if len(written.partition(".")[2]) > MOST_DECIMALS:
        raise ValueError(f"A number has at most {MOST_DECIMALS} decimals; {typed.quote(written)} has more.")
    return written


def _plain(option: str) -> str:
    return typed.tidy(option).casefold()


def in_words(method: str, choice: Any) -> str:
    """A ballot as its voter reads it."""
    if choice in (None, "", [], {}):
        return "an abstention"
    if method == "gradient":
        return STEP_WORDS.get(str(choice), str(choice))
    if method in ("ranked_irv", "ranked_schulze"):
        ranks = [[rank] if isinstance(rank, str) else rank for rank in choice]
        return ", then ".join(listed(rank) + " equally" * (len(rank) > 1) for rank in ranks)
    if isinstance(choice, Mapping):
        return ", ".join(f"{option} {number}" for option, number in cast("Mapping[Any, Any]", choice).items())
    return ", ".join(map(str, cast("list[Any]", choice))) if isinstance(choice, list) else str(choice)


def as_text(choice: Any) -> str:
    """A ballot as it is kept."""
    return json.dumps(choice, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
