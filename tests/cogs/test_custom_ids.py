"""What is pressed is answered by one item: no id of a button or menu fits two templates."""

import pytest

from features.polls.buttons import LABELS as POLL
from features.polls.buttons import PollButton, PollPages
from features.server.help_buttons import STARTS, HelpButton, HelpMenu
from features.server.privacy_buttons import LABELS as PRIVACY
from features.server.privacy_buttons import PrivacyButton
from features.server.setup_buttons import (
    CHANNELS,
    ROLES,
    ChannelMenu,
    KeepZone,
    RoleMenu,
    SetupButton,
    ZoneMenu,
)
from features.warnings.warnings_buttons import BoundMenu, KindsMenu, WarningsOff
from tests.offline import Server

IDS = [
    *(PollButton(verb, 7).custom_id for verb in POLL),
    PollPages(7).custom_id,
    *(HelpButton(verb).custom_id for verb in (*STARTS, "search")),
    HelpMenu().custom_id,
    *(PrivacyButton(verb, 7).custom_id for verb in PRIVACY),
    *(ChannelMenu(name, 7).custom_id for name in CHANNELS),
    *(RoleMenu(name, 7).custom_id for name in ROLES),
    ZoneMenu(7).custom_id,
    KeepZone("America/Argentina/Buenos_Aires").custom_id,
    *(item(7).custom_id for item in (KindsMenu, BoundMenu, WarningsOff)),
    *(f"poll:rank-{verb}:7" for verb in ("next", "pick")),
    *(f"poll:rank-{verb}:7:3:ab12cd34" for verb in ("up", "level", "undo", "cast", "type")),
    *(SetupButton(verb, 7).custom_id for verb in ("sharing", "limits", "check", "show", "open")),
    *(f"payout:{verb}:7" for verb in ("share", "details", "mine", "takeback", "menu-rounds")),
    *(f"proposal:{verb}:7" for verb in ("second", "argue", "impact", "read")),
]


@pytest.mark.slow
async def test_every_id_belongs_to_one_item(server: Server) -> None:
    templates = list(server.bot._connection._view_store._dynamic_items)
    for custom_id in IDS:
        assert sum(template.fullmatch(custom_id) is not None for template in templates) == 1, custom_id
