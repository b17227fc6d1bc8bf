"""A certificate that signs itself: no key is stored, and no tool is needed.

The key is worth nothing: whoever reads this file has it.
"""

import hashlib
import random
from base64 import encodebytes
from functools import cache
from ipaddress import ip_address

_BITS = 1024  # of each prime; a shorter key is refused by OpenSSL
_EXPONENT = 65537
_SEQUENCE, _SET, _INTEGER, _BITS_OF, _OCTETS, _OID = 0x30, 0x31, 2, 3, 4, 6
_NULL, _TRUE, _UTF8, _TIME = b"\x05\x00", b"\x01\x01\xff", 0x0C, 0x18


def write_certificate(path, ip="127.0.0.1"):
    """Write a PEM file of a key and a certificate for an address.

    Parameters
    ----------
    path : Path
    ip : str
        Address that the certificate is for.
    """
    n, p, q = _key()
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    numbers = 0, n, _EXPONENT, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)
    key = _der(_SEQUENCE, *map(_integer, numbers))
    body = _body(ip, n)
    signature = _bits(_signature(body, n, d))
    certificate = _der(_SEQUENCE, body, _SHA256_WITH_RSA, signature)
    path.write_bytes(_pem("RSA PRIVATE KEY", key) + _pem("CERTIFICATE", certificate))


@cache
def _key():
    """Modulus and primes, the same ones each time."""
    rng = random.Random(0)
    p, q = _prime(rng), _prime(rng)
    return p * q, p, q


def _prime(rng):
    while True:
        # The two highest bits make the product as long as it can be.
        p = rng.getrandbits(_BITS) | 3 << (_BITS - 2) | 1
        if p % _EXPONENT != 1 and pow(2, p - 1, p) == 1:
            return p


def _body(ip, n):
    """What is signed: version 3, issuer and subject the same, one address."""
    name = _der(_UTF8, b"skmia's tests")
    name = _der(_SEQUENCE, _der(_SET, _der(_SEQUENCE, _oid("550403"), name)))
    key = _der(_SEQUENCE, _integer(n), _integer(_EXPONENT))
    kind = _der(_SEQUENCE, _oid("2a864886f70d010101"), _NULL)
    always = _der(_TIME, b"20000101000000Z"), _der(_TIME, b"21000101000000Z")
    address = _der(_SEQUENCE, _der(0x87, ip_address(ip).packed))
    # OpenSSL is strict with who signs certificates, as this one does.
    extensions = _der(
        _SEQUENCE,
        _extension("551d13", _der(_SEQUENCE, _TRUE), critical=True),
        _extension("551d0f", b"\x03\x02\x02\x84", critical=True),
        _extension("551d0e", _der(_OCTETS, hashlib.sha256(key).digest()[:20])),
        _extension("551d11", address),
    )
    return _der(
        _SEQUENCE,
        _der(0xA0, _integer(2)),
        _integer(1),
        _SHA256_WITH_RSA,
        name,
        _der(_SEQUENCE, *always),
        name,
        _der(_SEQUENCE, kind, _bits(key)),
        _der(0xA3, extensions),
    )


def _signature(body, n, d):
    """As RSASSA-PKCS1-v1_5 with SHA-256 says."""
    kind = _der(_SEQUENCE, _oid("608648016503040201"), _NULL)
    digest = _der(_OCTETS, hashlib.sha256(body).digest())
    digest = _der(_SEQUENCE, kind, digest)
    padded = b"\x00\x01".ljust(2 * _BITS // 8 - len(digest) - 1, b"\xff")
    number = int.from_bytes(padded + b"\x00" + digest)
    return pow(number, d, n).to_bytes(2 * _BITS // 8)


def _der(tag, *parts):
    """A value as ASN.1 has it: kind, length, content."""
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 128 + len(length)]) + length + content


def _integer(value):
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1))


def _bits(content):
    return _der(_BITS_OF, b"\x00", content)


def _oid(digits):
    return _der(_OID, bytes.fromhex(digits))


def _extension(oid, content, *, critical=False):
    flag = _TRUE if critical else b""
    return _der(_SEQUENCE, _oid(oid), flag, _der(_OCTETS, content))


def _pem(what, content):
    text = encodebytes(content).decode()
    return f"-----BEGIN {what}-----\n{text}-----END {what}-----\n".encode()


_SHA256_WITH_RSA = _der(_SEQUENCE, _oid("2a864886f70d01010b"), _NULL)
