-- Summaries that moderators posted by hand, one a day of the server; claimed before it is posted, so that a
-- second press posts no second one. message is null until it is there.
CREATE TABLE digest_posts_by_hand (
    guild_id INTEGER NOT NULL,
    day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
    claimed_at TEXT NOT NULL CHECK (claimed_at GLOB '????-??-??T??:??:??.??????+00:00'),
    posted_at TEXT CHECK (posted_at GLOB '????-??-??T??:??:??.??????+00:00'),
    channel INTEGER,
    message INTEGER,
    CHECK ((posted_at IS NULL) = (message IS NULL) AND (channel IS NULL) = (message IS NULL)),
    PRIMARY KEY (guild_id, day)
) STRICT;

-- How many might vote was what the gateway had counted of the server, bots and all, some time ago. It is known
-- only where those with a verified account when the poll opened are all; 0 elsewhere.
UPDATE polls SET electorate = CASE
    WHEN json_extract(eligibility, '$.verified') AND json_extract(eligibility, '$.role') IS NULL
        AND json_extract(eligibility, '$.server_days') = 0 AND json_extract(eligibility, '$.account_days') = 0
    THEN (SELECT count(*) FROM electors e WHERE e.poll_id = polls.poll_id)
    ELSE 0
END;
UPDATE polls SET result = json_set(result, '$.result.electorate', electorate) WHERE result IS NOT NULL;
