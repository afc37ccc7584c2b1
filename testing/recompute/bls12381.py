"""BLS12-381: points, pairing, hash_to_G2 (RFC 9380) and signatures (draft-irtf-cfrg-bls-signature-05, minimal public
keys). Plain Python: for known answers that protect nothing."""

import hashlib

from hashing import expand_message_xmd, hkdf_expand, hkdf_extract
from published import expect, refused

P = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
R = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
X = 0xD201000000010000  # the curve's parameter is -X


class Fp:
    """Integers modulo P."""

    zero, one, b = 0, 1, 4
    size = 48

    add = staticmethod(lambda a, b: (a + b) % P)
    sub = staticmethod(lambda a, b: (a - b) % P)
    mul = staticmethod(lambda a, b: a * b % P)
    square = staticmethod(lambda a: a * a % P)
    inverse = staticmethod(lambda a: pow(a, -1, P))
    negate = staticmethod(lambda a: -a % P)

    @staticmethod
    def root(a):
        candidate = pow(a, (P + 1) // 4, P)
        return candidate if candidate * candidate % P == a else None

    @staticmethod
    def larger(a):
        """Whether it is the larger of itself and its negative, which is the sign of an encoded point."""
        return a > P - a

    @staticmethod
    def encode(a):
        return a.to_bytes(48, "big")

    @staticmethod
    def decode(data):
        number = int.from_bytes(data, "big")
        if number >= P:
            raise ValueError("BLS12-381: a coordinate is not canonical")
        return number


class Fp2:
    """Pairs (a, b): a + b u with u^2 = -1."""

    zero, one, b = (0, 0), (1, 0), (4, 4)
    size = 96

    @staticmethod
    def add(a, b):
        return (a[0] + b[0]) % P, (a[1] + b[1]) % P

    @staticmethod
    def sub(a, b):
        return (a[0] - b[0]) % P, (a[1] - b[1]) % P

    @staticmethod
    def mul(a, b):
        (a0, a1), (b0, b1) = a, b
        return (a0 * b0 - a1 * b1) % P, (a0 * b1 + a1 * b0) % P

    @staticmethod
    def square(a):
        a0, a1 = a
        return (a0 + a1) * (a0 - a1) % P, 2 * a0 * a1 % P

    @staticmethod
    def inverse(a):
        a0, a1 = a
        norm = pow(a0 * a0 + a1 * a1, -1, P)
        return a0 * norm % P, -a1 * norm % P

    @staticmethod
    def negate(a):
        return -a[0] % P, -a[1] % P

    @staticmethod
    def root(a):
        """With the norm's root n: the real part of a root is sqrt((real part + n) / 2), or that of -n."""
        a0, a1 = a
        norm = Fp.root((a0 * a0 + a1 * a1) % P)
        if norm is None:
            return None
        for sign in (norm, -norm):
            real = Fp.root((a0 + sign) * HALF % P)
            if real is None:
                continue
            if real == 0:
                imaginary = Fp.root(-a0 % P)
            else:
                imaginary = a1 * pow(2 * real, -1, P) % P
            if imaginary is not None and Fp2.square((real, imaginary)) == a:
                return real, imaginary
        return None

    @staticmethod
    def larger(a):
        return Fp.larger(a[1]) if a[1] else Fp.larger(a[0])

    @staticmethod
    def encode(a):
        return Fp.encode(a[1]) + Fp.encode(a[0])

    @staticmethod
    def decode(data):
        return Fp.decode(data[48:]), Fp.decode(data[:48])


HALF = pow(2, -1, P)


class Curve:
    """y^2 = x^3 + b over a field; points are (x, y, z) in Jacobian coordinates, the identity has z = 0."""

    def __init__(self, field, generator):
        self.field = field
        self.identity = (field.one, field.one, field.zero)
        self.generator = (*generator, field.one)
        self.powers = None

    def double(self, point):
        f = self.field
        x, y, z = point
        a, b = f.square(x), f.square(y)
        c = f.square(b)
        d = f.sub(f.sub(f.square(f.add(x, b)), a), c)
        d = f.add(d, d)
        e = f.add(f.add(a, a), a)
        x3 = f.sub(f.square(e), f.add(d, d))
        c = f.add(c, c)
        c = f.add(c, c)
        y3 = f.sub(f.mul(e, f.sub(d, x3)), f.add(c, c))
        yz = f.mul(y, z)
        return x3, y3, f.add(yz, yz)

    def add(self, one, other):
        f = self.field
        (x1, y1, z1), (x2, y2, z2) = one, other
        if z1 == f.zero:
            return other
        if z2 == f.zero:
            return one
        z1z1, z2z2 = f.square(z1), f.square(z2)
        u1, u2 = f.mul(x1, z2z2), f.mul(x2, z1z1)
        s1, s2 = f.mul(f.mul(y1, z2), z2z2), f.mul(f.mul(y2, z1), z1z1)
        if u1 == u2:
            return self.double(one) if s1 == s2 else self.identity
        h, r = f.sub(u2, u1), f.sub(s2, s1)
        hh = f.square(h)
        hhh, v = f.mul(h, hh), f.mul(u1, hh)
        x3 = f.sub(f.sub(f.square(r), hhh), f.add(v, v))
        y3 = f.sub(f.mul(r, f.sub(v, x3)), f.mul(s1, hhh))
        return x3, y3, f.mul(f.mul(z1, z2), h)

    def negate(self, point):
        return point[0], self.field.negate(point[1]), point[2]

    def sum(self, points):
        out = self.identity
        for point in points:
            out = self.add(out, point)
        return out

    def mul(self, scalar, point):
        """Any integer: the scalar is not reduced, the point need not be in the subgroup. Windows of four bits."""
        if scalar < 0:
            return self.mul(-scalar, self.negate(point))
        table = [self.identity, point]
        while len(table) < 16:
            table.append(self.add(table[-1], point))
        out = self.identity
        for digit in f"{scalar:x}":
            for _ in range(4):
                out = self.double(out)
            out = self.add(out, table[int(digit, 16)])
        return out

    def generate(self, scalar):
        """A multiple of the generator."""
        if self.powers is None:
            self.powers = [self.generator]
            while len(self.powers) < 255:
                self.powers.append(self.double(self.powers[-1]))
        scalar %= R
        return self.sum(power for bit, power in enumerate(self.powers) if scalar >> bit & 1)

    def affine(self, point):
        f = self.field
        inverse = f.inverse(point[2])
        square = f.square(inverse)
        return f.mul(point[0], square), f.mul(point[1], f.mul(square, inverse))

    def equal(self, one, other):
        return self.is_identity(self.add(one, self.negate(other)))

    def is_identity(self, point):
        return point[2] == self.field.zero

    def encode(self, point):
        """Compressed: x, with three bits on top: compressed, identity, y is the larger root."""
        if self.is_identity(point):
            return b"\xc0" + bytes(self.field.size - 1)
        x, y = self.affine(point)
        out = bytearray(self.field.encode(x))
        out[0] |= 0x80 | 0x20 * self.field.larger(y)
        return bytes(out)

    def decode(self, data):
        f = self.field
        if len(data) != f.size or not data[0] & 0x80:
            raise ValueError("BLS12-381: not a compressed point")
        if data[0] & 0x40:
            if data != self.encode(self.identity):
                raise ValueError("BLS12-381: not the identity's encoding")
            return self.identity
        x = f.decode(bytes([data[0] & 0x1F]) + data[1:])
        y = f.root(f.add(f.mul(f.square(x), x), f.b))
        if y is None:
            raise ValueError("BLS12-381: not on the curve")
        if f.larger(y) != bool(data[0] & 0x20):
            y = f.negate(y)
        point = (x, y, f.one)
        if not self.is_identity(self.mul(R, point)):
            raise ValueError("BLS12-381: not in the subgroup")
        return point


G1 = Curve(Fp, (
    0x17F1D3A73197D7942695638C4FA9AC0FC3688C4F9774B905A14E3A3F171BAC586C55E83FF97A1AEFFB3AF00ADB22C6BB,
    0x08B3F481E3AAA0F1A09E30ED741D8AE4FCF5E095D5D00AF600DB18CB2C04B3EDD03CC744A2888AE40CAA232946C5E7E1,
))
G2 = Curve(Fp2, (
    (0x024AA2B2F08F0A91260805272DC51051C6E47AD4FA403B02B4510B647AE3D1770BAC0326A805BBEFD48056C8C121BDB8,
     0x13E02B6052719F607DACD3A088274F65596BD0D09920B61AB5DA61BBDC7F5049334CF11213945D57E5AC7D055D042B7E),
    (0x0CE5D527727D6E118CC9CDC6DA2E351AADFD9BAA8CBDD3A76D429A695160D12C923AC9CC3BACA289E193548608B82801,
     0x0606C4A02EA734CC32ACD2B02BC28B99CB3E287E85A763AF267492AB572E99AB3F370D275CEC1DA1AAA9075FF05F79BE),
))


# The target group, in Fp[w] modulo w^12 - 2 w^6 + 2: w^6 is 1 + u. A number is 12 coefficients, least first.
SLOT = 800  # bits: a sum of 12 products of two coefficients is below 2^767
ONE = (1,) + (0,) * 11


def packed(value):
    return int.from_bytes(b"".join(c.to_bytes(SLOT // 8, "little") for c in value), "little")


def times(one, other):
    """One product of long integers has all coefficients."""
    data = (packed(one) * packed(other)).to_bytes(23 * SLOT // 8, "little")
    c = [int.from_bytes(data[i:i + SLOT // 8], "little") for i in range(0, len(data), SLOT // 8)]
    for i in range(22, 11, -1):
        c[i - 6] += 2 * c[i]
        c[i - 12] -= 2 * c[i]
    return tuple(v % P for v in c[:12])


def power(value, exponent):
    out = ONE
    for bit in f"{exponent:b}":
        out = times(out, out)
        if bit == "1":
            out = times(out, value)
    return out


def from_pairs(pairs):
    """From six of Fp2, the coefficients of w^0 to w^5."""
    return tuple((a - b) % P for a, b in pairs) + tuple(b for _, b in pairs)


def to_pairs(value):
    return [((value[i] + value[i + 6]) % P, value[i + 6]) for i in range(6)]


def fp2_power(value, exponent):
    out = Fp2.one
    for bit in f"{exponent:b}":
        out = Fp2.square(out)
        if bit == "1":
            out = Fp2.mul(out, value)
    return out


TWIST = [Fp2.one]
for _ in range(5):
    TWIST.append(Fp2.mul(TWIST[-1], fp2_power((1, 1), (P - 1) // 6)))


def frobenius(value):
    """The power P."""
    return from_pairs([Fp2.mul((a, -b % P), TWIST[i]) for i, (a, b) in enumerate(to_pairs(value))])


def conjugate(value):
    """The power P^6; the inverse of what has been raised to P^6 - 1."""
    return tuple(-c % P if i & 1 else c for i, c in enumerate(value))


def inverse(value):
    """By the norm: the product of all other conjugates, divided by an element of Fp."""
    product, image = ONE, value
    for _ in range(11):
        image = frobenius(image)
        product = times(product, image)
    norm = times(product, value)
    scale = pow(norm[0], -1, P)
    return tuple(c * scale % P for c in product)


def miller(p, q):
    """The function of the ate pairing with loop count -X at p; p in G1, q in G2, neither the identity."""
    (xp, yp), q = G1.affine(p), G2.affine(q)
    f, t = ONE, q

    def line(slope, at):
        """Through `at` and p, times w^3, which the final exponentiation removes."""
        c = [Fp2.zero] * 6
        c[0] = Fp2.sub(Fp2.mul(slope, at[0]), at[1])
        c[2] = Fp2.mul(slope, (-xp % P, 0))
        c[3] = (yp, 0)
        return from_pairs(c)

    def third(slope, one, other):
        x = Fp2.sub(Fp2.sub(Fp2.square(slope), one[0]), other[0])
        return x, Fp2.sub(Fp2.mul(slope, Fp2.sub(one[0], x)), one[1])

    for bit in f"{X:b}"[1:]:
        slope = Fp2.mul(Fp2.mul((3, 0), Fp2.square(t[0])), Fp2.inverse(Fp2.add(t[1], t[1])))
        f = times(times(f, f), line(slope, t))
        t = third(slope, t, t)
        if bit == "1":
            slope = Fp2.mul(Fp2.sub(t[1], q[1]), Fp2.inverse(Fp2.sub(t[0], q[0])))
            f = times(f, line(slope, t))
            t = third(slope, t, q)
    return conjugate(f)


def final_exponentiation(value):
    """The power 3 (P^12 - 1) / R = (P^6 - 1)(P^2 + 1) ((X + 1)^2 (P - X)(X^2 + P^2 - 1) + 3). The factor 3, which spares
    a division, is usual, and part of what encoded elements mean."""
    value = times(conjugate(value), inverse(value))
    value = times(frobenius(frobenius(value)), value)
    out = power(value, (X + 1) ** 2)
    out = times(frobenius(out), conjugate(power(out, X)))
    squared = power(power(out, X), X)
    return times(times(times(squared, frobenius(frobenius(out))), conjugate(out)), power(value, 3))


def pairing_product(pairs):
    """The product of e(p, q); pairs with the identity are 1."""
    out = ONE
    for p, q in pairs:
        if not G1.is_identity(p) and not G2.is_identity(q):
            out = times(out, miller(p, q))
    return final_exponentiation(out)


# hash_to_G2, RFC 9380, section 8.8.2: the simplified SWU map to a curve that is 3-isogenous, and the isogeny.
ISO_A, ISO_B, ISO_Z = (0, 240), (1012, 1012), (P - 2, P - 1)
K1_0 = 0x5C759507E8E333EBB5B7A9A47D7ED8532C52D39FD3A042A88B58423C50AE15D5C2638E343D9C71C6238AAAAAAAA97D6
K1_1 = 0x11560BF17BAA99BC32126FCED787C88F984F87ADF7AE0C7F9A208C6B4F20A4181472AAA9CB8D555526A9FFFFFFFFC71A
K1_2 = 0x8AB05F8BDD54CDE190937E76BC3E447CC27C3D6FBD7063FCD104635A790520C0A395554E5C6AAAA9354FFFFFFFFE38D
K1_3 = 0x171D6541FA38CCFAED6DEA691F5FB614CB14B4E7F4E810AA22D6108F142B85757098E38D0F671C7188E2AAAAAAAA5ED1
K3_0 = 0x1530477C7AB4113B59A4C18B076D11930F7DA5D4A07F649BF54439D87D27E500FC8C25EBF8C92F6812CFC71C71C6D706
K3_3 = 0x124C9AD43B6CF79BFBF7043DE3811AD0761B0F37A1E26286B0E977C69AA274524E79097A56DC4BD9E1B371C71C718B10
ISOGENY = (  # x numerator, x denominator, y numerator, y denominator; constant first
    ((K1_0, K1_0), (0, K1_1), (K1_1 + 4, K1_2), (K1_3, 0)),
    ((0, P - 72), (12, P - 12), (1, 0)),
    ((K3_0, K3_0), (0, K1_0 - 24), (K1_1 + 2, K1_2 + 2), (K3_3, 0)),
    ((P - 432, P - 432), (0, P - 216), (18, P - 18), (1, 0)),
)
G2_COFACTOR = int(
    "bc69f08f2ee75b3584c6a0ea91b352888e2a8e9145ad7689986ff031508ffe1329c2f178731db956d82bf015d1212b02ec0ec69d7477c1ae"
    "954cbc06689f6a359894c0adebbf6b4e8020005aaa95551",
    16,
)


def sgn0(a):
    return a[0] & 1 or (a[0] == 0 and a[1] & 1)


def simplified_swu(u):
    """A point of the isogenous curve, affine."""
    f = Fp2

    def g(x):
        return f.add(f.mul(f.add(f.square(x), ISO_A), x), ISO_B)

    zu = f.mul(ISO_Z, f.square(u))
    denominator = f.add(f.square(zu), zu)
    if denominator == f.zero:
        x = f.mul(ISO_B, f.inverse(f.mul(ISO_Z, ISO_A)))
    else:
        x = f.mul(f.negate(f.mul(ISO_B, f.inverse(ISO_A))), f.add(f.one, f.inverse(denominator)))
    y = f.root(g(x))
    if y is None:
        x = f.mul(zu, x)
        y = f.root(g(x))
    return x, y if sgn0(u) == sgn0(y) else f.negate(y)


def map_to_g2(u):
    x, y = simplified_swu(u)

    def polynomial(coefficients):
        out = Fp2.zero
        for c in reversed(coefficients):
            out = Fp2.add(Fp2.mul(out, x), c)
        return out

    x_num, x_den, y_num, y_den = map(polynomial, ISOGENY)
    return Fp2.mul(x_num, Fp2.inverse(x_den)), Fp2.mul(y, Fp2.mul(y_num, Fp2.inverse(y_den))), Fp2.one


HASHED = {}


def hash_to_g2(message, tag):
    if (message, tag) not in HASHED:
        uniform = expand_message_xmd(message, tag, 256)
        a, b, c, d = (int.from_bytes(uniform[i:i + 64], "big") % P for i in range(0, 256, 64))
        HASHED[message, tag] = G2.mul(G2_COFACTOR, G2.add(map_to_g2((a, b)), map_to_g2((c, d))))
    return HASHED[message, tag]


def hash_to_scalar(message, tag):
    """hash_to_field of RFC 9380, section 5.2, for integers modulo R: 48 bytes."""
    return int.from_bytes(expand_message_xmd(message, tag, 48), "big") % R


# Signatures.
SIGNATURE_TAG = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"
POSSESSION_TAG = b"BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"


def key_gen(material, salt, info):
    """KeyGen of the draft, section 2.3, for a salt that was hashed once; it hashes again as long as the key is 0."""
    secret = 0
    while secret == 0:
        extracted = hkdf_extract(salt, material + b"\x00")
        secret = int.from_bytes(hkdf_expand(extracted, info + b"\x00\x30", 48), "big") % R
        salt = hashlib.sha256(salt).digest()
    return secret


def sign(secret, message, tag=SIGNATURE_TAG):
    return G2.mul(secret, hash_to_g2(message, tag))


def verify(signed, signature, tag=SIGNATURE_TAG):
    """Whether the sum of signatures is one over (key, message) pairs."""
    if not signed or any(G1.is_identity(key) for key, _ in signed):
        return False
    pairs = [(key, hash_to_g2(message, tag)) for key, message in signed]
    return pairing_product([*pairs, (G1.negate(G1.generator), signature)]) == ONE


def published():
    # RFC 9380, appendix J.10.1: BLS12381G2_XMD:SHA-256_SSWU_RO_, message "abc".
    x, _ = G2.affine(hash_to_g2(b"abc", b"QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_"))
    expect("RFC 9380 J.10.1", f"{x[0]:096x}", (
        "02c2d18e033b960562aae3cab37a27ce00d80ccd5ba4b7fe0e7a210245129dbec7780ccc7954725f4168aff2787776e6"
    ))
    expect("RFC 9380 J.10.1", f"{x[1]:096x}", (
        "139cddbccdc5e91b9623efd38c49f81a6f83f175e80b06fc374de9eb4b41dfe4ca3a230ed250fbe3a2acf73a41177fd8"
    ))
    # The pairing is bilinear and not 1, its order is R, and both exponentiations are one.
    one = pairing_product([(G1.generator, G2.generator)])
    if one == ONE:
        raise ArithmeticError("the pairing of the generators is 1")
    expect("pairing, order", power(one, R), ONE)
    expect("pairing, bilinear", pairing_product([(G1.generate(6), G2.generate(7))]), power(one, 42))
    value = tuple(range(3, 15))
    expect("final exponentiation", final_exponentiation(value), power(value, 3 * (P**12 - 1) // R))
    refused("no point has x = 1", G1.decode, b"\x80" + bytes(46) + b"\x01")


published()
