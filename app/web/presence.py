"""Who else has a dossier open now, and whether it has changed since the page was made."""
