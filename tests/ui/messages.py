"""What Discord takes of a message, and of what may be posted where everybody reads."""

from typing import Any

import discord

from demo.__main__ import parts_of
from tests.ui.markup import discord_makes, is_clean
from ui.card import MOST_TEXT

MOST_ITEMS = 40
MODERATORS = ("source", "result")  # links of promises, which moderators alone can set
OURS = ("https://discord.com/channels/",)


def check_message(name: str, message: Any) -> None:
    """Within Discord's limits, with a picture for each attached one, and no number that is none."""
    parts = parts_of(message)
    texts = [part.content for part in parts if isinstance(part, discord.TextDisplay)]
    assert sum(map(len, texts)) <= MOST_TEXT, name
    assert all(text.strip() for text in texts), name
    assert len(parts) <= MOST_ITEMS, name
    if message.flags.components_v2:
        assert not message.content, name
        assert not message.embeds, name
        assert not any("nan" in text.replace("*", " ").split() for text in texts), f"{name}: {texts}"
    assert message.embeds == [], f"{name} still has an embed"
    ids = [part.custom_id for part in parts if getattr(part, "custom_id", None)]
    assert len(set(ids)) == len(ids), f"{name}: {ids}"
    shown = {item.filename for item in message.attachments}
    named = {
        media.media.url.partition("?")[0].rpartition("/")[2]
        for part in parts
        if isinstance(part, discord.MediaGalleryComponent)
        for media in part.items
    }
    if message.flags.components_v2:
        assert {each for each in shown if each.endswith(".png")} == named, name
    for part in parts:
        if isinstance(part, discord.ActionRow):
            assert len(part.children) <= 5, name
        elif isinstance(part, discord.Button):
            assert 0 < len(part.label or "") <= 80, name
            assert len(part.custom_id or "") <= 100, name
        elif isinstance(part, discord.SelectMenu):
            assert len(part.options) <= 25, name
            assert len({option.value for option in part.options}) == len(part.options), name
            for option in part.options:
                assert 0 < len(option.label) <= 100, name
                assert len(option.value) <= 100, name


def check_words(text: str, known: set[str], ours: tuple[str, ...] = OURS) -> None:
    """No link but ours that shows another address than its own, no mention but of those known."""
    assert is_clean(text), f"unseen signs: {text!r}"
    for kind, shown, leads in discord_makes(text)[1]:
        assert kind not in ("spoiler", "place"), f"{kind}: {shown!r}"
        assert kind != "emoji" or shown.strip(":").isdigit(), f"{kind}: {shown!r}"
        moderators = kind == "link" and shown in MODERATORS
        assert kind not in ("link", "address") or leads.startswith(ours) or shown == leads or moderators, (
            f"link: {shown!r} {leads!r}"
        )
        assert kind != "mention" or shown.strip("<@!&#>") in known, f"mention: {shown!r}"
        if kind == "bold":
            check_words(shown[2:-2], known, ours)
