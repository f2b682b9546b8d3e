"""Proposals as Markdown: what a forum shows is what was typed."""

import html
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from governance.proposals.markdown import as_markdown
from governance.proposals.proposal import read_proposal
from governance.text import escaped

EXAMPLES = sorted((Path(__file__).parents[3] / "data" / "examples").glob("*.json"))
LEAST = {"title": "Cap", "tournament": "classic", "kind": "stake_cap", "problem": "p", "change": "c"}


def shown(text: str) -> str:
    """What CommonMark shows of an escaped text: only punctuation can be escaped, the rest keeps its sign."""
    plain = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
    return re.sub(r"<(https://[^>]+)>", r"\1", re.sub("([@#]) (?=[A-Za-z0-9!&])", r"\1", plain))


def test_the_whole_document() -> None:
    proposal = read_proposal(
        LEAST
        | {
            "title": "Cap *stakes*",
            "drawbacks": "One.\n- Two.",
            "parameters": {
                "stake_cap": 0.01,
                "rule": "1.5xCORR + 2xTC",
                "declined": {"notice_weeks": "a | b"},
            },
        }
    )
    assert as_markdown(proposal, footer="Revision 1.") == "\n".join(
        [
            r"# [Proposal] Cap \*stakes\*", "", "*Classic, stake cap*", "",
            "## The problem", "", "p", "", "## The change", "", "c", "",
            "## Drawbacks", "", "One.", r"\- Two.", "",
            "## Parameters", "", "| what | how |", "| --- | --- |",
            "| rule | 1.5xCORR + 2xTC |", "| cap | 1% |", r"| notice | none, because a \| b |", "",
            "---", "Revision 1.", "",
        ]
    )  # fmt: skip


def test_without_parameters_there_is_no_table() -> None:
    text = as_markdown(read_proposal(LEAST), footer="f")
    assert "Parameters" not in text
    assert "Evidence" not in text


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_example_has_all_its_texts(file: Path) -> None:
    proposal = read_proposal(file.read_text(encoding="utf-8"))
    text = as_markdown(proposal, footer="f")
    for said in (proposal.title, proposal.problem, proposal.change, proposal.wrong_if):
        assert said in shown(text)
    assert text.count("\n## ") == 7
    for line in text.split("\n"):
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 3, line


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("# a\n> b", "\\# a\n\\> b"),
        ("- a\n+ b\n=== c", "\\- a\n\\+ b\n\\=== c"),
        ("1. a\n2) b\n3.", "1\\. a\n2\\) b\n3\\."),
        ("1.5xCORR\n2)x", "1.5xCORR\n2)x"),
        ("[x](https://x.example)", "\\[x\\](<https://x.example>)"),
        ("<b>&lt;", "\\<b\\>\\&lt;"),
        ("`a` ~~b~~ a_b a|b \\", "\\`a\\` \\~\\~b\\~\\~ a_b a\\|b \\\\"),
        ("@staff", "@ staff"),
        ("", ""),
    ],
)
def test_markup_is_shown_as_it_was_typed(typed: str, written: str) -> None:
    assert escaped(typed) == written
    assert shown(written) == re.sub("# a", "#a", typed)


@given(st.text("ab1 .)-+=*_`~|<>[]()#&\\@!\n", max_size=40))
@example("1_1")
def test_no_text_is_changed_by_showing_it(typed: str) -> None:
    written = escaped(typed)
    assert shown(written).replace(" ", "") == typed.replace(" ", "")
    assert html.unescape(re.sub(r"\\&", "", written)) == re.sub(r"\\&", "", written)
    for line in written.split("\n"):
        assert not re.match(r"\s*([-+=#>]|[0-9]+[.)](\s|$))", line)
    outside_words = re.sub(r"(?<=[0-9a-z])_(?=[0-9a-z])", "", written)
    assert not re.search(r"(?<!\\)(\\\\)*[*_`~|<\[]", outside_words)
