"""`/account group`: names under a name of one's own, typed in their place, and never told to others."""

import json
from typing import Any

import pytest

from storage.database import fetch_all
from storage.members.groups import MOST_GROUPS, groups_of
from tests.cogs.answers import typed
from tests.offline import Server, all_told, posted, said, text_of, titles

MODEL, OTHER = "model_07585", "model_02765"


async def group(server: Server, member: Any = None, **options: Any) -> Any:
    return said(await (member or server.ben).slash(server.channel, "account group", **options))


@pytest.fixture
async def herd(server: Server) -> Server:
    await group(server, name="Herd", who=f"{MODEL.upper()}; {OTHER},{MODEL}")
    return server


async def test_a_group_is_saved_shown_listed_replaced_and_removed(herd: Server) -> None:
    [kept] = await groups_of(herd.database, herd.ben.id)
    assert (kept.name, kept.names, kept.tournament) == ("Herd", (MODEL, OTHER), "classic")
    shown = await group(herd, name="herd")
    assert titles(shown) == ["Herd: 2 names"]
    assert f"{MODEL}, {OTHER}" in text_of(shown)
    replaced = await group(herd, name="HERD", who=OTHER)
    assert titles(replaced) == ["HERD: 1 name"]
    await group(herd, name="flock", who=f"{MODEL}, everyone")
    listed = await group(herd)
    assert titles(listed) == ["You have 2 groups"]
    assert f"**HERD** {OTHER}" in text_of(listed)
    assert (await group(herd, name="herd", remove=True)).content == "Your group HERD is removed."
    assert [each.name for each in await groups_of(herd.database, herd.ben.id)] == ["flock"]


CANNOT_SAVE = [
    ({"who": MODEL}, "Say which group: give it a name, like herd."),
    ({"remove": True}, "Say which group: give it a name, like herd."),
    (
        {"name": "Herd", "who": MODEL, "remove": True},
        "Say who is in the group or remove it, not both at once.",
    ),
    ({"name": MODEL.upper(), "who": OTHER}, f"“{MODEL}” is a model or an account already: call the group "),
    ({"name": "account_03793", "who": OTHER}, "“account_03793” is a model or an account already"),
    ({"name": "Everyone", "who": OTHER}, "“everyone” is all models already: call the group otherwise."),
    ({"name": "a, b", "who": OTHER}, "A group's name has no comma and no semicolon"),
    ({"name": "\u200b ", "who": OTHER}, "That name is empty. Save a group like /account group name:herd"),
    ({"name": "x" * 33, "who": OTHER}, "That name has 33 characters; a group's has at most 32."),
    ({"name": "flock", "who": "a, b, c, d, e"}, "That is 5 models or accounts; 4 at most fit in one answer."),
    (
        {"name": "flock", "who": "model_0758"},
        "There is no model or account called “model_0758” in this data.",
    ),
    ({"name": "flock", "who": " "}, "That name is empty."),
    ({"name": "flock", "who": MODEL, "tournament": "signals"}, "There are no numbers of Signals here"),
    ({"name": "flock"}, "You have no group of that name: yours is Herd."),
    ({"name": "flock", "remove": True}, "You have no group of that name: yours is Herd."),
]


async def test_what_makes_no_group_is_one_sentence(herd: Server, subtests: pytest.Subtests) -> None:
    for options, sentence in CANNOT_SAVE:
        with subtests.test(sentence):
            told = (await group(herd, **options)).content
            assert told.startswith(sentence)
            assert len(told) < 300
    assert [each.name for each in await groups_of(herd.database, herd.ben.id)] == ["Herd"]


async def test_a_member_has_twenty(server: Server) -> None:
    for number in range(MOST_GROUPS):
        await group(server, name=f"herd {number}", who=MODEL)
    told = (await group(server, name="flock", who=MODEL)).content
    assert told == "You have 20 groups, which is as many as are kept. Remove one first."
    assert "You have 20 groups" in titles(await group(server))[0]


async def test_without_groups_the_way_to_one_is_told(server: Server) -> None:
    for options in ({}, {"name": "herd"}, {"name": "herd", "remove": True}):
        told = (await group(server, **options)).content
        assert told == "You have no groups yet. Save one like /account group name:herd who:heron_1, heron_2."


async def test_a_group_is_typed_in_place_of_its_names(herd: Server) -> None:
    reply = said(await herd.ben.slash(herd.channel, "payout show", who=" hERD , account_03793"))
    for line in (f"**A** {MODEL}: ", f"**B** {OTHER}: ", "**C** account_03793: "):
        assert line in text_of(reply)
    compared = said(await herd.ben.slash(herd.channel, "payout compare", who="herd", proposed="1C3T"))
    assert f"**B** {OTHER}: " in text_of(compared)
    alone = said(await herd.ben.slash(herd.channel, "payout show", who=MODEL))
    await typed(herd, alone, "who", "name", "herd")
    assert f"**B** {OTHER}: " in text_of(alone.message)
    asked = await fetch_all(herd.database, "SELECT arguments FROM asked_questions")
    assert {json.loads(row["arguments"])["name"] for row in asked} == {
        f"{MODEL}, {OTHER}, account_03793",
        f"{MODEL}, {OTHER}",
    }, "no question knows what the group is called"


async def test_more_names_than_fit_are_refused_with_those_of_the_group(herd: Server) -> None:
    await group(herd, name="flock", who="account_03793, account_06446, model_00005")
    told = said(await herd.ben.slash(herd.channel, "payout show", who="herd, flock")).content
    assert told == "That is 5 models or accounts; 4 at most fit in one answer."


async def test_nobody_else_can_use_or_see_a_group(herd: Server) -> None:
    refused = said(await herd.moderator.slash(herd.channel, "payout show", who="Herd"))
    assert "There is no model or account called “Herd”" in refused.content
    assert "You have no groups yet" in (await group(herd, herd.moderator)).content
    for option, command in (("name", "account group"), ("who", "payout show"), ("who", "payout compare")):
        offered = await herd.moderator.autocomplete(herd.channel, command, option, "her")
        assert "Herd" not in [choice["value"] for choice in offered]
        mine = await herd.ben.autocomplete(herd.channel, command, option, "her")
        assert mine[0]["value"] == "Herd"
        assert mine[0]["name"] == "Herd · your 2 names"


async def test_a_shared_answer_tells_neither_the_group_nor_the_names(herd: Server) -> None:
    said(await herd.ben.slash(herd.channel, "account link", name=MODEL))
    reply = said(await herd.ben.slash(herd.channel, "payout show", who="Herd"))
    await herd.ben.click(reply.message, label="Share")
    [shared] = posted(herd.channel)
    cleo = herd.guild.add_member(herd.env.create_user("cleo"))
    told = await all_told(cleo, shared) + shared.attachments[0].description
    assert "model 2" in told
    assert "herd" not in told.casefold()
    assert OTHER not in told
    await group(herd, name="herd", remove=True)
    again = await all_told(cleo, shared)
    assert "herd" not in again.casefold()
    assert "model 2" in again


async def test_privacy_shows_exports_and_deletes_groups(herd: Server) -> None:
    reply = said(await herd.ben.slash(herd.channel, "privacy show"))
    assert "Your groups of names: 1" in text_of(reply)
    assert "Herd" in text_of(said(await herd.ben.click(reply.message, label="Details")))
    exported = said(await herd.ben.slash(herd.channel, "privacy export"))
    kept = json.loads(await exported.attachments[0].read())["tables"]["name_groups"]["rows"]
    assert [(row["name"], json.loads(row["names"])) for row in kept] == [("Herd", [MODEL, OTHER])]
