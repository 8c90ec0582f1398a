"""One format of the audit's report a module, named after it; found by folder."""
