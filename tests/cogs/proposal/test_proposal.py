"""`/proposal` as members use it, from an idea to its last call: every message, and every row behind it."""

from typing import Any

import pytest

from bot import create_bot
from governance.proposals.document import content_hash
from storage.proposals.drafts import draft_of
from storage.proposals.events import events_of
from storage.server.settings import change_settings
from tests.features.proposals.proposing import (
    FORM,
    PAYOUT,
    READY,
    REST,
    Clock,
    ask,
    card_in,
    draft,
    file,
    rows,
    tags_of,
    view_of,
    without_limits,
)
from tests.offline import Server, said, text_of

MODEL = "model_07585"


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture
def ada(server: Server) -> Any:
    return server.guild.add_member(server.env.create_user("ada", global_name="Ada"))


@pytest.fixture
def cleo(server: Server) -> Any:
    return server.guild.add_member(server.env.create_user("cleo"))


async def with_forum(server: Server) -> Any:
    forum = server.guild.create_forum_channel("proposals")
    await change_settings(server.database, server.guild.id, server.bot.now(), proposal_channel=forum.id)
    return forum


async def events(server: Server, number: int = 1) -> list[tuple[str, str, int | None]]:
    found = await events_of(server.database, server.guild.id, number)
    return [(each.kind, each.detail, each.actor) for each in found]


# ---------------------------------------------------------------- the whole way


async def test_from_a_form_to_the_forum(server: Server, ada: Any) -> None:
    forum = await with_forum(server)
    shown = await draft(server, ada, kind="payout", **PAYOUT)
    text = text_of(shown)
    assert "Needed before the last call" in text
    assert "Say who loses by it" in text
    assert "Give the review date" in text
    assert "Only you see this" in text
    assert forum.threads == []
    assert await rows(server, "guild_id, member_id", "proposal_drafts") == [(server.guild.id, ada.id)]

    more = await ada.click(shown.message, label="Continue")
    shown = said(await ada.submit_modal(more, REST))
    assert "Say who loses by it" not in text_of(shown)
    assert "Give the review date" in text_of(shown)

    told = said(await ada.click(shown.message, label="File it"))
    [post] = forum.threads
    assert told.content.startswith(f"Filed as #1. <https://discord.com/channels/{server.guild.id}/{post.id}/")
    assert post.name == "#1 Pay half as much more"
    assert tags_of(server, post) == {"idea", "Classic", "payout"}
    card = card_in(post)
    text = text_of(card)
    assert text.strip().startswith("#1 Pay half as much more\n**The change.** A change takes effect")
    assert "Next discussion: 2 more members must second it." in text.replace("\\", "")
    assert "would have paid" in card.embeds[1].title
    assert "Advisory, not binding on Numerai." in card.embeds[0].footer.text
    assert (await card.attachments[0].read()).startswith(b"\x89PNG")
    assert card.attachments[0].description
    labels = [button.label for row in card.components for button in row.children]
    assert labels == ["Second", "Argue or ask", "What it does to me", "Read it all"]

    stored = (await view_of(server)).stored
    assert (stored.channel, stored.thread, stored.message) == (forum.id, post.id, card.id)
    assert (stored.author, stored.stage, stored.revision) == (ada.id, "idea", 1)
    assert await rows(server, "1", "proposal_drafts") == []
    assert await events(server) == [("filed", "", ada.id)]


async def test_members_bring_an_idea_to_its_discussion(server: Server, ada: Any, cleo: Any) -> None:
    forum = await with_forum(server)
    await file(server, ada)
    [post] = forum.threads
    told = said(await server.ben.click(card_in(post), label="Second"))
    assert told.content.startswith("You second #1: 1 of 2. <")
    assert "1 of 2 secondings" in text_of(card_in(post))
    again = await server.ben.click(card_in(post), label="Second")
    assert said(again).content == "You second #1 already. Take it back?"
    left = said(await server.ben.click(said(again).message, label="Leave it"))
    assert left.content == "Nothing was changed."
    assert "it is your own" in (await ask(server, ada, "second", number=1)).content
    assert (await view_of(server)).seconds == 1

    told = await ask(server, cleo, "second", number=1)
    assert told.content.startswith("You second #1: 2 of 2. Its discussion begins. <")
    assert "**Discussion** since" in text_of(card_in(post))
    assert tags_of(server, post) == {"discussion", "Classic", "communication"}
    assert (await view_of(server)).stage == "discussion"
    assert len(post.history()) == 1, "a card is brought up to date, not posted again"


async def test_arguments_carry_no_names(server: Server, ada: Any, cleo: Any) -> None:
    await file(server, ada)
    assert "Nobody has argued" in (await ask(server, cleo, "show", number=1, what="arguments")).content
    told = await ask(server, cleo, "argue", number=1, side="against", claim="  Too *slow*. ")
    assert told.content.startswith("Your argument is on record. <")
    form = await server.ben.click(card_in(server.channel), label="Argue or ask")
    told = said(await server.ben.submit_modal(form, {"side": ["question"], "claim": "Who decides?"}))
    assert told.content.startswith("Your question is on record.")
    assert "0 for · 1 against · 1 question" in text_of(card_in(server.channel))
    shown = await ada.slash(server.channel, "proposal show", number=1, what="arguments")
    text = "\n".join(text_of(each) for each in (shown.response, *shown.followups))
    assert "1. Too \\*slow\\*." in text
    assert "2. Who decides?" in text
    assert not {"cleo", "ben", "Ben", str(cleo.id), str(server.ben.id)} & set(text.split())
    assert await rows(server, "member_id, side, claim", "proposal_arguments") == [
        (cleo.id, "against", "Too *slow*."),
        (server.ben.id, "question", "Who decides?"),
    ]


async def test_the_last_call_says_what_is_missing(server: Server, ada: Any, cleo: Any, now: Clock) -> None:
    await file(server, ada, **READY)
    for member in (server.ben, cleo):
        await ask(server, member, "second", number=1)
    refused = await ask(server, ada, "advance", number=1, to="last call")
    assert refused.content == (
        "The discussion lasts at least 7 days: until 2031-05-11 12:00 UTC. 2 things must be filled in first."
    )
    now.move(days=7)
    refused = await ask(server, ada, "advance", number=1, to="last_call")
    assert refused.content == "2 things must be filled in first."
    form = await ada.slash(server.channel, "proposal revise", number=1)
    shown = said(await ada.submit_modal(form, READY))
    form = await ada.click(shown.message, label="Continue")
    shown = said(await ada.submit_modal(form, REST))
    assert said(await ada.click(shown.message, label="Save the revision")).content.startswith(
        "Revision 2 of #1 is saved. <"
    )
    refused = await ask(server, cleo, "advance", number=1, to="last_call")
    assert refused.content == "Only its author or a moderator can do that."
    assert (await view_of(server)).stage == "discussion"
    told = await ask(server, ada, "advance", number=1, to="last_call")
    assert told.content.startswith("#1 is at “last call” now. <")
    assert "The last call lasts 72 hours" in text_of(card_in(server.channel))
    told = await ask(server, ada, "advance", number=1, to="vote")
    assert told.content.startswith("The last call lasts 72 hours: until ")
    assert (await view_of(server)).stage == "last_call"
    back = await ask(server, server.moderator, "advance", number=1, to="discussion")
    assert back.content.startswith("#1 is at “discussion” now.")
    assert (await events(server))[-2:] == [
        ("advanced", "last_call", ada.id),
        ("advanced", "discussion", server.moderator.id),
    ]


# ---------------------------------------------------------------- changes


async def test_a_revision_shows_what_it_changes(server: Server, ada: Any) -> None:
    await file(server, ada)
    await ask(server, server.ben, "second", number=1)

    async def revised(**typed: str) -> tuple[str, str]:
        form = await ada.slash(server.channel, "proposal revise", number=1)
        filled = {
            label["component"]["custom_id"]: label["component"].get("value", "")
            for label in form.modal["components"]
        }
        assert filled["title"] == FORM["title"]
        shown = said(await ada.submit_modal(form, filled | typed))
        return text_of(shown), said(await ada.click(shown.message, label="Save the revision")).content

    diff, told = await revised(problem="Rules changed within days.")
    assert "Rules ~~change~~**changed** within days." in diff
    assert "Wording and reasons only: secondings stay" in diff
    assert told.startswith("Revision 2 of #1 is saved. <")
    assert (await view_of(server)).seconds == 1

    diff, told = await revised(change="Ten weeks ahead.", parameters="notice: 10 weeks")
    assert "~~8~~**10** weeks" in diff
    assert "its 1 seconding falls and it starts again as an idea" in diff
    assert told.startswith("Revision 3 of #1 is saved. 1 seconding fell. <")
    assert (await view_of(server)).seconds == 0
    assert "revision 3" in text_of(card_in(server.channel))
    assert "Ten weeks ahead." in text_of(card_in(server.channel))

    diff, told = await revised()
    assert "Nothing is different yet." in diff
    assert told == "Nothing is different from what is filed."
    assert await rows(server, "revision", "proposal_revisions") == [(1,), (2,), (3,)]


async def test_a_draft_is_not_lost_by_starting_another(server: Server, ada: Any) -> None:
    await without_limits(server)
    await file(server, ada)
    await draft(server, ada, title="Another idea", problem="p", change="c")
    shown = await ask(server, ada, "revise", number=1)
    assert shown.content == "You have this draft already: file or discard it first."
    assert "Another idea" in text_of(shown)
    assert said(await ada.click(shown.message, label="Discard")).content == "Your draft is gone."
    assert await rows(server, "1", "proposal_drafts") == []

    form = await ada.slash(server.channel, "proposal revise", number=1)
    await ada.submit_modal(form, FORM | {"problem": "Another problem."})
    shown = await ask(server, ada, "new", kind="other")
    assert shown.content == "You have this draft already: file or discard it first."
    assert "Revision of #1" in text_of(shown)
    assert "Saved" not in said(await ada.click(shown.message, label="Save the revision")).content
    assert (await view_of(server)).proposal.problem == "Another problem."
    form = await ada.slash(server.channel, "proposal new", kind="other")
    assert [label["component"].get("value") for label in form.modal["components"]] == [None] * 4
    await ada.submit_modal(form, FORM)
    kept = await draft_of(server.database, server.guild.id, ada.id)
    assert kept is not None
    assert '"revises": ""' in kept.content


async def test_drafts_say_what_exists_already(server: Server, ada: Any, cleo: Any) -> None:
    await file(server, ada)
    assert "Much like it already\n• \\#1 Say it eight weeks ahead" in text_of(await draft(server, cleo))
    other = await draft(server, cleo, title="Whales", problem="Large stakes.", change="A cap.", parameters="")
    assert "Much like it" not in text_of(other)


async def test_an_answer_of_the_team(server: Server, ada: Any, cleo: Any) -> None:
    await file(server, ada)
    answer = {
        "number": 1,
        "outcome": "partly",
        "statement": "Four weeks.",
        "link": "https://forum.example/t/1",
    }
    assert "Only moderators" in (await ask(server, ada, "respond", **answer)).content
    told = await ask(server, server.moderator, "respond", **answer)
    assert told.content.startswith("The answer is on record. <")
    team = server.guild.create_role("Team")
    await change_settings(server.database, server.guild.id, server.bot.now(), team_role=team.id)
    assert "team's role" in (await ask(server, server.moderator, "respond", **answer)).content
    dora = server.guild.add_member(server.env.create_user("dora"), roles=[team])
    await ask(server, dora, "respond", number=1, outcome="accepted", statement="All *eight* of them.")
    text = text_of(card_in(server.channel))
    assert "Answer of the team: accepted\nAll \\*eight\\* of them." in text
    assert "Four weeks" not in text, "the newest is shown"
    assert await rows(server, "outcome, statement, link", "proposal_responses") == [
        ("partly", "Four weeks.", "https://forum.example/t/1"),
        ("accepted", "All *eight* of them.", None),
    ]
    assert await rows(server, "member_id", "response_actors") == [(server.moderator.id,), (dora.id,)]
    bad = await ask(
        server, dora, "respond", number=1, outcome="noted", statement="s", link="http://x.example"
    )
    assert "A link starts with https://" in bad.content
    assert len(await rows(server, "1", "proposal_responses")) == 2


async def test_withdrawing_asks_once_more(server: Server, ada: Any) -> None:
    await file(server, ada)
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    left = await ada.click(said(asked).message, label="Leave it")
    assert said(left).content == "Nothing was changed."
    assert said(asked).components == []
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    await server.env.advance_time(301)
    assert said(asked).components == []
    assert (await view_of(server)).stage == "idea"
    for other in (server.ben, server.moderator):
        asked = await other.slash(server.channel, "proposal withdraw", number=1)
        refused = said(await other.click(said(asked).message, label="Withdraw #1"))
        assert refused.content.startswith("Only its author")
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    told = said(await ada.click(said(asked).message, label="Withdraw #1"))
    assert told.content.startswith("#1 is withdrawn. <")
    assert (await view_of(server)).stage == "withdrawn"
    assert "**Withdrawn** since" in text_of(card_in(server.channel))
    labels = [each.label for row in card_in(server.channel).components for each in row.children]
    assert labels == ["What it does to me", "Read it all"]
    assert (await events(server))[-1] == ("withdrawn", "withdrawn", ada.id)


async def test_moderators_hide_for_a_reason_that_all_can_read(server: Server, ada: Any) -> None:
    forum = await with_forum(server)
    await file(server, ada)
    [post] = forum.threads
    refused = await ask(server, ada, "hide", number=1, reason="Mine.")
    assert refused.content == "Only moderators of this server can do that."
    told = await ask(server, server.moderator, "hide", number=1, reason="Names a *person*.")
    assert told.content.startswith("#1 is hidden. <")
    assert post.name == "#1 is hidden"
    assert tags_of(server, post) == {"hidden"}
    [card] = card_in(post).embeds
    assert (card.title, card.description) == ("#1 is hidden", "By the moderators: Names a \\*person\\*.")
    assert card_in(post).components == []
    assert FORM["title"] not in text_of(await ask(server, server.ben, "list"))
    assert "· hidden" in text_of(await ask(server, server.moderator, "list"))
    for command, options in (
        ("second", {}), ("argue", {"side": "for", "claim": "c"}), ("impact", {"who": MODEL}),
        ("simulate", {}), ("export", {}), ("advance", {"to": "withdrawn"}),
    ):  # fmt: skip
        refused = await ask(server, server.ben, command, number=1, **options)
        assert refused.content == "Proposal #1 is hidden, for this reason: Names a \\*person\\*.", command
    for what in ("card", "whole text", "arguments"):
        assert (
            text_of(await ask(server, server.ben, "show", number=1, what=what))
            .strip()
            .startswith("#1 is hidden")
        )
    again = await ask(server, server.moderator, "hide", number=1, reason="Twice.")
    assert again.content == "There was nothing to change: it is like that already, or not there."

    await ask(server, server.moderator, "hide", number=1, reason="It was a mistake.", show_again=True)
    assert post.name == "#1 Say it eight weeks ahead"
    assert tags_of(server, post) == {"idea", "Classic", "communication"}
    assert len(card_in(post).embeds) == 2
    assert await events(server) == [
        ("filed", "", ada.id),
        ("hidden", "Names a *person*.", server.moderator.id),
        ("unhidden", "It was a mistake.", server.moderator.id),
    ]


async def test_one_argument_is_hidden_and_shown_again(server: Server, ada: Any) -> None:
    await without_limits(server)
    await file(server, ada)
    await file(server, ada, title="Another")
    await ask(server, server.ben, "argue", number=1, side="for", claim="Good.")
    hide = {"argument": 1, "reason": "Rude."}
    wrong = await ask(server, server.moderator, "hide", number=2, **hide)
    assert wrong.content == "Proposal #2 has no argument 1."
    assert (await ask(server, server.moderator, "hide", number=1, **hide)).content.startswith(
        "Argument 1 is hidden."
    )
    assert (await view_of(server)).arguments == ()
    told = await ask(server, server.moderator, "hide", number=1, **hide, show_again=True)
    assert told.content.startswith("Argument 1 is shown again.")
    assert [each.claim for each in (await view_of(server)).arguments] == ["Good."]
    assert (await events(server))[1:] == [
        ("argument_hidden", "1: Rude.", server.moderator.id),
        ("argument_unhidden", "1: Rude.", server.moderator.id),
    ]


# ---------------------------------------------------------------- reading


async def test_the_list_is_filtered_and_turned(server: Server, ada: Any) -> None:
    assert "Nothing here yet" in text_of(await ask(server, ada, "list"))
    await without_limits(server)
    for number in range(1, 11):
        await file(server, ada if number % 2 else server.ben, title=f"Idea {number}", parameters="")
    await file(server, ada, title="A cap", kind="stake_cap", parameters="cap: 1%")
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    await ada.click(said(asked).message, label="Withdraw #1")

    async def listed(**options: Any) -> list[str]:
        reply = await ask(server, ada, "list", **options)
        return [line.split("** ")[1] for line in reply.embeds[0].description.split("\n") if line[:3] == "**#"]

    shown = await ada.slash(server.channel, "proposal list")
    assert said(shown).embeds[0].title == "11 proposals"
    assert "Page 1 of 2" in text_of(said(shown))
    await ada.click(said(shown).message, label="Older")
    assert "Page 2 of 2" in text_of(said(shown))
    assert "Idea 3" in text_of(said(shown))
    await ada.click(said(shown).message, label="Older")
    assert "Page 2 of 2" in text_of(said(shown)), "there is no third"
    await ada.click(said(shown).message, label="Newer")
    assert "A cap" in text_of(said(shown))
    assert await listed(page=99) == ["Idea 3", "Idea 2", "Idea 1"]
    assert await listed(page=-3) == await listed()
    assert await listed(kind="stake_cap") == ["A cap"]
    assert await listed(stage="withdrawn") == ["Idea 1"]
    assert len(await listed(stage="open", mine=True)) == 5
    assert await listed(tournament="signals") == []
    assert (await ask(server, ada, "list", stage="x" * 99)).content == f"There is no stage called {'x' * 40}."


async def test_what_is_exported_can_be_imported(server: Server, ada: Any) -> None:
    await without_limits(server)
    await file(server, ada, kind="payout", **PAYOUT)
    reply = await ask(server, server.ben, "export", number=1)
    text = await reply.attachments[0].read()
    assert reply.attachments[0].filename == "proposal-1.json"
    shown = said(await server.ben.slash(server.channel, "proposal import", file=("proposal.json", text)))
    assert "Pay half as much more" in text_of(shown)
    assert "Much like it already\n• \\#1 Pay half as much more" in text_of(shown)
    assert said(await server.ben.click(shown.message, label="File it")).content.startswith("Filed as #2.")
    first, second = await view_of(server), await view_of(server, 2)
    assert first.content_hash == second.content_hash == content_hash(first.proposal)
    reply = await ask(server, ada, "export", number=1, form="Markdown")
    written = (await reply.attachments[0].read()).decode()
    assert written.startswith("# [Proposal] Pay half as much more\n")
    assert "| rule | 1.5xCORR + 2xTC |" in written
    assert f"Revision 1, {first.content_hash[:16]}. Advisory, not binding on Numerai." in written


async def test_what_it_does_to_everyone_and_to_one(server: Server, ada: Any) -> None:
    await file(server, ada, kind="payout", **PAYOUT)
    reply = await ask(server, server.ben, "simulate", number=1, rounds="311-325")
    assert "over rounds 311-325" in text_of(reply)
    assert (await reply.attachments[0].read()).startswith(b"\x89PNG")
    assert (
        "Did you mean 311-325?"
        in (await ask(server, server.ben, "simulate", number=1, rounds="325-311")).content
    )
    unlinked = said(await server.ben.click(card_in(server.channel), label="What it does to me"))
    assert "Type /account link" in unlinked.content
    reply = await ask(server, server.ben, "impact", number=1, who=MODEL)
    assert "only you see this" in text_of(reply)
    assert "model\\_07585 would have been paid" in text_of(reply)
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    linked = said(await server.ben.click(card_in(server.channel), label="What it does to me"))
    assert text_of(linked) == text_of(reply)
    assert "07585" not in text_of(card_in(server.channel))


async def test_a_proposal_is_a_rule_of_a_comparison(server: Server, ada: Any) -> None:
    await without_limits(server)
    await file(server, ada, kind="payout", **PAYOUT)
    await file(server, ada)
    compare = "payout compare"
    reply = said(await server.ben.slash(server.channel, compare, proposed="#1 Pay half", who=MODEL))
    assert "1.5xCORR + 2xTC would have paid" in text_of(reply)
    reply = said(await server.ben.slash(server.channel, compare, proposed="1C3T", current="#1", who=MODEL))
    assert "than 1.5xCORR + 2xTC" in text_of(reply)
    for typed, sentence in (("#2", "sets no payout rule"), ("#9", "There is no proposal #9 on this server.")):
        reply = said(await server.ben.slash(server.channel, compare, proposed=typed, who=MODEL))
        assert sentence in reply.content
    choices = await server.ben.autocomplete(server.channel, compare, "proposed", "half")
    assert choices == [{"name": "#1 Pay half as much more: 1.5xCORR + 2xTC", "value": "#1"}]


async def test_numbers_and_stages_are_offered_while_somebody_types(server: Server, ada: Any) -> None:
    await file(server, ada)

    async def offered(option: str, typed: str, command: str = "advance", **filled: Any) -> list[Any]:
        choices = await ada.autocomplete(server.channel, f"proposal {command}", option, typed, **filled)
        return [choice["value"] for choice in choices]

    assert await offered("number", "EIGHT") == [1]
    assert await offered("number", "#1") == [1]
    assert await offered("number", "whales") == []
    assert await offered("to", "", number=1) == ["discussion", "withdrawn", "superseded", "stale"]
    assert await offered("to", "with", number=1) == ["withdrawn"]
    assert await offered("to", "", number=7) == []
    assert await offered("stage", "last", command="list") == ["last_call"]


# ---------------------------------------------------------------- time


async def test_drafts_and_buttons_outlive_the_process(
    server: Server, settings: Any, source: Any, ada: Any, now: Clock
) -> None:
    await without_limits(server)
    await file(server, ada)
    shown = await draft(server, ada, title="Half done")
    await server.bot.close()  # the process ends
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    form = await ada.slash(server.channel, "proposal new", kind="other")
    assert form.modal["components"][0]["component"]["value"] == "Half done"
    form = await ada.click(shown.message, label="Continue")
    assert "Say who loses by it" not in text_of(said(await ada.submit_modal(form, REST)))
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #2.")
    card = next(message for message in server.channel.history() if message.embeds)
    assert said(await server.ben.click(card, label="Second")).content.startswith("You second #1: 1 of 2.")
    form = await server.ben.click(card, label="Argue or ask")
    await server.ben.submit_modal(form, {"side": ["for"], "claim": "Good."})
    read = await server.ben.click(card, label="Read it all")
    assert read.response.embeds[0].title == "#1 Say it eight weeks ahead"
    assert (await view_of(server)).seconds == len((await view_of(server)).arguments) == 1


async def test_a_quiet_idea_becomes_stale_and_can_be_taken_up_again(
    server: Server, settings: Any, source: Any, ada: Any, now: Clock
) -> None:
    await file(server, ada)
    now.move(days=20)
    await ask(server, server.ben, "second", number=1)
    now.move(days=29)
    await server.env.advance_time(301)
    assert (await view_of(server)).stage == "idea", "it was seconded in between"
    now.move(days=1)
    await server.env.advance_time(301)
    assert (await view_of(server)).stage == "stale"
    assert "**Stale** since" in text_of(card_in(server.channel))
    await server.env.advance_time(301)
    assert await events(server) == [("filed", "", ada.id), ("advanced", "stale", None)]
    told = await ask(server, ada, "advance", number=1, to="idea")
    assert told.content.startswith("#1 is at “idea” now.")

    await server.bot.close()
    now.move(days=300)
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    assert (await view_of(server)).stage == "stale", "what was missed is due at the start"
    assert "**Stale** since" in text_of(card_in(server.channel))
