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

import discord
import simcord

from bot import Settings, create_bot
from demo.picture import draw_reply
from demo.voters import cast_votes, seed_voters

OUT = Path(__file__).parents[1] / "out"
DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = Path(__file__).parents[1] / "data" / "examples"
IN_DOCS = ("my-pay", "everyone-all-rounds")  # replies whose pictures the docs show


@dataclass(frozen=True)
class Step:
    """One thing a member types in the tour, and whether they share the answer."""

    member: str
    command: str
    options: dict[str, Any] = field(default_factory=dict)
    share: str | None = None  # the label of the button that is pressed
    name: str = ""  # of the saved files
    then: tuple[str | dict[str, str], ...] = ()  # buttons to press and forms to fill, in order
    votes: int = 0  # the number of the poll in which the seeded voters cast their ballots afterwards
    posts: bool = False  # what is saved is the card that it posts, not the private answer


def example(name: str) -> tuple[str, bytes]:
    """A proposal that comes with the bot, as the file a member would attach."""
    path = next(EXAMPLES.glob(f"*{name}.json"))
    return path.name, path.read_bytes()


POLL = {
    "title": "What should the payout reward?",
    "description": "Pick everything you could live with.",
    "options": "CORR alone\nCORR and TC\nCORR and MMC\nWhatever helps the fund",
}
QUESTION = {"title": "Should every change be announced eight weeks ahead?", "description": ""}
RANGE = {
    "title": "Below what payout factor would you withdraw most of your stake?",
    "description": "",
    "options": "0 to 1 step 0.05",
}
PROMISE = {
    "kind": "promise",
    "what": "A page that lists every payout rule with its date",
    "who": "the team",
    "link": "https://forum.example/t/1",
    "said_on": "2026-09-01",
    "due_on": "2026-11-01",
}
REVISED = {
    "title": "At most 2xCORR and 1xTC, in steps",
    "problem": "The scores we pay for and the result of the fund have drifted apart.",
    "change": "Nobody is paid by more than 2xCORR and 1xTC. TC can only be chosen together with 2xCORR.",
    "parameters": "rule: 2xCORR + 1xTC\nfallback: paid by 1xCORR\nnotice: 8 weeks\nphase-in: 20 rounds\n"
    "review: 2027-11-01\ncompensation: none, because nobody was promised a multiplier",
}
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
    Step("mona", "setup limits", {"hours": 0, "open_at_once": 10}, name="limits"),
    Step(
        "ada", "proposal import", {"file": example("round-589")}, name="filed", then=("File it",), posts=True
    ),
    Step("ben", "proposal simulate", {"number": 1}, name="simulated"),
    Step("ben", "proposal impact", {"number": 1}, name="impact-on-me"),
    Step("ben", "proposal second", {"number": 1}, name="seconded"),
    Step("chloe", "proposal second", {"number": 1}, name="discussion"),
    Step(
        "chloe",
        "proposal argue",
        {"number": 1, "side": "against", "claim": "Nobody had a week to adapt a model to it."},
        name="argued",
    ),
    Step("ben", "proposal import", {"file": example("with-notice")}, name="alike"),
    Step(
        "ben",
        "proposal import",
        {"file": example("with-notice")},
        name="softened",
        then=("File it",),
        posts=True,
    ),
    Step(
        "chloe",
        "proposal import",
        {"file": example("hard-cap")},
        name="capped",
        then=("File it",),
        posts=True,
    ),
    Step(
        "chloe",
        "proposal new",
        {"kind": "communication"},
        name="draft",
        then=(
            {
                "title": "Say it first here",
                "problem": "A rule changed overnight and nobody had been asked.",
                "change": "Every change of the payout is announced here eight weeks before it begins.",
                "parameters": "notice: 8 weeks\nexample: weight 0.02, split 90/10 -> 0.18 and 0.002",
            },
        ),
    ),
    Step(
        "ada",
        "proposal revise",
        {"number": 1},
        name="revision",
        then=(REVISED,),
    ),
    Step("ben", "proposal list", name="proposals"),
    Step("mona", "poll new", {"method": "approval"}, name="poll", then=(POLL,), posts=True, votes=1),
    Step("ben", "poll show", {"number": 1}, name="ballot", then=("Vote",)),
    Step("mona", "poll close", {"number": 1}, name="approved", then=("Close #1",), posts=True),
    Step("mona", "poll new", {"method": "gradient"}, name="agreement", then=(QUESTION,), votes=2),
    Step("mona", "poll close", {"number": 2}, name="agreed", then=("Close #2",), posts=True),
    Step("ada", "poll new", {"method": "numeric"}, name="number", then=(RANGE,), votes=3),
    Step("ada", "poll close", {"number": 3}, name="median", then=("Close #3",), posts=True),
    Step("ben", "poll export", {"number": 1}, name="recount"),
    Step("mona", "promise add", PROMISE, name="promise"),
    Step("ben", "promise list", name="promises"),
    Step("ada", "opinion add", {"claim": "Stake is confidence, and confidence is skill"}, name="statement"),
    Step("ben", "opinion vote", name="opinion"),
    Step(
        "mona", "digest schedule", {"weekday": "Monday", "hour": 18, "zone": "Europe/Berlin"}, name="schedule"
    ),
    Step("ben", "digest preview", name="week"),
    Step("ben", "digest me", name="waits-for-me"),
    Step("mona", "poll new", {"method": "single"}, name="open-poll", then=(POLL,), posts=True, votes=4),
    Step("ben", "payout compare", {"proposed": "1xCORR + 3xTCC"}, name="mistyped"),
    Step("ada", "payout compare", {"proposed": "1C3T"}, name="no-link"),
    Step("ben", "privacy show", name="privacy"),
)


async def play(
    env: simcord.Env, channel: Any, members: dict[str, Any], voters: list[int], *, save: bool
) -> None:
    """Play the tour into the channel; with `save`, write every reply under out/."""
    for number, step in enumerate(TOUR, 1):
        member = members[step.member]
        result = await member.slash(channel, step.command, **step.options)
        for action in step.then:
            if isinstance(action, dict):
                result = await member.submit_modal(result, action)
            else:
                result = await member.click(_reply(result).message, label=action)
        reply = _reply(result)
        typed = " ".join(
            [f"/{step.command}", *(f"{key}:{_typed(value)}" for key, value in step.options.items())]
        )
        print(f"{step.member} types {typed}", flush=True)
        if step.votes:
            await cast_votes(env.bot, channel.guild.id, step.votes, voters)
        if step.share:
            await members[step.member].click(reply.message, label=step.share)
        if save:
            posted = [message for message in channel.history() if message.embeds]
            shown = posted[-1] if step.posts else reply.message
            await save_reply(OUT / f"{number:02}-{step.name}", f"{step.member}: {typed}", shown)


def _reply(result: Any) -> Any:
    return result.followups[0] if result.followups else result.response


def _typed(value: Any) -> str:
    return str(value[0] if isinstance(value, tuple) else value)


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
    children = [child for row in message.components for child in getattr(row, "children", [])]
    buttons = [getattr(child, "label", None) or getattr(child, "placeholder", "") for child in children]
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
            moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
            mona = env.create_user("mona", global_name="Mona")
            members["mona"] = guild.add_member(mona, roles=[moderators])
            voters = await seed_voters(bot, env, guild)
            if once:
                shutil.rmtree(OUT, ignore_errors=True)
                OUT.mkdir()
                await play(env, channel, members, voters, save=True)
                print(f"Every reply is saved in {OUT}")
                if pictures:
                    for name in IN_DOCS:
                        shutil.copy(next(OUT.glob(f"*-{name}.png")), DOCS / f"{name}.png")
                return
            async with env.preview(
                channel, viewers=list(members.values()), layout="channel", port=port
            ) as preview:
                await play(env, channel, members, voters, save=False)
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
