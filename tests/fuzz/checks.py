"""What has to hold after each step, and at the end."""

import re
from collections.abc import Iterator
from typing import Any

from discord import app_commands
from simcord import InteractionResult, ResponseMessage
from simcord.backend.models import Message

from storage.database import fetch_all
from tests.fuzz.stage import COMPLETE, Stage
from tests.fuzz.steps import Step, replies_of
from tests.offline import TEXT, parts_of, text_of
from tests.ui.markup import is_clean
from tests.ui.messages import check_message, check_words
from ui.errors import sentence_for

MESSAGES = {"digest preview": 9}  # what is posted in several messages is looked at in several
PUBLIC = ("digest now", "poll quick")  # what answers in public
TOO_LATE = (10062, 40060)  # of an interaction that arrived twice: there is nobody to tell
UNEXPECTED = "Something went wrong on our side"


class Checks:
    """What was found wrong, one sentence each; what everybody can read is read again where it changed."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._read: dict[int, int] = {}
        self._errors = stage.env.error_cursor

    def after(self, step: Step, results: list[InteractionResult]) -> list[str]:
        """What is wrong after a step."""
        found = [each for result in results for each in self._answer(step, result)]
        found += [f"log: {told}" for told in self.stage.heard.said]
        self.stage.heard.said.clear()
        errors = [_cause(error) for error in self.stage.env.errors_since(self._errors)]
        errors = [error for error in errors if getattr(error, "code", None) not in TOO_LATE]
        found += [f"error: {error!r}" for error in errors if sentence_for(error) is None]
        self._errors = self.stage.env.error_cursor
        return found + list(self._public())

    def _answer(self, step: Step, result: InteractionResult) -> Iterator[str]:
        record = result._interaction
        if not result.acknowledged:
            yield f"not answered: {step.kind}"
        if record.type == COMPLETE:
            choices = result.autocomplete_choices or []
            if len(choices) > 25 or not all(0 < len(each["name"]) <= 100 for each in choices):
                yield f"choices that Discord refuses: {choices}"
            return
        if record.loading:
            yield "left thinking"
        replies = replies_of(result)
        # what is shared stands in public, and who shared it is told so
        private = [reply for reply in replies if reply.ephemeral or record.guild_id is None]
        public = [reply for reply in replies if reply not in private]
        most = MESSAGES.get(step.what, 1)
        if len(private) + (result.modal is not None) > most or len(public) > 1:
            yield f"{len(replies)} answers: {[text_of(reply)[:60] for reply in replies]}"
        if public and not private and step.what not in PUBLIC:
            yield f"an answer that all can read: {text_of(public[0])[:80]}"
        for reply in replies:
            yield from self._message(reply)
        if not replies and result.response is not None:
            yield from self._message(result.response)

    def _message(self, reply: Any) -> Iterator[str]:
        text = text_of(reply)
        if UNEXPECTED in text:
            yield "unexpected: " + re.sub(r"\*\*[0-9a-f]{8}\*\*", "", text)[:80]
        if not text and not reply.attachments and reply.message.poll is None:
            yield "an answer that says nothing"
        try:
            check_message("", reply.message)
        except AssertionError as error:
            yield f"Discord's limits: {_line(error)}: {text[:60]!r}"

    def _public(self) -> Iterator[str]:
        """What the bot wrote where everybody reads, in messages, polls and names of threads."""
        backend = self.stage.env.backend
        for channel_id, kept in backend.messages.items():
            channel = backend.channels.get(channel_id)
            if channel is None or channel.guild_id is None:
                continue
            for message in kept.values():
                if message.is_ephemeral or message.author_id != backend.bot_user.id:
                    continue
                seen = hash((_all_of(message), len(message.components)))
                if self._read.get(message.id) != seen:
                    self._read[message.id] = seen
                    yield from self._post(message)
            if channel.type in (11, 12) and self._read.get(channel_id) != hash(channel.name):
                self._read[channel_id] = hash(channel.name)
                yield from self._named(channel.name or "")

    def _post(self, message: Message) -> Iterator[str]:
        if message.type != 0:  # Discord's own words about a thread, which ping nobody
            return
        if message.mention_everyone or message.ping_user_ids or message.ping_role_ids:
            yield f"a post that pings: {_all_of(message)[:80]}"
        for text in _formatted(message):
            try:
                check_words(text, self._known())
            except AssertionError as error:
                yield f"in public: {_line(error)}"
        for text in _plain(message):
            yield from self._named(text)
        yield from self._message(ResponseMessage(self.stage.env, message))

    def _named(self, text: str) -> Iterator[str]:
        """Where no Markdown is rendered."""
        if not is_clean(text):
            yield f"in public: unseen signs: {text!r}"

    def _known(self) -> set[str]:
        stage = self.stage
        known = {
            str(each.id) for each in (*stage.people.values(), *stage.rooms.values(), *stage.roles.values())
        }
        return known | {str(each) for each in stage.env.backend.channels}


def _formatted(message: Message) -> Iterator[str]:
    yield message.content
    yield from (part["content"] for part in parts_of(message) if part["type"] == TEXT)


def _plain(message: Message) -> Iterator[str]:
    for part in parts_of(message):
        yield part.get("label") or ""
        yield from (option["label"] for option in part.get("options", ()))
    yield from (each.get("description") or "" for each in message.attachments)
    if message.poll is not None:
        yield message.poll.question
        yield from (answer.text or "" for answer in message.poll.answers)


def _all_of(message: Message) -> str:
    return "\n".join((*_formatted(message), *_plain(message)))


def _cause(error: BaseException) -> BaseException:
    return (error.__cause__ or error) if isinstance(error, app_commands.CommandInvokeError) else error


def _line(error: AssertionError) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else _place(error)


def _place(error: AssertionError) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"line {frame.tb_lineno if frame else 0} of {frame.tb_frame.f_code.co_name if frame else ''}"


async def at_the_end(stage: Stage) -> list[str]:
    """What is wrong with the database."""
    db = stage.bot.tools.database
    found = [
        f"integrity: {row[0]}" for row in await fetch_all(db, "PRAGMA integrity_check") if row[0] != "ok"
    ]
    return found + [f"foreign key: {tuple(row)}" for row in await fetch_all(db, "PRAGMA foreign_key_check")]


def sort_of(finding: str) -> str:
    """What kind of thing a finding is: without ids, numbers and what was typed."""
    lines = finding.strip().splitlines()
    places = [
        line.strip() for line in lines if line.strip().startswith("File ") and "site-packages" not in line
    ]
    told = f"{lines[0][:60]} {places[-1] if places else ''} {lines[-1][:60] if len(lines) > 1 else ''}"
    return re.sub(r"['\"“][^'\"”]*['\"”]|[0-9a-f]{8,}|\d+", "…", told)
