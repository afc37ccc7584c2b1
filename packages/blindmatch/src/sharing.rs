//! Sharing a secret down a threshold tree, and collecting the secrets that some of its leaves allow.
//!
//! An OR gate gives its secret to every child. An AND gate splits it into random parts whose sum it is, so that
//! joining is linear in the children. Any other gate uses Shamir's scheme over GF(2^128), where child number i
//! (from 1) has the x-coordinate i.

use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::{field::Gf128, tree::Tree};

/// Shares of every leaf, in the order of leaves.
pub(crate) fn share<L>(tree: &Tree<L>, secret: Gf128, rng: &mut impl CryptoRng) -> Zeroizing<Vec<Gf128>> {
    let mut shares = Zeroizing::new(Vec::with_capacity(tree.leaves().len()));
    share_node(tree, secret, rng, &mut shares);
    shares
}

fn share_node<L>(tree: &Tree<L>, secret: Gf128, rng: &mut impl CryptoRng, shares: &mut Vec<Gf128>) {
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

fn split(needed: usize, children: usize, secret: Gf128, rng: &mut impl CryptoRng) -> Zeroizing<Vec<Gf128>> {
    let mut parts = Zeroizing::new(Vec::with_capacity(children));
    if needed == children {
        let mut rest = secret;
        for _ in 1..children {
            let part = Gf128::random(rng);
            rest = rest + part;
            parts.push(part);
        }
        parts.push(rest);
    } else {
        let coefficients: Zeroizing<Vec<_>> =
            Zeroizing::new((1..needed).map(|_| Gf128::random(rng)).collect());
        let at = |x: Gf128| coefficients.iter().rev().fold(Gf128::ZERO, |sum, c| (sum + *c) * x) + secret;
        parts.extend((1..=children).map(|i| at(Gf128(i as u128))));
    }
    parts
}

/// A set of leaf numbers below 256.
#[derive(Clone, Copy, Default)]
pub(crate) struct LeafSet([u64; 4]);

impl LeafSet {
    fn one(leaf: usize) -> Self {
        let mut set = Self::default();
        if let Some(word) = set.0.get_mut(leaf / 64) {
            *word = 1 << (leaf % 64);
        }
        set
    }

    fn union(self, other: Self) -> Self {
        let mut words = self.0;
        words.iter_mut().zip(other.0).for_each(|(word, other)| *word |= other);
        Self(words)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        (0..256).filter(move |leaf| self.0[leaf / 64] >> (leaf % 64) & 1 == 1)
    }
}

/// A secret that some leaves allow, right if the shares of those leaves are.
#[derive(Clone, Copy, Default, Zeroize)]
pub(crate) struct Candidate {
    pub(crate) secret: Gf128,
    #[zeroize(skip)]
    pub(crate) leaves: LeafSet,
}

impl Candidate {
    fn join(self, other: Self) -> Self {
        Self { secret: self.secret + other.secret, leaves: self.leaves.union(other.leaves) }
    }
}

/// Every candidate for the secret of the tree, given the shares of some leaves (by leaf number). Their number is
/// bounded through
/// [`Tree::decoding_cost`].
pub(crate) fn candidates<L>(tree: &Tree<L>, shares: &[Option<Gf128>]) -> Zeroizing<Vec<Candidate>> {
    node_candidates(tree, shares, &mut 0)
}

fn node_candidates<L>(
    tree: &Tree<L>,
    shares: &[Option<Gf128>],
    next: &mut usize,
) -> Zeroizing<Vec<Candidate>> {
    match tree {
        Tree::Leaf(_) => {
            let leaf = *next;
            *next += 1;
            let share = shares.get(leaf).copied().flatten();
            Zeroizing::new(
                share.map(|secret| Candidate { secret, leaves: LeafSet::one(leaf) }).into_iter().collect(),
            )
        }
        Tree::Gate { needed, children } => {
            let below: Vec<_> = children.iter().map(|child| node_candidates(child, shares, next)).collect();
            let needed = usize::from(*needed);
            match needed {
                1 => Zeroizing::new(below.iter().flat_map(|list| list.iter().copied()).collect()),
                _ if needed == children.len() => {
                    let lists: Vec<_> = below.iter().map(|list| list.as_slice()).collect();
                    products(&lists)
                }
                _ => threshold_candidates(needed, &below),
            }
        }
    }
}

/// One candidate of each list, summed, in every combination.
fn products(lists: &[&[Candidate]]) -> Zeroizing<Vec<Candidate>> {
    lists.iter().fold(Zeroizing::new(vec![Candidate::default()]), |sums, list| {
        Zeroizing::new(sums.iter().flat_map(|sum| list.iter().map(|other| sum.join(*other))).collect())
    })
}

/// Interpolates every subset of `needed` children that have candidates.
fn threshold_candidates(needed: usize, below: &[Zeroizing<Vec<Candidate>>]) -> Zeroizing<Vec<Candidate>> {
    let available: Vec<usize> = (0..below.len()).filter(|child| !below[*child].is_empty()).collect();
    let mut out = Zeroizing::new(Vec::new());
    for_each_subset(needed, &available, |subset| {
        let weighted: Vec<Zeroizing<Vec<Candidate>>> = subset
            .iter()
            .zip(lagrange_at_zero(subset))
            .map(|(child, weight)| {
                let weighted = |c: &Candidate| Candidate { secret: c.secret * weight, ..*c };
                Zeroizing::new(below[*child].iter().map(weighted).collect())
            })
            .collect();
        let lists: Vec<_> = weighted.iter().map(|list| list.as_slice()).collect();
        out.extend(products(&lists).iter());
    });
    out
}

/// Lagrange weights at zero of these children, whose x is their number plus one: for child i the product of
/// x_j / (x_j - x_i) over the others.
fn lagrange_at_zero(subset: &[usize]) -> Vec<Gf128> {
    // x-coordinates are 1 to 255, and so are their differences.
    let inverse = |small: usize| u8::try_from(small).map_or(Gf128::ZERO, Gf128::small_inverse);
    let all_x = subset.iter().fold(Gf128::ONE, |product, child| product * Gf128(*child as u128 + 1));
    let weight = |child: &usize| {
        let others = subset.iter().filter(|other| *other != child);
        let numerator = all_x * inverse(child + 1);
        others.fold(numerator, |weight, other| weight * inverse((other + 1) ^ (child + 1)))
    };
    subset.iter().map(weight).collect()
}

/// Calls `f` with every subset of `size` items, in lexicographic order.
fn for_each_subset(size: usize, items: &[usize], mut f: impl FnMut(&[usize])) {
    if size > items.len() {
        return;
    }
    let mut positions: Vec<usize> = (0..size).collect();
    loop {
        let subset: Vec<_> = positions.iter().map(|position| items[*position]).collect();
        f(&subset);
        let last = items.len() - size;
        let Some(moved) = (0..size).rev().find(|i| positions[*i] < last + i) else { return };
        positions[moved] += 1;
        for i in moved + 1..size {
            positions[i] = positions[i - 1] + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;

    #[test]
    fn every_subset_is_visited_once() {
        let mut seen = Vec::new();
        for_each_subset(3, &[1, 2, 4, 5, 9], |subset| seen.push(subset.to_vec()));
        assert_eq!(seen.len(), 10);
        seen.dedup();
        assert_eq!(seen.len(), 10);
        assert_eq!(seen.first().unwrap(), &[1, 2, 4]);
        assert_eq!(seen.last().unwrap(), &[4, 5, 9]);
    }

    #[test]
    fn enough_children_give_the_secret_and_fewer_give_nothing() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for (needed, count) in [(1, 3), (2, 3), (3, 3), (3, 7), (2, 64), (254, 255)] {
            let children = (0..count).map(|_| Tree::Leaf(())).collect();
            let tree = Tree::Gate { needed, children };
            let secret = Gf128::random(&mut rng);
            let shares = share(&tree, secret, &mut rng);
            let mut known: Vec<_> = shares.iter().copied().map(Some).collect();
            let needed = usize::from(needed);
            let unknown = known.len() - needed;
            known[..unknown].fill(None);
            let found = candidates(&tree, &known);
            assert_eq!(found.len(), 1);
            assert!(found.iter().all(|c| c.secret == secret && c.leaves.iter().count() == needed));
            *known.last_mut().unwrap() = None;
            assert!(candidates(&tree, &known).is_empty());
        }
    }
}
