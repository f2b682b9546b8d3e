"""One step: what somebody types, presses, fills in, forges or deletes; and what the steps so far have shown."""

# ruff: noqa: E501

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from simcord import InteractionResult
from simcord.backend.models import Message
from simcord.components import validate_modal

from tests.fuzz.stage import Stage
from tests.offline import parts_of

BUTTON, STRINGS, ENTITIES = 2, 3, (5, 6, 7, 8)  # kinds of components
TEXT_DISPLAY, UPLOAD = 10, 19
# rows that retention, a member's deletion or a kick may have taken when something under them is pressed
PERISHABLE = ("asked_questions", "proposal_drafts", "ranking_drafts", "typed_forms", "shared_answers", "reminders",
              "opinion_statements", "poll_cards", "proposal_cards")  # fmt: skip


@dataclass(frozen=True)
class Step:
    """Something that happens; what is pressed or filled in is named by the step that showed it."""

    number: int
    kind: str  # one of those of `DONE`
    who: str = ""
    what: str = ""  # a command, a custom id, a table
    values: Any = None
    under: int | None = None
    message: int = 0  # which of the messages of that step
    place: int = 0  # which of the items under it
    times: int = 1
    echo: bool = False  # one interaction that arrives so many times

    def as_line(self) -> str:
        """It as a line that can be read again."""
        standard = asdict(Step(self.number, self.kind))
        return json.dumps(
            {k: v for k, v in asdict(self).items() if v != standard[k] or k in ("number", "kind")}
        )

    @classmethod
    def of_line(cls, line: str) -> "Step":
        """The step that a line says."""
        return cls(**json.loads(line))


@dataclass
class Played:
    """What the steps so far have left on the screens."""

    stage: Stage
    messages: dict[int, list[int]] = field(default_factory=dict)  # step -> the messages that it showed
    owners: dict[int, str] = field(default_factory=dict)  # private message -> who sees it
    forms: dict[int, tuple[str, dict[str, Any], int | None]] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    used: dict[str, int] = field(default_factory=dict)  # command, or kind of item or form -> how often

    def note(self, step: Step, results: list[InteractionResult]) -> None:
        """Note what a step showed."""
        for result in results:
            if result.modal is not None:
                source = result._interaction.source_message_id
                self.forms[step.number] = (step.who, validate_modal(result.modal), source)
            for reply in replies_of(result):
                self.owners.setdefault(reply.id, step.who)
        new = [
            message.id
            for kept in self.stage.env.backend.messages.values()
            for message in kept.values()
            if message.id not in self.known
        ]
        self.known |= set(new)
        self.messages[step.number] = new

    def source(self, step: Step) -> Message | None:
        """The message under which a step presses."""
        shown = self.messages.get(step.under if step.under is not None else -1, [])
        return self.stage.message(shown[step.message]) if step.message < len(shown) else None

    def count(self, what: str) -> None:
        """Note that this was used."""
        self.used[what] = self.used.get(what, 0) + 1


def replies_of(result: InteractionResult) -> list[Any]:
    """The messages that answered an interaction, without the one that was pressed."""
    record = result._interaction
    replies = [*result.followups]
    if record.message_id not in (None, record.source_message_id) and result.response is not None:
        replies.insert(0, result.response)
    return replies


def usable(message: Any) -> list[dict[str, Any]]:
    """What can be pressed or picked under a message."""
    return [
        part
        for part in parts_of(message)
        if part["type"] in (BUTTON, STRINGS, *ENTITIES) and part.get("custom_id") and not part.get("disabled")
    ]


def kind_of(custom_id: str) -> str:
    """What an item or form is for, without of what."""
    return re.sub(r":(s?[0-9]+|f?[0-9a-f]{15,16}|[0-9a-f]{8})(?=:|$)", "", custom_id)
