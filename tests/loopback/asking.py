"""What people do, as the loopback Discord words it for a bot: commands with their options, clicks."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.loopback.state import APPLICATION_ID, CHANNEL_IDS, GUILD_ID, ORDINARY, Interaction, Payload, State

SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
PLAIN_TYPES: dict[int, tuple[type, ...]] = {
    STRING: (str,),
    INTEGER: (int,),
    BOOLEAN: (bool,),
    NUMBER: (int, float),
}
BUTTON, LABEL = 2, 18
SEVERAL = {3, 22}  # a menu and boxes to tick: what is picked in them is a list
ATTACHMENT_LIMIT = 10 * 1024 * 1024


def interaction_payload(asked: Interaction, data: Payload, app_permissions: int) -> Payload:
    person, channel = asked.person, asked.channel
    payload = {
        "id": asked.id,
        "application_id": APPLICATION_ID,
        "type": asked.kind,
        "token": asked.token,
        "version": 1,
        "data": data,
        "channel_id": channel["id"],
        "channel": channel,
        "locale": person.locale,
        "app_permissions": str(app_permissions),
        "attachment_size_limit": ATTACHMENT_LIMIT,
        "entitlements": [],
    }
    if asked.message is not None:
        payload["message"] = asked.message
    if "guild_id" not in channel:
        return payload | {"user": person.user(), "context": 1, "authorizing_integration_owners": {"0": "0"}}
    permissions = str(person.permissions)
    return payload | {
        "guild_id": channel["guild_id"],
        "guild": {"id": channel["guild_id"], "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "channel": channel | {"permissions": permissions},
        "member": person.member() | {"permissions": permissions},
        "context": 0,
        "authorizing_integration_owners": {"1": person.id}
        if asked.brought_along
        else {"0": channel["guild_id"]},
    }


def command_data(
    state: State, name: str, values: Mapping[str, Any], *, dm: bool, focused: str | None = None
) -> Payload:
    """Fill in a synced command; only what a person could not type is refused, hints are left to the bot."""
    first, *words = name.removeprefix("/").split()
    scopes = [None] if dm else [GUILD_ID, None]
    known = [command for scope in scopes for command in state.commands.get(scope, [])]
    command = next((each for each in known if each["type"] == 1 and each["name"] == first), None)
    assert command is not None, f"/{first} was never synced; synced are {[each['name'] for each in known]}"
    path, leaf = [], command
    for word in words:
        inner = {each["name"]: each for each in leaf["options"] if each["type"] in (SUBCOMMAND, GROUP)}
        assert word in inner, f"/{name}: no {word!r}, only {list(inner)}"
        leaf = {"options": []} | inner[word]
        path.append(leaf)
    specifications = {each["name"]: each for each in leaf["options"]}
    kinds = {each["type"] for each in specifications.values()}
    assert not kinds & {SUBCOMMAND, GROUP}, f"/{name} is a group: {list(specifications)}"
    for option in values:
        assert option in specifications, f"/{name} has no option {option!r}, only {list(specifications)}"
    resolved: dict[str, dict[str, Payload]] = {}
    options = []
    for option, specification in specifications.items():
        given: Payload = {"name": option, "type": specification["type"]}
        if option not in values:
            optional = focused is not None or not specification.get("required")
            assert optional, f"/{name} needs {option!r}"
        elif option == focused:
            assert specification.get("autocomplete"), f"{option!r} of /{name} has no autocomplete"
            options.append(given | {"value": values[option], "focused": True})
        else:
            options.append(given | {"value": _value(state, specification, values[option], resolved, dm=dm)})
    for step in reversed(path):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    data = {"id": command["id"], "name": first, "type": 1, "options": options, "resolved": resolved}
    return data | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})


def _value(
    state: State, specification: Payload, value: Any, resolved: dict[str, dict[str, Payload]], *, dm: bool
) -> Any:
    kind, name = specification["type"], specification["name"]
    if kind in PLAIN_TYPES:
        right = isinstance(value, PLAIN_TYPES[kind]) and (kind == BOOLEAN or not isinstance(value, bool))
        assert right, f"{name!r} takes no {value!r}"
        choices = [choice["value"] for choice in specification.get("choices", [])]
        assert not choices or value in choices, f"{name!r} is one of {choices}, not {value!r}"
        return value
    if kind in (USER, MENTIONABLE):
        resolved.setdefault("users", {})[value.id] = value.user()
        if not dm:
            member = value.member() | {"permissions": str(value.permissions)}
            del member["user"]
            resolved.setdefault("members", {})[value.id] = member
        return value.id
    if kind == CHANNEL:
        channel = state.channels[CHANNEL_IDS.get(value, value)]
        shown = channel | {"permissions": str(ORDINARY), "app_permissions": str(ORDINARY)}
        resolved.setdefault("channels", {})[channel["id"]] = shown
        return channel["id"]
    assert kind == ATTACHMENT, f"option type {kind} of {name!r} is not modelled"
    file_name, content = value
    attachment = state.upload((file_name, content, None))
    resolved.setdefault("attachments", {})[attachment["id"]] = attachment
    return attachment["id"]


def _walk(components: list[Payload]) -> Iterator[Payload]:
    for component in components:
        yield component
        yield from _walk(component.get("components", []))
        if "accessory" in component:
            yield component["accessory"]


def submitted(field: Payload, values: Mapping[str, Any]) -> Payload:
    """A field of a form as Discord sends it back; what is not filled in is as the form was."""
    name = field["custom_id"]
    value = values.get(name, field.get("value", field.get("default")))
    if field["type"] in SEVERAL:
        return {"type": field["type"], "id": 0, "custom_id": name, "values": value or []}
    return {"type": field["type"], "id": 0, "custom_id": name, "value": value}


def find_component(message: Payload, custom_id: str | None, label: str | None) -> Payload:
    """Find the one button or select menu that a person can use."""
    usable = [each for each in _walk(message["components"]) if "custom_id" in each]
    found = [
        each
        for each in usable
        if custom_id in (None, each["custom_id"]) and label in (None, each.get("label"))
    ]
    seen = [(each.get("label"), each["custom_id"]) for each in usable]
    assert len(found) == 1, f"{len(found)} components have {label=} {custom_id=}; there are {seen}"
    assert not found[0].get("disabled"), f"{label or custom_id!r} is disabled"
    return found[0]
