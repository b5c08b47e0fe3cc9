"""What must hold between any two actions, read from the database on a running system (`motcua doctor`)."""
