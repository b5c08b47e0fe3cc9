"""An applicant without the slip: finding the dossier, checking who it is, printing again."""
