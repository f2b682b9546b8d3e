-- Answers that members shared: so that others can ask the same about themselves, and whoever shared one can take
-- it back. Claimed before it is posted, so that a second press posts no second one; message is null until then.
CREATE TABLE shared_answers (
    share_id INTEGER PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    question_id INTEGER NOT NULL,
    question TEXT NOT NULL,
    arguments TEXT NOT NULL CHECK (json_valid(arguments)),
    channel INTEGER NOT NULL,
    message INTEGER,
    shared_at TEXT NOT NULL CHECK (shared_at GLOB '????-??-??T??:??:??.??????+00:00'),
    UNIQUE (member_id, question_id, arguments, channel)
) STRICT;
CREATE INDEX shared_answers_of_guild ON shared_answers (guild_id);
