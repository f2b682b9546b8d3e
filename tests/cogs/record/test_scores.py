"""`/record show`, `/record scores` and `/record rerank` as members use them."""

from demo.height import height_of
from tests.cogs.answers import check_answer, pick
from tests.offline import Server, all_told, posted, said, text_of, titles


async def test_how_repeatable_scores_are(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "record scores"))
    assert titles(reply) == ["CORR comes again a little; TC, FNCv3 and MMC can't be seen to"]
    await check_answer(reply)
    assert height_of(reply.message) < 700
    told = (await all_told(server.ben, reply)).replace("\\", "")
    for part in (
        "How repeatable, in numbers",
        "Earlier and later rounds",
        "4,299 interim scores are left out",
    ):
        assert part in told


async def test_what_ones_own_record_proves(server: Server) -> None:
    asked = await server.ben.slash(server.channel, "record show")
    assert "You have not linked a model yet." in said(asked).content
    await server.ben.slash(server.channel, "account link", name="model_07585")
    reply = said(await server.ben.slash(server.channel, "record show"))
    [title] = titles(reply)
    assert title.replace("\\", "") == (
        "model_07585's CORR can't be told from luck yet: more than 1,000 more rounds"
    )
    await check_answer(reply)
    assert height_of(reply.message) < 700
    await pick(server, reply, "score", "TC")
    assert "model_07585's TC can't be told" in text_of(reply.message).replace("\\", "")
    wrong = said(await server.ben.slash(server.channel, "record show", name="model_99999"))
    assert "There is no model or account called" in text_of(wrong) + wrong.content


async def test_the_best_scored_again(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "record rerank"))
    [title] = titles(reply)
    assert title.startswith("23 of the 77 best by CORR are below the middle by TC, but 34 by CORR itself")
    assert "rank" not in text_of(reply)
    await check_answer(reply)
    await server.ben.slash(server.channel, "account link", name="model_07585")
    own = said(await server.ben.slash(server.channel, "record rerank"))
    assert "model_07585: rank 765 of 766 by CORR" in text_of(own).replace("\\", "")
    assert height_of(own.message) < 700
    await pick(server, own, "pair", "Best by FNCv3, again by TC")
    assert titles(own.message)[0].startswith("9 of the 77 best by FNCv3 are below the middle by TC")
    same = await server.ben.slash(server.channel, "record rerank", scored_by="corr", by="corr")
    assert "Pick two different scores" in said(same).content


async def test_a_record_of_somebody_else_is_shared_without_the_name(server: Server) -> None:
    await server.ben.slash(server.channel, "account link", name="model_07585")
    for question in ("record show", "record rerank"):
        reply = said(await server.ben.slash(server.channel, question, name="model_02765"))
        assert "model_02765" in text_of(reply).replace("\\", "")
        clicked = await server.ben.click(reply.message, label="Share")
        assert clicked.response.content == "Shared below."
        message = posted(server.channel)[-1]
        shared = "\n".join([text_of(message), *(file.description for file in message.attachments)])
        assert "02765" not in shared
        assert "07585" not in shared
