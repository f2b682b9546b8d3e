"""What can be said in other tongues, read off the commands and the source, and the catalogues that say it.

python -m tests.wording.catalogues [TONGUE] brings every catalogue up to date, and begins one for a tongue
that is named, like de or pt-BR: what is new stands there without a translation, what is said no more is gone.
"""

import ast
import asyncio
import inspect
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from discord import app_commands

from bot import Settings, create_bot
from demo.offline import offline_discord
from tournament.source import SourceError
from wording.tongue import CHOICE, COMMAND, FOLDER, OPTION

ROOT = Path(__file__).parents[2]
ROOMS = (
    "bot.py", "cogs", "features", "governance/digest", "governance/opinions", "governance/proposals",
    "storage", "tools.py", "tournament", "ui", "wording",
)  # fmt: skip
# what makes a sentence for members of its arguments: which of them, by place and by name
SAYS: Mapping[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "say": ((0,), ()),
    "marked": ((0,), ()),
    "ValueError": ((0,), ()),  # the funnel says it
    "SourceError": ((0, 1), ()),
    "CardPages": ((), ("back", "on")),
    "Choice": ((0, 2), ("more",)),
    "Confirm": ((1,), ()),
    "agreed": ((1, 2), ()),
    "Field": ((0, 1, 2), ("title", "label", "hint")),
    "Kept": ((0, 1), ()),
    "Question": ((), ("details", "typed", "files")),
    "Start": ((0,), ()),
    "TextForm": ((0, 1, 2), ()),
    "text_field": ((1, 2, 3), ()),
}
COUNTED = "say_counted"
LISTS = {"CLOSED", "KEPT_OTHERWISE", "_SENTENCES"}  # of rooms that stand above this one: the funnel says them
Sentence = tuple[str, str | tuple[str, str]]  # its context, and its English: two for what is counted


def in_source(source: str, *, only: frozenset[str] = frozenset()) -> Iterator[Sentence]:
    """Every sentence that the source of a file says; only: the functions that count, all without."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for name in LISTS & constants.keys():
        yield from (("", text) for text in _texts(constants[name], constants))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in (COUNTED, "say") and any(isinstance(arg, ast.JoinedStr) for arg in node.args):
            raise ValueError(f"no catalogue can have {ast.unparse(node)}: say it with braces, and values")
        if name == COUNTED:
            one, many = (text for arg in node.args[:2] for text in _texts(arg, constants))
            yield "", (one, many)
        elif name in SAYS and (not only or name in only):
            places, names = SAYS[name]
            said = [node.args[place] for place in places if place < len(node.args)]
            said += [each.value for each in node.keywords if each.arg in names]
            for arg in said:
                yield from (("", text) for text in _texts(arg, constants) if _is_said(text, name))


def _texts(node: ast.expr, constants: Mapping[str, ast.expr]) -> Iterator[str]:
    """The fixed texts of an argument: its own, a constant's, either of two, those of a list or a mapping."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in constants:
            yield from _texts(constants[name], {})
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body, constants)
            yield from _texts(orelse, constants)
        case ast.Tuple(elts=parts):
            for part in parts:
                yield from _texts(part, constants)
        case ast.Dict(values=parts):
            for part in parts:
                yield from _texts(part, constants)


def _is_said(text: str, by: str) -> bool:
    """Whether it has words, and, as an error, is a sentence: members see no other error."""
    return any(letter.isalpha() for letter in text) and not (by == "ValueError" and text[0].islower())


def in_rooms() -> Iterator[Sentence]:
    """Every sentence that the source of the bot says."""
    yield "", inspect.signature(SourceError).parameters["remedy"].default
    for room in ROOMS:
        files = [ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py"))
        only = frozenset({"ValueError"}) if room.startswith("governance") else frozenset()
        for file in files:
            yield from in_source(file.read_text(encoding="utf-8"), only=only)


def of_commands(tree: app_commands.CommandTree[Any]) -> Iterator[Sentence]:
    """What Discord shows of the commands, and what the help says of them."""
    for command in tree.get_commands():
        yield from _of_command(command)


def _of_command(command: Any) -> Iterator[Sentence]:
    yield COMMAND, command.name
    if isinstance(command, app_commands.ContextMenu):
        return
    yield "", command.description
    if isinstance(command, app_commands.Group):
        for inner in command.commands:
            yield from _of_command(inner)
        return
    paragraphs = (inspect.getdoc(command.callback) or "").split("\n\n")[1:]
    yield from (("", " ".join(paragraph.split())) for paragraph in paragraphs)
    for option in command.parameters:
        yield OPTION, option.display_name
        yield "", str(option.description)
        yield from ((CHOICE, choice.name) for choice in option.choices)


@asynccontextmanager
async def bots_tree(folder: Path) -> AsyncIterator[app_commands.CommandTree[Any]]:
    """The commands of a bot at work."""
    settings = {
        "DISCORD_TOKEN": "x",
        "DATABASE_PATH": str(folder / "bot.sqlite3"),
        "DATA_SOURCE": "sample",
        "BACKUP_DAYS": "0",
    }
    bot = create_bot(Settings.from_env(settings))
    async with offline_discord(bot):
        yield bot.tree
    await bot.close()


def template(sentences: list[Sentence], tongue: str | None = None) -> Catalog:
    """A catalogue of these without a translation."""
    catalog = Catalog(locale=tongue and tongue.replace("-", "_"), fuzzy=False)
    for context, english in sentences:
        if isinstance(english, str) or english not in catalog:
            catalog.add(english, context=context or None)
    return catalog


def read(file: Path) -> Catalog:
    """The catalogue of a file."""
    with file.open("rb") as opened:
        return read_po(opened, locale=file.stem.replace("-", "_"))


def write(file: Path, catalog: Catalog) -> None:
    """Write it, with a header that does not change by itself, nor with the lines of the source."""
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {file.stem}\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    with file.open("wb") as opened:
        opened.write(header.encode())
        write_po(opened, catalog, width=110, no_location=True, omit_header=True, ignore_obsolete=True)


def renewed(old: Catalog, sentences: list[Sentence], tongue: str) -> Catalog:
    """The catalogue with what is said today, in its order, and every translation that there was."""
    catalog = template(sentences, tongue)
    for message in catalog:
        before = old.get(message.id, message.context) if message.id else None
        if before is not None:
            message.string = before.string
    return catalog


async def all_said(folder: Path) -> list[Sentence]:
    """Everything that has a place in a catalogue."""
    async with bots_tree(folder) as tree:
        return [*of_commands(tree), *in_rooms()]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sentences = asyncio.run(all_said(Path(folder)))
    for tongue in sorted({file.stem for file in FOLDER.glob("*.po")} | set(sys.argv[1:])):
        file = FOLDER / f"{tongue}.po"
        catalog = renewed(read(file) if file.exists() else Catalog(), sentences, tongue)
        write(file, catalog)
        missing = sum(1 for message in catalog if message.id and not message.string)
        sys.stdout.write(
            f"{file.relative_to(ROOT)}: {len(catalog)} sentences, {missing} without a translation\n"
        )


if __name__ == "__main__":
    main()
