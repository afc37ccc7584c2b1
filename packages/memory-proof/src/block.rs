//! Blocks of memory, and the function that makes one of others: G of Argon2 (RFC 9106, sections 3.5 and 3.6).
//!
//! A block has as many bytes as the function's state, so there is nothing smaller that it could be computed from: a hash
//! that is expanded to a block could be kept in place of the block.

/// Bytes of a block.
pub const BLOCK_BYTES: usize = 1024;
const WORDS: usize = BLOCK_BYTES / 8;
/// Bytes that a step of a walk reads.
pub(crate) const PIECE_BYTES: usize = 32;
/// How the 16 words of a permutation are mixed: columns, then diagonals.
const MIXED: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// A block: 128 words, little-endian in bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Block([u64; WORDS]);

impl core::fmt::Debug for Block {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Block({:016x}...)", self.0[0])
    }
}

impl Block {
    pub(crate) const ZERO: Self = Self([0; WORDS]);

    /// The block of these words.
    #[must_use]
    pub const fn new(words: [u64; WORDS]) -> Self {
        Self(words)
    }

    /// Adds another one, bit by bit.
    pub(crate) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word ^= other);
    }

    /// G(x, y) of Argon2 for all x and y whose sum is this block: P of each row, then of each column, and the block added.
    #[must_use]
    pub fn compressed(&self) -> Self {
        let mut mixed = self.0;
        for row in 0..8 {
            permute(&mut mixed, |word| 16 * row + word);
        }
        for column in 0..8 {
            permute(&mut mixed, |word| 2 * column + 16 * (word / 2) + word % 2);
        }
        let mut out = Self(mixed);
        out.add(self);
        out
    }

    /// The words of the block, as little-endian bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; BLOCK_BYTES] {
        let mut out = [0; BLOCK_BYTES];
        for (bytes, word) in out.chunks_exact_mut(8).zip(&self.0) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        out
    }

    /// The block of these bytes; any are one.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let mut words = [0; WORDS];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        Self(words)
    }

    /// The bytes that a step of a walk reads: the piece of this number, from 0 to 31; numbers repeat beyond.
    pub(crate) fn piece(&self, number: u8) -> [u8; PIECE_BYTES] {
        let words = PIECE_BYTES / 8;
        let first = words * (usize::from(number) % (WORDS / words));
        let mut out = [0; PIECE_BYTES];
        for (bytes, word) in out.chunks_exact_mut(8).zip(self.0.iter().skip(first)) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        out
    }
}

/// P of RFC 9106, section 3.6, on the 16 words at these places.
#[inline(always)]
fn permute(words: &mut [u64; WORDS], place: impl Fn(usize) -> usize) {
    let mut v: [u64; 16] = core::array::from_fn(|word| words[place(word)]);
    for [a, b, c, d] in MIXED {
        for (right, again) in [(32, 24), (16, 63)] {
            v[a] = mix(v[a], v[b]);
            v[d] = (v[d] ^ v[a]).rotate_right(right);
            v[c] = mix(v[c], v[d]);
            v[b] = (v[b] ^ v[c]).rotate_right(again);
        }
    }
    for (word, value) in v.into_iter().enumerate() {
        words[place(word)] = value;
    }
}

/// a + b + 2 times the product of their lower halves, modulo 2^64.
#[inline(always)]
const fn mix(a: u64, b: u64) -> u64 {
    const LOWER: u64 = 0xffff_ffff;
    let product = (a & LOWER).wrapping_mul(b & LOWER);
    a.wrapping_add(b).wrapping_add(product.wrapping_mul(2))
}
