"""`python bot.py check`: asks Numerai's API each of the bot's questions once, and says what it lacks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tournament.numerai.asking import queries
from tournament.numerai.asking.client import NumeraiClient
from tournament.numerai.asking.queries import Query
from tournament.numerai.asking.schema import Schema, lost
from tournament.numerai.parse import TOURNAMENT_NUMBERS, field
from tournament.source import SourceError

LONGEST_SAMPLE = 60  # characters
CLASSIC = TOURNAMENT_NUMBERS["classic"]
ASKED_WITH: Mapping[str, Mapping[str, Any]] = {queries.PIPELINE.root: {"tournament": "classic"}}


@dataclass(frozen=True)
class Checked:
    """One question: how many of its fields are there, which are not, a value, and what is wrong, if it is."""

    question: Query
    there: int
    missing: tuple[str, ...]
    sample: str
    wrong: str = ""


@dataclass(frozen=True)
class Check:
    """Every question, and why the API does not tell its fields, if it does not."""

    address: str
    questions: tuple[Checked, ...]
    no_fields: str = ""

    @property
    def is_good(self) -> bool:
        """Whether every question is answered."""
        return not any(each.wrong for each in self.questions)


async def checked(client: NumeraiClient) -> tuple[str, bool]:
    """The table, and whether every question is answered; closes the client."""
    try:
        found = await check(client)
    finally:
        await client.close()
    return table(found), found.is_good


async def check(client: NumeraiClient) -> Check:
    """Ask for the fields there are, then each question about whom the answers before it name."""
    no_fields = ""
    try:
        told = await client.ask(queries.INTROSPECTION, {})
        schema = Schema.told(field(told, "__schema"), queries.ALL)
    except SourceError as error:
        schema, no_fields = Schema(), error.reason
    known: dict[str, Any] = {
        "tournament": CLASSIC,
        "limit": 1,
        "offset": 0,
        "baseSymbol": "NMR",
        "targetSymbol": "USD",
    }
    checked = [await _asked(client, schema, question, known) for question in queries.ALL]
    return Check(client.address, tuple(checked), no_fields)


def table(found: Check) -> str:
    """The check as a table for a terminal, and what can't be answered."""
    rows = [("question", "fields", "missing", "a value")]
    for each in found.questions:
        of = len(each.question.paths())
        missing = ", ".join(each.missing) or "-"
        rows.append((each.question.says, f"{each.there} of {of}", missing, each.sample or each.wrong))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip()
        for row in rows
    ]
    notes = [found.no_fields and f"{found.no_fields}: every field is asked for."]
    notes += [
        each.wrong and f"Can't be answered: {each.question.says}. {each.wrong}." for each in found.questions
    ]
    notes += [lost(each.question, each.missing) for each in found.questions if not each.wrong]
    said = list(dict.fromkeys(note for note in notes if note)) or ["Everything can be answered."]
    return "\n".join([f"Numerai's API at {found.address}", *lines, "", *said])


async def _asked(client: NumeraiClient, schema: Schema, question: Query, known: dict[str, Any]) -> Checked:
    missing = schema.missing(question)
    there = 0 if question.root in missing else len(question.paths()) - len(missing)
    lacking = [name for name in question.takes if name not in known]
    if lacking:
        return Checked(question, there, missing, "", f"No {lacking[0]} is known to ask about")
    try:
        text = schema.fit(question).text
        asked = {name: known[name] for name in question.takes} | dict(ASKED_WITH.get(question.root, {}))
        data = await client.ask(text, asked)
        answer = field(data, question.root)
    except SourceError as error:
        return Checked(question, there, missing, "", error.reason)
    _learn(question, answer, known)
    sample = next((f"{path}: {value}" for path, value in _values(answer)), "")
    if not sample:
        return Checked(question, there, missing, "", "The answer is empty")
    return Checked(question, there, missing, sample[:LONGEST_SAMPLE])


def _learn(question: Query, answer: Any, known: dict[str, Any]) -> None:
    """Take from an answer whom the next questions are about."""
    told = dict(_values(answer))
    if question is queries.MODEL_LEADERBOARDS["classic"]:
        known["model_name"] = told.get("username", "")
    elif question is queries.ACCOUNT_LEADERBOARD:
        known["username"] = told.get("username", "")
    elif question is queries.MODEL:
        known["modelId"] = told.get("id", "")
    elif question is queries.ROUNDS and "number" in told:
        known["number"] = known["roundNumber"] = told["number"]


def _values(answer: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """The plain values of an answer with their paths, of a list those of its first entry."""
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        answer = answer[0] if answer else None
    if isinstance(answer, Mapping):
        for name, value in answer.items():
            yield from _values(value, f"{above}{name}.")
    elif answer is not None and above:
        yield above.rstrip("."), answer
