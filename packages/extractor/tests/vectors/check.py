"""Checks extractor.json with an implementation of its own: integers as polynomials, tables of logarithms, exact
fractions. Run it with Python 3; it needs nothing else and prints a line for each profile."""

import hashlib
import hmac
import json
import pathlib
from fractions import Fraction
from math import comb

FIELD_POLYNOMIALS = {1016: 0x409, 2040: 0x805}


def tables(polynomial):
    order = (1 << (polynomial.bit_length() - 1)) - 1
    exponential, logarithm, element = [], {}, 1
    for exponent in range(order):
        exponential.append(element)
        logarithm[element] = exponent
        element <<= 1
        if element > order:
            element ^= polynomial
    return exponential, logarithm, order


def times(a, b):
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a, b = a << 1, b >> 1
    return product


def generator(polynomial, t):
    exponential, logarithm, order = tables(polynomial)
    result, covered = 1, set()
    for first in range(1, 2 * t, 2):
        if first in covered:
            continue
        coset, exponent = [], first
        while exponent not in coset:
            coset.append(exponent)
            exponent = 2 * exponent % order
        covered.update(coset)
        coefficients = [1]
        for root in coset:
            shifted = [0] + coefficients
            scaled = [exponential[(logarithm[c] + root) % order] if c else 0 for c in coefficients] + [0]
            coefficients = [a ^ b for a, b in zip(shifted, scaled)]
        result = times(result, sum(c << power for power, c in enumerate(coefficients)))
    return result


def remainder(word, divisor):
    while word.bit_length() >= divisor.bit_length():
        word ^= divisor << (word.bit_length() - divisor.bit_length())
    return word


def sketch(reading, length, repetition, divisor):
    word = int.from_bytes(reading, "little")
    mask = (1 << length) - 1
    first = word & mask
    parts = [((word >> copy * length) & mask) ^ first for copy in range(1, repetition)]
    parts.append(remainder(first, divisor))
    value = sum(part << index * length for index, part in enumerate(parts))
    bits = (repetition - 1) * length + divisor.bit_length() - 1
    return value.to_bytes((bits + 7) // 8, "little")


def derive(number, salt, context, public, reading):
    statement = hashlib.sha256(b"BITHIVE-V1/extractor/statement/" + bytes([number]) + salt)
    for part in (context, public):
        statement.update(len(part).to_bytes(8, "big") + part)
    prk = hmac.digest(salt, reading, "sha256")
    return [
        hmac.digest(prk, b"BITHIVE-V1/extractor/" + purpose + b"/" + statement.digest() + b"\x01", "sha256")
        for purpose in (b"tag", b"key")
    ]


def tail(n, t, p):
    """Exact: numerator and denominator are integers."""
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(t + 1, n + 1))


def check(number, vector):
    data = {name: bytes.fromhex(vector[name]) for name in vector if isinstance(vector[name], str)
            and name not in ("profile", "failure_probability")}
    length, repetition, t = vector["code_bits"], vector["repetition"], vector["corrected_errors"]
    divisor = generator(FIELD_POLYNOMIALS[length], t)
    assert divisor.bit_length() - 1 == length - vector["dimension"]
    public = sketch(data["reading"], length, repetition, divisor)
    for helper, context, key in (("helper_data", "context", "key"),
                                 ("further_helper_data", "further_context", "further_key")):
        helper = data[helper]
        assert len(helper) == vector["helper_bytes"] and helper[:6] == b"BHFE\x01" + bytes([number])
        salt, tag = helper[6:38], helper[38:70]
        assert helper[70:] == public
        assert derive(number, salt, data[context], public, data["reading"]) == [tag, data[key]]
    commitment = hashlib.sha256(b"BITHIVE-V1/extractor/commitment/" + data["key"]).digest()
    assert commitment == data["commitment"]
    between = int.from_bytes(data["reading"], "little") ^ int.from_bytes(data["noisy_reading"], "little")
    outvoted = sum(
        2 * sum(between >> copy * length + bit & 1 for copy in range(repetition)) > repetition
        for bit in range(length)
    )
    assert 0 < outvoted <= t
    wrong = tail(repetition, repetition // 2, Fraction(str(vector["noise"])))
    exact = float(tail(length, t, wrong))
    assert f"{exact:.4e}" == f"{float(vector['failure_probability']):.4e}", exact
    return exact


if __name__ == "__main__":
    stored = json.loads(pathlib.Path(__file__).with_name("extractor.json").read_text())
    for index, vector in enumerate(stored):
        print(f"{vector['profile']}: holds, a key is lost with probability {check(index + 1, vector):.2e}")
