"""Keys and certificates of one sandbox: its own authority, one server certificate, one client certificate."""

import datetime as dt
import hashlib
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.files import write_private

_FORM = "2: with key usage\n"
"""What the file `complete` says of certificates that are made as here."""
_YEARS = dt.timedelta(days=3650)
_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
_ADDRESSES = ("127.0.0.1", "10.96.0.1")


def ensure(folder: Path) -> None:
    """Write ca, server, client (each .crt and .key) and service-account.key/.pub unless they are there.

    The authority's key is not kept: nothing else is ever to be signed by it. Certificates of an older version
    are made anew; the service accounts' key stays, for their tokens are kept in the cluster.
    """
    complete = folder / "complete"
    if complete.exists() and complete.read_text(encoding="utf-8") == _FORM:
        return
    authority = ec.generate_private_key(ec.SECP256R1())
    root = _certificate("blueocean-sandbox", authority, None)
    write_private(folder / "ca.crt", _pem(root))
    for name in ("server", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        write_private(folder / f"{name}.key", _key(key))
        write_private(folder / f"{name}.crt", _pem(_certificate(name, key, (root, authority))))
    if not complete.exists():
        account = ec.generate_private_key(ec.SECP256R1())
        write_private(folder / "service-account.key", _key(account))
        public = account.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        write_private(folder / "service-account.pub", public.decode())
    write_private(complete, _FORM)


def fingerprint(folder: Path) -> str:
    """Return what tells one authority from another; empty before there is one."""
    certificate = folder / "ca.crt"
    return hashlib.sha256(certificate.read_bytes()).hexdigest()[:16] if certificate.exists() else ""


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    alternatives = [x509.DNSName(host) for host in _NAMES]
    addresses = [x509.IPAddress(ipaddress.ip_address(address)) for address in _ADDRESSES]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + _YEARS)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(authority=issuer is None), critical=True)
    )
    if issuer:
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        builder = builder.add_extension(
            x509.SubjectAlternativeName([*alternatives, *addresses]), critical=False
        )
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key())
        builder = builder.add_extension(authority, critical=False)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256())


def _usage(*, authority: bool) -> x509.KeyUsage:
    """What a key may be used for (RFC 5280, 4.2.1.3); an authority's client asks since Python 3.13."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
