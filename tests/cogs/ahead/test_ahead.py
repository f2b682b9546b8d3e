"""`/ahead` as members use it: the message, what is stored of it, and what others may see."""

from typing import Any

from storage.members.questions import recall
from tests.cogs.answers import check_answer, chosen, lines, pick, typed
from tests.offline import Server, all_told, posted, said, text_of, titles

MODEL = "model_07585"


def plain_titles(reply: Any) -> list[str]:
    return [title.replace("\\", "") for title in titles(reply)]


async def test_pay_of_the_linked_model(server: Server) -> None:
    await server.ben.slash(server.channel, "account link", name=MODEL)
    reply = said(await server.ben.slash(server.channel, "ahead pay"))
    [title] = plain_titles(reply)
    assert title.startswith("A year of 1xCORR + 3xTC for model_07585: ")
    await check_answer(reply)
    assert [*lines(reply, "weeks")] == ["13 weeks, a quarter", "26 weeks, half a year", "52 weeks, a year"]
    assert chosen(reply, "rule") == "The current rule and two others"
    await pick(server, reply, "weeks", "13 weeks, a quarter")
    assert plain_titles(reply.message)[0].startswith("A quarter of 1xCORR + 3xTC for model_07585")
    stored = await recall(server.database, 1, server.ben.id)
    assert stored is not None
    assert stored.arguments == {
        "rules": None, "weeks": 13, "stake": None, "basis": "compounding", "unit": "NMR", "name": MODEL,
        "tournament": "classic",
    }  # fmt: skip
    await typed(server, reply, "rule", "rules", "2C1T")
    assert plain_titles(reply.message)[0].startswith("A quarter of 2xCORR + 1xTC")
    await typed(server, reply, "risk", "stake", "250")
    assert "250.0 NMR would be" in text_of(reply.message)
    told = await all_told(server.ben, reply.message)
    assert "of models with 80 rounds or more" in told


async def test_who_has_linked_nobody_is_asked(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "ahead pay"))
    assert "You have not linked a model yet." in text_of(reply)
    tried = said(await server.ben.click(reply.message, label="Try a model of the sample"))
    assert plain_titles(tried)[0].startswith("A year of 1xCORR + 3xTC for model_07585")


async def test_anothers_name_and_amounts_are_not_shared(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "ahead pay", name=MODEL, rules="1C", weeks=26))
    how = said(await server.ben.click(reply.message, label="Share"))
    assert posted(server.channel) == []
    await server.ben.click(how.message, label="In percent of the stake only")
    [shared] = posted(server.channel)
    told = text_of(shared)
    assert plain_titles(shared)[0].startswith("Half a year of 1xCORR for one model: ")
    assert "07585" not in told + shared.attachments[0].description
    assert "NMR would be" not in told


async def test_what_pay_refuses(server: Server) -> None:
    for asked, sentence in (
        ({"name": "model_99999"}, "There is no model or account called"),
        ({"name": MODEL, "stake": 0.0}, "A stake is a number of NMR above 0"),
        ({"name": MODEL, "stake": 12_000_000.0}, "at most 11,000,000"),
        ({"name": MODEL, "rules": "1xMMC"}, "This data has no MMC"),
        ({"name": MODEL, "rules": "1C vs 2C vs 3C vs 4C vs 5C"}, "4 at most fit in one answer"),
        ({"name": "everyone"}, "Everyone together has no stake to look ahead for"),
    ):
        reply = said(await server.ben.slash(server.channel, "ahead pay", **asked))
        assert sentence in text_of(reply)


async def test_power_by_difference(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "ahead power"))
    assert plain_titles(reply)[0].startswith("1 % of the stake a round between 1xCORR + 3xTC")
    await check_answer(reply)
    await pick(server, reply, "difference", "2 % of the stake a round")
    assert "is seen after 153 rounds, 3 years" in plain_titles(reply.message)[0]
    await typed(server, reply, "difference", "difference", "5 %")
    assert "the 122 rounds on record are enough" in plain_titles(reply.message)[0]
    wrong = said(await server.ben.slash(server.channel, "ahead power", difference=0.0))
    assert "A difference is 0.01 to 100 percent of the stake a round." in text_of(wrong)
    own = said(await server.ben.slash(server.channel, "ahead power", name=MODEL))
    await server.ben.click(own.message, label="Share")
    [shared] = posted(server.channel)
    assert "For one model" in text_of(shared)
    assert "07585" not in text_of(shared)


async def test_restaking_by_elasticity(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "ahead restake", rule="1C3T", current="2C1T"))
    assert plain_titles(reply) == [
        "If nobody restakes, 1xCORR + 3xTC pays 48 % less per NMR than 2xCORR + 1xTC"
    ]
    await check_answer(reply)
    await pick(server, reply, "elasticity", "Stakes follow halfway")
    assert plain_titles(reply.message)[0].startswith(
        "If stakes follow pay halfway, 1xCORR + 3xTC pays 28 % less"
    )
    wrong = said(await server.ben.slash(server.channel, "ahead restake", rule="1xMMC"))
    assert "This data has no MMC" in text_of(wrong)


async def test_how_much_to_stake(server: Server) -> None:
    await server.ben.slash(server.channel, "account link", name=MODEL)
    reply = said(await server.ben.slash(server.channel, "ahead stake"))
    assert plain_titles(reply)[0].startswith("At most ")
    assert "1xCORR grew most, best in " in text_of(reply)
    await check_answer(reply)
    more = await largest(reply)
    await pick(server, reply, "loss", "Bear a loss of 50 %")
    assert await largest(reply.message) > more
    await typed(server, reply, "rule", "rule", "1C")
    assert "There is no choice of multipliers under 1xCORR" in text_of(reply.message)
    await server.ben.click(reply.message, label="Share")
    [shared] = posted(server.channel)
    assert "07585" in text_of(shared), "it is ben's own"
    for asked, sentence in (
        ({"name": "model_99999"}, "There is no model or account called"),
        ({"rule": "1xMMC"}, "This data has no MMC"),
    ):
        refused = said(await server.ben.slash(server.channel, "ahead stake", **asked))
        assert sentence in text_of(refused)


async def largest(reply: Any) -> int:
    return int(plain_titles(reply)[0].removeprefix("At most ").split()[0])
