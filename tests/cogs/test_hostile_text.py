"""What members write about everything is text on every card, list, menu, page, thread and file of the bot."""

from typing import Any

import pytest

from storage.server.settings import change_settings
from tests.features.polls.polling import close, form
from tests.features.proposals.proposing import Clock, file
from tests.offline import Server, all_told, parts_of, posted, said, text_of
from tests.ui.markup import beyond_text, discord_makes, is_clean, markdown_makes

NAMELESS = "[1](x) [Log in](y) ||s|| **b** `c` corr_v2"  # where no links and no names are taken
EVIL = f"[Log in](https://evil.example) \u200e@everyone <@900719925474099301> {NAMELESS}"
OURS = ("https://discord.com/channels/", "https://forum.example/t/1")
pytestmark = pytest.mark.slow


@pytest.fixture
def now() -> Clock:
    return Clock()


def check(text: str) -> None:
    assert is_clean(text), text
    for kind, shown, leads in discord_makes(text)[1]:
        assert kind not in ("spoiler", "struck", "emoji", "italic", "underline"), (kind, shown)
        assert kind not in ("link", "address") or leads.startswith(OURS) or shown == leads, (shown, leads)
        assert kind != "mention" or "900719925474099301" not in shown, shown
        assert kind != "code" or shown != "`c`", shown
        if kind == "bold":
            check(shown[2:-2])
    assert "@everyone" not in text
    assert "@here" not in text


def check_reply(reply: Any) -> None:
    check(text_of(reply))
    for part in parts_of(reply):
        options = [option["label"] for option in part.get("options", ())]
        for label in filter(None, [part.get("label"), part.get("placeholder"), *options]):
            assert is_clean(label), label
            assert "\\" not in label, label


async def test_nothing_that_is_shown_formats_hides_a_link_or_pings(server: Server, now: Clock) -> None:
    ben, mona, room = server.ben, server.moderator, server.channel
    await change_settings(server.database, server.guild.id, server.bot.now(), cooldown_hours=0)
    typed = {"title": EVIL, "description": f"# {EVIL}\n> {EVIL}", "options": f"{NAMELESS}\n-# {EVIL[:60]}"}
    await ben.submit_modal(await form(server, ben, "approval", least=2), typed)
    card = posted(room)[-1]
    replies = [card]
    for member in (ben, mona):
        ballot = await member.click(card, label="Vote")
        replies.append(await member.submit_modal(ballot, {"choice": ["0"]}))
    declined = f"notice: none, because {EVIL}"
    replies.append(
        await file(server, ben, title=EVIL[:90], problem=EVIL, change=f"# {EVIL}", parameters=declined)
    )
    promise = {
        "what": NAMELESS,
        "who": "[x](y)",
        "link": "https://forum.example/t/1",
        "said_on": "2031-05-01",
    }
    for who, command, options in (
        (ben, "proposal argue", {"number": 1, "side": "for", "claim": NAMELESS}),
        *(
            (ben, "proposal show", {"number": 1, "what": what})
            for what in ("card", "whole text", "arguments")
        ),
        (ben, "opinion add", {"claim": NAMELESS}),
        (mona, "promise add", promise),
        (ben, "payout show", {"who": EVIL}),
        *((ben, command, {}) for command in ("opinion vote", "opinion list", "opinion map", "promise list")),
        *((ben, command, {}) for command in ("poll list", "proposal list", "digest me", "digest preview")),
    ):
        replies.append(await who.slash(room, command, **options))
    await close(server, now)
    replies += [posted(room)[0], await ben.slash(room, "digest preview")]
    for reply in replies:
        shown = said(reply) if hasattr(reply, "followups") else reply
        check_reply(shown)
        check(await all_told(ben, shown))
    names = [each.name for each in server.env.backend.channels.values()]
    assert any("Log in" in name for name in names)
    names += [each["name"] for each in await ben.autocomplete(room, "poll show", "number", "")]
    for name in names:
        assert is_clean(name), name
        assert "\\" not in name, name


async def test_a_file_for_a_forum_holds_no_link_but_ours(server: Server) -> None:
    declined = f"notice: none, because {EVIL}"
    await file(server, server.ben, title=EVIL[:90], problem=EVIL, change=f"# {EVIL}", parameters=declined)
    exported = said(await server.ben.slash(server.channel, "proposal export", number=1, form="Markdown"))
    text = (await exported.attachments[0].read()).decode()
    assert is_clean(text)
    assert "@everyone" not in text
    kinds = {kind.split("_")[0] for kind, _, _ in beyond_text(markdown_makes(text)[1])}
    assert kinds <= {"heading", "em", "table", "thead", "tbody", "tr", "th", "td", "hr"}, kinds
