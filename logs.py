"""What is logged, and how: one line an event, and nothing that a member typed, chose or is called."""

import json
import logging
import re
import sqlite3
import sys
import traceback
from datetime import UTC, datetime

import discord
from discord import app_commands

from storage.errors import StorageError

OURS = ("roundtable", "tournament")  # the first words of our own loggers
# Discord waits three seconds for an answer, and takes one: nobody can be told any more
TOO_LATE = frozenset({10062, 40060})
# what may follow up an interaction, and what opens a ballot
_SECRETS = re.compile(r"(?<=/webhooks/)(\d+/)[^/\s\"]+|(?<=/interactions/)(\d+/)[^/\s\"]+|\b[0-9a-f]{32,}\b")
# messages that quote nothing of what they were given; those of others may hold what somebody typed
_SPEAK = (
    *(sqlite3.Error, discord.DiscordException, OSError, StorageError),
    *(AssertionError, AttributeError, ImportError, RuntimeError, TypeError),
)


class LogLine(logging.Formatter):
    """One line an event: time, level, logger, message, then key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; a traceback follows it, if there is one and nobody expected it."""
        level, message, fields = record.levelname, record.getMessage(), dict(getattr(record, "fields", {}))
        error = record.exc_info[1] if record.exc_info else None
        if is_too_late(error):
            level, error, fields["why"] = "INFO", None, "too late to answer"
        elif isinstance(error, StorageError):
            fields["why"], error = str(error), None
        parts = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": level.lower(),
            "logger": record.name,
            "message": message,
            **fields,
        }
        line = " ".join(f"{key}={json.dumps(value, default=str)}" for key, value in parts.items())
        return masked("\n".join([line, *_traced(error)]))


def is_too_late(error: BaseException | None) -> bool:
    """Whether Discord has waited long enough, or has been answered already."""
    return isinstance(error, discord.HTTPException) and error.code in TOO_LATE


def masked(text: str) -> str:
    """The text without the secrets in it."""
    return _SECRETS.sub(lambda found: f"{found[1] or found[2] or ''}***", text)


def write_to_stderr(level: str) -> None:
    """Log what is at least of this level; of libraries only what a host can act on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogLine())
    chosen = logging.getLevelNamesMapping()[level.upper()]
    # below these, libraries tell whole messages, statements and what was put into them
    logging.basicConfig(level=max(chosen, logging.WARNING), handlers=[handler])
    logging.getLogger("discord").setLevel(max(chosen, logging.INFO))
    for name in OURS:
        logging.getLogger(name).setLevel(chosen)


def _traced(error: BaseException | None) -> list[str]:
    """Where an error and what caused it came from, the newest last."""
    lines: list[str] = []
    while error is not None:
        speaks = isinstance(error, _SPEAK) and not isinstance(error, app_commands.TransformerError)
        said = f": {error}" if speaks else " (it may quote what was typed)" if str(error) else ""
        lines[:0] = [
            "Traceback (most recent call last):",
            *"".join(traceback.format_tb(error.__traceback__)).rstrip("\n").split("\n"),
            f"{type(error).__module__}.{type(error).__qualname__}{said}",
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines
