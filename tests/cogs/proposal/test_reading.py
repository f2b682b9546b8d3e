"""Proposals read: listed, exported, simulated, compared, and offered while somebody types."""

from typing import Any

from governance.proposals.document import content_hash
from tests.features.proposals.proposing import MODEL, PAYOUT, ask, file, view_of, without_limits
from tests.offline import Server, said, text_of


async def test_the_list_is_filtered_and_turned(server: Server, ada: Any) -> None:
    assert "Nothing here yet" in text_of(await ask(server, ada, "list"))
    await without_limits(server)
    for number in range(1, 11):
        await file(server, ada if number % 2 else server.ben, title=f"Idea {number}", parameters="")
    await file(server, ada, title="A cap", kind="stake_cap", parameters="cap: 1%")
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    await ada.click(said(asked).message, label="Withdraw #1")

    async def listed(**options: Any) -> list[str]:
        reply = await ask(server, ada, "list", **options)
        lines = [line for line in text_of(reply).split("\n") if line.startswith("**#")]
        return [line.strip("*").split(" ", 1)[1] for line in lines]

    shown = await ada.slash(server.channel, "proposal list")
    assert "### 11 proposals" in text_of(said(shown))
    assert "Page 1 of 2" in text_of(said(shown))
    await ada.click(said(shown).message, label="Older")
    assert "Page 2 of 2" in text_of(said(shown))
    assert "Idea 3" in text_of(said(shown))
    await ada.click(said(shown).message, label="Older")
    assert "Page 2 of 2" in text_of(said(shown)), "there is no third"
    await ada.click(said(shown).message, label="Newer")
    assert "A cap" in text_of(said(shown))
    assert await listed(page=99) == ["Idea 3", "Idea 2", "Idea 1"]
    assert await listed(page=-3) == await listed()
    assert await listed(kind="stake_cap") == ["A cap"]
    assert await listed(stage="withdrawn") == ["Idea 1"]
    assert len(await listed(stage="open", mine=True)) == 5
    assert await listed(tournament="signals") == []
    assert (await ask(server, ada, "list", stage="x" * 99)).content == f"There is no stage called {'x' * 40}."


async def test_what_is_exported_can_be_imported(server: Server, ada: Any) -> None:
    await without_limits(server)
    await file(server, ada, kind="payout", **PAYOUT)
    reply = await ask(server, server.ben, "export", number=1)
    text = await reply.attachments[0].read()
    assert reply.attachments[0].filename == "proposal-1.json"
    shown = said(await server.ben.slash(server.channel, "proposal import", file=("proposal.json", text)))
    assert "Pay half as much more" in text_of(shown)
    assert "**Much like it already**\n• #1 Pay half as much more" in text_of(shown)
    assert said(await server.ben.click(shown.message, label="File it")).content.startswith("Filed as #2.")
    first, second = await view_of(server), await view_of(server, 2)
    assert first.content_hash == second.content_hash == content_hash(first.proposal)
    reply = await ask(server, ada, "export", number=1, form="Markdown")
    written = (await reply.attachments[0].read()).decode()
    assert written.startswith("# [Proposal] Pay half as much more\n")
    assert "| rule | 1.5xCORR + 2xTC |" in written
    assert f"Revision 1, {first.content_hash[:16]}. Advisory, not binding on Numerai." in written


async def test_a_proposal_is_a_rule_of_a_comparison(server: Server, ada: Any) -> None:
    await without_limits(server)
    await file(server, ada, kind="payout", **PAYOUT)
    await file(server, ada)
    compare = "payout compare"
    reply = said(await server.ben.slash(server.channel, compare, proposed="#1 Pay half", who=MODEL))
    assert "1.5xCORR + 2xTC would have paid" in text_of(reply)
    reply = said(await server.ben.slash(server.channel, compare, proposed="1C3T", current="#1", who=MODEL))
    assert " NMR by 1.5xCORR + 2xTC" in text_of(reply)
    for typed, sentence in (("#2", "sets no payout rule"), ("#9", "There is no proposal #9 on this server.")):
        reply = said(await server.ben.slash(server.channel, compare, proposed=typed, who=MODEL))
        assert sentence in reply.content
    choices = await server.ben.autocomplete(server.channel, compare, "proposed", "half")
    assert choices == [{"name": "#1 Pay half as much more: 1.5xCORR + 2xTC", "value": "#1"}]


async def test_numbers_and_stages_are_offered_while_somebody_types(server: Server, ada: Any) -> None:
    await file(server, ada)

    async def offered(option: str, typed: str, command: str = "advance", **filled: Any) -> list[Any]:
        choices = await ada.autocomplete(server.channel, f"proposal {command}", option, typed, **filled)
        return [choice["value"] for choice in choices]

    assert await offered("number", "EIGHT") == [1]
    assert await offered("number", "#1") == [1]
    assert await offered("number", "whales") == []
    assert await offered("to", "", number=1) == ["discussion", "withdrawn", "superseded", "stale"]
    assert await offered("to", "with", number=1) == ["withdrawn"]
    assert await offered("to", "", number=7) == []
    assert await offered("stage", "last", command="list") == ["last_call"]
