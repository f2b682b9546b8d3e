"""What is typed into `/proposal`: nonsense, the longest texts, and texts that format or ping."""

import json
from typing import Any

import pytest
from simcord import SetupError

from features.proposals.forms import FIRST
from features.proposals.forms import REST as SECOND
from storage.proposals.drafts import draft_of
from tests.features.proposals.proposing import (
    FORM,
    PAYOUT,
    ask,
    card_in,
    draft,
    file,
    rows,
    typing,
    view_of,
    whole_text,
    without_limits,
)
from tests.offline import Server, said, text_of

# a text that formats, pings, hides a link, or can't be seen
SHOUT = "@everyone @here <@123456789012345678> <@&123456789012345678>"
MARKED = "# *_~`|>[x](https://x.example) ```\n> ||s|| -# "
FAMILY = "👩\u200d👩\u200d👧"


async def test_bad_input_gets_one_clear_sentence(server: Server, ada: Any, subtests: pytest.Subtests) -> None:
    await file(server, ada, kind="payout", **PAYOUT)
    claim = {"number": 1, "side": "for"}
    bad: list[tuple[str, dict[str, Any], str]] = [
        *((command, {"number": 7}, "There is no proposal #7 on this server.")
          for command in ("show", "second", "simulate", "impact", "export", "withdraw", "revise")),
        ("show", {"number": -(2**53) + 1}, "There is no proposal #-9"),
        ("show", {"number": 1, "what": "arguments"}, "Nobody has argued about it yet."),
        ("argue", {**claim, "claim": " \u200b\u3164 "}, "There is nothing in that claim."),
        ("argue", {**claim, "claim": "x" * 301}, "at most 300 characters; this one has 301."),
        ("argue", {**claim, "claim": "x" * 6000}, "this one has 6,000."),
        ("argue", {**claim, "claim": "as <@123> says"}, "argue without naming anybody"),
        ("argue", {**claim, "claim": "as @ben says"}, "argue without naming anybody"),
        ("argue", {**claim, "claim": "@everyone"}, "argue without naming anybody"),
        ("argue", {**claim, "number": 7, "claim": "c"}, "There is no proposal #7"),
        ("advance", {"number": 1, "to": "x" * 5000}, f"There is no stage called {'x' * 40}."),
        ("advance", {"number": 1, "to": "closed"}, "From idea a proposal can't come to closed."),
        ("advance", {"number": 1, "to": "discussion"}, "2 more members must second it."),
        ("advance", {"number": 1, "to": "superseded"}, "Say which other proposal takes its place."),
        ("advance", {"number": 1, "to": "superseded", "successor": 1}, "Say which other proposal"),
        ("advance", {"number": 1, "to": "superseded", "successor": 7}, "There is no proposal #7"),
        ("hide", {"number": 7, "reason": "r"}, "There is no proposal #7"),
        ("hide", {"number": 1, "reason": "  "}, "A reason has 1 to 300 characters"),
        ("hide", {"number": 1, "reason": "x" * 301}, "A reason has 1 to 300 characters"),
        ("hide", {"number": 1, "reason": "r", "argument": 5}, "Proposal #1 has no argument 5."),
        ("hide", {"number": 1, "reason": "r", "show_again": True}, "There was nothing to change"),
        ("respond", {"number": 1, "outcome": "noted", "statement": " "}, "has 1 to 1,000 characters"),
        ("respond", {"number": 1, "outcome": "noted", "statement": "x" * 1001}, "this one has 1,001."),
        ("respond", {"number": 7, "outcome": "noted", "statement": "s"}, "There is no proposal #7"),
        ("respond", {"number": 1, "outcome": "noted", "statement": "s", "link": "x:y"}, "A link starts"),
        ("impact", {"number": 1, "who": "model_0758"}, "Did you mean model_07585"),
        ("impact", {"number": 1}, "Type /account link"),
    ]  # fmt: skip
    for command, options, sentence in bad:
        with subtests.test(f"{command} {sentence}"):
            reply = await ask(server, server.moderator, command, **options)
            assert sentence in reply.content.replace("\\", "")
            assert len(reply.content) < 700
            assert reply.embeds == []
    assert await rows(server, "kind", "proposal_events") == [("filed",)]
    for table in ("proposal_arguments", "proposal_responses", "proposal_seconds"):
        assert await rows(server, "1", table) == []


PARAMETERS = [
    ("rule: 9xTC9", "“TC9” is not a score"),
    ("cap: lots", "“lots” is no cap"),
    ("notice: soon", "“soon” is no number of weeks"),
    ("notice: none", "No notice needs its reason"),
    ("review: tomorrow", "A date is written like 2027-03-01"),
    ("pay everyone", "has no name; write lines like"),
    ("ruel: 1C3T", "is no parameter. Did you mean “rule”?"),
    ("cap: 1%\ncap: 2%", "“cap” is said twice"),
    ("example: 2 + 2 = 5", "xample"),
    ("@everyone: **1**", "is no parameter."),
]


async def test_what_can_t_be_read_is_kept_and_explained(
    server: Server, ada: Any, subtests: pytest.Subtests
) -> None:
    for typed, sentence in PARAMETERS:
        with subtests.test(sentence):
            shown = await draft(server, ada, parameters=typed)
            text = text_of(shown).replace("\\", "")
            assert "Not ready to be filed." in text
            assert sentence in text
            assert "@everyone" not in text
            assert "File it" not in str(shown.components)
            kept = await draft_of(server.database, server.guild.id, ada.id)
            assert kept is not None
            assert json.loads(kept.content)["parameters"] == typed
    shown, form = await typing(server, ada, kind="other")
    assert form.modal["components"][3]["component"]["value"] == typed
    await ada.submit_modal(form, FORM | {"title": " ", "problem": "\u200b", "change": "\u3164"})
    assert "The title is empty. The problem is empty. The change is empty." in text_of(shown)
    assert await rows(server, "1", "proposals") == []


async def test_a_form_takes_each_text_up_to_its_limit(server: Server, ada: Any) -> None:
    await without_limits(server)
    longest = {name: "é" * most for name, _, _, most, _ in FIRST if name != "parameters"}
    more = {name: "🦉" * most for name, _, _, most, _ in SECOND}
    shown = await draft(server, ada, **longest, parameters="")
    form = await ada.click(shown.message, label="Add reasons")
    await ada.submit_modal(form, more)
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #1.")
    filed = (await view_of(server)).proposal
    assert {name: getattr(filed, name) for name in longest | more} == longest | more
    _, form = await typing(server, ada)
    for name, text in longest.items():
        with pytest.raises(SetupError, match=f"exceeds max_length={len(text)}"):
            await ada.submit_modal(form, FORM | {name: text + "é"})
    with pytest.raises(SetupError, match="exceeds max_length=4000"):
        await ada.submit_modal(form, FORM | {"parameters": "x" * 4001})
    assert await rows(server, "1", "proposal_drafts") == []


async def test_what_members_write_neither_formats_nor_pings(server: Server, ada: Any) -> None:
    await without_limits(server)
    await file(
        server, ada, title=SHOUT, problem=MARKED, change=f"\u200fשלום \u202eabc\u202c {FAMILY} {SHOUT}"
    )
    card = card_in(server.channel)
    filed = (await view_of(server)).proposal
    assert "\u202e" not in filed.change, "it would turn what follows around"
    assert FAMILY in text_of(card)
    assert "שלום" in text_of(card)
    read = await whole_text(server.ben, server.channel)
    listed = await ask(server, server.ben, "list")
    for text in (text_of(card), read, text_of(listed)):
        assert "@everyone" not in text
        assert "@here" not in text
        assert "<@1" not in text
        assert "<@&1" not in text
        assert "||s||" not in text
        assert "\n> " not in text
        assert "```\n\\>" not in text
        assert "[x](https://x.example)" not in text.replace("\\[x](https://x.example)", "")
    [thread] = server.channel.threads
    assert thread.name == "#1 " + SHOUT
    sent = [
        entry.json for entry in server.env.http_requests
        if entry.method in ("POST", "PATCH") and isinstance(entry.json, dict)
    ]  # fmt: skip
    messages = [each.get("data") or each for each in sent]
    messages = [
        each for each in messages if {"content", "components"} & set(each) and "title" not in each
    ]  # a form has a title
    assert len(messages) > 5
    for message in messages:
        assert message["allowed_mentions"]["parse"] == [], message
    assert card.mentions == card.role_mentions == []
    assert not card.mention_everyone
