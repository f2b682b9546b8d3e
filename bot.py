"""Start here: settings, the bot that is built from them, and `python bot.py`."""

import asyncio
import importlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import aiohttp
import discord
from discord.app_commands import AppCommandContext, AppInstallationType
from discord.ext import commands, tasks
from dotenv import dotenv_values

from health import PortTakenError, Watch, ask, keep_memory_together
from logs import write_to_stderr
from scoring import kernels
from settings import Settings, tasks_typed
from shards import TOO_FEW, Shards
from storage.database import Database, StorageError
from storage.server.syncs import record_sync, synced_digest
from storage.upkeep.files import Copies
from storage.upkeep.lease import EVERY, TakenOverError, back_up, open_alone, restore
from tools import SAMPLE, Client, Tools
from tournament.numerai.asking.check import checked
from tournament.numerai.source import Limits, NumeraiClient, NumeraiSource
from tournament.sample import SampleSource
from tournament.source import Source, Tournament
from ui.drawing import DrawingThread, warm_up
from ui.errors import Tree
from ui.forms import BackToForm, answer_forgotten
from ui.posting import passes
from ui.question_buttons import QuestionButton, QuestionMenu
from ui.questions import Questions
from ui.server import CommandTongues, digest_of_commands

log = logging.getLogger("roundtable")

# the bot has no voice: what discord.py would warn about at every start is nothing a host should act on
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

NOUNS = (
    "account clock digest help lab.ahead lab.plan lab.fund lab.weights opinion payout poll privacy promise"
)
EXTENSIONS = tuple(f"cogs.{noun}" for noun in f"{NOUNS} proposal record setup stakes".split())
FIELD_FORM = r"[a-z]+:type-(?P<field>[a-z]+):(?P<row>[0-9]{1,18})"
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0  # seconds until Discord is tried again
LOOPS_AFTER = 30.0  # seconds: whoever asks right after a start is answered by numpy, undisturbed
TRY_THE_DEMO = "To try the bot without a token, run: make demo"


def utc_now() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


class Roundtable(Client):
    """The bot: opens what it needs before the gateway, closes it after."""

    def __init__(
        self,
        settings: Settings,
        source: Source | None = None,
        now: Callable[[], datetime] = utc_now,
        sample: SampleSource | None = None,
        drawing: DrawingThread | None = None,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            tree_cls=Tree,
            # members may take the bot along: what belongs to no server works wherever they type it
            allowed_contexts=AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=AppInstallationType(guild=True, user=True),
            # renaming a thread may have to wait for ten minutes: that is tried again, and holds up nobody
            max_ratelimit_timeout=60.0,
            shard_count=settings.shards or None,  # None: Discord is asked
        )
        self.settings, self.source, self.now = settings, source, now
        self.forms = {
            FIELD_FORM: lambda asked, match: self.questions.form_of(asked, int(match["row"]), match["field"])
        }
        self.sample = source if isinstance(source, SampleSource) else sample or SampleSource()
        self.drawing = drawing or DrawingThread()
        self.ended_by: StorageError | None = None
        self._warming: asyncio.Task[None] | None = None
        self._later = threading.Timer(LOOPS_AFTER, load_loops)
        self._later.daemon = True
        self._watch = Watch(self, settings.health_port) if settings.health_port else None

    async def setup_hook(self) -> None:
        """Open the database, load the cogs, sync if the commands changed."""
        copies = Copies(self.settings.backup_folder, self.settings.backup_days)
        database, self.lease = await open_alone(self.settings.database_path, copies, self.now)
        scheduler = self.settings.scoring_scheduler
        sources = self._sources(database)
        self.tools = Tools(database, sources, self.drawing, self.now, copies, scheduler=scheduler)
        self.beat.start()
        if self.settings.data_source == "numerai":
            self.read_ahead = [
                name for name, source in self.tools.sources.items() if isinstance(source, NumeraiSource)
            ]
        self.questions = Questions(database, self.tools.drawing, self.now, self.settings.docs_url)
        self.add_dynamic_items(QuestionButton, QuestionMenu, BackToForm)
        for extension in EXTENSIONS:
            await importlib.import_module(extension).setup(self)
        if self._watch is not None:
            await self._watch.start()
        await self._sync_if_changed()
        self._warming = asyncio.create_task(self._warm_up())

    async def on_ready(self) -> None:
        """Say so; this may happen many times."""
        assert self.user is not None
        fields = {"user_id": self.user.id, "guilds": len(self.guilds), "shards": self.shard_count or 1}
        log.info("ready", extra={"fields": fields})

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer what is pressed or submitted and reached nobody."""
        await answer_forgotten(interaction, self.forms)

    async def close(self) -> None:
        """Finish what is being written or drawn, then leave."""
        self._later.cancel()
        if self._warming is not None:
            self._warming.cancel()
        await super().close()
        if self._watch is not None:
            await self._watch.stop()
        if hasattr(self, "tools"):
            self.beat.stop()
            self.tools.drawing.close()
            for source in self.tools.sources.values():
                if isinstance(source, NumeraiSource):
                    await source.close()  # it writes to the database
            with suppress(StorageError):  # it was closed before, or taken over: there is nothing to tell
                await self.lease.beat(self.tools.database, self.now(), last=True)
            await self.tools.database.close()
            self.lease.release()

    @tasks.loop(seconds=EVERY.total_seconds())
    async def beat(self) -> None:
        """Tell others that this process is alive; leave where one has taken its place all the same."""
        try:
            await self.lease.beat(self.tools.database, self.now())
        except TakenOverError as error:
            self.ended_by = error
            await self.close()
        except (StorageError, OSError) as error:  # a full disk, a busy file: the next may come through
            log.warning("a beat was missed: %s", error)

    def _sources(self, database: Database) -> dict[str, Source]:
        """Where each tournament's numbers come from; the sample is always there to try."""
        if self.source is not None:
            return {self.source.tournament: self.source, SAMPLE: self.sample}
        if self.settings.data_source == "sample":
            return {"classic": self.sample, SAMPLE: self.sample}
        tournaments: tuple[Tournament, ...] = ("classic", "signals", "crypto")
        limits = Limits(self.settings.round_weeks, self.settings.round_megabytes)
        numerai = NumeraiClient()  # one for all: the API counts what this machine asks
        live: dict[str, Source] = {
            name: NumeraiSource(database, tournament=name, now=self.now, client=numerai, limits=limits)
            for name in tournaments
        }
        return live | {SAMPLE: self.sample}

    async def _sync_if_changed(self) -> None:
        assert self.application_id is not None
        digest = digest_of_commands(self.tree)
        if await synced_digest(self.tools.database, self.application_id) == digest:
            log.info("commands unchanged")
            return
        await self.tree.set_translator(CommandTongues())
        synced = await self.tree.sync()
        self.command_ids = {command.name: command.id for command in synced}
        await record_sync(self.tools.database, self.application_id, digest, self.now())
        log.info("commands synced", extra={"fields": {"commands": len(synced)}})

    async def _warm_up(self) -> None:
        """Load what the first question needs, once the gateway has nothing left to wait for."""
        await self.wait_until_ready()
        await self.tools.sources[SAMPLE].names()
        await self.tools.drawing.run(warm_up)
        await CommandTongues().load()
        if not self.command_ids:
            with suppress(discord.HTTPException):  # the help then names commands that can't be clicked
                self.command_ids = {command.name: command.id for command in await self.tree.fetch_commands()}
        log.info("warm")
        self._later.start()


class ShardedRoundtable(Roundtable, Shards):
    """The same over several connections, for more servers than Discord gives to one."""


def load_loops() -> None:
    """Make the compiled loops ready; nobody waits for it."""
    ready = [kernels.load(name) for name in kernels.NAMES]
    log.info("kernels", extra={"fields": {"ready": sum(ready)}})


def create_bot(
    settings: Settings,
    *,
    source: Source | None = None,
    now: Callable[[], datetime] = utc_now,
    sample: SampleSource | None = None,
    drawing: DrawingThread | None = None,
) -> commands.Bot:
    """A bot that is ready to be started; nothing is opened or read yet, save by whoever gives a source."""
    kind = Roundtable if settings.shards == 1 else ShardedRoundtable
    return kind(settings, source, now, sample, drawing)


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then close; wait and try again while Discord can't be reached.

    Raises StorageError, and what discord.py raises that does not pass by itself.
    """
    stopping = asyncio.current_task()
    assert stopping is not None
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.cancel)
    wait = FIRST_WAIT
    with suppress(asyncio.CancelledError):
        while not await _ran(settings, wait):
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)


async def _ran(settings: Settings, wait: float) -> bool:
    """Run a bot to its end; False where Discord could not be reached."""
    bot = create_bot(settings)
    assert isinstance(bot, Roundtable)
    async with bot:
        try:
            await bot.start(settings.discord_token)
        except asyncio.CancelledError:
            log.info("stopping")
            raise
        except (aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound, OSError) as error:
            if isinstance(error, discord.HTTPException) and not passes(error):
                raise
            fields = {"why": type(error).__name__, "again_in": wait}
            log.warning("Discord can't be reached", extra={"fields": fields})
            return False
    if bot.ended_by is not None:
        raise bot.ended_by
    return True


def main() -> int:
    """Do what was typed behind `python bot.py`: run the bot, or something with its files."""
    asked = tasks_typed().parse_args()
    if asked.task == "check":
        table, is_good = asyncio.run(checked(NumeraiClient()))
        _tell(table)
        return 0 if is_good else 1
    environ = {**{k: v for k, v in dotenv_values().items() if v is not None}, **os.environ}
    try:
        settings = Settings.from_env(environ)
        if asked.task == "health":
            told, is_well = ask(settings.health_port)
            _tell(told)
            return 0 if is_well else 1
        if asked.task == "backup":
            return _tell(back_up(settings.database_path, asked.file))
        if asked.task == "restore":
            return _tell(restore(settings.database_path, asked.file, utc_now()))
    except (ValueError, StorageError) as error:
        return _give_up(str(error))
    return _serve(settings)


def _serve(settings: Settings) -> int:
    """Run the bot, and turn what can be expected to go wrong into one line."""
    if not settings.discord_token:
        return _give_up(f"DISCORD_TOKEN is not set: put it into .env (see .env.example). {TRY_THE_DEMO}")
    write_to_stderr(settings.log_level)
    keep_memory_together()
    try:
        asyncio.run(run(settings))
    except discord.LoginFailure:
        return _give_up(
            f"Discord does not accept this DISCORD_TOKEN: reset it in the developer portal. {TRY_THE_DEMO}"
        )
    except discord.ConnectionClosed as error:
        if error.code in TOO_FEW:
            return _give_up("Discord wants more connections for so many servers: set SHARDS=auto in .env.")
        raise
    except (StorageError, PortTakenError) as error:
        return _give_up(str(error))
    return 0


def _tell(sentence: str) -> int:
    print(sentence)  # noqa: T201 - whoever typed it reads it
    return 0


def _give_up(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - before there is a log, and for people who read no log
    return 1


if __name__ == "__main__":
    sys.exit(main())
