"""How long each of five hundred members waits who vote at once: gateway, dialogs and a real database."""

import asyncio
from tempfile import TemporaryDirectory

from benchmarks.rows import Row
from benchmarks.timing import asked_for
from bot import Roundtable, Settings, create_bot
from tests.cogs.poll.pressing import ask_for_dialog, choose
from tests.features.polls.polling import people, poll_of, start
from tests.offline import OfflineDiscord, furnished

MEMBERS, TURNS = 500, 3
WITHIN = 500  # ms


def voting() -> list[Row]:
    """Vote pressed by all, then a choice by all; the second and third turn change a ballot."""
    with TemporaryDirectory(dir=".") as folder:  # the project's disk: a temporary folder may be memory
        return asyncio.run(_voting(f"{folder}/bot.sqlite3"))


async def _voting(path: str) -> list[Row]:
    settings = Settings.from_env({"DISCORD_TOKEN": "x", "DATABASE_PATH": path, "DATA_SOURCE": "sample"})
    bot = create_bot(settings)
    assert isinstance(bot, Roundtable)
    env = OfflineDiscord(bot)
    await env.start()
    try:
        server = furnished(env)
        members = people(server, MEMBERS)
        await start(server, server.ben, hours=96.0)
        poll_id = (await poll_of(server)).poll.poll_id
        print(f"\n{MEMBERS} members who vote at once")
        rows = []
        for turn in range(TURNS):
            asked = await asyncio.gather(*(ask_for_dialog(server, member, poll_id) for member in members))
            cast = await asyncio.gather(
                *(
                    choose(server, member, dialog, str((place + turn) % 3))
                    for place, (member, (dialog, _)) in enumerate(zip(members, asked, strict=True))
                )
            )
            for what, waits in (("the dialog", [wait for _, wait in asked]), ("the ballot", cast)):
                ordered = sorted(1000 * wait for wait in waits)
                print(f"  turn {turn + 1}, {what}, half wait at most {ordered[MEMBERS // 2]:8.0f} ms")
                slow = ordered[MEMBERS * 99 // 100]
                asked_for(f"turn {turn + 1}, {what}, 99 of 100", slow, WITHIN)
                words = f"{what} of {MEMBERS} who vote at once, 99 of 100, turn {turn + 1}"
                rows.append(Row("voting", words, slow, within=WITHIN))
        return rows
    finally:
        await env.shutdown()
        await bot.close()


BENCHMARKS = {"voting": voting}
