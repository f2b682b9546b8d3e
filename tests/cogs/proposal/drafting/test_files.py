"""`/proposal import`: files that are refused with a sentence, and every example that comes with the bot."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from governance.proposals.document import content_hash, from_json
from governance.proposals.json_text import LARGEST
from storage.proposals.drafts import delete_draft, draft_of
from tests.features.proposals.proposing import LEAST, Clock, card_in, draft, forum_of, view_of
from tests.offline import Server, said, text_of

EXAMPLES = sorted((Path(__file__).parents[4] / "data" / "examples").glob("*.json"))


async def load(server: Server, member: Any, data: Any) -> Any:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return said(await member.slash(server.channel, "proposal import", file=("p.json", text)))


IMPORTS: list[tuple[Any, str]] = [
    (LEAST | {"title": "t" * 101}, "The title may have at most 100 characters; this one has 101."),
    (LEAST | {"problem": "p" * 1001}, "The problem may have at most 1,000 characters; this one has 1,001."),
    (LEAST | {"wrong_if": "w" * 1001}, "may have at most 1,000 characters; this one has 1,001."),
    (LEAST | {"parameters": {"rollback": "r" * 301}}, "may have at most 300 characters; this one has 301."),
    (LEAST | {"parameters": {"worked_examples": ["x"] * 6}}, "There may be at most 5 worked examples"),
    (LEAST | {"parameters": {"notice_weeks": 261}}, "The notice must be at most 260, not 261."),
    (LEAST | {"title": " \u200b "}, "The title is empty."),
    (LEAST | {"titel": "t"}, "There is no field called “titel”; did you mean “title”?"),
    ({key: value for key, value in LEAST.items() if key != "change"}, "The change is missing."),
    (LEAST | {"kind": "coup"}, "The kind must be"),
    (LEAST | {"tournament": "poker"}, "The tournament must be"),
    (LEAST | {"problem": 5}, "The problem must be text, not 5."),
    (LEAST | {"parameters": []}, "must be an object with named fields"),
    ([], "A proposal is an object with named fields, not a list."),
    (b"", "The file is empty."),
    (b"{", "This is not JSON: it stops making sense in line 1, character 2."),
    (b"\xff\xfe{}", "The file is not text in UTF-8."),
    (b"[" * 60_000, "The file is nested too deeply to be a proposal."),
    (b'{"title": NaN}', "“NaN” is no number that a proposal can hold."),
    (b'{"title": "a", "title": "b"}', "“title” is given twice; keep one of them."),
    (b" " * (LARGEST + 1), f"That file has {LARGEST + 1:,} bytes; a proposal has at most {LARGEST:,}."),
]


async def test_a_bad_file_gets_a_sentence_and_the_draft_is_kept(
    server: Server, ada: Any, subtests: pytest.Subtests
) -> None:
    await draft(server, ada)
    kept = await draft_of(server.database, server.guild.id, ada.id)
    for data, sentence in IMPORTS:
        with subtests.test(sentence):
            reply = await load(server, ada, data)
            assert sentence in reply.content.replace("\\", "")
            assert len(reply.content) < 700
            assert await draft_of(server.database, server.guild.id, ada.id) == kept
    longest = LEAST | {"title": "t" * 100}
    assert "You have a draft here already" in (await load(server, ada, longest)).content
    assert await draft_of(server.database, server.guild.id, ada.id) == kept
    await delete_draft(server.database, server.guild.id, ada.id)
    assert "Not ready" not in text_of(await load(server, ada, longest))
    assert await draft_of(server.database, server.guild.id, ada.id) != kept


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
async def test_every_example_is_imported_filed_and_shown(
    server: Server, ada: Any, now: Clock, path: Path
) -> None:
    now.moment = datetime(2026, 12, 1, tzinfo=UTC)  # before their reviews
    forum = await forum_of(server)
    text = path.read_bytes()  # noqa: ASYNC240
    shown = await load(server, ada, text)
    assert "Needed before the last call" not in text_of(shown)
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #1. ")
    [post] = forum.threads
    card = card_in(post)
    told = text_of(card)
    assert len(told) < 1000, "a card is read at a glance"
    simulated = int(path.stem.split("-")[0]) <= 5
    assert simulated == ("Computed on Sample, 2022" in told)
    assert simulated != ("**What it would do**\nNot simulated. " in told)
    assert (await view_of(server)).content_hash == content_hash(from_json(text))
    assert (await view_of(server)).lacking == 0


@pytest.mark.slow  # ten megabytes take a second to send
async def test_a_file_of_ten_megabytes_is_not_read(server: Server, ada: Any) -> None:
    await draft(server, ada)
    kept = await draft_of(server.database, server.guild.id, ada.id)
    reply = await load(server, ada, b" " * (10 * 1024 * 1024))
    assert reply.content == "That file has 10,485,760 bytes; a proposal has at most 65,536."
    assert await draft_of(server.database, server.guild.id, ada.id) == kept
