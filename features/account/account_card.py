"""Cards for a member's link and for the proof of an account."""

from dataclasses import replace
from datetime import datetime

from discord.utils import format_dt

from features.account.link import LinkedAccount
from features.account.verify import GOOD_FOR, Started
from storage.members.verifications import AccountVerification
from ui.card import BLUE, GREEN, Card
from ui.text import plain
from wording.numbers import amount, counted

NO_KEYS = "This bot never asks for an API key, a password or a wallet. Whoever does is not this bot."

WARNED = 2  # sentences on limits that are written out
NO_STAKE = (
    "**Without a stake** nothing was paid. What one would have earned: /payout compare with two rules, like "
    "1C3T vs 2C1T, and a stake of 100."
)


def account_card(account: LinkedAccount, verification: AccountVerification | None = None) -> Card:
    """What is linked, the rounds behind it, and whether it is proven."""
    link = account.link
    models = counted(len(account.models), "model") if link.kind == "account" else "one model"
    if verification is not None and verification.account.casefold() == link.name.casefold():
        proof = f"**Verified** You proved on {verification.verified_at:%Y-%m-%d} that it is yours."
    else:
        proof = (
            "**A claim, not a proof** Nobody has checked that it is yours. "
            "Only you see it, unless you share an answer."
        )
    mind = [plain(sentence) for sentence in account.warnings[:WARNED]]
    if more := account.warnings[WARNED:]:
        mind.append(f"So it is for {len(more):,} more.")
    return Card(
        f"Linked: {plain(link.name)}",
        f"{models}, scored in rounds {account.first_round}-{account.last_round}, "
        f"with a stake in {account.staked_rounds} of them"
        + (f"; {amount(account.stake, 'NMR')} in the newest." if account.stake else "."),
        after="\n".join(
            ([f"**Mind** {' '.join(mind)}"] if mind else []) + ([] if account.stake else [NO_STAKE]) + [proof]
        ),
        small=f"{account.source} · data until {account.until} · linked {link.linked_at:%Y-%m-%d}",
        colour=BLUE,
    )


def code_card(started: Started) -> Card:
    """What to do with a code, step by step on a phone."""
    model, account = plain(started.model), plain(started.account)
    return Card(
        f"Prove that {account} is yours",
        "1. Copy the code above this card: touch and hold it, then *Copy Text*.\n"
        f"2. In your browser, open numer.ai, log in, and go to the page of your model **{model}**.\n"
        "3. Edit its bio, paste the code anywhere in it, and save. What is there may stay.\n"
        f"4. Come back and press **I put it there**. The code is good until "
        f"{format_dt(started.expires_at, 't')}, {format_dt(started.expires_at, 'R')}.\n"
        "5. Once you are verified, take the code out again.",
        after="**Only for yourself** Use no code that somebody else gave you: it would make your account "
        "theirs here.",
        small=NO_KEYS,
        colour=BLUE,
    )


def linked_at_numerai_card(verification: AccountVerification, now: datetime) -> Card:
    """An account that its owner linked to the member at Numerai: there is no code to take out."""
    card = verified_card(verification, now)
    return replace(card, after=f"**How** Numerai says that it is linked to you at Discord.\n{card.after}")


def verified_card(verification: AccountVerification, now: datetime, *, new: bool = False) -> Card:
    """Whose account is proven, since when, and when that is looked at again."""
    days = max(0, (now - verification.verified_at).days)
    since = "today" if days == 0 else f"{counted(days, 'day')} ago"
    clear = "**Now clear the bio** Take the code out of the bio: nothing needs it.\n" if new else ""
    return Card(
        f"Verified: {plain(verification.account)}",
        f"You proved on {verification.verified_at:%Y-%m-%d}, {since}, that this Numerai account is yours. "
        f"Last checked on {verification.checked_at:%Y-%m-%d}; "
        f"it is checked again from {verification.checked_at + GOOD_FOR:%Y-%m-%d} on.",
        after=f"{clear}**Who sees it** Only you. `/account unverify` takes it back at any time.",
        small=f"Numerai {verification.tournament.title()} · {NO_KEYS}",
        colour=GREEN,
    )
