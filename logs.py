"""What is logged, and how: one line an event."""

import json
import logging
import sys
from datetime import UTC, datetime


class LogLine(logging.Formatter):
    """One line an event: time, level, logger, message, then key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; a traceback follows it, if there is one."""
        parts = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        line = " ".join(f"{key}={json.dumps(value, default=str)}" for key, value in parts.items())
        return line if not record.exc_info else f"{line}\n{self.formatException(record.exc_info)}"


def write_to_stderr(level: str) -> None:
    """Log what is at least of this level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogLine())
    logging.basicConfig(level=level.upper(), handlers=[handler])
