"""What a statement may say: one claim that everybody can agree or disagree with, about no person."""

import re

from governance.text import clean_line, names_somebody

LONGEST = 140  # as in Polis

_LINK = re.compile(r"[a-z][a-z0-9+.-]*://|\bwww\.|\]\(|\bmailto:|\w\.[a-z]{2,}/\S", re.IGNORECASE)
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|cf|etc|approx|resp|incl|max|min|no)\.\s*$", re.IGNORECASE)
_NEXT = re.compile(r"(?:[.!?…]+[\"'”’)\]]*\s+|[。！？]+)(?=[\"'“‘(]*(\w))")


def check_statement(text: str) -> str:
    """The statement cleaned, on one line. Raises ValueError with the reason why it can't be voted on.

    One claim is one sentence that asks nothing, as far as punctuation tells; names are mentions, as far as
    signs tell. What it means is for members to judge.
    """
    statement = clean_line(text)
    if not any(sign.isalnum() for sign in statement):
        raise ValueError("A statement needs words: one claim that others can agree or disagree with.")
    if len(statement) > LONGEST:
        raise ValueError(
            f"A statement may have at most {LONGEST} characters; this one has {len(statement):,}. "
            "Say one claim only."
        )
    if _LINK.search(statement):
        raise ValueError("A statement has no links: people vote on what it says itself.")
    if names_somebody(statement):
        raise ValueError("A statement names nobody: it is about a rule or an idea, not about a person.")
    if statement.rstrip("\"'”’)]").endswith(("?", "？", "؟")):
        raise ValueError("A question can't be agreed with; say what you think is the answer.")
    if _parted(statement):
        raise ValueError("A statement is one claim, in one sentence; make each claim a statement of its own.")
    return statement


def _parted(statement: str) -> bool:
    return re.search("[;；]", statement) is not None or any(
        not found[1].islower() and not _ABBREVIATION.search(statement[: found.end()])
        for found in _NEXT.finditer(statement)
    )
