"""`/plan` as members use it."""

from demo.height import height_of
from tests.cogs.answers import check_answer, chosen, pick, typed
from tests.offline import Server, all_told, said, text_of, titles

TALLEST = 700  # pixels at 390 wide


async def test_the_meta_model_s_fall(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "plan drawdown"))
    [title] = titles(reply)
    assert title.startswith("The meta model: a fall of ")
    assert title.endswith(" is not unusual")
    await check_answer(reply)
    assert height_of(reply.message) <= TALLEST
    assert "as if independent, which they are not" in await all_told(server.ben, reply)


async def test_another_name_and_measure(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "plan drawdown", name="model_07585"))
    assert chosen(reply, "measure") == "Of CORR"
    paid = await pick(server, reply, "measure", "Of pay as a share of the stake")
    [title] = titles(said(paid))
    assert title == "model_07585: a fall of 8.98 % is not unusual"
    other = await typed(server, reply, "whose", "whose", "account_03793")
    assert titles(said(other))[0].startswith("account_03793: ")


async def test_a_grid(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "plan overfit"))
    [title] = titles(reply)
    assert title == "Choosing the best of 18 rules is no better than choosing by luck"
    await check_answer(reply)
    assert height_of(reply.message) <= TALLEST
    assert "34 rules in 18 directions" in await all_told(server.ben, reply)


async def test_what_was_typed_wrong_gets_one_sentence(server: Server) -> None:
    for command, options, sentence in (
        ("plan drawdown", {"name": "nobody_here"}, "There is no model or account called"),
        ("plan overfit", {"grid": "corr 1"}, "nothing to choose"),
        ("plan overfit", {"grid": "corr 0..100 step .1, tc 0..100 step .1"}, "1,002,001 combinations"),
        ("plan overfit", {"rule": "magic"}, "magic"),
    ):
        reply = said(await server.ben.slash(server.channel, command, **options))
        assert sentence in text_of(reply)


async def test_a_transition_and_its_menus(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "plan transition"))
    [title] = titles(reply)
    assert title.startswith("Softening it would ")
    await check_answer(reply)
    assert height_of(reply.message) <= TALLEST
    later = said(await pick(server, reply, "phase", "Phased in over 40 rounds"))
    assert "8 weeks of notice, phased in over 40 rounds" in text_of(later).replace("\\", "")
    kept = said(await pick(server, later, "back", "Who is there keeps the old rule for 26 rounds"))
    assert "the old rule for 26 rounds for who is there" in text_of(kept)
    wrong = said(await server.ben.slash(server.channel, "plan transition", proposed="#77"))
    assert "77" in text_of(wrong)
