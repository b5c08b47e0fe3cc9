"""Backups of database and files, and putting one back into an empty place; see docs/backup.md.

A folder of backups holds `files/`, contents by their hash that all its backups share, and a folder a backup with its manifest,
the database's dump and the list of contents that it names. A backup's folder has its name only once everything in it is
complete and on disk.
"""
