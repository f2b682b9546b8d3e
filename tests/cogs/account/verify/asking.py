"""How a member asks for a code, puts it into a bio, presses the button and looks at the result."""

from dataclasses import dataclass
from typing import Any

from tests.numerai_server import LoopbackNumerai
from tests.offline import Server, said


@dataclass(frozen=True)
class Asked:
    """What comes for a code: its message, in which it stands alone, then the card with the button."""

    content: str  # the code, or why there is none
    card: Any

    @property
    def message(self) -> Any:
        return self.card.message


async def ask(server: Server, who: Any = None, model: str = "tidewater_2", **options: Any) -> Asked:
    result = await (who or server.ben).slash(server.channel, "account verify", model=model, **options)
    assert result.response.ephemeral
    return Asked(result.response.content, said(result))


async def press(reply: Any, who: Any) -> Any:
    return said(await who.click(reply.message, label="I put it there"))


async def verify(server: Server, api: LoopbackNumerai, who: Any = None, model: str = "tidewater_2") -> Any:
    reply = await ask(server, who, model)
    api.set_bio(model, reply.content)
    return await press(reply, who or server.ben)


async def show(server: Server) -> Any:
    return said(await server.ben.slash(server.channel, "account show"))
