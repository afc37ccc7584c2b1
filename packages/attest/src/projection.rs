//! Sixteen words that stand for a long result: a random projection, keyed by the job key (Achlioptas 2003).
//!
//! Of a result z of n fixed-point numbers, word w is floor(sum_i e(w,i) z(i) / s), with independent random signs e
//! from the job key's stream and s = floor(sqrt n), so that words have the scale of the values. It is integer
//! arithmetic throughout, hence the same on every platform.
//!
//! # Range
//! Sums can't overflow below 2^32 values. A word is at most n max|z| / s + 1, so values below 30000 / sqrt n always
//! fit; of values below 4096 some word does not fit with probability less than 10^-10 (Hoeffding), and then
//! projecting is an error.
//!
//! # What a tolerance on the words says about the results
//! Let d be the difference of two results and t the tolerance, both in fixed-point units.
//!
//! - Near results agree. If no value differs by more than m, the words differ by at most 7 m + 1 except with
//!   probability 5 * 10^-7 (Hoeffding: 32 exp(-18), where 6 sqrt n / s < 7 for n > 256), and always by at most
//!   n m / s + 1.
//! - Far results do not. Words within t of each other have sums less than (t + 1) s apart. If d is chosen without
//!   knowledge of the key and k of its entries are m or more, a word is within t with probability at most
//!   ceil((t + 1) s / m) C(k, floor(k/2)) / 2^k (Erdos 1945), and the sixteen are independent. One value that is
//!   wrong by (t + 1) s, alone, always shows; together with any other changes it goes unseen with probability at
//!   most 2^-16; a hundred such values with less than 10^-17.
//! - Small differences are not seen: at tolerance 0, changes much below s units (sqrt n / 65536) can leave all
//!   words as they are. Results that have to be equal to the bit are compared by digest, or published in full.
//! - Who knows the key can find other results with the same words: they are n - 16 dimensions. Workers know it. A
//!   worker that lies this way is bounded by the quorum (it must publish words that agree with the honest ones) and
//!   by the requester, who checks what it receives ([`crate::JobKey::agrees`]) and reads it.

use zeroize::Zeroizing;

use crate::error::ResultError;

/// Words of a projected result.
pub const PROJECTED_WORDS: usize = 16;
/// Bytes of the key's stream for each value: one sign for each word.
pub(crate) const BYTES_PER_VALUE: usize = PROJECTED_WORDS / 8;

/// Projects; bit w (from the least, byte by byte) of a value's bytes in `signs` is set if word w adds it.
pub(crate) fn project(fixed: &[i32], signs: &[u8]) -> Result<Zeroizing<[i32; PROJECTED_WORDS]>, ResultError> {
    let mut sums = Zeroizing::new([0i64; PROJECTED_WORDS]);
    for (value, bits) in fixed.iter().zip(signs.chunks_exact(BYTES_PER_VALUE)) {
        for (word, sum) in sums.iter_mut().enumerate() {
            let adds = bits.get(word / 8).is_some_and(|byte| byte >> (word % 8) & 1 == 1);
            let term = if adds { i64::from(*value) } else { -i64::from(*value) };
            *sum = sum.checked_add(term).ok_or(ResultError::ProjectionOverflow)?;
        }
    }
    let scale = i64::try_from(fixed.len().isqrt()).map_err(|_| ResultError::ProjectionOverflow)?;
    let mut words = Zeroizing::new([0i32; PROJECTED_WORDS]);
    for (word, sum) in words.iter_mut().zip(sums.iter()) {
        // Rounds down, for negative sums too: every word stands for an interval of the same length.
        let floor = sum.checked_div_euclid(scale).ok_or(ResultError::Empty)?;
        *word = i32::try_from(floor).map_err(|_| ResultError::ProjectionOverflow)?;
    }
    Ok(words)
}
