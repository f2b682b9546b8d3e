"""docs/methods.md and the answers that point to it."""

import re
from pathlib import Path

import pytest

from features.ahead import pending
from features.lab.fund.combination import LOOKED_FOR
from features.lab.newcomer import NEWCOMER
from features.opinions.map import FEWEST as FEWEST_VOTES
from features.stakes.concentration import SMALLEST_TAIL
from features.stakes.influence import FEWEST as FEWEST_ABOVE
from governance.opinions.verdict import PEOPLE_NEEDED
from governance.votes.rule import Rule
from scoring.ahead.pay import fewest_rounds
from settings import Settings
from tests.offline import Server, all_told, said, text_of
from ui.answer import Answer, pages_of
from ui.card import MOST_TEXT, Card
from wording.methods import PAGE, SECTIONS, anchor, methods_line

TEXT = (Path(__file__).parents[2] / PAGE).read_text(encoding="utf-8")
HEADINGS = re.findall(r"^### (.+)$", TEXT, re.MULTILINE)


def test_every_section_that_is_named_stands_in_the_page() -> None:
    assert len(HEADINGS) == len(set(map(anchor, HEADINGS)))
    named = [name for sections in SECTIONS.values() for name in sections]
    assert [name for name in named if name not in HEADINGS] == []


def test_every_question_is_explained(server: Server) -> None:
    """Whatever has Details: every question that is stored, and polls."""
    assert {*server.bot.questions.known, "poll"} == set(SECTIONS)
    assert all(SECTIONS.values())


def test_what_the_page_refers_to_stands_in_it() -> None:
    referred = re.findall(r"(?:see|\() ?\*([A-Z][\w ]+)\*", TEXT)
    assert len(referred) > 1
    assert [name for name in referred if name not in HEADINGS] == []


def test_the_line_names_sections_or_links_to_them() -> None:
    assert methods_line("plan drawdown", "") == "How this is worked out: docs/methods.md, “Drawdowns”"
    assert methods_line("fund rules", "https://example.org/docs/").endswith(
        "[Rules known beforehand](https://example.org/docs/methods.md#rules-known-beforehand), "
        "[The meta model from public scores]"
        "(https://example.org/docs/methods.md#the-meta-model-from-public-scores)"
    )
    assert methods_line("no such question", "") == ""


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://a b", "https://a) b", "a", "https://"])
def test_what_is_no_address_of_a_page_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="DOCS_URL"):
        Settings.from_env({"DOCS_URL": address})


def test_every_page_behind_an_answer_has_the_line_and_loses_nothing() -> None:
    text = " ".join(f"Sentence {number} stands here." for number in range(400))
    pages = pages_of(
        Answer(Card("A"), details=(Card("B", "b", small="c"), Card("D", text))), "Worked out so."
    )
    assert pages[0].small == "c\nWorked out so."
    assert pages[1].small == "Worked out so."
    assert all(page.length <= MOST_TEXT for page in pages)
    assert " ".join(page.text for page in pages[1:]).split() == text.split()


async def test_details_say_where_a_number_is_explained(server: Server) -> None:
    card = said(await server.ben.slash(server.channel, "plan drawdown", name="model_07585"))
    assert "worked out" not in text_of(card), "the card has no room for it"
    assert methods_line("plan drawdown", "") in await all_told(server.ben, card)


@pytest.mark.parametrize(
    "said",
    [
        f"Told from {pending.FEWEST} such rounds on",
        f"an edge of {f'{LOOKED_FOR:.3f}'.removeprefix('0')} CORR a round",
        f"an account of {NEWCOMER:g} NMR",
        f"fewer than {Rule().blocks} % of the ballots block it and at least {Rule().favour} %",
        f"where at least {PEOPLE_NEEDED} took part",
        f"fewer than\n{FEWEST_VOTES} votes behind it",
        f"Below about {SMALLEST_TAIL} holders in the tail",
        f"below {FEWEST_ABOVE} above a threshold",
        f"the record must have {fewest_rounds(1)} rounds",
    ],
)
def test_a_figure_in_words_is_that_of_the_code(said: str) -> None:
    assert said in TEXT


def test_the_guide_says_what_a_poll_has_without_being_asked() -> None:
    guide = " ".join((Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8").split())
    rule = Rule()
    assert f"Where fewer than {rule.least_ballots} take part" in guide
    assert f"fewer than {rule.blocks} % of the ballots block it and at least {rule.favour} %" in guide
