"""The gates of production, one module each: `judge(question) -> Verdict`, in the order of its `PLACE`.

A gate is found by being in this folder; there is no list. All of them are asked, always.
"""
