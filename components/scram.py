"""What Postgres stores instead of a password, so that the password itself never travels. Pure.

Form and computation: RFC 5802, RFC 7677, and PostgreSQL's documentation of pg_authid.rolpassword:
`SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`.
"""

import base64
import hashlib
import hmac

ITERATIONS = 4096
"""PostgreSQL's own default. The passwords are random with 190 bits: more rounds would protect nothing."""


def verifier(password: str, role: str) -> str:
    """The verifier of a printable ASCII password.

    The salt is derived from password and role: the same input gives the same text, so an unchanged tenant
    shows no difference, and equal passwords of two roles don't show either.
    """
    salt = hmac.digest(password.encode("ascii"), b"blueocean scram salt " + role.encode(), "sha256")[:16]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(salt)}${_text(stored_key)}:{_text(server_key)}"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
