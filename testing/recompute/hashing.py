"""HKDF (RFC 5869) and expand_message_xmd (RFC 9380, section 5.3.1), with hashlib and hmac of the standard library."""

import hashlib
import hmac

from published import expect


def hkdf_extract(salt, key, digest="sha256"):
    return hmac.digest(salt or bytes(hashlib.new(digest).digest_size), key, digest)


def hkdf_expand(pseudorandom_key, info, length, digest="sha256"):
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.digest(pseudorandom_key, block + info + bytes([counter]), digest)
        out, counter = out + block, counter + 1
    return out[:length]


def hkdf(salt, key, info, length, digest="sha256"):
    return hkdf_expand(hkdf_extract(salt, key, digest), info, length, digest)


def expand_message_xmd(message, tag, length, digest="sha256"):
    hasher = hashlib.new(digest)
    size, block_size = hasher.digest_size, hasher.block_size
    if len(tag) > 255 or length > 255 * size:
        raise ValueError("too long for expand_message_xmd")
    tag_with_length = tag + bytes([len(tag)])

    def hashed(data):
        return hashlib.new(digest, data + tag_with_length).digest()

    first = hashed(bytes(block_size) + message + length.to_bytes(2, "big") + b"\x00")
    out = block = hashed(first + b"\x01")
    for index in range(2, -(-length // size) + 1):
        block = hashed(bytes(a ^ b for a, b in zip(first, block)) + bytes([index]))
        out += block
    return out[:length]


def published():
    # RFC 5869, appendix A.1 and A.3 (no salt, no info).
    expect(
        "RFC 5869 A.1",
        hkdf(bytes(range(13)), b"\x0b" * 22, bytes(range(0xF0, 0xFA)), 42).hex(),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    )
    expect(
        "RFC 5869 A.3",
        hkdf(b"", b"\x0b" * 22, b"", 42).hex(),
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    )
    # RFC 9380, appendices K.1 and K.3: expand_message_xmd with SHA-256 and SHA-512.
    tag = b"QUUX-V01-CS02-with-expander-SHA256-128"
    expect(
        "RFC 9380 K.1",
        expand_message_xmd(b"abc", tag, 32).hex(),
        "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615",
    )
    tag = b"QUUX-V01-CS02-with-expander-SHA512-256"
    expect(
        "RFC 9380 K.3",
        expand_message_xmd(b"abcdef0123456789", tag, 32, "sha512").hex(),
        "087e45a86e2939ee8b91100af1583c4938e0f5fc6c9db4b107b83346bc967f58",
    )


published()
