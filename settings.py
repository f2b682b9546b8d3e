"""What a host decides, read from the environment."""

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """What a host decides; .env.example lists the same names with what they mean."""

    discord_token: str = field(repr=False)
    database_path: Path
    data_source: str
    log_level: str
    backup_folder: Path
    backup_days: int
    round_weeks: int
    round_megabytes: int
    health_port: int
    scoring_scheduler: str
    shards: int  # connections to Discord; 0: as many as it asks for
    docs_url: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read settings by their upper-case names. Raises ValueError, with the remedy, for a bad one."""
        source = environ.get("DATA_SOURCE") or "numerai"
        if source not in ("sample", "numerai"):
            raise ValueError(f"DATA_SOURCE is “{source[:40]}”, but it must be sample or numerai.")
        level = (environ.get("LOG_LEVEL") or "info").lower()
        if level not in ("debug", "info", "warning", "error"):
            raise ValueError(f"LOG_LEVEL is “{level[:40]}”, but it must be debug, info, warning or error.")
        days = _whole(environ, "BACKUP_DAYS", "7", "of days; 0 makes no copies")
        weeks = _whole(environ, "ROUND_WEEKS", "104", "of weeks; 0 reads no whole rounds")
        megabytes = _whole(environ, "ROUND_MEGABYTES", "60", "of megabytes")
        port = _whole(environ, "HEALTH_PORT", "0", "of a port below 65,536; 0 listens nowhere", 65_535)
        scheduler = (environ.get("SCORING_SCHEDULER") or "").strip()
        if scheduler and not scheduler.startswith(("tcp://", "tls://")):
            raise ValueError(
                f"SCORING_SCHEDULER is “{scheduler[:40]}”, but it must be like tcp://10.0.0.5:8786."
            )
        path = Path(environ.get("DATABASE_PATH") or "roundtable.sqlite3")
        return cls(
            discord_token=(environ.get("DISCORD_TOKEN") or "").strip(),
            database_path=path,
            data_source=source,
            log_level=level,
            backup_folder=Path(environ.get("BACKUP_FOLDER") or path.parent / "backups"),
            backup_days=days,
            round_weeks=weeks,
            round_megabytes=megabytes,
            health_port=port,
            scoring_scheduler=scheduler,
            shards=_shards(environ),
            docs_url=_address(environ, "DOCS_URL"),
        )


def tasks_typed() -> argparse.ArgumentParser:
    """What a host may type behind `python bot.py`."""
    parser = argparse.ArgumentParser(
        prog="python bot.py", description="Without anything more it runs the bot."
    )
    tasks = parser.add_subparsers(dest="task", metavar="TASK")
    for name, what in (
        ("backup", "copy the database to FILE; the bot may run meanwhile"),
        ("restore", "make the copy FILE the database; the bot has to be stopped"),
    ):
        tasks.add_parser(name, help=what, description=what).add_argument("file", metavar="FILE", type=Path)
    what = "ask Numerai's API each of the bot's questions once, and say what it lacks"
    tasks.add_parser("check", help=what, description=what)
    what = "ask the bot that runs on this machine whether all is well; it needs HEALTH_PORT"
    tasks.add_parser("health", help=what, description=what)
    return parser


def _shards(environ: Mapping[str, str]) -> int:
    if (environ.get("SHARDS") or "").strip().lower() == "auto":
        return 0
    number = _whole(environ, "SHARDS", "1", "of connections, or auto")
    if not number:
        raise ValueError("SHARDS is 0, but the bot needs a connection: 1 or more, or auto.")
    return number


def _address(environ: Mapping[str, str], name: str) -> str:
    """The address of a page, which will stand in links of Markdown."""
    text = (environ.get(name) or "").strip()
    if text and not re.fullmatch(r"https?://[\w.-]+[\w./~%:-]{0,150}", text, re.ASCII):
        raise ValueError(f"{name} is “{text[:40]}”, but it must be an address that begins with https://.")
    return text


def _whole(environ: Mapping[str, str], name: str, default: str, what: str, most: int = 9_999) -> int:
    """A whole number of at most so much."""
    text = (environ.get(name) or default).strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= most):
        raise ValueError(f"{name} is “{text[:40]}”, but it must be a number {what}.")
    return int(text)
