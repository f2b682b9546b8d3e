"""Which proposals are about the same thing."""

import math
import re
from collections import Counter
from collections.abc import Mapping

from governance.proposals.parameters import spelled
from governance.proposals.proposal import Proposal

FLOOR = 0.25  # two texts of the same community share words; below this nobody sees a likeness

_TITLE = 2  # a word of the title counts as so many
_PARAMETER = 3  # and so does the same parameter
_TERMS = (
    "notice",
    "phase-in",
    "fallback",
    "effective",
    "review",
    "ends",
    "compensation",
    "roll-back",
    "example",
)
_STOP = set(
    re.findall(
        "[a-z]+",
        """a about all also an and any are as at be been but by can do does for from get has have how if in
        into is it its less may more most much no not of on one only or other our out over should so some than
        that the their them then there these they this to too under up was we were what when where which who
        why will with would you your""",
    )
)


def nearest(
    proposal: Proposal, others: Mapping[int, Proposal], limit: int = 3
) -> tuple[tuple[int, float], ...]:
    """The others most like a proposal, by id, with their likeness (0 to 1), the most alike first.

    The cosine of the tf-idf vectors of title, problem and change. The parameters add as if they were words,
    except terms such as notice or review, which say little about the subject. A word weighs
    (1 + ln count) x (1 + ln((1 + n) / (1 + in how many))), n the number of all. A likeness below FLOOR is not
    told; equal ones come in the order of their ids. Source: Salton and Buckley 1988.
    """
    counted = {key: _words(other) for key, other in others.items()}
    own = _words(proposal)
    spread = Counter(word for words in (own, *counted.values()) for word in words)
    n = 1 + len(counted)
    rarity = {word: 1 + math.log((1 + n) / (1 + many)) for word, many in spread.items()}
    likeness = {key: _cosine(own, words, rarity) for key, words in counted.items()}
    found = [(key, score) for key, score in likeness.items() if score >= FLOOR]
    return tuple(sorted(found, key=lambda item: (-item[1], item[0]))[:limit])


def _words(proposal: Proposal) -> Counter[str]:
    words = Counter[str]()
    for text, times in ((proposal.title, _TITLE), (proposal.problem, 1), (proposal.change, 1)):
        for word in re.findall(r"[^\W_]+", text.casefold()):
            if len(word) > 1 and word not in _STOP:
                words[_stem(word)] += times
    for key, value in spelled(proposal.parameters).items():
        if key not in _TERMS:
            words[f"{key}: {value}"] += _PARAMETER
    return words


def _stem(word: str) -> str:
    """Singular and plural, pay and paid are not told apart further than by a final s."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _cosine(one: Counter[str], other: Counter[str], rarity: Mapping[str, float]) -> float:
    def weighed(words: Counter[str]) -> dict[str, float]:
        return {word: (1 + math.log(count)) * rarity[word] for word, count in words.items()}

    first, second = weighed(one), weighed(other)
    length = math.hypot(*first.values()) * math.hypot(*second.values())
    shared = math.fsum(first[word] * second[word] for word in first.keys() & second.keys())
    return min(1.0, shared / length) if length else 0.0
