"""Hypothesis without a deadline (the machine may be busy) and without a database (nothing is left behind)."""

import hypothesis

hypothesis.settings.register_profile("blueocean", deadline=None, database=None)
hypothesis.settings.load_profile("blueocean")
