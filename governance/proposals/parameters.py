"""Parameters as people type them: one per line, such as `cap: 1%` or `notice: 8 weeks`."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from governance.proposals.proposal import NONE_BECAUSE, Parameters, read_parameters
from governance.text import clean_line
from scoring.rules.text import spell_number
from scoring.schemes import SCHEMES
from scoring.typed import is_number, quote, read_number, spell_clearly, tidy

LONGEST = 10_000  # characters

# what a line is called -> other words for it
KEYS: Mapping[str, tuple[str, ...]] = {
    "rule": ("payout", "payout rule", "pay"),
    "cap": ("stake cap", "limit", "maximum"),
    "weights": ("weight", "weighting", "scheme", "meta-model weights"),
    "gate": ("minimum correlation", "min correlation", "correlation"),
    "eligibility": ("eligible", "who"),
    "fallback": ("default", "otherwise", "if nothing is done"),
    "effective": ("effective round", "from", "starts", "start"),
    "notice": ("notice weeks", "notice period"),
    "phase-in": ("phase in", "phasein", "phase in rounds", "transition"),
    "review": ("review on", "review date", "reviewed"),
    "ends": ("ends on", "end", "until", "sunset"),
    "compensation": ("compensate", "compensated"),
    "roll-back": ("rollback", "roll back", "undo", "undone"),
    "example": ("worked example", "examples", "worked examples"),
}
_NAMES = {word: key for key, words in KEYS.items() for word in (key, *words)}
_DECLINABLE = {
    "notice": "notice_weeks",
    "phase-in": "phase_in_rounds",
    "fallback": "fallback",
    "review": "review_on",
    "compensation": "compensation",
}
_TEXTS = {"rule": "rule", "eligibility": "eligibility", "fallback": "fallback", "roll-back": "rollback"}
_DATES = {"review": "review_on", "ends": "ends_on"}
# longest first: the “capped at” of “capped at 2%” is not “cap” with the share “ped at 2%”
_SCHEMES = sorted(
    ((typed, name) for name, scheme in SCHEMES.items() for typed in scheme.typed),
    key=lambda entry: -len(entry[0]),
)
_CAPS = "write “cap: 1%”, “cap: 5000 NMR” or “cap: 1% or 5000 NMR”."


def parse_parameters(text: str, tournament: str) -> Parameters:
    """The parameters in a text of lines `name: value`, or of one line with semicolons in between.

    `=` does for `:`, case does not matter, a name may be a usual other word for it (KEYS), and `example`
    may come several times. Notice, phase-in, fallback, review and compensation may be `none, because ...`.
    Raises ValueError with a sentence for each line without a name, with an unknown name (with the nearest and
    the list), a name said twice or a value that can't be read, and for more than 10,000 characters.
    """
    if len(text) > LONGEST:
        raise ValueError(f"Parameters have at most {LONGEST:,} characters; these have {len(text):,}.")
    said: dict[str, Any] = {}
    declined: dict[str, str] = {}
    examples: list[str] = []
    seen: set[str] = set()
    problems: list[str] = []
    for line in lines_of(text):
        try:
            key, value = _split(line)
            if key in seen and key != "example":
                raise ValueError(f"“{key}” is said twice; keep one of them.")
            seen.add(key)
            refused = NONE_BECAUSE.fullmatch(value) if key in _DECLINABLE else None
            if key == "example":
                examples.append(value)
            elif refused:
                if not refused[1]:
                    raise ValueError(f"No {key} needs its reason: “{key}: none, because …”.")
                declined[_DECLINABLE[key]] = refused[1]
            else:
                said |= _read(key, value)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError(" ".join(dict.fromkeys(problems)))
    if declined:
        said["declined"] = declined
    if examples:
        said["worked_examples"] = examples
    return read_parameters(said, tournament)


def lines_of(text: str) -> list[str]:
    """The lines of parameters that were typed, without marks of a list."""
    lines = (clean_line(line).lstrip("-−–—*•・ ") for line in re.split(r"[;\n]", text))
    return [line for line in lines if line]


def key_of(line: str) -> str | None:
    """What a typed line sets, like "notice"; None where it can't be read."""
    try:
        return _split(line)[0]
    except ValueError:
        return None


def parameters_text(parameters: Parameters) -> str:
    """The parameters as lines that parse_parameters reads back as the same; nothing for what is not said."""
    return "\n".join(
        f"{key}: {value}" for key, values in spelled(parameters).items() for value in values.split("\n")
    )


def spelled(parameters: Parameters) -> dict[str, str]:
    """Each parameter that is said, by the name of its line, as people type it; examples one per line."""
    said = {key: getattr(parameters, name) for key, name in (*_TEXTS.items(), *_DATES.items())}
    shares = [] if parameters.stake_cap is None else [_percent(parameters.stake_cap)]
    if parameters.stake_cap_nmr is not None:
        shares.append(f"{spell_clearly(Decimal(repr(parameters.stake_cap_nmr)))} NMR")
    said["cap"] = " or ".join(shares)
    if parameters.weights:
        said["weights"] = _scheme(parameters.weights, parameters.weights_cap)
    if parameters.min_correlation is not None:
        said["gate"] = spell_number(parameters.min_correlation)
    if parameters.effective_round is not None:
        said["effective"] = f"round {parameters.effective_round}"
    if parameters.notice_weeks is not None:
        said["notice"] = _counted(parameters.notice_weeks, "week")
    if parameters.phase_in_rounds is not None:
        said["phase-in"] = _counted(parameters.phase_in_rounds, "round")
    if parameters.compensation:
        said["compensation"] = parameters.compensation
    if parameters.grandfathering_rounds is not None:
        said["compensation"] = f"grandfather {_counted(parameters.grandfathering_rounds, 'round')}"
    said["example"] = "\n".join(parameters.worked_examples)
    for key, name in _DECLINABLE.items():
        reason = getattr(parameters.declined, name)
        if reason is not None:
            said[key] = f"none, because {reason}"
    return {key: str(said[key]) for key in KEYS if said.get(key)}


def _split(line: str) -> tuple[str, str]:
    found = re.fullmatch(r"([^:=：＝]*?)\s*[:=：＝]\s*(.*)", line)
    if not found or not found[1]:
        raise ValueError(f"{quote(line)} has no name; write lines like “cap: 1%”. Names are {_listed(KEYS)}.")
    name = re.sub(r"[\s_]+", " ", tidy(found[1])).strip("*` ").casefold()
    if name not in _NAMES:
        near = difflib.get_close_matches(name, _NAMES, n=1)
        hint = f" Did you mean “{_NAMES[near[0]]}”?" if near else ""
        raise ValueError(f"{quote(found[1])} is no parameter.{hint} There are {_listed(KEYS)}.")
    key, value = _NAMES[name], found[2].strip()
    if not value:
        raise ValueError(f"“{key}” has nothing after it.")
    return key, value


def _read(key: str, value: str) -> dict[str, Any]:
    if key in _TEXTS:
        if key == "eligibility" and is_number(value):
            return _read_gate(value)
        return {_TEXTS[key]: value}
    if key in _DATES:
        return {_DATES[key]: value}
    return _READERS[key](value)


def _read_cap(value: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for part in re.split(r"\s*(?:\bor\b|\band\b|\+)\s*", tidy(value)):
        number, _, _ = part.partition(" of ")
        name = "stake_cap_nmr" if number.casefold().endswith("nmr") else "stake_cap"
        if name in said or not is_number(number, "NMR"):
            raise ValueError(f"{quote(value)} is no cap; {_CAPS}")
        try:
            said[name] = _share(number) if name == "stake_cap" else _nmr(number)
        except ValueError as error:
            raise ValueError(f"{error} Or {_CAPS}") from None
    return said


def _read_weights(value: str) -> dict[str, Any]:
    word = tidy(value).casefold().replace("_", " ")
    for typed, name in _SCHEMES:
        if not SCHEMES[name].needs_share:
            if word == typed:
                return {"weights": name}
        elif word.startswith(typed):
            share, _, _ = word.removeprefix(typed).partition(" of ")
            if is_number(share):
                return {"weights": name, "weights_cap": _share(share, f"The {SCHEMES[name].share}")}
    raise ValueError(f"{quote(value)} is no way to weigh; there are {schemes_typed()}.")


def schemes_typed() -> str:
    """ "“stake”, “cap 2%” and “log”": every scheme as it can be typed."""
    return _listed(f"“{scheme.example}”" for scheme in SCHEMES.values())


def _scheme(name: str, share: float | None) -> str:
    """A scheme as it is typed: “cap 2%”, “gate 0.5”."""
    scheme = SCHEMES[name]
    if share is None:
        return scheme.typed[0]
    return f"{scheme.typed[0]} {_percent(share) if scheme.in_percent else spell_number(share)}"


def _read_gate(value: str) -> dict[str, Any]:
    if not is_number(value):
        raise ValueError(
            f"{quote(value)} is no gate; write a correlation from 0 to 1 as in “gate: 0.2”, "
            "and other conditions as “eligibility: …”."
        )
    return {"min_correlation": float(read_number(value, "The gate", low=0, high=1))}


def _read_effective(value: str) -> dict[str, Any]:
    number = tidy(value).casefold().removeprefix("from ").removeprefix("round").strip().removeprefix("#")
    if not is_number(number):
        raise ValueError(f"{quote(value)} is no round; write “effective: round 600”.")
    return {"effective_round": _count(number)}


def _read_compensation(value: str) -> dict[str, Any]:
    word, _, rest = tidy(value).casefold().partition(" ")
    if word == "full" and not rest:
        return {"compensation": "full"}
    number = rest.removeprefix("over ").removeprefix("for ")
    if word not in ("grandfather", "grandfathering", "grandfathered") or not is_number(number, "round"):
        raise ValueError(
            f"{quote(value)} is no compensation; write “full”, “grandfather 20 rounds” or “none, because …”."
        )
    return {"compensation": "grandfathering", "grandfathering_rounds": _count(number, "round")}


def _count_of(name: str, key: str, unit: str) -> Callable[[str], dict[str, Any]]:
    def read(value: str) -> dict[str, Any]:
        if not is_number(value, unit):
            raise ValueError(f"{quote(value)} is no number of {unit}s; write “{key}: 8 {unit}s”.")
        return {name: _count(value, unit)}

    return read


_READERS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "cap": _read_cap,
    "weights": _read_weights,
    "gate": _read_gate,
    "effective": _read_effective,
    "notice": _count_of("notice_weeks", "notice", "week"),
    "phase-in": _count_of("phase_in_rounds", "phase-in", "round"),
    "compensation": _read_compensation,
}


def _share(text: str, what: str = "The cap") -> float:
    return float(read_number(text, what, above=0, high=1, share=True))


def _nmr(text: str) -> float:
    return float(read_number(text, "The cap", above=0, unit="NMR"))


def _count(text: str, unit: str = "") -> int:
    return int(read_number(text, whole=True, unit=unit))


def _percent(share: float) -> str:
    return f"{(Decimal(repr(share)) * 100).normalize():f}%"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _listed(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}"
