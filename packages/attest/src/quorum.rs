//! Which workers agree: the largest set of results that are pairwise within a tolerance.

/// Most results that are compared; subsets are enumerated, so this bounds the work at 2^16 steps.
pub const MAX_RESULTS: usize = 16;

/// A set of results that agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Bit i set: result i is a member.
    pub members: u32,
    /// The member whose largest distance to the other members is least.
    pub representative: usize,
}

impl Cluster {
    /// Number of members.
    #[must_use]
    pub const fn size(&self) -> u32 {
        self.members.count_ones()
    }

    /// Whether result `index` is a member.
    #[must_use]
    pub const fn contains(&self, index: usize) -> bool {
        index < 32 && self.members >> index & 1 == 1
    }
}

/// Largest difference of any word (mod 2^32, as a signed number); none if the lengths differ or are not
/// whole words.
#[must_use]
pub fn distance(a: &[u8], b: &[u8]) -> Option<u32> {
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    if a.len() != b.len() || !rest_a.is_empty() || !rest_b.is_empty() {
        return None;
    }
    let difference = |(a, b): (&[u8; 4], &[u8; 4])| {
        i32::from_le_bytes(*a).wrapping_sub(i32::from_le_bytes(*b)).unsigned_abs()
    };
    Some(a.iter().zip(b).map(difference).max().unwrap_or(0))
}

/// The largest cluster of `results`, skipping absent ones; none if all are absent or there are more than
/// [`MAX_RESULTS`].
///
/// The answer does not depend on the order of the results: of several largest sets it is the one with the
/// least diameter, then with the least sum of distances, then with the least sorted contents.
#[must_use]
pub fn largest_cluster(results: &[Option<&[u8]>], tolerance: u32) -> Option<Cluster> {
    if results.len() > MAX_RESULTS {
        return None;
    }
    let table = Distances::new(results);
    let near = table.neighbours(tolerance);
    let subsets = 1usize << results.len();
    // agree[s] is true when subset s is pairwise within the tolerance: drop its lowest member and look up.
    let mut agree = vec![false; subsets];
    let mut best: Option<(Rank<'_>, u32)> = None;
    for subset in 1..subsets {
        let lowest = subset.trailing_zeros() as usize;
        let rest = subset & (subset - 1);
        let joins = near.get(lowest).is_some_and(|near| rest & !near == 0 && near >> lowest & 1 == 1);
        let holds = joins && (rest == 0 || agree.get(rest).copied().unwrap_or(false));
        if let Some(slot) = agree.get_mut(subset) {
            *slot = holds;
        }
        if holds && best.as_ref().is_none_or(|(rank, _)| rank.size <= subset.count_ones()) {
            let rank = table.rank(subset, results);
            if best.as_ref().is_none_or(|(other, _)| rank.beats(other)) {
                best = Some((rank, u32::try_from(subset).ok()?));
            }
        }
    }
    let (_, members) = best?;
    Some(Cluster { members, representative: table.representative(members as usize, results)? })
}

struct Distances(Vec<Vec<Option<u32>>>);

struct Rank<'a> {
    size: u32,
    diameter: u32,
    sum: u64,
    contents: Vec<&'a [u8]>,
}

impl Rank<'_> {
    fn beats(&self, other: &Self) -> bool {
        let key = |rank: &Self| (u32::MAX - rank.size, rank.diameter, rank.sum);
        (key(self), &self.contents) < (key(other), &other.contents)
    }
}

impl Distances {
    fn new(results: &[Option<&[u8]>]) -> Self {
        let row = |a: &Option<&[u8]>| {
            results.iter().map(|b| a.zip(*b).and_then(|(a, b)| distance(a, b))).collect::<Vec<_>>()
        };
        Self(results.iter().map(row).collect())
    }

    /// For each result, the bits of the results within the tolerance, itself included.
    fn neighbours(&self, tolerance: u32) -> Vec<usize> {
        let within = |row: &Vec<Option<u32>>| {
            row.iter().enumerate().fold(0usize, |bits, (index, distance)| {
                bits | usize::from(distance.is_some_and(|distance| distance <= tolerance)) << index
            })
        };
        self.0.iter().map(within).collect()
    }

    fn between(&self, a: usize, b: usize) -> u32 {
        self.0.get(a).and_then(|row| row.get(b)).copied().flatten().unwrap_or(u32::MAX)
    }

    fn rank<'a>(&self, subset: usize, results: &[Option<&'a [u8]>]) -> Rank<'a> {
        let members = members_of(subset);
        let pairs = || members.iter().flat_map(|a| members.iter().map(|b| self.between(*a, *b)));
        let mut contents: Vec<&[u8]> =
            members.iter().filter_map(|index| results.get(*index).copied().flatten()).collect();
        contents.sort_unstable();
        Rank {
            size: subset.count_ones(),
            diameter: pairs().max().unwrap_or(0),
            sum: pairs().map(u64::from).sum(),
            contents,
        }
    }

    fn representative(&self, subset: usize, results: &[Option<&[u8]>]) -> Option<usize> {
        let members = members_of(subset);
        let eccentricity = |a: usize| members.iter().map(|b| self.between(a, *b)).max().unwrap_or(0);
        members.iter().copied().min_by_key(|a| (eccentricity(*a), results.get(*a).copied().flatten()))
    }
}

fn members_of(subset: usize) -> Vec<usize> {
    (0..MAX_RESULTS).filter(|index| subset >> index & 1 == 1).collect()
}
