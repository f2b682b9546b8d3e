"""What is cleaned away from a text, and what stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.text import clean, clean_line, clean_phrase

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a  ", "a"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a   \n   b", "a\nb"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\tb", "a b"),
        ("a\u200bb\ufeff\u2060\u00ad", "ab"),
        ("a\x00b\x07\x1b[31m", "ab[31m"),
        ("\ud800a\udfff", "a"),
        (f"{OVERRIDES}evil{OVERRIDES}", "evil"),
        ("a\u00a0\u2003\u3000b", "a   b"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("\u2800\u3164\u115f\u1160\uffa0", ""),
        ("\u200d\u200d", ""),
        ("\u034f\ufe0f \u17b4\U0001d159 \ue000\u0378", ""),
        ("a \u200d b", "a  b"),
        ("a\u200d\u200d\u200db", "a\u200db"),
        (FAMILY, FAMILY),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("שלום עולם", "שלום עולם"),
        ("e\u0301", "é"),
        ("@everyone <@123> **b** ||s|| ```x```", "@everyone <@123> **b** ||s|| ```x```"),
        ("🚀🚀", "🚀🚀"),
    ],
)
def test_what_is_kept(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_a_line_has_no_breaks_and_a_phrase_no_semicolons() -> None:
    assert clean_line(" a \n\n b\t c ") == "a b c"
    assert clean_phrase("a; b\u037e\nc;") == "a, b, c,"  # U+037E is a semicolon once it is composed


@pytest.mark.parametrize("sign", ["\u200d", " ", "\n", "\r", "\u200d ", " \n", "\u0301", "*", ";"])
def test_a_flood_of_one_sign_takes_no_longer_than_other_texts(sign: str) -> None:
    flood = f"a{sign * 60_000}b"
    assert clean(flood).startswith(("a", "á"))
    assert clean_phrase(flood).endswith("b")


@given(
    st.text(max_size=60)
    | st.text(alphabet=f" \n\r\tae\u0301\u200b\u200d\u200e;\u2028{OVERRIDES}", max_size=40)
)
def test_clean_texts_stay_as_they_are(typed: str) -> None:
    for cleaner in (clean, clean_line, clean_phrase):
        once = cleaner(typed)
        assert cleaner(once) == once
        assert once == once.strip()
        assert unicodedata.is_normalized("NFC", once)
        assert not set(once) & set(OVERRIDES)
        assert not {unicodedata.category(sign) for sign in once if sign != "\n"} & {"Cc", "Cs"}
    assert "\n" not in clean_line(typed)
