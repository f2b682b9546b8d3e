"""What an NMR cost, by day and currency, from the first day on which somebody asked in that currency."""

from datetime import date

from storage.database import Database, execute, fetch_all, transaction


async def prices_in(db: Database, currency: str) -> dict[str, float]:
    """Return the prices of the days that are known, by ISO date, oldest first."""
    rows = await fetch_all(
        db, "SELECT day, price FROM day_prices WHERE currency = ? ORDER BY day", (currency,)
    )
    return {row["day"]: row["price"] for row in rows}


async def currencies_kept(db: Database) -> list[str]:
    """Return every currency of which a price is kept."""
    rows = await fetch_all(db, "SELECT DISTINCT currency FROM day_prices ORDER BY currency")
    return [row["currency"] for row in rows]


async def keep_price(db: Database, currency: str, day: date, price: float) -> None:
    """Keep a price in place of an earlier one of that day."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO day_prices (currency, day, price) VALUES (?, ?, ?) "
            "ON CONFLICT (currency, day) DO UPDATE SET price = excluded.price",
            (currency, day.isoformat(), price),
        )
