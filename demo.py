"""The whole bot in a browser page with no token: an offline Discord, three members and a short tour."""

import argparse
import asyncio
import logging
import shutil
import signal
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import simcord

from bot import Settings, create_bot
from demo_card import draw_reply

OUT = Path(__file__).parent / "out"
DOCS = Path(__file__).parent / "docs"
IN_DOCS = ("my-pay", "everyone-all-rounds")  # replies whose pictures the docs show


@dataclass(frozen=True)
class Step:
    """One thing a member types in the tour, and whether they share the answer."""

    member: str
    command: str
    options: dict[str, Any] = field(default_factory=dict)
    share: str | None = None  # the label of the button that is pressed
    name: str = ""  # of the saved files


RULES = {"proposed": "1xCORR + 3xTC", "current": "2xCORR + 1xTC"}
WINDOWS = RULES | {"who": "everyone"}
TOUR = (
    Step("ada", "help", name="help"),
    Step("ben", "account link", {"name": "model_07585"}, name="link"),
    Step("ben", "payout compare", {"proposed": "1C3T"}, "Share percentages only", "my-pay"),
    Step("ben", "payout show", {"rounds": "30"}, name="show"),
    Step("ben", "payout compare", RULES | {"rounds": "all", "basis": "compounding"}, name="compounding"),
    Step(
        "ada",
        "payout what-if",
        {"scores": "corr 0.02, tc 0.05", "stake": 100.0, "rule": "1C3T"},
        name="what-if",
    ),
    Step("chloe", "payout compare", WINDOWS | {"rounds": "all"}, "Share", "everyone-all-rounds"),
    Step("chloe", "payout compare", WINDOWS | {"rounds": "311-325"}, "Share", "everyone-tc-rounds"),
    Step("ada", "payout rules", name="rules"),
    Step("ada", "payout rules", {"rule": "classic-2023-10-07"}, name="rule"),
    Step("ada", "stakes concentration", {"unit": "model"}, name="stakes-by-model"),
    Step("ada", "stakes concentration", share="Share", name="stakes-by-account"),
    Step("chloe", "stakes influence", share="Share", name="influence"),
    Step("chloe", "stakes influence", {"zoom": 1000.0, "threshold": 500.0}, name="influence-zoomed"),
    Step("chloe", "stakes influence", {"by": "round"}, name="influence-by-round"),
    Step("ben", "stakes unstake", {"top": 20}, "Share", "unstake"),
    Step("ben", "stakes who", name="my-stake"),
    Step("ada", "stakes history", name="stake-history"),
    Step("ben", "payout compare", {"proposed": "1xCORR + 3xTCC"}, name="mistyped"),
    Step("ada", "payout compare", {"proposed": "1C3T"}, name="no-link"),
    Step("ben", "privacy show", name="privacy"),
)


async def play(env: simcord.Env, channel: Any, members: dict[str, Any], *, save: bool) -> None:
    """Play the tour into the channel; with `save`, write every reply under out/."""
    for number, step in enumerate(TOUR, 1):
        result = await members[step.member].slash(channel, step.command, **step.options)
        reply = result.followups[0] if result.followups else result.response
        typed = " ".join([f"/{step.command}", *(f"{key}:{value}" for key, value in step.options.items())])
        print(f"{step.member} types {typed}", flush=True)
        if step.share:
            await members[step.member].click(reply.message, label=step.share)
        if save:
            await save_reply(OUT / f"{number:02}-{step.name}", f"{step.member}: {typed}", reply.message)


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
    buttons = [child.label for row in message.components for child in getattr(row, "children", [])]
    return "\n".join(lines + ([f"\nButtons: {', '.join(map(str, buttons))}"] if buttons else []))


async def run(*, once: bool, pictures: bool, port: int | None) -> None:
    """Start the bot against the offline Discord, play the tour, then serve the page until Ctrl-C."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_env({"DATABASE_PATH": f"{folder}/demo.sqlite3", "DATA_SOURCE": "sample"})
        bot = create_bot(settings)
        async with bot, simcord.run(bot, settle_timeout=60.0, check_errors=False) as env:
            assert bot.user is not None
            await bot.user.edit(username="Roundtable")
            guild = env.create_guild("Round table")
            channel = guild.create_text_channel("payout-talk", topic="What a payout rule does to you")
            members = {
                name: guild.add_member(env.create_user(name, global_name=name.title()))
                for name in ("ada", "ben", "chloe")
            }
            if once:
                shutil.rmtree(OUT, ignore_errors=True)
                OUT.mkdir()
                await play(env, channel, members, save=True)
                print(f"Every reply is saved in {OUT}")
                if pictures:
                    for name in IN_DOCS:
                        shutil.copy(next(OUT.glob(f"*-{name}.png")), DOCS / f"{name}.png")
                return
            async with env.preview(
                channel, viewers=list(members.values()), layout="channel", port=port
            ) as preview:
                await play(env, channel, members, save=False)
                print(
                    f"\nOpen this page, type / in it, and press Ctrl-C here when done:\n\n  {preview.url}\n",
                    flush=True,
                )
                await until_stopped()


async def until_stopped() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    await stopped.wait()


def main() -> None:
    """`python demo.py [--once [--pictures]] [--port N]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--once", action="store_true", help="play the tour, save every reply under out/, stop"
    )
    parser.add_argument("--pictures", action="store_true", help="with --once: draw the docs' pictures again")
    parser.add_argument("--port", type=int, default=None, help="serve the page on this port")
    arguments = parser.parse_args()
    logging.basicConfig(level="WARNING")
    asyncio.run(run(once=arguments.once, pictures=arguments.pictures, port=arguments.port))


if __name__ == "__main__":
    main()
