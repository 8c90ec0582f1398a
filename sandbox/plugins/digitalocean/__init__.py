"""Stand-in for the engine's DigitalOcean plugin (`pulumi-resource-digitalocean`), which no registry serves.

It carries the resources that the stacks use, named and behaving as pulumi-digitalocean 4.84.1 documents them,
against the API's stand-in (`sandbox.digitalocean`). It talks to a loopback address only and refuses a real
token; with an account of one's own, the official plugin takes its place and this one is not on the path.
"""
