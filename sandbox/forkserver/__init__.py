"""The fork server: Python processes that start with the SDKs imported (docs/adr/0102).

Every engine command starts a program, plugins and often the pack, and each of them spends most of its CPU on
importing the same packages. The server imports them once; `client` stands in the process tree where the
interpreter would, and lends its standard streams to a fork of the server that does the work.

Nothing of a checkout is imported ahead, only what `uv.lock` pins. Where no server can be used (none runs,
packages have changed, another namespace) the client becomes the interpreter it stands for.
"""
