"""`motcua run`: database, migrations, demonstration province, web server and worker under one roof.

The supervisor itself keeps no state: what it started is recognised by a mark in the environment, the database by its folder.
So whatever was killed, the next start finds it, ends it and begins anew.
"""
