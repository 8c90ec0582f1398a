"""`python -m sandbox.plugins.digitalocean ENGINE_ADDRESS`."""

from sandbox.plugins.digitalocean.server import main

main()
