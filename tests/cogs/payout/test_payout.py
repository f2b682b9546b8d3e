"""`/payout` as members use it: typed in a channel or a direct message, mistyped, shared."""

import re
import sqlite3
from contextlib import closing
from typing import Any

import discord
import pytest

from bot import create_bot
from storage.members.privacy import delete
from storage.members.questions import recall
from tests.offline import Server, all_told, parts_of, posted, said, text_of, titles

MODEL = "model_07585"
GALLERY = discord.ComponentType.media_gallery.value


async def compare(server: Server, **options: Any) -> Any:
    return said(await server.ben.slash(server.channel, "payout compare", **options))


async def test_a_comparison_is_a_private_card_with_a_chart_and_its_alt_text(server: Server) -> None:
    reply = await compare(server, proposed="1C3T", who=MODEL, rounds="311-325")
    text = await all_told(server.ben, reply)
    assert "1xCORR + 3xTC would have paid model_07585" in titles(reply)[0]
    assert "for **model_07585**, 11 rounds".casefold() in text.casefold()
    assert "over rounds 311-321 (you asked for rounds 311-325)" in text
    assert "Left out: 4 rounds still interim in this data." in text
    assert "Sample, 2022, until 2022-07-23 · stake of the time" in text_of(reply)
    [chart] = reply.attachments
    assert (await chart.read()).startswith(b"\x89PNG")
    assert chart.description is not None
    assert "1xCORR + 3xTC ends at" in chart.description
    [gallery] = [part for part in parts_of(reply) if part["type"] == GALLERY]
    assert chart.filename in gallery["items"][0]["media"]["url"]


async def test_the_card_says_when_the_proposed_rule_pays_more(server: Server) -> None:
    reply = await compare(server, proposed="1C3T", current="2C1T", who="everyone", rounds="311-321")
    text = await all_told(server.ben, reply)
    assert "1xCORR + 3xTC would have paid everyone 1,933 NMR more (+63 %) in rounds 311-321" in titles(reply)
    assert "1xCORR + 3xTC would have paid 1,933 NMR more than 2xCORR + 1xTC over rounds 311-321: " in text
    assert "4,989 against 3,055 NMR" in text
    assert "Whenever TC is above half of CORR, before clipping." in text
    assert "2xCORR + 1xTC was not among the choices members had in rounds 311-321." in text


async def test_a_linked_member_need_not_say_who(server: Server) -> None:
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    reply = await compare(server, proposed="2C1T")
    assert "would have paid you " in titles(reply)[0]
    assert "For **model_07585**" in await all_told(server.ben, reply)


async def test_an_unlinked_member_is_told_how_to_link(server: Server) -> None:
    assert "Type /account link" in text_of(await compare(server, proposed="2C1T"))


async def test_it_works_in_a_direct_message_without_share_buttons(server: Server) -> None:
    dora = server.env.create_user("dora")
    reply = said(await dora.slash("payout compare", proposed="1C3T", who=MODEL))
    assert "1xCORR + 3xTC would have paid" in text_of(reply)
    verbs = [part["custom_id"].split(":")[1] for part in parts_of(reply) if "custom_id" in part]
    assert verbs == ["menu-rounds", "menu-rule", "menu-risk", "details", "type-proposed"]
    assert "Under each rule" in await all_told(dora, reply)


BAD = [
    ({"who": "model_0758"}, "Did you mean model_07585"),
    ({"who": "no such thing @everyone **bold** <@1>"}, "There is no model or account called"),
    ({"who": "x" * 5000}, "That name has 5,000 characters"),
    ({"who": "   "}, "That name is empty"),
    ({"rounds": "325-311"}, "Did you mean 311-325?"),
    ({"rounds": "400-420"}, "the data has rounds 168-325"),
    ({"rounds": "yesterday"}, "Write it like 20"),
    ({"rounds": "9" * 5000}, "That range of rounds has 5,000 characters"),
    ({"rounds": "0"}, "The last 0 rounds are no rounds"),
    ({"who": "model_00005", "rounds": "320-325"}, "model_00005 has nothing in rounds 320-325"),
    ({"proposed": "3xCORR60 + 15xMMC60"}, "It has CORR (rounds 168-321), TC (rounds 200-321)"),
    ({"proposed": "-1xCORR"}, "negative"),
    ({"proposed": "nan corr"}, "“nan”"),
    ({"proposed": "inf corr"}, "“inf”"),
    ({"proposed": "1xCORR clip 0"}, "clip must be above 0"),
    ({"proposed": "1xCORR + 3xTCC"}, "“TCC” is not a score I know"),
    ({"proposed": "x" * 5000}, "at most 200 characters"),
    ({"current": "9xTC9"}, "is not a score I know"),
    ({"stake": -5.0}, "A stake is a number of NMR above 0"),
    ({"stake": 0.0}, "A stake is a number of NMR above 0"),
    ({"stake": 12_000_000.0}, "at most 11,000,000"),
]


async def test_bad_input_gets_one_clear_sentence(server: Server, subtests: pytest.Subtests) -> None:
    for options, sentence in BAD:
        with subtests.test(sentence):
            reply = await compare(server, **({"proposed": "1C3T", "who": MODEL} | options))
            assert sentence in reply.content
            assert len(reply.content) < 700
            assert titles(reply) == []


async def test_a_rule_by_mmc_is_answered_by_a_derived_one_that_says_so(server: Server) -> None:
    reply = await compare(server, proposed="0.5C + 2M", who="everyone")
    [heading, *_] = titles(reply)
    assert heading.startswith("0.5xCORR + 2xMMC would have paid everyone ")
    assert heading.endswith(" (MMC derived)")
    assert "MMC derived in 287-306 (k 0.79, r 0.93, rmse 0.0044)" in text_of(reply)
    more = await all_told(server.ben, reply)
    assert "An MMC that is off by its rmse moves the difference by " in more
    rules = said(await server.ben.slash(server.channel, "payout rules"))
    assert "MMC is derived in rounds 182-306" in text_of(rules)
    assert "Priced by a derived MMC" in await all_told(server.ben, rules)


async def test_what_was_typed_can_neither_ping_nor_format(server: Server) -> None:
    reply = await compare(server, proposed="1C3T", who="@everyone **b** <@&1>")
    assert "@everyone" not in reply.content
    assert "**b**" not in reply.content


async def test_autocomplete_offers_models_and_rules_the_data_can_price(server: Server) -> None:
    async def offered(option: str, typed: str) -> list[str]:
        choices = await server.ben.autocomplete(
            server.channel,
            "payout compare",
            option,
            typed,
            **({"proposed": "1C"} if option != "proposed" else {}),
        )
        assert len(choices) <= 25
        return [choice["value"] for choice in choices]

    assert await offered("who", "07585") == [MODEL]
    assert (await offered("who", ""))[0] == "everyone"
    assert (await offered("proposed", "1c3t"))[0] == "1xCORR + 3xTC"
    assert "classic-2023-10-07" in await offered("current", "2xcorr + 1xtc")
    rules = await offered("proposed", "")
    assert rules
    assert "0.5xCORR + 2xMMC" in rules, "its MMC is derived"
    assert not any("mmc60" in rule.casefold() for rule in rules), "the sample has no CORR60"
    assert await offered("proposed", "y" * 3000) == []


async def test_share_posts_the_answer_again_for_everyone(server: Server) -> None:
    reply = await compare(server, proposed="1C3T", current="2C1T", who="everyone", rounds="311-325")
    clicked = await server.ben.click(reply.message, label="Share")
    [shared] = posted(server.channel)
    assert not shared.flags.ephemeral
    assert "Shared by Ben" in text_of(shared)
    assert "1,933 NMR more" in titles(shared)[0]
    assert len(shared.attachments) == 1
    assert clicked.response.content == "Shared below."


async def test_another_ones_model_is_not_shared_by_name_and_percentages_hide_amounts(server: Server) -> None:
    reply = await compare(server, proposed="1C3T", who=MODEL, rounds="311-325")
    how = said(await server.ben.click(reply.message, label="Share"))
    assert posted(server.channel) == []
    await server.ben.click(how.message, label="In percent of the stake only")
    [shared] = posted(server.channel)
    text = text_of(shared)
    assert "one model" in text
    assert "07585" not in text + shared.attachments[0].description
    assert "NMR" not in text + shared.attachments[0].description
    assert "points of stake" in titles(shared)[0]


async def test_ones_own_model_is_shared_by_name(server: Server) -> None:
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    reply = await compare(server, proposed="1C3T")
    how = said(await server.ben.click(reply.message, label="Share"))
    await server.ben.click(how.message, label="With amounts of NMR")
    [shared] = posted(server.channel)
    assert "07585" in text_of(shared)


async def test_who_may_not_write_in_a_channel_may_not_share_there(server: Server) -> None:
    reply = said(await server.ben.slash(server.read_only, "payout compare", proposed="1C3T", who="everyone"))
    clicked = await server.ben.click(reply.message, label="Share")
    assert "You can't write in this channel" in said(clicked).content
    assert not posted(server.read_only)


async def test_share_still_works_after_a_restart(server: Server, settings: Any, source: Any) -> None:
    reply = await compare(server, proposed="1C3T", who="everyone", rounds="all")
    await server.bot.close()  # the process ends
    await server.env.restart_bot(create_bot(settings, source=source))
    await server.ben.click(reply.message, label="Share")
    assert posted(server.channel)


async def test_an_old_question_that_is_gone_gets_a_sentence(server: Server) -> None:
    reply = await compare(server, proposed="1C3T", who="everyone")
    said(await server.ben.slash(server.channel, "privacy show"))
    await delete(server.database, server.ben.id)
    clicked = await server.ben.click(reply.message, label="Share")
    assert "too old to be changed" in said(clicked).content


async def test_only_the_question_is_stored(server: Server) -> None:
    await compare(server, proposed="1C3T", who=MODEL)
    question = await recall(server.database, 1, server.ben.id)
    assert question is not None
    assert question.arguments == {
        "proposed": "1C3T", "current": None, "rounds": None, "stake": None, "name": MODEL,
        "basis": "stake of the time", "tournament": "classic", "old_tc": False, "unit": "NMR",
    }  # fmt: skip


@pytest.mark.slow  # it waits twice for a lock that nobody gives back
async def test_a_locked_database_does_not_cost_the_answer_but_the_share_button(server: Server) -> None:
    server.database.patience = 0.1
    with closing(sqlite3.connect(server.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        reply = await compare(server, proposed="1C3T", who=MODEL)
        assert "1xCORR + 3xTC would have paid" in text_of(reply)
        assert [part for part in parts_of(reply) if "custom_id" in part] == []
        linked = said(await server.ben.slash(server.channel, "account link", name=MODEL))
        assert "busy, so nothing was changed" in linked.content
        other.execute("ROLLBACK")
    assert "Linked" in text_of(said(await server.ben.slash(server.channel, "account link", name=MODEL)))


async def test_a_read_only_database_gets_a_sentence(server: Server) -> None:
    await server.database.connection.execute("PRAGMA query_only = ON")
    linked = said(await server.ben.slash(server.channel, "account link", name=MODEL))
    assert "read-only, so nothing was changed" in linked.content
    assert "would have paid" in text_of(await compare(server, proposed="1C3T", who=MODEL))


async def test_an_unexpected_error_shows_an_id_that_the_log_has_too(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    await server.database.connection.execute("DROP TABLE account_links")
    reply = said(await server.ben.slash(server.channel, "account show"))
    shown = re.search(r"\*\*([0-9a-f]{8})\*\*", reply.content)
    assert shown, reply.content
    [record] = [record for record in caplog.records if record.getMessage() == "unexpected error"]
    assert record.__dict__["fields"]["error_id"] == shown[1]


async def test_rules_lists_every_rule_with_its_source(server: Server) -> None:
    text = await all_told(server.ben, said(await server.ben.slash(server.channel, "payout rules")))
    assert "**2023-10-07** 2xCORR + 1xTC" in text
    assert "forum 6708" in text
    assert "✗ **2023-11-15**" in text
    for tournament in ("signals", "crypto"):
        reply = said(await server.ben.slash(server.channel, "payout rules", tournament=tournament))
        assert tournament.title() in titles(reply)[0]
        assert text_of(reply).count("clip") >= 3


async def test_one_rule_in_full_says_what_was_permitted(server: Server) -> None:
    text = text_of(said(await server.ben.slash(server.channel, "payout rules", rule="classic-2023-10-07")))
    assert "0xCORR, 0.5xCORR, 1xCORR, 1.5xCORR, 2xCORR, 2xCORR + 0.5xTC, 2xCORR + 1xTC" in text
    assert "72,000 NMR" in text


async def test_a_rule_that_does_not_exist_gets_the_nearest(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "payout rules", rule="classic-2023-10-08"))
    assert "classic-2023-10-07" in reply.content


async def test_without_any_option_it_is_about_the_newest_change_and_me(server: Server) -> None:
    assert "Type /account link" in (said(await server.ben.slash(server.channel, "payout compare"))).content
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    reply = said(await server.ben.slash(server.channel, "payout compare"))
    assert titles(reply)[0].startswith("2xCORR + 1xTC would have paid you ")  # the newest that can be priced


async def test_several_rules_in_one_answer(server: Server) -> None:
    reply = await compare(server, proposed="1C3T vs 2C1T vs 1C", who=MODEL)
    assert "**C** 1xCORR: " in text_of(reply)
    assert "Under each rule" in await all_told(server.ben, reply)
    two = await compare(server, proposed="1C3T vs 2C1T", who=MODEL)
    assert " by 2xCORR + 1xTC" in text_of(two)


async def test_what_was_perhaps_meant_is_a_button(server: Server) -> None:
    reply = await compare(server, proposed="1C3T", who="model_0758", rounds="311-325")
    assert "Did you mean model_07585" in reply.content
    answered = said(await server.ben.click(reply.message, label="model_07585"))
    assert "rounds 311-321" in titles(answered)[0]
    reply = await compare(server, proposed="1xCORR + 3xTCC", who=MODEL)
    answered = said(await server.ben.click(reply.message, label="TC"))
    assert titles(answered)[0].startswith("1xCORR + 3xTC would have paid")
    linked = said(await server.ben.slash(server.channel, "account link", name="model_0758"))
    assert "Linked" in text_of(said(await server.ben.click(linked.message, label="model_07585")))


async def test_what_was_perhaps_meant_in_a_form_is_a_button_too(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "payout show", who=MODEL))
    who = next(part["custom_id"] for part in parts_of(reply) if ":menu-who:" in part.get("custom_id", ""))
    form = await server.ben.select(reply.message, ["type name"], custom_id=who)
    refused = (await server.ben.submit_modal(form, {"text": "model_0276"})).followups[0]
    await server.ben.click(refused.message, label="model_02765")
    assert titles(refused.message)[0].startswith("model_02765: ")


async def test_a_link_without_a_stake_says_what_can_be_asked_and_that_is_so(server: Server) -> None:
    linked = said(await server.ben.slash(server.channel, "account link", name="model_00112"))
    assert "1C3T vs 2C1T, and a stake of 100" in text_of(linked)
    reply = said(
        await server.ben.slash(server.channel, "payout compare", proposed="1C3T vs 2C1T", stake=100.0)
    )
    assert titles(reply)[0].startswith("1xCORR + 3xTC would have paid you "), reply.content
    staked = said(await server.ben.slash(server.channel, "account link", name=MODEL))
    assert "Without a stake" not in text_of(staked)
