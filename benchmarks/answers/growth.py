"""How what a command takes grows with what there is: everything ten times over, each command asked twice."""

import asyncio
import json
import logging
import statistics
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.invented.fields import OPEN, InventedSource, invented_field
from benchmarks.rows import Beside, Row
from benchmarks.timing import asked_for
from bot import Roundtable, Settings, create_bot
from demo.tour import EXAMPLES
from features.meta_model import derived
from features.polls.closing import close_poll
from features.polls.view import poll_view
from features.stakes import concentration, influence
from governance.proposals.document import content_hash, to_json
from governance.proposals.proposal import read_proposal
from storage.database import Database
from storage.market.snapshots import StakeSnapshot, keep_snapshot
from storage.members.links import AccountLink, set_link
from storage.opinions import add_statement, cast_vote
from storage.polls.casting import cast
from storage.polls.opening import open_poll
from storage.polls.polls import PollTerms
from storage.promises import NewPromise, add_promise
from storage.proposals.arguments import argue
from storage.proposals.filing import file_proposal
from storage.proposals.proposals import Content
from storage.server.settings import change_settings
from tests.offline import OfflineDiscord, Server, furnished, said
from tournament.source import EVERYONE, History, Stakes, TournamentField

TIMES, MOST = 10, 11  # as much data, and as long
TURNS = 3
FEW_MODELS, MANY_MODELS = (240, 60), (240, 600)  # rounds and models
FINAL = 50  # ten times as many were all paid by CORR and MMC
FEW_ROUNDS, MANY_ROUNDS = (FINAL + OPEN, 400), (TIMES * FINAL + OPEN, 400)
NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
# what there is at the smaller size
ROUNDS, MEMBERS, BALLOTS, POLLS, STATEMENTS, PROPOSALS, PROMISES, SNAPSHOTS = 52, 20, 200, 4, 10, 4, 4, 5
EACH = 10  # statements that a member votes on
FIELD = ("payout", "stakes", "fund", "weights", "record", "plan", "ahead")  # commands on models and rounds
ME = "model_00001"
RULE = {"proposed": "1xCORR + 3xMMC"}

# every command that reads; what asks for a file, opens a form or changes something is left out
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("payout compare", RULE | {"who": ME}),
    ("payout compare", RULE | {"who": EVERYONE, "rounds": "all"}),
    ("payout show", {"who": ME}),
    ("payout what-if", {"rule": "1xCORR + 2xMMC", "scores": "corr 0.02, mmc 0.05", "stake": 100.0}),
    ("payout rules", {}),
    ("stakes concentration", {}),
    ("stakes influence", {}),
    ("stakes unstake", {"top": 20}),
    ("stakes history", {}),
    ("stakes who", {"name": ME}),
    ("fund alignment", {}),
    ("fund combination", {}),
    ("fund rules", {}),
    ("weights compare", {}),
    ("weights split-test", {}),
    ("weights redundancy", {}),
    ("record show", {"name": ME}),
    ("record scores", {}),
    ("record rerank", {}),
    ("plan drawdown", {"name": ME}),
    ("plan overfit", {"grid": "corr 0..2 step .5, mmc 0..3 step .5"}),
    ("plan transition", {"proposed": "1xCORR + 3xMMC", "current": "2xCORR + 1xMMC"}),
    ("ahead pay", {"name": ME}),
    ("ahead stake", {"name": ME}),
    ("ahead power", {}),
    ("ahead restake", {"rule": "1xCORR + 2xMMC"}),
    ("ahead rounds", {"name": ME}),
    ("proposal list", {}),
    ("proposal show", {"number": 1}),
    ("proposal simulate", {"number": 1}),
    ("proposal impact", {"number": 1}),
    ("proposal export", {"number": 1}),
    ("poll list", {}),
    ("poll show", {"number": 1}),
    ("poll my", {"number": 2}),
    ("poll results", {"number": 1}),
    ("poll export", {"number": 1}),
    ("promise list", {}),
    ("opinion list", {}),
    ("opinion vote", {}),
    ("opinion map", {}),
    ("digest preview", {}),
    ("digest me", {}),
    ("digest last", {}),
    ("account show", {}),
    ("privacy show", {}),
    ("privacy export", {}),
    ("setup show", {}),
    ("help", {}),
)


class GrownSource(InventedSource):
    """An invented field whose models can be asked for by name, and who holds what."""

    def __init__(self, field: TournamentField) -> None:
        super().__init__(field)
        self._own: dict[str, History] = {}

    async def find(self, typed: str) -> str | None:
        """Everyone, or a model by its exact name."""
        folded = typed.strip().casefold()
        return folded if folded in {EVERYONE, *self.field.models} else None

    async def history(self, name: str) -> History:
        """A model's own rows, looked for once: a live source asks for one model at a time."""
        if name not in self._own:
            at = self.field.models.index(name)
            self._own[name] = _joined([rows.only(rows.model == at) for rows in self.field.pieces()], name)
        return self._own[name]

    async def stake_over_years(self) -> None:
        """That is not told."""

    async def stakes(self) -> Stakes:
        """What the newest round has at risk."""
        rows = self.field.read(self.field.numbers[-1:])
        held = np.zeros(len(self.field.models))
        held[rows.model] = rows.stake
        names = self.field.models
        return Stakes(await self.until(), names, held, names, held, np.arange(len(names)), guessed=False)


def _joined(pieces: list[History], name: str) -> History:
    """The rows of one model in all pieces as its history."""

    def columns(field: str) -> dict[str, Any]:
        told = [(getattr(piece, field), np.full(piece.round.size, np.nan)) for piece in pieces]
        names = {name for each, _ in told for name in each}
        return {name: np.concatenate([each.get(name, lacks) for each, lacks in told]) for name in names}

    own: dict[str, Any] = {
        field: np.concatenate([getattr(piece, field) for piece in pieces])
        for field in ("model", "round", "payout_factor", "stake", "payout", "resolved")
    }
    own |= {field: columns(field) for field in ("scores", "chosen", "other_unit", "likeness")}
    own["model"] = np.zeros_like(own["model"])
    return replace(pieces[0], name=name, kind="model", models=(name,), **own)


def growth() -> list[Row]:
    """Each command's processor time at both sizes; what was warmed up or kept helps neither.

    First there are ten times as many of everything and models, then rounds: many an answer needs more rounds
    than a tenth of what there may be.
    """
    print(f"\nEvery command with {TIMES} times the data: processor time, medians of {TURNS}")
    _taken(*FEW_MODELS, 1, turns=1)  # what is imported is imported now
    rows: list[Row] = []
    for of, small, large in (("models", FEW_MODELS, MANY_MODELS), ("rounds", FEW_ROUNDS, MANY_ROUNDS)):
        only_field = of == "rounds"
        least = _taken(*small, 1, only_field=only_field)
        most = _taken(*large, TIMES, only_field=only_field)
        for name, before in least.items():
            if name in most:
                what = of if name.split()[0] in FIELD else "of everything"
                work = f"/{name} with {TIMES} times as many {what}"
                rows.append(Row("growth", work, most[name], bound=Beside("a tenth", before), of_bound=MOST))
                asked_for(
                    f"/{name}, {of}: {before:.0f} to {most[name]:.0f} ms", most[name] / before, MOST, "x"
                )
    return rows


def _taken(
    rounds: int, models: int, times: int, turns: int = TURNS, *, only_field: bool = False
) -> dict[str, float]:
    print(f"  {rounds} rounds of {models} models, a server of {times} times {MEMBERS} members")
    source = GrownSource(invented_field(rounds, models))
    commands = [(name, options) for name, options in COMMANDS if not only_field or name.split()[0] in FIELD]
    with TemporaryDirectory(dir=".") as folder:  # the project's disk: a temporary folder may be memory
        return asyncio.run(_asked(f"{folder}/bot.sqlite3", source, commands, times, turns))


async def _asked(
    path: str, source: GrownSource, commands: list[tuple[str, dict[str, Any]]], times: int, turns: int
) -> dict[str, float]:
    """Milliseconds of each command that answers; the others are told."""
    settings = Settings.from_env({"DISCORD_TOKEN": "x", "DATABASE_PATH": path, "BACKUP_DAYS": "0"})
    bot = create_bot(settings, source=source, now=lambda: NOW)
    assert isinstance(bot, Roundtable)
    env = OfflineDiscord(bot)
    await env.start()
    refusals = _Refusals()
    logger = logging.getLogger("roundtable.errors")
    logger.addHandler(refusals)
    logger.setLevel(logging.INFO)
    try:
        server = furnished(env)
        await fill(server.database, server.guild.id, server.ben.id, times, source)
        return {
            _name(name, options): taken
            for name, options in commands
            if (taken := await _median(server, refusals, name, options, turns)) is not None
        }
    finally:
        logger.removeHandler(refusals)
        await env.shutdown()
        await bot.close()


class _Refusals(logging.Handler):
    """Whether an answer was an error: those are logged, whatever they say."""

    heard = False

    def emit(self, record: logging.LogRecord) -> None:
        """Anything that is logged is one."""
        self.heard = True


async def _median(
    server: Server, refusals: "_Refusals", name: str, options: dict[str, Any], turns: int
) -> float | None:
    who = server.moderator if name.startswith("setup") else server.ben
    times = []
    for _ in range(turns):
        forget(server.bot)
        refusals.heard = False
        start = time.process_time()
        try:
            told = said(await who.slash(server.channel, name, **options))
        except Exception as error:  # noqa: BLE001 - a report tells what broke, and goes on
            print(f"  /{name} BROKE: {error}")
            return None
        times.append(1000 * (time.process_time() - start))
        if refusals.heard:
            print(f"  /{name} is left out: {told.content[:150]}")
            return None
    return statistics.median(times)


def forget(bot: Roundtable) -> None:
    """Nothing that was worked out is kept: each turn works it out again."""
    for kept in (bot.tools.kept, bot.questions.kept):
        kept._made.clear()
    derived._kept._made.clear()
    concentration._tail_of.cache_clear()
    influence._tested.cache_clear()


def _name(name: str, options: Mapping[str, Any]) -> str:
    return f"{name} {EVERYONE}" if options.get("who") == EVERYONE else name


async def fill(db: Database, guild_id: int, ben: int, times: int, source: GrownSource) -> None:
    """A server with so many times the smaller size of everything."""
    members = [1000 + number for number in range(MEMBERS * times)]
    await change_settings(db, guild_id, NOW, cooldown_hours=0, open_cap=50)
    for member in [*members, ben]:
        at = member % len(source.field.models)
        await set_link(db, AccountLink(member, f"model_{at:05}", "model", "classic", NOW))
    examples = [read_proposal(path.read_text("utf-8")) for path in sorted(EXAMPLES.glob("*.json"))]
    for number in range(PROPOSALS * times):
        proposal = examples[number % len(examples)]
        what = Content(
            f"{proposal.title} {number}",
            proposal.tournament,
            proposal.kind,
            to_json(proposal),
            content_hash(proposal),
        )
        await file_proposal(db, guild_id, members[number], what, NOW, due_at=None)
    for number, member in enumerate(members[1:]):
        await argue(db, guild_id, 1, member, "for", f"Claim {number}", NOW, stages=("idea",))
    for number in range(POLLS * times):
        ballots = BALLOTS * times if number < 2 else 5
        closes = NOW + timedelta(days=7)
        terms = PollTerms(f"Which? {number}", "single", ["A", "B", "C"], NOW, closes, "0" * 64, ballots)
        poll = await open_poll(db, guild_id, members[0], terms, NOW)
        voters = [ben, *range(5000, 5000 + ballots - 1)]
        await asyncio.gather(
            *(cast(db, guild_id, poll.poll_id, each, json.dumps("ABC"[each % 3]), NOW) for each in voters)
        )
        if number == 0:
            await close_poll(db, (await poll_view(db, guild_id, poll.number)).poll, closes)
    for number in range(PROMISES * times):
        said_on, due_on = date(2031, 1, 1), date(2031, 6, 1) + timedelta(days=number)
        new = NewPromise("promise", f"Promise {number}", "The team", "https://a.example", said_on, due_on)
        await add_promise(db, guild_id, members[0], new, NOW)
    statements = []
    for number in range(STATEMENTS * times):
        before = NOW - timedelta(days=2 * (STATEMENTS * times - number))
        claim = f"Claim {number}"
        statements.append(await add_statement(db, guild_id, members[number // 10], claim, claim, before))
    rng = np.random.default_rng(5)
    for member in members:
        for at in rng.choice(len(statements), EACH, replace=False).tolist():
            await cast_vote(db, guild_id, statements[at].statement_id, member, int(rng.integers(-1, 2)), NOW)
    for number in range(SNAPSHOTS * times):
        held = tuple((name, 100.0 / (1 + at)) for at, name in enumerate(source.field.models))
        day = date(2026, 1, 1) + timedelta(days=7 * number)
        await keep_snapshot(db, StakeSnapshot("classic", source.label, day, held, held, False, NOW))


BENCHMARKS = {"growth": growth}
