"""`/proposal` mistyped, at its limits and beyond them, pressed twice, and by those who may not."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from simcord import SetupError

from bot import create_bot
from features.proposals.forms import FIRST
from features.proposals.forms import REST as SECOND
from governance.proposals.document import content_hash, from_json
from governance.proposals.json_text import LARGEST
from storage.proposals.drafts import delete_draft, draft_of
from storage.proposals.proposals import revision_of
from storage.server.settings import change_settings, forget_guild
from tests.features.proposals.proposing import (
    FORM,
    PAYOUT,
    Clock,
    ask,
    card_in,
    draft,
    file,
    rows,
    view_of,
    without_limits,
)
from tests.offline import Server, said, text_of

EXAMPLES = sorted((Path(__file__).parents[3] / "data" / "examples").glob("*.json"))
# a text that formats, pings, hides a link, or can't be seen
SHOUT = "@everyone @here <@123456789012345678> <@&123456789012345678>"
MARKED = "# *_~`|>[x](https://x.example) ```\n> ||s|| -# "
FAMILY = "👩\u200d👩\u200d👧"
LEAST = {"title": "t", "tournament": "classic", "kind": "other", "problem": "p", "change": "c"}


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture
def ada(server: Server) -> Any:
    return server.guild.add_member(server.env.create_user("ada", global_name="Ada"))


async def load(server: Server, member: Any, data: Any) -> Any:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return said(await member.slash(server.channel, "proposal import", file=("p.json", text)))


# ---------------------------------------------------------------- what is typed


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
    form = await ada.slash(server.channel, "proposal new", kind="other")
    assert form.modal["components"][3]["component"]["value"] == typed
    blank = said(await ada.submit_modal(form, FORM | {"title": " ", "problem": "\u200b", "change": "\u3164"}))
    assert "The title is empty. The problem is empty. The change is empty." in text_of(blank)
    assert await rows(server, "1", "proposals") == []


async def test_a_form_takes_each_text_up_to_its_limit(server: Server, ada: Any) -> None:
    await without_limits(server)
    longest = {name: "é" * most for name, _, _, most, _ in FIRST if name != "parameters"}
    more = {name: "🦉" * most for name, _, _, most, _ in SECOND}
    shown = await draft(server, ada, **longest, parameters="")
    form = await ada.click(shown.message, label="Continue")
    shown = said(await ada.submit_modal(form, more))
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #1.")
    filed = (await view_of(server)).proposal
    assert {name: getattr(filed, name) for name in longest | more} == longest | more
    form = await ada.slash(server.channel, "proposal new", kind="other")
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
    assert FAMILY in card.embeds[0].description
    assert "שלום" in card.embeds[0].description
    read = await ask(server, server.ben, "show", number=1, what="whole text")
    listed = await ask(server, server.ben, "list")
    for text in (text_of(card), text_of(read), text_of(listed), card.embeds[0].title):
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
    messages = [each for each in messages if "embeds" in each or "content" in each]
    assert len(messages) > 5
    for message in messages:
        assert message["allowed_mentions"]["parse"] == [], message
    assert card.mentions == card.role_mentions == []
    assert not card.mention_everyone


# ---------------------------------------------------------------- files


IMPORTS: list[tuple[Any, str]] = [
    (LEAST | {"title": "t" * 101}, "The title may have at most 100 characters; this one has 101."),
    (LEAST | {"problem": "p" * 1001}, "The problem may have at most 1,000 characters; this one has 1,001."),
    (LEAST | {"wrong_if": "w" * 1001}, "may have at most 1,000 characters; this one has 1,001."),
    (LEAST | {"parameters": {"rollback": "r" * 301}}, "may have at most 300 characters; this one has 301."),
    (LEAST | {"parameters": {"worked_examples": ["x"] * 6}}, "There may be at most 5 worked examples"),
    (LEAST | {"parameters": {"notice_weeks": 261}}, "The notice must be at most 260, not 261."),
    (LEAST | {"title": " \u200b "}, "The title is empty."),
    (LEAST | {"titel": "t"}, "There is no field called “titel”; did you mean “title”?"),
    ({key: value for key, value in LEAST.items() if key != "change"}, "The change is missing."),
    (LEAST | {"kind": "coup"}, "The kind must be"),
    (LEAST | {"tournament": "poker"}, "The tournament must be"),
    (LEAST | {"problem": 5}, "The problem must be text, not 5."),
    (LEAST | {"parameters": []}, "must be an object with named fields"),
    ([], "A proposal is an object with named fields, not a list."),
    (b"", "The file is empty."),
    (b"{", "This is not JSON: it stops making sense in line 1, character 2."),
    (b"\xff\xfe{}", "The file is not text in UTF-8."),
    (b"[" * 60_000, "The file is nested too deeply to be a proposal."),
    (b'{"title": NaN}', "“NaN” is no number that a proposal can hold."),
    (b'{"title": "a", "title": "b"}', "“title” is given twice; keep one of them."),
    (b" " * (LARGEST + 1), f"That file has {LARGEST + 1:,} bytes; a proposal has at most {LARGEST:,}."),
]


async def test_a_bad_file_gets_a_sentence_and_the_draft_is_kept(
    server: Server, ada: Any, subtests: pytest.Subtests
) -> None:
    await draft(server, ada)
    kept = await draft_of(server.database, server.guild.id, ada.id)
    for data, sentence in IMPORTS:
        with subtests.test(sentence):
            reply = await load(server, ada, data)
            assert sentence in reply.content.replace("\\", "")
            assert len(reply.content) < 700
            assert await draft_of(server.database, server.guild.id, ada.id) == kept
    longest = LEAST | {"title": "t" * 100}
    assert "You have a draft here already" in (await load(server, ada, longest)).content
    assert await draft_of(server.database, server.guild.id, ada.id) == kept
    await delete_draft(server.database, server.guild.id, ada.id)
    assert "Not ready" not in text_of(await load(server, ada, longest))
    assert await draft_of(server.database, server.guild.id, ada.id) != kept


# ---------------------------------------------------------------- others, and twice


async def test_another_server_s_proposals_are_not_there(server: Server, ada: Any) -> None:
    await file(server, ada)
    card = card_in(server.channel)
    other = server.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    dora = other.add_member(server.env.create_user("dora"))
    for command in ("show", "second", "export", "revise"):
        reply = said(await dora.slash(there, f"proposal {command}", number=1))
        assert reply.content == "There is no proposal #1 on this server."
    assert "Nothing here yet" in text_of(said(await dora.slash(there, "proposal list")))
    assert await dora.autocomplete(there, "proposal show", "number", "") == []
    drafted = said(await dora.slash(there, "proposal import", file=("p.json", json.dumps(LEAST).encode())))
    assert "Much like it" not in text_of(drafted)
    told = said(await dora.click(drafted.message, label="File it"))
    assert told.content.startswith("Filed as #1.")
    assert await rows(server, "guild_id, number", "proposals") == [(server.guild.id, 1), (other.id, 1)]

    await forget_guild(server.database, server.guild.id)
    for label in ("Second", "Argue or ask", "What it does to me", "Read it all"):
        reply = said(await server.ben.click(card, label=label))
        assert reply.content == "That proposal is not on this server any more.", label


async def test_commands_of_proposals_belong_to_servers(server: Server) -> None:
    dora = server.env.create_user("dora")
    assert not [name for name in dora.available_commands() if name.startswith(("proposal", "setup"))]


async def test_only_its_author_revises(server: Server, ada: Any) -> None:
    await file(server, ada)
    for other in (server.ben, server.moderator):
        refused = await ask(server, other, "revise", number=1)
        assert refused.content.startswith("Only its author can revise a proposal")
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    await ada.click(said(asked).message, label="Withdraw #1")
    assert "The text is frozen" in (await ask(server, ada, "revise", number=1)).content


async def test_who_revises_in_two_places_is_told_and_loses_nothing(server: Server, ada: Any) -> None:
    await file(server, ada)
    first = await ada.slash(server.channel, "proposal revise", number=1)
    second = await ada.slash(server.channel, "proposal revise", number=1)
    shown = said(await ada.submit_modal(first, FORM | {"problem": "Theirs."}))
    await ada.click(shown.message, label="Save the revision")
    shown = said(await ada.submit_modal(second, FORM | {"problem": "Mine."}))
    told = said(await ada.click(shown.message, label="Save the revision"))
    assert "saved revision 2 of proposal #1 meanwhile; nothing was lost" in told.content.replace("\\", "")
    assert (await view_of(server)).proposal.problem == "Theirs."
    form = await ada.click(shown.message, label="Edit")
    assert form.modal["components"][1]["component"]["value"] == "Mine."
    shown = said(await ada.submit_modal(form, FORM | {"problem": "Mine."}))
    assert "~~Theirs.~~\n**Mine.**" in text_of(shown)
    told = said(await ada.click(shown.message, label="Save the revision"))
    assert told.content.startswith("Revision 3 of #1 is saved.")
    kept = [await revision_of(server.database, server.guild.id, 1, number) for number in (1, 2, 3)]
    problems = [json.loads(each.content)["problem"] for each in kept if each is not None]
    assert problems == [FORM["problem"], "Theirs.", "Mine."]


async def test_pressed_twice_it_is_filed_once(server: Server, ada: Any) -> None:
    shown = await draft(server, ada)
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #1.")
    for label in ("File it", "Edit", "Continue", "Discard"):
        told = said(await ada.click(shown.message, label=label))
        assert told.content == "That draft was filed or discarded. Start one with /proposal new."
    assert await rows(server, "number", "proposals") == [(1,)]
    assert len([message for message in server.channel.history() if message.embeds]) == 1


# ---------------------------------------------------------------- limits


async def test_limits_of_a_member_keep_the_draft(server: Server, ada: Any, now: Clock) -> None:
    await file(server, ada)
    refused = await file(server, ada, title="Second")
    assert refused.content == (
        "This server asks for 24 hours between two proposals of a member; "
        "your next is possible from 2031-05-05 12:00 UTC."
    )
    assert await rows(server, "1", "proposal_drafts") == [(1,)]
    now.move(hours=24)
    assert (await file(server, ada, title="Second")).content.startswith("Filed as #2.")
    await change_settings(server.database, server.guild.id, now(), cooldown_hours=0, open_cap=2)
    refused = await file(server, ada, title="Third")
    assert "as many open proposals as this server allows a member, 2 at once" in refused.content
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    await ada.click(said(asked).message, label="Withdraw #1")
    assert (await file(server, ada, title="Third")).content.startswith("Filed as #3.")
    assert (await file(server, server.ben)).content.startswith("Filed as #4."), "limits are a member's own"


async def test_who_is_blocked_may_read_only(server: Server, ada: Any) -> None:
    await file(server, ada)
    blocked = said(
        await server.moderator.slash(server.channel, "setup block", member=server.ben, reason="*Spam*.")
    )
    assert blocked.content == f"{server.ben.mention} can't file, second or argue here any more."
    for reply in (
        await file(server, server.ben),
        await ask(server, server.ben, "second", number=1),
        await ask(server, server.ben, "argue", number=1, side="for", claim="c"),
        said(await server.ben.click(card_in(server.channel), label="Second")),
    ):
        assert reply.content.endswith("on this server, for this reason: \\*Spam\\*.")
    assert "Say it eight weeks ahead" in text_of(await ask(server, server.ben, "show", number=1))
    assert await rows(server, "1", "proposal_seconds") == []
    assert await rows(server, "1", "proposal_drafts") == [(1,)]
    lift = {"member": server.ben, "lift": True}
    told = said(await server.moderator.slash(server.channel, "setup block", **lift))
    assert told.content == f"{server.ben.mention} may file proposals again."
    assert (await ask(server, server.ben, "second", number=1)).content.startswith("You second #1")
    told = said(await server.moderator.slash(server.channel, "setup block", **lift))
    assert told.content == f"{server.ben.mention} was not blocked."


async def test_without_numbers_of_its_tournament_it_is_filed_all_the_same(server: Server, ada: Any) -> None:
    shown = await ada.slash(server.channel, "proposal new", kind="payout", tournament="signals")
    shown = said(await ada.submit_modal(shown, FORM))
    told = said(await ada.click(shown.message, label="File it"))
    assert told.content.startswith("Filed as #1. <")
    assert len(card_in(server.channel).embeds) == 1
    for command in ("simulate", "impact"):
        reply = await ask(server, ada, command, number=1, **({"who": "x"} if command == "impact" else {}))
        assert "There are no numbers of Signals here" in reply.content


async def test_a_locked_database_loses_nothing_that_was_typed(
    server: Server, ada: Any, settings: Any, source: Any
) -> None:
    shown = await draft(server, ada)
    await server.database.connection.execute("PRAGMA query_only = ON")
    assert (
        "read-only, so nothing was changed" in said(await ada.click(shown.message, label="File it")).content
    )
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=server.bot.now))
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #1.")


async def test_two_members_fill_in_forms_at_once(server: Server, ada: Any) -> None:
    hers = await ada.slash(server.channel, "proposal new", kind="other")
    his = await server.ben.slash(server.channel, "proposal new", kind="weights", tournament="crypto")
    await ada.submit_modal(hers, FORM | {"title": "Hers"})
    await server.ben.submit_modal(his, FORM | {"title": "His"})
    for member, expected in ((ada, ("Hers", "other", "classic")), (server.ben, ("His", "weights", "crypto"))):
        kept = await draft_of(server.database, server.guild.id, member.id)
        assert kept is not None
        fields = json.loads(kept.content)
        assert (fields["title"], fields["kind"], fields["tournament"]) == expected


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
async def test_every_example_is_imported_filed_and_shown(
    server: Server, ada: Any, now: Clock, path: Path
) -> None:
    now.moment = datetime(2026, 12, 1, tzinfo=UTC)  # before their reviews
    forum = server.guild.create_forum_channel("proposals")
    await change_settings(server.database, server.guild.id, server.bot.now(), proposal_channel=forum.id)
    text = path.read_bytes()  # noqa: ASYNC240
    shown = await load(server, ada, text)
    assert "Needed before the last call" not in text_of(shown)
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #1. <")
    [post] = forum.threads
    card = card_in(post)
    assert len(card.embeds) == 2
    assert sum(map(len, card.embeds)) <= 6000
    for each in card.embeds:
        assert len(each.description or "") <= 4096
        assert all(0 < len(field.value or "") <= 1024 for field in each.fields)
    simulated = not card.embeds[1].fields[0].name.startswith("Not simulated")
    assert simulated == bool(card.attachments) == bool(card.embeds[1].image.url)
    assert (await view_of(server)).content_hash == content_hash(from_json(text))
    assert (await view_of(server)).lacking == 0


@pytest.mark.slow  # ten megabytes take a second to send
async def test_a_file_of_ten_megabytes_is_not_read(server: Server, ada: Any) -> None:
    await draft(server, ada)
    kept = await draft_of(server.database, server.guild.id, ada.id)
    reply = await load(server, ada, b" " * (10 * 1024 * 1024))
    assert reply.content == "That file has 10,485,760 bytes; a proposal has at most 65,536."
    assert await draft_of(server.database, server.guild.id, ada.id) == kept
