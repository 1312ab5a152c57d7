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
PRAGMA user_version = 2;             -- of the tables and views, not of the facts


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
    language    TEXT NOT NULL DEFAULT 'en',
    subject     TEXT,                    -- whose briefing it is: 'Guizhou'
    accessed    TEXT CHECK (accessed GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'),
    archive_url TEXT
) STRICT;
CREATE INDEX source_day ON source (event_date, id);

-- A paragraph of a report: its number, the SHA-256 of its normalised text, and the first and last words by
-- which a browser finds it. Those three are null where nobody has held the briefing against its report. The text is
-- null unless the user keeps a copy of the report in the user's own database.
CREATE TABLE passage (
    source_id   TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL CHECK (number >= 0),
    sha256      TEXT CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    first_words TEXT CHECK (first_words IS NULL OR sha256 IS NOT NULL),
    last_words  TEXT CHECK (last_words  IS NULL OR first_words IS NOT NULL),
    text        TEXT,
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

-- One statement, in our own words; where it is null, the quote is the statement. `quote` is the words of the report that
-- the claim rests on, `said_in` the words that credit the speaker where the quote's own paragraph does not. `said`: the
-- report attributes it to the speaker. `reported`: the words are the report's own, and nobody is credited with them.
-- `evidence`: `quoted`, the quote occurs in the report and nothing contradicts the claim; `checked`, its keywords and
-- figures occur in its paragraph; `doubted`, something in it looks wrong; `unchecked`, nobody has held it against the
-- report; `drafted`, a rule proposed it and nobody has confirmed it.
CREATE TABLE claim (
    id          INTEGER PRIMARY KEY,
    source_id   TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    slug        TEXT NOT NULL CHECK (slug <> '' AND slug NOT GLOB '*[^a-z0-9-]*'),
    key         TEXT NOT NULL GENERATED ALWAYS AS (source_id || ':' || slug) VIRTUAL,
    paragraph   INTEGER NOT NULL,
    speaker_id  TEXT,
    attribution TEXT NOT NULL CHECK (attribution IN ('said', 'reported')),
    statement   TEXT CHECK (statement <> ''),
    quote       TEXT CHECK (quote <> ''),
    said_in     TEXT CHECK (said_in <> ''),
    evidence    TEXT NOT NULL DEFAULT 'unchecked'
                CHECK (evidence IN ('quoted', 'checked', 'doubted', 'unchecked', 'drafted')),
    CHECK (statement IS NOT NULL OR quote IS NOT NULL),
    CHECK ((attribution = 'said') = (speaker_id IS NOT NULL)),
    FOREIGN KEY (source_id, paragraph)  REFERENCES passage (source_id, number),
    FOREIGN KEY (source_id, speaker_id) REFERENCES appearance (source_id, speaker_id)
) STRICT;
CREATE UNIQUE INDEX claim_key ON claim (key);
CREATE INDEX claim_source     ON claim (source_id);  -- and so the first and the last id of a source's claims
CREATE INDEX claim_slug       ON claim (slug);
CREATE INDEX claim_place      ON claim (source_id, paragraph, id);
CREATE INDEX claim_speaker    ON claim (speaker_id, source_id);

-- The report's terms of art, in its spelling.
CREATE TABLE claim_keyword (
    claim_id    INTEGER NOT NULL REFERENCES claim (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL CHECK (position >= 1),
    keyword     TEXT NOT NULL CHECK (keyword <> ''),
    PRIMARY KEY (claim_id, position)
) STRICT, WITHOUT ROWID;

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
    policy      TEXT             -- what the measure is part of, if the report says so
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

-- A figure of a claim, in base units: 7.4 trillion yuan is 7400000000000 yuan. `whose` is null where it is the subject of
-- the source. The period is in the report's own terms; `years` says over how many years growth is an annual average.
CREATE TABLE figure (
    claim_id         INTEGER NOT NULL REFERENCES claim (id) ON DELETE CASCADE,
    position         INTEGER NOT NULL CHECK (position >= 1),
    what             TEXT NOT NULL CHECK (what <> ''),
    whose            TEXT CHECK (whose <> ''),
    value            REAL NOT NULL,
    unit             TEXT CHECK (unit <> ''),
    change           TEXT NOT NULL CHECK (change IN ('level', 'growth', 'share', 'target', 'rank')),
    trade_partner_id TEXT REFERENCES trade_partner (id),
    period           TEXT,
    years            INTEGER CHECK (years BETWEEN 1 AND 100),
    PRIMARY KEY (claim_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX figure_partner ON figure (trade_partner_id) WHERE trade_partner_id IS NOT NULL;

-- Short forms, and other names in use, for things that a briefing names, so that either finds the other.
CREATE TABLE abbreviation (
    short       TEXT NOT NULL,
    long        TEXT NOT NULL,
    PRIMARY KEY (short, long)
) STRICT, WITHOUT ROWID;

-- The sources that came with `gz`: the version and the CRC-32 of the facts.sql that they came in (`facts` is raised with
-- each change of the facts below), and the version of the rules by which words are indexed for a search. `gz` fills in
-- the last two.
CREATE TABLE build (
    source_id   TEXT PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
    facts       INTEGER NOT NULL,
    checksum    INTEGER,
    words       INTEGER
) STRICT;


-- 2. Facts --------------------------------------------------------------------------------------------

INSERT INTO source (id, title, publisher, published, event, event_date, place, url, subject) VALUES (
    'guizhou-2024-06-14',
    'Southwest China''s Guizhou seeks high-quality growth',
    'Xinhua',
    '2024-06-15',
    'Press briefing',
    '2024-06-14',
    'Beijing',
    'http://english.www.gov.cn/news/202406/15/content_WS666ccc42c6d0868f4e8e8238.html',
    'Guizhou');

INSERT INTO build (source_id, facts) VALUES ('guizhou-2024-06-14', 2);

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
    ('asean',         'Southeast Asia'),
    ('asean',         '东盟'),
    ('asean',         '东南亚国家联盟'),
    ('belt-and-road', 'Belt and Road'),
    ('belt-and-road', 'Belt and Road countries'),
    ('belt-and-road', 'Belt and Road Initiative'),
    ('belt-and-road', 'One Belt One Road'),
    ('belt-and-road', 'B&R'),
    ('belt-and-road', 'BRI'),
    ('belt-and-road', 'BRI countries'),
    ('belt-and-road', 'OBOR'),
    ('belt-and-road', '一带一路');

INSERT INTO abbreviation (short, long) VALUES
    ('DRC',                 'Development and Reform Commission'),
    ('EV',                  'new energy vehicle'),
    ('NEV',                 'new energy vehicle'),
    ('R&D',                 'research and development'),
    ('liquor',              'baijiu'),
    ('poverty alleviation', 'poverty relief'),
    ('poverty reduction',   'poverty relief'),
    ('白酒',                'baijiu'),
    ('贵州',                'Guizhou');

-- Paragraphs 0 and 1: the report's own words. It attributes them to nobody.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, evidence) VALUES
    (1, 'guizhou-2024-06-14', 0, 'high-quality-growth', NULL, 'reported',
        'Guizhou, in the southwest of China, is aiming for high-quality growth.', 'checked'),
    (2, 'guizhou-2024-06-14', 1, 'economic-transformation', NULL, 'reported',
        'Guizhou Province has sped up the change in how its economy develops, for the sake of high-quality growth.', 'checked'),
    (3, 'guizhou-2024-06-14', 1, 'poverty-relief', NULL, 'reported',
        'Guizhou is consolidating what it has achieved in poverty relief even as its economy changes.', 'checked');

-- Paragraph 2: Li Bingjun. Six bases: the one for batteries is one, research and production together.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, evidence) VALUES
    (4, 'guizhou-2024-06-14', 2, 'six-bases', 'li-bingjun', 'said',
        'Guizhou is building six major industrial bases.', 'checked'),
    (5, 'guizhou-2024-06-14', 2, 'base-resources', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for the deep processing of resources.', 'checked'),
    (6, 'guizhou-2024-06-14', 2, 'base-batteries', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for power batteries and materials, from R&D to production.', 'checked'),
    (7, 'guizhou-2024-06-14', 2, 'base-computing', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for computing power.', 'checked'),
    (8, 'guizhou-2024-06-14', 2, 'base-baijiu', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for baijiu, the Chinese distilled spirits.', 'checked'),
    (9, 'guizhou-2024-06-14', 2, 'base-energy', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for energy.', 'checked'),
    (10, 'guizhou-2024-06-14', 2, 'base-equipment', 'li-bingjun', 'said',
        'One of the six industrial bases that Guizhou is building is for the manufacturing of advanced equipment.', 'checked');

INSERT INTO industrial_base (claim_id, position, name, detail) VALUES
    ( 5, 1, 'Deep resources processing',        NULL),
    ( 6, 2, 'Power batteries and materials',    'R&D and production'),
    ( 7, 3, 'Computing power',                  NULL),
    ( 8, 4, 'Chinese baijiu',                   'distilled spirits'),
    ( 9, 5, 'Energy',                           NULL),
    (10, 6, 'Advanced equipment manufacturing', NULL);

-- Paragraphs 3 and 4: Li Bingjun. The means that paragraph 4 names may be meant for both of its aims or for the second
-- alone; it is read as both.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, evidence) VALUES
    (11, 'guizhou-2024-06-14', 3, 'agriculture', 'li-bingjun', 'said',
        'Guizhou, a mountainous province, is vigorously building up the agriculture that sets it apart.', 'checked'),
    (12, 'guizhou-2024-06-14', 3, 'tourism', 'li-bingjun', 'said',
        'Guizhou is upgrading its tourism industry.', 'checked'),
    (13, 'guizhou-2024-06-14', 4, 'poverty-eradication', 'li-bingjun', 'said',
        'For years now, without a break, Guizhou has worked to consolidate the results of poverty eradication.', 'checked'),
    (14, 'guizhou-2024-06-14', 4, 'rural-revitalization', 'li-bingjun', 'said',
        'For years now, without a break, Guizhou has worked to promote rural revitalization.', 'checked'),
    (15, 'guizhou-2024-06-14', 4, 'farm-incomes', 'li-bingjun', 'said',
        'Increasing farmers'' incomes is one of the means named for consolidating poverty eradication and promoting rural revitalization.', 'checked'),
    (16, 'guizhou-2024-06-14', 4, 'rural-industries', 'li-bingjun', 'said',
        'Developing rural industries is one of the means named for consolidating poverty eradication and promoting rural revitalization.', 'checked');

-- Paragraph 5: the report's own words again. The rates that follow are Li's; this link to the Belt and
-- Road Initiative is not.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, evidence) VALUES
    (17, 'guizhou-2024-06-14', 5, 'trade-expansion', NULL, 'reported',
        'The Belt and Road Initiative is credited with a great expansion of Guizhou''s trade with its partner countries and with ASEAN.', 'checked');

-- Paragraph 6: Li Bingjun. Two partners and two rates, in that order. The report says neither which
-- calendar years, nor imports or exports, nor the currency.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, evidence) VALUES
    (18, 'guizhou-2024-06-14', 6, 'trade-belt-and-road', 'li-bingjun', 'said',
        'Over the past two years Guizhou''s trade with Belt and Road partner countries grew by 28.4 percent a year on average.', 'checked'),
    (19, 'guizhou-2024-06-14', 6, 'trade-asean', 'li-bingjun', 'said',
        'Over the past two years Guizhou''s trade with ASEAN grew by 33.8 percent a year on average.', 'checked');

INSERT INTO figure (claim_id, position, what, value, unit, change, trade_partner_id, period, years) VALUES
    (18, 1, 'trade', 28.4, 'percent', 'growth', 'belt-and-road', 'past two years', 2),
    (19, 1, 'trade', 33.8, 'percent', 'growth', 'asean',         'past two years', 2);

-- Paragraphs 7 and 8: Qiu Zhenguo. The measures belong to the green development of paragraph 7.
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, evidence) VALUES
    (20, 'guizhou-2024-06-14', 7, 'green-development', 'qiu-zhenguo', 'said',
        'Guizhou is pushing ahead with green development, without wavering.', 'checked'),
    (21, 'guizhou-2024-06-14', 8, 'measure-chemicals', 'qiu-zhenguo', 'said',
        'A measure of Guizhou''s green development is to upgrade its traditional chemical industries.', 'checked'),
    (22, 'guizhou-2024-06-14', 8, 'measure-coal', 'qiu-zhenguo', 'said',
        'A measure of Guizhou''s green development is to make the use of coal cleaner and more efficient.', 'checked'),
    (23, 'guizhou-2024-06-14', 8, 'measure-new-energy-vehicles', 'qiu-zhenguo', 'said',
        'A measure of Guizhou''s green development is to build up its new energy vehicle industry.', 'checked');

INSERT INTO policy_measure (claim_id, action, policy) VALUES
    (11, 'Develop the agriculture that sets Guizhou apart', NULL),
    (12, 'Upgrade the tourism industry',               NULL),
    (15, 'Increase farmers'' incomes',                 'poverty eradication and rural revitalization'),
    (16, 'Develop rural industries',                   'poverty eradication and rural revitalization'),
    (21, 'Upgrade traditional chemical industries',    'green development'),
    (22, 'Use coal more cleanly and efficiently',      'green development'),
    (23, 'Develop the new energy vehicle industry',    'green development');

INSERT INTO claim_keyword (claim_id, position, keyword) VALUES
    ( 1, 1, 'Southwest China'), ( 1, 2, 'Guizhou'), ( 1, 3, 'high-quality growth'),
    ( 2, 1, 'Guizhou Province'), ( 2, 2, 'economic development mode'), ( 2, 3, 'transformation'), ( 2, 4, 'high-quality growth'),
    ( 3, 1, 'poverty relief'),
    ( 4, 1, 'six major industrial bases'),
    ( 5, 1, 'deep resources processing'),
    ( 6, 1, 'R&D'), ( 6, 2, 'power batteries and materials'),
    ( 7, 1, 'computing power'),
    ( 8, 1, 'Chinese baijiu'), ( 8, 2, 'distilled spirits'),
    ( 9, 1, 'energy'),
    (10, 1, 'advanced equipment manufacturing'),
    (11, 1, 'mountainous province'), (11, 2, 'distinctive agriculture'),
    (12, 1, 'tourism industry'),
    (13, 1, 'poverty eradication'), (13, 2, 'over the years'),
    (14, 1, 'rural revitalization'),
    (15, 1, 'farmers'' incomes'),
    (16, 1, 'rural industries'),
    (17, 1, 'Belt and Road Initiative'), (17, 2, 'Belt and Road partner countries'), (17, 3, 'ASEAN'), (17, 4, 'expanded trade'),
    (18, 1, '28.4 percent'), (18, 2, 'annual average'), (18, 3, 'Belt and Road partner countries'), (18, 4, 'past two years'),
    (19, 1, '33.8 percent'), (19, 2, 'annual average'), (19, 3, 'ASEAN'), (19, 4, 'past two years'),
    (20, 1, 'green development'),
    (21, 1, 'traditional chemical industries'),
    (22, 1, 'clean and efficient use of coal'),
    (23, 1, 'new energy vehicle industry');

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

-- What every claim says, and the tail that each claim view ends with: which claim it is, who said so in what role, or
-- nobody, and where it stands.
CREATE VIEW attributed AS
SELECT c.id,
       coalesce(c.statement, c.quote) AS statement,
       c.evidence,
       c.key           AS claim,
       p.name          AS speaker,
       a.role,
       c.attribution,
       c.paragraph,
       c.source_id     AS source
  FROM claim           AS c
  LEFT JOIN appearance AS a ON a.source_id = c.source_id AND a.speaker_id = c.speaker_id
  LEFT JOIN speaker    AS p ON p.id = c.speaker_id;

-- Each source in the order of the views, and between which ids its claims are: so a question reads the claims of one
-- kind in order, source by source, without a sort of all, and without looking at claims of other kinds.
CREATE VIEW span AS
SELECT s.id            AS source,
       s.event_date,
       s.subject,
       (SELECT min(c.id) FROM claim AS c WHERE c.source_id = s.id) AS first,
       (SELECT max(c.id) FROM claim AS c WHERE c.source_id = s.id) AS last
  FROM source          AS s;

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
       s.source
  FROM span                  AS s
  CROSS JOIN industrial_base AS b ON b.claim_id BETWEEN s.first AND s.last
  CROSS JOIN attributed      AS c ON c.id = b.claim_id AND c.source = s.source
 ORDER BY s.event_date, s.source, b.position, c.id;

-- Which figures? The value is in base units.
CREATE VIEW figures AS
SELECT f.what,
       coalesce(f.whose, s.subject) AS whose,
       f.value,
       f.unit,
       f.change,
       f.trade_partner_id AS partner,
       f.period,
       f.years,
       c.claim,
       c.speaker,
       c.role,
       c.attribution,
       c.paragraph,
       s.source
  FROM span             AS s
  CROSS JOIN figure     AS f ON f.claim_id BETWEEN s.first AND s.last
  CROSS JOIN attributed AS c ON c.id = f.claim_id AND c.source = s.source
 ORDER BY s.event_date, s.source, c.paragraph, c.id, f.position;

-- How fast did trade grow, whose, and with whom? `implied_total_growth_pct` is arithmetic, not a claim: the annual rate
-- compounded over the years, in percent to one decimal. (By repeated multiplication, because SQLite has no power()
-- unless it was compiled in.)
CREATE VIEW trade AS
SELECT f.trade_partner_id AS partner,
       t.name             AS partner_name,
       f.value            AS annual_growth_pct,
       f.years,
       f.period,
       (WITH RECURSIVE growth (year, factor) AS (
            SELECT 0, 1.0
             UNION ALL
            SELECT year + 1, factor * (1 + f.value / 100) FROM growth WHERE year < min(f.years, 100))
        SELECT round((factor - 1) * 100, 1) FROM growth WHERE year = f.years) AS implied_total_growth_pct,
       coalesce(f.whose, s.subject) AS whose,
       c.claim,
       c.speaker,
       c.role,
       c.attribution,
       c.paragraph,
       s.source
  FROM span             AS s
  CROSS JOIN figure     AS f ON f.claim_id BETWEEN s.first AND s.last
                            AND f.what = 'trade' AND f.change = 'growth' AND f.unit = 'percent'
  JOIN trade_partner    AS t ON t.id = f.trade_partner_id
  CROSS JOIN attributed AS c ON c.id = f.claim_id AND c.source = s.source
 ORDER BY s.event_date, s.source, c.paragraph, c.id, f.position;

-- Which policy measures, and what are they part of?
CREATE VIEW measures AS
SELECT m.action        AS measure,
       m.policy,
       c.claim,
       c.speaker,
       c.role,
       c.attribution,
       c.paragraph,
       s.source
  FROM span                 AS s
  CROSS JOIN policy_measure AS m ON m.claim_id BETWEEN s.first AND s.last
  CROSS JOIN attributed     AS c ON c.id = m.claim_id AND c.source = s.source
 ORDER BY s.event_date, s.source, c.paragraph, c.id;

-- Every claim. `said_on` is the day of the briefing, and null for the report's own words, which nobody said.
CREATE VIEW claims AS
SELECT c.statement,
       (SELECT group_concat(name, ', ')
          FROM (SELECT t.name
                  FROM claim_topic AS ct
                  JOIN topic       AS t ON t.id = ct.topic_id
                 WHERE ct.claim_id = c.id
                 ORDER BY t.name)) AS topics,
       CASE c.attribution WHEN 'said' THEN s.event_date END AS said_on,
       c.evidence,
       c.claim,
       c.speaker,
       c.role,
       c.attribution,
       c.paragraph,
       s.id            AS source
  FROM source           AS s
  CROSS JOIN attributed AS c ON c.source = s.id
 ORDER BY s.event_date, s.id, c.paragraph, c.id;

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

-- What a search looks through: each claim's statement, its quote, its passage where a copy is kept, and the terms that are
-- in columns: keywords, topics, bases, measures, figures, partners with their other names, the speaker's name, and the
-- subject of the source.
CREATE VIEW claim_words AS
SELECT c.id            AS claim_id,
       c.source_id     AS source,
       coalesce(c.statement, '') AS statement,
       coalesce(c.quote, '')     AS quote,
       coalesce(g.text, '')      AS passage,
       coalesce((SELECT group_concat(k.keyword, ' | ') FROM claim_keyword AS k WHERE k.claim_id = c.id), '')
       || coalesce((SELECT group_concat(' | ' || t.name, '')
                      FROM claim_topic AS ct JOIN topic AS t ON t.id = ct.topic_id WHERE ct.claim_id = c.id), '')
       || coalesce((SELECT ' | industrial base | ' || b.name || ' | ' || coalesce(b.detail, '')
                      FROM industrial_base AS b WHERE b.claim_id = c.id), '')
       || coalesce((SELECT ' | policy measure | ' || m.action || ' | ' || coalesce(m.policy, '')
                      FROM policy_measure AS m WHERE m.claim_id = c.id), '')
       || coalesce((SELECT group_concat(' | ' || f.what || ' | ' || f.value || ' ' || coalesce(f.unit, '')
                                        || coalesce(' | ' || f.period, '') || coalesce(' | ' || t.name, ''), '')
                      FROM figure AS f LEFT JOIN trade_partner AS t ON t.id = f.trade_partner_id
                     WHERE f.claim_id = c.id), '')
       || coalesce((SELECT group_concat(' | ' || l.alias, '')
                      FROM figure AS f JOIN trade_partner_alias AS l USING (trade_partner_id)
                     WHERE f.claim_id = c.id), '')
       || coalesce((SELECT ' | ' || p.name FROM speaker AS p WHERE p.id = c.speaker_id), '')
       || coalesce((SELECT ' | ' || s.subject FROM source AS s WHERE s.id = c.source_id), '') AS terms
  FROM claim           AS c
  JOIN passage         AS g ON g.source_id = c.source_id AND g.number = c.paragraph;

-- One claim, whole: what it says, who said so, and the report and passage where it stands.
CREATE VIEW show AS
SELECT v.statement,
       v.topics,
       (SELECT group_concat(keyword, '; ')
          FROM (SELECT k.keyword FROM claim_keyword AS k WHERE k.claim_id = c.id ORDER BY k.position)) AS keywords,
       v.said_on,
       c.quote,
       c.said_in,
       c.evidence,
       a.organization,
       s.title,
       s.publisher,
       s.published,
       s.event,
       s.event_date,
       s.place,
       s.url,
       s.language,
       s.subject,
       s.accessed,
       s.archive_url,
       g.first_words,
       g.last_words,
       g.text          AS passage,
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
       s.subject,
       s.accessed,
       s.archive_url,
       s.id            AS source
  FROM source          AS s
 ORDER BY s.event_date, s.id;

-- Each paragraph of a report: its fingerprint, the words that locate it, and how many claims stand in it.
CREATE VIEW passages AS
SELECT g.number        AS paragraph,
       g.sha256,
       g.first_words,
       g.last_words,
       g.text,
       (SELECT count(*)
          FROM claim AS c
         WHERE c.source_id = g.source_id AND c.paragraph = g.number) AS claims,
       g.source_id     AS source
  FROM passage         AS g
 ORDER BY g.source_id, g.number;
