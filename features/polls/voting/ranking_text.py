"""Rankings as members type them: lines with places, or A > B = C."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence

from features.polls.ballot_text import ballot_of, folded_option, ranks_in
from scoring import typed
from wording.numbers import listed

Ranking = list[str | list[str]]  # best first, with a list for options ranked equally
Group = tuple[list[str], int | None]  # options that stand together; their place: None without, 0 left out

_BETWEEN = re.compile(r"([>＞→≻]+|[=＝]+|[,，、;；\n]+)")
_PLACED = (  # a name and its place, as people write them
    re.compile(r"(?P<name>.+?) ?: ?(?P<place>\w{0,2})"),
    re.compile(r"#?(?P<place>\w{1,2})(?:st|nd|rd|th)?(?: ?[.)] ?| )(?P<name>.+)"),
    re.compile(r"(?P<name>.+) (?P<place>\w{1,2})"),
)
_BULLET = re.compile(r"^[-•·*] ")


def ranking_template(options: Sequence[str], ballot: Sequence[str | Sequence[str]] | None) -> str:
    """The lines that a form starts with: an option and its place on each, no place where it is not ranked."""
    places = {option: place for place, rank in enumerate(ranks_in(ballot), 1) for option in rank}
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
    return ballot_of(sorted(rank, key=order.__getitem__) for rank in ranks)


def _groups(text: str, options: Sequence[str]) -> list[Group]:
    """What stands together, in the order of the text."""
    known = {folded_option(option): option for option in options}
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
        elif together[0] and typed.is_number(number):
            option, place = (
                "",
                int(typed.read_number(number, "A place", low=0, high=99, whole=True)),
            )  # “A = 1”
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
    return next(
        (
            (known[folded_option(name)], place)
            for name, place in _placings(tidied)
            if folded_option(name) in known
        ),
        None,
    )


def _placings(tidied: str) -> Iterator[tuple[str, int]]:
    """What a piece names with which place, in each way of reading it; 0 for a place that is left empty."""
    for pattern in _PLACED:
        found = pattern.fullmatch(tidied)
        if found and not found["place"]:
            yield found["name"], 0
        elif found and typed.is_number(found["place"]):
            yield found["name"], int(typed.read_number(found["place"], low=0, whole=True))


def _unknown(piece: str, known: Mapping[str, str]) -> typed.NearMissError:
    whole = _BULLET.sub("", typed.tidy(piece))
    names = [whole, *(name for name, _ in _placings(whole))]

    def likeness(name: str) -> float:
        return max(difflib.SequenceMatcher(None, folded_option(name), option).ratio() for option in known)

    name = max(names, key=likeness)
    near = [known[each] for each in difflib.get_close_matches(folded_option(name), known, n=3)]
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
