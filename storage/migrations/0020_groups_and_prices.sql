-- Names under a name of the member's own, to be typed in their place. `folded` is the name by which it is found.
CREATE TABLE name_groups (
    member_id INTEGER NOT NULL,
    folded TEXT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 32),
    tournament TEXT NOT NULL CHECK (tournament IN ('classic', 'signals', 'crypto')),
    names TEXT NOT NULL CHECK (json_valid(names) AND json_array_length(names) > 0),
    saved_at TEXT NOT NULL CHECK (saved_at GLOB '????-??-??T??:??:??.??????+00:00'),
    PRIMARY KEY (member_id, folded)
) STRICT, WITHOUT ROWID;

-- What an NMR cost on the days on which somebody looked: kept for good, because nobody tells it afterwards.
CREATE TABLE day_prices (
    currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
    price REAL NOT NULL CHECK (price > 0),
    PRIMARY KEY (currency, day)
) STRICT, WITHOUT ROWID;

-- They were among the answers of the API, which go after a while, and in USD alone.
INSERT OR IGNORE INTO day_prices (currency, day, price)
SELECT 'USD', day.key, day.value
FROM fetched_answers, json_each(fetched_answers.answer) AS day
WHERE fetched_answers.question IN ('classic/4/prices', 'signals/4/prices', 'crypto/4/prices')
AND day.key GLOB '????-??-??' AND day.type IN ('real', 'integer') AND day.value > 0;

DELETE FROM fetched_answers WHERE question IN ('classic/4/prices', 'signals/4/prices', 'crypto/4/prices');
