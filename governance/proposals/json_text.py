"""JSON as strangers send it: bounded, without duplicate keys, infinities or bottomless nesting."""

import json
from typing import Any, NoReturn

from scoring.typed import quote

LARGEST = 64 * 1024  # bytes


def decode(text: str | bytes) -> object:
    """What a JSON text says. Raises ValueError with a sentence that tells what is wrong, and in which line.

    More than 64 KB is refused unread. Refused as well: what is not UTF-8, a key given twice, NaN and
    Infinity, numbers of thousands of digits, and nesting deeper than Python can follow.
    """
    if len(text) > LARGEST or (isinstance(text, str) and len(text.encode("utf-8", "replace")) > LARGEST):
        raise ValueError("The file is larger than 64 KB, the most that a proposal can need.")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError("The file is not text in UTF-8.") from None
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise ValueError("The file is empty.")
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_not_finite, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"This is not JSON: it stops making sense in line {error.lineno}, character {error.colno}."
        ) from None
    except RecursionError:
        raise ValueError("The file is nested too deeply to be a proposal.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, value in pairs:
        if key in said:
            raise ValueError(f"{quote(key)} is given twice; keep one of them.")
        said[key] = value
    return said


def _not_finite(word: str) -> NoReturn:
    raise ValueError(f"{quote(word)} is no number that a proposal can hold.")


def _whole(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError(f"{quote(digits)} has too many digits.")
    return int(digits)
