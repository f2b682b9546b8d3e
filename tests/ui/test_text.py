"""What members write is text wherever it meets the page: no link but what it shows, no mention, no markup."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.digest.text import one_line
from governance.text import escaped, shown
from tests.ui.markup import HOSTILE, PIECES, beyond_text, discord_makes, is_clean, markdown_makes
from ui.text import caption, plain, shortened, split_text

texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=60)
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def typed_again(read: str) -> str:
    """A text without what escaping adds or takes: a space after @ and #, indentation."""
    read = re.sub(r"(?<=[@#]) ", "", read.replace("%7C", "|").replace("%60", "`").replace("%40", "@"))
    return " ".join(read.split())


@pytest.mark.parametrize("text", HOSTILE)
def test_discord_reads_text(text: str) -> None:
    check_discord(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_forum_reads_text(text: str) -> None:
    check_document(text)


@given(texts)
def test_discord_reads_any_text(text: str) -> None:
    check_discord(text)


@given(texts)
def test_a_forum_reads_any_text(text: str) -> None:
    check_document(text)


@given(texts, st.integers(2, 60))
def test_a_text_that_is_cut_is_text(text: str, most: int) -> None:
    room = 410  # no page has less
    long = plain(f"{'words ' * 60}{text}{'.' * most}" * 4)
    for cut in (shortened(plain(text), most), *split_text(long, room, room)):
        assert len(cut) <= max(most, room)
        assert not beyond_text(discord_makes(cut)[1]), cut


@pytest.mark.parametrize("text", HOSTILE)
def test_inside_a_link_of_ours_it_is_its_name(text: str) -> None:
    ours = "https://discord.com/channels/1/2"
    for makes in (discord_makes, markdown_makes):
        _, found = makes(f"see [Poll 1: {one_line(text)}]({ours}): here")
        assert [(kind, leads) for kind, _, leads in found] == [("link", ours)], found


@given(texts)
def test_where_no_markup_is_read_nothing_is_escaped_and_nothing_hidden(text: str) -> None:
    told = caption(text, 100)
    assert len(told) <= 100
    assert is_clean(told)
    assert told == " ".join(shown(text).split()) or told.endswith("…")


def test_names_and_numbers_have_no_backslash() -> None:
    for text in ("corr_v2", "model_07585: -5.2 NMR", "#3 is closed", "12:30", "a-b", "(x)", "1.5xCORR"):
        assert plain(text) == caption(text, 100) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("❤\ufe0f 1\ufe0f\u20e3", "❤\ufe0f 1\ufe0f\u20e3"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("שלום", "שלום"),
        ("Nu\u200dmer\ufe0fai\u200c", "Numerai"),
        ("Н\u200cу", "Ну"),
        ("a\u00a0b", "a\u00a0b"),
    ],
)
def test_signs_that_are_needed_stay(text: str, kept: str) -> None:
    assert shown(text) == caption(text, 100).replace(" b", "\u00a0b") == kept


def check_discord(text: str) -> None:
    written = plain(text)
    read, found = discord_makes(written)
    assert not beyond_text(found), (written, found)
    assert typed_again(read) == typed_again(shown(text))
    check_signs(written)
    for forum in (True, False):
        _, found = markdown_makes(written, forum=forum)
        assert not beyond_text(found), (written, found)


def check_document(text: str) -> None:
    written = escaped(text)
    for forum in (True, False):
        read, found = markdown_makes(written, forum=forum)
        assert not beyond_text(found), (written, found)
        assert typed_again(read).replace(" ", "") == typed_again(shown(text)).replace(" ", "")
    check_signs(written)
    assert not re.search(r"@(?:\w|[!&]\w)", written)
    assert not beyond_text(discord_makes(one_line(text))[1])


def check_signs(written: str) -> None:
    assert is_clean(written)
    odd = {sign for sign in written if unicodedata.category(sign) in HIDDEN} - set("\n\u200c\u200d")
    assert not odd, odd
