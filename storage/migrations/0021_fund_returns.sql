-- The fund's monthly returns as a moderator loaded them from a file, in percent; each file takes the place of the last.
CREATE TABLE fund_returns (
    guild_id INTEGER NOT NULL,
    month TEXT NOT NULL CHECK (month GLOB '[12][0-9][0-9][0-9]-[01][0-9]'),
    percent REAL NOT NULL CHECK (percent BETWEEN -100 AND 1000),
    loaded_at TEXT NOT NULL CHECK (loaded_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (guild_id, month)
) STRICT, WITHOUT ROWID;
