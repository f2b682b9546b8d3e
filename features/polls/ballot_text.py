"""Ballots as members type and read them: lines of numbers, a number, a choice in words."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

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
    known = {option.casefold(): option for option in options}
    found: dict[str, int] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, separator, value = line.rpartition(":")
        option = known.get(name.strip().casefold())
        if not separator or option is None:
            raise ValueError(
                f"“{line[:60]}” is not one of the options; keep the lines and change the numbers."
            )
        if option in found:
            raise ValueError(f"“{option[:60]}” is there twice.")
        if not re.fullmatch(r"[0-9]{1,4}", value.strip()):
            raise ValueError(f"“{value.strip()[:20]}” is not a whole number; write “{option[:40]}: 3”.")
        found[option] = int(value)
    return {option: number for option, number in found.items() if number}


def read_number(text: str) -> str:
    """A number as it is counted: “0,5” is refused, because it may mean two things."""
    value = text.strip().removesuffix("%").strip() if text.strip().endswith("%") else text.strip()
    if "," in value:
        raise ValueError(
            f"“{text.strip()[:20]}” could be two numbers: write 1.5 with a point, without commas."
        )
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", value):
        raise ValueError(f"“{text.strip()[:20]}” is not a number; write it like 0.05.")
    return value


def read_range(lines: Sequence[str]) -> list[str]:
    """[lowest, highest, step] from “0 to 1 step 0.05”; [] for any number."""
    text = " ".join(lines).strip()
    if not text:
        return []
    number = r"([+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?)"
    match = re.fullmatch(rf"{number}\s*(?:to|-|–|\.\.)\s*{number}\s*(?:,?\s*(?:step|by)\s*{number})?", text)
    if match is None:
        raise ValueError(f"“{text[:60]}” is no range; write it like “0 to 1 step 0.05”, or leave it empty.")
    return [match[1], match[2], match[3] or "1"]


def read_options(text: str) -> list[str]:
    """Options, one on each line. Raises ValueError for fewer than 2, more than 25, long or equal ones."""
    options = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not 2 <= len(options) <= 25:
        raise ValueError(f"A poll has 2 to 25 options, one on each line; these are {len(options)}.")
    if too_long := next((option for option in options if len(option) > 80), None):
        raise ValueError(f"An option has at most 80 characters; “{too_long[:40]}…” has {len(too_long)}.")
    if len({option.casefold() for option in options}) < len(options):
        raise ValueError("Two options are the same: nobody could tell them apart.")
    return options


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
