"""What the province's profile says, switch by switch; to read."""
