"""`/fund` as members use it: the message and the row."""

from typing import Any

import pytest

from storage.database import fetch_all
from storage.market.returns import returns_of
from tests.cogs.answers import check_answer
from tests.offline import Server, all_told, said, text_of, titles

pytestmark = pytest.mark.slow


async def ask(server: Server, question: str, who: Any = None, **options: Any) -> Any:
    return said(await (who or server.ben).slash(server.channel, f"fund {question}", **options))


def months(count: int) -> bytes:
    rows = [f"{2019 + at // 12}-{at % 12 + 1:02},{at % 5}.5" for at in range(10, 10 + count)]
    return "\n".join(["month,return", *rows]).encode()


async def test_the_best_against_the_fund(server: Server) -> None:
    reply = await ask(server, "combination")
    assert titles(reply) == [
        "Cannot tell whether any of 351 models beat the fund: luck alone makes a best one, too"
    ]
    await check_answer(reply)
    assert "returns loaded" not in text_of(reply)
    told = await all_told(server.ben, reply)
    assert "Why not the mean of scores" in told
    assert "68 % of the models “beat” it" in told
    few = await ask(server, "combination", rounds="300-306")
    assert "That needs 20 final rounds in which the fund is told" in text_of(few)
    nowhere = await ask(server, "combination", tournament="signals")
    assert "There are no numbers of Signals here" in text_of(nowhere)


async def test_pay_and_what_models_add(server: Server) -> None:
    reply = await ask(server, "alignment")
    assert titles(reply) == [
        "Pay rewards what a model adds in the same round, and says nothing sure of the next 10 rounds"
    ]
    await check_answer(reply)
    told = await all_told(server.ben, reply)
    assert "1xCORR + 3xTC: same round +0.27 (+0.24 to +0.31) over 122 rounds" in told
    few = await ask(server, "alignment", rounds="900-910")
    assert "There is nothing in rounds 900-910" in text_of(few)


async def test_rules_that_could_be_used_beforehand(server: Server) -> None:
    reply = await ask(server, "rules")
    assert titles(reply) == ["No rule that could be used beforehand can be called better than stake"]
    await check_answer(reply)
    assert "the newest score known is 5 rounds old" in text_of(reply)
    told = await all_told(server.ben, reply)
    assert "Measured by TC" in told
    few = await ask(server, "rules", rounds="round 190")
    assert "Rules need 20 rounds that are known when one opens" in text_of(few)


async def test_returns_are_loaded_shown_replaced_and_deleted_for_this_server_alone(server: Server) -> None:
    mona, database, here = server.moderator, server.database, server.guild.id
    assert "No returns are loaded here." in text_of(await ask(server, "returns", mona))
    reply = await ask(server, "returns", mona, file=("returns.csv", months(32)))
    assert "Loaded: 32 months, 2019-11 to 2022-06." in text_of(reply)
    assert len(await returns_of(database, here)) == 32
    beside = await ask(server, "combination")
    assert "The returns loaded here go with this CORR by " in text_of(beside)
    assert "over 32 months (" in text_of(beside)
    assert "no part of the test" in await all_told(server.ben, beside)
    reply = await ask(server, "returns", mona, file=("returns.csv", months(2)))
    assert "in place of the 32 there were" in text_of(reply)
    assert "Loaded now: 2 months" in text_of(await ask(server, "returns", mona))
    both = await ask(server, "returns", mona, file=("returns.csv", months(2)), delete=True)
    assert "Give a file or delete what there is, not both." in text_of(both)
    assert "Deleted: 2 months of returns." in text_of(await ask(server, "returns", mona, delete=True))
    assert await fetch_all(database, "SELECT 1 FROM fund_returns") == []
    assert "returns loaded" not in text_of(await ask(server, "combination"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"day,pay\n2031-01,1", "The first line must name two columns, month and return."),
        (b"month,return\n2031-01,=1+1", "The return of line 2 is not a number of percent"),
        (b"month,return\n2031-01,1\n2031-01,2", "2031-01 is there twice"),
        (b"\x89PNG\xff", "That is no CSV: it is not text in UTF-8."),
        (b"month,return\n" + b"2031-01,1\n" * 10**6, "a file of monthly returns has at most 65,536"),
    ],
)
async def test_a_file_that_is_none_changes_nothing(server: Server, content: bytes, sentence: str) -> None:
    await ask(server, "returns", server.moderator, file=("returns.csv", months(3)))
    reply = await ask(server, "returns", server.moderator, file=("returns.csv", content))
    assert sentence in text_of(reply)
    assert len(await returns_of(server.database, server.guild.id)) == 3


async def test_members_may_not_load_returns(server: Server) -> None:
    reply = await ask(server, "returns", file=("returns.csv", months(3)))
    assert "Loaded" not in text_of(reply)
    assert await fetch_all(server.database, "SELECT 1 FROM fund_returns") == []
