"""What lets the SDK's debug messages through to the engine; apart, for the command line loads no SDK."""

DEBUG = "BLUEOCEAN_DEBUG"
"""In the environment, with any value: they reach the engine, for `pulumi up --debug`."""
