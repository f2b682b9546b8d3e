"""Answers changed by a tap: menus, forms, details and shared answers, pressed as members press them."""

from typing import Any

import pytest

from bot import create_bot
from storage.database import execute, fetch_all, transaction
from storage.members.privacy import delete
from storage.members.questions import recall
from tests.cogs.answers import chosen, pick
from tests.offline import Server, all_told, custom_id, parts_of, posted, said, text_of, titles

MODEL = "model_07585"


async def compared(server: Server, **options: Any) -> Any:
    asked = {"proposed": "1C3T", "who": MODEL} | options
    return said(await server.ben.slash(server.channel, "payout compare", **asked))


async def test_every_menu_redraws_the_answer_where_it_stands(server: Server) -> None:
    reply = await compared(server)
    before = [await chart.read() for chart in reply.attachments]
    await pick(server, reply, "rounds", "All rounds that can be compared")
    assert "in rounds 202-321" in titles(reply.message)[0]
    assert chosen(reply.message, "rounds") == "All rounds that can be compared"
    await pick(server, reply.message, "risk", "A stake that compounds")
    assert "in rounds 202-321" in titles(reply.message)[0], "the first change stays"
    assert "a stake that compounds" in text_of(reply.message)
    await pick(server, reply.message, "rule", "2xCORR + 1xTC")
    assert titles(reply.message)[0].startswith("2xCORR + 1xTC would have paid")
    assert [await chart.read() for chart in reply.message.attachments] != before
    assert len(reply.message.attachments) == 1
    assert posted(server.channel) == [], "it stays private"


async def test_the_same_line_picked_twice_is_the_same_answer(server: Server) -> None:
    reply = await compared(server)
    for _ in range(2):
        await pick(server, reply.message, "rounds", "The last 50")
        assert "in rounds 272-321" in titles(reply.message)[0]


async def test_a_redrawn_answer_says_what_was_asked_anew(server: Server) -> None:
    reply = await compared(server)
    await pick(server, reply, "rounds", "All rounds that can be compared")
    fresh = await compared(server, rounds="all")
    assert text_of(reply.message) == text_of(fresh)
    assert await all_told(server.ben, reply.message) == await all_told(server.ben, fresh)


async def test_what_cannot_be_answered_changes_nothing(server: Server) -> None:
    reply = await compared(server)
    form = await server.ben.select(reply.message, ["type rounds"], custom_id=custom_id(reply, "menu-rounds"))
    refused = await server.ben.submit_modal(form, {"text": "900-950"})
    [told] = refused.followups
    assert "the data has rounds 168-325" in told.content
    assert "in the last 20 rounds" in titles(reply.message)[0]
    question = await recall(server.database, 1, server.ben.id)
    assert question is not None
    assert question.arguments["rounds"] is None
    again = await server.ben.click(told.message, label="Back to the form")
    [label] = again.modal["components"] if hasattr(again, "modal") else again.components
    assert label["component"]["value"] == "900-950"
    await server.ben.submit_modal(again, {"text": "300-321"})


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("x" * 300, "That range of rounds has 300 characters"),
        ("🦉🦉", "Write it like 20"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}yesterday", "Write it like 20"),
        (" ", "Write it like 20"),
    ],
)
async def test_odd_text_in_a_form_gets_a_sentence(server: Server, typed: str, sentence: str) -> None:
    reply = await compared(server)
    form = await server.ben.select(reply.message, ["type rounds"], custom_id=custom_id(reply, "menu-rounds"))
    refused = await server.ben.submit_modal(form, {"text": typed})
    assert sentence in refused.followups[0].content
    assert "in the last 20 rounds" in titles(reply.message)[0]


async def test_everything_under_an_answer_works_after_a_restart(
    server: Server, settings: Any, source: Any
) -> None:
    reply = await compared(server)
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source))
    await pick(server, reply, "rounds", "All rounds that can be compared")
    assert "in rounds 202-321" in titles(reply.message)[0]
    assert "Under each rule" in await all_told(server.ben, reply)


async def test_an_answer_that_is_forgotten_says_so(server: Server) -> None:
    reply = await compared(server)
    await delete(server.database, server.ben.id)
    for press in (
        pick(server, reply, "rounds", "The last 50"),
        server.ben.click(reply.message, label="Details"),
        server.ben.click(reply.message, label="Another rule"),
        server.ben.click(reply.message, label="Share"),
    ):
        result = await press
        told = result.followups[0] if result.followups else result.response
        assert "too old to be changed" in told.content
    assert posted(server.channel) == []


async def test_a_question_of_somebody_else_is_not_answered(server: Server) -> None:
    reply = await compared(server)
    async with transaction(server.database):
        await execute(server.database, "UPDATE asked_questions SET member_id = 1")
    result = await pick(server, reply, "rounds", "The last 50")
    assert "too old to be changed" in result.followups[0].content


async def test_a_source_that_lost_the_name_says_so(server: Server) -> None:
    reply = await compared(server)
    async with transaction(server.database):
        await execute(
            server.database, "UPDATE asked_questions SET arguments = json_set(arguments, '$.name', 'gone')"
        )
    result = await pick(server, reply, "rounds", "The last 50")
    assert "There is no model or account called “gone”" in result.followups[0].content


async def test_sharing_twice_posts_once_and_its_owner_takes_it_back(server: Server) -> None:
    reply = await compared(server, who="everyone")
    for _ in range(2):
        pressed = await server.ben.click(reply.message, label="Share")
    assert "You have shared this here already. <https" in said(pressed).content
    [shared] = posted(server.channel)
    stranger = server.guild.add_member(server.env.create_user("cleo"))
    refused = await stranger.click(shared, label="Delete")
    assert "Only the member who shared it" in refused.followups[0].content
    assert len(posted(server.channel)) == 1
    await server.ben.click(shared, label="Delete")
    assert posted(server.channel) == []
    assert await fetch_all(server.database, "SELECT 1 FROM shared_answers") == []
    await server.ben.click(reply.message, label="Share")
    [again] = posted(server.channel)
    await server.moderator.click(again, label="Delete")
    assert posted(server.channel) == []


async def test_others_look_into_a_shared_answer_and_ask_it_of_themselves(server: Server) -> None:
    reply = await compared(server, who="everyone", rounds="311-325")
    await server.ben.click(reply.message, label="Share")
    [shared] = posted(server.channel)
    assert not [part for part in parts_of(shared) if ":menu-" in part.get("custom_id", "")]
    cleo = server.guild.add_member(server.env.create_user("cleo"))
    assert "Under each rule" in await all_told(cleo, shared)
    asked = said(await cleo.click(shared, label="Try mine"))
    assert "You have not linked a model yet" in asked.content
    said(await cleo.slash(server.channel, "account link", name=MODEL))
    mine = said(await cleo.click(shared, label="Try mine"))
    assert "would have paid you" in titles(mine)[0]
    assert "rounds 311-321" in titles(mine)[0]
    assert len(posted(server.channel)) == 1


async def test_details_of_another_ones_model_do_not_name_it(server: Server) -> None:
    reply = await compared(server, rounds="311-325")
    how = said(await server.ben.click(reply.message, label="Share"))
    await server.ben.click(how.message, label="In percent of the stake only")
    [shared] = posted(server.channel)
    told = await all_told(server.moderator, shared)
    assert "one model" in told
    assert "07585" not in told
    assert "NMR" not in told.replace("NMR whatever", "")


async def test_pay_is_shown_again_and_taken_along(server: Server) -> None:
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    reply = said(await server.ben.slash(server.channel, "payout show"))
    assert titles(reply)[0].startswith("+565 NMR in 20 rounds, +362 pending in 4")
    await pick(server, reply, "who", "everyone")
    assert titles(reply.message)[0].startswith("everyone: ")
    await pick(server, reply.message, "rounds", "All rounds")
    told = said(await server.ben.click(reply.message, label="CSV"))
    rows = (await told.attachments[0].read()).decode().splitlines()
    assert rows[0].startswith("round,nmr_at_risk,nmr_paid,final,")
    assert len(rows) - 1 == len({row.split(",")[0] for row in rows[1:]}) > 100


async def test_a_rule_is_opened_from_the_list_and_another_tournament_from_it(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "payout rules"))
    await pick(server, reply, "rule", "2023-10-07: 2xCORR + 1xTC")
    assert "72,000 NMR" in text_of(reply.message)
    await pick(server, reply.message, "tournament", "Rules of Crypto")
    assert titles(reply.message)[0].startswith("The newest rule of Crypto pays")


async def test_one_round_is_tried_with_other_scores(server: Server) -> None:
    options = {"scores": "corr 0.02", "stake": 100.0, "rule": "1xCORR", "factor": 0.5}
    reply = said(await server.ben.slash(server.channel, "payout what-if", **options))
    form = await server.ben.click(reply.message, label="Other scores")
    await server.ben.submit_modal(form, {"text": "corr 0.04"})
    assert "would earn 2.00 NMR on 100.0 NMR" in titles(reply.message)[0]
    form = await server.ben.click(reply.message, label="Another stake")
    await server.ben.submit_modal(form, {"text": "50 nmr"})
    assert "would earn 1.00 NMR on 50.00 NMR" in titles(reply.message)[0]
