"""Reads the payout rules that people type, such as `1C3T` or `0.75 corr + 2.25 mmc clip 0.05`."""

import difflib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import TypedDict

from scoring import typed
from scoring.rules.pairs import read_pairs
from scoring.typed import NearMissError, quote, read_number, spell, spell_clearly

LONGEST_TEXT = 200
KEPT = 256  # texts that were read: an answer reads its two rules again for each rule that was in force
LARGEST_MULTIPLIER = 1000.0
LARGEST_CLIP = 1.0  # nobody can lose more than what is at risk, and no rule on record says more
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
_NOT_FINITE = {"nan", "inf", "infinity"}
_EXAMPLES = "Try “1xCORR + 3xTC”, “2C1T” or “0.75 corr + 2.25 mmc clip 0.05”."


class Said(TypedDict, total=False):
    """What a text says about a rule; what it leaves out has no key."""

    multipliers: dict[str, float]
    clip: float
    stake_threshold: float | None


def tidy(text: str) -> str:
    """The text in one spelling; ValueError where it is empty or too long to be a rule."""
    if len(text) > LONGEST_TEXT:
        raise refusal(f"A rule has at most {LONGEST_TEXT} characters, this text has {len(text):,}.")
    plain = " ".join(typed.tidy(text).split())
    if not plain:
        raise refusal("The rule is empty.")
    return plain


def read(text: str) -> Said:
    """Multipliers by score, clip (share of stake), threshold (NMR, None for none): as far as the text says.

    Scores come in canonical order. Raises ValueError with a sentence that quotes the word it stumbled over.
    """
    plain = tidy(text)
    try:
        return _read(plain)
    except NearMissError as error:
        raise NearMissError(str(refusal(str(error))), error.typed, error.near) from None
    except ValueError as error:
        raise refusal(str(error)) from None


@lru_cache(KEPT)
def _read(text: str) -> Said:
    said: Said = {}
    multipliers: dict[str, float] = {}
    for pair in read_pairs(text, settings=_SETTINGS):
        if pair.name in _SETTINGS:
            key = "clip" if pair.name == "clip" else "stake_threshold"
            if key in said:
                raise ValueError(f"{quote(pair.name)} is said twice.")
            if pair.name == "clip":
                said["clip"] = _clip(pair.number)
            else:
                said["stake_threshold"] = _threshold(pair.number)
            continue
        if pair.name.lower() in _NOT_FINITE:
            raise ValueError(f"{quote(pair.name)} is no number to multiply by.")
        score = score_key(pair.name)
        if score in multipliers:
            raise ValueError(f"{quote(pair.name)} names {SCORE_NAMES[score]} a second time.")
        multipliers[score] = float(
            read_number(pair.number or "1", "A multiplier", low=0, high=LARGEST_MULTIPLIER)
        )
    if multipliers:
        said["multipliers"] = {score: multipliers[score] for score in SCORE_NAMES if score in multipliers}
    return said


def score_key(word: str) -> str:
    """The score that a word names, `CORR20v2` -> `corr`. Raises ValueError that offers the nearest."""
    name = word.lower().replace("_", "")
    if name in _ALIASES:
        return _ALIASES[name]
    near = difflib.get_close_matches(name, [name for name in (*_ALIASES, *_SETTINGS) if len(name) > 1], n=1)
    meant = [SCORE_NAMES[_ALIASES[name]] if name in _ALIASES else name for name in near]
    hint = f" Did you mean {meant[0]}?" if meant else ""
    known = ", ".join(SCORE_NAMES.values())
    raise NearMissError(f"{quote(word)} is not a score I know ({known}).{hint}", word, meant)


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


def spell_threshold(threshold: float | None) -> str:
    """A threshold in NMR as a rule says it, `72000`, and `none` for none."""
    return "none" if threshold is None else spell_clearly(Decimal(repr(float(threshold))))


def _clip(text: str) -> float:
    if text == "none":
        raise ValueError("“none” is no clip: a number such as 0.05 or 5% must follow.")
    return float(read_number(text, "Clip", above=0, high=LARGEST_CLIP, share=True))


def _threshold(text: str) -> float | None:
    if text == "none":
        return None
    return float(read_number(text, "Threshold", above=0, high=LARGEST_THRESHOLD, unit="NMR"))
