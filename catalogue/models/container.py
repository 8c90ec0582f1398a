"""What the platform itself puts into the containers of an app; a component's own has to stand beside it."""

VOLUMES = {"tmp": "/tmp", "api-access": "/var/run/secrets/kubernetes.io/serviceaccount"}  # noqa: S108  in there
"""Where each is mounted: scratch space, and for who supervises, the token where client libraries look."""
POSTGRES_KEYS = ("PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGOPTIONS")
REDIS_KEYS = ("REDIS_HOST", "REDIS_PORT", "REDIS_USERNAME", "REDIS_PASSWORD", "REDIS_PREFIX")
IDENTITY = "BLUEOCEAN_"
"""How the variables begin that say who the container is."""
