"""The database: opening, building, migrating and checking it."""
