"""Numbers as people type them, on phones and keyboards of all countries: one reading, or none."""

import re
import unicodedata
from decimal import Decimal

LONGEST = 60  # characters of a number with its unit
LARGEST = Decimal(10) ** 18

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_COMMAS = dict.fromkeys(map(ord, "、﹐﹑，､"), ",")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000\t"), " ")
_TILDES = dict.fromkeys(map(ord, "〜～"), "~")
_QUOTES = dict.fromkeys(map(ord, "`´‘’"), "'")
_UNSEEN = {"Cc", "Cf", "Cs"}
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<digits>[0-9]+(?:[ ,.'_][0-9]+)*|[.,][0-9]+)"
    r"(?:e(?P<exponent>[+-]?[0-9]{1,2})|\s?(?P<kilo>k))?\s*(?P<percent>%?)\s*(?P<unit>[a-z]*)",
    re.IGNORECASE,
)


def tidy(text: str) -> str:
    """The text in one spelling: full-width signs as plain ones, one minus, one comma, nothing unseen.

    NFKC first, so that １ is 1 and ： is :, then every dash becomes -, every list comma a comma and every
    space a space. Back-ticks around it go: chats use them to show what was typed. Lines stay lines.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_tidy_line(line) for line in lines).strip()


def read_number(
    text: str,
    what: str = "That",
    *,
    low: float | Decimal | None = None,
    high: float | Decimal | None = None,
    share: bool = False,
    unit: str = "",
) -> Decimal:
    """The one number that a text can mean, exactly.

    A point or a comma may part the decimals, and points, commas, spaces and apostrophes thousands: `1,5`,
    `.05`, `1 234,5`, `1,234,567`, `72k`, `-0.05`, `０．０５`. `72,000` has two readings; where both lie
    between low and high (each allowed), it is refused with both. share: the number is a share, so `5%` is
    0.05, and a plain number above 1 is refused, since it is likely a percentage; without it a percent sign is
    refused. unit: a word that may follow, such as `NMR`. Raises ValueError with a sentence that begins with
    `what` or quotes the text.
    """
    shown = _shown(text)
    found = _NUMBER.fullmatch(tidy(text)) if len(text) <= LONGEST else None
    if found is None or (found["unit"] and found["unit"].casefold() != unit.casefold()):
        raise ValueError(f"{shown} is not a number: write it like {_example(share, unit)}.")
    if found["percent"] and not share:
        raise ValueError(f"{shown}: no percentage is asked for here; write a plain number.")
    readings = _readings(found["digits"])
    if not readings:
        raise ValueError(f"{shown} is not one number: write it like {_example(share, unit)}.")
    scale = Decimal(10) ** int(found["exponent"] or (3 if found["kilo"] else 0))
    factor = scale * (-1 if found["sign"] == "-" else 1) / (100 if found["percent"] else 1)
    values = [value * factor for value in readings]
    least = Decimal(str(low)) if low is not None else -LARGEST
    most = Decimal(str(high)) if high is not None else LARGEST
    fitting = list(dict.fromkeys(value for value in values if least <= value <= most))
    if len(fitting) > 1:
        one, other = sorted((spell(value) for value in fitting), key=len)
        raise ValueError(f"{shown} can mean {one} or {other}: write one of these.")
    if not fitting:
        raise ValueError(f"{shown}: {_lower(what)} must be {_between(low, high)}.")
    [value] = fitting
    if share and value > 1 and not found["percent"]:
        raise ValueError(
            f"{shown} would be {spell(value * 100)} %: write {spell(value)}% or {spell(value * 100)}%."
        )
    return value


def spell(value: Decimal) -> str:
    """The shortest decimal that reads back as the same number, without an exponent."""
    written = f"{value:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written in ("-0", "") else written


def _tidy_line(line: str) -> str:
    plain = unicodedata.normalize("NFKC", line.translate(_SPACES).translate(_COMMAS).translate(_DASHES))
    plain = plain.translate(_DASHES).translate(_COMMAS).translate(_SPACES)
    plain = "".join(sign for sign in plain if unicodedata.category(sign) not in _UNSEEN)
    return " ".join(plain.split()).strip("`").translate(_QUOTES).translate(_TILDES).strip()


def _readings(digits: str) -> list[Decimal]:
    """What digits with their signs in between can mean: no number, one, or two."""
    marks = re.sub("[0-9]", "", digits)
    groups = re.split("[^0-9]", digits)
    in_thousands = 1 <= len(groups[0]) <= 3 and groups[0][0] != "0" if groups[0] else False
    if not marks:
        return [Decimal(digits)]
    if len(marks) == 1 and marks in ",.":
        readings = [Decimal(f"{groups[0] or '0'}.{groups[1]}")]
        if in_thousands and len(groups[1]) == 3:
            readings.append(Decimal("".join(groups)))
        return readings
    parted = len(set(marks)) == 2 and marks[-1] in ",." and marks[-1] not in marks[:-1]
    whole = groups[:-1] if parted else groups
    if not in_thousands or len(set(marks[: len(whole) - 1])) > 1 or any(len(g) != 3 for g in whole[1:]):
        return []
    return [Decimal("".join(whole) + (f".{groups[-1]}" if parted else ""))]


def _between(low: float | Decimal | None, high: float | Decimal | None) -> str:
    ends = [spell(Decimal(str(end))) if end is not None else "" for end in (low, high)]
    if all(ends):
        return f"from {ends[0]} to {ends[1]}"
    if ends[0]:
        return f"at least {ends[0]}"
    return f"at most {ends[1] or spell(LARGEST)}"


def _example(share: bool, unit: str) -> str:
    return "0.05 or 5%" if share else f"1.5{' ' + unit if unit else ''}"


def _lower(what: str) -> str:
    return what[:1].lower() + what[1:]


def _shown(text: str) -> str:
    safe = "".join(sign for sign in text.strip() if sign.isprintable() and sign not in "*_~|`<>@#[]()\\")
    return f"“{safe[:29] + '…' if len(safe) > 30 else safe}”" if safe else "That"
