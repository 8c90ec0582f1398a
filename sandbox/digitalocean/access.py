"""How one gets in."""

TOKEN = "sandbox-has-no-digitalocean-token"  # noqa: S105  fixed and public: it opens this stand-in only
