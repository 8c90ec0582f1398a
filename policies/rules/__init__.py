"""One rule a module, named `<subject>_<statement>.py`; found by folder, registered nowhere."""
