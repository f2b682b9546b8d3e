"""Ballots as members type and read them: lines of numbers, a number, a choice in words."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from scoring import typed

MOST_DECIMALS = 18
STEP_WORDS = {
    "strong_for": "Whole-hearted support",
    "for": "Support with reservations",
    "neutral": "Neither for nor against",
    "against": "Serious disagreement",
    "strong_against": "Block",
}


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
    """Options, one on each line. Raises ValueError for fewer than 2, more than 25, long or equal ones."""
    options = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    wrong: list[str] = []
    if not 2 <= len(options) <= 25:
        wrong.append(f"A poll has 2 to 25 options, one on each line; these are {len(options)}.")
    if too_long := next((option for option in options if len(option) > 80), None):
        wrong.append(f"An option has at most 80 characters; “{too_long[:40]}…” has {len(too_long)}.")
    if len({_plain(option) for option in options}) < len(options):
        wrong.append("Two options are the same: nobody could tell them apart.")
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
        return ", then ".join(map(str, choice))
    if isinstance(choice, Mapping):
        return ", ".join(f"{option} {number}" for option, number in cast("Mapping[Any, Any]", choice).items())
    return ", ".join(map(str, cast("list[Any]", choice))) if isinstance(choice, list) else str(choice)


def as_text(choice: Any) -> str:
    """A ballot as it is kept."""
    return json.dumps(choice, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
