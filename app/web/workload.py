"""Who has how much: open work and what came and went, by person (ST-26.1)."""
