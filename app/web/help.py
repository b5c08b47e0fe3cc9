"""The tour of a role, and what every colour and status means."""
