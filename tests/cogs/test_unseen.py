"""What nobody could see or tell apart: refused wherever members type a title, a claim or a reason."""

from typing import Any

import pytest

from tests.features.polls.polling import form, start
from tests.features.proposals.proposing import Clock, rows
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
UNSEEN = "\u3164\u034f\u200b\ufe0f\u2800\u17b4\U0001d159"
TWINS = ("Keep it", "K\u0435ep it")  # the second has a Cyrillic e


PROMISE = {"what": UNSEEN, "who": "the team", "link": "https://example.org/a", "said_on": "2027-03-01"}


@pytest.fixture
def now() -> Clock:
    return Clock()


async def test_what_has_nothing_to_see_is_refused(server: Server, subtests: pytest.Subtests) -> None:
    poll = await form(server, server.ben)
    told = said(await server.ben.submit_modal(poll, {"title": UNSEEN, "options": "a\nb"}))
    assert "The question has 1 to 200 characters" in told.content
    for command, options, sentence in (
        ("poll quick", {"question": UNSEEN, "answers": "a;b"}, "The question has 1 to 300 characters"),
        ("poll quick", {"question": "Q", "answers": f"a;{UNSEEN}"}, "these are 1"),
        ("opinion add", {"claim": UNSEEN}, "A statement needs words"),
        ("promise add", PROMISE, "Say"),
        ("setup block", {"member": server.ben, "reason": UNSEEN}, "Give a reason of 1 to 300 characters"),
    ):
        with subtests.test(command):
            result = await server.moderator.slash(server.channel, command, **options)
            assert sentence in said(result).content
            assert len(said(result).content) > 20
    for table in ("polls", "promises", "opinion_statements", "proposal_blocks"):
        assert await rows(server, "1", table) == []


@pytest.mark.parametrize("unseen", ["\u200b", "\u3164", "\u202e", "\u200d"])
async def test_options_are_cleaned_like_titles(server: Server, unseen: str) -> None:
    card = await start(server, server.ben, typed=f"{unseen}Keep{unseen} it{unseen}\n{unseen}\nCut TC")
    assert "\n• Keep it\n• Cut TC\n" in text_of(card).replace("Keep\u200d", "Keep")


async def test_twins_are_refused_and_named(server: Server) -> None:
    poll = await form(server, server.ben)
    pair = f"“{TWINS[0]}” and “{TWINS[1]}”: nobody could tell them apart"
    told = said(await server.ben.submit_modal(poll, {"title": "Q", "options": "\n".join(TWINS)}))
    assert pair in told.content
    quick = await server.ben.slash(server.channel, "poll quick", question="Q", answers=";".join(TWINS))
    assert pair in said(quick).content
    for claim in TWINS:
        told = said(await server.ben.slash(server.channel, "opinion add", claim=claim))
    assert "That is statement #1 already." in text_of(told)
    assert await rows(server, "claim", "opinion_statements") == [(TWINS[0],)]


async def test_a_quick_poll_shows_what_was_typed(server: Server) -> None:
    asked: dict[str, Any] = {"question": " How\u200b now? ", "answers": " Up ;\u202eDown;;"}
    await server.ben.slash(server.channel, "poll quick", **asked)
    poll = server.channel.history()[-1].poll
    assert poll is not None
    assert poll.question.replace("\u200b", "") == poll.question == "How now?"
    assert [answer.text for answer in poll.answers] == ["Up", "Down"]
