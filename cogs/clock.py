"""Everything that happens by itself: one loop, and jobs that are asked of the database."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import discord
from discord.ext import commands, tasks

from features.digest import reading
from features.digest.posting import claim_weeks, post_summary
from features.polls.due_posting import end_poll, mark_before, remind, show_if_behind
from features.proposals.clock import settle_vote, take_due_step
from features.proposals.due_posting import open_vote, show_proposal
from features.server import leaving
from features.warnings.due_posting import look_after
from storage.database import checkpoint
from storage.members import warnings
from storage.members.fingerprints import drop_old_openings
from storage.polls import ballots, polls, reminders
from storage.polls import cards as poll_cards
from storage.proposals import cards as proposal_cards
from storage.proposals import proposals
from storage.server import digests
from storage.upkeep.retention import drop_what_is_over
from tools import Client
from tournament.source import SourceError

log = logging.getLogger("roundtable.clock")

DAY = timedelta(days=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)  # before what failed is tried again

Item = tuple[Any, ...]  # one thing to do, which names it; of a server, its id comes first


@dataclass(frozen=True)
class Job:
    """What is due, and how to do one of it."""

    name: str
    due: Callable[[datetime], Awaitable[Iterable[Item]]]
    do: Callable[
        ..., Awaitable[object]
    ]  # (guild, *the rest of the item), or (*item) where it is of no server
    of_servers: bool = True
    every: timedelta | None = None  # due again so long after it was done; None: the database says


@dataclass
class Lane:
    """Jobs that follow one another; lanes wait for no other."""

    jobs: tuple[Job, ...]
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Clock(commands.Cog):
    """Does what is due, each item in its own try and with its own back-off.

    A restart, an outage and a late tick are the same: what is due is read from the database. A server that
    removed the bot, or that Discord can't reach, waits: nothing of it is tried, and nothing is lost.
    """

    def __init__(self, client: Client) -> None:
        self.client, self.tools = client, client.tools
        self._waits: dict[tuple[str, Item], tuple[int, datetime]] = {}  # times it failed, and not before
        self._running: dict[int, asyncio.Task[None]] = {}
        self._lanes = (
            Lane((*self._servers(), *self._steps(), *self._cards(), self._reminders())),
            Lane(self._summaries()),
            Lane((self._warnings(),)),
            Lane(self._keeping()),
            *(
                Lane(self._readings(tournament, lane))
                for tournament in client.read_ahead
                for lane in reading.LANES
            ),
        )

    async def cog_load(self) -> None:  # noqa: D102
        self.look.start()

    async def cog_unload(self) -> None:  # noqa: D102
        self.look.cancel()
        for task in self._running.values():
            task.cancel()

    @tasks.loop(minutes=1)
    async def look(self) -> None:
        """Start every lane that is not still busy with what it found before."""
        for place, lane in enumerate(self._lanes):
            if place not in self._running or self._running[place].done():
                self._running[place] = asyncio.create_task(self._follow(lane))

    @look.before_loop
    async def _until_there_are_servers(self) -> None:
        await self.client.wait_until_ready()

    async def tick(self) -> None:
        """Do everything that is due now, once."""
        await asyncio.gather(*(self._follow(lane) for lane in self._lanes))

    async def _follow(self, lane: Lane) -> None:
        async with lane.turn:
            for job in lane.jobs:
                for item in await self._found(job):
                    await self._do(job, item)

    async def _found(self, job: Job) -> list[Item]:
        found: list[Item] = []

        async def find() -> None:
            found.extend(await job.due(self.tools.now()))

        if await self._try(job, (), find):
            over = {key for key in self._waits if key[0] == job.name and key[1] not in found}
            self._waits = {key: wait for key, wait in self._waits.items() if key not in over}
        return found

    async def _do(self, job: Job, item: Item) -> None:
        guild = self.client.get_guild(item[0]) if job.of_servers else None
        if not job.of_servers:
            await self._try(job, item, lambda: job.do(*item))
        elif guild is not None and not guild.unavailable:
            await self._try(job, item, lambda: job.do(guild, *item[1:]))

    async def _try(self, job: Job, item: Item, work: Callable[[], Awaitable[object]]) -> bool:
        """Do one thing unless it has to wait; whether it was done. What fails waits longer each time."""
        now = self.tools.now()
        failed, not_before = self._waits.get((job.name, item), (0, now))
        # what has to wait longer than anything may was set by a clock that ran ahead
        if now < not_before <= now + max(LONGEST_WAIT, job.every or FIRST_WAIT):
            return False
        try:
            await work()
        except Exception as error:
            wait = min(FIRST_WAIT * 2 ** min(failed, 10), LONGEST_WAIT)
            self._waits[job.name, item] = (failed + 1, now + wait)
            expected = isinstance(error, discord.DiscordException | ValueError | SourceError | OSError)
            log.warning(
                "%s failed: %s",
                job.name,
                error,
                exc_info=None if expected else error,
                # ids only: who is to be reminded of what is nobody's business
                extra={
                    "fields": {
                        "what": [part for part in item if isinstance(part, int | str)],
                        "times": failed + 1,
                        "again_in": str(wait),
                    }
                },
            )
            return False
        self._waits.pop((job.name, item), None)
        if job.every is not None and item:
            self._waits[job.name, item] = (0, now + job.every)
        return True

    # -- what there is to do --------------------------------------------------------------------------------

    def _steps(self) -> tuple[Job, ...]:
        db, tools = self.tools.database, self.tools

        async def due_steps(now: datetime) -> list[Item]:
            return [(each.guild_id, each.number) for each in await proposals.due_proposals(db, now)]

        async def unopened(_: datetime) -> list[Item]:
            return [row[:2] for row in await proposals.at_vote(db) if row[2] in (None, "cancelled")]

        async def over(now: datetime) -> list[Item]:
            return [(poll.guild_id, poll.poll_id) for poll in await polls.due_polls(db, now)]

        async def voted(_: datetime) -> list[Item]:
            return [row[:2] for row in await proposals.at_vote(db) if row[2] == "closed"]

        return (
            Job("a step of a proposal", due_steps, lambda g, n: take_due_step(db, g.id, n, tools.now())),
            Job("opening a vote", unopened, lambda g, n: open_vote(tools, g, n)),
            Job("ending a poll", over, lambda g, poll: end_poll(tools, g.id, poll, tools.now())),
            Job("the result of a vote", voted, lambda g, n: settle_vote(db, g.id, n, tools.now())),
        )

    def _cards(self) -> tuple[Job, ...]:
        db, tools = self.tools.database, self.tools

        async def marks(now: datetime) -> list[Item]:
            mark = mark_before(now)
            return [(mark,)] if await ballots.to_tell(db, mark) else []

        return (
            Job(
                "telling how many voted",
                marks,
                lambda mark: ballots.tell_counts(db, mark),
                of_servers=False,
            ),
            Job(
                "the card of a poll",
                lambda _: poll_cards.cards_behind(db),
                lambda g, poll: show_if_behind(tools, g, poll),
            ),
            Job(
                "the card of a proposal",
                lambda _: proposal_cards.cards_behind(db),
                lambda g, n: show_proposal(tools, g, n),
            ),
        )

    def _reminders(self) -> Job:
        async def due(now: datetime) -> list[Item]:
            return [(each.guild_id, each) for each in await reminders.due_reminders(self.tools.database, now)]

        return Job("a reminder", due, lambda _, each: remind(self.tools, self.client, each, self.tools.now()))

    def _warnings(self) -> Job:
        async def due(now: datetime) -> list[Item]:
            return [(each.guild_id, each) for each in await warnings.due_warnings(self.tools.database, now)]

        return Job(
            "a warning", due, lambda _, each: look_after(self.tools, self.client, each, self.tools.now())
        )

    def _summaries(self) -> tuple[Job, ...]:
        db, tools = self.tools.database, self.tools

        async def scheduled(_: datetime) -> list[Item]:  # whether it is due is found out one by one
            return [(each.guild_id, each) for each in await digests.schedules(db)]

        async def claimed(_: datetime) -> list[Item]:
            return [(each.guild_id, each) for each in await digests.unposted(db)]

        return (
            Job(
                "claiming a summary",
                scheduled,
                lambda _, schedule: claim_weeks(db, schedule, tools.now()),
            ),
            Job("posting a summary", claimed, lambda g, waiting: post_summary(tools, g, waiting)),
        )

    def _readings(self, tournament: str, lane: Iterable[str]) -> tuple[Job, ...]:
        db, source, now = self.tools.database, self.tools.sources[tournament], self.tools.now

        async def always(_: datetime) -> list[Item]:
            return [(what,) for what in lane]

        return (
            Job(
                f"reading {tournament}",
                always,
                lambda what: reading.read_ahead(db, source, what, now()),
                of_servers=False,
                every=reading.EVERY,
            ),
        )

    def _keeping(self) -> tuple[Job, ...]:
        db, tools, copies = self.tools.database, self.tools, self.tools.copies

        async def always(_: datetime) -> list[Item]:
            return [("files",)]

        async def due(now: datetime) -> list[Item]:
            return [("copy",)] if await asyncio.to_thread(copies.are_due, db.path, now) else []

        async def copy(_: str) -> None:
            await asyncio.to_thread(copies.make, db.path, tools.now())

        async def drop(_: str) -> None:
            await drop_what_is_over(db, tools.now())
            await drop_old_openings(db, tools.now())

        return (
            Job("dropping what is over", always, drop, of_servers=False, every=DAY),
            Job("emptying the WAL", always, lambda _: checkpoint(db), of_servers=False, every=DAY),
            Job("copying the database", due, copy, of_servers=False),
        )

    def _servers(self) -> tuple[Job, ...]:
        db, tools = self.tools.database, self.tools

        def here() -> set[int]:
            return {guild.id for guild in self.client.guilds}  # with those that Discord can't reach now

        return (
            Job(
                "looking which servers are there",
                lambda _: leaving.changed_guilds(db, here()),
                lambda guild_id, is_back: leaving.mark(db, guild_id, is_back, tools.now()),
                of_servers=False,
            ),
            Job(
                "forgetting a server",
                lambda now: leaving.long_gone(db, here(), now),
                lambda guild_id: leaving.forget(db, guild_id),
                of_servers=False,
            ),
        )


async def setup(bot: Client) -> None:
    """Start it."""
    await bot.add_cog(Clock(bot))
