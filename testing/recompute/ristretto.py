"""ristretto255 (RFC 9496), and hash_to_ristretto255 (RFC 9380, appendix B) with SHA-512."""

import hashlib

from hashing import expand_message_xmd
from published import expect, refused

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def negative(number):
    return number & 1


def magnitude(number):
    return P - number if negative(number) else number


def sqrt_ratio(u, v):
    """Whether u/v is a square, and the root of it, or of sqrt(-1) u/v, that is not negative."""
    root = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    checked = v * root * root % P
    correct, flipped, flipped_i = checked == u % P, checked == -u % P, checked == -u * SQRT_M1 % P
    if flipped or flipped_i:
        root = root * SQRT_M1 % P
    return correct or flipped, magnitude(root)


INV_SQRT_A_MINUS_D = sqrt_ratio(1, (-1 - D) % P)[1]
# RFC 9496 takes the negative root here, the other of the two that sqrt_ratio chooses from.
SQRT_AD_MINUS_ONE = P - sqrt_ratio((-D - 1) % P, 1)[1]
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) ** 2 % P


class Point:
    """An element of the group, in extended coordinates of edwards25519."""

    __slots__ = ("x", "y", "z", "t")

    def __init__(self, x, y, z, t):
        self.x, self.y, self.z, self.t = x, y, z, t

    def __add__(self, other):
        a, b = (self.y - self.x) * (other.y - other.x) % P, (self.y + self.x) * (other.y + other.x) % P
        c, d = 2 * D * self.t * other.t % P, 2 * self.z * other.z % P
        e, f, g, h = b - a, d - c, d + c, b + a
        return Point(e * f % P, g * h % P, f * g % P, e * h % P)

    def double(self):
        a, b, c = self.x * self.x % P, self.y * self.y % P, 2 * self.z * self.z
        h = a + b
        e, g = h - (self.x + self.y) ** 2, a - b
        f = c + g
        return Point(e * f % P, g * h % P, f * g % P, e * h % P)

    def __neg__(self):
        return Point(P - self.x, self.y, self.z, P - self.t)

    def __rmul__(self, scalar):
        """By windows of four bits."""
        table = [IDENTITY, self]
        while len(table) < 16:
            table.append(table[-1] + self)
        out = IDENTITY
        for digit in f"{scalar % ORDER:x}":
            if out is not IDENTITY:
                out = out.double().double().double().double()
            if digit != "0":
                out = out + table[int(digit, 16)]
        return out

    def __eq__(self, other):
        return (self.x * other.y - self.y * other.x) % P == 0 or (self.y * other.y - self.x * other.x) % P == 0

    def encode(self):
        x, y, z, t = self.x, self.y, self.z, self.t
        u1, u2 = (z + y) * (z - y) % P, x * y % P
        inverse = sqrt_ratio(1, u1 * u2 * u2 % P)[1]
        den1, den2 = inverse * u1 % P, inverse * u2 % P
        z_inverse = den1 * den2 * t % P
        if negative(t * z_inverse % P):
            x, y, den = y * SQRT_M1 % P, x * SQRT_M1 % P, den1 * INV_SQRT_A_MINUS_D % P
        else:
            den = den2
        if negative(x * z_inverse % P):
            y = P - y
        return magnitude(den * (z - y) % P).to_bytes(32, "little")


IDENTITY = Point(0, 1, 1, 0)


def decode(encoded):
    s = int.from_bytes(encoded, "little")
    if len(encoded) != 32 or s >= P or negative(s):
        raise ValueError("ristretto255: not canonical")
    square = s * s % P
    u1, u2 = 1 - square, 1 + square
    u2_square = u2 * u2 % P
    v = (-D * u1 * u1 - u2_square) % P
    was_square, inverse = sqrt_ratio(1, v * u2_square % P)
    den_x = inverse * u2 % P
    x, y = magnitude(2 * s * den_x % P), u1 * inverse * den_x * v % P
    t = x * y % P
    if not was_square or negative(t) or y == 0:
        raise ValueError("ristretto255: no point")
    return Point(x, y, 1, t)


BASE = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))


def map_to_point(part):
    number = int.from_bytes(part, "little") % (1 << 255) % P
    r = SQRT_M1 * number * number % P
    u, v = (r + 1) * ONE_MINUS_D_SQ % P, (-1 - r * D) * (r + D) % P
    was_square, s = sqrt_ratio(u, v)
    c = -1
    if not was_square:
        s, c = -magnitude(s * number % P) % P, r
    n = (c * (r - 1) * D_MINUS_ONE_SQ - v) % P
    w0, w1, w2, w3 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P, (1 - s * s) % P, (1 + s * s) % P
    return Point(w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P)


def from_uniform_bytes(uniform):
    """The one-way map of 64 bytes."""
    return map_to_point(uniform[:32]) + map_to_point(uniform[32:])


def hash_to_group(message, tag):
    return from_uniform_bytes(expand_message_xmd(message, tag, 64, "sha512"))


def scalar(uniform):
    """64 bytes, little-endian, modulo the order."""
    return int.from_bytes(uniform, "little") % ORDER


def scalar_bytes(number):
    return (number % ORDER).to_bytes(32, "little")


def published():
    # RFC 9496, appendices A.1 (multiples of the generator), A.2 (one of each kind that is refused) and A.3.
    for multiple, encoded in (
        (0, "0000000000000000000000000000000000000000000000000000000000000000"),
        (2, "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"),
        (15, "e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e"),
    ):
        expect(f"RFC 9496 A.1, {multiple}", (multiple * BASE).encode().hex(), encoded)
        expect(f"RFC 9496 A.1, {multiple}, decoded", decode(bytes.fromhex(encoded)), multiple * BASE)
    for encoded in (
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # not canonical
        "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",  # negative
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",  # no square
        "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",  # negative x y
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # y = 0
    ):
        refused(f"RFC 9496 A.2, {encoded}", decode, bytes.fromhex(encoded))
    for label, encoded in (
        (b"Ristretto is traditionally a short shot of espresso coffee",
         "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"),
        (b"and is not a Ristretto as some believe.",
         "80bd07262511cdde4863f8a7434cef696750681cb9510eea557088f76d9e5065"),
    ):
        expect("RFC 9496 A.3", from_uniform_bytes(hashlib.sha512(label).digest()).encode().hex(), encoded)
    # RFC 9497, appendix A.1.1: the blinded element of the first vector, which starts from hash_to_ristretto255.
    tag = b"HashToGroup-OPRFV1-\x00-ristretto255-SHA512"
    blind = int.from_bytes(bytes.fromhex("64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"), "little")
    expect(
        "RFC 9497 A.1.1",
        (blind * hash_to_group(b"\x00", tag)).encode().hex(),
        "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
    )


published()
