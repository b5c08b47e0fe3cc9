// Limits that tick.
