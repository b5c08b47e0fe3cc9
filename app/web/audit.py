"""What administrators changed, searched."""
