"""Ballots as salted commitments: as a set they tell that none was changed, and never whose it is or when."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

_SALT = re.compile(r"[0-9a-f]{32}")


def canonical(value: object) -> str:
    """The one spelling of a JSON value. Raises ValueError for what JSON can't say, NaN for instance."""
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        raise ValueError("A ballot or a poll must be made of plain text, finite numbers and lists.") from None
    return text


def new_salt() -> str:
    """128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


def commit(ballot: object, salt: str) -> str:
    """The commitment (64 hex digits) to a ballot: SHA-256 of its canonical JSON and the salt.

    Raises ValueError for a salt that is not 32 hex digits and for a ballot that is not JSON.
    """
    return commit_text(canonical(ballot), salt)


def commit_text(choice: str, salt: str) -> str:
    """The same for a ballot that is canonical JSON already."""
    if not _SALT.fullmatch(salt):
        raise ValueError("A salt is written as 32 hexadecimal digits.")
    return sha256(choice + salt)


def terms_hash(poll: Mapping[str, Any]) -> str:
    """SHA-256, 64 hex digits, of everything that is settled when a poll opens: all of it but its close."""
    return sha256(canonical({key: value for key, value in poll.items() if key != "closed"}))


def sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
