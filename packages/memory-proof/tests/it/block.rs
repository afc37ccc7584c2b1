//! The function of blocks is that of Argon2.

use argon2::{Algorithm, Argon2, Params, Version};
use bithive_memory_proof::Block;

fn sum(left: &argon2::Block, right: &argon2::Block) -> Block {
    let (left, right): (&[u64], &[u64]) = (left.as_ref(), right.as_ref());
    let words: Vec<u64> = left.iter().zip(right).map(|(left, right)| left ^ right).collect();
    Block::new(words.try_into().unwrap())
}

/// RFC 9106, section 3.4.2, for one lane and one pass: the block that is referred to, from the first word of the one before.
fn referred(index: usize, first: u64, quarter: usize) -> usize {
    let window =
        if index < quarter { index - 1 } else { index / quarter * quarter + index % quarter - 1 } as u64;
    let j1 = first & 0xffff_ffff;
    let x = (j1 * j1) >> 32;
    (window - 1 - ((window * x) >> 32)) as usize
}

#[test]
fn blocks_are_compressed_as_the_argon2_crate_does() {
    const BLOCKS: usize = 64;
    let params = Params::new(BLOCKS as u32, 1, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2d, Version::V0x13, params);
    let mut blocks = vec![argon2::Block::new(); BLOCKS];
    argon2.fill_memory(b"a password", b"a salt of Argon2", &mut blocks).unwrap();
    for index in 2..BLOCKS {
        let before = &blocks[index - 1];
        let other = &blocks[referred(index, before.as_ref()[0], BLOCKS / 4)];
        let words: &[u64] = blocks[index].as_ref();
        assert_eq!(sum(before, other).compressed(), Block::new(words.try_into().unwrap()), "block {index}");
    }
}

#[test]
fn a_block_is_its_bytes() {
    let bytes: Vec<u8> = (0..1024u32).map(|byte| (byte * 7 % 251) as u8).collect();
    let bytes: [u8; 1024] = bytes.try_into().unwrap();
    assert_eq!(Block::from_bytes(&bytes).to_bytes(), bytes);
    assert_ne!(Block::from_bytes(&bytes).compressed().to_bytes(), bytes);
}
