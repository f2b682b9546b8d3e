"""Ballots as salted commitments in a hash chain: it tells when one was changed, and never whose it is."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SALT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Entry:
    """A link of the chain: a ballot's commitment (None: withdrawn), between the heads before and after it."""

    sequence: int
    commitment: str | None
    previous: str
    head: str
    replaces: int | None = None


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
    if not _SALT.fullmatch(salt):
        raise ValueError("A salt is written as 32 hexadecimal digits.")
    return sha256(canonical(ballot) + salt)


def start(poll: Mapping[str, Any]) -> str:
    """The head of a chain without ballots: it stands for everything that is settled when the poll opens."""
    return sha256(canonical({key: value for key, value in poll.items() if key != "closed"}))


def append(head: str, commitment: str | None, *, replaces: int | None = None) -> str:
    """The head after one more commitment (None: a withdrawal), which may replace an earlier sequence."""
    return sha256(f"{head}\n{commitment or 'withdrawn'}\n{replaces or 0}")


def sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
