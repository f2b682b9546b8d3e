"""What a proposal would do, as members ask it: everyone or one, other rounds, shared, and asked again."""

from typing import Any

import pytest

from bot import create_bot
from storage.members.privacy import delete
from storage.server.settings import forget_guild
from tests.features.proposals.proposing import (
    MODEL,
    PAYOUT,
    ask,
    card_in,
    file,
    labels_of,
    rows,
    without_limits,
)
from tests.offline import Server, custom_id, parts_of, posted, said, text_of

EVERYONE = "Everyone would have been paid 33,171 NMR more in all 122 rounds, but 920 less in the 11 that paid"


@pytest.fixture
async def filed(server: Server, ada: Any) -> Server:
    await file(server, ada, kind="payout", **PAYOUT)
    return server


async def pick(server: Server, reply: Any, menu: str, value: str) -> None:
    await server.ben.select(reply.message, [value], custom_id=custom_id(reply, f"menu-{menu}"))


async def test_everyone_s_answer_and_what_stands_behind_it(filed: Server) -> None:
    server = filed
    reply = await ask(server, server.ben, "simulate", number=1)
    assert EVERYONE in text_of(reply)
    assert "**How sure** +10,035 to +56,308 NMR (95 %)" in text_of(reply)
    [chart] = reply.attachments
    assert (await chart.read()).startswith(b"\x89PNG")
    assert labels_of(reply) == ["Share", "Details"]
    behind = said(await server.ben.click(reply.message, label="Details"))
    [menu] = [part for part in parts_of(behind) if ":menu-page:" in part.get("custom_id", "")]
    pages = [text_of(behind)]
    for option in menu["options"][1:]:
        await server.ben.select(behind.message, [option["value"]], custom_id=menu["custom_id"])
        pages.append(text_of(behind))
    told = "\n".join(pages)
    for words in (
        "+0.77 points of stake a round", "Rounds 200-214 paid CORR", "When the old rule pays more",
        "Full compensation", "Softened, rounds 200-321", "What was assumed",
    ):  # fmt: skip
        assert words in told
    refused = await ask(server, server.ben, "simulate", number=1, rounds="325-311")
    assert "Did you mean 311-325?" in refused.content
    reply = await ask(server, server.ben, "simulate", number=1, rounds="311-325")
    assert "920 NMR less in rounds 311-321 (you asked for rounds 311-325)" in text_of(reply)


async def test_menus_change_the_answer_where_it_stands_also_after_a_restart(
    filed: Server, settings: Any, source: Any
) -> None:
    server = filed
    reply = await ask(server, server.ben, "simulate", number=1)
    await pick(server, reply, "rounds", '{"rounds": "311-321"}')
    assert "Everyone would have been paid 920 NMR less in rounds 311-321" in text_of(reply)
    await pick(server, reply, "rounds", '{"rounds": "311-321"}')
    assert "Everyone would have been paid 920 NMR less in rounds 311-321" in text_of(reply)
    form = await server.ben.select(reply.message, ["type name"], custom_id=custom_id(reply, "menu-whose"))
    await server.ben.submit_modal(form, {"text": MODEL})
    assert "model_07585 would have been paid 541 NMR less in rounds 311-321" in text_of(reply)
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=server.bot.now))
    await pick(server, reply, "rounds", '{"rounds": null}')
    assert "model_07585 would have been paid 2,116 NMR more in all 122 rounds" in text_of(reply)
    form = await server.ben.select(reply.message, ["type rounds"], custom_id=custom_id(reply, "menu-rounds"))
    refused = said(await server.ben.submit_modal(form, {"text": "yesterday 🦉 \u05e9"}))
    assert "Write it like 20" in refused.content
    assert labels_of(refused) == ["Back to the form"]
    assert "2,116 NMR more in all 122 rounds" in text_of(reply), "what stood there stands there"


async def test_what_it_does_to_me(filed: Server) -> None:
    server = filed
    unlinked = said(await server.ben.click(card_in(server.channel), label="What it does to me"))
    assert "Type /account link" in unlinked.content
    form = await server.ben.click(unlinked.message, label="Link my model")
    linked = said(await server.ben.submit_modal(form, {"text": MODEL}))
    assert "### You would have been paid 2,116 NMR more in all 122 rounds, but 541 less" in text_of(linked)
    again = said(await server.ben.click(card_in(server.channel), label="What it does to me"))
    assert text_of(again) == text_of(linked)
    assert len(again.attachments) == 1
    named = await ask(server, server.moderator, "impact", number=1, who=MODEL)
    assert "model_07585 would have been paid 2,116 NMR more" in text_of(named)
    assert "07585" not in text_of(card_in(server.channel))


async def test_a_shared_answer_names_nobody_else_and_is_asked_about_who_presses(filed: Server) -> None:
    server = filed
    reply = await ask(server, server.ben, "impact", number=1, who=MODEL)
    for _ in range(2):
        await server.ben.click(reply.message, label="Share")
    [card, shared] = posted(server.channel)
    assert "One model would have been paid 2,116 NMR more" in text_of(shared)
    assert "07585" not in text_of(shared)
    assert "07585" not in shared.attachments[0].description
    said(await server.moderator.slash(server.channel, "account link", name="model_00930"))
    mine = said(await server.moderator.click(shared, label="Try mine"))
    assert "### You would have been paid" in text_of(mine)
    behind = said(await server.moderator.click(shared, label="Details"))
    assert "Rounds 200-321" in text_of(behind)
    assert "07585" not in text_of(behind)
    assert card.id != shared.id


async def test_what_is_gone_or_hidden_is_not_answered_any_more(filed: Server) -> None:
    server = filed
    reply = await ask(server, server.ben, "simulate", number=1)
    await ask(server, server.moderator, "hide", number=1, reason="Spam.")
    for press in (
        lambda: pick(server, reply, "rounds", '{"rounds": "20"}'),
        lambda: server.ben.click(reply.message, label="Details"),
    ):
        result = await press()
        if result is not None:
            assert said(result).content == "Proposal #1 is hidden, for this reason: Spam."
    assert EVERYONE in text_of(reply)
    await forget_guild(server.database, server.guild.id)
    gone = said(await server.ben.click(reply.message, label="Details"))
    assert gone.content == "There is no proposal #1 on this server."
    await delete(server.database, server.ben.id)
    gone = said(await server.ben.click(reply.message, label="Details"))
    assert gone.content.startswith("That answer is too old to be changed.")


async def test_each_kind_is_answered(server: Server, ada: Any) -> None:
    await without_limits(server)
    for number, (kind, parameters, everyone, one) in enumerate(
        [
            (
                "stake_cap",
                "cap: 1%",
                "90 accounts hold half of the weight instead of 40",
                "of the meta model",
            ),
            ("weights", "weights: log", "accounts hold half of the weight", "of the meta model"),
            ("communication", "notice: 8 weeks", "This can't be simulated", "It changes how things"),
        ],
        start=1,
    ):
        await file(server, ada, kind=kind, parameters=parameters)
        assert everyone in text_of(await ask(server, server.ben, "simulate", number=number))
        assert one in text_of(await ask(server, server.ben, "impact", number=number, who="account_06446"))
    assert await rows(server, "count(*)", "proposal_effects") == [(3,)]
