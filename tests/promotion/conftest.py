"""Hypothesis without a deadline (the machine may be busy) and without a database (tests leave nothing behind)."""

import hypothesis

hypothesis.settings.register_profile("blueocean", deadline=None, database=None)
hypothesis.settings.load_profile("blueocean")
