-- Whoever changed a server's settings last: they are told, by a direct message, what does not work there.
CREATE TABLE server_setters (
    guild_id INTEGER PRIMARY KEY NOT NULL,
    member_id INTEGER NOT NULL,
    set_at TEXT NOT NULL CHECK (set_at GLOB '????-??-??T??:??:??.??????+00:00')
) STRICT;

-- The troubles of which somebody was told, so that each is told once a week: "poll 7", "summary 2031-W18".
CREATE TABLE told_troubles (
    guild_id INTEGER NOT NULL,
    about TEXT NOT NULL,
    told_at TEXT NOT NULL CHECK (told_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (guild_id, about)
) STRICT, WITHOUT ROWID;

-- How many pages of a summary are shown below its first message, which is noted as soon as it is there.
ALTER TABLE digest_posts ADD COLUMN pages INTEGER CHECK (pages IS NULL OR pages >= 0);
