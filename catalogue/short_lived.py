"""Imported first by what lives for seconds (a program, the pack, a command): garbage is looked for rarely.

Python looks for cycles after every 700 new objects. Importing the SDKs and registering a stack makes a
million that stay, so the looking is a fifth of a program's CPU and finds next to nothing (docs/adr/0101).
"""

import gc

gc.set_threshold(100_000, 50, 1000)
