//! A digest of configurations.

/// FNV-1a, 64 bits: tells configurations apart; collisions made on purpose are not a concern.
pub(crate) fn digest(parts: &[&[u8]]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        // The length first, so that a border between parts counts.
        for byte in (part.len() as u64).to_le_bytes().iter().chain(*part) {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    state
}
