"""Which fields Numerai's API has: what is gone is not asked for, and what then can't be answered is said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tournament.numerai.asking.queries import OTHER_SPELLINGS, Query, parsed
from tournament.source import SourceError

SEE = "Whoever runs this bot can see what is missing with: python bot.py check."
MOST_FIELDS = 2000  # of a type


@dataclass(frozen=True)
class Fit:
    """How a question is asked of the API as it is: its text, and which of its fields are missing."""

    text: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schema:
    """The root fields with their arguments and types, and the fields of those types; empty while unknown."""

    roots: Mapping[str, Any] = field(default_factory=dict)  # root -> {"args": {name: type}, "type": name}
    types: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # type -> field -> its type

    @classmethod
    def told(cls, answer: Any, questions: Iterable[Query]) -> "Schema":
        """What an introspection answers, of all of it the part that these questions need."""
        try:
            types = {
                each["name"]: {one["name"]: _named(one["type"]) for one in each["fields"][:MOST_FIELDS]}
                for each in answer["types"]
                if each["fields"]
            }
            roots = {
                each["name"]: {
                    "args": {one["name"]: _written(one["type"]) for one in each["args"]},
                    "type": _named(each["type"]),
                }
                for each in answer["queryType"]["fields"]
            }
        except (TypeError, KeyError, AttributeError, RecursionError) as error:
            raise SourceError("Numerai does not tell which fields it has") from error
        wanted = {question.root for question in questions}
        roots = {root: told for root, told in roots.items() if root in wanted}
        reached: dict[str, dict[str, str]] = {}
        names = {told["type"] for told in roots.values()}
        while names := {name for name in names if name in types and name not in reached}:
            reached |= {name: types[name] for name in names}
            names = {one for name in names for one in types[name].values()}
        return cls(roots, reached)

    def missing(self, question: Query) -> tuple[str, ...]:
        """The fields of a question that are not there, like "submissionScores.day", or its root."""
        if not self.roots:
            return ()
        if question.root not in self.roots:
            return (question.root,)
        gone: list[str] = []

        def look(fields: Mapping[str, Any], of: str, above: str) -> None:
            there = self.types.get(of, {})
            for name, under in fields.items():
                if name not in there:
                    gone.append(f"{above}{name}")
                else:
                    look(under, there[name], f"{above}{name}.")

        look(parsed(question.fields), self.roots[question.root]["type"], "")
        return tuple(gone)

    def can_be_asked(self, question: Query) -> bool:
        """Whether all that a question needs is there."""
        gone = self.missing(question)
        return question.root not in gone and not any(
            needed == path or needed.startswith(f"{path}.") for path in gone for needed in question.needed()
        )

    def takes(self, question: Query, argument: str) -> bool:
        """Whether the API is known to narrow an answer by this argument."""
        return argument in self.roots.get(question.root, {}).get("args", {})

    def fit(self, question: Query, spellings: Mapping[str, str] = MappingProxyType({})) -> Fit:
        """The question with the fields that are there. Raises SourceError where one that it needs is gone.

        spellings: of arguments, for as long as the schema is not known.
        """
        if not self.can_be_asked(question):
            raise SourceError(f"Numerai no longer tells {question.says}", SEE)
        gone = self.missing(question)
        if self.roots:
            args: Mapping[str, str] = self.roots[question.root]["args"]
            takes = {
                name: (spelled, args[spelled])
                for name in question.takes
                for spelled in (name, OTHER_SPELLINGS.get(name, name))
                if spelled in args
            } | {name: (name, args[name]) for name in question.narrows if name in args}
        else:
            takes = {name: (spellings.get(name, name), kind) for name, kind in question.takes.items()}
        left_out = frozenset(gone) if self.roots else question.uncertain()
        return Fit(question.text(without=left_out, takes=takes), gone)


def lost(question: Query, missing: Iterable[str]) -> str:
    """A sentence on what can't be answered without these fields; "" where nothing is."""
    said = [question.lost[path] for path in missing if path in question.lost]
    return f"Numerai no longer tells {' and '.join(said)}." if said else ""


def _named(kind: Mapping[str, Any] | None) -> str:
    """The name of a type under all its lists and exclamation marks."""
    while kind is not None:
        if kind.get("name"):
            return str(kind["name"])
        kind = kind.get("ofType")
    return ""


def _written(kind: Mapping[str, Any]) -> str:
    """A type as it is written in a query, like "[Int!]"."""
    match kind.get("kind"):
        case "NON_NULL":
            return f"{_written(kind['ofType'])}!"
        case "LIST":
            return f"[{_written(kind['ofType'])}]"
        case _:
            return str(kind["name"])
