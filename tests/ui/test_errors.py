"""Which errors members are told about, and that a sentence neither pings nor formats."""

import re

import discord
import pytest
from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import StorageError
from tournament.source import SourceError
from ui.errors import sentence_for

NOT_HERE = "You can't use this command here."


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("Write it like 20."), "Write it like 20."),
        (StorageError("The disk is full."), "The disk is full."),
        (SourceError("Numerai does not answer"), "Numerai does not answer. Try again in a few minutes."),
        (app_commands.NoPrivateMessage(), "This command belongs to a server: type it in one."),
        (
            app_commands.MissingPermissions(["manage_guild", "send_messages"]),
            "You need a permission for this that you don't have here: manage guild, send messages. "
            "Ask a moderator.",
        ),
        (app_commands.CheckFailure("secret"), NOT_HERE),
        (app_commands.MissingRole("Owls"), NOT_HERE),
        (app_commands.BotMissingPermissions(["embed_links"]), NOT_HERE),
        *((kind("x"), None) for kind in (RuntimeError, KeyError, OSError, TimeoutError, TypeError)),
        (discord.ClientException("x"), None),
        (app_commands.AppCommandError("x"), None),
    ],
)  # fmt: skip
def test_what_members_are_told(error: Exception, told: str | None) -> None:
    assert sentence_for(error) == told


@pytest.mark.parametrize("kind", [ValueError, StorageError])
@pytest.mark.parametrize(
    "ping", ["@everyone", "@here", "<@900719925474099301>", "<@!900719925474099301>", "<@&90071992547409930>"]
)
def test_what_is_quoted_pings_nobody(kind: type[Exception], ping: str) -> None:  # fmt: skip
    sentence = sentence_for(kind(f"There is no “{ping}”."))
    assert sentence is not None
    assert not re.search(r"@(everyone|here)|<@[!&]?[0-9]", sentence)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("**b** _i_ ~~s~~ ||x||", r"\*\*b\*\* \_i\_ \~\~s\~\~ \|\|x\|\|"),
        ("`code`", r"\`code\`"),
        ("[press](https://a.b)", r"\[press\](https\://a.b)"),
        ("> quote", r"\> quote"),
        ("back\\slash", r"back\\slash"),
    ],
)
def test_what_is_quoted_formats_nothing(typed: str, told: str) -> None:
    assert sentence_for(ValueError(typed)) == told


@given(st.text(alphabet="a *_~|`@<>!&1#\\[]()\n", max_size=3000))
def test_any_sentence_is_bounded_and_plain(typed: str) -> None:
    sentence = sentence_for(ValueError(typed))
    assert sentence is not None
    assert len(sentence) <= 1900
    if not re.search(r"\[.+\]\(.+\)", typed):  # a masked link is escaped as a whole
        assert not re.search(r"(?<!\\)(?:\\\\)*(?:[*~|`]|(?<![0-9A-Za-z])_)", sentence)
