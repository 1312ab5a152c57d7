-- What one press briefing said, and who said it.
--
-- The report: Xinhua, Beijing, 14 June 2024, as carried by the website of China's State Council.
-- Its facts are restated here in our own words, each at the paragraph it stands in: 0 is the headline,
-- 1 to 8 are the body. The report's text is its publisher's and is not here.
--
--     sqlite3 facts.db < facts.sql
--     sqlite3 facts.db 'select * from trade'
--
-- Three parts: the tables, the facts, the views. The views are the interface: one for each question, and
-- their columns are the keys and headers of the `gz` command of the same name.

PRAGMA foreign_keys = ON;
PRAGMA application_id = 1736074867;  -- 'gzfs' in ASCII: how `gz` knows its own files
PRAGMA user_version = 1;             -- of the tables and views, not of the facts


-- 1. Tables -------------------------------------------------------------------------------------------

-- One report of one briefing.
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

-- A paragraph of a report: its number, the SHA-256 of its normalised text, and the first and last words by
-- which a browser finds it. The last three are null where nobody has held the briefing against its report.
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

-- A speaker at one briefing: roles change over time, so a role belongs to an appearance.
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

-- One statement, in our own words. `said`: the report attributes it to the speaker. `reported`: the words
-- are the report's own, and nobody is credited with them. Keywords are the report's terms of art, in its
-- spelling, separated by '; '.
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

-- What a claim of one kind says, in columns.
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

-- Other names of a partner, in any language.
CREATE TABLE trade_partner_alias (
    trade_partner_id TEXT NOT NULL REFERENCES trade_partner (id) ON DELETE CASCADE,
    alias            TEXT NOT NULL,
    PRIMARY KEY (trade_partner_id, alias)
) STRICT, WITHOUT ROWID;

-- The average growth a year, in percent, over so many years; the period in the report's own terms.
CREATE TABLE trade_growth (
    claim_id          INTEGER PRIMARY KEY REFERENCES claim (id) ON DELETE CASCADE,
    trade_partner_id  TEXT NOT NULL REFERENCES trade_partner (id),
    annual_growth_pct REAL NOT NULL,
    years             INTEGER CHECK (years BETWEEN 1 AND 100),
    period            TEXT
) STRICT;
CREATE INDEX trade_growth_partner ON trade_growth (trade_partner_id);

-- Short forms, and other names in use, for things that a briefing names, so that either finds the other.
CREATE TABLE abbreviation (
    short       TEXT NOT NULL,
    long        TEXT NOT NULL,
    PRIMARY KEY (short, long)
) STRICT, WITHOUT ROWID;

-- The words a search looks through, spelt one way. Filled, and indexed for full text, by `gz`.
CREATE TABLE claim_search (
    claim_id    INTEGER PRIMARY KEY REFERENCES claim (id) ON DELETE CASCADE,
    statement   TEXT NOT NULL,
    context     TEXT NOT NULL,
    role        TEXT NOT NULL
) STRICT;

-- The sources that came with `gz`, and the checksums of the facts.sql that they came in and of the rules by which
-- words are spelt for a search. Filled by `gz`.
CREATE TABLE build (
    source_id   TEXT PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
    facts       INTEGER NOT NULL,
    words       INTEGER NOT NULL
) STRICT;


-- 2. Facts --------------------------------------------------------------------------------------------

INSERT INTO source (id, title, publisher, published, event, event_date, place, url) VALUES (
    'guizhou-2024-06-14',
    'Southwest China''s Guizhou seeks high-quality growth',
    'Xinhua',
    '2024-06-15',
    'Press briefing',
    '2024-06-14',
    'Beijing',
    'http://english.www.gov.cn/news/202406/15/content_WS666ccc42c6d0868f4e8e8238.html');

INSERT INTO passage (source_id, number, sha256, first_words, last_words) VALUES
    ('guizhou-2024-06-14', 0, 'd1758627674895a710d537246634bf90bc3cc26a66035f4193ce474224ff5c05', 'Southwest China''s Guizhou seeks', 'high-quality growth'),
    ('guizhou-2024-06-14', 1, 'ad6c74cbc8fe5137296ee47ed198442468a4fa30e0adf45f395e5a3a05f36672', 'BEIJING, June',                   'relief achievements'),
    ('guizhou-2024-06-14', 2, 'e8815c456a9c6c0e9f4fdddd88a0159cda2bc443959cfe3d9ddb6bf42499c0d9', 'Guizhou is building',             'on Friday'),
    ('guizhou-2024-06-14', 3, 'b5ac4030cb60d13e8932ffcb8d0d22f10d62eebb33e0c3733ebd8cb45365a01a', 'The mountainous',                 'told reporters'),
    ('guizhou-2024-06-14', 4, '57487b14ef4ec63448a532433de17c76d837d26398cc14d22e9aae70c25f61d6', 'Over the',                        'to Li'),
    ('guizhou-2024-06-14', 5, '89f712b73890958308092bb9ecb1aa99abb5f1b45c3c83f40026ab4e6368a9b3', 'Thanks to',                       'the ASEAN'),
    ('guizhou-2024-06-14', 6, '67f8c57bb29cc520976683f3139f89dd35fa8670f1c0c344bc5ac3253c3bc218', 'Its trade',                       'Li said'),
    ('guizhou-2024-06-14', 7, '6fe60206291ee8c8e7751d1a0d4362ac8c33a7581e9a474f203badeb71c1e7d7', 'Qiu Zhenguo',                     'green development'),
    ('guizhou-2024-06-14', 8, 'c29e441cbddea922d108b4b63c5268a71e81b19ab0a5cbe8a9623715a1a85841', 'Measures include',                'Qiu said');

INSERT INTO speaker (id, name) VALUES
    ('li-bingjun',  'Li Bingjun'),
    ('qiu-zhenguo', 'Qiu Zhenguo');

INSERT INTO appearance (source_id, speaker_id, role, organization) VALUES
    ('guizhou-2024-06-14', 'li-bingjun',  'Governor of Guizhou Province',
                                          'Guizhou Province'),
    ('guizhou-2024-06-14', 'qiu-zhenguo', 'Head of Guizhou''s provincial Development and Reform Commission',
                                          'Guizhou Provincial Development and Reform Commission');

INSERT INTO topic (id, name) VALUES
    ('agriculture',          'agriculture'),
    ('energy',               'energy'),
    ('green-development',    'green development'),
    ('high-quality-growth',  'high-quality growth'),
    ('industrial-bases',     'industrial bases'),
    ('industry',             'industry'),
    ('poverty-relief',       'poverty relief'),
    ('rural-revitalization', 'rural revitalization'),
    ('tourism',              'tourism'),
    ('trade',                'trade');

INSERT INTO trade_partner (id, name) VALUES
    ('asean',         'ASEAN'),
    ('belt-and-road', 'Belt and Road partner countries');

INSERT INTO trade_partner_alias (trade_partner_id, alias) VALUES
    ('asean',         'Association of Southeast Asian Nations'),
    ('asean',         'ASEAN countries'),
    ('asean',         '东盟'),
    ('asean',         '东南亚国家联盟'),
    ('belt-and-road', 'Belt and Road'),
    ('belt-and-road', 'Belt and Road countries'),
    ('belt-and-road', 'Belt and Road Initiative'),
    ('belt-and-road', 'One Belt One Road'),
    ('belt-and-road', 'B&R'),
    ('belt-and-road', 'BRI'),
    ('belt-and-road', 'OBOR'),
    ('belt-and-road', '一带一路');

INSERT INTO abbreviation (short, long) VALUES
    ('DRC',                 'Development and Reform Commission'),
    ('NEV',                 'new energy vehicle'),
    ('R&D',                 'research and development'),
    ('liquor',              'baijiu'),
    ('poverty alleviation', 'poverty relief'),
    ('poverty reduction',   'poverty relief'),
    ('白酒',                'baijiu'),
    ('贵州',                'Guizhou');

-- Paragraphs 0 and 1: the report's own words. It attributes them to nobody.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, keywords) VALUES
    (1, 'guizhou-2024-06-14', 0, 'high-quality-growth', NULL, 'reported',
        'Guizhou, in the southwest of China, is aiming for high-quality growth.',
        'Southwest China; Guizhou; high-quality growth'),
    (2, 'guizhou-2024-06-14', 1, 'economic-transformation', NULL, 'reported',
        'Guizhou Province has sped up the change in how its economy develops, for the sake of high-quality growth.',
        'Guizhou Province; economic development mode; transformation; high-quality growth'),
    (3, 'guizhou-2024-06-14', 1, 'poverty-relief', NULL, 'reported',
        'Guizhou is consolidating what it has achieved in poverty relief even as its economy changes.',
        'poverty relief');

-- Paragraph 2: Li Bingjun. Six bases: the one for batteries is one, research and production together.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, keywords) VALUES
    (4, 'guizhou-2024-06-14', 2, 'six-bases', 'li-bingjun', 'said',
        'Guizhou is building six major industrial bases.',
        'six major industrial bases'),
    (5, 'guizhou-2024-06-14', 2, 'base-resources', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for the deep processing of resources.',
        'deep resources processing'),
    (6, 'guizhou-2024-06-14', 2, 'base-batteries', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for power batteries and materials, from R&D to production.',
        'R&D; power batteries and materials'),
    (7, 'guizhou-2024-06-14', 2, 'base-computing', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for computing power.',
        'computing power'),
    (8, 'guizhou-2024-06-14', 2, 'base-baijiu', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for baijiu, the Chinese distilled spirits.',
        'Chinese baijiu; distilled spirits'),
    (9, 'guizhou-2024-06-14', 2, 'base-energy', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for energy.',
        'energy'),
    (10, 'guizhou-2024-06-14', 2, 'base-equipment', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for the manufacturing of advanced equipment.',
        'advanced equipment manufacturing');

INSERT INTO industrial_base (claim_id, position, name, detail) VALUES
    ( 5, 1, 'Deep resources processing',        NULL),
    ( 6, 2, 'Power batteries and materials',    'R&D and production'),
    ( 7, 3, 'Computing power',                  NULL),
    ( 8, 4, 'Chinese baijiu',                   'distilled spirits'),
    ( 9, 5, 'Energy',                           NULL),
    (10, 6, 'Advanced equipment manufacturing', NULL);

-- Paragraphs 3 and 4: Li Bingjun. The means that paragraph 4 names may be meant for both of its aims or for the second
-- alone; it is read as both.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, keywords) VALUES
    (11, 'guizhou-2024-06-14', 3, 'agriculture', 'li-bingjun', 'said',
        'Guizhou, a mountainous province, is vigorously building up the agriculture that sets it apart.',
        'mountainous province; distinctive agriculture'),
    (12, 'guizhou-2024-06-14', 3, 'tourism', 'li-bingjun', 'said',
        'Guizhou is upgrading its tourism industry.',
        'tourism industry'),
    (13, 'guizhou-2024-06-14', 4, 'poverty-eradication', 'li-bingjun', 'said',
        'For years now, without a break, Guizhou has worked to consolidate the results of poverty eradication.',
        'poverty eradication; over the years'),
    (14, 'guizhou-2024-06-14', 4, 'rural-revitalization', 'li-bingjun', 'said',
        'For years now, without a break, Guizhou has worked to promote rural revitalization.',
        'rural revitalization'),
    (15, 'guizhou-2024-06-14', 4, 'farm-incomes', 'li-bingjun', 'said',
        'Increasing farmers'' incomes is one of the means named for consolidating poverty eradication and promoting rural revitalization.',
        'farmers'' incomes'),
    (16, 'guizhou-2024-06-14', 4, 'rural-industries', 'li-bingjun', 'said',
        'Developing rural industries is one of the means named for consolidating poverty eradication and promoting rural revitalization.',
        'rural industries');

-- Paragraph 5: the report's own words again. The rates that follow are Li's; this link to the Belt and
-- Road Initiative is not.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, keywords) VALUES
    (17, 'guizhou-2024-06-14', 5, 'trade-expansion', NULL, 'reported',
        'The Belt and Road Initiative is credited with a great expansion of Guizhou''s trade with its partner countries and with ASEAN.',
        'Belt and Road Initiative; Belt and Road partner countries; ASEAN; expanded trade');

-- Paragraph 6: Li Bingjun. Two partners and two rates, in that order. The report says neither which
-- calendar years, nor imports or exports, nor the currency.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, keywords) VALUES
    (18, 'guizhou-2024-06-14', 6, 'trade-belt-and-road', 'li-bingjun', 'said',
        'Over the past two years Guizhou''s trade with Belt and Road partner countries grew by 28.4 percent a year on average.',
        '28.4 percent; annual average; Belt and Road partner countries; past two years'),
    (19, 'guizhou-2024-06-14', 6, 'trade-asean', 'li-bingjun', 'said',
        'Over the past two years Guizhou''s trade with ASEAN grew by 33.8 percent a year on average.',
        '33.8 percent; annual average; ASEAN; past two years');

INSERT INTO trade_growth (claim_id, trade_partner_id, annual_growth_pct, years, period) VALUES
    (18, 'belt-and-road', 28.4, 2, 'past two years'),
    (19, 'asean',         33.8, 2, 'past two years');

-- Paragraphs 7 and 8: Qiu Zhenguo. The measures belong to the green development of paragraph 7.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, keywords) VALUES
    (20, 'guizhou-2024-06-14', 7, 'green-development', 'qiu-zhenguo', 'said',
        'Guizhou is pushing ahead with green development, without wavering.',
        'green development'),
    (21, 'guizhou-2024-06-14', 8, 'measure-chemicals', 'qiu-zhenguo', 'said',
        'A measure of Guizhou''s green development is to upgrade its traditional chemical industries.',
        'traditional chemical industries'),
    (22, 'guizhou-2024-06-14', 8, 'measure-coal', 'qiu-zhenguo', 'said',
        'A measure of Guizhou''s green development is to make the use of coal cleaner and more efficient.',
        'clean and efficient use of coal'),
    (23, 'guizhou-2024-06-14', 8, 'measure-new-energy-vehicles', 'qiu-zhenguo', 'said',
        'A measure of Guizhou''s green development is to build up its new energy vehicle industry.',
        'new energy vehicle industry');

INSERT INTO policy_measure (claim_id, action, policy) VALUES
    (21, 'Upgrade traditional chemical industries',    'green development'),
    (22, 'Use coal more cleanly and efficiently',      'green development'),
    (23, 'Develop the new energy vehicle industry',    'green development');

INSERT INTO claim_topic (claim_id, topic_id) VALUES
    ( 1, 'high-quality-growth'),
    ( 2, 'high-quality-growth'),
    ( 3, 'poverty-relief'),
    ( 4, 'industrial-bases'), ( 4, 'industry'),
    ( 5, 'industrial-bases'), ( 5, 'industry'),
    ( 6, 'industrial-bases'), ( 6, 'industry'),
    ( 7, 'industrial-bases'), ( 7, 'industry'),
    ( 8, 'industrial-bases'), ( 8, 'industry'),
    ( 9, 'industrial-bases'), ( 9, 'industry'), ( 9, 'energy'),
    (10, 'industrial-bases'), (10, 'industry'),
    (11, 'agriculture'),
    (12, 'tourism'),          (12, 'industry'),
    (13, 'poverty-relief'),
    (14, 'rural-revitalization'),
    (15, 'poverty-relief'),   (15, 'rural-revitalization'), (15, 'agriculture'),
    (16, 'poverty-relief'),   (16, 'rural-revitalization'), (16, 'industry'),
    (17, 'trade'),
    (18, 'trade'),
    (19, 'trade'),
    (20, 'green-development'),
    (21, 'green-development'), (21, 'industry'),
    (22, 'green-development'), (22, 'energy'),
    (23, 'green-development'), (23, 'industry');


-- 3. Views --------------------------------------------------------------------------------------------

-- What every claim says, on which day, and the tail that each claim view ends with: which claim it is, who said so in
-- what role, or nobody, and where it stands.
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

-- Which industrial bases?
CREATE VIEW bases AS
SELECT b.position,
       b.name          AS base,
       b.detail,
       c.claim,
       c.speaker,
       c.role,
       c.attribution,
       c.paragraph,
       c.source
  FROM industrial_base AS b
  JOIN attributed      AS c ON c.id = b.claim_id
 ORDER BY c.event_date, c.source, b.position, c.id;

-- How fast did trade grow, and with whom? The last column before the tail is arithmetic, not a claim:
-- the annual rate compounded over the years, in percent to one decimal. (By repeated multiplication,
-- because SQLite has no power() unless it was compiled in.)
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

-- Which policy measures, and what are they part of?
CREATE VIEW measures AS
SELECT m.action        AS measure,
       m.policy,
       c.claim,
       c.speaker,
       c.role,
       c.attribution,
       c.paragraph,
       c.source
  FROM policy_measure  AS m
  JOIN attributed      AS c ON c.id = m.claim_id
 ORDER BY c.event_date, c.source, c.paragraph, c.id;

-- Every claim. `said_on` is the day of the briefing, and null for the report's own words, which nobody said.
CREATE VIEW claims AS
SELECT c.statement,
       (SELECT group_concat(name, ', ')
          FROM (SELECT t.name
                  FROM claim_topic AS ct
                  JOIN topic       AS t ON t.id = ct.topic_id
                 WHERE ct.claim_id = c.id
                 ORDER BY t.name)) AS topics,
       CASE c.attribution WHEN 'said' THEN c.event_date END AS said_on,
       c.claim,
       c.speaker,
       c.role,
       c.attribution,
       c.paragraph,
       c.source
  FROM attributed      AS c
 ORDER BY c.event_date, c.source, c.paragraph, c.id;

-- Who spoke, in what role, and how many claims are theirs?
CREATE VIEW speakers AS
SELECT p.name          AS speaker,
       a.role,
       a.organization,
       (SELECT count(*)
          FROM claim AS c
         WHERE c.source_id = a.source_id AND c.speaker_id = a.speaker_id) AS claims,
       a.source_id     AS source
  FROM appearance      AS a
  JOIN speaker         AS p ON p.id = a.speaker_id
  JOIN source          AS s ON s.id = a.source_id
 ORDER BY s.event_date, a.source_id, claims DESC, p.name;

-- What is spoken of?
CREATE VIEW topics AS
SELECT t.name          AS topic,
       (SELECT count(*) FROM claim_topic AS ct WHERE ct.topic_id = t.id) AS claims
  FROM topic           AS t
 ORDER BY t.name;

-- Which reports?
CREATE VIEW sources AS
SELECT s.id            AS source,
       s.title,
       s.publisher,
       s.published,
       s.event,
       s.event_date,
       s.place,
       s.url,
       (SELECT count(*) FROM passage AS g WHERE g.source_id = s.id) AS paragraphs,
       (SELECT count(*) FROM claim   AS c WHERE c.source_id = s.id) AS claims
  FROM source          AS s
 ORDER BY s.event_date, s.id;

-- What a search looks through: each statement, what stands around it in columns, and the role of who said it. A role
-- narrows a search but is not its subject: the head of a commission for reform has not therefore spoken of reform.
CREATE VIEW claim_words AS
SELECT c.id            AS claim_id,
       c.statement,
       c.keywords
       || coalesce(' | ' || (SELECT group_concat(t.name, ' | ')
                               FROM claim_topic AS ct
                               JOIN topic       AS t ON t.id = ct.topic_id
                              WHERE ct.claim_id = c.id), '')
       || coalesce(' | ' || b.name, '') || coalesce(' | ' || b.detail, '')
       || coalesce(' | ' || m.action || ' | ' || m.policy || ' | policy measure', '')
       || coalesce(' | ' || t.name || ' | ' || g.annual_growth_pct || ' percent', '')
       || coalesce(' | ' || g.period, '')
       || coalesce(' | ' || p.name, '') AS context,
       coalesce(a.role || ' | ' || a.organization, '') AS role,
       c.source_id     AS source
  FROM claim                AS c
  LEFT JOIN industrial_base AS b ON b.claim_id = c.id
  LEFT JOIN policy_measure  AS m ON m.claim_id = c.id
  LEFT JOIN trade_growth    AS g ON g.claim_id = c.id
  LEFT JOIN trade_partner   AS t ON t.id = g.trade_partner_id
  LEFT JOIN appearance      AS a ON a.source_id = c.source_id AND a.speaker_id = c.speaker_id
  LEFT JOIN speaker         AS p ON p.id = c.speaker_id;

-- One claim, whole: what it says, who said so, and the report and passage where it stands.
CREATE VIEW show AS
SELECT v.statement,
       v.topics,
       c.keywords,
       v.said_on,
       a.organization,
       s.title,
       s.publisher,
       s.published,
       s.event,
       s.event_date,
       s.place,
       s.url,
       s.language,
       g.first_words,
       g.last_words,
       v.claim,
       v.speaker,
       v.role,
       v.attribution,
       v.paragraph,
       v.source
  FROM claims          AS v
  JOIN claim           AS c ON c.key = v.claim
  JOIN source          AS s ON s.id = c.source_id
  JOIN passage         AS g ON g.source_id = c.source_id AND g.number = c.paragraph
  LEFT JOIN appearance AS a ON a.source_id = c.source_id AND a.speaker_id = c.speaker_id;

-- One report, as it is cited.
CREATE VIEW reports AS
SELECT s.title,
       s.publisher,
       s.published,
       s.event,
       s.event_date,
       s.place,
       s.url,
       s.language,
       s.id            AS source
  FROM source          AS s
 ORDER BY s.event_date, s.id;

-- Each paragraph of a report: its fingerprint, the words that locate it, and how many claims stand in it.
CREATE VIEW passages AS
SELECT g.number        AS paragraph,
       g.sha256,
       g.first_words,
       g.last_words,
       (SELECT count(*)
          FROM claim AS c
         WHERE c.source_id = g.source_id AND c.paragraph = g.number) AS claims,
       g.source_id     AS source
  FROM passage         AS g
 ORDER BY g.source_id, g.number;
