"""The other dossiers of the same applicant."""
