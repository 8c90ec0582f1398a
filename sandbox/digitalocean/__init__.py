"""The DigitalOcean API's stand-in (simulated): real HTTP on loopback, no account, no bill, nothing behind it.

It answers as the documented v2 API does for what the stacks use (container registries and their credentials,
managed databases for PostgreSQL and Valkey, Kubernetes clusters), refuses what that refuses, and keeps its
state in one file. No image is stored, no database answers at the hosts that it names, no cluster runs.
Where the documentation leaves a refusal open, the code marks what is answered here as `undocumented`.
Source: https://docs.digitalocean.com/reference/api/ and the published OpenAPI description, November 2026.
"""
