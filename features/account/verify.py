"""Proof that a Numerai account is a member's: its owner linked them at Numerai, or put a code into a bio."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storage.database import Database
from storage.members.verifications import (
    AccountVerification,
    code_of,
    drop_verification,
    due_rechecks,
    make_code,
    record_check,
    use_code,
    verification_of,
)
from tournament.source import Source, SourceError
from wording.names import plain_name

GOOD_FOR = timedelta(days=90)  # until Numerai is asked again whether the account is there


@dataclass(frozen=True)
class Started:
    """What a member has to put where, and until when."""

    code: str = field(repr=False)
    expires_at: datetime
    model: str
    account: str


async def start_verification(
    database: Database, source: Source, member_id: int, account: str | None, model: str, now: datetime
) -> Started | AccountVerification:
    """Verify the member where the account is linked to them at Numerai; else make a code for a bio.

    The code takes the place of the member's earlier one. Numerai says whose the model is; `account` is what
    the member believes, None for nothing. Raises ValueError for a member who is verified, a model that is not
    there, one of another account, and an account that another member has verified.
    """
    await _refuse_if_verified(database, member_id)
    claim = await source.claims(plain_name(account) if account is not None else None, plain_name(model))
    code = await make_code(database, member_id, source.tournament, claim.model, now)
    if claim.discord_id == member_id:
        return await use_code(database, member_id, code.code, claim.account, now)
    return Started(code.code, code.expires_at, claim.model, claim.account)


async def finish_verification(
    database: Database, source_of: Callable[[str], Source], member_id: int, now: datetime
) -> AccountVerification:
    """Read the bios and verify the member as the account that the model belongs to.

    The code may stand in the model's bio or the account's, or the account be linked to the member meanwhile.
    Raises ValueError, and keeps the code, where it is in neither; SourceError where Numerai can't be asked.
    No sentence names the account or the model: a log would then say whose they are.
    """
    await _refuse_if_verified(database, member_id)
    code = await code_of(database, member_id, now)
    if code is None:
        raise ValueError(
            "No code of yours is waiting: a code lasts 15 minutes, and a newer one replaces it. "
            "Get another with /account verify."
        )
    claim = await source_of(code.tournament).claims(None, code.model)
    if claim.discord_id != member_id and not any(
        holds_code(bio, code.code) for bio in (claim.bio, claim.account_bio)
    ):
        raise ValueError(
            "The model's bio does not hold your newest code. Save it there, wait a moment, and press again: "
            "the code stays good until its 15 minutes are over."
        )
    return await use_code(database, member_id, code.code, claim.account, now)


async def recheck_due(database: Database, source: Source, now: datetime) -> list[AccountVerification]:
    """Ask again about the source's accounts that were last checked 90 days ago; return those that are gone.

    Where Numerai can't be asked nothing changes, and the rest waits for the next time.
    """
    dropped: list[AccountVerification] = []
    for due in await due_rechecks(database, now, GOOD_FOR):
        if due.tournament != source.tournament:
            continue
        try:
            models = await source.models_now(due.account)
        except SourceError:
            break
        if await verification_of(database, due.member_id) != due:
            continue  # it was given up meanwhile, or is another by now
        if models:
            await record_check(database, due, now, holds=True)
        elif await drop_verification(database, due.member_id):
            dropped.append(due)
    return dropped


def holds_code(bio: str, code: str) -> bool:
    """Whether a text holds a code of hexadecimal digits; how long that takes does not tell how much of it."""
    runs = re.findall(f"[0-9a-f]{{{len(code)},}}", bio.lower())
    windows = (run[start : start + len(code)] for run in runs for start in range(len(run) - len(code) + 1))
    return any(hmac.compare_digest(window, code) for window in windows)


async def _refuse_if_verified(database: Database, member_id: int) -> None:
    if await verification_of(database, member_id) is not None:
        raise ValueError(
            "You have a verified account already: see it with /account show. "
            "To verify another one, give it up first with /account unverify."
        )
