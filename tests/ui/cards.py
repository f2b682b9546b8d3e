"""How tests read cards before they are sent, and what Discord takes of them."""

import discord

from ui.answer import Answer, options_of
from ui.card import MOST_TEXT, Card, container, fitting

MOST_ITEMS = 40  # components of a message, nested ones too
TEXT = discord.ComponentType.text_display.value


def check(card: Card) -> str:
    """Every text of a card, each part of it within what Discord takes, and nothing lost."""
    parts = fitting(card)
    for part in parts:
        texts = [
            item["content"]
            for item in container(part).to_component_dict()["components"]
            if item["type"] == TEXT
        ]
        assert all(text.strip() for text in texts)
        assert 0 < sum(map(len, texts)) <= MOST_TEXT
        assert "nan" not in " ".join(texts).split()
    told = "".join(part.text for part in parts)
    assert "".join(told.split()) == "".join(card.text.split()), "something is lost"
    return card.said


def check_answer(answer: Answer) -> str:
    """Every text of an answer and of what stands behind it; its menus are such that Discord takes them."""
    for menu in answer.menus:
        options = options_of(menu)
        assert 0 < len(options) <= 25
        assert [option.default for option in options].count(True) == 1, menu.name
        assert len({option.value for option in options}) == len(options), menu.name
        for option in options:
            assert 0 < len(option.label) <= 100
            assert len(option.value) <= 100
    assert len(answer.menus) <= 4
    return "\n".join(map(check, (answer.card, *answer.details)))
