"""BLAKE3, unkeyed, with 32 bytes of output, and slices of it in the format of the Bao specification 0.13."""

import struct

from published import expect

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
QUARTERS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8
CHUNK = 1024
MASK = 0xFFFFFFFF


def rotated(number, bits):
    return (number >> bits | number << 32 - bits) & MASK


def compress(chaining, data, counter, length, flags):
    words = struct.unpack("<16I", data.ljust(64, b"\x00"))
    state = [*chaining, *IV[:4], counter & MASK, counter >> 32, length, flags]
    for _ in range(7):
        for quarter, (a, b, c, d) in enumerate(QUARTERS):
            for word, (first, second) in zip(words[2 * quarter:2 * quarter + 2], ((16, 12), (8, 7))):
                state[a] = state[a] + state[b] + word & MASK
                state[d] = rotated(state[d] ^ state[a], first)
                state[c] = state[c] + state[d] & MASK
                state[b] = rotated(state[b] ^ state[c], second)
        words = [words[i] for i in PERMUTATION]
    return tuple(state[i] ^ state[i + 8] for i in range(8))


def chunk_value(chunk, index, root):
    value = IV
    starts = range(0, max(len(chunk), 1), 64)
    for start in starts:
        part = chunk[start:start + 64]
        flags = CHUNK_START * (start == 0) | (CHUNK_END | ROOT * root) * (start == starts[-1])
        value = compress(value, part, index, len(part), flags)
    return struct.pack("<8I", *value)


def left_length(length):
    """Bytes of the left subtree: the largest power of two of chunks that leaves some to the right."""
    chunks = (length - 1) // CHUNK
    return CHUNK << (chunks.bit_length() - 1)


def tree_value(data, first_chunk=0, root=True):
    """The chaining value of a subtree."""
    if len(data) <= CHUNK:
        return chunk_value(data, first_chunk, root)
    return struct.pack("<8I", *compress(IV, children(data, first_chunk), 0, 64, PARENT | ROOT * root))


def children(data, first_chunk):
    """What a parent node holds: the values of both subtrees."""
    middle = left_length(len(data))
    left = tree_value(data[:middle], first_chunk, False)
    return left + tree_value(data[middle:], first_chunk + middle // CHUNK, False)


def blake3(data):
    return tree_value(data)


def slice_of(data, start, length):
    """The length of the data, then, depth-first, the parent nodes and chunks that the range touches. A range of no byte
    counts as one byte, and one that begins at the end or later touches the last chunk."""
    start = min(start, max(len(data) - 1, 0))
    end = start + max(length, 1)

    def below(offset, part):
        if offset >= end or (offset + len(part) <= start and part):
            return b""
        if len(part) <= CHUNK:
            return part
        middle = left_length(len(part))
        return (
            children(part, offset // CHUNK)
            + below(offset, part[:middle])
            + below(offset + middle, part[middle:])
        )

    return len(data).to_bytes(8, "little") + below(0, data)


def published():
    # test_vectors.json of the reference implementation: byte i of an input is i mod 251.
    for length, digest in (
        (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
        (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
        (1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
        (1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"),
        (3073, "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3"),
        (7169, "a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817"),
    ):
        expect(f"BLAKE3 of {length} bytes", blake3(bytes(i % 251 for i in range(length))).hex(), digest)


published()
