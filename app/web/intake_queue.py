"""What was submitted online and waits for the desk, with its limit ticking (ST-11.2a, TN-11.3a)."""
