"""What is offered while somebody types, beside options that fit nothing: perhaps nothing, never no answer."""

import logging
from typing import Any

import pytest
from simcord.interactions import command_leaves

from tests.offline import Server

pytestmark = pytest.mark.slow
BESIDE = {3: "nobody", 4: 99, 10: 1e9, 5: True}


def beside(option: dict[str, Any]) -> Any:
    """What else is typed: the last choice (a tournament without numbers), or what there is not."""
    return option["choices"][-1]["value"] if option.get("choices") else BESIDE.get(option["type"])


async def test_every_option_that_offers_something_answers(
    server: Server, caplog: pytest.LogCaptureFixture, subtests: pytest.Subtests
) -> None:
    asked = 0
    with caplog.at_level(logging.WARNING):
        for (_, kind), root in server.env.backend.commands[None].items():
            for path, leaf in command_leaves(root) if kind == 1 else ():
                for option in leaf.get("options") or []:
                    if not option.get("autocomplete"):
                        continue
                    asked += 1
                    more = {
                        each["name"]: beside(each)
                        for each in leaf["options"]
                        if each is not option and beside(each) is not None
                    }
                    with subtests.test(f"{' '.join(path)} {option['name']}"):
                        await server.moderator.autocomplete(
                            server.channel, " ".join(path), option["name"], "x", **more
                        )
                        assert not [record.getMessage() for record in caplog.records]
                    caplog.clear()
    assert asked > 30
