//! Sharing a secret down a threshold tree, and joining it again from chosen leaves.
//!
//! An OR gate gives its secret to every child. An AND gate splits it into random parts whose sum it is. Any other
//! gate uses Shamir's scheme over GF(2^8), byte by byte, where child number i (from 1) has the x-coordinate i.

use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    field::{Gf256, scale},
    leaves::LeafSet,
    tree::Tree,
};

/// Bytes of a share: 8 of check, 12 of key.
pub(crate) const SHARE_BYTES: usize = 20;

/// A share, or the secret, whose check is zero. No `Debug`: it is secret.
#[derive(Clone, Copy, Default, PartialEq, Eq, Zeroize)]
pub(crate) struct Share {
    /// What tells a right secret from a wrong one.
    pub(crate) check: u64,
    /// What K_r is made of, in the low 96 bits of two words.
    key: [u64; 2],
}

impl Share {
    /// A share of 20 random bytes.
    pub(crate) fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; SHARE_BYTES];
        rng.fill_bytes(&mut bytes);
        let share = Self::from_bytes(&bytes);
        bytes.zeroize();
        share
    }

    /// A fresh secret: a random key, and a check of zero.
    pub(crate) fn secret(rng: &mut impl CryptoRng) -> Self {
        Self { check: 0, ..Self::random(rng) }
    }

    /// The share in the first 20 bytes.
    pub(crate) fn from_bytes<const N: usize>(bytes: &[u8; N]) -> Self {
        const { assert!(N >= SHARE_BYTES) };
        let word = |from: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[from..from + 8]);
            u64::from_be_bytes(word)
        };
        Self { check: word(0), key: [word(8), word(12) & u64::from(u32::MAX)] }
    }

    pub(crate) fn to_bytes(self) -> [u8; SHARE_BYTES] {
        let mut bytes = [0; SHARE_BYTES];
        let words = [self.check, self.key[0], self.key[1] << 32];
        bytes
            .iter_mut()
            .zip(words.iter().flat_map(|word| word.to_be_bytes()))
            .for_each(|(to, from)| *to = from);
        bytes
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let key = [self.key[0] ^ other.key[0], self.key[1] ^ other.key[1]];
        Self { check: self.check ^ other.check, key }
    }

    fn times(self, by: Gf256) -> Self {
        Self { check: scale(self.check, by), key: self.key.map(|word| scale(word, by)) }
    }
}

/// The x-coordinate of a child, by its number from 0. There are at most 255 children.
pub(crate) fn x_of(child: usize) -> Gf256 {
    Gf256(u8::try_from(child + 1).unwrap_or(0))
}

/// Shares of every leaf, in the order of leaves.
pub(crate) fn share<L>(tree: &Tree<L>, secret: Share, rng: &mut impl CryptoRng) -> Zeroizing<Vec<Share>> {
    let mut shares = Zeroizing::new(Vec::with_capacity(tree.leaves().len()));
    share_node(tree, secret, rng, &mut shares);
    shares
}

fn share_node<L>(tree: &Tree<L>, secret: Share, rng: &mut impl CryptoRng, shares: &mut Vec<Share>) {
    match tree {
        Tree::Leaf(_) => shares.push(secret),
        Tree::Gate { needed, children } => {
            let parts = split(usize::from(*needed), children.len(), secret, rng);
            for (child, part) in children.iter().zip(parts.iter()) {
                share_node(child, *part, rng, shares);
            }
        }
    }
}

fn split(needed: usize, children: usize, secret: Share, rng: &mut impl CryptoRng) -> Zeroizing<Vec<Share>> {
    let mut random = |count: usize| -> Zeroizing<Vec<Share>> {
        let mut drawn = Zeroizing::new(Vec::with_capacity(children));
        drawn.extend((0..count).map(|_| Share::random(rng)));
        drawn
    };
    if needed == children {
        let mut parts = random(children - 1);
        let last = parts.iter().fold(secret, |rest, part| rest.plus(*part));
        parts.push(last);
        return parts;
    }
    let coefficients = random(needed - 1);
    let at = |x: Gf256| {
        coefficients.iter().rev().fold(Share::default(), |sum, c| sum.plus(*c).times(x)).plus(secret)
    };
    Zeroizing::new((0..children).map(|child| at(x_of(child))).collect())
}

/// The secret from the shares of exactly those leaves that one way to satisfy the tree takes.
pub(crate) fn join<L>(tree: &Tree<L>, shares: &[Option<Share>], chosen: &LeafSet) -> Option<Share> {
    join_node(tree, shares, chosen, &mut 0)
}

fn join_node<L>(
    tree: &Tree<L>,
    shares: &[Option<Share>],
    chosen: &LeafSet,
    next: &mut usize,
) -> Option<Share> {
    match tree {
        Tree::Leaf(_) => {
            let leaf = *next;
            *next += 1;
            shares.get(leaf).copied().flatten().filter(|_| chosen.contains(leaf))
        }
        Tree::Gate { needed, children } => {
            let mut parts = Zeroizing::new(Vec::with_capacity(usize::from(*needed)));
            let mut xs = Vec::with_capacity(usize::from(*needed));
            for (child, tree) in children.iter().enumerate() {
                if let Some(part) = join_node(tree, shares, chosen, next) {
                    parts.push(part);
                    xs.push(x_of(child));
                }
            }
            if parts.is_empty() {
                return None;
            }
            let sum =
                |parts: &mut dyn Iterator<Item = Share>| Some(parts.fold(Share::default(), Share::plus));
            if usize::from(*needed) == children.len() {
                sum(&mut parts.iter().copied())
            } else {
                sum(&mut parts.iter().zip(weights_at_zero(&xs)).map(|(part, weight)| part.times(weight)))
            }
        }
    }
}

/// Lagrange weights at zero: for each x_i the product of x_j / (x_j + x_i) over the others.
fn weights_at_zero(xs: &[Gf256]) -> Vec<Gf256> {
    let weight = |x: &Gf256| {
        let others = xs.iter().filter(|other| *other != x);
        others.fold(Gf256::ONE, |weight, other| weight.times(*other).times(other.plus(*x).inverse()))
    };
    xs.iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;
    use crate::opening::find;

    #[test]
    fn a_share_is_twenty_bytes() {
        let share = Share::random(&mut ChaCha20Rng::seed_from_u64(1));
        assert!(Share::from_bytes(&share.to_bytes()) == share);
        assert_eq!(Share::secret(&mut ChaCha20Rng::seed_from_u64(1)).to_bytes()[..8], [0; 8]);
    }

    #[test]
    fn enough_children_give_the_secret_and_fewer_give_nothing() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for (needed, count) in [(1, 3), (2, 3), (3, 3), (3, 7), (2, 64), (254, 255)] {
            let children = (0..count).map(|_| Tree::Leaf(())).collect();
            let tree = Tree::Gate { needed, children };
            let secret = Share::secret(&mut rng);
            let shares = share(&tree, secret, &mut rng);
            let mut known: Vec<_> = shares.iter().copied().map(Some).collect();
            let needed = usize::from(needed);
            let unknown = known.len() - needed;
            known[..unknown].fill(None);
            let found = find(&tree, &known).unwrap();
            assert!(found.iter().eq(unknown..known.len()), "{needed} of {count}");
            assert!(join(&tree, &known, &found) == Some(secret));
            *known.last_mut().unwrap() = None;
            assert!(find(&tree, &known).is_none());
        }
    }
}
