"""`/weights` as members use it."""

from tests.cogs.answers import check_answer
from tests.offline import Server, all_told, said, text_of, titles


async def test_schemes_side_by_side(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "weights compare"))
    assert titles(reply) == [
        "Today 40 accounts hold half of the weight; under these schemes 62 to 2,114 would"
    ]
    assert "12 schemes tried: of many, one always looks good." in text_of(reply)
    await check_answer(reply)
    assert "account rank (of 470 guessed accounts, without 67 % of stake; today 2 of them hold half)" in (
        await all_told(server.ben, reply)
    ).replace("\\", "")


async def test_one_scheme(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "weights compare", scheme="cap 3%"))
    [title] = titles(reply)
    assert title.startswith("With a cap of 3 %, ")
    await check_answer(reply)
    wrong = said(await server.ben.slash(server.channel, "weights compare", scheme="magic"))
    assert "“magic” is no way to weigh" in text_of(wrong)


async def test_splitting(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "weights split-test", name="model_07585", parts=4))
    [title] = titles(reply)
    assert title.startswith("Splitting into 4 gives account_")
    await check_answer(reply)
    both = said(await server.ben.slash(server.channel, "weights split-test", name="model_07585", size=5.0))
    assert "Give a name or a size, not both." in text_of(both)


async def test_who_says_the_same(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "weights redundancy"))
    assert titles(reply) == ["427 models are worth about 38 independent ones"]
    await check_answer(reply)
    named = said(await server.ben.slash(server.channel, "weights redundancy", name="model_03731"))
    [title] = titles(named)
    assert title.endswith("is most like model_03731: r 1.00, beyond luck")
    await check_answer(named)
    wrong = said(await server.ben.slash(server.channel, "weights redundancy", name="model_99999"))
    assert "There is no model or account called “model_99999”" in text_of(wrong)
