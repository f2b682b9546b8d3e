#!/usr/bin/env python3
"""Check the export of a poll of Roundtable: `python verify.py poll-7.json --head HEAD --receipt RECEIPT`.

It needs Python 3.9 or newer and nothing else: no installation, no network, no other file. It is made of files
of the bot, letter by letter, by its governance/verifier.py; below each stands under its name. They check the
chain and its commitments, count the choices again under the poll's method, with the lots that break ties, and
say what they checked and what no such check can tell.
"""

import __future__

import ast
import sys
import types
import typing

SOURCES = {}

SOURCES['governance.commitments'] = r'''
"""Ballots as salted commitments: as a set they tell that none was changed, and never whose it is or when."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

_SALT = re.compile(r"[0-9a-f]{32}")


def canonical(value: object) -> str:
    """The one spelling of a JSON value. Raises ValueError for what JSON can't say, NaN for instance."""
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        raise ValueError("A ballot or a poll must be made of plain text, finite numbers and lists.") from None
    return text


def new_salt() -> str:
    """128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


def commit(ballot: object, salt: str) -> str:
    """The commitment (64 hex digits) to a ballot: SHA-256 of its canonical JSON and the salt.

    Raises ValueError for a salt that is not 32 hex digits and for a ballot that is not JSON.
    """
    return commit_text(canonical(ballot), salt)


def commit_text(choice: str, salt: str) -> str:
    """The same for a ballot that is canonical JSON already."""
    if not _SALT.fullmatch(salt):
        raise ValueError("A salt is written as 32 hexadecimal digits.")
    return sha256(choice + salt)


def terms_hash(poll: Mapping[str, Any]) -> str:
    """SHA-256, 64 hex digits, of everything that is settled when a poll opens: all of it but its close."""
    return sha256(canonical({key: value for key, value in poll.items() if key != "closed"}))


def sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
'''

SOURCES['governance.votes.rule'] = r'''
"""What a poll needs before it tells anything, and before a vote by gradients adopts."""

from dataclasses import dataclass
from fractions import Fraction

LEAST = 5  # ballots; below, a result would tell how somebody voted
HIGHEST_LEAST = 1000


@dataclass(frozen=True)
class Rule:
    """The settings of a poll; shares in whole percent.

    least_ballots: nothing is told of a poll in which fewer took part. The others are about gradients: from
    `blocks` of the ballots on, blocks stop what has more for it than against; 0: a single one does. `favour`
    is the least share for it of all who took part, abstentions too; `electorate` the same of all who might
    have voted. The shares are ours: a fifth each, and none of the electorate.
    """

    least_ballots: int = LEAST
    blocks: int = 20
    favour: int = 20
    electorate: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.least_ballots <= HIGHEST_LEAST:
            raise ValueError(
                f"least is a number of ballots from 1 to {HIGHEST_LEAST:,}; this is {self.least_ballots}."
            )
        shares = {"blocks": self.blocks, "favour": self.favour, "electorate": self.electorate}
        for name, share in shares.items():
            if not 0 <= share <= 100:
                raise ValueError(f"{name} is a percentage from 0 to 100; this is {share}.")

    @property
    def sentence(self) -> str:
        """When a vote by gradients adopts."""
        blocks = f"fewer than {self.blocks} % block it" if self.blocks else "nobody blocks it"
        shares = ((self.favour, "those who took part"), (self.electorate, "those who might vote"))
        least = " and ".join(f"{share} % of {whom}" for share, whom in shares if share)
        if not least:
            return f"Adopted when more are for it than against and {blocks}."
        return f"Adopted when more are for it than against, {blocks}, and at least {least} are for it."

    def outcome(self, favour: int, opposed: int, blocks: int, neutral: int, empty: int, known: int) -> str:
        """Return adopted, blocked, unsupported, rejected or undecided.

        Weights in any unit: favour and opposed (blocks among them), neutral, abstained.

        known: how many might have voted, in the same unit; whoever took part is among them.
        """
        ballots = favour + opposed + neutral
        if favour <= opposed:
            return "rejected" if opposed > favour else "undecided"
        if blocks and Fraction(100 * blocks, ballots) >= self.blocks:
            return "blocked"
        took_part = ballots + empty
        enough = 100 * favour >= self.favour * took_part and 100 * favour >= self.electorate * max(
            known, took_part
        )
        return "adopted" if enough else "unsupported"


DEFAULT = Rule()
# of polls that were opened before they had settings; what their terms do not name is this
BEFORE = Rule(favour=0)
'''

SOURCES['governance.export'] = r'''
"""The export of a closed poll, which anybody can verify."""

import gzip
import io
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from types import NoneType
from typing import Any, NoReturn, TypeGuard, cast

from governance.commitments import canonical, commit_text, sha256, terms_hash
from governance.votes.rule import BEFORE, Rule

FORMAT = "roundtable-poll-2"
LARGEST = 64 * 1024 * 1024  # bytes of a file, unpacked: over a million ballots with one choice
STEP = 5  # points of the weighted shares
MOST_OPTIONS = 25  # of a poll

_GZIP = b"\x1f\x8b"
_HASH = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(r"[0-9a-f]{32}")
_MOST = 10**9  # ballots, ids
_Fields = Mapping[str, type | tuple[type, ...]]

_EXPORT: _Fields = {
    "format": str,
    "poll": dict,
    "ballots": list,
    "commitments": list,
    "tie_seed": (str, NoneType),
    "result": (dict, NoneType),
    "weighted": dict,
    "head": str,
}
_POLL: _Fields = {
    "id": int,
    "title": str,
    "method": str,
    "options": (list, NoneType),
    "budget": (int, NoneType),
    "opened": str,
    "closed": str,
    "tie_seed_commitment": (str, NoneType),
}
_BALLOTS: _Fields = {"choice": object, "salts": list}
_RESULT: _Fields = {"winners": list, "totals": object}


def claim(result: Any) -> dict[str, Any]:
    """Winners and totals of a tally's result as JSON; fractions as text such as "7/2"."""
    return {"winners": _plain(result.winners), "totals": _plain(result.totals)}


def export(
    poll: Mapping[str, Any],
    counted: Sequence[tuple[str, str | None]],
    erased: Sequence[str] = (),
    *,
    result: Mapping[str, Any] | None,
    weighted: Mapping[str, Mapping[str, int] | None],
    tie_seed: str | None = None,
) -> dict[str, Any]:
    """The export of a closed poll: one JSON object in which no ballot has a place or a time.

    - format: "roundtable-poll-2"
    - poll: id, title, method, options, budget (of dots, or null), opened, closed, tie_seed_commitment, the
      SHA-256 of the text of the seed, or null, and rule: least_ballots, blocks, favour and electorate as
      governance.votes.rule.Rule has them, and known, how many might vote; without it, the rule is BEFORE
    - ballots: each choice that was counted, in the order of its canonical text, with the salt of each ballot
      that makes it, sorted; whoever erased their traces after the close has null for a salt, and comes first
    - commitments: of every ballot in force that has no salt here, sorted
    - tie_seed: the text of the seed, or null
    - result: what is claimed for one vote per member: winners and totals, as claim writes them; null where
      fewer ballots than the rule's least_ballots were cast: then ballots and weighted are empty, and the
      commitments stand alone
    - weighted: for each strategy the percent of the weight per label, in steps of 5 points, or null
    - head: what the poll's message in the channel has to show too

    Canonical text is JSON with sorted keys, no spaces, no escapes. A commitment is SHA-256(canonical choice
    + salt), and a salt is 128 random bits, so that the order of either tells nothing. The head is
    SHA-256(canonical object of terms, SHA-256(canonical poll without closed); closed; choices, each with how
    many made it; commitments, all of them, sorted; tie_seed; result; weighted). So nothing can change once
    it was shown, except that salts may go.

    counted (n,): every choice in force as canonical text with its salt, None where it was erased; erased: the
    commitments of those. Raises ValueError for what JSON can't say.
    """
    if result is None:
        ballots, alone = [], [commit_text(choice, salt) for choice, salt in counted if salt is not None]
    else:
        ballots, alone = _grouped(counted), []
    made: dict[str, Any] = {
        "format": FORMAT,
        "poll": dict(poll),
        "ballots": ballots,
        "commitments": sorted([*alone, *erased]),
        "tie_seed": tie_seed,
        "result": None if result is None else dict(result),
        "weighted": {}
        if result is None
        else {name: None if view is None else dict(view) for name, view in weighted.items()},
    }
    made["head"] = head_of(made, commitments_of(made))
    return made


def _grouped(counted: Sequence[tuple[str, str | None]]) -> list[dict[str, Any]]:
    salts: dict[str, list[str | None]] = {}
    for choice, salt in counted:
        salts.setdefault(choice, []).append(salt)
    return [
        {"choice": json.loads(choice), "salts": sorted(salts[choice], key=_erased_first)}
        for choice in sorted(salts)
    ]


def _erased_first(salt: str | None) -> str:
    return salt or ""


def commitments_of(exported: Mapping[str, Any]) -> list[str]:
    """The commitments (n,) of all ballots in force, sorted: from salts, and those that stand alone."""
    given = [
        commit_text(choice, salt)
        for choice, row in ((canonical(row["choice"]), row) for row in exported["ballots"])
        for salt in row["salts"]
        if salt is not None
    ]
    return sorted([*given, *exported["commitments"]])


def head_of(exported: Mapping[str, Any], commitments: Sequence[str]) -> str:
    """The head of an export: 64 hex digits that stand for its terms, the set of ballots, and the outcome."""
    settled = {name: exported[name] for name in ("tie_seed", "result", "weighted")}
    settled |= {
        "terms": terms_hash(exported["poll"]),
        "closed": exported["poll"]["closed"],
        "choices": [[row["choice"], len(row["salts"])] for row in exported["ballots"]],
        "commitments": list(commitments),
    }
    return sha256(canonical(settled))


def in_order(exported: Mapping[str, Any]) -> bool:
    """Whether choices, salts and commitments come in the order of the format, each choice once."""
    choices = [canonical(row["choice"]) for row in exported["ballots"]]
    lists = [exported["commitments"], *(row["salts"] for row in exported["ballots"])]
    return choices == sorted(set(choices)) and all(each == sorted(each, key=_erased_first) for each in lists)


def read_export(data: bytes) -> object:
    """The JSON of a file, packed by gzip or not.

    Raises ValueError with one sentence for more than 64 MB, unpacked, and for what is no JSON.
    """
    try:
        if data.startswith(_GZIP):
            with gzip.open(io.BytesIO(data)) as unpacked:
                data = unpacked.read(LARGEST + 1)
    except (EOFError, OSError, zlib.error):
        raise ValueError("The file is packed by gzip and can't be unpacked: fetch it again.") from None
    if len(data) > LARGEST:
        raise ValueError("The file holds more than 64 MB, more than the export of a poll can be.")
    try:
        return json.loads(
            data.decode(), object_pairs_hook=_object, parse_constant=_not_finite, parse_int=_whole
        )
    except UnicodeDecodeError:
        raise ValueError("The file is not text in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"The file is not JSON: it stops making sense in line {error.lineno}.") from None
    except RecursionError:
        raise ValueError("The file is nested too deeply to be the export of a poll.") from None


def checked_export(exported: object) -> dict[str, Any]:
    """The same object if it has the shape of an export; whether it is true is another question.

    Raises ValueError with one sentence that names the first field which is missing, unknown or not what it
    should be.
    """
    canonical(exported)
    said = _shaped(exported, _EXPORT, "The export")
    if said["format"] != FORMAT:
        raise ValueError(f"The format of this export is not “{FORMAT}”.")
    has_rule = "rule" in said["poll"]
    poll = _shaped(said["poll"], {**_POLL, "rule": dict} if has_rule else _POLL, "The poll")
    rule_of(poll)
    options = poll["options"] or ()
    if len(options) > MOST_OPTIONS or not all(_is(option, (str, int, float)) for option in options):
        raise ValueError(f"The options of the poll must be at most {MOST_OPTIONS} texts or numbers.")
    for name, row in (("tie_seed_commitment", poll), ("head", said)):
        if row[name] is not None and not _is_hex(row[name], _HASH):
            raise ValueError(f"“{name}” must be 64 hexadecimal digits.")
    for number, row in enumerate(said["ballots"], 1):
        _shaped(row, _BALLOTS, f"Choice {number}")
        if not row["salts"] or not all(salt is None or _is_hex(salt, _SALT) for salt in row["salts"]):
            raise ValueError(f"The salts of choice {number} must be 32 hexadecimal digits each, or null.")
    if not all(_is_hex(each, _HASH) for each in said["commitments"]):
        raise ValueError("The commitments must be 64 hexadecimal digits each.")
    if said["result"] is not None:
        _shaped(said["result"], _RESULT, "The result")
    elif said["ballots"] or said["weighted"]:
        raise ValueError("The result is withheld, but ballots or weighted shares are there.")
    for view in said["weighted"].values():
        if view is not None and not (_is_object(view) and all(_is(share, int) for share in view.values())):
            raise ValueError("The weighted shares must be whole percents by label, or null.")
    return said


def rule_of(poll: Mapping[str, Any]) -> tuple[Rule, int]:
    """The rule of an exported poll, and how many might have voted. Raises ValueError for what is no rule."""
    settings = dict(poll.get("rule", {}))
    known = settings.pop("known", 0)
    names = [field.name for field in fields(Rule)]
    numbers = [known, *settings.values()]
    if ("rule" in poll and sorted(settings) != sorted(names)) or not all(
        _is(number, int) and 0 <= number <= _MOST for number in numbers
    ):
        raise ValueError(f"The rule of the poll must be whole numbers for known, {', '.join(names)}.")
    return (Rule(**settings) if settings else BEFORE), known


def shown(text: str) -> str:
    """A stranger's text, fit for a terminal: printable and at most 200 characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:200])


def _shaped(value: object, known: _Fields, name: str) -> dict[str, Any]:
    if not _is_object(value):
        raise ValueError(f"{name} must be an object with named fields.")
    for field, kind in known.items():
        if field not in value:
            raise ValueError(f"{name} lacks “{field}”.")
        if not _is(value[field], kind):
            raise ValueError(f"“{field}” of {name[0].lower()}{name[1:]} is not of the right kind.")
        if isinstance(value[field], int) and kind is not object and not 0 < value[field] <= _MOST:
            raise ValueError(f"“{field}” of {name[0].lower()}{name[1:]} must be between 1 and {_MOST:,}.")
    for field in value:
        if field not in known:
            raise ValueError(f"{name} has a field that the format does not know: “{shown(str(field))}”.")
    return value


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and (kind is object or not isinstance(value, bool))


def _is_hex(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in cast("Mapping[object, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in cast("Sequence[Any]", value)]
    return value if isinstance(value, str | int | NoneType) else str(Fraction(value))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise ValueError("The file gives a field twice.")
    return said


def _not_finite(word: str) -> NoReturn:
    raise ValueError(f"The file holds {word}, which is no number of JSON.")


def _whole(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("The file holds a number with too many digits.")
    return int(digits)
'''

SOURCES['governance.text'] = r'''
"""What people type, without the characters that nobody sees, and how many of a thing there are."""

import math
import re
import unicodedata
from collections.abc import Callable

_INVISIBLE = {"Cc", "Cf", "Cs"}
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0\U00013441\U00013442\U0001d159"  # drawn as nothing
_JOINERS = "\u200c\u200d\u200e\u200f"  # emoji, Persian and mixed directions need them, between two characters
_LOOSE_JOINERS = re.compile(rf"(?:^|(?<=\s))[{_JOINERS}]|[{_JOINERS}](?=\s|$)")
_NAMED = re.compile(r"@(?=\S)|<#|discord(?:app)?\.com/users/", re.IGNORECASE)
_UNUSUAL = re.compile(  # what may not be shown as it is: control, format, fillers, selectors of variants
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001345f"
    "\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_ADDRESS = re.compile(r"https?://[^\s<>]+")
_HONEST = re.compile(  # ASCII, no name before the host, no backslash
    r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::[0-9]{1,5})?(?:[/?#][!-\[\]-~]*)?",
    re.IGNORECASE,
)
_LONGEST_ADDRESS = 400  # that is a link: a page must hold it whole
_ENDS = ".,:;!?*_~|\"'`]}”’»›…。"  # after an address, not of it
_MARKUP = re.compile(
    r"[\\`*{}\[\]<>|~#&$^]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|:(?=//\S)"  # inside a word _ is none
)
_IN_ADDRESS = str.maketrans({"|": "%7C", "`": "%60", "@": "%40"})  # what would mean something there
_ROUND = str.maketrans("[]", "()")
_REPEATED_JOINERS = re.compile(rf"([{_JOINERS}])[{_JOINERS}]+")


def counted(count: float, thing: str, plural: str = "") -> str:
    """ "1 round", "20 rounds"; a number that is none is "an unknown number of rounds"."""
    if math.isnan(count):
        return f"an unknown number of {plural or thing + 's'}"
    return f"{count:,.0f} {thing if f'{count:.0f}' == '1' else plural or thing + 's'}"


def clean(text: str) -> str:
    """A text of several lines in NFC, without control, zero-width and bidirectional override characters.

    Joiners stay, one at a time and only inside a word; what is drawn as nothing counts as a space; spaces
    at the ends of lines and more than one empty line go. What has nothing to see in it is nothing. Cleaning
    a clean text changes nothing. Mentions and markup are kept as they are.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", "".join(map(_visible, text)))
    text = _LOOSE_JOINERS.sub("", _REPEATED_JOINERS.sub(r"\1", text))
    if not any(unicodedata.category(sign)[0] in "LNPS" for sign in text):
        return ""
    text = "\n".join(line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def clean_line(text: str) -> str:
    """The same on one line, with single spaces."""
    return " ".join(clean(text).split())


def clean_phrase(text: str) -> str:
    """The same for one setting among several on a line: semicolons, which part settings, become commas."""
    return clean_line(text).replace(";", ",")


def names_somebody(text: str) -> bool:
    """Whether a clean text names a member, a role or a channel, as far as signs tell.

    That is an at sign before anything but a space, in any of its forms (＠, ﹫), also inside an address, what
    Discord writes for a channel, and the address of a member's page. A name without a sign is for members
    to see.
    """
    return _NAMED.search(unicodedata.normalize("NFKC", text)) is not None


def shown(text: str) -> str:
    """A text as it may be shown anywhere: without direction marks and without signs that nobody sees.

    Joiners stay where letters or emoji are joined by them; breaks of lines are all of one kind.
    """
    if _UNUSUAL.search(text) is None:
        return text
    kept = [""]
    for at, sign in enumerate(text):
        told = _kept(sign, kept[-1], text[at + 1 : at + 2]) if _UNUSUAL.match(sign) else sign
        kept += [told] if told else []
    return "".join(kept)


def escaped(text: str, *, links: bool = True) -> str:
    """What a member wrote, so that Markdown shows it as it was typed: no markup, no table cells, no pings.

    Addresses stay links where links are wanted, and show where they lead; where none are, as inside of a
    link, square brackets become round ones: not every reader of Markdown knows them as escaped there. A space
    parts @ and # from a name: forums look for @name and #topic after markup is gone.
    """
    if not links:
        return re.sub(r":(?!//)|\.", r"\\\g<0>", _escaped(shown(text).translate(_ROUND)))
    return with_addresses(text, _escaped)


def with_addresses(text: str, escape: Callable[[str], str]) -> str:
    """What a member wrote, escaped; an address in it becomes <https://a.b>, which shows where it leads.

    escape: also keeps what follows a colon from being an address. An address that may look like another (a
    name before its host, letters beyond ASCII, a backslash) is no link.
    """
    text, parts, at = shown(text), list[str](), 0
    for found in _ADDRESS.finditer(text):
        address = found[0]
        if len(address) > _LONGEST_ADDRESS:
            continue
        while address[-1] in _ENDS or (address[-1] == ")" and address.count(")") > address.count("(")):
            address = address[:-1]
        if _HONEST.fullmatch(address):
            parts += [escape(text[at : found.start()]), f"<{address.translate(_IN_ADDRESS)}>"]
            at = found.start() + len(address)
    return "".join([*parts, escape(text[at:])])


def _escaped(text: str) -> str:
    text = _MARKUP.sub(r"\\\g<0>", text)
    text = re.sub(r"(?m)^([ \t]*)([-+=])", r"\1\\\2", text)
    text = re.sub(r"(?m)^([ \t]*[0-9]+)([.)])(?=\s|$)", r"\1\\\2", text)
    text = re.sub(r"(?m)^[ \t]{4,}", "   ", text)  # four are a block of code
    return re.sub(r"@(?=[\w!&])|(?<!\w)\\#(?=[^\W\d])", r"\g<0> ", text)


def _kept(sign: str, before: str, after: str) -> str:
    """What is shown of an unusual sign between two others, "" at an end."""
    if sign in "\r\v\f\x85\u2028\u2029":
        return "" if after == "\n" else "\n"
    if sign in "\u200c\u200d":
        arabic = unicodedata.bidirectional(before or " ") == "AL"
        joins = arabic or _category(before) in ("Mn", "Mc", "So", "Sk")
        joined = before >= "\u0600" and after >= "\u0600" and not _UNUSUAL.match(after)
        return sign if joins and joined else ""
    if sign == "\ufe0f":  # draws the sign before it as an emoji
        return sign if after == "\u20e3" or _category(before) in ("So", "Sm", "Po", "Pd") else ""
    return " " if sign == "\t" or sign in _BLANKS else ""


def _category(sign: str) -> str:
    return unicodedata.category(sign) if sign else ""


def _visible(sign: str) -> str:
    if sign == "\n" or sign in _JOINERS:
        return sign
    category = unicodedata.category(sign)
    if category[0] == "Z" or sign in _BLANKS or sign in "\t\v\f\x1c\x1d\x1e\x1f\x85":
        return "\n" if category in ("Zl", "Zp") else " "
    return "" if category in _INVISIBLE else sign
'''

SOURCES['governance.votes.ballots'] = r'''
"""What may stand on a ballot under each method, and the one form in which it is counted."""

import math
import operator
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar, cast

from governance.votes.rule import Rule

HIGHEST_SCORE = 5
BUDGET = 10  # dots to give away, where a vote names no other number
# The gradients of agreement (Kaner) in five steps, best first, and what they mean.
STEPS = {
    "strong_for": "whole-hearted support",
    "for": "support with reservations",
    "neutral": "neither for nor against",
    "against": "serious disagreement",
    "strong_against": "block",
}

_DECIMAL = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")  # short: 1e999999999 would never be finished
_SIZED = (str, list, tuple, set, frozenset, Mapping)

Key = TypeVar("Key")
Read = Callable[[Any], Hashable]


@dataclass(frozen=True)
class Method:
    """An entry of METHODS: what voters are told it is and what wins, and the reader of its ballots."""

    words: str
    wins: str  # a sentence
    reads: Callable[[Sequence[Any] | None, int], Read]


def check_ballot(method: str, ballot: object, options: Sequence[Any] | None, *, budget: int = BUDGET) -> None:
    """Raises ValueError, with the sentence for who cast it, unless the ballot can be counted.

    Ballots are plain JSON values. None and what is empty ("", [], {}) abstains under every method.

    | method         | ballot                                                         | options        |
    | -------------- | -------------------------------------------------------------- | -------------- |
    | single         | "a"                                                            | list of names  |
    | approval       | ["a", "b"], in any order                                       | list of names  |
    | ranked_irv     | ["b", ["a", "c"]], best first; those in a list of their own    | list of names  |
    |                | are ranked equally, and ["a"] is "a"                           |                |
    | ranked_schulze | the same                                                       | list of names  |
    | score          | {"a": 5, "b": 2}, from 0 to 5; who is left out gets 0          | list of names  |
    | dots           | {"a": 7, "b": 3}, together at most the budget                  | list of names  |
    | numeric        | "0.05", a whole number, a Fraction; a float as it is written   | range, or none |
    | gradient       | one of STEPS                                                   | not looked at  |

    A range is [lowest, highest, step], numbers like those of the ballots; steps count from the lowest. With
    empty options any number will do. Raises ValueError too for a method, options or a budget with which
    nobody can vote.
    """
    reader(method, options, budget=budget)(ballot)


def reader(method: str, options: Sequence[Any] | None, *, budget: int) -> Read:
    """The function from a ballot to the form it is counted in, which is None for an empty one.

    Two ballots that say the same have the same form. Raises ValueError as check_ballot does.
    """
    if method not in METHODS:
        raise ValueError(f"There is no method called {method}.")
    read = METHODS[method].reads(options, budget)
    return lambda ballot: (
        None if ballot is None or (isinstance(ballot, _SIZED) and not ballot) else read(ballot)
    )


def as_names(options: Iterable[Any] | None) -> tuple[str, ...]:
    """The options that can be chosen. Raises ValueError unless they are different names."""
    if isinstance(options, str) or not isinstance(options, Iterable):
        raise ValueError("The options must be a list of names.")
    names = tuple(options)
    if not names or not all(isinstance(name, str) and name for name in names):
        raise ValueError("A vote needs at least one option, and every option a name.")
    if len(set(names)) < len(names):
        raise ValueError("Two options have the same name.")
    return names


def as_range(options: Sequence[Any]) -> tuple[Fraction, Fraction, Fraction]:
    """The lowest number that can be chosen, the highest, and the step. Raises ValueError for no range."""
    if isinstance(options, str) or len(options) != 3:
        raise ValueError("A range needs its lowest number, its highest and its step.")
    lowest, highest, step = map(_as_number, options)
    if lowest > highest or step <= 0:
        raise ValueError("A range must go up from its lowest to its highest number, in steps above 0.")
    return lowest, highest, step


def as_whole(weights: Iterable[Any] | None, ballots: int) -> tuple[list[int], int]:
    """Weights as whole multiples of one unit, and how many units make 1: without rounding, quick to add.

    None gives every ballot one unit. A float is what it is in binary. Raises ValueError unless there is one
    finite weight of 0 or more for each ballot.
    """
    if weights is None:
        return [1] * ballots, 1
    ratios = [_ratio(weight) for weight in weights]
    if len(ratios) != ballots:
        raise ValueError(f"{len(ratios)} and {ballots}: weights do not fit ballots.")
    unit = math.lcm(*{below for _, below in ratios})
    return [above * (unit // below) for above, below in ratios], unit


def scaled(weights: Mapping[Key, int], unit: int) -> dict[Key, Fraction]:
    """Weights in units, over the units that make 1."""
    if unit == 1:  # in half the time
        return {key: Fraction(weight) for key, weight in weights.items()}
    return {key: Fraction(weight, unit) for key, weight in weights.items()}


def _ratio(weight: Any) -> tuple[int, int]:
    try:
        above, below = operator.index(weight), 1
    except TypeError:
        try:
            above, below = weight.as_integer_ratio()
        except (AttributeError, ValueError, OverflowError):  # not a number, NaN, infinite
            above, below = -1, 1
    if above < 0:
        raise ValueError("A weight must be a finite number of 0 or more.")
    return above, below


def _reads_one(names: Collection[str]) -> Read:
    known = frozenset(names)

    def read(ballot: Any) -> Hashable:
        if not isinstance(ballot, str):
            raise ValueError("This ballot must name one option.")
        return (_known(ballot, known),)

    return read


def _reads_several(names: Collection[str]) -> Read:
    known = frozenset(names)

    def read(ballot: Any) -> Hashable:
        if not isinstance(ballot, (list, tuple, set, frozenset)):
            raise ValueError("This ballot must be a list of options.")
        chosen = [_known(name, known) for name in cast("Iterable[Any]", ballot)]
        _check_once(chosen)
        return frozenset(chosen)

    return read


def _reads_ranks(names: Sequence[str]) -> Read:
    places = {name: place for place, name in enumerate(names)}
    known = frozenset(names)

    def read(ballot: Any) -> Hashable:
        if not isinstance(ballot, (list, tuple)):
            raise ValueError("This ballot must be a list of options.")
        ranks: list[tuple[str, ...]] = []
        for rank in cast("Sequence[Any]", ballot):
            equal = cast("Sequence[Any]", rank if isinstance(rank, (list, tuple)) else (rank,))
            if not equal:
                raise ValueError("This ballot has a rank without an option.")
            ranks.append(tuple(sorted([_known(name, known) for name in equal], key=places.__getitem__)))
        _check_once([name for rank in ranks for name in rank])
        return tuple(ranks)

    return read


def _check_once(chosen: Sequence[str]) -> None:
    if len(set(chosen)) < len(chosen):
        twice = next(name for name in chosen if chosen.count(name) > 1)
        raise ValueError(f"{_quoted(twice)} stands on the ballot twice.")


def _reads_points(names: Sequence[str], highest: int, points: str, budget: int | None = None) -> Read:
    known = frozenset(names)

    def read(ballot: Any) -> Hashable:
        if not isinstance(ballot, Mapping):
            raise ValueError(f"This ballot must give options their {points}.")
        points_of = cast("Mapping[Any, Any]", ballot)
        for name, given in points_of.items():
            _known(name, known)
            if type(given) is not int or not 0 <= given <= highest:  # True is an int to isinstance
                raise ValueError(
                    f"The {points} of {_quoted(name)} must be a whole number from 0 to {highest}."
                )
        form = tuple([points_of.get(name, 0) for name in names])
        if budget is not None and sum(form) > budget:
            raise ValueError(f"The ballot gives {sum(form)} {points}, and there are {budget} to give.")
        return form

    return read


def _reads_dots(names: Sequence[str], budget: int) -> Read:
    if type(budget) is not int or budget < 1:
        raise ValueError("The budget must be a whole number of 1 or more.")
    return _reads_points(names, budget, "dots", budget)


def _reads_number(options: Sequence[Any] | None) -> Read:
    if not options:
        return lambda ballot: _as_number(ballot).as_integer_ratio()  # quicker to look up than a Fraction
    lowest, highest, step = as_range(options)
    written: dict[str, Hashable] = {}  # few different texts come often, and to read one takes long

    def read(ballot: Any) -> Hashable:
        if isinstance(ballot, str) and ballot in written:
            return written[ballot]
        number = _as_number(ballot)
        if not lowest <= number <= highest:
            raise ValueError(f"The number must lie between {_shown(lowest)} and {_shown(highest)}.")
        if (number - lowest) % step:
            raise ValueError(f"The number must lie whole steps of {_shown(step)} above {_shown(lowest)}.")
        form = number.as_integer_ratio()
        if isinstance(ballot, str):
            written[ballot] = form
        return form

    return read


def _as_number(written: Any) -> Fraction:
    if isinstance(written, str) and _DECIMAL.fullmatch(written):
        return Fraction(written)
    if isinstance(written, float) and math.isfinite(written):
        return Fraction(repr(float(written)))  # 0.05 means a twentieth, not what binary makes of it
    if isinstance(written, int | Fraction) and not isinstance(written, bool):
        return Fraction(written)
    raise ValueError(f"{_quoted(written)} is not a number; write it like 0.05.")


def _known(name: Any, known: frozenset[str]) -> str:
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"{_quoted(name)} is not one of the options.")
    return name


def _quoted(anything: object) -> str:
    return f"“{str(anything)[:80]}”"


def _shown(number: Fraction) -> str:
    return f"{Decimal(number.numerator) / number.denominator:f}"


METHODS: Mapping[str, Method] = {
    "single": Method(
        "one choice",
        "The option with most votes wins.",
        lambda options, _: _reads_one(as_names(options)),
    ),
    "approval": Method(
        "every option you approve of",
        "The option that most approve of wins.",
        lambda options, _: _reads_several(as_names(options)),
    ),
    "ranked_irv": Method(
        "ranked, instant run-off",
        "The option with fewest first choices goes out and its votes go to the next choices, "
        "until one option has more than half.",
        lambda options, _: _reads_ranks(as_names(options)),
    ),
    "ranked_schulze": Method(
        "ranked, Schulze",
        "The option that more prefer to each other one wins, else Schulze's chains decide. Whom a ballot "
        "leaves out comes last on it.",
        lambda options, _: _reads_ranks(as_names(options)),
    ),
    "score": Method(
        f"scores from 0 to {HIGHEST_SCORE}",
        "The option with the highest sum of scores wins.",
        lambda options, _: _reads_points(as_names(options), HIGHEST_SCORE, "score"),
    ),
    "numeric": Method(
        "a number; the median decides",
        "The number in the middle of all answers wins; between two of them, the possible number that is "
        "nearest to their midpoint.",
        lambda options, _: _reads_number(options),
    ),
    "gradient": Method(
        "five steps from support to block",
        Rule().sentence,
        lambda _options, _budget: _reads_one(tuple(STEPS)),
    ),
    "dots": Method(
        f"{BUDGET} dots to give away",
        "The option with most dots wins.",
        lambda options, budget: _reads_dots(as_names(options), budget),
    ),
}
'''

SOURCES['governance.votes.measured'] = r'''
"""What ballots that measure add up to: scores, numbers with their median, gradients of agreement."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from typing import Any

from governance.votes.ballots import HIGHEST_SCORE, STEPS, as_range, scaled
from governance.votes.rule import Rule

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
_FEW = 8  # fewer are sooner added up than counted
EXACT = 1000  # ballots up to which the interval of a median is exact


@dataclass(frozen=True)
class Scores:
    """Mean and median score of each option, over all ballots counted; of two middle scores the lower one."""

    means: Mapping[str, Fraction]
    medians: Mapping[str, int]


@dataclass(frozen=True)
class Numbers:
    """How the numbers lie.

    `curve`: for every number cast, ascending, the share of weight at or below it. `median`: the lower and the
    upper one, which differ where exactly half of the weight lies below. `quartiles`: likewise from the lower
    one at 1/4 to the upper one at 3/4. `interval`: two numbers cast that hold the median of all who might
    have voted, 95 times in 100 or more, if voters are drawn from them by chance; from order statistics
    (binomial, normal above 1,000 ballots), None for fewer than 6 ballots or unequal weights.
    """

    curve: Mapping[Fraction, Fraction]
    median: tuple[Fraction, Fraction]
    quartiles: tuple[Fraction, Fraction]
    interval: tuple[Fraction, Fraction] | None


@dataclass(frozen=True)
class Gradient:
    """Where agreement stands.

    `support` is the share for it of what takes a side, None if nothing does; `blocks` the share of all weight
    on strong_against. `median` is a step, of two middle ones the less favourable. `consent`: nobody blocks.
    `outcome`: adopted if more weight is for it than against and the Rule of the vote is met; blocked or
    unsupported if its blocks or its least shares stand against that; rejected if more is against, undecided
    if it is the same.
    """

    shares: Mapping[str, Fraction]
    support: Fraction | None
    median: str
    blocks: Fraction
    consent: bool
    outcome: str


def describe_scores(
    ballots: Mapping[tuple[int, ...], int], options: tuple[str, ...]
) -> tuple[dict[str, int], Scores]:
    """Totals, means and medians; ballots: weight by scores in the order of options, some above 0."""
    by_score = {option: [0] * (HIGHEST_SCORE + 1) for option in options}
    alike: dict[int, list[tuple[int, ...]]] = {}  # most weigh the same, and hardly two say the same
    for scores, weight in ballots.items():
        alike.setdefault(weight, []).append(scores)
    for weight, forms in alike.items():
        for held, column in zip(by_score.values(), zip(*forms, strict=True), strict=True):
            times = Counter(column).items() if len(column) > _FEW else zip(column, repeat(1), strict=False)
            for score, many in times:
                held[score] += many * weight
    totals = {
        option: sum(score * weight for score, weight in enumerate(held)) for option, held in by_score.items()
    }
    medians = {option: _place(held, HALF) for option, held in by_score.items()}
    return totals, Scores(scaled(totals, sum(ballots.values())), medians)


def describe_numbers(weights: Mapping[Fraction, int], ballots: int | None) -> Numbers:
    """Curve, medians, quartiles, interval; weights by number, ascending, some above 0.

    ballots is how many were cast if their weights are equal, otherwise None.
    """
    values, held = list(weights), list(weights.values())
    total, running = sum(held), 0
    curve: dict[Fraction, Fraction] = {}
    for value, weight in weights.items():
        running += weight
        curve[value] = Fraction(running, total)

    def between(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
        # what is at least `high` from below is, read from above, at least 1 - high
        return values[_place(held, low)], values[-1 - _place(held[::-1], 1 - high)]

    rank = _lower_rank(ballots) if ballots else 0
    share = Fraction(rank, ballots) if ballots else HALF
    interval = between(share, 1 - share) if rank else None
    return Numbers(curve, between(HALF, HALF), between(QUARTER, 1 - QUARTER), interval)


def midpoint(median: tuple[Fraction, Fraction], options: Sequence[Any] | None) -> Fraction:
    """The number that wins: midway between the lower and the upper median.

    In a range it is the step nearest to that, and of two equally near the lower one.
    """
    middle = sum(median, Fraction(0)) / 2
    if not options:
        return middle
    lowest, _, step = as_range(options)
    return lowest + math.ceil((middle - lowest) / step - HALF) * step


def describe_gradient(weights: Mapping[str, int], *, rule: Rule, empty: int, known: int) -> Gradient:
    """Shares, support, median, blocks and outcome; weights by step, some above 0.

    empty: the weight of abstentions; known: of all who might have voted.
    """
    total = sum(weights.values())
    favour, opposed = weights["strong_for"] + weights["for"], weights["against"] + weights["strong_against"]
    blocks = Fraction(weights["strong_against"], total)
    worst_first = list(reversed(STEPS))
    return Gradient(
        shares={step: Fraction(weights[step], total) for step in STEPS},
        support=Fraction(favour, favour + opposed) if favour + opposed else None,
        median=worst_first[_place([weights[step] for step in worst_first], HALF)],
        blocks=blocks,
        consent=not blocks,
        outcome=rule.outcome(favour, opposed, weights["strong_against"], weights["neutral"], empty, known),
    )


def _place(weights: Sequence[int], share: Fraction) -> int:
    """The first place at which the weights up to it are at least a share of all, above 0."""
    needed, running = share.numerator * sum(weights), 0
    for place, weight in enumerate(weights):
        running += weight * share.denominator
        if running >= needed:
            return place
    raise ValueError("A share can't be above 1.")


def _lower_rank(ballots: int) -> int:
    """The largest rank k with 95 % between the k-th smallest and the k-th largest ballot; 0 if there is none.

    The median of those they are drawn from lies outside with probability 2 P(B < k), B binomial with n
    ballots and 1/2. Source: David and Nagaraja 2003, Order Statistics, section 7.1.
    """
    if ballots > EXACT:
        return (100 * (ballots + 1) - 1 - math.isqrt(196**2 * ballots)) // 200  # (n + 1 - 1.96 sqrt n) / 2
    rank, below, cases = 0, 0, 1
    while 40 * (below + cases) <= 2**ballots:  # 2 P <= 1/20
        below += cases
        cases = cases * (ballots - rank) // (rank + 1)
        rank += 1
    return rank
'''

SOURCES['governance.votes.plain'] = r'''
"""Ballots of plain JSON read all at once: what many say alike is read once."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from governance.votes.ballots import HIGHEST_SCORE, Read


def plain_counts(
    method: str, ballots: Sequence[Any], names: tuple[str, ...], read: Read, *, budget: int
) -> dict[Hashable, int] | None:
    """How many of the ballots have each form, that of the empty ones being None; see reader.

    None where a ballot is not of the plain kind of its method, or may not be right: who reads them one by one
    finds the first of those and says what it lacks.
    """
    kind = next(map(type, ballots), None)
    try:
        if kind is str:
            said = Counter(ballots)
            return _read_once(said, read) if {*map(type, said)} == {str} else None
        if {*map(type, ballots)} != {kind}:
            return None
        if kind is list and method == "approval":
            chosen = Counter(map(frozenset, ballots))
            # looked at once for all who chose alike; whatever is named twice makes the lists longer
            told = sum(len(form) * times for form, times in chosen.items())
            wrong = told < sum(map(len, ballots)) or not frozenset().union(*chosen) <= {*names}
            return None if wrong else {form or None: times for form, times in chosen.items()}
        if kind is dict and method == "score":
            return _points(ballots, names, HIGHEST_SCORE, len(names) * HIGHEST_SCORE)
        if kind is dict and method == "dots":
            return _points(ballots, names, budget, budget)
    except (TypeError, ValueError, KeyError):  # what can't be looked up, or can't be counted
        pass
    return None


def _read_once(said: Counter[Any], read: Read) -> dict[Hashable, int]:
    counts: dict[Hashable, int] = {}
    for ballot, times in said.items():
        form = read(ballot)
        counts[form] = counts.get(form, 0) + times
    return counts


def _points(
    ballots: Sequence[dict[Any, Any]], names: tuple[str, ...], highest: int, budget: int
) -> dict[Hashable, int] | None:
    cast = [ballot for ballot in ballots if ballot]
    if len(names) > 1 and {*map(len, cast)} == {len(names)}:
        forms: list[tuple[Any, ...]] = [*map(itemgetter(*names), cast)]  # in the options' order
    else:
        nothing = dict.fromkeys(names, 0)
        whole = [nothing | ballot for ballot in cast]  # longer by what is none of the options
        if any(len(each) > len(names) for each in whole):
            return None
        forms = [tuple(each.values()) for each in whole]
    if not {*map(type, _all(forms))} <= {int}:  # True is an int to isinstance
        return None
    given = {0, *_all(forms)}
    if min(given) < 0 or max(given) > highest:
        return None
    if budget < len(names) * highest and max(map(sum, forms), default=0) > budget:
        return None
    counts: dict[Hashable, int] = dict(Counter(forms))
    if len(cast) < len(ballots):
        counts[None] = len(ballots) - len(cast)
    return counts


def _all(forms: Iterable[tuple[Any, ...]]) -> Iterable[Any]:
    return chain.from_iterable(forms)
'''

SOURCES['governance.votes.ranked'] = r'''
"""Who wins by rankings under Schulze, with the pairs and paths; and the lots that settle ties."""

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from governance.votes.ballots import scaled

Option = TypeVar("Option", str, Fraction, str | Fraction)
Ranking = tuple[tuple[str, ...], ...]  # the options of each rank, best first
Rankings = Mapping[Ranking, int]
Pairs = Mapping[str, Mapping[str, Fraction]]


@dataclass(frozen=True)
class Beatpaths:
    """What Schulze compares, of every two options.

    pairwise[a][b] is the weight that ranks a above b. paths[a][b] is the strength of the strongest path from
    a to b, which is that of its weakest link. A link is pairwise[a][b] where that is above pairwise[b][a]
    (winning votes), otherwise 0.
    """

    pairwise: Pairs
    paths: Pairs

    def margin(self, a: str, b: str) -> Fraction:
        """By how much weight more rank a above b than b above a."""
        return self.pairwise[a][b] - self.pairwise[b][a]


def order_of_lot(options: Iterable[Option], seed: str) -> tuple[Option, ...]:
    """Options in the order of SHA-256(seed + option), UTF-8, as everybody can check with the seed published.

    The first is the luckiest: it wins a tie, and the last is eliminated. A number is written as Fraction
    prints it, 1/20. Fair only with a seed that was fixed before the close and that nobody could choose.
    """
    return tuple(sorted(options, key=lambda option: hashlib.sha256(f"{seed}{option}".encode()).digest()))


def break_tie(options: Iterable[Option], seed: str) -> Option:
    """The option that a lot picks: the first in order_of_lot. Raises ValueError without any option."""
    ordered = order_of_lot(options, seed)
    if not ordered:
        raise ValueError("A lot needs at least one option.")
    return ordered[0]


def schulze(
    rankings: Rankings, options: tuple[str, ...], *, unit: int, left_out_last: bool
) -> tuple[tuple[str, ...], Mapping[str, Fraction], Beatpaths]:
    """Winners, how many others each option beats, and the pairs and paths by which it does.

    a beats b if its strongest path to b is stronger than the one back; nobody beats a winner, and there is
    always one. Options of the same rank are level, and so are those that a ballot leaves out; these come
    below all it ranks, or unless left_out_last are compared with no other. Links count by winning votes, as
    in the votes of Debian. Source: Schulze 2011, A new monotonic, clone-independent, reversal symmetric, and
    Condorcet-consistent single-winner election method.
    """
    above = {a: dict.fromkeys((b for b in options if b != a), 0) for a in options}
    for ranking, weight in rankings.items():
        below = set(options if left_out_last else itertools.chain.from_iterable(ranking))
        for rank in ranking:
            below.difference_update(rank)
            for a in rank:
                row = above[a]
                for b in below:
                    row[b] += weight
    paths = {a: {b: won if won > above[b][a] else 0 for b, won in row.items()} for a, row in above.items()}
    for via in options:
        for a in options:
            for b in options:
                if a != b and via not in (a, b):
                    paths[a][b] = max(paths[a][b], min(paths[a][via], paths[via][b]))
    beaten = {a: sum(paths[a][b] > paths[b][a] for b in paths[a]) for a in options}
    winners = tuple(a for a in options if all(paths[a][b] >= paths[b][a] for b in paths[a]))
    found = Beatpaths(*({a: scaled(row, unit) for a, row in pairs.items()} for pairs in (above, paths)))
    return winners, scaled(beaten, 1), found
'''

SOURCES['governance.votes.runoff'] = r'''
"""Instant runoff: its rounds, and who else could win if its lots fell otherwise."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from governance.votes.ranked import Rankings, order_of_lot

# Ballots looked at to find out who could win, about two seconds: no time, so that all machines find the same.
MOST_LOOKS = 2_000_000
LOOK = 300  # ballots that take as long as what is done once for all of them
IDLE = 20  # ways of drawing the lots in a row that show nobody new to win

Order = Mapping[int, int]  # place by option, equal where nothing has told two options apart


@dataclass(frozen=True)
class Round:
    """One round of an instant runoff: the weight of whoever still stands, and how the round ended.

    `tied` had the fewest together, before any break. The reasons:
    majority: one has more than half of what is not exhausted, and the count is over.
    fewest: nobody else had so few.
    together: the tied have less than the next one even if added up, so their order can't matter.
    earlier_round: of the tied, it had the fewest in the latest earlier round that tells them apart.
    lot: alike in every round, it comes last in the order of the seed.
    tie: a lot is needed and there is no seed; the rounds end here.
    """

    totals: Mapping[str, Fraction]
    exhausted: Fraction  # weight of ballots that rank nobody still standing
    eliminated: tuple[str, ...]
    reason: str
    tied: tuple[str, ...]


@dataclass(frozen=True)
class Runoff:
    """An instant runoff: its winner, None where a lot is needed and there is no seed, and its rounds.

    possible: whoever wins if the lots fall in some way, each of them shown to. unsettled: of whom it is not
    known, since finding out takes too long.
    """

    winner: str | None
    possible: tuple[str, ...]
    unsettled: tuple[str, ...]
    rounds: tuple[Round, ...]


def instant_runoff(
    rankings: Rankings,
    options: tuple[str, ...],
    *,
    unit: int,
    seed: str | None,
    most_looks: int = MOST_LOOKS,
) -> Runoff:
    """The count of rankings: weight in units by ranking, some above 0.

    Each round the option with the fewest goes and its ballots pass to the next ones they rank, until one has
    more than half of what is not exhausted. A ballot that ranks several equally, and nobody standing higher,
    is shared among them in equal parts. Ties for the fewest are broken as Round says. Every way to draw the
    lots is followed, but for those that can't bring another winner. Source of following all: Conitzer,
    Rognlie and Xia 2009, parallel universes.
    """
    field = _Field(rankings, options)
    rounds, winner = _rounds(field, unit, seed)
    shown = unsettled = 0
    if winner and all(each.reason != "lot" for each in rounds):
        shown = winner
    else:
        shown, unsettled = _could_win(field, winner, most_looks)
    return Runoff(
        field.names(winner)[0] if winner else None, field.names(shown), field.names(unsettled), rounds
    )


class _Field:
    """The ballots over sets of options, a bit for each: what everybody has once only these stand."""

    def __init__(self, rankings: Rankings, options: tuple[str, ...]) -> None:
        self.bits = {option: 1 << place for place, option in enumerate(options)}
        most = max(len(rank) for ranking in rankings for rank in ranking)
        self.parts = math.lcm(*range(1, 1 + most))  # of a unit, so that every share of a ballot is whole
        self.ballots = [
            (tuple(sum(self.bits[option] for option in rank) for rank in ranking), weight * self.parts)
            for ranking, weight in rankings.items()
        ]
        self.weight = sum(weight for _, weight in self.ballots)
        self.looks = 0
        self._totals: dict[int, dict[int, int]] = {}

    def names(self, held: int) -> tuple[str, ...]:
        return tuple(option for option, bit in self.bits.items() if bit & held)

    def totals(self, standing: int) -> dict[int, int]:
        """Parts of weight by option that stands."""
        if standing in self._totals:
            return self._totals[standing]
        self.looks += LOOK + len(self.ballots)
        totals = {bit: 0 for bit in self.bits.values() if bit & standing}
        for ranks, weight in self.ballots:
            for rank in ranks:
                best = rank & standing
                if best:
                    if best in totals:
                        totals[best] += weight
                    else:
                        share = weight // best.bit_count()
                        for bit in _each(best):
                            totals[bit] += share
                    break
        self._totals[standing] = totals
        return totals

    def hopeful(self, standing: int, asked: int) -> tuple[int, int]:
        """Of the options asked about, those that might win yet; and who stands once others must have gone.

        What one has can only grow while others go. So whoever would have less, were only the strongest left
        beside it, than each of these has now, goes before all of them however lots fall, and can't win. Nor
        can who loses to every other alone, whoever is the last. Where all but the strongest go before these,
        these are who stands after it; where that is never so, it is everybody.
        """
        if not asked:
            return 0, standing
        totals = self.totals(standing)
        after = standing
        for least in sorted(set(totals.values()), reverse=True)[:-1]:
            strongest = sum(bit for bit, total in totals.items() if total >= least)
            most = self._most(standing & ~strongest, strongest)
            below = sum(bit for bit, total in most.items() if total < least)
            asked &= ~below
            if not asked:
                return 0, standing
            if after == standing and below | strongest == standing:
                after = strongest
        for x in _each(asked):
            duels = (self.totals(x | y) for y in totals if y != x)
            if standing != x and all(2 * duel[x] < sum(duel.values()) for duel in duels):
                asked &= ~x
        return asked, after

    def _most(self, asked: int, others: int) -> dict[int, int]:
        """What each of those asked about would have with only the others beside it."""
        self.looks += LOOK + len(self.ballots)
        most = dict.fromkeys(_each(asked), 0)
        for ranks, weight in self.ballots:
            for rank in ranks:
                if rank in most:
                    most[rank] += weight
                elif rank & asked:
                    share = weight // ((rank & others).bit_count() + 1)
                    for bit in _each(rank & asked):
                        most[bit] += share
                if rank & others:
                    break
        return most


def _rounds(field: _Field, unit: int, seed: str | None) -> tuple[tuple[Round, ...], int]:
    """The rounds as the seed draws the lots, up to the first lot without one; and who wins, 0 for nobody."""
    standing = sum(field.bits.values())
    order: Order = dict.fromkeys(field.bits.values(), 0)
    rounds: list[Round] = []
    while True:
        totals = field.totals(standing)
        reason, tied, out = _end_of_round(totals, order)
        if reason == "lot":
            drawn = order_of_lot(field.names(out), seed)[-1] if seed is not None else None
            reason, out = ("tie", 0) if drawn is None else (reason, field.bits[drawn])
        parts = unit * field.parts
        rounds.append(
            Round(
                {field.names(bit)[0]: Fraction(total, parts) for bit, total in totals.items()},
                Fraction(field.weight - sum(totals.values()), parts),
                field.names(out) if reason != "majority" else (),
                reason,
                field.names(tied),
            )
        )
        if reason in ("majority", "tie"):
            return tuple(rounds), out
        order = _placed(totals, order, out)
        standing &= ~out


def _could_win(field: _Field, winner: int, most_looks: int) -> tuple[int, int]:
    """Who wins if lots fall in some way, and of whom that is not known; winner: one who does, or 0.

    First lots are drawn at random for a while. Whom that does not show to win can't if they could not either
    were every tie broken by a lot, which is quicker to find out; otherwise it is looked for among all ways.
    """
    shown = _by_chance(field, winner)
    everybody = sum(field.bits.values())
    free, doubtful = _follow(field, everybody & ~shown, most_looks // 2, by_lot_alone=True)
    found, unsettled = _follow(field, free | doubtful, most_looks, by_lot_alone=False)
    return shown | found, unsettled


def _by_chance(field: _Field, shown: int) -> int:
    """Those shown to win, and those that win by some ways of drawing the lots."""
    source = random.Random(0)
    everybody = sum(field.bits.values())
    idle = 0
    while idle < IDLE and field.hopeful(everybody, everybody & ~shown)[0]:
        standing, order = everybody, dict.fromkeys(field.bits.values(), 0)
        while True:
            totals = field.totals(standing)
            reason, _, out = _end_of_round(totals, order)
            if reason == "majority":
                break
            if reason == "lot":
                known = out & shown if idle % 2 else 0
                out = source.choice(_each(known or out))
            order = _placed(totals, order, out)
            standing &= ~out
        idle = idle + 1 if out & shown else 0
        shown |= out
    return shown


def _follow(field: _Field, asked: int, most_looks: int, *, by_lot_alone: bool) -> tuple[int, int]:
    """Of those asked about: who wins in some way of drawing the lots, and of whom it is not known.

    by_lot_alone: a lot breaks every tie, whatever earlier rounds say. What follows depends on who stands and,
    unless by_lot_alone, on how earlier rounds order them: each such state is followed once, and only while
    somebody who is asked about might win yet.
    """
    found = 0
    seen: set[tuple[int, tuple[int, ...]]] = set()
    everybody = sum(field.bits.values())
    to_follow: list[tuple[int, Order]] = [(everybody, dict.fromkeys(field.bits.values(), 0))]
    while to_follow and field.looks <= most_looks:
        standing, order = to_follow.pop()
        while True:
            totals = field.totals(standing)
            reason, _, out = _end_of_round(totals, dict.fromkeys(order, 0) if by_lot_alone else order)
            if reason == "majority":
                found |= out & asked
                break
            if reason == "lot":
                places = () if by_lot_alone else tuple(_placed(totals, order, 0).values())
                hopeful, after = field.hopeful(standing, asked & standing & ~found)
                if not hopeful or (standing, places) in seen:
                    break
                seen.add((standing, places))
                left = field.totals(after).values()
                if after == standing or (not by_lot_alone and len(set(left)) < len(left)):
                    # the last is followed first: those stay who might win
                    lots = sorted(_each(out), key=lambda bit: not bit & hopeful)
                    to_follow += [(standing & ~bit, _placed(totals, order, bit)) for bit in lots]
                    break
                out = standing & ~after
            order = _placed(totals, order, out)
            standing &= ~out
    doubtful = 0
    for standing, _ in to_follow:
        doubtful |= field.hopeful(standing, asked & standing & ~found)[0]
    return found, doubtful


def _end_of_round(totals: Mapping[int, int], order: Order) -> tuple[str, int, int]:
    """Why it ends (see Round), who is tied for the fewest, and who goes or wins or is in the lot."""
    most = max(totals, key=totals.__getitem__)
    if 2 * totals[most] > sum(totals.values()):
        return "majority", 0, most
    fewest = min(totals.values())
    tied = [bit for bit, total in totals.items() if total == fewest]
    if len(tied) == 1:
        return "fewest", 0, tied[0]
    if fewest * len(tied) < min((total for total in totals.values() if total > fewest), default=0):
        return "together", sum(tied), sum(tied)
    lowest = min(order[bit] for bit in tied)
    alike = [bit for bit in tied if order[bit] == lowest]
    return "lot" if len(alike) > 1 else "earlier_round", sum(tied), sum(alike)


def _placed(totals: Mapping[int, int], order: Order, out: int) -> Order:
    """The order of those who stay: by this round, and by those before it where this one tells nothing."""
    keys = {bit: (total, order[bit]) for bit, total in totals.items() if not bit & out}
    places = {key: place for place, key in enumerate(sorted(set(keys.values())))}
    return {bit: places[key] for bit, key in keys.items()}


def _each(held: int) -> list[int]:
    bits: list[int] = []
    while held:
        bits.append(held & -held)
        held &= held - 1
    return bits
'''

SOURCES['governance.votes.tally'] = r'''
"""What a vote decides: ballots in, winners and everything that led to them out, without rounding."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from governance.votes.ballots import BUDGET, METHODS, STEPS, as_names, as_whole, check_ballot, reader, scaled
from governance.votes.measured import (
    Gradient,
    Numbers,
    Scores,
    describe_gradient,
    describe_numbers,
    describe_scores,
    midpoint,
)
from governance.votes.plain import plain_counts
from governance.votes.ranked import Beatpaths, break_tie, schulze
from governance.votes.rule import DEFAULT, Rule
from governance.votes.runoff import Round, instant_runoff

__all__ = ["METHODS", "STEPS", "TallyResult", "break_tie", "check_ballot", "tally"]


@dataclass(frozen=True)
class TallyResult:
    """The outcome of a vote.

    `winners`: all that win together, or the one that the seed picks; empty if nothing has weight. `tie`: all
    that win together without a seed, or of an instant runoff all that could win if lots fell otherwise, in
    the order of the options; empty for fewer than two. `unsettled`: who might be in that tie as well, in an
    instant runoff with so many ways to draw the lots that it was not found out. Every weight, share and
    number is a Fraction.

    | method           | winners                       | totals                                  | detail    |
    | ---------------- | ----------------------------- | --------------------------------------- | --------- |
    | single, approval | options with the most weight  | weight                                  | None      |
    | score            | options with the most points  | points x weight                         | Scores    |
    | dots             | options with the most points  | points x weight                         | None      |
    | ranked_irv       | see instant_runoff            | weight in the last round it stood       | None      |
    | ranked_schulze   | options that nobody beats     | how many others it beats                | Beatpaths |
    | numeric          | the median, see midpoint      | weight by number, ascending             | Numbers   |
    | gradient         | the outcome, see Gradient     | weight by step                          | Gradient  |
    """

    method: str
    winners: tuple[str | Fraction, ...]
    totals: Mapping[Any, Fraction]
    rounds: tuple[Round, ...]  # of an instant runoff
    tie: tuple[str | Fraction, ...]
    unsettled: tuple[str, ...]
    detail: Scores | Beatpaths | Numbers | Gradient | None  # None too where nothing has weight
    ballots: int  # counted; those of weight 0 too
    empty: int  # abstentions, counted apart
    total_weight: Fraction  # of the ballots counted


def tally(
    method: str,
    ballots: Iterable[Any],
    options: Sequence[Any] | None,
    *,
    weights: Iterable[Any] | None = None,
    seed: str | None = None,
    budget: int = BUDGET,
    rule: Rule = DEFAULT,
    known: int = 0,
    unranked: Literal["last", "no_opinion"] = "last",
) -> TallyResult:
    """The result of ballots (n,) under a method; check_ballot says what they and the options look like.

    weights (n,): whole numbers, Fractions, Decimals or floats, taken for exactly what they are; None counts
    everybody once. Only their ratios matter, a weight of 2 is two ballots (but for the interval of a median,
    which asks how many voted), and neither does the order of the ballots. seed: where one winner must be
    picked, break_tie picks it; fix the seed before the close. budget: dots that a ballot may give. rule: when
    gradients adopt, and known, for its share of the electorate, how many might have voted; those who took
    part are among them. unranked: what leaving an option out of a ranking means under Schulze, that it is
    last or that it is compared with no other.

    Raises ValueError for the first ballot that can't be counted, and for weights that are negative, not
    finite, or not one for each ballot.
    """
    if unranked not in ("last", "no_opinion"):
        raise ValueError("What is not ranked is “last” or stands for “no_opinion”.")
    read = reader(method, options, budget=budget)
    cast = list(ballots)
    names = _names(method, options)
    sizes: set[int] = set()
    empty = abstained = 0
    unit, counts = 1, None
    if weights is None:
        counts = plain_counts(method, cast, names, read, budget=budget)
    if counts is not None:
        empty = abstained = counts.pop(None, 0)
        sizes.add(1)
    else:
        whole, unit = as_whole(weights, len(cast))
        counts = dict[Hashable, int]()  # equal ballots are added up once and counted once
        for ballot, weight in zip(cast, whole, strict=True):
            form = read(ballot)
            if form is None:
                empty += 1
                abstained += weight
            else:
                counts[form] = counts.get(form, 0) + weight
                sizes.add(weight)
    counted, total = len(cast) - empty, sum(counts.values())
    if total:
        alike = counted if len(sizes) == 1 else None
        if method == "gradient":
            found = _count_steps(counts, tuple(STEPS), unit, rule, abstained, known * unit)
        else:
            found = _count(
                method, counts, names, options, unit=unit, seed=seed, alike=alike, last=unranked == "last"
            )
    else:
        found = _Count((), dict.fromkeys(names, Fraction(0)))
    tie = found.best if len(found.best) > 1 else ()
    return TallyResult(
        method=method,
        winners=(found.picked or break_tie(tie, seed),) if tie and seed is not None else found.best,
        totals=found.totals,
        rounds=found.rounds,
        tie=tie,
        unsettled=found.unsettled,
        detail=found.detail,
        ballots=counted,
        empty=empty,
        total_weight=Fraction(total, unit),
    )


@dataclass(frozen=True)
class _Count:
    best: tuple[str | Fraction, ...]  # all that win without a seed
    totals: Mapping[Any, Fraction]
    detail: Scores | Beatpaths | Numbers | Gradient | None = None
    rounds: tuple[Round, ...] = ()
    picked: str | None = None  # by lots on the way
    unsettled: tuple[str, ...] = ()


def _count(
    method: str,
    counts: Any,
    names: tuple[str, ...],
    options: Sequence[Any] | None,
    *,
    unit: int,
    seed: str | None,
    alike: int | None,
    last: bool,
) -> _Count:
    """The count of ballots of some weight; counts: weight in units by form of ballot (see reader)."""
    if method == "ranked_irv":
        runoff = instant_runoff(counts, names, unit=unit, seed=seed)
        last_held = {option: total for each in runoff.rounds for option, total in each.totals.items()}
        return _Count(
            runoff.possible,
            last_held,
            rounds=runoff.rounds,
            picked=runoff.winner,
            unsettled=runoff.unsettled,
        )
    if method == "ranked_schulze":
        return _Count(*schulze(counts, names, unit=unit, left_out_last=last))
    if method == "numeric":
        ascending = dict(sorted((Fraction(*ratio), weight) for ratio, weight in counts.items()))
        numbers = describe_numbers(ascending, alike)
        return _Count((midpoint(numbers.median, options),), scaled(ascending, unit), numbers)
    totals, detail = dict.fromkeys(names, 0), None
    if method == "score":
        totals, detail = describe_scores(counts, names)
    elif method == "dots":
        for points, weight in counts.items():
            for option, given in zip(names, points, strict=True):
                totals[option] += given * weight
    else:
        for chosen, weight in counts.items():
            for option in chosen:
                totals[option] += weight
    most = max(totals.values())
    best = tuple(option for option, total in totals.items() if total == most)
    return _Count(best, scaled(totals, unit), detail)


def _count_steps(
    counts: Any, names: tuple[str, ...], unit: int, rule: Rule, empty: int, known: int
) -> _Count:
    totals = {step: counts.get((step,), 0) for step in names}
    gradient = describe_gradient(totals, rule=rule, empty=empty, known=known)
    return _Count((gradient.outcome,), scaled(totals, unit), gradient)


def _names(method: str, options: Sequence[Any] | None) -> tuple[str, ...]:
    if method == "numeric":
        return ()
    return tuple(STEPS) if method == "gradient" else as_names(options)
'''

SOURCES['governance.verification'] = r'''
"""The verification of an exported poll: its ballots as a set, its count, its head."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from governance.commitments import canonical, sha256
from governance.export import (
    STEP,
    checked_export,
    claim,
    commitments_of,
    head_of,
    in_order,
    rule_of,
    shown,
)
from governance.text import counted

DIGITS = 64  # of a head
_FEWEST = 16  # of its first digits will do


@dataclass(frozen=True)
class Verification:
    """Whether an export holds together, what is wrong with it, and the result of counting it again."""

    ok: bool
    problems: tuple[str, ...]
    counted: int
    recount: Mapping[str, Any] | None  # winners and totals; None where no choices are, or none can be counted
    salted: int  # ballots that were counted and have their salt, so that a receipt proves each
    in_force: int  # ballots at the close, counted or withheld
    compared: int  # digits of the head that was given, all of which it has; 0 without one


def verify(
    exported: object, *, head: str | None = None, tally: Callable[..., Any] | None = None
) -> Verification:
    """Check an export: that each ballot in force is counted once, the count itself, and the head.

    exported is the parsed JSON. head: the one that the channel showed, or its first 16 digits or more;
    without it whoever made the export could have made all of it anew. tally: governance.tally.tally unless
    another is given. It can't tell who the voters are, nor whether they exist. Raises ValueError with one
    sentence for what is no such export and for what is no head.
    """
    said = checked_export(exported)
    problems: list[str] = []
    commitments = commitments_of(said)
    if said["head"] != head_of(said, commitments):
        problems.append("The head does not follow from the ballots and the outcome.")
    given = _head(head)
    if given and not said["head"].startswith(given):
        problems.append("The head is another one than the one you gave: this is not what was published.")
    seed, promised = said["tie_seed"], said["poll"]["tie_seed_commitment"]
    if (seed is None) != (promised is None) or (seed is not None and sha256(seed) != promised):
        problems.append("The tie seed is not the one that was committed to.")
    if twice := len(commitments) - len(set(commitments)):
        problems.append(f"{counted(twice, 'ballot is', 'ballots are')} there more than once.")
    if not in_order(said):
        problems.append("The ballots are not in the order of the format.")
    salts = [salt for row in said["ballots"] for salt in row["salts"]]
    erased = sum(salt is None for salt in salts)
    recount = None
    if said["result"] is None:
        least = rule_of(said["poll"])[0].least_ballots
        if len(commitments) >= least:
            problems.append(
                f"The choices are withheld, though {counted(len(commitments), 'ballot is', 'ballots are')} "
                f"in force and from {least:,} on they have to be told."
            )
    else:
        if erased != len(said["commitments"]):
            problems.append(
                f"{counted(erased, 'choice has', 'choices have')} no salt, but "
                f"{counted(len(said['commitments']), 'ballot has', 'ballots have')} no choice."
            )
        for name, view in said["weighted"].items():
            if view is not None and any(share % STEP or not 0 <= share <= 100 for share in view.values()):
                problems.append(f"The weighted shares of {shown(name)} are not in steps of {STEP} points.")
        recount = _recount(said, tally, problems)
    return Verification(
        not problems,
        tuple(problems),
        len(salts),
        recount,
        len(salts) - erased,
        len(commitments),
        len(given),
    )


def _head(given: str | None) -> str:
    """A head, or its beginning, as it was given: "" for none."""
    if given is None:
        return ""
    digits = re.sub(r"[\s`…]", "", given).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{_FEWEST},{DIGITS}}}", digits):
        raise ValueError(f"A head has {DIGITS} hexadecimal digits; its first {_FEWEST} or more will do.")
    return digits


def _recount(
    said: Mapping[str, Any], tally: Callable[..., Any] | None, problems: list[str]
) -> dict[str, Any] | None:
    count = tally
    if count is None:
        # here, because whoever brings a tally needs no other
        from governance.votes.tally import tally as own

        count = own
    poll, ballots = said["poll"], [row["choice"] for row in said["ballots"] for _ in row["salts"]]
    settings: dict[str, Any] = {} if poll["budget"] is None else {"budget": poll["budget"]}
    if poll["method"] == "gradient":
        settings["rule"], settings["known"] = rule_of(poll)
    try:
        recount = claim(count(poll["method"], ballots, poll["options"], seed=said["tie_seed"], **settings))
    except ValueError as error:
        problems.append(f"The choices can't be counted: {shown(str(error))}")
        return None
    if canonical(recount) != canonical(said["result"]):
        problems.append("Counting the choices again gives another result than the one that is claimed.")
    return recount
'''

SOURCES['governance.receipts'] = r'''
"""A voter's receipt, and what anybody is told of an exported poll: `python -m governance.receipts`."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.commitments import canonical, commit, sha256, terms_hash
from governance.export import LARGEST, checked_export, commitments_of, read_export, shown
from governance.text import counted
from governance.verification import DIGITS, Verification, verify

__all__ = ["Receipt", "Verification", "find_receipt", "main", "read_receipt", "receipt_text", "verify"]

_TEXT, _BEFORE = "roundtable-receipt-2", "roundtable-receipt-1"
_NUMBER = "[1-9][0-9]{0,18}"  # of a poll
_TOLD = 10  # problems printed


@dataclass(frozen=True)
class Receipt:
    """What a voter keeps: with it and the export, they find their ballot among those that were counted.

    It names no place and no time, so that nobody who sees it learns which other ballot came before or after.
    """

    poll: int
    commitment: str
    salt: str
    terms: str | None  # SHA-256 of what was settled when the poll opened; None in the first kind of receipts


def receipt_text(receipt: Receipt) -> str:
    """A receipt in about 200 characters, which read_receipt takes back."""
    said = f"{_TEXT}:{receipt.poll}:{receipt.commitment}:{receipt.salt}:{receipt.terms}"
    return f"{said}:{sha256(said)[:8]}"


def read_receipt(text: str) -> Receipt:
    """The receipt in a text, with or without what Discord puts around it, also of the first kind.

    Raises ValueError for anything else, and for a receipt with a mistyped character.
    """
    said, _, check = re.sub(r"[\s`]", "", text).rpartition(":")
    word, *parts = said.split(":")
    before = word == _BEFORE and len(parts) == 5  # with its place in a list, and the head of that list
    if not (before or (word == _TEXT and len(parts) == 4)) or not re.fullmatch(_NUMBER, parts[0]):
        raise ValueError(f"This is no receipt: one begins with “{_TEXT}:” and has six parts.")
    if check != sha256(said)[:8]:
        raise ValueError("A character of this receipt is wrong: its last part does not fit the rest.")
    poll, commitment, salt, terms = (parts[0], *parts[2:4], None) if before else parts
    return Receipt(int(poll), commitment, salt, terms)


def find_receipt(exported: object, receipt: Receipt) -> tuple[bool, str]:
    """Whether the ballot of a receipt is in force, and what became of it in a sentence.

    It says what the export says: verify that as well. Raises ValueError as verify does.
    """
    said = checked_export(exported)
    if said["poll"]["id"] != receipt.poll:
        return False, "This receipt is from another poll."
    if receipt.terms not in (None, terms_hash(said["poll"])):
        return False, (
            "This receipt is from a poll that was opened with other words, options or rules than these: the "
            "receipt is made up, or the poll was changed."
        )
    for row in said["ballots"]:
        if receipt.salt in row["salts"] and commit(row["choice"], receipt.salt) == receipt.commitment:
            return True, (
                f"This ballot is in the counted list, unchanged: {shown(canonical(row['choice']))}."
            )
    if receipt.commitment not in commitments_of(said):
        return False, (
            "This ballot is not among those in force at the close. If you changed it or took it back after "
            "this receipt, that is why. If not, it was left out, or the receipt is made up."
        )
    if said["result"] is None:
        return True, (
            "This ballot is in the list, unchanged. So few took part that no choice is published, this one "
            "neither."
        )
    return True, (
        "This ballot is in the list, and a choice like it is counted without its salt, which its voter had "
        "erased after the close."
    )


def main(arguments: Sequence[str] | None = None, *, tally: Callable[..., Any] | None = None) -> int:
    """Verify a file: 0 if it holds together, 1 with what is wrong, 2 if it is no export."""
    parser = argparse.ArgumentParser(prog="python -m governance.receipts")
    verifying = parser.add_subparsers(required=True).add_parser("verify", help="check the export of a poll")
    return _verified(_asking(verifying, parser, arguments), tally)


def main_alone(arguments: Sequence[str] | None = None) -> int:
    """The same for verify.py, which does nothing else."""
    parser = argparse.ArgumentParser(prog="python verify.py", description="Check the export of a poll.")
    return _verified(_asking(parser, parser, arguments), None)


def _asking(
    verifying: argparse.ArgumentParser, parser: argparse.ArgumentParser, arguments: Sequence[str] | None
) -> argparse.Namespace:
    verifying.add_argument("file", type=Path, help="the export, a JSON file")
    verifying.add_argument("--head", help="the head that the poll's card shows, or its first 16 digits")
    verifying.add_argument("--receipt", help="your receipt, to see what became of your ballot")
    return parser.parse_args(arguments)


def _verified(asked: argparse.Namespace, tally: Callable[..., Any] | None) -> int:
    try:
        with asked.file.open("rb") as file:
            exported = read_export(file.read(LARGEST + 1))
        checked = verify(exported, head=asked.head, tally=tally)
        found = [find_receipt(exported, read_receipt(asked.receipt))[1]] if asked.receipt else []
    except OSError as error:
        sys.stderr.write(f"The file can't be read: {error.strerror}.\n")
        return 2
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n".join([*_report(exported, checked), *found]) + "\n")
    return 0 if checked.ok else 1


def _report(exported: Any, checked: Verification) -> list[str]:
    """What was found, what was checked, and what no check of this file can tell."""
    title = shown(exported["poll"]["title"])
    if not checked.ok:
        told = checked.problems[:_TOLD]
        more = [f"And {len(checked.problems) - _TOLD} more."] if len(checked.problems) > _TOLD else []
        return [f"“{title}” does NOT hold together:", *told, *more]
    if exported["result"] is None:
        told = [
            f"“{title}”: the list holds together. Too few ballots were cast ({checked.in_force}), so the "
            "choices are withheld and only the list was checked.",
            f"Checked: the head stands for {counted(checked.in_force, 'ballot')}, each there once.",
            "Not checked: what was chosen, and what would have won.",
        ]
    else:
        winners = ", ".join(shown(canonical(winner)) for winner in exported["result"]["winners"])
        told = [
            f"“{title}” holds together: {counted(checked.counted, 'ballot')} counted.",
            f"Checked: {_salted(checked)}",
            f"Checked: counted again, one vote per member, {winners or 'nobody'} won and every total is as "
            "claimed.",
        ]
        if any(view is not None for view in exported["weighted"].values()):
            told.append("Not checked: the weighted shares, since nobody's stake is in the export.")
    return [
        *told,
        _compared(exported["head"], checked.compared),
        "Not checked: whether a ballot was left out or put in before the close. Each voter sees by their own "
        "receipt that theirs is here; nobody sees from any file that every ballot came from a member who "
        "exists: for that you trust whoever runs the bot.",
    ]


def _salted(checked: Verification) -> str:
    every = "the head stands for these ballots, the terms and the result; each ballot is there once"
    erased = checked.counted - checked.salted
    if not erased:
        return f"{every}, and a receipt finds it."
    return (
        f"{every}. {checked.salted} of {counted(checked.counted, 'counted ballot')} can be found by a "
        f"receipt; {counted(erased, 'voter')} had their salt erased after the close: that as many are in the "
        "list was checked, that the choice is the one they cast can't be."
    )


def _compared(head: str, digits: int) -> str:
    if digits == DIGITS:
        return "Checked: the head is the one you gave."
    if digits:
        return (
            f"Checked: the first {counted(digits, 'digit')} of the head are the ones you gave; the other "
            f"{DIGITS - digits} were not compared."
        )
    return (
        "Not checked: whether this is what the server was shown. Compare this with the head on the poll's "
        f"card: {head}"
    )


if __name__ == "__main__":
    sys.exit(main())
'''


def either(one, other):
    """What one | other means: of two types either of them, also before Python 3.10."""
    is_type = isinstance(one, type) or hasattr(one, "__origin__")
    return typing.Union[one, other] if is_type else one | other


class Older(ast.NodeTransformer):
    """What Python 3.9 does not know, in words that it knows."""

    def visit_Call(self, node):
        name = getattr(node.func, "id", "")
        if name == "isinstance" and isinstance(node.args[1], ast.BinOp):
            node.args[1] = ast.Tuple(self.parts(node.args[1]), ast.Load())
        if name == "zip":  # it only makes sure of equal lengths
            node.keywords = [each for each in node.keywords if each.arg != "strict"]
        return self.generic_visit(node)

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.BitOr):
            return node
        return ast.Call(ast.Name("either", ast.Load()), [node.left, node.right], [])

    def parts(self, node):
        if isinstance(node, ast.BinOp):
            return self.parts(node.left) + self.parts(node.right)
        return [node]


def load():
    """Run the sources in their order, each as the module that it is."""
    if sys.version_info < (3, 9):
        sys.exit("This needs Python 3.9 or newer.")
    types.NoneType = type(None)
    typing.TypeGuard = getattr(typing, "TypeGuard", None)
    for name in ("governance", "governance.votes"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = []
    for name, source in SOURCES.items():
        module = sys.modules[name] = types.ModuleType(name)
        module.either = either
        tree = ast.fix_missing_locations(Older().visit(ast.parse(source)))
        # annotations are left as they are written
        later = __future__.annotations.compiler_flag
        exec(compile(tree, name, "exec", flags=later, dont_inherit=True), module.__dict__)


if __name__ == "__main__":
    load()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    sys.exit(sys.modules["governance.receipts"].main_alone())
