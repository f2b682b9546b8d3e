"""What a host's monitor asks, on this machine alone: whether all is well, and figures for Prometheus."""

import asyncio
import ctypes
import json
import logging
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import discord
from aiohttp import web
from discord import app_commands
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from storage.errors import StorageError
from storage.market.api_answers import newest_answer
from storage.polls import cards as poll_cards
from storage.proposals import cards as proposal_cards
from storage.server.digests import last_posted
from tools import Client
from wording.numbers import counted

ADDRESS = "127.0.0.1"
_ARENA_MAX = -8  # of glibc's mallopt
WITHOUT_DISCORD = timedelta(minutes=3)  # a resumed connection takes seconds
WITHOUT_NUMERAI = timedelta(hours=6)  # its answers are read again every three at the latest
WITHOUT_COPY = timedelta(days=2)
SECONDS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)  # of answers; Discord waits three for the first sign
CONTENT = "text/plain; version=0.0.4; charset=utf-8"


def keep_memory_together() -> None:
    """Let all threads free into two places instead of many, which would each keep some of it for good.

    To be called before there are threads. In a day of 200 members a process then grows by 2 % in place of 5.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):  # others lack it
        library.mallopt(_ARENA_MAX, 2)


class PortTakenError(RuntimeError):
    """Another process listens there."""


@dataclass(frozen=True)
class Health:
    """What is known of a running bot; moments are None where there was none."""

    is_well: bool
    problems: list[str]  # what keeps it from answering
    warnings: list[str]  # what members notice
    gateway: dict[str, Any]  # whether it is connected, its latency in milliseconds, servers
    numerai_answered: datetime | None
    last_summary: datetime | None
    last_copy: datetime | None
    cards_waiting: int  # of polls and proposals, that do not show their state yet


class Watch:
    """Counts what a bot does and answers monitors until it is stopped."""

    def __init__(self, client: Client, port: int) -> None:
        self._client, self._port = client, port
        self._lost: dict[int | None, datetime] = {}  # since when, by shard; None: the one connection
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._heard = Counter(
            "roundtable_interactions", "What members sent, by kind", ["kind"], registry=self._registry
        )
        self._answers = Histogram(
            "roundtable_answer_seconds",
            "From the typed command, by Discord's clock, until its answer is sent",
            ["command"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._lines = Counter(
            "roundtable_log_lines", "Warnings and errors in the log", ["level"], registry=self._registry
        )
        self._gauges = {
            name: Gauge(f"roundtable_{name}", told, registry=self._registry)
            for name, told in (
                ("well", "1 where nothing keeps the bot from answering"),
                ("gateway_connected", "1 while Discord is connected"),
                ("gateway_latency_seconds", "Between a heartbeat and its answer"),
                ("servers", "Servers that the bot is in"),
                ("numerai_answered_timestamp_seconds", "When Numerai's API answered last"),
                ("last_summary_timestamp_seconds", "When a weekly summary was posted last"),
                ("last_copy_timestamp_seconds", "When the database was copied last"),
                ("cards_waiting", "Cards of polls and proposals that do not show their state yet"),
            )
        }
        self._counting = _Counting(self._lines)
        self._server = web.AppRunner(self._site(), access_log=None)

    async def start(self) -> None:
        """Listen on the loopback. Raises PortTakenError where somebody else does."""
        self._listen()
        await self._server.setup()
        try:
            await web.TCPSite(self._server, ADDRESS, self._port).start()
        except OSError as error:
            await self._server.cleanup()
            raise PortTakenError(
                f"HEALTH_PORT is {self._port}, but another process listens there: choose another port."
            ) from error
        logging.getLogger().addHandler(self._counting)

    async def stop(self) -> None:
        """Stop listening and counting."""
        logging.getLogger().removeHandler(self._counting)
        await self._server.cleanup()

    async def look(self) -> Health:
        """What is known now."""
        tools, client = self._client.tools, self._client
        now, problems, warnings = tools.now(), list[str](), list[str]()
        answered = posted = copied = None
        waiting = 0
        if self._lost and (gone := now - min(self._lost.values())) >= WITHOUT_DISCORD:
            problems.append(
                f"Not connected to Discord for {counted(int(gone.total_seconds() // 60), 'minute')}: "
                "look whether this machine reaches Discord, and at Discord's status page."
            )
        try:
            answered, posted = await newest_answer(tools.database), await last_posted(tools.database)
            behind = await poll_cards.cards_behind(tools.database)
            waiting = len(behind) + len(await proposal_cards.cards_behind(tools.database))
            made = await asyncio.to_thread(tools.copies.made, tools.database.path)
            copied = made[-1][0] if made else None
        except (StorageError, sqlite3.Error, OSError) as error:
            problems.append(f"The database can't be read: {error}")
        if client.read_ahead and (answered is None or now - answered >= WITHOUT_NUMERAI):
            since = "since the start" if answered is None else f"since {_text(answered)}"
            warnings.append(f"Numerai's API has not answered {since}: members see older numbers.")
        if tools.copies.days and copied is not None and now - copied >= WITHOUT_COPY:
            warnings.append(f"The database was last copied at {_text(copied)}: look at BACKUP_FOLDER.")
        latency = client.latency
        return Health(
            is_well=not problems,
            problems=problems,
            warnings=warnings,
            gateway={
                "is_connected": client.is_ready() and not self._lost,
                "latency_ms": round(1000 * latency) if latency < float("inf") else None,
                "servers": len(client.guilds),
            },
            numerai_answered=answered,
            last_summary=posted,
            last_copy=copied,
            cards_waiting=waiting,
        )

    # -- what is asked ----------------------------------------------------------------------------------

    def _site(self) -> web.Application:
        site = web.Application()
        site.router.add_get("/health", self._health)
        site.router.add_get("/metrics", self._metrics)
        return site

    async def _health(self, _: web.Request) -> web.Response:
        health = await self.look()
        return web.Response(
            text=json.dumps(asdict(health), default=_text),
            content_type="application/json",
            status=200 if health.is_well else 503,
        )

    async def _metrics(self, _: web.Request) -> web.Response:
        health = await self.look()
        moments = {
            "numerai_answered": health.numerai_answered,
            "last_summary": health.last_summary,
            "last_copy": health.last_copy,
        }
        latency = health.gateway["latency_ms"]
        figures = {
            "well": float(health.is_well),
            "gateway_connected": float(health.gateway["is_connected"]),
            "gateway_latency_seconds": float("nan") if latency is None else latency / 1000,
            "servers": float(health.gateway["servers"]),
            "cards_waiting": float(health.cards_waiting),
            **{
                f"{name}_timestamp_seconds": float("nan") if moment is None else moment.timestamp()
                for name, moment in moments.items()
            },
        }
        for name, value in figures.items():
            self._gauges[name].set(value)
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT})

    # -- what happens -----------------------------------------------------------------------------------

    def _listen(self) -> None:
        client = self._client
        if isinstance(client, discord.AutoShardedClient):
            heard: dict[str, Callable[..., None]] = {
                "on_shard_disconnect": self._gone,
                "on_shard_ready": self._back,
                "on_shard_resumed": self._back,
            }
        else:
            heard = {"on_disconnect": self._gone, "on_ready": self._back, "on_resumed": self._back}
        heard |= {"on_interaction": self._sent, "on_app_command_completion": self._answered}
        for name, hear in heard.items():
            client.add_listener(_awaited(hear), name)

    def _gone(self, shard: int | None = None) -> None:
        self._lost.setdefault(shard, self._client.tools.now())

    def _back(self, shard: int | None = None) -> None:
        self._lost.pop(shard, None)

    def _sent(self, interaction: discord.Interaction) -> None:
        self._heard.labels(interaction.type.name).inc()

    def _answered(
        self, interaction: discord.Interaction, command: app_commands.Command[Any, ..., Any]
    ) -> None:
        took = (discord.utils.utcnow() - interaction.created_at).total_seconds()
        self._answers.labels(command.qualified_name).observe(max(took, 0.0))


class _Counting(logging.Handler):
    def __init__(self, lines: Counter) -> None:
        super().__init__(logging.WARNING)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.labels(record.levelname.lower()).inc()


def ask(port: int) -> tuple[str, bool]:
    """What a bot on this machine says of its health, as one text, and whether it is well."""
    if not port:
        return "HEALTH_PORT is not set, so no bot can be asked: see .env.example.", False
    try:
        with urlopen(f"http://{ADDRESS}:{port}/health", timeout=10) as answer:
            return answer.read().decode(), True
    except HTTPError as error:
        return error.read().decode(), False
    except (URLError, OSError) as error:
        return f"No bot answers on port {port} of this machine: {getattr(error, 'reason', error)}", False


def _awaited(hear: Callable[..., None]) -> Callable[..., Any]:
    async def heard(*told: Any) -> None:
        hear(*told)

    return heard


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
