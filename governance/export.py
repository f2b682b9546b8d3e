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
