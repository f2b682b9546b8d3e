"""Which names members could not tell apart: other alphabets, other widths, signs that nobody sees."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from governance.text import clean_line

# letters that are drawn alike (ours, checked against Unicode's list of confusables), Latin on the right
_CYRILLIC = dict(
    zip("АВЕЅІЈКМНОРСТУХѴԚԜаесіјорѕухһԁԛԝѵӏёї", "ABESIJKMHOPCTYXVQWaecijopsyxhdqwvlëï", strict=True)
)
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳονραιυγκϲ", "ABEZHIKMNOPTYXCjovpaiuykc", strict=True))
_LATIN = {"ı": "i", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ʟ": "L"}
_TO_LATIN = str.maketrans(_CYRILLIC | _GREEK | _LATIN)
_TO_CYRILLIC = str.maketrans({latin: letter for letter, latin in reversed(_CYRILLIC.items())})
_TO_GREEK = str.maketrans({latin: letter for letter, latin in reversed(_GREEK.items())})
# nobody sees these: joiners, marks that choose a variant, fillers
_UNSEEN = re.compile("[\u200c-\u200f\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SAME_SHAPE = (
    "<wide>",
    "<narrow>",
    "<font>",
    "<compat>",
    "<noBreak>",
    "<initial>",
    "<medial>",
    "<final>",
    "<isolated>",
)
_WORD = re.compile(r"[^\W\d_]+")


def look(name: str) -> str:
    """What names that look the same have in common; capitals and small letters count as the same.

    A word is read in one alphabet: in Latin where each of its letters is Latin or drawn like a Latin one,
    otherwise in that of its other letters.
    """
    return _folded(_drawn(name))


def told_apart(names: Sequence[str]) -> list[str]:
    """A sentence for each name that could not be told from one before it."""
    wrong: list[str] = []
    seen: dict[str, str] = {}
    for name in names:
        # a capital I is drawn like a small l
        keys = (look(name), _folded(_drawn(name).replace("I", "l")))
        other = next((seen[key] for key in keys if key in seen), None)
        if other is not None:
            twice = f"“{name[:60]}” is there twice" if name == other else f"“{other[:60]}” and “{name[:60]}”"
            wrong.append(f"{twice}: nobody could tell them apart. Change one, or leave it out.")
        for key in keys:
            seen.setdefault(key, name)
    return wrong


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.casefold()).split())


def _drawn(name: str) -> str:
    shaped = "".join(map(_shape, _UNSEEN.sub("", clean_line(name))))
    return _WORD.sub(lambda word: _one_alphabet(word[0]), unicodedata.normalize("NFC", shaped))


def _shape(sign: str) -> str:
    """The plain form of a sign that is drawn like it: full width, bold; not a raised or a circled digit."""
    return (
        unicodedata.normalize("NFKC", sign)
        if unicodedata.decomposition(sign).startswith(_SAME_SHAPE)
        else sign
    )


def _one_alphabet(word: str) -> str:
    latin = word.translate(_TO_LATIN)
    left = _alphabets(latin)
    if "CYRILLIC" in left:
        return latin.translate(_TO_CYRILLIC)
    return latin.translate(_TO_GREEK) if "GREEK" in left else latin


def _alphabets(word: Iterable[str]) -> set[str]:
    return {unicodedata.name(letter, "").split(" ")[0] for letter in word}
