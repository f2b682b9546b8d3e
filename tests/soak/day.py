"""A day of a server by a simulated clock: polls, proposals, payout questions, reminders, restarts."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot import create_bot
from demo.tour import EXAMPLES
from storage.database import fetch_all
from storage.server.settings import change_settings
from tests.cogs.digest.weekly import schedule, summaries
from tests.features.polls.polling import filled, labels, look, people, poll_of, start
from tests.features.proposals.proposing import Clock
from tests.offline import Server, parts_of, said, text_of

START = datetime(2031, 5, 5, 15, 30, tzinfo=UTC)  # a Monday; the summary is due half an hour later
CHOICES: dict[str, tuple[Any, ...]] = {
    "single": ([0], [1], [2]),
    "approval": ([0], [0, 2], [1, 2]),
    "score": ("Keep it: 1\nCut TC: 5\nPay MMC: 2", "Keep it: 5\nCut TC: 0\nPay MMC: 3"),
    "dots": ("Keep it: 4\nCut TC: 5\nPay MMC: 1", "Keep it: 10"),
    "numeric": ("0.25", "0.3", "0.5"),
}
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("payout compare", {"proposed": "1C3T", "who": "model_07585"}),
    ("payout compare", {"proposed": "2C1T", "who": "everyone"}),
    ("payout show", {"who": "model_02765"}),
    ("payout what-if", {"scores": "corr 0.02, tc 0.05", "stake": 100.0, "rule": "1C3T"}),
    ("stakes concentration", {}),
    ("stakes unstake", {"top": 20}),
    ("digest me", {}),
    ("poll list", {}),
    ("opinion vote", {}),
    ("help", {}),
)
POLL_HOURS, RESTART_EVERY = 3.0, 6 * 60 - 30  # hours, minutes


@dataclass
class Day:
    """What happened, and who voted where."""

    server: Server
    now: Clock
    settings: Any
    source: Any
    rng: random.Random
    members: list[Any]
    cards: dict[int, tuple[Any, str]] = field(default_factory=dict)  # open polls: number -> (card, method)
    voted: set[tuple[int, int]] = field(default_factory=set)  # (poll number, member)
    asked: Counter[tuple[int, int]] = field(default_factory=Counter)  # for reminders
    did: Counter[str] = field(default_factory=Counter)

    async def minute(self, number: int) -> None:
        """Everything that a minute brings, and the bot's look at its clock."""
        self.now.move(minutes=1)
        if number % 30 == 5:
            await self._open(number // 30)
        if number % 60 == 20:
            await self._propose(number // 60)
        if number % RESTART_EVERY == 30:
            await self._restart()
        for _ in range(max(1, len(self.members) // 100)):
            await self._vote()
        if number % 10 == 7:
            await self._ask(number // 10)
        await look(self.server)
        for poll in list(self.cards):
            if (await poll_of(self.server, poll)).poll.state != "open":
                del self.cards[poll]
                self.did["polls closed"] += 1

    async def _open(self, turn: int) -> None:
        method = list(CHOICES)[turn % len(CHOICES)]
        member = self.members[turn % len(self.members)]
        card = await start(self.server, member, method, hours=POLL_HOURS)
        self.did["polls opened"] += 1
        self.cards[self.did["polls opened"]] = card, method

    async def _vote(self) -> None:
        if not self.cards:
            return
        number, (card, method) = self.rng.choice(list(self.cards.items()))
        member = self.rng.choice(self.members)
        if self.rng.random() < 0.1:
            mine = said(await member.click(card, label="My ballot"))
            if "Remind me" in labels(mine):
                await member.click(mine.message, label="Remind me")
                self.asked[number, member.id] += 1
                self.did["reminders asked"] += 1
            return
        shown = await member.click(card, label="Vote")
        if shown.modal is None:  # the poll ended in this minute
            assert " closed at " in said(shown).content, said(shown).content
            self.did["came too late"] += 1
            return
        told = said(await member.submit_modal(shown, filled(method, self.rng.choice(CHOICES[method]))))
        assert "Your ballot in poll" in text_of(told), text_of(told)
        self.voted.add((number, member.id))
        self.did["ballots"] += 1

    async def _ask(self, turn: int) -> None:
        command, options = QUESTIONS[turn % len(QUESTIONS)]
        await self.rng.choice(self.members).slash(self.server.channel, command, **options)
        self.did["questions"] += 1

    async def _propose(self, turn: int) -> None:
        """A proposal is filed, and seconded by two; they are as different as their titles."""
        author, first, second = self.rng.sample(self.members, 3)
        path = sorted(EXAMPLES.glob("*.json"))[turn % len(list(EXAMPLES.glob("*.json")))]
        content = json.loads(path.read_text("utf-8")) | {"title": f"{turn}: {path.stem}"}
        file = (path.name, json.dumps(content).encode())
        shown = said(await author.slash(self.server.channel, "proposal import", file=file))
        filed = said(await author.click(shown.message, label="File it"))
        if not filed.content.startswith("Filed as"):
            return
        self.did["proposals"] += 1
        for member in (first, second):
            await member.slash(self.server.channel, "proposal second", number=self.did["proposals"])

    async def _restart(self) -> None:
        await self.server.bot.close()
        await self.server.env.restart_bot(create_bot(self.settings, source=self.source, now=self.now))
        self.did["restarts"] += 1


async def begin(server: Server, now: Clock, settings: Any, source: Any, members: int, seed: int = 1) -> Day:
    """The server furnished with so many members, at the beginning of the day."""
    now.moment = START
    await change_settings(server.database, server.guild.id, now(), cooldown_hours=0, open_cap=50)
    await schedule(server)
    return Day(server, now, settings, source, random.Random(seed), people(server, members))


def forget_the_past(server: Server) -> None:
    """Let this Discord drop what it keeps for tests alone, pictures, and what only members' screens hold."""
    backend = server.env.backend
    of_tests = (backend.transcript, backend.http_requests, backend.interactions, backend.interaction_tokens)
    for kept in (*of_tests, backend.cdn._blobs):
        kept.clear()
    for channel in backend.messages.values():
        for message in [each for each in channel.values() if each.is_ephemeral]:
            del channel[message.id]


async def doubled(day: Day) -> list[str]:
    """What is there twice, or not at all: results, summaries, cards, ballots, reminders."""
    server, found = day.server, list[str]()
    cards = Counter(
        part["custom_id"]
        for kept in server.env.backend.messages.values()
        for message in kept.values()
        if not message.is_ephemeral and message.webhook_id is None
        for part in parts_of(message)
        if part.get("custom_id", "").startswith(("poll:behind:", "proposal:read:"))
    )
    found += [f"{count} posts have {name}" for name, count in cards.items() if count > 1]
    db = server.database
    polls = await fetch_all(db, "SELECT poll_id, number, state, message FROM polls ORDER BY number")
    if len(polls) != day.did["polls opened"]:
        found.append(f"{len(polls)} polls of {day.did['polls opened']}")
    found += [f"poll {row[1]} has no card" for row in polls if row[3] is None]
    numbers = {row[0]: row[1] for row in polls}
    rows = await fetch_all(db, "SELECT poll_id, member_id FROM ballots WHERE member_id IS NOT NULL")
    kept = Counter((numbers[row[0]], row[1]) for row in rows)
    found += [f"{count} ballots of one member in poll {key[0]}" for key, count in kept.items() if count > 1]
    if set(kept) != day.voted:
        found.append(
            f"{len(day.voted - set(kept))} ballots are lost, {len(set(kept) - day.voted)} nobody cast"
        )
    told = len(summaries(server.channel))
    posted = len(await fetch_all(db, "SELECT 1 FROM digest_posts WHERE posted_at IS NOT NULL"))
    if (told, posted) != (1, 1):
        found.append(f"{told} summaries, {posted} noted")
    for member in day.members:
        direct = server.env.backend.dm_channels.get(member.id)
        sent = Counter(
            (int(each.content.split("#")[1].split()[0]), member.id)
            for each in server.env.backend.messages.get(direct, {}).values()
        )
        found += [f"a reminder of poll {key[0]} too often" for key in sent if sent[key] > day.asked[key]]
        day.did["reminders sent"] += sum(sent.values())
    return found


async def integrity(day: Day) -> list[str]:
    """What SQLite finds wrong."""
    db = day.server.database
    told = [row[0] for row in await fetch_all(db, "PRAGMA integrity_check")]
    broken = [f"foreign key: {tuple(row)}" for row in await fetch_all(db, "PRAGMA foreign_key_check")]
    return [f"integrity: {each}" for each in told if each != "ok"] + broken
