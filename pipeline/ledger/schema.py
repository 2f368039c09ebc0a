"""What the ledger holds, as numbered migrations; ``PRAGMA user_version`` counts those a database has.

A migration that has been released is never changed: add another. Times are ISO 8601 with their offset; bodies are
JSON as ``codec`` writes it. ``events`` only grows; what stands now is read from the views at the end.
"""

from __future__ import annotations

_FIRST = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    outcome TEXT CHECK (outcome IN ('done', 'unchanged')),
    inputs TEXT NOT NULL DEFAULT ''
);

CREATE TABLE mails (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    message_id TEXT,
    sender TEXT,
    subject TEXT NOT NULL,
    received_at TEXT,
    seen_at TEXT NOT NULL,
    verdict TEXT,
    reason TEXT,
    body TEXT NOT NULL,
    UNIQUE (year, path, sha256)
);

CREATE TABLE envelopes (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    sender TEXT,
    message_id TEXT,
    received_at TEXT,
    seen_at TEXT NOT NULL,
    repeats INTEGER REFERENCES envelopes (id),
    body TEXT NOT NULL,
    UNIQUE (year, path, sha256)
);
CREATE INDEX envelopes_by_content ON envelopes (sha256);

CREATE TABLE readings (
    sha256 TEXT PRIMARY KEY,
    reader TEXT NOT NULL,
    stated_year INTEGER,
    body TEXT NOT NULL
);

CREATE TABLE versions (
    year INTEGER NOT NULL,
    agency TEXT NOT NULL,
    number INTEGER NOT NULL,
    envelope INTEGER NOT NULL REFERENCES envelopes (id),
    PRIMARY KEY (year, agency, number),
    UNIQUE (year, agency, envelope)
);

CREATE TABLE assessments (
    id INTEGER PRIMARY KEY,
    envelope INTEGER NOT NULL REFERENCES envelopes (id),
    basis TEXT NOT NULL,
    judged_at TEXT NOT NULL,
    agency TEXT,
    version INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    settled TEXT
);
CREATE INDEX assessments_by_envelope ON assessments (envelope);

CREATE TABLE findings (
    assessment INTEGER NOT NULL REFERENCES assessments (id),
    number INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    key TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (assessment, number)
) WITHOUT ROWID;

CREATE TABLE waivers (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    agency TEXT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    person TEXT NOT NULL,
    given_at TEXT NOT NULL,
    until TEXT,
    withdrawn_at TEXT,
    withdrawn_by TEXT
);
CREATE UNIQUE INDEX one_waiver_in_force ON waivers (year, agency, rule) WHERE withdrawn_at IS NULL;

CREATE TABLE letters (
    key TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    agency TEXT,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    intended_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    settled_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX letters_by_agency ON letters (year, agency);

CREATE TABLE mailboxes (
    name TEXT PRIMARY KEY,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL
);

CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    agency TEXT NOT NULL,
    year INTEGER NOT NULL,
    source TEXT NOT NULL,
    imported_at TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX imports_by_year ON imports (year, agency);

CREATE TABLE outputs (
    year INTEGER NOT NULL,
    path TEXT NOT NULL,
    basis TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (year, path)
) WITHOUT ROWID;

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    agency TEXT,
    envelope INTEGER REFERENCES envelopes (id),
    detail TEXT NOT NULL DEFAULT ''
);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE (ABORT, 'events are never changed'); END;
CREATE TRIGGER events_last BEFORE DELETE ON events BEGIN SELECT RAISE (ABORT, 'events are never deleted'); END;

CREATE VIEW latest_assessments AS
SELECT * FROM assessments WHERE id IN (SELECT max(id) FROM assessments GROUP BY envelope);

CREATE VIEW file_states AS
SELECT
    envelopes.id AS envelope, envelopes.year, envelopes.path, envelopes.sha256, envelopes.received_at, envelopes.seen_at,
    latest_assessments.agency, latest_assessments.version,
    CASE
        WHEN envelopes.repeats IS NOT NULL THEN 'set_aside'
        WHEN latest_assessments.id IS NOT NULL THEN 'judged'
        WHEN readings.sha256 IS NOT NULL THEN 'read'
        ELSE 'arrived'
    END AS state,
    coalesce(latest_assessments.verdict, CASE WHEN envelopes.repeats IS NOT NULL THEN 'duplicate' END) AS outcome,
    latest_assessments.id AS assessment
FROM envelopes
LEFT JOIN latest_assessments ON latest_assessments.envelope = envelopes.id
LEFT JOIN readings ON readings.sha256 = envelopes.sha256;

CREATE VIEW agency_states AS
SELECT
    year, agency,
    count(*) AS versions,
    max(version) AS latest,
    max(CASE WHEN outcome IN ('accepted', 'accepted_with_remarks') THEN version END) AS counting
FROM file_states
WHERE agency IS NOT NULL AND state = 'judged'
GROUP BY year, agency;
"""

_RUN_COUNTS = """
ALTER TABLE runs ADD COLUMN counts TEXT NOT NULL DEFAULT '{}';
"""

_FILE_STATS = """
CREATE TABLE glances (
    year INTEGER NOT NULL,
    path TEXT NOT NULL,
    reader TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (year, path)
) WITHOUT ROWID;
"""

_LETTER_STATES = """
ALTER TABLE letters RENAME TO letters_before;
DROP INDEX letters_by_agency;
CREATE TABLE letters (
    key TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    agency TEXT,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    intended_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'handed', 'failed', 'withdrawn')),
    settled_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX letters_by_agency ON letters (year, agency);
INSERT INTO letters SELECT * FROM letters_before ORDER BY rowid;
DROP TABLE letters_before;
"""

_READ_BACK = """
ALTER TABLE outputs ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE outputs ADD COLUMN figures TEXT NOT NULL DEFAULT '[]';
"""

_LATEST_BY_INDEX = """
DROP VIEW latest_assessments;
CREATE VIEW latest_assessments AS
SELECT * FROM assessments
WHERE id = (SELECT max(newer.id) FROM assessments AS newer WHERE newer.envelope = assessments.envelope);
"""
"""The former view compared every file with the latest judgement of every other: what a run costs grew with the square."""

_DISMISSALS = """
CREATE TABLE dismissals (
    id INTEGER PRIMARY KEY,
    envelope INTEGER NOT NULL REFERENCES envelopes (id),
    reason TEXT NOT NULL,
    person TEXT NOT NULL,
    given_at TEXT NOT NULL,
    withdrawn_at TEXT,
    withdrawn_by TEXT
);
CREATE INDEX events_by_envelope ON events (envelope, kind);
CREATE VIEW set_aside AS
SELECT envelope FROM events
WHERE kind = 'repeated' AND id > coalesce(
    (SELECT max(id) FROM events AS judged WHERE judged.envelope = events.envelope AND judged.kind = 'judged'), 0
);
DROP VIEW file_states;
CREATE VIEW file_states AS
SELECT
    envelopes.id AS envelope, envelopes.year, envelopes.path, envelopes.sha256, envelopes.received_at, envelopes.seen_at,
    latest_assessments.agency, latest_assessments.version,
    CASE
        WHEN envelopes.repeats IS NOT NULL OR dismissals.id IS NOT NULL THEN 'set_aside'
        WHEN latest_assessments.id IS NOT NULL
            AND EXISTS (SELECT 1 FROM set_aside WHERE set_aside.envelope = envelopes.id) THEN 'set_aside'
        WHEN latest_assessments.id IS NOT NULL THEN 'judged'
        WHEN readings.sha256 IS NOT NULL THEN 'read'
        ELSE 'arrived'
    END AS state,
    CASE
        WHEN dismissals.id IS NOT NULL THEN 'not_a_submission'
        WHEN latest_assessments.id IS NOT NULL
            AND EXISTS (SELECT 1 FROM set_aside WHERE set_aside.envelope = envelopes.id) THEN 'duplicate'
        ELSE coalesce(latest_assessments.verdict, CASE WHEN envelopes.repeats IS NOT NULL THEN 'duplicate' END)
    END AS outcome,
    latest_assessments.id AS assessment
FROM envelopes
LEFT JOIN latest_assessments ON latest_assessments.envelope = envelopes.id
LEFT JOIN readings ON readings.sha256 = envelopes.sha256
LEFT JOIN dismissals ON dismissals.envelope = envelopes.id AND dismissals.withdrawn_at IS NULL;
"""

_WHAT_LETTERS_REST_ON = """
ALTER TABLE letters ADD COLUMN basis TEXT NOT NULL DEFAULT '';
CREATE INDEX events_by_agency ON events (agency);
"""

_UNGUESSABLE = """
CREATE TABLE secret (value TEXT NOT NULL);
CREATE TABLE hosts (kind TEXT PRIMARY KEY, host TEXT NOT NULL);
"""
_THE_ONLY_MEMORY = """
ALTER TABLE outputs ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE outputs ADD COLUMN former TEXT NOT NULL DEFAULT '';
ALTER TABLE outputs ADD COLUMN modified INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outputs ADD COLUMN beside TEXT NOT NULL DEFAULT '';
CREATE TABLE results (
    year INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    at TEXT NOT NULL,
    deliveries INTEGER NOT NULL,
    body BLOB NOT NULL,
    page BLOB NOT NULL
);
CREATE TABLE deliveries (
    letter TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    at TEXT NOT NULL,
    workbook TEXT NOT NULL,
    body BLOB NOT NULL,
    signed_by TEXT NOT NULL DEFAULT '',
    signed_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    number INTEGER
);
CREATE TABLE releases (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    letter TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    given_at TEXT NOT NULL,
    withdrawn_at TEXT,
    withdrawn_by TEXT
);
ALTER TABLE letters RENAME TO letters_before;
DROP INDEX letters_by_agency;
CREATE TABLE letters (
    key TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    agency TEXT,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    intended_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sent', 'handed', 'failed', 'withdrawn', 'stopped')),
    settled_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    basis TEXT NOT NULL DEFAULT '',
    laid TEXT NOT NULL DEFAULT '',
    doubt TEXT NOT NULL DEFAULT '' CHECK (doubt IN ('', 'deleted', 'edited')),
    edited INTEGER NOT NULL DEFAULT 0,
    before TEXT NOT NULL DEFAULT ''
);
CREATE INDEX letters_by_agency ON letters (year, agency);
CREATE INDEX letters_by_message ON letters (message_id);
INSERT INTO letters (key, year, kind, agency, recipient, subject, message_id, sha256, intended_at, state, settled_at,
    attempts, reason, basis)
SELECT key, year, kind, agency, recipient, subject, message_id, sha256, intended_at, state, settled_at, attempts, reason, basis
FROM letters_before ORDER BY rowid;
DROP TABLE letters_before;
"""
"""What was read back from the outputs until then: what a run found, what was delivered, what every file was written as."""
_BARRIER = """
CREATE TABLE begun (
    year INTEGER NOT NULL,
    stage TEXT NOT NULL,
    item TEXT NOT NULL,
    path TEXT NOT NULL,
    tries INTEGER NOT NULL,
    began_at TEXT NOT NULL,
    PRIMARY KEY (year, stage, item)
) WITHOUT ROWID;
CREATE TABLE failures (
    sha256 TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    path TEXT NOT NULL,
    stage TEXT NOT NULL,
    kind TEXT NOT NULL,
    failed_at TEXT NOT NULL
) WITHOUT ROWID;
"""

_DECISIONS = """
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('return', 'count', 'accept', 'waive', 'extend', 'dismiss', 'release')),
    agency TEXT,
    rule TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 0,
    envelope INTEGER REFERENCES envelopes (id),
    after INTEGER NOT NULL DEFAULT 0,
    until TEXT,
    reason TEXT NOT NULL,
    person TEXT NOT NULL,
    given_at TEXT NOT NULL,
    revoked_at TEXT,
    revoked_by TEXT,
    revoked_because TEXT NOT NULL DEFAULT ''
);
CREATE INDEX decisions_by_year ON decisions (year, kind);
CREATE INDEX decisions_by_envelope ON decisions (envelope);
INSERT INTO decisions (year, kind, agency, rule, reason, person, given_at, until, revoked_at, revoked_by)
SELECT year, 'waive', agency, rule, reason, person, given_at, until, withdrawn_at, withdrawn_by FROM waivers ORDER BY id;
INSERT INTO decisions (year, kind, envelope, reason, person, given_at, revoked_at, revoked_by)
SELECT envelopes.year, 'dismiss', envelope, reason, person, given_at, withdrawn_at, withdrawn_by
FROM dismissals JOIN envelopes ON envelopes.id = envelope ORDER BY dismissals.id;
DROP VIEW agency_states;
DROP VIEW file_states;
DROP TABLE waivers;
DROP TABLE dismissals;
ALTER TABLE versions ADD COLUMN word INTEGER NOT NULL DEFAULT 0;
UPDATE versions SET word = envelope;
CREATE VIEW file_states AS
SELECT
    envelopes.id AS envelope, envelopes.year, envelopes.path, envelopes.sha256, envelopes.received_at, envelopes.seen_at,
    latest_assessments.agency, latest_assessments.version,
    CASE
        WHEN envelopes.repeats IS NOT NULL OR decisions.id IS NOT NULL THEN 'set_aside'
        WHEN latest_assessments.id IS NOT NULL
            AND EXISTS (SELECT 1 FROM set_aside WHERE set_aside.envelope = envelopes.id) THEN 'set_aside'
        WHEN latest_assessments.id IS NOT NULL THEN 'judged'
        WHEN readings.sha256 IS NOT NULL THEN 'read'
        ELSE 'arrived'
    END AS state,
    CASE
        WHEN decisions.id IS NOT NULL THEN 'not_a_submission'
        WHEN latest_assessments.id IS NOT NULL
            AND EXISTS (SELECT 1 FROM set_aside WHERE set_aside.envelope = envelopes.id) THEN 'duplicate'
        ELSE coalesce(latest_assessments.verdict, CASE WHEN envelopes.repeats IS NOT NULL THEN 'duplicate' END)
    END AS outcome,
    latest_assessments.id AS assessment
FROM envelopes
LEFT JOIN latest_assessments ON latest_assessments.envelope = envelopes.id
LEFT JOIN readings ON readings.sha256 = envelopes.sha256
LEFT JOIN decisions
    ON decisions.envelope = envelopes.id AND decisions.kind = 'dismiss' AND decisions.revoked_at IS NULL;
CREATE TABLE bindings (
    envelope INTEGER PRIMARY KEY REFERENCES envelopes (id),
    agency TEXT NOT NULL,
    findings TEXT NOT NULL,
    bound_at TEXT NOT NULL
);
INSERT INTO bindings (envelope, agency, findings, bound_at)
SELECT envelope, agency, coalesce(
    (SELECT '[' || group_concat(body, ',') || ']' FROM findings WHERE assessment = latest_assessments.id AND code = 'F06'),
    '[]'
), judged_at
FROM latest_assessments
WHERE agency IS NOT NULL AND verdict IN ('accepted', 'accepted_with_remarks', 'returned');
CREATE TABLE roster (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    year INTEGER NOT NULL,
    since TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX roster_by_code ON roster (code);
CREATE TABLE stated_names (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (code, name)
) WITHOUT ROWID;
INSERT OR IGNORE INTO stated_names (code, name)
SELECT latest_assessments.agency, json_extract(readings.body, '$.claims.agency')
FROM latest_assessments
JOIN envelopes ON envelopes.id = latest_assessments.envelope
JOIN readings ON readings.sha256 = envelopes.sha256
WHERE latest_assessments.agency IS NOT NULL AND verdict IN ('accepted', 'accepted_with_remarks')
    AND coalesce(json_extract(readings.body, '$.claims.agency'), '') <> '';
CREATE TABLE sent_files (sha256 TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE remainders (
    year INTEGER NOT NULL,
    path TEXT NOT NULL,
    variant TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (year, path)
) WITHOUT ROWID;
"""
"""What persons decide is one family; who an arrival is from is kept with it; the roster is remembered."""

_RELEASES = """
ALTER TABLE decisions ADD COLUMN letter TEXT NOT NULL DEFAULT '';
INSERT INTO decisions (year, kind, letter, reason, person, given_at, revoked_at, revoked_by)
SELECT year, 'release', letter, reason, person, given_at, withdrawn_at, withdrawn_by FROM releases ORDER BY id;
DROP TABLE releases;
"""
"""A release is a decision like any other; it is about the letter with the correction, not about an agency."""

_READING_KEYS = """
CREATE TABLE reading_keys (digest TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE letter_words (sha256 TEXT PRIMARY KEY, words TEXT NOT NULL) WITHOUT ROWID;
"""
"""What the numbers of a reading are called stands once for all files on a form; what a letter says, apart from what it carries."""

_SEEN = """
DROP VIEW file_states;
ALTER TABLE decisions RENAME TO former_decisions;
DROP INDEX decisions_by_year;
DROP INDEX decisions_by_envelope;
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('return', 'count', 'accept', 'waive', 'refuse', 'extend', 'dismiss', 'release')),
    agency TEXT,
    rule TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 0,
    envelope INTEGER REFERENCES envelopes (id),
    after INTEGER NOT NULL DEFAULT 0,
    letter TEXT NOT NULL DEFAULT '',
    seen TEXT NOT NULL DEFAULT '',
    until TEXT,
    reason TEXT NOT NULL,
    person TEXT NOT NULL,
    given_at TEXT NOT NULL,
    revoked_at TEXT,
    revoked_by TEXT,
    revoked_because TEXT NOT NULL DEFAULT ''
);
CREATE INDEX decisions_by_year ON decisions (year, kind);
CREATE INDEX decisions_by_envelope ON decisions (envelope);
INSERT INTO decisions (id, year, kind, agency, rule, version, envelope, after, letter, until, reason, person, given_at,
    revoked_at, revoked_by, revoked_because)
SELECT id, year, kind, agency, rule, version, envelope, after, letter, until, reason, person, given_at,
    revoked_at, revoked_by, revoked_because
FROM former_decisions;
DROP TABLE former_decisions;
CREATE VIEW file_states AS
SELECT
    envelopes.id AS envelope, envelopes.year, envelopes.path, envelopes.sha256, envelopes.received_at, envelopes.seen_at,
    latest_assessments.agency, latest_assessments.version,
    CASE
        WHEN envelopes.repeats IS NOT NULL OR decisions.id IS NOT NULL THEN 'set_aside'
        WHEN latest_assessments.id IS NOT NULL
            AND EXISTS (SELECT 1 FROM set_aside WHERE set_aside.envelope = envelopes.id) THEN 'set_aside'
        WHEN latest_assessments.id IS NOT NULL THEN 'judged'
        WHEN readings.sha256 IS NOT NULL THEN 'read'
        ELSE 'arrived'
    END AS state,
    CASE
        WHEN decisions.id IS NOT NULL THEN 'not_a_submission'
        WHEN latest_assessments.id IS NOT NULL
            AND EXISTS (SELECT 1 FROM set_aside WHERE set_aside.envelope = envelopes.id) THEN 'duplicate'
        ELSE coalesce(latest_assessments.verdict, CASE WHEN envelopes.repeats IS NOT NULL THEN 'duplicate' END)
    END AS outcome,
    latest_assessments.id AS assessment
FROM envelopes
LEFT JOIN latest_assessments ON latest_assessments.envelope = envelopes.id
LEFT JOIN readings ON readings.sha256 = envelopes.sha256
LEFT JOIN decisions
    ON decisions.envelope = envelopes.id AND decisions.kind = 'dismiss' AND decisions.revoked_at IS NULL;
"""
"""What had been found when a person decided about a rule; what was decided before holds whatever the rule finds."""

_BACK = """
ALTER TABLE envelopes ADD COLUMN lies INTEGER NOT NULL DEFAULT 1;
UPDATE envelopes SET lies = 0 WHERE EXISTS (
    SELECT 1 FROM envelopes AS newer
    WHERE newer.year = envelopes.year AND newer.path = envelopes.path AND newer.id > envelopes.id
);
CREATE TABLE returns (
    id INTEGER PRIMARY KEY,
    envelope INTEGER NOT NULL REFERENCES envelopes (id),
    instead INTEGER REFERENCES envelopes (id),
    seen_at TEXT NOT NULL
);
CREATE INDEX returns_by_envelope ON returns (envelope);
"""
"""What lay in the inbox at the last look, and what came back into it; a return has a number among those of arrivals."""

_OWED = """
CREATE TABLE owed_mails (
    mailbox TEXT NOT NULL,
    uid INTEGER NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (mailbox, uid)
);
"""
"""Mails that the server lists and did not hand over, and the day on which each was first asked for."""

MIGRATIONS: tuple[str, ...] = (
    _FIRST,
    _RUN_COUNTS,
    _FILE_STATS,
    _LETTER_STATES,
    _READ_BACK,
    _LATEST_BY_INDEX,
    _DISMISSALS,
    _WHAT_LETTERS_REST_ON,
    _UNGUESSABLE,
    _THE_ONLY_MEMORY,
    _BARRIER,
    _DECISIONS,
    _RELEASES,
    _READING_KEYS,
    _SEEN,
    _BACK,
    _OWED,
)
"""One script for each version of the schema, in order."""
