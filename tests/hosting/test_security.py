"""What docs/security.md says: each threat is played by tests that are there, each permission is asked for."""

import re
from pathlib import Path

import discord

from features.server.posting import NEEDED

ROOT = Path(__file__).parents[2]
SAID = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_what_plays_a_threat_is_there() -> None:
    named = re.findall(r"`(tests/[\w/.]+|make \w+)`", SAID)
    assert len(named) > 30
    targets = {
        f"make {name}" for name in re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    }
    assert [name for name in named if name not in targets and not (ROOT / name).exists()] == []


def test_the_permissions_are_those_of_the_invitation() -> None:
    [number] = re.findall(r"permissions=([0-9]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    asked = {name for name, there in discord.Permissions(int(number)) if there}
    rows = re.search(r"\| permission \| for \|\n\| --- \| --- \|\n((?:\|.*\n?)+)", SAID)
    assert rows is not None
    told = {
        name.strip().lower().replace(" ", "_")
        for row in rows[1].splitlines()
        for name in row.split("|")[1].split(",")
    }
    assert {{"view_channel": "read_messages"}.get(name, name) for name in told} == asked
    assert {{"view_channel": "read_messages"}.get(name, name) for name in NEEDED} <= asked


def test_the_one_intent_is_named() -> None:
    assert "intents=discord.Intents(guilds=True)" in (ROOT / "bot.py").read_text(encoding="utf-8")
    assert "The one intent is `guilds`" in SAID
