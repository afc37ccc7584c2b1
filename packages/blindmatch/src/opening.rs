//! Which leaves of a vault satisfy its tree: the search for a way whose check is zero.
//!
//! At the root, and below it along OR gates, the check that a gate has to give is known: zero. There a threshold
//! gate needs no enumeration of its subsets. Its check is a polynomial f of degree below k with f(0) = 0, so
//! f(x)/x has a degree below k - 1, and k points that lie on it are one more than determine it. Each choice of k - 2
//! points reduces the others to their divided differences, of which two have to be equal, and sorting finds equal
//! ones: "2 of n" is one division for each child and one sort. An AND gate is joined the same way, its
//! largest list of candidates against the sums of all others.
//!
//! The check of any other gate is as random as its share, and is not known before the root is. It gives every
//! candidate, interpolated from each subset by the same reduction.

use zeroize::{Zeroize, Zeroizing};

use crate::{
    field::{Gf256, scale},
    leaves::LeafSet,
    sharing::{Share, x_of},
    tree::Tree,
};

/// A check that some leaves give, right if the shares of those leaves are.
#[derive(Clone, Copy, Default, Zeroize)]
struct Candidate {
    check: u64,
    #[zeroize(skip)]
    leaves: LeafSet,
}

impl Candidate {
    fn join(self, other: Self) -> Self {
        Self { check: self.check ^ other.check, leaves: self.leaves.union(other.leaves) }
    }
}

type Candidates = Zeroizing<Vec<Candidate>>;

/// The candidates of all children of a gate, one list after the other.
struct Lists {
    all: Candidates,
    ends: Vec<usize>,
}

impl Lists {
    fn of<L>(children: &[Tree<L>], shares: &[Option<Share>], next: &mut usize) -> Self {
        let mut all = Zeroizing::new(Vec::with_capacity(children.len()));
        let mut ends = Vec::with_capacity(children.len());
        for child in children {
            candidates(child, shares, next, &mut all);
            ends.push(all.len());
        }
        Self { all, ends }
    }

    fn iter(&self) -> impl Iterator<Item = &[Candidate]> {
        let starts = core::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.all.get(start..*end).unwrap_or_default())
    }
}

/// A candidate of a child of a threshold gate, or its divided difference.
#[derive(Clone, Copy, Zeroize)]
struct Point {
    value: u64,
    #[zeroize(skip)]
    x: Gf256,
    /// How many children after this one have points.
    #[zeroize(skip)]
    children_after: usize,
    #[zeroize(skip)]
    leaves: LeafSet,
}

/// The leaves of one way to satisfy the tree whose check is zero, given the shares of some leaves by leaf number.
/// The work is bounded by [`Tree::decoding_cost`].
pub(crate) fn find<L>(tree: &Tree<L>, shares: &[Option<Share>]) -> Option<LeafSet> {
    find_zero(tree, shares, &mut 0)
}

fn find_zero<L>(tree: &Tree<L>, shares: &[Option<Share>], next: &mut usize) -> Option<LeafSet> {
    let Tree::Gate { needed, children } = tree else {
        let mut own = Zeroizing::new(Vec::with_capacity(1));
        candidates(tree, shares, next, &mut own);
        return own.iter().find(|candidate| candidate.check == 0).map(|candidate| candidate.leaves);
    };
    let needed = usize::from(*needed);
    if needed == 1 {
        return children.iter().find_map(|child| find_zero(child, shares, next));
    }
    let below = Lists::of(children, shares, next);
    if needed == children.len() {
        return sum_to_zero(&below);
    }
    let mut points = points(&below);
    points.iter_mut().for_each(|point| point.value = scale(point.value, point.x.inverse()));
    overdetermined(needed, &points)
}

/// Appends every candidate for the check of a node.
fn candidates<L>(tree: &Tree<L>, shares: &[Option<Share>], next: &mut usize, out: &mut Vec<Candidate>) {
    let Tree::Gate { needed, children } = tree else {
        let leaf = *next;
        *next += 1;
        let share = shares.get(leaf).copied().flatten();
        out.extend(share.map(|share| Candidate { check: share.check, leaves: LeafSet::one(leaf) }));
        return;
    };
    let needed = usize::from(*needed);
    if needed == 1 {
        return children.iter().for_each(|child| candidates(child, shares, next, out));
    }
    let below = Lists::of(children, shares, next);
    if needed == children.len() {
        out.extend_from_slice(&sums(below.iter()));
    } else {
        interpolate(needed, &points(&below), Gf256::ONE, Candidate::default(), out);
    }
}

/// One candidate of each list, summed, in every combination.
fn sums<'a>(lists: impl Iterator<Item = &'a [Candidate]>) -> Candidates {
    lists.fold(Zeroizing::new(vec![Candidate::default()]), |sums, list| {
        Zeroizing::new(sums.iter().flat_map(|sum| list.iter().map(|other| sum.join(*other))).collect())
    })
}

/// One candidate of each list whose sum is zero.
fn sum_to_zero(below: &Lists) -> Option<LeafSet> {
    let mut lists: Vec<_> = below.iter().collect();
    lists.sort_by_key(|list| list.len());
    let mut largest = Zeroizing::new(lists.pop()?.to_vec());
    largest.sort_unstable_by_key(|candidate| candidate.check);
    let others = sums(lists.into_iter());
    others.iter().find_map(|sum| {
        let found = largest.binary_search_by_key(&sum.check, |candidate| candidate.check).ok()?;
        largest.get(found).map(|candidate| sum.join(*candidate).leaves)
    })
}

/// The points of all children, in the order of children.
fn points(below: &Lists) -> Zeroizing<Vec<Point>> {
    let mut points = Zeroizing::new(Vec::with_capacity(below.all.len()));
    let mut children_after = below.iter().filter(|list| !list.is_empty()).count();
    for (child, list) in below.iter().enumerate().filter(|(_, list)| !list.is_empty()) {
        children_after -= 1;
        let point =
            |c: &Candidate| Point { value: c.check, x: x_of(child), children_after, leaves: c.leaves };
        points.extend(list.iter().map(point));
    }
    points
}

/// Each point that `count - 1` other children follow, with the divided differences of their points from it.
fn reductions(count: usize, points: &[Point]) -> impl Iterator<Item = (&Point, Zeroizing<Vec<Point>>)> {
    let fixed = points.iter().enumerate().take_while(move |(_, fixed)| fixed.children_after + 1 >= count);
    fixed.map(|(at, fixed)| {
        let later = points.iter().skip(at + 1).filter(|point| point.x != fixed.x);
        let reduced = later.map(|point| {
            let value = scale(point.value ^ fixed.value, point.x.plus(fixed.x).inverse());
            Point { value, ..*point }
        });
        (fixed, Zeroizing::new(reduced.collect()))
    })
}

/// `count` points of different children on one polynomial of a degree below `count - 1`, `count` at least 2.
fn overdetermined(count: usize, points: &[Point]) -> Option<LeafSet> {
    if count <= 2 {
        return equal_pair(points);
    }
    reductions(count, points)
        .find_map(|(fixed, reduced)| Some(overdetermined(count - 1, &reduced)?.union(fixed.leaves)))
}

/// Two points of different children with the same value.
fn equal_pair(points: &[Point]) -> Option<LeafSet> {
    // Numbers rise with the children, so that a run of equal values has neighbours of different children unless
    // all are of one.
    let mut sorted: Zeroizing<Vec<(u64, usize)>> =
        Zeroizing::new(points.iter().enumerate().map(|(number, point)| (point.value, number)).collect());
    sorted.sort_unstable();
    sorted.iter().zip(sorted.iter().skip(1)).filter(|(one, other)| one.0 == other.0).find_map(
        |(one, other)| {
            let (one, other) = (points.get(one.1)?, points.get(other.1)?);
            (one.x != other.x).then(|| one.leaves.union(other.leaves))
        },
    )
}

/// f(0) for every polynomial f of a degree below `count` through points of `count` children, `count` at least 1:
/// f(x) = f(x_1) + (x + x_1) g(x), where g goes through the divided differences from the first point. What is
/// reported is `so_far + factor * f(0)`.
fn interpolate(count: usize, points: &[Point], factor: Gf256, so_far: Candidate, out: &mut Vec<Candidate>) {
    let plus =
        |point: &Point| so_far.join(Candidate { check: scale(point.value, factor), leaves: point.leaves });
    if count <= 1 {
        out.extend(points.iter().map(plus));
        return;
    }
    for (fixed, reduced) in reductions(count, points) {
        interpolate(count - 1, &reduced, factor.times(fixed.x), plus(fixed), out);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;
    use crate::sharing::{join, share};

    /// Trees of up to three levels; a leaf holds or doesn't.
    fn tree() -> impl Strategy<Value = Tree<bool>> {
        any::<bool>().prop_map(Tree::Leaf).prop_recursive(3, 40, 5, |child| {
            (prop::collection::vec(child, 2..6), any::<prop::sample::Index>()).prop_map(
                |(children, needed)| Tree::Gate { needed: needed.index(children.len()) as u8 + 1, children },
            )
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn a_way_is_found_exactly_if_the_tree_is_satisfied(tree in tree(), seed: u64, garbage: bool) {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            let secret = Share::secret(&mut rng);
            let shares = share(&tree, secret, &mut rng);
            // A leaf that doesn't hold is unknown, or known wrongly.
            let known: Vec<_> = tree
                .leaves()
                .into_iter()
                .zip(shares.iter())
                .map(|(holds, share)| match holds {
                    true => Some(*share),
                    false => garbage.then(|| Share::random(&mut rng)),
                })
                .collect();
            let found = find(&tree, &known);
            prop_assert_eq!(found.is_some(), tree.is_satisfied(&|holds| *holds));
            if let Some(found) = found {
                prop_assert!(found.iter().all(|leaf| *tree.leaves()[leaf]));
                prop_assert!(join(&tree, &known, &found) == Some(secret));
            }
        }
    }

    #[test]
    fn candidates_of_one_child_are_no_pair() {
        let twice = || Tree::Gate { needed: 1, children: vec![Tree::Leaf(()), Tree::Leaf(())] };
        let tree = Tree::Gate { needed: 2, children: vec![twice(), twice(), twice()] };
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let shares = share(&tree, Share::secret(&mut rng), &mut rng);
        let mut known: Vec<_> = shares.iter().copied().map(Some).collect();
        known[2..].fill(None);
        assert!(find(&tree, &known).is_none());
        known[5] = Some(shares[5]);
        assert!(find(&tree, &known).unwrap().iter().eq([1, 5]));
    }
}
