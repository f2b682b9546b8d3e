"""The whole bot in a browser page with no token: an offline Discord, four members and a short tour."""

import argparse
import asyncio
import contextlib
import logging
import shutil
import signal
import tempfile
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

import discord

from bot import Settings, create_bot
from demo.offline import OfflineDiscord, offline_discord
from demo.page import LivePage
from demo.picture import draw_reply, labels_of, parts_of
from demo.tour import TOUR, TourStep
from demo.voters import cast_votes, seed_voters

OUT = Path(__file__).parents[1] / "out"
DOCS = Path(__file__).parents[1] / "docs"
IN_DOCS = ("my-pay", "everyone-all-rounds")  # replies whose pictures the docs show


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
    env: OfflineDiscord, channel: Any, members: dict[str, Any], voters: list[int]
) -> None:
    """Play the tour and write every reply under out/."""
    for number, step in enumerate(TOUR, 1):
        reply = await play_step(env, channel, members, voters, step)
        posted = [each for each in channel.history() if each.embeds or each.flags.components_v2]
        shown = posted[-1] if step.posts else reply.message
        await save_reply(OUT / f"{number:02}-{step.name}", f"{step.member}: {typed(step)}", shown)


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
    return result.followups[0] if result.followups else result.response


async def save_reply(path: Path, typed: str, message: Any) -> None:
    """A reply as text and as the picture a phone shows."""
    path.with_suffix(".txt").write_text(f"{typed}\n\n{as_text(message)}\n", encoding="utf-8")
    path.with_suffix(".png").write_bytes(await draw_reply(typed, message))


def as_text(message: Any) -> str:
    """What a screen reader would find in a message."""
    lines = [message.content] if message.content else []
    for embed in message.embeds:
        lines += [part for part in (embed.author.name, embed.title, embed.description) if part]
        lines += [f"\n{item.name}\n{item.value}" for item in embed.fields]
        lines += [f"\n{embed.footer.text}"] if embed.footer.text else []
    lines += [f"\n[picture {item.filename}: {item.description}]" for item in message.attachments]
    lines += [item.content for item in parts_of(message) if isinstance(item, discord.TextDisplay)]
    buttons = labels_of(message)
    return "\n".join(lines + ([f"\nButtons: {', '.join(map(str, buttons))}"] if buttons else []))


async def run(*, once: bool, pictures: bool, port: int | None) -> None:
    """Start the bot against the offline Discord and play the tour into a page, served until Ctrl-C."""
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
            voters = await seed_voters(bot, env, guild)
            if once:
                shutil.rmtree(OUT, ignore_errors=True)
                OUT.mkdir()
                await play_and_save(env, channel, members, voters)
                print(f"Every reply is saved in {OUT}")
                if pictures:
                    for name in IN_DOCS:
                        shutil.copy(next(OUT.glob(f"*-{name}.png")), DOCS / f"{name}.png")
                return
            async with env.preview(
                channel, viewers=list(members.values()), layout="channel", port=port
            ) as preview:
                print(f"Open this page and watch the tour in it:\n\n  {preview.url}\n", flush=True)
                await play(env, channel, members, voters, LivePage(preview))
                print("\nThe tour is over: type / in the page. Press Ctrl-C here when done.", flush=True)
                await preview.wait_closed()


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
    asyncio.run(until_stopped(run(once=arguments.once, pictures=arguments.pictures, port=arguments.port)))


if __name__ == "__main__":
    main()
