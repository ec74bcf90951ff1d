"""Key pairs made here, and fingerprints of those given."""

import base64
import binascii
import hashlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from models.errors import BadRequest

_DAYS = 3650
# Windows takes the user that a certificate is for from a name of this kind.
_USER_PRINCIPAL = ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
_UTF8_STRING = 0x0C


def generated(kind: str, user_id: str) -> tuple[str, str]:
    """Return public and private part of a new pair, in the forms that Nova gives them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if kind == "x509":
        certificate = _certificate(key, user_id)
        pair = pkcs12.serialize_key_and_certificates(
            None, key, certificate, None, serialization.NoEncryption()
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        return pem.decode(), base64.b64encode(pair).decode()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return f"{public.decode()} Generated-by-Nova", private.decode()


def fingerprint(kind: str, public: str) -> str:
    """Return the fingerprint; ``BadRequest`` for what is no key."""
    try:
        if kind == "x509":
            digest = x509.load_pem_x509_certificate(public.encode()).fingerprint(hashes.SHA1())
        else:
            fields = public.split()
            blob = base64.b64decode(fields[1], validate=True)
            serialization.load_ssh_public_key(f"{fields[0]} {fields[1]}".encode())
            digest = hashlib.md5(blob, usedforsecurity=False).digest()
    except (ValueError, IndexError, binascii.Error, UnsupportedAlgorithm):
        raise BadRequest("Keypair data is invalid: failed to generate fingerprint") from None
    return ":".join(f"{byte:02x}" for byte in digest)


def _certificate(key: rsa.RSAPrivateKey, user_id: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, user_id[:64])])
    principal = f"{user_id}@localhost".encode()[:127]
    other = x509.OtherName(_USER_PRINCIPAL, bytes([_UTF8_STRING, len(principal)]) + principal)
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([other]), critical=False)
        .sign(key, hashes.SHA256())
    )
