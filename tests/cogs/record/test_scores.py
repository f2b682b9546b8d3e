"""`/record scores` as members use it."""

from tests.cogs.answers import check_answer
from tests.offline import Server, all_told, said, titles


async def test_how_repeatable_scores_are(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "record scores"))
    assert titles(reply) == ["CORR comes again a little; TC, FNCv3 and MMC can't be seen to"]
    await check_answer(reply)
    told = (await all_told(server.ben, reply)).replace("\\", "")
    for part in (
        "How repeatable, in numbers",
        "Earlier and later rounds",
        "4,299 interim scores are left out",
    ):
        assert part in told
