"""Lists of names with their numbers: `1xCORR + 3xTC`, `1C3T`, `corr: 0.5 mmc: 2`, `0.02 corr, tc 5%`."""

import itertools
import re
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scoring.typed import NUMBER_IN_LIST, quote

_JOINTS = {"+", ",", ";", "&", "and", "plus"}
# A single c, t or m ends before a digit, so that 1C3T reads as two scores; other words keep their digits,
# but for those after an x: CORRx2.
_REST = (
    r"(?:\s*(?P<times>[x×*·]))?"
    r"|(?P<by>[:=x×*·])(?=\s*[-+.0-9])"
    r"|(?P<name>[ctm](?![^\W\d])|[^\W\d]\w*?(?=x[.0-9])|[^\W\d]\w*)"
    r"|(?P<sign>\S)"
)
_TOKEN = re.compile(rf"(?P<number>{NUMBER_IN_LIST}){_REST}", re.IGNORECASE)
_SIGNED = re.compile(rf"(?P<number>[+-]?{NUMBER_IN_LIST}){_REST}", re.IGNORECASE)

Token = re.Match[str]


@dataclass(frozen=True)
class Pair:
    """A name and the text of its number, "" where it has none; a setting's may be "none"."""

    name: str
    number: str


def read_pairs(text: str, *, settings: Collection[str] = (), signed: bool = False) -> list[Pair]:
    """The names in a tidied text, each with its number: before it or after it, with x, : or = or nothing.

    Commas, semicolons, + and "and" part the pairs, and nothing needs to. settings: names that always have
    their number, or "none", after them. signed: whether a number may be negative. Raises ValueError with a
    sentence for a number that belongs to no name, and for one that may belong to either of two, with both
    readings. A sign that is part of no list comes as a name, with what it is attached to.
    """
    tokens = deque((_SIGNED if signed else _TOKEN).finditer(text))
    pairs: list[Pair] = []
    run: list[Token] = []
    while tokens:
        token = tokens.popleft()
        word = token[0].lower()
        if word in settings:
            pairs += _bound(run, signed=signed)
            run = []
            pairs.append(_setting(token, tokens))
        elif word in _JOINTS:
            if word in ",;" and not tokens and (pairs or run):
                break
            after = tokens[0][0].lower() if tokens else ","
            if not (pairs or run) or (after in _JOINTS and not (word in ",;" and after in ("and", "&"))):
                raise ValueError(f"{shown(token)} joins two scores, and one of them is missing.")
            pairs += _bound(run, signed=signed)
            run = []
            if after in _JOINTS:
                tokens.popleft()
        else:
            run.append(token)
    return pairs + _bound(run, signed=signed)


def shown(token: Token) -> str:
    """A token in quotes; a sign alone says little, so with what it is attached to."""
    return quote(_attached(token) if token["sign"] else token[0])


def _attached(token: Token) -> str:
    return token.string[token.start() :].split(maxsplit=1)[0]


def _bound(run: Sequence[Token], *, signed: bool) -> list[Pair]:
    """The pairs of a run without joints: every number taken by the name at its left, or at its right."""
    for here, after in itertools.pairwise([*run, None]):
        if here is not None and here[0] == "-":
            raise _minus(here, after, signed=signed)
    if signs := [token for token in run if token["sign"]]:
        return [Pair(_attached(signs[0]), "")]
    items = [token for token in run if not token["by"]]
    marked = {id(after) for mark, after in itertools.pairwise(run) if mark["by"]}
    if any(token["by"] and (not place or not run[place - 1]["name"]) for place, token in enumerate(run)):
        raise ValueError(f"{quote(_whole(run))} is no list of scores with their numbers.")
    sides = {
        place: _sides(items, place, marked=id(token) in marked)
        for place, token in enumerate(items)
        if token["number"]
    }
    leftmost, rightmost = _assigned(sides), _assigned(sides, from_right=True)
    for place, name in leftmost.items():
        if rightmost[place] != name:
            number = items[place]["number"]
            one, other = (quote(f"{items[at][0]}: {number}") for at in (place - 1, place + 1))
            raise ValueError(
                f"{quote(_whole(items[place - 1 : place + 2]))} can mean {one} or {other}: "
                "write it like that, and commas in between."
            )
    number_of = {name: items[place]["number"] for place, name in leftmost.items()}
    return [
        Pair(token[0], number_of.get(place, "")) for place, token in enumerate(items) if not token["number"]
    ]


def _minus(minus: Token, after: Token | None, *, signed: bool) -> ValueError:
    if not signed:
        return ValueError(f"{shown(minus)} is negative, and a multiplier is 0 or more.")
    if after is None or not after["number"]:
        return ValueError(f"{shown(minus)} stands before no number.")
    number = after["number"]
    return ValueError(
        f"“- {number}” can mean -{number}, or {number} after a dash: write one of the two without the space."
    )


def _sides(items: Sequence[Token], place: int, *, marked: bool) -> list[int]:
    """Where the names stand that a number can belong to."""
    token = items[place]
    if place + 1 < len(items) and items[place + 1]["number"]:
        raise ValueError(
            f"{shown(items[place + 1])} is the second number in a row: each number needs its score."
        )
    left = [place - 1] if place else []
    right = [place + 1] if place + 1 < len(items) else []
    if marked and not token["times"]:
        right = []
    elif token["times"]:
        left = []
    elif left and right:
        touches = (items[place - 1].end() == token.start(), token.end() == items[place + 1].start())
        left, right = (left, []) if touches == (True, False) else (left, right)
        left, right = ([], right) if touches == (False, True) else (left, right)
    if not left + right:
        raise ValueError(f"{shown(token)} has no score after it.")
    return left + right


def _assigned(sides: dict[int, list[int]], *, from_right: bool = False) -> dict[int, int]:
    """number -> its name, each the leftmost (or rightmost) that is still free."""
    taken: dict[int, int] = {}
    for number in sorted(sides, reverse=from_right):
        free = [name for name in sides[number] if name not in taken.values()]
        if not free:
            raise ValueError("Two numbers belong to one score: each score has one number.")
        taken[number] = free[-1 if from_right else 0]
    return taken


def _setting(name: Token, tokens: deque[Token]) -> Pair:
    while tokens and (tokens[0]["by"] or tokens[0][0] in (":", "=", "±")):
        tokens.popleft()
    if not tokens:
        raise ValueError(f"{shown(name)} needs a number after it.")
    token = tokens.popleft()
    number, minus = token[0], token[0] == "-"
    if minus and tokens:
        token = tokens.popleft()
        number = f"-{token[0]}"
    if token["number"] and not token["times"]:
        unit = bool(tokens) and tokens[0][0].lower() == "nmr"
        return Pair(name[0].lower(), number + (f" {tokens.popleft()[0]}" if unit else ""))
    if not token["number"] and number.lower() != "none":
        raise ValueError(f"{shown(name)} needs a number after it, not {shown(token)}.")
    return Pair(name[0].lower(), number)


def _whole(run: Sequence[Token]) -> str:
    return run[0].string[run[0].start() : run[-1].end()]
