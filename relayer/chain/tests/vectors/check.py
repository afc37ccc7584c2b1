"""Computes tx_file_unsigned.json and tx_file_signed.json from the fields below, by the documentation of src/tx_file/mod.rs and nothing
of the crate: bech32, protobuf, and ECDSA with the nonce of RFC 6979 are written out here. Run it with Python 3; it names the
first file that differs, and prints the hash of the signed transaction."""

import base64
import hashlib
import hmac
import json
import pathlib
import sys

SECRET = 1
CHAIN_ID, ACCOUNT_NUMBER, SEQUENCE = "hive-1", 7, 3
CONTRACT, MESSAGE = bytes([7] * 32), b'{"claim":{"id":1}}'
GAS_LIMIT, FEE, TIMEOUT_HEIGHT = 200_000, ("ubee", "5000"), 100

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
# RIPEMD-160 of SHA-256 of the public key of SECRET; Python has no RIPEMD-160 everywhere.
ACCOUNT = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")
ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def bech32(prefix, data):
    bits = int.from_bytes(data, "big")
    padding = -len(data) * 8 % 5
    bits <<= padding
    count = (len(data) * 8 + padding) // 5
    words = [bits >> 5 * index & 31 for index in reversed(range(count))]
    expanded = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    checksum = 1
    for value in expanded + words + [0] * 6:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= generator if top >> bit & 1 else 0
    checksum ^= 1
    words += [checksum >> 5 * index & 31 for index in reversed(range(6))]
    return prefix + "1" + "".join(ALPHABET[word] for word in words)


def varint(number):
    more = number >> 7
    return bytes([number & 127 | (128 if more else 0)]) + (varint(more) if more else b"")


def sized(tag, data):
    return varint(tag << 3 | 2) + varint(len(data)) + data


def number(tag, value):
    return varint(tag << 3) + varint(value) if value else b""


def add(a, b):
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = 3 * a[0] ** 2 * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope**2 - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(scalar, point):
    total = None
    while scalar:
        total = add(total, point) if scalar & 1 else total
        point, scalar = add(point, point), scalar >> 1
    return total


def sign(secret, data):
    digest = hashlib.sha256(data).digest()
    mac = lambda key, text: hmac.new(key, text, hashlib.sha256).digest()
    seed = secret.to_bytes(32, "big") + (int.from_bytes(digest, "big") % N).to_bytes(32, "big")
    key, value = bytes(32), bytes([1] * 32)
    for step in (b"\0", b"\1"):
        key = mac(key, value + step + seed)
        value = mac(key, value)
    value = mac(key, value)
    nonce = int.from_bytes(value, "big")
    assert 0 < nonce < N
    r = times(nonce, G)[0] % N
    s = pow(nonce, -1, N) * (int.from_bytes(digest, "big") + r * secret) % N
    return r.to_bytes(32, "big") + min(s, N - s).to_bytes(32, "big")


def main():
    sender, contract = bech32("bithive", ACCOUNT), bech32("bithive", CONTRACT)
    x, y = times(SECRET, G)
    key = bytes([2 + y % 2]) + x.to_bytes(32, "big")
    execute = sized(1, sender.encode()) + sized(2, contract.encode()) + sized(3, MESSAGE)
    message = sized(1, b"/cosmwasm.wasm.v1.MsgExecuteContract") + sized(2, execute)
    body = sized(1, message) + number(3, TIMEOUT_HEIGHT)
    public = sized(1, b"/cosmos.crypto.secp256k1.PubKey") + sized(2, sized(1, key))
    direct = sized(2, sized(1, number(1, 1)))
    fee = sized(1, sized(1, FEE[0].encode()) + sized(2, FEE[1].encode())) + number(2, GAS_LIMIT)
    auth = sized(1, sized(1, public) + direct + number(3, SEQUENCE)) + sized(2, fee)
    signature = sign(SECRET, sized(1, body) + sized(2, auth) + sized(3, CHAIN_ID.encode()) + number(4, ACCOUNT_NUMBER))
    text = lambda data: base64.b64encode(data).decode()
    first = {
        "format": "bithive-transaction",
        "version": 1,
        "chain_id": CHAIN_ID,
        "account_number": ACCOUNT_NUMBER,
        "sequence": SEQUENCE,
        "sender": sender,
    }
    last = {
        "messages": [text(message)],
        "gas_limit": GAS_LIMIT,
        "fee": {"denom": FEE[0], "amount": FEE[1]},
        "memo": "",
        "timeout_height": TIMEOUT_HEIGHT,
        "sign_mode": "SIGN_MODE_DIRECT",
    }
    files = {
        "tx_file_unsigned.json": {**first, **last},
        "tx_file_signed.json": {**first, "public_key": text(key), **last, "signature": text(signature)},
    }
    for name, document in files.items():
        found = (pathlib.Path(__file__).parent / name).read_text()
        if found != json.dumps(document, indent=2) + "\n":
            sys.exit(f"{name} differs")
    raw = sized(1, body) + sized(2, auth) + sized(3, signature)
    print(f"2 files; the transaction is {hashlib.sha256(raw).hexdigest().upper()}")


main()
