"""How each kind of step is carried out."""

# ruff: noqa: E501

from typing import Any

from simcord import InteractionResult, interactions
from simcord.backend.models import Message

from storage.database import execute, fetch_all, transaction
from tests.fuzz.stage import COMMAND, COMPLETE, COMPONENT, FORM, Stage
from tests.fuzz.steps import BUTTON, STRINGS, Played, Step, kind_of, usable

TEXT_DISPLAY, UPLOAD = 10, 19


async def play(played: Played, step: Step) -> list[InteractionResult]:
    """Carry a step out, and note what it showed. Nothing comes of what is not there any more."""
    results: list[InteractionResult] = await DONE[step.kind](played, step)
    played.note(step, results)
    return results


async def _type(played: Played, step: Step) -> list[InteractionResult]:
    stage, resolved = played.stage, {}
    root, leaf, nesting = stage.commands[step.what]
    kinds = {option["name"]: option["type"] for option in leaf.get("options") or []}
    room, built = stage.room_of(step.who), []
    for name, value in step.values.items():
        if kinds[name] in (6, 7, 8):
            handle = stage.handle(kinds[name], value)
            if not _is_offered(stage, step.who, handle):
                continue
            interactions.resolve_handle(stage.people[step.who], handle, resolved, channel_id=room.id)
            value = str(handle.id)
        elif kinds[name] == 11:
            value = _uploaded(stage, room.id, value, resolved)
        built.append({"name": name, "type": kinds[name], "value": value})
    data = _command(root, interactions.nest_options(root, nesting, built), resolved)
    played.count(f"/{step.what}")
    return await stage.send(step.who, COMMAND, data, times=step.times, echo=step.echo)


def _is_offered(stage: Stage, who: str, handle: Any) -> bool:
    """Whether an app offers it: what is of another server is not."""
    there, here = getattr(handle, "guild", None), getattr(stage.people[who], "guild", None)
    return there is not None and here is not None and there.id == here.id


async def _complete(played: Played, step: Step) -> list[InteractionResult]:
    root, leaf, nesting = played.stage.commands[step.what]
    kinds = {option["name"]: option["type"] for option in leaf["options"]}
    built = [
        {"name": name, "type": kinds[name], "value": value} | ({"focused": True} if place == 0 else {})
        for place, (name, value) in enumerate(step.values.items())
    ]
    played.count(f"/{step.what} {next(iter(step.values))}…")
    data = _command(root, interactions.nest_options(root, nesting, built), {})
    return await played.stage.send(step.who, COMPLETE, data)


async def _menu(played: Played, step: Step) -> list[InteractionResult]:
    """A command in the menu of somebody's message."""
    stage = played.stage
    room = stage.room_of(step.who)
    said = await stage.people[step.who].send(room, step.values)
    payload = {"id": str(said.id), "channel_id": str(room.id), "content": step.values, "type": 0, "flags": 0,
               "author": {"id": str(stage.people[step.who].id), "username": step.who, "discriminator": "0", "avatar": None},
               "timestamp": stage.env.now().isoformat(), "edited_timestamp": None, "tts": False, "pinned": False,
               "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
               "components": []}  # fmt: skip
    root = stage.env.backend.commands[None][step.what, 3]
    data = _command(root, [], {"messages": {str(said.id): payload}}) | {"target_id": str(said.id)}
    played.count(f"menu: {step.what}")
    return await stage.send(step.who, COMMAND, data)


async def _press(played: Played, step: Step) -> list[InteractionResult]:
    source = played.source(step)
    items = [] if source is None else usable(source)
    if step.place >= len(items):
        return []
    item = items[step.place]
    played.count(kind_of(item["custom_id"]))
    data = {"custom_id": item["custom_id"], "component_type": item["type"]}
    if item["type"] != BUTTON:
        data |= _picked(played.stage, step, item)
    return await played.stage.send(step.who, COMPONENT, data, source, step.times, echo=step.echo)


def _picked(stage: Stage, step: Step, item: dict[str, Any]) -> dict[str, Any]:
    """The values of a menu; lines are named by their places, people and rooms by their names."""
    if item["type"] == STRINGS:
        lines = [option["value"] for option in item.get("options", ())]
        return {"values": [lines[place % len(lines)] for place in step.values if lines]}
    resolved: dict[str, Any] = {}
    kind = {5: 6, 6: 8, 7: 8, 8: 7}[item["type"]]
    named = [each for key, each in _handles(stage, kind).items() if key in step.values]
    handles = [each for each in named if _is_offered(stage, step.who, each)]
    for handle in handles:
        interactions.resolve_handle(
            stage.people[step.who], handle, resolved, channel_id=stage.room_of(step.who).id
        )
    return {"values": [str(handle.id) for handle in handles], "resolved": resolved}


def _handles(stage: Stage, kind: int) -> dict[str, Any]:
    return {6: stage.people, 7: stage.rooms, 8: stage.roles}[kind]


async def _fill(played: Played, step: Step) -> list[InteractionResult]:
    shown = played.forms.get(step.under if step.under is not None else -1)
    if shown is None:
        return []
    _, form, source_id = shown
    resolved: dict[str, Any] = {}
    source = None if source_id is None else played.stage.message(source_id)
    channel = source.channel_id if source is not None else played.stage.room_of(step.who).id
    parts = [_filled(played.stage, part, step.values, channel, resolved) for part in form["components"]]
    data = {"custom_id": form["custom_id"], "components": parts} | (
        {"resolved": resolved} if resolved else {}
    )
    played.count(f"form: {kind_of(form['custom_id'])}")
    return await played.stage.send(step.who, FORM, data, source, step.times, echo=step.echo)


def _filled(
    stage: Stage, part: dict[str, Any], values: dict[str, Any], channel: int, resolved: dict[str, Any]
) -> dict[str, Any]:
    """A part of a form as it is sent."""
    sent = {"type": part["type"], "id": part["id"]}
    if part["type"] == TEXT_DISPLAY:
        return sent
    if "component" in part:
        return sent | {"component": _filled(stage, part["component"], values, channel, resolved)}
    if "components" in part:
        return sent | {
            "components": [_filled(stage, each, values, channel, resolved) for each in part["components"]]
        }
    value = values.get(part["custom_id"])
    if part["type"] == UPLOAD:
        value = [_uploaded(stage, channel, each, resolved) for each in value or []]
    several = isinstance(value, list)
    return sent | {"custom_id": part["custom_id"], "values" if several else "value": value}


async def _forge(played: Played, step: Step) -> list[InteractionResult]:
    """A press of an item that never stood under that message, or a form that nobody opened."""
    source = played.source(step)
    if source is None:
        return []
    if "form" in step.values:
        resolved: dict[str, Any] = {}
        parts = [
            _filled(played.stage, part, step.values, source.channel_id, resolved)
            for part in step.values["form"]
        ]
        data = {"custom_id": step.what, "components": parts}
        return await played.stage.send(
            step.who, FORM, data | ({"resolved": resolved} if resolved else {}), source
        )
    item = {"type": step.values["type"], "custom_id": step.what, "id": 9999}
    item |= {"style": 1, "label": "x"} if item["type"] == BUTTON else {"options": []}
    forged = Message(**{**vars(source), "components": [{"type": 1, "id": 9998, "components": [item]}]})
    data = {"custom_id": step.what, "component_type": item["type"], "values": step.values["values"]}
    return await played.stage.send(step.who, COMPONENT, data, forged, step.times, echo=step.echo)


async def _delete(played: Played, step: Step) -> list[InteractionResult]:
    """A moderator deletes a message, or the thread that it stands in."""
    source, backend = played.source(step), played.stage.env.backend
    if source is None:
        return []
    if step.what == "thread" and backend.channels[source.channel_id].type in (11, 12):
        backend.delete_channel(source.channel_id)
    elif source.id not in played.owners:
        backend.delete_message(source.channel_id, source.id)
    await played.stage.env.settle()
    return []


async def _gone(played: Played, step: Step) -> list[InteractionResult]:
    """A row is gone that something on a screen still names."""
    db = played.stage.bot.tools.database
    columns = [row[1] for row in await fetch_all(db, f"PRAGMA table_info({step.what})") if row[5]]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    keys = await fetch_all(db, f"SELECT {names} FROM {step.what} ORDER BY {names}")
    if keys:
        gone = tuple(keys[step.place % len(keys)])
        async with transaction(db):
            await execute(db, f"DELETE FROM {step.what} WHERE ({names}) = ({marks})", gone)
    return []


async def _wait(played: Played, step: Step) -> list[InteractionResult]:
    played.stage.now.move(minutes=step.values)
    await played.stage.tick()
    return []


async def _restart(played: Played, step: Step) -> list[InteractionResult]:
    await played.stage.restart()
    return []


DONE = {
    "type": _type, "complete": _complete, "menu": _menu, "press": _press, "fill": _fill, "forge": _forge,
    "delete": _delete, "gone": _gone, "wait": _wait, "restart": _restart,
}  # fmt: skip


def _command(root: dict[str, Any], options: list[Any], resolved: dict[str, Any]) -> dict[str, Any]:
    data = {"id": root["id"], "name": root["name"], "type": root.get("type", 1), "options": options}
    return data | ({"resolved": resolved} if resolved else {})


def _uploaded(stage: Stage, channel: int, value: Any, resolved: dict[str, Any]) -> str:
    name, text = value
    content = text.encode("utf-8", "replace")
    return interactions.store_interaction_attachment(
        stage.env.backend, channel, name or "x", content, resolved
    )
