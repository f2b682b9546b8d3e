-- What Numerai's API last answered: used again while it is young, and whenever the API can't be reached.
CREATE TABLE fetched_answers (
    question TEXT NOT NULL PRIMARY KEY CHECK (question <> ''),
    answer TEXT NOT NULL CHECK (json_valid(answer)),
    size INTEGER NOT NULL GENERATED ALWAYS AS (length(answer)) STORED,
    fetched_at TEXT NOT NULL CHECK (fetched_at GLOB '????-??-??T??:??:??.??????+00:00')
) STRICT;

-- The clean-up adds up sizes from the newest answer on, and reads nothing but this.
CREATE INDEX fetched_answers_by_time ON fetched_answers (fetched_at, size);
