"""Statements: what may be voted on, and the sentence that everything else gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.opinions.statement import LONGEST, check_statement
from governance.text import clean_line


@pytest.mark.parametrize(
    "text",
    [
        "Stake should be capped at 2 % per account.",
        "No change of payouts without four weeks of notice",
        "A cap (e.g. 2 %) is fairer than none",
        "CORR vs. MMC should be a member's own choice",
        "Rounds of 0.25/day pay too little!",
        "1xCORR + 3xTC is worse than 2xCORR + 1xTC",
        "Payouts of approx. 5 % a year are enough.",
        "上限很公平。",
        "Caps are fair... but late",
        "Numer.ai's documentation is clear",
        "Большие ставки не значат уверенность",
        "大额质押不代表信心",
    ],
)
def test_a_claim_passes_as_it_is(text: str) -> None:
    assert check_statement(text) == text


def test_what_nobody_sees_is_gone() -> None:
    assert check_statement("  Caps\u200b\tare \n fair\u202e.  ") == "Caps are fair."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs words"),
        ("   \n\u200b\u3164 ", "needs words"),
        ("?!…", "needs words"),
        ("a" * 141, "at most 140 characters; this one has 141"),
        ("See https://example.com", "no links"),
        ("Join discord.gg/abc", "no links"),
        ("www.example.com is right", "no links"),
        ("[Caps](x) are fair", "no links"),
        ("steam://run is fine", "no links"),
        ("@ada should stake less", "names nobody"),
        ("＠ada should stake less", "names nobody"),
        ("<@123> should stake less", "names nobody"),
        ("<@!123> should stake less", "names nobody"),
        ("<@&123> should stake less", "names nobody"),
        ("@everyone should stake less", "names nobody"),
        ("Ask ada@example about caps", "names nobody"),
        ("<#123> is too loud", "names nobody"),
        ("Are caps fair?", "question"),
        ("(Are caps fair?)", "question"),
        ("Caps are fair. Burns are not.", "one claim"),
        ("Caps are fair! 2 % is right", "one claim"),
        ("Why caps? They are fair", "one claim"),
        ("He said “caps.” They are fair", "one claim"),
        ("Ставки велики. Они растут", "one claim"),
        ("质押应有上限。燃烧不应有", "one claim"),
        ("Caps are fair; burns are not", "one claim"),
    ],
)
def test_what_is_no_claim_is_told_why(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_statement(text)


def test_the_length_counts_after_cleaning() -> None:
    assert check_statement("  " + "a" * LONGEST + "\u200b" * 50) == "a" * LONGEST


@given(st.text(max_size=200))
def test_what_passes_is_clean_and_passes_again(text: str) -> None:
    try:
        statement = check_statement(text)
    except ValueError:
        return
    assert 0 < len(statement) <= LONGEST
    assert statement == clean_line(statement) == check_statement(statement)
    assert "@" not in statement.replace("@ ", "").rstrip("@")
