-- Another report, with claims of each kind of evidence that is marked.
INSERT INTO source (id, title, publisher, published, event, event_date, place, url, subject) VALUES ('south',
    'Southland opens a rail tunnel', 'Courier', '2025-06-11', 'Briefing', '2025-06-10', 'Port Amber',
    'https://courier.example/tunnel', 'Southland');
INSERT INTO passage (source_id, number) VALUES ('south', 1), ('south', 2);
INSERT INTO speaker VALUES ('ines-roth', 'Ines Roth');
INSERT INTO appearance VALUES ('south', 'ines-roth', 'Minister of Transport', 'Southland');
INSERT INTO trade_partner VALUES ('mercosur', 'Mercosur');
INSERT INTO claim (id, source_id, slug, paragraph, speaker_id, attribution, statement, quote, evidence) VALUES
    (101, 'south', 'tunnel', 1, 'ines-roth', 'said', 'A tunnel is open.', NULL, 'unchecked'),
    (102, 'south', 'trade-asean', 2, 'ines-roth', 'said', 'Trade with ASEAN grew.', NULL, 'doubted'),
    (103, 'south', 'trade-mercosur', 2, NULL, 'reported', NULL, 'Trade shrank.', 'drafted'),
    (104, 'south', 'gdp', 2, NULL, 'reported', 'The GDP is large.', NULL, 'quoted');
INSERT INTO industrial_base VALUES (101, 1, 'Tunnel boring', 'machines and crews');
INSERT INTO figure (claim_id, position, what, value, unit, change, trade_partner_id, period, years) VALUES
    (102, 1, 'trade', 40.5, 'percent', 'growth', 'asean', 'two years', 2),
    (103, 1, 'trade', -3, 'percent', 'growth', 'mercosur', NULL, NULL),
    (104, 1, 'GDP', 7.4e12, 'yuan', 'level', NULL, '2024', NULL);
