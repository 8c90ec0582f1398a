"""`python -m sandbox.plugins.kubernetes ENGINE_ADDRESS`."""

from sandbox.plugins.kubernetes.server import main

main()
