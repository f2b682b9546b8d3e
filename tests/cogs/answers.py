"""How tests read private answers and press what stands under them."""

from typing import Any

from tests.offline import Server, custom_id, parts_of, text_of

MENU_LINES, LABEL = 25, 100  # Discord's limits


async def check_answer(reply: Any, charts: int = 1) -> None:
    """Within Discord's limits, with so many charts that its cards show."""
    assert not reply.embeds
    assert 0 < len(text_of(reply)) <= 4000
    assert "nan" not in text_of(reply).split()
    parts = parts_of(reply)
    assert len(parts) <= 40
    assert len(reply.attachments) == charts
    shown = [item["media"]["url"] for part in parts for item in part.get("items", ())]
    assert len(shown) == charts
    for chart in reply.attachments:
        assert (await chart.read()).startswith(b"\x89PNG")
        assert 0 < len(chart.description) <= 1024
    for part in parts:
        options = part.get("options", ())
        assert len(options) <= MENU_LINES
        assert all(0 < len(option["label"]) <= LABEL for option in options)
        assert sum(bool(option.get("default")) for option in options) == bool(options)


def lines(reply: Any, menu: str) -> dict[str, str]:
    """The lines of a menu: label -> value."""
    [found] = [part for part in parts_of(reply) if f":menu-{menu}:" in part.get("custom_id", "")]
    return {option["label"]: option["value"] for option in found["options"]}


def chosen(reply: Any, menu: str) -> str:
    """The line of a menu that is shown."""
    [found] = [part for part in parts_of(reply) if f":menu-{menu}:" in part.get("custom_id", "")]
    [line] = [option["label"] for option in found["options"] if option.get("default")]
    return str(line)


async def pick(server: Server, reply: Any, menu: str, label: str) -> Any:
    """Pick a line of a menu under a private answer, given as it was or as it is now."""
    value = lines(reply, menu)[label]
    message = getattr(reply, "message", reply)
    return await server.ben.select(message, [value], custom_id=custom_id(reply, f"menu-{menu}"))


async def typed(server: Server, reply: Any, menu: str, field: str, text: str) -> Any:
    """Type into the form that a line of a menu opens."""
    form = await server.ben.select(
        reply.message, [f"type {field}"], custom_id=custom_id(reply, f"menu-{menu}")
    )
    return await server.ben.submit_modal(form, {"text": text})
