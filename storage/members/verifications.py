"""Which Numerai account a member has shown to be theirs, and the codes with which it is shown."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from sqlite3 import Row

from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.moments import from_text, to_text

VALID = timedelta(minutes=15)  # a code
AGAIN = timedelta(days=90)  # after a check, the next


@dataclass(frozen=True)
class AccountVerification:
    """A member's account; in state “lapsed” a later check failed."""

    member_id: int
    tournament: str
    account: str
    verified_at: datetime
    checked_at: datetime
    state: str = "verified"  # or lapsed

    @classmethod
    def from_row(cls, row: Row) -> "AccountVerification":
        """Return what a row of `_VERIFICATIONS` says."""
        return cls(
            member_id=row["member_id"],
            tournament=row["tournament"],
            account=row["account"],
            verified_at=from_text(row["verified_at"]),
            checked_at=from_text(row["checked_at"]),
            state=row["state"],
        )


@dataclass(frozen=True)
class Code:
    """What a member puts into the profile of a model to show that it is theirs."""

    member_id: int
    tournament: str
    model: str
    code: str = field(repr=False)  # 24 hex digits
    made_at: datetime
    expires_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "Code":
        """Return what a row of `verification_codes` says."""
        return cls(
            member_id=row["member_id"],
            tournament=row["tournament"],
            model=row["model"],
            code=row["code"],
            made_at=from_text(row["made_at"]),
            expires_at=from_text(row["expires_at"]),
        )


_VERIFICATIONS = """
SELECT member_id, tournament, account, verified_at, checked_at, state FROM account_verifications
"""
_AMONG = """
WHERE state = 'verified' AND member_id IN (SELECT value FROM json_each(?)) ORDER BY member_id
"""


async def make_code(db: Database, member_id: int, tournament: str, model: str, now: datetime) -> Code:
    """Make a code for a member in place of an earlier one; all codes that have expired go."""
    made = Code(member_id, tournament, model, secrets.token_hex(12), now, now + VALID)
    async with transaction(db):
        await execute(
            db,
            "DELETE FROM verification_codes WHERE expires_at <= ? OR member_id = ?",
            (to_text(now), member_id),
        )
        await execute(
            db,
            "INSERT INTO verification_codes (member_id, tournament, model, code, made_at, expires_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (member_id, tournament, model, made.code, to_text(now), to_text(made.expires_at)),
        )
    return made


async def code_of(db: Database, member_id: int, now: datetime) -> Code | None:
    """Return the member's code unless it has expired, or None."""
    row = await fetch_one(
        db,
        "SELECT member_id, tournament, model, code, made_at, expires_at FROM verification_codes "
        "WHERE member_id = ? AND expires_at > ?",
        (member_id, to_text(now)),
    )
    return None if row is None else Code.from_row(row)


async def use_code(
    db: Database, member_id: int, code: str, account: str, now: datetime
) -> AccountVerification:
    """Bind the account in whose profile the code stands to the member, in place of an earlier one.

    That it stands there is the caller's to check. Raises ValueError for a code that was used or replaced or
    has expired, and for an account that another member has shown to be theirs.
    """
    async with transaction(db):
        found = await code_of(db, member_id, now)
        if found is None or found.code != code:
            raise ValueError("That code was used already, replaced, or is too old; ask for a new one.")
        taken = await fetch_one(
            db,
            "SELECT 1 FROM account_verifications WHERE account = ? AND member_id <> ?",
            (account, member_id),
        )
        if taken is not None:
            raise ValueError(
                "Another member has verified that account already; an account stands for one member only."
            )
        await execute(db, "DELETE FROM verification_codes WHERE member_id = ?", (member_id,))
        await execute(
            db,
            "INSERT INTO account_verifications (member_id, tournament, account, verified_at, checked_at, "
            "state) VALUES (?1, ?2, ?3, ?4, ?4, 'verified') ON CONFLICT (member_id) DO UPDATE SET "
            "tournament = excluded.tournament, account = excluded.account, "
            "verified_at = excluded.verified_at, checked_at = excluded.checked_at, state = excluded.state",
            (member_id, found.tournament, account, to_text(now)),
        )
    return AccountVerification(member_id, found.tournament, account, now, now, "verified")


async def verification_of(db: Database, member_id: int) -> AccountVerification | None:
    """Return what is known of a member's account, also if it has lapsed, or None."""
    row = await fetch_one(db, _VERIFICATIONS + "WHERE member_id = ?", (member_id,))
    return None if row is None else AccountVerification.from_row(row)


async def verified_members(db: Database, member_ids: Iterable[int]) -> list[AccountVerification]:
    """Return those of these members whose account is verified, without the lapsed."""
    rows = await fetch_all(db, _VERIFICATIONS + _AMONG, (json.dumps(list(member_ids)),))
    return [AccountVerification.from_row(row) for row in rows]


async def all_verified(db: Database) -> list[int]:
    """Return every member whose account is verified, without the lapsed."""
    rows = await fetch_all(
        db, "SELECT member_id FROM account_verifications WHERE state = 'verified' ORDER BY member_id"
    )
    return [row["member_id"] for row in rows]


async def due_rechecks(db: Database, now: datetime, age: timedelta = AGAIN) -> list[AccountVerification]:
    """Return the verified accounts that were last checked so long ago, the longest first."""
    rows = await fetch_all(
        db,
        _VERIFICATIONS + "WHERE state = 'verified' AND checked_at <= ? ORDER BY checked_at, member_id",
        (to_text(now - age),),
    )
    return [AccountVerification.from_row(row) for row in rows]


async def record_check(db: Database, checked: AccountVerification, now: datetime, *, holds: bool) -> bool:
    """Keep what a check of an account found; False if the member has another by now, or none."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "UPDATE account_verifications SET checked_at = ?, state = ? "
                "WHERE member_id = ? AND tournament = ? AND account = ?",
                (
                    to_text(now),
                    "verified" if holds else "lapsed",
                    checked.member_id,
                    checked.tournament,
                    checked.account,
                ),
            )
        )


async def drop_verification(db: Database, member_id: int) -> bool:
    """Forget the member's verified account, and say whether there was one."""
    async with transaction(db):
        return await execute(db, "DELETE FROM account_verifications WHERE member_id = ?", (member_id,)) > 0
