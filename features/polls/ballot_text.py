"""Ballots as members type and read them: lines of numbers, a number, a choice in words."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from governance.looks import told_apart
from governance.text import clean, clean_line
from scoring import typed
from wording.numbers import listed

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
    """Scores or dots from lines `option: 3`, zeros too: who gives everybody 0 has voted.

    Raises ValueError with a sentence for an unknown option, one that comes twice, and what is no number.
    """
    known = {folded_option(option): option for option in options}
    found: dict[str, int] = {}
    for item in _items(text, known):
        name, value = _split(item)
        option = known.get(folded_option(name)) if name else None
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
    return found


def read_number(text: str, options: Sequence[str] = ()) -> str:
    """The number of a ballot, spelled in the one way in which it is counted and read back.

    options: the range of the poll, which decides between two readings where only one lies in it. Within -1
    and 1 the numbers are shares, and `5%` is 0.05; where they end at 100 it is 5. Raises ValueError with a
    sentence for what is no number, another percentage, and what can mean two numbers.
    """
    low, high = map(Decimal, options[:2]) if options else (None, None)
    share = low is not None and high is not None and -1 <= low <= high <= 1 and "%" in typed.tidy(text)
    if high == 100:
        text = typed.tidy(text).removesuffix("%")
    return _spelled(typed.read_number(text, "The number", low=low, high=high, share=share))


def read_range(lines: Sequence[str]) -> list[str]:
    """[lowest, highest, step] from “0 to 1 step 0.05” or “0% to 20%”, which are shares; [] for any number.

    Raises ValueError, with what would do, for what is no range and for steps that do not reach its end.
    """
    text = " ".join(lines).strip()
    if not text:
        return []
    found = typed.read_range(text)
    if found is None:
        raise ValueError(
            f"{typed.quote(text)} is no range; write it like “0 to 1 step 0.05”, or leave it empty."
        )
    low, high = found[:2]
    step = found[2] if found[2] is not None else Decimal("0.01" if "%" in typed.tidy(text) else 1)
    ends = [_spelled(number) for number in (low, high)]
    if low == high:
        raise ValueError(
            f"From {ends[0]} to {ends[1]} there is one answer only: write two ends, like “0 to 1”."
        )
    if low > high:
        raise ValueError(f"{typed.quote(text)} goes down: did you mean {ends[1]} to {ends[0]}?")
    if step <= 0:
        raise ValueError(f"A step must be above 0: write it like “{ends[0]} to {ends[1]} step 0.05”.")
    steps, rest = divmod(Fraction(high - low), Fraction(step))
    if rest and found[2] is None:
        finest = Decimal(1).scaleb(-max(map(_decimals, (low, high))))
        raise ValueError(
            f"Steps of 1 do not reach {ends[1]} from {ends[0]}: "
            f"write a step, like “{ends[0]} to {ends[1]} step {_spelled(finest)}”."
        )
    if rest:
        reached = [_spelled(low + several * step) for several in (int(steps), int(steps) + 1) if several]
        raise ValueError(
            f"Steps of {_spelled(step)} from {ends[0]} do not reach {ends[1]}: "
            f"take steps of {_spelled(_step_near(high - low, step))}, or end at {listed(reached, 'or')}."
        )
    return [*ends, _spelled(step)]


def _step_near(width: Decimal, step: Decimal) -> Decimal:
    """A step of few digits that divides a width evenly, as near as can be to another."""
    counts = max(1, round(width / step))
    tried = (
        width / several for away in range(counts + 10) for several in (counts + away, counts - away or 1)
    )
    most = max(_decimals(width), _decimals(step), 1) + 1
    return next((each for each in tried if each == round(each, most)), width)


def read_options(text: str) -> list[str]:
    """Options, one on each line. Raises ValueError for fewer than 2, more than 25, long ones, and twins."""
    options = [option for line in clean(text).split("\n") if (option := clean_line(line))]
    wrong: list[str] = []
    if not 2 <= len(options) <= 25:
        wrong.append(f"A poll has 2 to 25 options, one on each line; these are {len(options)}.")
    if too_long := next((option for option in options if len(option) > 80), None):
        wrong.append(f"An option has at most 80 characters; “{too_long[:40]}…” has {len(too_long)}.")
    wrong += told_apart(options)
    if not wrong and len({folded_option(option) for option in options}) < len(options):
        wrong.append("Two options are read as the same: nobody could vote for one of them.")
    if wrong:
        raise ValueError("\n".join(wrong))
    return options


def _items(text: str, known: Mapping[str, str]) -> list[str]:
    """The lines of a ballot; a line that names no option is a list with commas or semicolons."""
    lines = [line for line in typed.tidy(text).split("\n") if line]
    return [
        item
        for line in lines
        for item in ([line] if folded_option(_split(line)[0]) in known else typed.parts(line))
    ]


def _split(item: str) -> tuple[str, str]:
    mark = max(item.rfind(":"), item.rfind("="))
    return (item[:mark], item[mark + 1 :].strip()) if mark >= 0 else ("", item)


def _decimals(number: Decimal) -> int:
    return len(typed.spell(number).partition(".")[2])


def exact_text(number: Fraction) -> str:
    """A number without rounding: as a decimal where it has an end, else as a/b."""
    below, decimals = number.denominator, 0
    while below % 10 == 0 or below % 5 == 0 or below % 2 == 0:
        below //= 10 if below % 10 == 0 else 5 if below % 5 == 0 else 2
        decimals += 1
    if below > 1:
        return str(number)
    whole = number.numerator * 10**decimals // number.denominator
    return typed.spell_clearly(Decimal(f"{whole}E-{decimals}"))


def votes(total: Fraction) -> str:
    """Votes as people read them: 1,234, 2.5, and where shares of a ballot have no end, about 2.33."""
    if total.denominator in (1, 2, 4, 5, 10):
        return f"{float(total):,.12g}" if total.denominator > 1 else f"{int(total):,}"
    return f"about {float(total):,.2f}"


def _spelled(number: Decimal) -> str:
    written = typed.spell_clearly(number)
    if len(written.partition(".")[2]) > MOST_DECIMALS:
        raise ValueError(f"A number has at most {MOST_DECIMALS} decimals; {typed.quote(written)} has more.")
    return written


def folded_option(option: str) -> str:
    """What an option has in common with other spellings of it."""
    return typed.tidy(option).casefold()


def ranks_in(ballot: Iterable[str | Sequence[str]] | None) -> list[list[str]]:
    """The ranks of a ranked ballot, each a list of the options that are equal; none for an abstention."""
    return [[rank] if isinstance(rank, str) else list(rank) for rank in ballot or ()]


def ballot_of(ranks: Iterable[list[str]]) -> list[str | list[str]]:
    """The ballot that says these ranks: who is alone in one stands for it."""
    return [rank[0] if len(rank) == 1 else rank for rank in ranks]


def in_words(method: str, choice: Any) -> str:
    """A ballot as its voter reads it."""
    if choice in (None, "", [], {}):
        return "an abstention"
    if method == "gradient":
        return STEP_WORDS.get(str(choice), str(choice))
    if method in ("ranked_irv", "ranked_schulze"):
        return ", then ".join(listed(rank) + " equally" * (len(rank) > 1) for rank in ranks_in(choice))
    if isinstance(choice, Mapping):
        return ", ".join(f"{option} {number}" for option, number in cast("Mapping[Any, Any]", choice).items())
    return ", ".join(map(str, cast("list[Any]", choice))) if isinstance(choice, list) else str(choice)


def as_text(choice: Any) -> str:
    """A ballot as it is kept."""
    return json.dumps(choice, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
