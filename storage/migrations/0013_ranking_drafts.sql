-- Rankings that members are putting together: every step as JSON, the newest last, so that each can be undone.
-- A step is a list of groups, best first; a group is a list of places of the poll's options that are ranked
-- equally. A draft goes when it is cast and when its poll ends.
CREATE TABLE ranking_drafts (
    poll_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    steps TEXT NOT NULL CHECK (json_valid(steps)),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (poll_id, member_id),
    FOREIGN KEY (guild_id, poll_id) REFERENCES polls (guild_id, poll_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX ranking_drafts_of_member ON ranking_drafts (member_id);
