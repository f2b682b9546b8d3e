-- When a server's weekly summary is posted and where; last_key is the newest week that was told.
CREATE TABLE digest_schedules (
    guild_id INTEGER NOT NULL PRIMARY KEY,
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),
    zone TEXT NOT NULL CHECK (zone <> ''),
    channel INTEGER NOT NULL,
    last_key TEXT CHECK (last_key GLOB '????-W??'),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????+00:00')
) STRICT;

-- A week is claimed before it is posted, so that nobody tells it twice; posted_at is null until it is there.
CREATE TABLE digest_posts (
    guild_id INTEGER NOT NULL,
    key TEXT NOT NULL CHECK (key GLOB '????-W??'),
    keys TEXT NOT NULL CHECK (json_valid(keys)),
    claimed_at TEXT NOT NULL CHECK (claimed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    posted_at TEXT CHECK (posted_at GLOB '????-??-??T??:??:??.??????+00:00'),
    given_up TEXT,
    channel INTEGER,
    message INTEGER,
    PRIMARY KEY (guild_id, key)
) STRICT;

-- What the newest rounds were paid by, and the rule they announced, so that a change can be seen later.
CREATE TABLE rule_snapshots (
    tournament TEXT NOT NULL CHECK (tournament IN ('classic', 'signals', 'crypto')),
    source TEXT NOT NULL CHECK (source <> ''),
    day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
    rule TEXT NOT NULL,
    differs TEXT NOT NULL,
    rounds TEXT NOT NULL CHECK (json_valid(rounds)),
    PRIMARY KEY (tournament, source, day)
) STRICT;
