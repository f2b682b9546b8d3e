"""Names that members could not tell apart, each pair by hand, and names that they can."""

import string
import unicodedata

import pytest

from governance.looks import look, told_apart

ZERO_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u034f\ufe0f\u202e"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Keep it", "keep IT"),
        ("Keep it", "Keep  it "),
        *(("Keep it", f"Ke{sign}ep it") for sign in ZERO_WIDTH),
        ("Keep it", "Keep it\u3164"),  # Hangul filler
        ("Keep it", "\u2067Keep it\u2069"),
        ("caf\u00e9", "cafe\u0301"),
        ("caf\u00e9", "caf\u0435\u0301"),  # Cyrillic e with an accent of its own
        ("Keep it", "\uff2b\uff45\uff45\uff50\u3000\uff49\uff54"),
        ("Keep it", "\U0001d40a\U0001d41e\U0001d41e\U0001d429 it"),  # bold of mathematics
        ("Cut TC", "\u0421ut TC"),  # Cyrillic Es
        ("Cut TC", "Cut \u0422\u0421"),
        ("Cut TC", "Cut \u03a4C"),  # Greek Tau
        ("COST", "\u0421\u041e\u0405\u0422"),  # all of it Cyrillic
        ("Киев", "K\u0438\u0435\u0432"),  # a Latin K among Cyrillic
        ("Αθήνα", "A\u03b8\u03ae\u03bd\u03b1"),  # a Latin A among Greek
        ("pay all", "pay aIl"),  # a capital I among small l
        ("find", "\ufb01nd"),
        ("straße", "STRASSE"),
        ("I love \u2764", "I love \u2764\ufe0f"),
    ],
)
def test_pairs_that_look_the_same(one: str, other: str) -> None:
    [told] = told_apart(["Something else", one, other])
    assert "nobody could tell them apart" in told
    assert one[:60] in told
    assert other[:60] in told


@pytest.mark.parametrize(
    "names",
    [
        list(string.ascii_lowercase + string.digits),
        list("абвгдежзийклмнопрстуфхцчшщъыьэюя"),
        list("αβγδεζηθικλμνξοπρστυφχψω"),
        ["R2", "R²", "R₂", "½", "1/2", "①", "1"],
        ["Yes", "Ja", "Да", "Ναι", "はい", "نعم", "כן"],
        ["вот", "bot", "нос", "hoc", "рис", "pic"],
        ["1x CORR + 2x MMC", "1x CORR + 3x MMC", "1x CORR - 2x MMC"],
        ["🚀", "🚀🚀", "🦆", "👍", "👍🏿"],
        ["naïve", "naive", "nаïf"],
    ],
)
def test_names_that_can_be_told_apart(names: list[str]) -> None:
    assert told_apart(names) == []


def test_every_name_is_told_once() -> None:
    assert told_apart(["a", "A", "b", "\u0430"]) == [
        "“a” and “A”: nobody could tell them apart. Change one, or leave it out.",
        "“a” and “\u0430”: nobody could tell them apart. Change one, or leave it out.",
    ]
    assert told_apart(["a", "a"]) == [
        "“a” is there twice: nobody could tell them apart. Change one, or leave it out."
    ]


def test_letters_are_drawn_alike_in_the_case_they_have() -> None:
    """Each pair of the table is of two alphabets, and of one case."""
    for letter in "АВЕКМНОРСТУХаеорсухіјѕ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοραικ":
        drawn = look(letter)
        assert unicodedata.name(letter).split(" ")[0] in ("CYRILLIC", "GREEK")
        assert len(drawn) == 1
        assert drawn in string.ascii_lowercase
