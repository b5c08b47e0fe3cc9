"""Remarks on a dossier inside one agency (QT-17.3: other agencies get a document along the configured process)."""
