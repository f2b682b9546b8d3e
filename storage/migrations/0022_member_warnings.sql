-- What a member wants to be warned of by direct message. told: for each kind what was found when it was last
-- looked for, so that nothing is told twice. guild_id: the server whose promises are meant.
CREATE TABLE member_warnings (
    member_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    kinds TEXT NOT NULL CHECK (json_valid(kinds) AND json_array_length(kinds) > 0),
    bound REAL NOT NULL CHECK (bound > 0 AND bound <= 100),
    told TEXT NOT NULL CHECK (json_valid(told)),
    due_at TEXT NOT NULL CHECK (due_at GLOB '????-??-??T??:??:??.??????+00:00')
) STRICT;
CREATE INDEX member_warnings_by_time ON member_warnings (due_at);
