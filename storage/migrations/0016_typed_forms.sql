-- What members typed into forms that were refused, or that a restart met, until it is filed or a week is over:
-- the fields of a form as JSON, by the name from which the form is made again.
CREATE TABLE typed_forms (
    member_id INTEGER NOT NULL,
    guild_id INTEGER NOT NULL, -- 0 outside of servers
    form TEXT NOT NULL,
    typed TEXT NOT NULL CHECK (json_valid(typed)),
    typed_at TEXT NOT NULL CHECK (typed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (member_id, guild_id, form)
) STRICT, WITHOUT ROWID;

CREATE INDEX typed_forms_by_age ON typed_forms (typed_at);
