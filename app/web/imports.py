"""Open dossiers from an old system: looked at first, then taken over."""
