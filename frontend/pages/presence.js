// Who else has this dossier open; asked while the page is seen.
