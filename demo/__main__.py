"""The whole bot in a browser page with no token: an offline Discord, four members and a short tour."""

import argparse
import asyncio
import contextlib
import logging
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord

from bot import Settings, create_bot
from demo.offline import OfflineDiscord, offline_discord
from demo.page import LivePage
from demo.picture import DESK, PHONE, camera, fewer_colours
from demo.tour import TOUR, TourStep
from demo.voters import cast_votes, seed_voters

OUT = Path(__file__).parents[1] / "out"
DOCS = Path(__file__).parents[1] / "docs"
# the steps whose pictures the docs show, and how wide the window is
IN_DOCS = {
    "my-pay": PHONE,
    "everyone-all-rounds": PHONE,
    "stakes-by-account": PHONE,
    "influence": PHONE,
    "weights": PHONE,
    "track-record": PHONE,
    "transition": DESK,
    "pay-ahead": PHONE,
    "fund-combination": PHONE,
    "filed": DESK,
    "approved": PHONE,
}


async def play(
    env: OfflineDiscord,
    channel: Any,
    members: dict[str, Any],
    voters: list[int],
    page: LivePage,
    tour: Sequence[TourStep] = TOUR,
) -> None:
    """Play the tour into the page; a step that fails is told, and the next one follows."""
    for step in tour:
        async with page.turn():
            try:
                await play_step(env, channel, members, voters, step)
            except Exception as error:  # noqa: BLE001 - whoever watches keeps the page
                print(f"That step failed: {type(error).__name__}: {error}", flush=True)


async def play_and_save(
    env: OfflineDiscord,
    channel: Any,
    members: dict[str, Any],
    voters: list[int],
    shoot: Callable[[Any, Any, str], Awaitable[bytes]] | None,
) -> None:
    """Play the tour and write every reply under out/, with its picture where there is a camera."""
    for number, step in enumerate(TOUR, 1):
        reply = await play_step(env, channel, members, voters, step)
        shown = cards_in(channel)[-1] if step.posts else reply.message
        path = OUT / f"{number:02}-{step.name}"
        path.with_suffix(".txt").write_text(f"{step.member}: {typed(step)}\n\n{as_text(shown)}\n")
        if shoot is not None:
            path.with_suffix(".png").write_bytes(await shoot(members[step.member], shown, step.name))


def cards_in(channel: Any) -> list[Any]:
    """The messages with cards that everybody in a channel can see."""
    return [message for message in channel.history() if message.flags.components_v2]


async def play_step(
    env: OfflineDiscord, channel: Any, members: dict[str, Any], voters: list[int], step: TourStep
) -> Any:
    """One step: what is typed, then pressed and filled in; the last private answer."""
    print(f"{step.member} types {typed(step)}", flush=True)
    member = members[step.member]
    result = await member.slash(channel, step.command, **step.options)
    for action in step.then:
        if isinstance(action, dict):
            result = await member.submit_modal(result, action)
        else:
            result = await member.click(_reply(result).message, label=action)
    reply = _reply(result)
    if step.votes:
        await cast_votes(env.bot, channel.guild.id, step.votes, voters)
    pressed = reply
    for label in step.share:
        pressed = _reply(await member.click(pressed.message, label=label))
    return reply


def typed(step: TourStep) -> str:
    """The command of a step as a member types it."""
    options = {key: value[0] if isinstance(value, tuple) else value for key, value in step.options.items()}
    return " ".join([f"/{step.command}", *(f"{key}:{value}" for key, value in options.items())])


def _reply(result: Any) -> Any:
    answered = result.response is not None and (result.response.content or result.response.components)
    return result.response if answered or not result.followups else result.followups[0]


def as_text(message: Any) -> str:
    """What a screen reader would find in a message."""
    parts = parts_of(message)
    lines = [message.content] if message.content else []
    lines += [part.content for part in parts if isinstance(part, discord.TextDisplay)]
    lines += [f"\n[picture {item.filename}: {item.description}]" for item in message.attachments]
    usable = [label_of(part) for part in parts if isinstance(part, discord.Button | discord.SelectMenu)]
    return "\n".join(lines + ([f"\nButtons: {', '.join(usable)}"] if usable else []))


def parts_of(message: Any) -> list[Any]:
    """Every component of a message, nested ones too, in the order in which they are read."""
    found: list[Any] = []
    waiting = list(message.components)
    while waiting:
        part = waiting.pop(0)
        found.append(part)
        waiting[:0] = list(getattr(part, "children", ()))
    return found


def label_of(part: discord.Button | discord.SelectMenu) -> str:
    """What stands on a button, or what is chosen in a menu."""
    if isinstance(part, discord.Button):
        return part.label or ""
    chosen = next((option.label for option in part.options if option.default), None)
    return f"{chosen or part.placeholder} ▾"


@asynccontextmanager
async def stage() -> AsyncIterator[tuple[OfflineDiscord, Any, dict[str, Any], list[int]]]:
    """The bot in an offline Discord: (that, the channel, the members by name, the voters' ids)."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_env({"DATABASE_PATH": f"{folder}/demo.sqlite3", "DATA_SOURCE": "sample"})
        bot = create_bot(settings)
        async with bot, offline_discord(bot) as env:
            assert bot.user is not None
            await bot.user.edit(username="Roundtable")
            guild = env.create_guild("Round table")
            channel = guild.create_text_channel("payout-talk", topic="What a payout rule does to you")
            members = {
                name: guild.add_member(env.create_user(name, global_name=name.title()))
                for name in ("ada", "ben", "chloe")
            }
            moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
            mona = env.create_user("mona", global_name="Mona")
            members["mona"] = guild.add_member(mona, roles=[moderators])
            yield env, channel, members, await seed_voters(bot, env, guild)


async def run(*, once: bool, pictures: bool, port: int | None) -> None:
    """Start the bot against the offline Discord and play the tour into a page, served until Ctrl-C."""
    async with stage() as (env, channel, members, voters):
        if once:
            shutil.rmtree(OUT, ignore_errors=True)
            OUT.mkdir()
            await save(env, channel, members, voters, pictures=pictures)
            return
        async with env.preview(
            channel, viewers=list(members.values()), layout="channel", port=port
        ) as preview:
            print(f"Open this page and watch the tour in it:\n\n  {preview.url}\n", flush=True)
            await play(env, channel, members, voters, LivePage(preview))
            print("\nThe tour is over: type / in the page. Press Ctrl-C here when done.", flush=True)
            await preview.wait_closed()


async def save(
    env: OfflineDiscord, channel: Any, members: dict[str, Any], voters: list[int], *, pictures: bool
) -> None:
    """Play the tour and save it; with pictures, those of the docs are taken again."""
    if not pictures:
        await play_and_save(env, channel, members, voters, None)
    else:
        async with (
            env.preview(channel, viewers=list(members.values())) as preview,
            camera(preview) as taken,
        ):

            async def shoot(member: Any, message: Any, step: str) -> bytes:
                png, _ = await taken.picture(member, message)
                if (size := IN_DOCS.get(step)) is not None:
                    kept = png if size == PHONE else (await taken.picture(member, message, size=size))[0]
                    (DOCS / f"{step}.png").write_bytes(fewer_colours(kept))
                return png

            await play_and_save(env, channel, members, voters, shoot)
    print(f"Every reply is saved in {OUT}")


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Do the work until it ends, or until Ctrl-C or SIGTERM, which take it down in order."""
    task = asyncio.create_task(work)
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main() -> None:
    """`python -m demo [--once [--pictures]] [--port N]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--once", action="store_true", help="play the tour, save every reply under out/, stop"
    )
    parser.add_argument("--pictures", action="store_true", help="with --once: draw the docs' pictures again")
    parser.add_argument("--port", type=int, default=None, help="serve the page on this port")
    arguments = parser.parse_args()
    logging.basicConfig(level="WARNING")
    try:
        asyncio.run(until_stopped(run(once=arguments.once, pictures=arguments.pictures, port=arguments.port)))
    except RuntimeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
