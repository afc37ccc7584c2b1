"""X25519 (RFC 7748) and HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
ChaCha20Poly1305: kem 0x0020, kdf 0x0001, aead 0x0003."""

import chacha
from hashing import hkdf_expand, hkdf_extract
from published import expect, refused

P = 2**255 - 19
KEM = b"KEM\x00\x20"
SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"
BASE_POINT = (9).to_bytes(32, "little")


def x25519(scalar, point):
    number = int.from_bytes(scalar, "little") & ~(1 << 255) & ~7 | 1 << 254
    u = int.from_bytes(point, "little") % (1 << 255) % P
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for bit in range(254, -1, -1):
        now = number >> bit & 1
        if swap ^ now:
            x2, z2, x3, z3 = x3, z3, x2, z2
        swap = now
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def labeled_extract(suite, salt, label, key):
    return hkdf_extract(salt, b"HPKE-v1" + suite + label + key)


def labeled_expand(suite, pseudorandom_key, label, info, length):
    return hkdf_expand(pseudorandom_key, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def derive_key_pair(material):
    """Secret and public key."""
    secret = labeled_expand(KEM, labeled_extract(KEM, b"", b"dkp_prk", material), b"sk", b"", 32)
    return secret, x25519(secret, BASE_POINT)


def serialized(secret):
    """SerializePrivateKey, which clamps (section 7.1.2)."""
    return bytes([secret[0] & 248]) + secret[1:31] + bytes([secret[31] & 127 | 64])


def shared_secret(exchanged, encapsulated, public):
    if not any(exchanged):
        raise ValueError("X25519: a point of low order")
    extracted = labeled_extract(KEM, b"", b"eae_prk", exchanged)
    return labeled_expand(KEM, extracted, b"shared_secret", encapsulated + public, 32)


def key_schedule(secret, info):
    """Key and base nonce."""
    context = b"\x00" + labeled_extract(SUITE, b"", b"psk_id_hash", b"") + labeled_extract(SUITE, b"", b"info_hash", info)
    extracted = labeled_extract(SUITE, secret, b"secret", b"")
    return [labeled_expand(SUITE, extracted, label, context, n) for label, n in ((b"key", 32), (b"base_nonce", 12))]


def seal(public, info, associated, plaintext, material):
    """The encapsulated key and the sealed message; the ephemeral key is derived from `material`."""
    ephemeral, encapsulated = derive_key_pair(material)
    key, nonce = key_schedule(shared_secret(x25519(ephemeral, public), encapsulated, public), info)
    return encapsulated, chacha.seal(key, nonce, plaintext, associated)


def open_sealed(secret, encapsulated, info, associated, message):
    shared = shared_secret(x25519(secret, encapsulated), encapsulated, x25519(secret, BASE_POINT))
    key, nonce = key_schedule(shared, info)
    return chacha.open_sealed(key, nonce, message, associated)


def published():
    # RFC 7748, section 5.2.
    expect(
        "RFC 7748 5.2",
        x25519(
            bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
            bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
        ).hex(),
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    )
    # RFC 9180, appendix A.2.1.
    sender = bytes.fromhex("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b")
    receiver = bytes.fromhex("1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df")
    info = b"Ode on a Grecian Urn"
    secret, public = derive_key_pair(receiver)
    expect("RFC 9180 A.2.1 skRm", secret.hex(), "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
    expect("RFC 9180 A.2.1 pkRm", public.hex(), "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a")
    plaintext = b"Beauty is truth, truth beauty"
    encapsulated, sealed = seal(public, info, b"Count-0", plaintext, sender)
    expect("RFC 9180 A.2.1 enc", encapsulated.hex(), "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a")
    expect(
        "RFC 9180 A.2.1 ct",
        sealed.hex(),
        "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
    )
    expect("RFC 9180 A.2.1 opened", open_sealed(secret, encapsulated, info, b"Count-0", sealed), plaintext)
    refused("an encapsulated key of order 1", open_sealed, secret, bytes(32), info, b"Count-0", sealed)


published()
