"""`/account`: linking, showing and unlinking, each seen in the answer and in the row."""

from datetime import UTC, datetime

from storage.members.links import link_of
from storage.members.verifications import code_of
from tests.offline import Server, said, text_of


async def test_link_show_and_unlink(server: Server) -> None:
    linked = said(await server.ben.slash(server.channel, "account link", name="MODEL_07585"))
    assert "Linked: model_07585" in text_of(linked)
    assert "A claim, not a proof" in text_of(linked)
    link = await link_of(server.database, server.ben.id)
    assert link is not None
    assert (link.name, link.kind, link.tournament) == ("model_07585", "model", "classic")
    assert "rounds 168-325" in text_of(said(await server.ben.slash(server.channel, "account show")))
    assert "removed" in said(await server.ben.slash(server.channel, "account unlink")).content
    assert await link_of(server.database, server.ben.id) is None
    assert "no link to remove" in said(await server.ben.slash(server.channel, "account unlink")).content


async def test_an_account_is_linked_with_its_models(server: Server) -> None:
    text = text_of(said(await server.ben.slash(server.channel, "account link", name="account_02398")))
    assert "32 models" in text


async def test_a_second_link_replaces_the_first(server: Server) -> None:
    await server.ben.slash(server.channel, "account link", name="model_07585")
    await server.ben.slash(server.channel, "account link", name="model_00005")
    link = await link_of(server.database, server.ben.id)
    assert link is not None
    assert link.name == "model_00005"


async def test_nobody_can_link_everyone_or_a_name_that_is_not_there(server: Server) -> None:
    assert (
        "pick one model"
        in said(await server.ben.slash(server.channel, "account link", name="everyone")).content
    )
    reply = said(await server.ben.slash(server.channel, "account link", name="model_0758"))
    assert "Did you mean" in reply.content
    assert await link_of(server.database, server.ben.id) is None


async def test_show_without_a_link_says_how_to_get_one(server: Server) -> None:
    assert "/account link" in said(await server.ben.slash(server.channel, "account show")).content


async def test_a_link_belongs_to_the_member_not_to_the_server(server: Server) -> None:
    await server.ben.slash(server.channel, "account link", name="model_07585")
    text = text_of(said(await server.moderator.slash(server.channel, "account show")))
    assert "07585" not in text


async def test_the_sample_verifies_nobody(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "account verify", model="model_07585"))
    assert "this bot runs on its bundled sample, whose names are replaced" in reply.content
    assert await code_of(server.database, server.ben.id, datetime.now(UTC)) is None


async def test_autocomplete_offers_names_that_hold_the_text(server: Server) -> None:
    choices = await server.ben.autocomplete(server.channel, "account link", "name", "0758")
    assert "model_07585" in [choice["value"] for choice in choices]
