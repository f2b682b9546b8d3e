"""The whole tour on a phone: every command, and every button and menu under what it shows."""

import json
import re
from pathlib import Path
from typing import Any

import discord
import pytest

from demo.__main__ import cards_in, parts_of, play_step, stage
from demo.height import height_of
from demo.tour import TOUR, TourStep
from features.server.help_buttons import commands_of
from tests.offline import all_told
from tests.ui.messages import check_message
from tools import Client

pytestmark = pytest.mark.slow

TALLEST = 700  # pixels at 390 wide, by the reckoning that was held against the page
# what could be read of these answers when each was one long card: it must stay within reach
NUMBERS: dict[str, list[str]] = json.loads((Path(__file__).parent / "numbers.json").read_text("utf-8"))
# buttons whose press ends what the tour goes on with
ENDS = {"takeback", "discard", "close", "cancel"}
# what these show has more under it once the tour is over: they are asked again
GROWN = {"digest me", "digest preview", "opinion map", "proposal second"}
MORE = (
    TourStep("ben", "account show", name="account"),
    TourStep("ben", "account verify", {"model": "model_02765"}, name="verify"),
    TourStep("mona", "setup show", name="setup"),
    TourStep("mona", "setup check", name="setup-check"),
    TourStep("mona", "setup zone", {"name": "Europe/Berlin"}, name="zone"),
    TourStep("ben", "opinion list", name="opinions"),
    TourStep("ben", "opinion map", name="opinion-map"),
    TourStep("ben", "poll list", name="polls"),
    TourStep("ben", "poll my", {"number": 1}, name="my-ballot"),
    TourStep("ben", "poll results", {"number": 1}, name="results"),
    TourStep("ben", "digest last", name="last-summary"),
    TourStep("ben", "proposal show", {"number": 1}, name="proposal"),
    TourStep("ben", "proposal show", {"number": 1, "what": "whole text"}, name="whole-text"),
    TourStep("ben", "proposal show", {"number": 1, "what": "arguments"}, name="arguments"),
    TourStep("ben", "proposal export", {"number": 1}, name="export"),
    TourStep("chloe", "proposal new", name="guided"),
    TourStep("ben", "payout compare", name="newest-change"),
    TourStep("ben", "payout compare", {"proposed": "1C3T vs 2C1T vs 0.5C2M"}, name="three-rules"),
    TourStep(
        "ben", "payout compare", {"proposed": "1C3T", "who": "model_07585, model_02765"}, name="two-models"
    ),
    TourStep("ben", "privacy export", name="export-mine"),
)


def last_steps(channel: Any, members: dict[str, Any]) -> tuple[TourStep, ...]:
    """What ends things, after everything else: so that every command is played."""
    role = channel.guild.create_role("Team")
    return (
        TourStep("mona", "setup channels", {"proposals": channel, "announcements": channel}, name="channels"),
        TourStep("mona", "setup roles", {"team": role}, name="roles"),
        TourStep("mona", "setup block", {"member": members["chloe"], "reason": "Rants"}, name="blocked"),
        TourStep("mona", "setup sharing", {"allowed": False}, name="no-sharing"),
        TourStep("mona", "digest now", name="posted-summary"),
        TourStep("mona", "digest snapshot", name="snapshot"),
        TourStep("mona", "opinion hide", {"number": 1, "reason": "Twice"}, name="hidden-statement"),
        TourStep(
            "mona",
            "promise resolve",
            {"number": 1, "outcome": "kept", "note": "It is there.", "link": "https://forum.example/t/2"},
            name="resolved",
        ),
        TourStep("ben", "poll quick", {"question": "Tea?", "answers": "yes, no"}, name="native-poll"),
        TourStep("mona", "proposal advance", {"number": 2, "to": "discussion"}, name="advanced"),
        TourStep(
            "mona",
            "proposal respond",
            {"number": 2, "outcome": "noted", "statement": "Thank you."},
            name="answered",
        ),
        TourStep("mona", "proposal hide", {"number": 3, "reason": "Spam"}, name="hidden"),
        TourStep("ben", "proposal withdraw", {"number": 2}, name="withdrawn"),
        TourStep("ben", "account group", {"name": "herd", "remove": True}, name="no-herd"),
        TourStep("ben", "account unverify", name="unverified"),
        TourStep("ben", "account unlink", name="unlinked"),
        TourStep("ben", "privacy delete", name="forgotten"),
    )


def numbers_in(text: str) -> set[str]:
    """The numbers that can be read in a text; days, moments, links and names are none."""
    plain = re.sub(
        r"\d{4}-\d\d-\d\d|<t:[^>]*>|https?://\S+|(?:model|account)_\d+", " ", text.replace("\\", "")
    )
    found = re.findall(r"(?<![\w.#/-])[+−-]?\d[\d,]*(?:\.\d+)?(?![\w/-])", plain)
    return {number.strip("+").rstrip(",") for number in found}


def told(result: Any) -> str:
    replies = [*result.followups, *([result.response] if result.response is not None else [])]
    return "\n".join(reply.content or "" for reply in replies)


async def press_everything(member: Any, name: str, reply: Any, pressed: set[tuple[str, str]]) -> None:
    """Press each kind of button and pick the last line of each kind of menu under a private answer, once."""
    usable = [
        part
        for part in parts_of(reply.message)
        if isinstance(part, discord.Button | discord.SelectMenu) and part.custom_id and not part.disabled
    ]
    for part in usable:
        message = reply.message
        if part.custom_id not in {getattr(each, "custom_id", None) for each in parts_of(message)}:
            continue  # what was pressed before it has answered the question
        verb = (part.custom_id or "").partition(":")[2].partition(":")[0]
        kind = (name, (part.custom_id or "").rpartition(":")[0])
        if (
            kind in pressed
            or verb in ENDS
            or (isinstance(part, discord.Button) and part.label in ("Delete everything", "Delete"))
        ):
            continue
        pressed.add(kind)
        if isinstance(part, discord.Button):
            result = await member.click(message, custom_id=part.custom_id)
        elif part.type is discord.ComponentType.string_select:
            result = await member.select(message, [part.options[-1].value], custom_id=part.custom_id)
        else:
            continue
        assert "id **" not in told(result), f"{name}: {part.custom_id}: {told(result)}"
        assert result.acknowledged, f"{name}: {part.custom_id}"
        for reply in result.followups:
            check_message(f"{name}, {part.custom_id}", reply.message)


@pytest.mark.long
async def test_every_answer_of_the_tour_fits_a_phone_and_everything_under_it_works(
    capsys: pytest.CaptureFixture[str],
) -> None:
    heights: dict[str, float] = {}
    pressed: set[tuple[str, str]] = set()
    played: set[str] = set()
    answers: list[tuple[TourStep, Any]] = []
    async with stage() as (env, channel, members, voters):
        for step in (*TOUR, *MORE):
            with capsys.disabled():
                reply = await play_step(env, channel, members, voters, step)
            shown = cards_in(channel)[-1] if step.posts else getattr(reply, "message", None)
            assert shown is not None, step
            assert "id **" not in shown.content, f"{step.name}: {shown.content}"
            check_message(step.name, shown)
            heights[step.name] = height_of(shown)
            if step.name in NUMBERS:
                behind = numbers_in(await all_told(members[step.member], reply))
                assert set(NUMBERS[step.name]) <= behind, step.name
            if reply is not None and not (step.posts or step.then or step.votes):
                answers.append((step, reply))  # what is left out can be done once
        tall = {name: round(height) for name, height in heights.items() if height > TALLEST}
        assert tall == {}
        for step, reply in answers:
            if step.command in GROWN:
                reply = await play_step(env, channel, members, voters, step)
            if reply is not None and parts_of(reply.message):
                await press_everything(members[step.member], step.command, reply, pressed)
        for step in last_steps(channel, members):
            reply = await play_step(env, channel, members, voters, step)
            played.add(step.command)
            if reply is not None:
                assert "id **" not in reply.message.content, f"{step.name}: {reply.message.content}"
                check_message(step.name, reply.message)
        played |= {step.command for step in (*TOUR, *MORE)}
        assert isinstance(env.bot, Client)
        every = {command.qualified_name for command in commands_of(env.bot.tree).values()}
        assert every - played == set()
    assert len(pressed) > 60
