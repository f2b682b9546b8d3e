"""Reads the payout rules that people type, such as `1C3T` or `0.75 corr + 2.25 mmc clip 0.05`."""

import difflib
import re
from collections import deque
from collections.abc import Mapping
from decimal import Decimal
from typing import TypedDict

from scoring.typed import spell

LONGEST_TEXT = 200
LARGEST_MULTIPLIER = 1000.0
LARGEST_CLIP = 1000.0
LARGEST_THRESHOLD = 1e9

# score -> how it is written; the order is the order of a canonical rule
SCORE_NAMES = {
    "corr": "CORR",
    "mmc": "MMC",
    "tc": "TC",
    "fnc_v3": "FNCv3",
    "fnc_v4": "FNCv4",
    "corr60": "CORR60",
    "mmc60": "MMC60",
    "alpha": "ALPHA",
    "mpc": "MPC",
    "ncorr": "NCORR",
    "nmmc": "NMMC",
}
_ALIASES = {
    **{score.replace("_", ""): score for score in SCORE_NAMES},
    **dict.fromkeys(("c", "corr20", "corr20v2", "corrv2", "v2corr20"), "corr"),
    **dict.fromkeys(("m", "mmc20"), "mmc"),
    **dict.fromkeys(("fnc",), "fnc_v3"),
    **dict.fromkeys(("corj60",), "corr60"),
    "t": "tc",
}
_SETTINGS = ("clip", "threshold")
_JOINTS = {"+", ",", ";", "&", "and", "plus"}
_MINUSES = {"-", "−", "–"}
_NOT_FINITE = {"nan", "inf", "infinity"}
_EXAMPLES = "Try “1xCORR + 3xTC”, “2C1T” or “0.75 corr + 2.25 mmc clip 0.05”."

# A single c, t or m ends before a digit, so that 1C3T reads as two scores; other words keep their digits.
_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:[.,][0-9]+)*|\.[0-9]+)(?:\s*(?P<times>[x×*·])|(?P<kilo>k)(?!\w)|\s*(?P<percent>%))?"
    r"|(?P<word>[ctm](?![^\W\d])|[^\W\d]\w*)"
    r"|(?P<sign>\S)",
    re.IGNORECASE,
)
_GROUPED_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")


class Said(TypedDict, total=False):
    """What a text says about a rule; what it leaves out has no key."""

    multipliers: dict[str, float]
    clip: float
    stake_threshold: float | None


def tidy(text: str) -> str:
    """The text without space around it; ValueError where it is empty or too long to be a rule."""
    if len(text) > LONGEST_TEXT:
        raise refusal(f"A rule has at most {LONGEST_TEXT} characters, this text has {len(text):,}.")
    if not text.strip():
        raise refusal("The rule is empty.")
    return text.strip()


def read(text: str) -> Said:
    """Multipliers by score, clip (share of stake), threshold (NMR, None for none): as far as the text says.

    Scores come in canonical order. Raises ValueError with a sentence that quotes the word it stumbled over.
    """
    tokens = deque(_TOKEN.finditer(tidy(text)))
    said: Said = {}
    multipliers: dict[str, float] = {}
    while tokens:
        token = tokens.popleft()
        word = token[0].lower()
        if word in _SETTINGS:
            key = "clip" if word == "clip" else "stake_threshold"
            if key in said:
                raise refusal(f"{_shown(token)} is said twice.")
            if word == "clip":
                said["clip"] = _read_clip(token, tokens)
            else:
                said["stake_threshold"] = _read_threshold(token, tokens)
        elif word in _JOINTS:
            if not (multipliers or said) or not tokens or tokens[0][0].lower() in _JOINTS:
                raise refusal(f"{_shown(token)} joins two scores, and one of them is missing.")
        else:
            multiplier = _read_multiplier(token)
            if token["number"]:
                token = _after_number(token, tokens)
            try:
                score = score_key(token[0] if token["word"] else _attached(token))
            except ValueError as error:
                raise refusal(str(error)) from None
            if score in multipliers:
                raise refusal(f"{_shown(token)} names {SCORE_NAMES[score]} a second time.")
            multipliers[score] = multiplier
    if multipliers:
        said["multipliers"] = {score: multipliers[score] for score in SCORE_NAMES if score in multipliers}
    return said


def score_key(word: str) -> str:
    """The score that a word names, `CORR20v2` -> `corr`. Raises ValueError that offers the nearest."""
    name = word.lower().replace("_", "")
    if name in _ALIASES:
        return _ALIASES[name]
    near = difflib.get_close_matches(name, [name for name in (*_ALIASES, *_SETTINGS) if len(name) > 1], n=1)
    hint = ""
    if near:
        score = _ALIASES.get(near[0])
        hint = f" Did you mean {SCORE_NAMES[score] if score else near[0]}?"
    known = ", ".join(SCORE_NAMES.values())
    raise ValueError(f"{quote(word)} is not a score I know ({known}).{hint}")


def spell_multipliers(multipliers: Mapping[str, float]) -> str:
    """Every multiplier, zeros too, in canonical order: `1xCORR + 0xTC`."""
    order = [score for score in SCORE_NAMES if score in multipliers]
    order += [score for score in multipliers if score not in SCORE_NAMES]
    return " + ".join(
        f"{spell_number(multipliers[score])}x{SCORE_NAMES.get(score, score.upper())}" for score in order
    )


def spell_number(value: float) -> str:
    """The shortest decimal that reads back as the same number, without an exponent."""
    return spell(Decimal(repr(float(value))))


def refusal(sentence: str) -> ValueError:
    """The error to raise: the sentence, then three rules that would have been read."""
    return ValueError(f"{sentence} {_EXAMPLES}")


def quote(words: str) -> str:
    """At most 30 characters of what was typed, safe in a message: no markup, no mention, no link."""
    safe = "".join(sign for sign in words if sign.isalnum() or sign in " ._+-−–%,=!?'").strip(" _")
    if not safe:
        return "A sign"
    return f"“{safe if len(safe) <= 30 else safe[:29] + '…'}”"


def _shown(token: re.Match[str]) -> str:
    return quote(_attached(token) if token["sign"] else token[0])


def _attached(token: re.Match[str]) -> str:
    # a sign alone says little: show what it is attached to
    return token.string[token.start() :].split(maxsplit=1)[0]


def _read_multiplier(token: re.Match[str]) -> float:
    if token[0] in _MINUSES:
        raise refusal(f"{_shown(token)} is negative, and a multiplier is 0 or more.")
    if token[0].lower() in _NOT_FINITE:
        raise refusal(f"{_shown(token)} is no number to multiply by.")
    if token["kilo"] or token["percent"]:
        raise refusal(f"{_shown(token)} is no multiplier: write a plain number.")
    if not token["number"]:
        return 1.0
    value = _value(token)
    if value > LARGEST_MULTIPLIER:
        raise refusal(f"{_shown(token)} is above {LARGEST_MULTIPLIER:g}, the largest multiplier.")
    return value


def _after_number(number: re.Match[str], tokens: deque[re.Match[str]]) -> re.Match[str]:
    if not tokens or tokens[0][0].lower() in (*_JOINTS, *_SETTINGS):
        raise refusal(f"{_shown(number)} has no score after it.")
    if tokens[0]["number"]:
        raise refusal(f"{_shown(tokens[0])} is the second number in a row: each number needs its score.")
    if tokens[0][0] in _MINUSES:
        raise refusal(f"{_shown(tokens[0])} is negative, and a multiplier is 0 or more.")
    return tokens.popleft()


def _read_clip(keyword: re.Match[str], tokens: deque[re.Match[str]]) -> float:
    token = _after_keyword(keyword, tokens)
    if not token["number"] or token["times"] or token["kilo"]:
        raise refusal(f"{_shown(token)} is no clip: a number such as 0.05 or 5% must follow.")
    value = _value(token) / (100 if token["percent"] else 1)
    if not 0 < value <= LARGEST_CLIP:
        raise refusal(f"{_shown(token)}: clip must be above 0 and at most {LARGEST_CLIP:g}.")
    return value


def _read_threshold(keyword: re.Match[str], tokens: deque[re.Match[str]]) -> float | None:
    token = _after_keyword(keyword, tokens)
    if token[0].lower() == "none":
        return None
    if not token["number"] or token["times"] or token["percent"]:
        raise refusal(
            f"{_shown(token)} is no threshold: a number of NMR such as 72000, or none, must follow."
        )
    value = _value(token, grouped=True) * (1000 if token["kilo"] else 1)
    if not 0 < value <= LARGEST_THRESHOLD:
        raise refusal(f"{_shown(token)}: threshold must be above 0 and at most {LARGEST_THRESHOLD:,.0f} NMR.")
    return value


def _after_keyword(keyword: re.Match[str], tokens: deque[re.Match[str]]) -> re.Match[str]:
    if tokens and tokens[0][0] in ("=", ":"):
        tokens.popleft()
    if not tokens:
        raise refusal(f"{_shown(keyword)} needs a number after it.")
    token = tokens.popleft()
    if token[0] in _MINUSES:
        raise refusal(f"{_shown(token)}: {keyword[0].lower()} must be above 0.")
    if token["word"] and token[0].lower() != "none":
        raise refusal(f"{_shown(keyword)} needs a number after it, not {_shown(token)}.")
    return token


def _value(token: re.Match[str], *, grouped: bool = False) -> float:
    digits = token["number"]
    if grouped and _GROUPED_THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    if len(re.findall("[.,]", digits)) > 1:
        raise refusal(f"{_shown(token)} is not one number.")
    return float(digits.replace(",", "."))
