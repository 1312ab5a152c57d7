-- A database of schema version 1, as version 1 of gz built it, with one claim that ships and one briefing that was added.
-- The tables, the index and two of the views are version 1's.

PRAGMA application_id = 1736074867;
PRAGMA user_version = 1;

CREATE TABLE source (
    id          TEXT PRIMARY KEY CHECK (id <> '' AND id NOT GLOB '*[^a-z0-9-]*'),
    title       TEXT NOT NULL,
    publisher   TEXT NOT NULL,
    published   TEXT NOT NULL CHECK (published  GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'),
    event       TEXT NOT NULL,
    event_date  TEXT NOT NULL CHECK (event_date GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'),
    place       TEXT NOT NULL,
    url         TEXT NOT NULL,
    language    TEXT NOT NULL DEFAULT 'en'
) STRICT;
CREATE TABLE passage (
    source_id   TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL CHECK (number >= 0),
    sha256      TEXT CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    first_words TEXT CHECK (first_words IS NULL OR sha256 IS NOT NULL),
    last_words  TEXT CHECK (last_words  IS NULL OR first_words IS NOT NULL),
    PRIMARY KEY (source_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE speaker (
    id          TEXT PRIMARY KEY CHECK (id <> '' AND id NOT GLOB '*[^a-z0-9-]*'),
    name        TEXT NOT NULL
) STRICT;
CREATE TABLE appearance (
    source_id    TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    speaker_id   TEXT NOT NULL REFERENCES speaker (id),
    role         TEXT NOT NULL,
    organization TEXT NOT NULL,
    PRIMARY KEY (source_id, speaker_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX appearance_speaker ON appearance (speaker_id);
CREATE TABLE topic (
    id          TEXT PRIMARY KEY CHECK (id <> ''),
    name        TEXT NOT NULL
) STRICT;
CREATE TABLE claim (
    id          INTEGER PRIMARY KEY,
    source_id   TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    slug        TEXT NOT NULL CHECK (slug <> '' AND slug NOT GLOB '*[^a-z0-9-]*'),
    key         TEXT NOT NULL GENERATED ALWAYS AS (source_id || ':' || slug) VIRTUAL,
    paragraph   INTEGER NOT NULL,
    speaker_id  TEXT,
    attribution TEXT NOT NULL CHECK (attribution IN ('said', 'reported')),
    statement   TEXT NOT NULL CHECK (statement <> ''),
    keywords    TEXT NOT NULL DEFAULT '',
    CHECK ((attribution = 'said') = (speaker_id IS NOT NULL)),
    FOREIGN KEY (source_id, paragraph)  REFERENCES passage (source_id, number),
    FOREIGN KEY (source_id, speaker_id) REFERENCES appearance (source_id, speaker_id)
) STRICT;
CREATE UNIQUE INDEX claim_key ON claim (key);
CREATE INDEX claim_slug       ON claim (slug);
CREATE INDEX claim_place      ON claim (source_id, paragraph);
CREATE INDEX claim_speaker    ON claim (speaker_id, source_id);
CREATE TABLE claim_topic (
    claim_id    INTEGER NOT NULL REFERENCES claim (id) ON DELETE CASCADE,
    topic_id    TEXT NOT NULL REFERENCES topic (id),
    PRIMARY KEY (claim_id, topic_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_topic_topic ON claim_topic (topic_id);
CREATE TABLE industrial_base (
    claim_id    INTEGER PRIMARY KEY REFERENCES claim (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL CHECK (position >= 1),
    name        TEXT NOT NULL,
    detail      TEXT
) STRICT;
CREATE TABLE policy_measure (
    claim_id    INTEGER PRIMARY KEY REFERENCES claim (id) ON DELETE CASCADE,
    action      TEXT NOT NULL,
    policy      TEXT NOT NULL
) STRICT;
CREATE TABLE trade_partner (
    id          TEXT PRIMARY KEY CHECK (id <> '' AND id NOT GLOB '*[^a-z0-9-]*'),
    name        TEXT NOT NULL
) STRICT;
CREATE TABLE trade_partner_alias (
    trade_partner_id TEXT NOT NULL REFERENCES trade_partner (id) ON DELETE CASCADE,
    alias            TEXT NOT NULL,
    PRIMARY KEY (trade_partner_id, alias)
) STRICT, WITHOUT ROWID;
CREATE TABLE trade_growth (
    claim_id          INTEGER PRIMARY KEY REFERENCES claim (id) ON DELETE CASCADE,
    trade_partner_id  TEXT NOT NULL REFERENCES trade_partner (id),
    annual_growth_pct REAL NOT NULL,
    years             INTEGER CHECK (years BETWEEN 1 AND 100),
    period            TEXT
) STRICT;
CREATE INDEX trade_growth_partner ON trade_growth (trade_partner_id);
CREATE TABLE abbreviation (
    short       TEXT NOT NULL,
    long        TEXT NOT NULL,
    PRIMARY KEY (short, long)
) STRICT, WITHOUT ROWID;
CREATE TABLE claim_search (
    claim_id    INTEGER PRIMARY KEY REFERENCES claim (id) ON DELETE CASCADE,
    statement   TEXT NOT NULL,
    context     TEXT NOT NULL,
    role        TEXT NOT NULL
) STRICT;
CREATE TABLE build (
    source_id   TEXT PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
    facts       INTEGER NOT NULL,
    words       INTEGER NOT NULL
) STRICT;
CREATE VIEW attributed AS
SELECT c.id,
       c.statement,
       s.event_date,
       c.key           AS claim,
       p.name          AS speaker,
       a.role,
       c.attribution,
       c.paragraph,
       c.source_id     AS source
  FROM claim           AS c
  JOIN source          AS s ON s.id = c.source_id
  LEFT JOIN appearance AS a ON a.source_id = c.source_id AND a.speaker_id = c.speaker_id
  LEFT JOIN speaker    AS p ON p.id = c.speaker_id;
CREATE VIEW trade AS
SELECT g.trade_partner_id AS partner,
       t.name             AS partner_name,
       g.annual_growth_pct,
       g.years,
       g.period,
       (WITH RECURSIVE growth (year, factor) AS (
            SELECT 0, 1.0
             UNION ALL
            SELECT year + 1, factor * (1 + g.annual_growth_pct / 100) FROM growth WHERE year < g.years)
        SELECT round((factor - 1) * 100, 1) FROM growth WHERE year = g.years) AS implied_total_growth_pct,
       c.claim,
       c.speaker,
       c.role,
       c.attribution,
       c.paragraph,
       c.source
  FROM trade_growth    AS g
  JOIN trade_partner   AS t ON t.id = g.trade_partner_id
  JOIN attributed      AS c ON c.id = g.claim_id
 ORDER BY c.event_date, c.source, c.paragraph, c.id;
CREATE VIRTUAL TABLE "claim_search_fts" USING FTS5 (
    "statement", "context", "role",
    tokenize='porter unicode61',
    content="claim_search"
);
CREATE TRIGGER "claim_search_ai" AFTER INSERT ON "claim_search" BEGIN
  INSERT INTO "claim_search_fts" (rowid, "statement", "context", "role") VALUES (new.rowid, new."statement", new."context", new."role");
END;

INSERT INTO source (id, title, publisher, published, event, event_date, place, url) VALUES
    ('guizhou-2024-06-14', 'Title', 'Xinhua', '2024-06-15', 'Press briefing', '2024-06-14', 'Beijing', 'http://example.org'),
    ('harbour-2025-05-06', 'A harbour; and more', 'Courier', '2025-05-06', 'Briefing', '2025-05-06', 'Port Amber',
     'https://example.org/harbour');
INSERT INTO build VALUES ('guizhou-2024-06-14', 1, 1);
INSERT INTO passage VALUES
    ('guizhou-2024-06-14', 2, NULL, NULL, NULL),
    ('harbour-2025-05-06', 1, '0000000000000000000000000000000000000000000000000000000000000001', 'A corridor', 'to open'),
    ('harbour-2025-05-06', 2, NULL, NULL, NULL);
INSERT INTO speaker VALUES ('li-bingjun', 'Li'), ('ada-lund', 'Ada Lund');
INSERT INTO appearance VALUES
    ('guizhou-2024-06-14', 'li-bingjun', 'Governor', 'Guizhou'),
    ('harbour-2025-05-06', 'li-bingjun', 'Guest of honour', 'Guizhou'),
    ('harbour-2025-05-06', 'ada-lund', 'Minister', 'Harbour');
INSERT INTO topic VALUES ('energy', 'energy'), ('harbours', 'harbours'), ('industry', 'industry');
INSERT INTO trade_partner VALUES ('asean', 'ASEAN members'), ('norway', 'Norway');
INSERT INTO trade_partner_alias VALUES ('norway', 'Norge'), ('norway', 'NO');
INSERT INTO claim (id, source_id, slug, paragraph, speaker_id, attribution, statement, keywords) VALUES
    (1, 'guizhou-2024-06-14', 'six-bases', 2, 'li-bingjun', 'said', 'A wording of version 1.', ''),
    (100001, 'harbour-2025-05-06', 'corridor', 1, 'ada-lund', 'said', 'A corridor for hydrogen is to open.',
     'hydrogen\; green; back\\slash; plain'),
    (100002, 'harbour-2025-05-06', 'trade', 2, 'li-bingjun', 'said', 'Trade with Norway grew by 3 percent a year.', ''),
    (100003, 'harbour-2025-05-06', 'boats', 2, NULL, 'reported', 'A base for boats is being built.', 'boats'),
    (100004, 'harbour-2025-05-06', 'dredging', 2, NULL, 'reported', 'Harbours are to be deepened.', '');
INSERT INTO claim_topic VALUES (1, 'industry'), (100001, 'energy'), (100001, 'harbours'), (100003, 'harbours');
INSERT INTO industrial_base VALUES (100003, 1, 'Boats', 'small ones');
INSERT INTO policy_measure VALUES (100004, 'Deepen harbours', 'blue growth');
INSERT INTO trade_growth VALUES (100002, 'norway', 3, 2, 'past two years');
INSERT INTO claim_search SELECT id, statement, keywords, '' FROM claim;
