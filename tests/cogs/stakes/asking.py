"""How tests ask `/stakes`."""

from typing import Any

from tests.offline import Server, said

COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("concentration", {}),
    ("influence", {}),
    ("unstake", {}),
    ("history", {}),
    ("who", {"name": "model_07585"}),
]


async def ask(server: Server, question: str, **options: Any) -> Any:
    return said(await server.ben.slash(server.channel, f"stakes {question}", **options))


def plain(text: str) -> str:
    return text.replace("\\", "").replace("*", "")
