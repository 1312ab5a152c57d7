"""A report that the tests have written themselves, and a briefing made of it, with the traps a real one has."""

SOURCE = "northmark-2025-05-06"

REPORT = """\
Northmark plans cleaner harbours
Updated: May 7, 2025 09:15 Northmark Gazette

NORTHAVEN, May 6 -- Northmark's ports have begun to run on shore power on the way to cleaner harbours.

The province is building three shipping hubs covering hull repair, R&D of wind-assisted ships, and pilotage (harbour
guides), Ada Lund, governor of Northmark, told a press briefing on Tuesday.

Its trade with ASEAN and Mercosur grew by an annual average of 12.5 percent and 21.3 percent in the
past three years, Lund said.

Measures include capping soot and funding "shore-side" batteries next year, said Omar Reyes, head of the
Harbour Commission.

Visitors came in numbers, and the ships came in numbers.

Copyright© | Contact us
"""

BRIEFING = f"""\
[source]
id = "{SOURCE}"
title = "Northmark plans cleaner harbours"
publisher = "Northmark Gazette"
published = "2025-05-07"
event = "Press briefing on Northmark"
event_date = "2025-05-06"
place = "Northaven"
url = "https://gazette.example/2025/05/07/harbours"

[[speaker]]
id = "ada-lund"
name = "Ada Lund"
role = "Governor of Northmark"
organization = "Northmark"

[[speaker]]
id = "omar-reyes"
name = "Omar Reyes"
role = "Head of the Harbour Commission"
organization = "Harbour Commission"

[[partner]]
id = "mercosur"
name = "Mercosur"
aliases = ["Southern Common Market"]

[[claim]]
id = "cleaner-harbours"
statement = "Northmark wants its harbours clean."
paragraph = 0
topics = ["shipping"]
keywords = ["cleaner harbours"]

[[claim]]
id = "shore-power"
statement = "Ships in Northmark's ports take their power from the shore."
paragraph = 1
topics = ["shipping"]
keywords = ["shore power"]

[[claim]]
id = "three-hubs"
statement = "Three shipping hubs are on their way."
paragraph = 2
speaker = "ada-lund"
topics = ["shipping"]
keywords = ["three shipping hubs"]

[[claim]]
id = "hub-repair"
statement = "One hub is for the mending of hulls."
paragraph = 2
speaker = "ada-lund"
topics = ["shipping"]
keywords = ["hull repair"]
base = {{ position = 1, name = "Hull repair" }}

[[claim]]
id = "hub-pilotage"
statement = "One hub is for pilots."
paragraph = 2
speaker = "ada-lund"
topics = ["shipping"]
keywords = ["pilotage", "harbour guides"]
base = {{ position = 3, name = "Pilotage", detail = "harbour guides" }}

[[claim]]
id = "trade-asean"
statement = "Trade with ASEAN rose by 12.5 percent a year."
paragraph = 3
speaker = "ada-lund"
topics = ["trade"]
keywords = ["12.5 percent", "ASEAN"]
trade = {{ partner = "asean", annual_growth_pct = 12.5, years = 3, period = "past three years" }}

[[claim]]
id = "trade-mercosur"
statement = "Trade with Mercosur rose by 21.3 percent a year."
paragraph = 3
speaker = "ada-lund"
topics = ["trade"]
keywords = ["21.3 percent", "Mercosur"]
trade = {{ partner = "mercosur", annual_growth_pct = 21.3, years = 3, period = "past three years" }}

[[claim]]
id = "batteries"
statement = "Batteries on the quay are to be paid for in 2026."
paragraph = 4
speaker = "omar-reyes"
topics = ["shipping"]
keywords = ['"shore-side" batteries']
measure = {{ action = "Pay for batteries on the quay", policy = "cleaner harbours" }}
"""
