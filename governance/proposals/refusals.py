"""What is wrong with a form, in sentences that name the field, what is allowed and what came."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from governance.text import counted
from scoring.rules.text import spell_number
from scoring.typed import quote

MOST = 12  # problems told at once: more than a form has fields

_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}
_WANTED = {
    "string_type": "text",
    "string_unicode": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "tuple_type": "a list",
    "model_type": "an object with named fields",
    "model_attributes_type": "an object with named fields",
}


def tell(errors: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> str:
    """The problems that pydantic found, a sentence each; of very many the first ones.

    errors are those of ValidationError.errors(); labels names each field as people know it.
    """
    sentences = list(dict.fromkeys(_sentence(error, labels) for error in errors))
    if len(sentences) > MOST:
        sentences = [*sentences[:MOST], f"And {len(sentences) - MOST} more."]
    return " ".join(sentences)


def came(value: object) -> str:
    """A value in words: what somebody sent where something else was expected."""
    if isinstance(value, str):
        return quote(value, "what can't be shown") if value.strip() else "an empty text"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if value != value:
        return "NaN"
    if isinstance(value, int | float):
        return spell_number(value) if abs(value) < 1e15 else "so large a number"
    return "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, Sequence) else "this"


def _sentence(error: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    kind, place, value, details = error["type"], error["loc"], error["input"], error.get("ctx", {})
    names = [str(part) for part in place if not isinstance(part, int)]
    if kind == "value_error":  # one of ours: a sentence already
        named = "" if not names or names[-1] == "parameters" else f"{labels[names[-1]].capitalize()}: "
        return f"{named}{details['error']}"
    if kind == "invalid_key" or (kind == "string_unicode" and not names):
        return "The name of a field can't be read."
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(names[-1].lower(), labels, n=1)
        return f"There is no field called {came(names[-1])}{f'; did you mean “{near[0]}”?' if near else '.'}"
    label = labels.get(names[-1], names[-1]) if names else "proposal"
    if "declined" in names[:-1]:
        label = f"reason for no {label}"
    if names and isinstance(place[-1], int):
        label = f"worked example {place[-1] + 1}"
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"The {label} must be {words} {spell_number(details[key])}, not {came(value)}."
    if kind in _WANTED:
        return f"The {label} must be {_WANTED[kind]}, not {came(value)}."
    return _OTHERS.get(kind, _unread)(label, value, details)


def _too_long(label: str, value: Any, details: Mapping[str, Any]) -> str:
    most = counted(details["max_length"], "character")
    return f"The {label} may have at most {most}; this one has {len(value):,}."


def _too_many(label: str, value: Any, details: Mapping[str, Any]) -> str:
    return f"There may be at most {details['max_length']} {label}; here are {len(value):,}."


def _not_a_choice(label: str, value: Any, details: Mapping[str, Any]) -> str:
    return f"The {label} must be {details['expected'].replace(chr(39), '')}, not {came(value)}."


def _unread(label: str, value: Any, _: Mapping[str, Any]) -> str:
    return f"The {label} can't be read: {came(value)}."


_OTHERS: Mapping[str, Callable[[str, Any, Mapping[str, Any]], str]] = {
    "missing": lambda label, _, __: f"The {label} is missing.",
    "string_too_short": lambda label, _, __: f"The {label} is empty.",
    "string_too_long": _too_long,
    "too_long": _too_many,
    "literal_error": _not_a_choice,
}
