"""Numbers as people type them, on phones and keyboards of all countries: one reading, or none."""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, localcontext

LONGEST = 400  # characters of a number with its unit: the smallest float has 340
LARGEST = Decimal(10) ** 18


class NearMissError(ValueError):
    """Something typed that is nothing known, with what was perhaps meant.

    typed: the part of the text that is wrong; near: what could stand in its place, the nearest first.
    """

    def __init__(self, sentence: str, typed: str, near: Sequence[str]) -> None:
        super().__init__(sentence)
        self.typed, self.near = typed, tuple(near)


_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_COMMAS = dict.fromkeys(map(ord, "﹐，"), ",") | dict.fromkeys(map(ord, "、﹑､"), ", ")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000\t"), " ")
_QUOTES = dict.fromkeys(map(ord, "´‘’"), "'")
_OTHERS = dict.fromkeys(map(ord, "〜～"), "~") | dict.fromkeys(map(ord, "✕✖⨯∗"), "×")
_BEFORE = _SPACES | _COMMAS | _DASHES | {ord("´"): "'", ord("`"): " "}  # NFKC makes two signs of ´
_AFTER = _SPACES | _COMMAS | _DASHES | _QUOTES | _OTHERS | {ord("`"): " "}
_UNSEEN = {"Cc", "Cf", "Cs"}
_RAISED = ("<super>", "<sub>", "<fraction>")  # NFKC would make 52 of 5², and 11⁄2 of 1½
_AROUND = ("**", "__", "||", "““", "””", "“”", "„“", "«»", "「」", '""', "''")
_STOP = re.compile(r"(?<=[0-9])[。｡](?=[0-9])|^[。｡](?=[0-9])")  # what Japanese keyboards type for a point
_LONG_VOWEL = re.compile(r"(?<![^\W\d_])ー(?=[ .0-9])")  # and for a minus
_MARKUP = re.compile(r"[*~|`<>@#\[\]()\\]|//+|(?<![^\W_])_|_(?![^\W_])")
_DIGITS = r"[0-9]+(?:[ ,.'_][0-9]+)*|[.,][0-9]+"
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<digits>{_DIGITS})"
    r"(?:e(?P<exponent>[+-]?[0-9]{1,2})|\s?(?P<kilo>k))?\s*(?P<percent>%?)\s*(?P<unit>[a-z]*)",
    re.IGNORECASE,
)
# The same within a list, where only groups of three digits follow a space and no number begins with a comma.
NUMBER_IN_LIST = (
    r"(?:(?:[1-9][0-9]{0,2}(?:\ [0-9]{3})+(?![0-9])|[0-9]+)(?:[.,'_][0-9]+)*|\.[0-9]+)"
    r"(?:e[+-]?[0-9]{1,2}(?![a-wyz0-9_])|\ ?k(?:(?!\w)|(?=nmr)))?(?:\ ?%)?"
)
_END = rf"[+-]?{NUMBER_IN_LIST}"
_RANGE = re.compile(
    rf"(?:from |between )?(?P<low>{_END}) ?(?:to|-|~|\.\.+|until|through|and) ?(?P<high>{_END})"
    rf"(?:[,;]? ?\(?(?:in )?(?:steps?(?: of|:)?|by|every) ?(?P<step>{_END})\)?)?",
    re.IGNORECASE,
)


def tidy(text: str) -> str:
    """The text in one spelling: full-width signs as plain ones, one minus, one comma, nothing unseen.

    NFKC first, so that １ is 1 and ： is :, then every dash becomes -, every list comma a comma and every
    space a space; raised and lowered digits and fractions stay what they are. Back-ticks go, and quotes and
    stars around it: chats use them to show what was typed. Lines stay lines.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _unwrapped("\n".join(_tidy_line(line) for line in lines).strip())


def read_number(
    text: str,
    what: str = "That",
    *,
    low: float | Decimal | None = None,
    above: float | None = None,
    high: float | Decimal | None = None,
    share: bool = False,
    unit: str = "",
    whole: bool = False,
) -> Decimal:
    """The one number that a text can mean, exactly.

    A point or a comma may part the decimals, and points, commas, spaces and apostrophes thousands: `1,5`,
    `.05`, `1 234,5`, `1,234,567`, `72k`, `-0.05`, `０．０５`. `72.000` has two readings; where both lie
    between low (or above, which is no longer allowed itself) and high, it is refused with both. share: the
    number is a share, so `5%` is 0.05, and a plain number above 1 is refused, since it is likely a
    percentage; without it a percent sign is refused. unit: a word that may follow, such as `NMR`; in amounts
    of it `72,000` is 72000, as the bot prints them. whole: a count, which has no decimals, so that `1,000`
    and `1.000` are 1000. Raises ValueError with a sentence that begins with `what` or quotes the text.
    """
    shown = quote(text)
    found = _NUMBER.fullmatch(tidy(text[: LONGEST + 1]))
    example = "8" if whole else "0.05 or 5%" if share else "1.5"
    example = f"{example} {unit}s" if whole and unit else f"5000 {unit}" if unit else example
    if len(text) > LONGEST:
        raise ValueError(f"{shown} has too many digits: write it like {example}.")
    if found is None or (found["unit"] and found["unit"].casefold() not in _names(unit)):
        raise ValueError(f"{shown} is not a number: write it like {example}.")
    readings = _readings(found["digits"], whole=whole)
    if not readings:
        raise ValueError(f"{shown} is not one number: write it like {example}.")
    if found["percent"] and (unit or whole):
        raise ValueError(f"{shown} is a percentage, and none is asked for: write it like {example}.")
    exponent = int(found["exponent"] or (3 if found["kilo"] else 0))
    with localcontext(prec=LONGEST):  # exactly, whatever the length
        signed = [value.scaleb(exponent) * (-1 if found["sign"] == "-" else 1) for value in readings]
        percents = [value.scaleb(-2) for value in signed]
    if found["percent"] and not share and signed[0]:  # 0 % is 0 in either reading
        meant = [value for value in (signed[0], percents[0]) if _fits(value, low, above, high)]
        if len(meant) == 1:
            raise ValueError(
                f"{shown} is a percentage, and none is asked for: did you mean {spell_clearly(meant[0])}?"
            )
        raise _two_readings(shown, [signed[0], percents[0]], unit)
    values = percents if found["percent"] else signed
    fitting = list(dict.fromkeys(value for value in values if _fits(value, low, above, high)))
    if len(fitting) > 1 and unit and "," in found["digits"]:
        fitting = fitting[1:]
    if len(fitting) > 1:
        raise _two_readings(shown, fitting, unit)
    likely = [value for value in values if share and not found["percent"] and abs(value) > 1]
    if likely and _fits(likely[0] / 100, low, above, high):
        value = likely[0]
        one, other = spell(value), spell(value.scaleb(2))
        meant = f"write {one}% or {other}%." if fitting else f"did you mean {one}%?"
        raise ValueError(f"{shown} would be {other} %: {meant}")
    if not fitting:
        raise ValueError(
            f"{shown}: {_lower(what)} must be {_between(low, above, high)}{f' {unit}' * bool(unit)}."
        )
    if whole and fitting[0] % 1:
        raise ValueError(f"{shown} is not a whole number: write it like {example}.")
    return fitting[0]


def is_number(text: str, unit: str = "") -> bool:
    """Whether a text is nothing but a number, of the unit perhaps, whatever it can mean."""
    found = _NUMBER.fullmatch(tidy(text[: LONGEST + 1]))
    return found is not None and (not found["unit"] or found["unit"].casefold() in _names(unit))


def read_range(text: str, *, whole: bool = False) -> tuple[Decimal, Decimal, Decimal | None] | None:
    """The ends of `0 to 1 step 0.05`, `311-325` or `-1..1` and its step; None where a text is no range.

    Where one of them is a percentage, all are: `0 to 20%` ends at 0.2. Raises ValueError as read_number does
    for an end that has two readings.
    """
    found = _RANGE.fullmatch(" ".join(tidy(text[: LONGEST + 1]).split()))
    if found is None:
        return None
    share = "%" in found[0] and not whole
    signed = {
        end: f"{number.rstrip('%')}%" if share else number for end, number in found.groupdict("").items()
    }
    low, high, step = (
        read_number(signed[end], whole=whole, share=share) if found[end] else None
        for end in ("low", "high", "step")
    )
    return None if low is None or high is None else (low, high, step)


def spell(value: Decimal) -> str:
    """The shortest decimal that is the same number, without an exponent."""
    written = f"{value:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written in ("-0", "") else written


def spell_clearly(value: Decimal) -> str:
    """The shortest decimal that can only be read as this number: 1.2340, since 1.234 might be thousands."""
    written = spell(value)
    whole, _, decimals = written.lstrip("-").partition(".")
    return f"{written}0" if len(decimals) == 3 and len(whole) <= 3 and whole != "0" else written


def quote(text: str, otherwise: str = "That") -> str:
    """At most 30 characters of what was typed, safe in a message: no markup, no mention, no link.

    otherwise: what stands there where nothing of the text can be shown.
    """
    shown = _MARKUP.sub("", "".join(sign for sign in text if sign.isprintable())).strip()
    return f"“{shown[:29] + '…' if len(shown) > 30 else shown}”" if shown else otherwise


def parts(text: str) -> list[str]:
    """The items of a list in a tidied text: lines, and what semicolons and commas part.

    A comma between two digits is one of a number: `1,5` is one item, and `1, 5` and `A: 1,B: 5` are two.
    """
    return [part.strip() for part in re.split(r"[;\n]|,(?![0-9])|(?<![0-9]),", text) if part.strip()]


def _tidy_line(line: str) -> str:
    plain = _composed(_STOP.sub(".", line.translate(_BEFORE))).translate(_AFTER)
    plain = "".join(sign for sign in plain if unicodedata.category(sign) not in _UNSEEN)
    return _LONG_VOWEL.sub("-", _STOP.sub(".", " ".join(plain.split())))


def _composed(line: str) -> str:
    kinds = itertools.groupby(line, lambda sign: unicodedata.decomposition(sign).startswith(_RAISED))
    return "".join(
        "".join(signs) if raised else unicodedata.normalize("NFKC", "".join(signs)) for raised, signs in kinds
    )


def _unwrapped(text: str) -> str:
    before = ""
    while text != before:
        before, text = text, text.strip()
        if len(text) > 1 and text[0] + text[-1] in _AROUND:
            text = text[1:-1]
    return text


def _readings(digits: str, *, whole: bool) -> list[Decimal]:
    """What digits with their signs in between can mean: no number, one, or two, thousands last."""
    marks = re.sub("[0-9]", "", digits)
    groups = re.split("[^0-9]", digits)
    in_thousands = 1 <= len(groups[0]) <= 3 and groups[0][0] != "0" if groups[0] else False
    if not marks:
        return [Decimal(digits)]
    if whole and " " in marks:  # 318 325 may be two counts
        return []
    if len(marks) == 1 and marks in ",.":
        readings = [Decimal(f"{groups[0] or '0'}.{groups[1]}")]
        if in_thousands and len(groups[1]) == 3:
            readings.append(Decimal("".join(groups)))
        return readings[-1:] if whole else readings
    parted = len(set(marks)) == 2 and marks[-1] in ",." and marks[-1] not in marks[:-1]
    groups_of_three = groups[:-1] if parted else groups
    alike = len(set(marks[: len(groups_of_three) - 1])) <= 1
    if not in_thousands or not alike or any(len(group) != 3 for group in groups_of_three[1:]):
        return []
    return [Decimal("".join(groups_of_three) + (f".{groups[-1]}" if parted else ""))]


def _two_readings(shown: str, values: Sequence[Decimal], unit: str) -> ValueError:
    words = [f"{spell_clearly(value)} {unit}".strip() for value in values]
    return ValueError(f"{shown} can mean {words[0]} or {words[1]}: write one of these.")


def _fits(
    value: Decimal, low: float | Decimal | None, above: float | None, high: float | Decimal | None
) -> bool:
    least = Decimal(str(low)) if low is not None else -LARGEST
    most = Decimal(str(high)) if high is not None else LARGEST
    return least <= value <= most and (above is None or value > Decimal(str(above)))


def _between(low: float | Decimal | None, above: float | None, high: float | Decimal | None) -> str:
    ends = [_with_commas(end) if end is not None else "" for end in (low, high)]
    if above is not None:
        return f"above {spell(Decimal(str(above)))}" + (f" and at most {ends[1]}" if ends[1] else "")
    if all(ends):
        return f"from {ends[0]} to {ends[1]}"
    return f"at least {ends[0]}" if ends[0] else f"at most {ends[1] or _with_commas(LARGEST)}"


def _with_commas(value: float | Decimal) -> str:
    return f"{Decimal(spell(Decimal(str(value)))):,f}"


def _names(unit: str) -> tuple[str, ...]:
    return (unit.casefold(), f"{unit.casefold()}s") if unit else ()


def _lower(what: str) -> str:
    return what[:1].lower() + what[1:]
