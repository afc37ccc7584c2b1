"""Computes the known answers of this folder from their inputs, by README.md and nothing of the crate: curve, pairing and hashes are the
plain Python of testing/recompute. Run it with Python 3; it needs nothing else, prints a line for each file, and names the first
difference."""

import hashlib
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "testing" / "recompute"))

import bls12381 as bls
from answers import check, given
from bls12381 import G1, G2, R
from chacha import exclusive_or
from hashing import hkdf
from published import expect


def tag(purpose):
    return b"BITHIVE-V1/" + purpose + b"/"


def sized(part):
    return len(part).to_bytes(4, "big") + part


def sha256(data):
    return hashlib.sha256(data).digest()


def scalar_bytes(number):
    return (number % R).to_bytes(32, "big")


class Proof:
    """A stored proof again, from its secret: the nonce follows from challenge and response, and the challenge from the nonce."""

    def __init__(self, stored, context, pairs, secret):
        challenge, response = (int.from_bytes(part, "big") for part in (stored[:32], stored[32:]))
        nonce = (response - challenge * secret) % R
        text = tag(b"release-proof") + sized(context) + len(pairs).to_bytes(16, "big")
        text += b"".join(G1.encode(base) + G1.encode(image) for base, image in pairs)
        text += b"".join(G1.encode(G1.mul(nonce, base)) for base, _ in pairs)
        challenge = bls.hash_to_scalar(text, b"BITHIVE-V1/release-proof/challenge")
        self.bytes = scalar_bytes(challenge) + scalar_bytes(nonce + challenge * secret)


def value(polynomial, at):
    return sum(coefficient * pow(at, power, R) for power, coefficient in enumerate(polynomial)) % R


def lagrange(members):
    """Weights of values at members for the value at 0."""
    weights = []
    for own in members:
        above, below = 1, 1
        for other in members:
            if other != own:
                above, below = above * -other % R, below * (own - other) % R
        weights.append(above * pow(below, -1, R) % R)
    return weights


def run(name, stored):
    generator = G1.generate(1)
    threshold = stored["threshold"]
    secrets = [bytes.fromhex(text) for text in stored["secrets"]]
    expect("versions of the secrets", {secret[0] for secret in secrets}, {1})
    seeds = [secret[1:] for secret in secrets]
    members = range(1, len(seeds) + 1)
    endpoints = [bytes([member]) * 32 for member in members]
    own = [bls.hash_to_scalar(seed, b"BITHIVE-V1/release-ceremony/key") for seed in seeds]
    public = [G1.generate(key) for key in own]

    cards = []
    for text, endpoint, key, point in zip(stored["cards"], endpoints, own, public):
        context = tag(b"release-card") + endpoint
        proof = Proof(bytes.fromhex(text)[-64:], context, [(generator, point)], key)
        cards.append(b"\x01" + endpoint + G1.encode(point) + proof.bytes)
    session = tag(b"release-session") + bytes([threshold])
    session = sha256(session + b"".join(one + G1.encode(two) for one, two in zip(endpoints, public)))

    polynomials = [
        [bls.hash_to_scalar(seed + session + bytes([power]), b"BITHIVE-V1/release-ceremony/coefficient")
         for power in range(threshold)]
        for seed in seeds
    ]
    deals = []
    for dealer, text, key, polynomial in zip(members, stored["deals"], own, polynomials):
        points = [G1.generate(coefficient) for coefficient in polynomial]
        context = tag(b"release-deal") + session + bytes([dealer])
        at = 36 + 48 * threshold
        proof = Proof(bytes.fromhex(text)[at:at + 64], context, [(generator, points[0])], polynomial[0])
        deal = b"\x01" + session + bytes([dealer, threshold, len(seeds)])
        deal += b"".join(map(G1.encode, points)) + proof.bytes
        for member, point in zip(members, public):
            shared = G1.encode(G1.mul(key, point))
            info = session + bytes([dealer, member])
            mask = hkdf(b"BITHIVE-V1/release-ceremony/share/", shared, info, 32)
            deal += exclusive_or(scalar_bytes(value(polynomial, member)), mask)
        deals.append(deal)

    shares = [sum(value(polynomial, member) for polynomial in polynomials) % R for member in members]
    keys = [G1.generate(share) for share in shares]
    committee = bytes([1, threshold, len(seeds)])
    committee += b"".join(endpoint + G1.encode(key) for endpoint, key in zip(endpoints, keys))
    identity = sha256(tag(b"release-committee") + sized(committee))
    secret = sum(polynomial[0] for polynomial in polynomials) % R
    some = list(members)[-threshold:]
    weighted = sum(weight * shares[member - 1] for weight, member in zip(lagrange(some), some)) % R
    expect("the key of some members", weighted, secret)

    wrap = bytes.fromhex(stored["wrap"])
    expect("bytes of the wrap", len(wrap), 208)
    point, masked, proof = wrap[32:80], wrap[80:112], G2.decode(wrap[112:])
    u = G1.decode(point)
    mask = hkdf(b"BITHIVE-V1/release-mask/", G1.encode(G1.mul(secret, u)), identity + point, 32)
    commitment = sha256(tag(b"content-key") + exclusive_or(masked, mask))
    parts = (stored[part].encode() for part in ("chain_id", "contract", "author"))
    text = tag(b"release-wrap") + b"".join(map(sized, parts)) + bytes.fromhex(stored["content"])
    text += commitment + identity + point + masked
    hashed = bls.hash_to_g2(text, b"BITHIVE-V1/release-wrap/BLS12381G2_XMD:SHA-256_SSWU_RO_")
    product = bls.pairing_product([(u, hashed), (G1.negate(generator), proof)])
    expect("the pairing of the wrap", product, bls.ONE)

    answers = []
    for member, text, share, key in zip(members, stored["shares"], shares, keys):
        context = tag(b"release-share") + identity + bytes([member])
        answer = G1.mul(share, u)
        proof = Proof(bytes.fromhex(text)[49:], context, [(generator, key), (u, answer)], share)
        answers.append(bytes([member]) + G1.encode(answer) + proof.bytes)

    return {
        **given(stored, "threshold", "secrets", "chain_id", "contract", "author", "content"),
        "cards": [card.hex() for card in cards],
        "deals": [deal.hex() for deal in deals],
        "member_keys": [
            (bytes([1, member]) + scalar_bytes(share) + committee).hex() for member, share in zip(members, shares)
        ],
        "committee": committee.hex(),
        "committee_id": identity.hex(),
        "commitment": commitment.hex(),
        "wrap": (identity + wrap[32:]).hex(),
        "shares": [answer.hex() for answer in answers],
    }


if __name__ == "__main__":
    check(__file__, run, "release.json")
