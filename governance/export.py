"""The export of a closed poll, which anybody can verify."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from types import NoneType
from typing import Any, NoReturn, TypeGuard, cast

from governance.chain import Entry, append, canonical, sha256, start
from governance.votes.rule import BEFORE, Rule

FORMAT = "roundtable-poll-1"
LARGEST = 8 * 1024 * 1024  # bytes of a file; some 20,000 ballots
STEP = 5  # points of the weighted shares

_HASH = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(r"[0-9a-f]{32}")
_MOST = 10**9  # ballots, ids
_Fields = Mapping[str, type | tuple[type, ...]]

_EXPORT: _Fields = {
    "format": str,
    "poll": dict,
    "chain": list,
    "choices": list,
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
_ENTRY: _Fields = {
    "sequence": int,
    "commitment": (str, NoneType),
    "replaces": (int, NoneType),
    "previous": str,
    "head": str,
}
_CHOICE: _Fields = {"choice": object, "salt": (str, NoneType)}
_RESULT: _Fields = {"winners": list, "totals": object}


def claim(result: Any) -> dict[str, Any]:
    """Winners and totals of a tally's result as JSON; fractions as text such as "7/2"."""
    return {"winners": _plain(result.winners), "totals": _plain(result.totals)}


def export(
    poll: Mapping[str, Any],
    chain: Sequence[Entry],
    counted: Sequence[tuple[Any, str | None]],
    *,
    result: Mapping[str, Any] | None,
    weighted: Mapping[str, Mapping[str, int] | None],
    tie_seed: str | None = None,
) -> dict[str, Any]:
    """The export of a closed poll: one JSON object.

    - format: "roundtable-poll-1"
    - poll: id, title, method, options, budget (of dots, or null), opened, closed, tie_seed_commitment, the
      SHA-256 of the text of the seed, or null, and rule: least_ballots, blocks, favour and electorate as
      governance.votes.rule.Rule has them, and known, how many might vote; without it, the rule is BEFORE
    - chain: in order, sequence (1, 2, ...), commitment, replaces, previous, head. A new ballot replaces
      nothing (null), a changed one the sequence it replaces; so does a withdrawal, with null for a commitment
    - choices: every counted ballot as choice and salt, sorted by the canonical text of both, so that their
      order tells nothing; whoever erased their traces after the close has null for a salt
    - tie_seed: the text of the seed, or null
    - result: what is claimed for one vote per member: winners and totals, as claim writes them; null where
      fewer ballots than the rule's least_ballots were cast: then choices and weighted are empty, and the
      commitments stand alone
    - weighted: for each strategy the percent of the weight per label, in steps of 5 points, or null
    - head: the last link, which the poll's message in the channel has to show too

    Canonical text is JSON with sorted keys, no spaces, no escapes. A commitment is SHA-256(canonical choice
    + salt). The first previous is SHA-256(canonical poll without closed); a head is SHA-256(previous,
    commitment or "withdrawn", replaces or 0, joined by line feeds). The last head follows upon the chain in
    the same way, its commitment being SHA-256(canonical object of closed, choices without salts, tie_seed,
    result, weighted). So nothing can change once it was shown, except that salts may go.

    counted (n,): every choice in force with its salt, None where it was erased. Raises ValueError for what
    JSON can't say.
    """
    rows = [] if result is None else sorted(counted, key=_place)
    made: dict[str, Any] = {
        "format": FORMAT,
        "poll": dict(poll),
        "chain": [dict(vars(entry)) for entry in chain],  # asdict takes ten times as long
        "choices": [{"choice": choice, "salt": salt} for choice, salt in rows],
        "tie_seed": tie_seed,
        "result": None if result is None else dict(result),
        "weighted": {}
        if result is None
        else {name: None if view is None else dict(view) for name, view in weighted.items()},
    }
    made["head"] = append(chain[-1].head if chain else start(poll), outcome(made))
    return json.loads(canonical(made))


def outcome(exported: Mapping[str, Any]) -> str:
    """The commitment to everything that is settled when the poll closes."""
    settled = {name: exported[name] for name in ("tie_seed", "result", "weighted")}
    settled |= {
        "closed": exported["poll"]["closed"],
        "choices": [row["choice"] for row in exported["choices"]],
    }
    return sha256(canonical(settled))


def in_order(choices: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the choices come in the order of the format."""
    places = [_place((row["choice"], row["salt"])) for row in choices]
    return places == sorted(places)


def read_export(data: bytes) -> object:
    """The JSON of a file. Raises ValueError with one sentence for more than 8 MB and for what is no JSON."""
    if len(data) > LARGEST:
        raise ValueError("The file is larger than 8 MB, more than the export of a poll can be.")
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
    if not all(_is(option, (str, int, float)) for option in poll["options"] or ()):
        raise ValueError("The options of the poll must be texts or numbers.")
    _patterned(poll, _HASH, ("tie_seed_commitment",), "The poll")
    _patterned(said, _HASH, ("head",), "The export")
    for number, row in enumerate(said["chain"], 1):
        _shaped(row, _ENTRY, f"Entry {number}")
        _patterned(row, _HASH, ("commitment", "previous", "head"), f"Entry {number}")
    for number, row in enumerate(said["choices"], 1):
        _shaped(row, _CHOICE, f"Choice {number}")
        _patterned(row, _SALT, ("salt",), f"Choice {number}")
    if said["result"] is not None:
        _shaped(said["result"], _RESULT, "The result")
    elif said["choices"] or said["weighted"]:
        raise ValueError("The result is withheld, but choices or weighted shares are there.")
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


def _patterned(row: Mapping[str, Any], pattern: re.Pattern[str], fields: Sequence[str], name: str) -> None:
    for field in fields:
        if row[field] is not None and not pattern.fullmatch(row[field]):
            raise ValueError(
                f"“{field}” of {name[0].lower()}{name[1:]} is not in hexadecimal digits as it should be."
            )


def _place(row: tuple[Any, str | None]) -> tuple[str, str]:
    return canonical(row[0]), row[1] or ""


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
