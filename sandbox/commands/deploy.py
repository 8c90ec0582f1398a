"""`sandbox deploy`."""
