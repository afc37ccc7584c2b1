"""ChaCha20, Poly1305 and their AEAD (RFC 8439)."""

import struct

from published import expect, refused

CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")
ROUNDS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)
MASK = 0xFFFFFFFF


def block(key, counter, nonce):
    start = [*CONSTANTS, *struct.unpack("<8I", key), counter, *struct.unpack("<3I", nonce)]
    state = list(start)
    for _ in range(10):
        for a, b, c, d in ROUNDS:
            x, y, z, w = state[a], state[b], state[c], state[d]
            x = x + y & MASK
            w ^= x
            w = (w << 16 | w >> 16) & MASK
            z = z + w & MASK
            y ^= z
            y = (y << 12 | y >> 20) & MASK
            x = x + y & MASK
            w ^= x
            w = (w << 8 | w >> 24) & MASK
            z = z + w & MASK
            y ^= z
            y = (y << 7 | y >> 25) & MASK
            state[a], state[b], state[c], state[d] = x, y, z, w
    return struct.pack("<16I", *(a + b & MASK for a, b in zip(state, start)))


def stream(key, nonce, length, counter=0):
    blocks = range(counter, counter + -(-length // 64))
    return b"".join(block(key, index, nonce) for index in blocks)[:length]


def exclusive_or(one, other):
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")


def encrypt(key, nonce, data, counter=0):
    return exclusive_or(data, stream(key, nonce, len(data), counter))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    accumulator = 0
    for start in range(0, len(message), 16):
        part = message[start:start + 16] + b"\x01"
        accumulator = (accumulator + int.from_bytes(part, "little")) * r % ((1 << 130) - 5)
    return ((accumulator + int.from_bytes(key[16:], "little")) % (1 << 128)).to_bytes(16, "little")


def tag(key, nonce, sealed, associated):
    def padded(data):
        return data + bytes(-len(data) % 16)

    lengths = struct.pack("<QQ", len(associated), len(sealed))
    return poly1305(block(key, 0, nonce)[:32], padded(associated) + padded(sealed) + lengths)


def seal(key, nonce, plaintext, associated=b""):
    sealed = encrypt(key, nonce, plaintext, 1)
    return sealed + tag(key, nonce, sealed, associated)


def open_sealed(key, nonce, message, associated=b""):
    sealed = message[:-16]
    if len(message) < 16 or tag(key, nonce, sealed, associated) != message[-16:]:
        raise ValueError("ChaCha20-Poly1305: wrong tag")
    return encrypt(key, nonce, sealed, 1)


def published():
    # RFC 8439, sections 2.3.2, 2.5.2 and 2.8.2.
    nonce = bytes.fromhex("000000090000004a00000000")
    expect(
        "RFC 8439 2.3.2",
        block(bytes(range(32)), 1, nonce).hex(),
        "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
        "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e",
    )
    expect(
        "RFC 8439 2.5.2",
        poly1305(
            bytes.fromhex("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b"),
            b"Cryptographic Forum Research Group",
        ).hex(),
        "a8061dc1305136c6c22b8baf0c0127a9",
    )
    key = bytes(range(0x80, 0xA0))
    nonce = bytes.fromhex("070000004041424344454647")
    associated = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    plaintext = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen "
        b"would be it."
    )
    sealed = seal(key, nonce, plaintext, associated)
    expect("RFC 8439 2.8.2, ciphertext", sealed[:16].hex(), "d31a8d34648e60db7b86afbc53ef7ec2")
    expect("RFC 8439 2.8.2, tag", sealed[-16:].hex(), "1ae10b594f09e26a7e902ecbd0600691")
    expect("RFC 8439 2.8.2, opened", open_sealed(key, nonce, sealed, associated), plaintext)
    refused("RFC 8439 2.8.2, other tag", open_sealed, key, nonce, sealed[:-1] + b"\x90", associated)


published()
