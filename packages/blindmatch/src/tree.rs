//! Threshold trees, their public shape, and what it costs to decode a secret shared down one.

use crate::{
    codec::{DecodeError, Reader},
    schema::{MAX_SLOTS, SlotId},
};

/// Most leaves of a tree.
pub const MAX_LEAVES: usize = 256;
/// Most children of a gate: a child's position is a non-zero byte, its x-coordinate in the sharing.
pub const MAX_CHILDREN: usize = 255;
/// Most gates from the root to a leaf.
pub const MAX_DEPTH: usize = 16;
/// Most that any vault's worst-case decoding may cost, see [`Tree::decoding_cost`]: about a tenth of a second.
pub const MAX_DECODING_COST: u64 = 1 << 22;
/// Most sets of leaves that may satisfy a tree. Opening compares them all, so that it bounds the chance of a false
/// match, and memory.
pub const MAX_COMBINATIONS: u64 = 1 << 18;
/// What unmasking a leaf costs beside a field operation.
const LEAF_COST: u64 = 8;

// Slots are a byte in an encoded tree.
const _: () = assert!(MAX_SLOTS <= 256);

/// A tree whose gates are satisfied by `needed` of their children. AND needs all, OR needs one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree<L> {
    /// A condition, satisfied or not.
    Leaf(L),
    /// `needed` of `children`, 1 <= needed <= children, at least two children.
    Gate {
        /// How many children it takes.
        needed: u8,
        /// The gate's parts, at least two.
        children: Vec<Tree<L>>,
    },
}

/// Why a tree is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Too many leaves.
    #[error("the policy has {found} leaves, decoys among them, expected at most {MAX_LEAVES}")]
    TooManyLeaves {
        /// How many it has.
        found: usize,
    },
    /// A gate with too many children.
    #[error("a group of the policy has {found} parts, decoys among them, expected at most {MAX_CHILDREN}")]
    TooManyChildren {
        /// How many it has.
        found: usize,
    },
    /// More than [`MAX_DEPTH`] gates inside each other.
    #[error("the policy is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// Too many combinations to try.
    #[error("decoding costs up to {cost} operations, expected at most {budget}; ask for fewer combinations")]
    TooCostly {
        /// The worst case.
        cost: u64,
        /// Most operations allowed.
        budget: u64,
    },
    /// Too many ways to satisfy it.
    #[error("{found} sets of leaves satisfy the policy, expected at most {MAX_COMBINATIONS}")]
    TooManyCombinations {
        /// How many do.
        found: u64,
    },
}

impl<L> Tree<L> {
    /// The leaves, left to right: the order that numbers them.
    pub fn leaves(&self) -> Vec<&L> {
        let mut out = Vec::new();
        self.collect(&mut out);
        out
    }

    fn collect<'a>(&'a self, out: &mut Vec<&'a L>) {
        match self {
            Self::Leaf(leaf) => out.push(leaf),
            Self::Gate { children, .. } => children.iter().for_each(|child| child.collect(out)),
        }
    }

    /// The same tree with other leaves.
    pub fn map<M>(&self, f: &mut impl FnMut(&L) -> M) -> Tree<M> {
        match self {
            Self::Leaf(leaf) => Tree::Leaf(f(leaf)),
            Self::Gate { needed, children } => {
                Tree::Gate { needed: *needed, children: children.iter().map(|child| child.map(f)).collect() }
            }
        }
    }

    /// Whether the leaves for which `holds` is true satisfy the tree.
    pub fn is_satisfied(&self, holds: &impl Fn(&L) -> bool) -> bool {
        match self {
            Self::Leaf(leaf) => holds(leaf),
            Self::Gate { needed, children } => {
                children.iter().filter(|child| child.is_satisfied(holds)).count() >= usize::from(*needed)
            }
        }
    }

    /// What opening costs in the worst case, with a tag for every slot, in operations of the field on one share: 8
    /// for each leaf, one for each divided difference, and one for each candidate secret of a gate whose check is
    /// not known (see module `opening`). It saturates at `u64::MAX`.
    pub fn decoding_cost(&self) -> u64 {
        self.cost(true).0
    }

    /// How many sets of leaves satisfy the tree, none of which has a leaf too many. It saturates at `u64::MAX`.
    pub fn combinations(&self) -> u64 {
        self.cost(true).1
    }

    /// (cost of everything below and here, candidates of this node), where the check that the node has to give is
    /// known or not.
    fn cost(&self, known: bool) -> (u64, u64) {
        let Self::Gate { needed, children } = self else { return (LEAF_COST, 1) };
        let needed = usize::from(*needed);
        let of_children = children.iter().map(|child| child.cost(known && needed == 1));
        let (costs, counts): (Vec<_>, Vec<_>) = of_children.unzip();
        let below = costs.into_iter().fold(0, u64::saturating_add);
        let candidates = ways(needed, &counts);
        let here = match (known, needed) {
            (true, 1) => 0,
            (false, 1) => candidates,
            (true, _) if needed == children.len() => {
                let largest = counts.iter().copied().max().unwrap_or(1).max(1);
                largest.saturating_add(candidates / largest)
            }
            (false, _) if needed == children.len() => candidates,
            (true, _) => {
                ways(1, &counts).saturating_add(differences(needed, needed.saturating_sub(2), &counts))
            }
            (false, _) => candidates.saturating_add(differences(needed, needed.saturating_sub(1), &counts)),
        };
        (below.saturating_add(here), candidates)
    }

    /// Checks the limits of size and cost.
    ///
    /// # Errors
    /// [`TreeError`] names the limit.
    pub fn check(&self, budget: u64) -> Result<(), TreeError> {
        self.check_shape(0)?;
        let leaves = self.leaves().len();
        if leaves > MAX_LEAVES {
            return Err(TreeError::TooManyLeaves { found: leaves });
        }
        let budget = budget.min(MAX_DECODING_COST);
        match self.cost(true) {
            (cost, _) if cost > budget => Err(TreeError::TooCostly { cost, budget }),
            (_, found) if found > MAX_COMBINATIONS => Err(TreeError::TooManyCombinations { found }),
            _ => Ok(()),
        }
    }

    fn check_shape(&self, depth: usize) -> Result<(), TreeError> {
        match self {
            Self::Leaf(_) => Ok(()),
            Self::Gate { .. } if depth == MAX_DEPTH => Err(TreeError::TooDeep),
            Self::Gate { children, .. } if children.len() > MAX_CHILDREN => {
                Err(TreeError::TooManyChildren { found: children.len() })
            }
            Self::Gate { children, .. } => children.iter().try_for_each(|child| child.check_shape(depth + 1)),
        }
    }
}

/// In how many ways `needed` children and a candidate of each can be chosen: the elementary symmetric polynomial
/// of the children's counts.
fn ways(needed: usize, counts: &[u64]) -> u64 {
    let mut ways = vec![0_u64; needed + 1];
    ways[0] = 1;
    for count in counts {
        for j in (1..=needed).rev() {
            ways[j] = ways[j].saturating_add(ways[j - 1].saturating_mul(*count));
        }
    }
    ways[needed]
}

/// How many divided differences the opening of a threshold gate takes, when it fixes `levels` points one after the
/// other, each of a later child than the one before and with enough children after it to make `needed`.
fn differences(needed: usize, levels: usize, counts: &[u64]) -> u64 {
    let all = ways(1, counts);
    let mut fixed = vec![0; counts.len()];
    let mut total = 0_u64;
    for level in 0..levels {
        let (mut before, mut passed) = (u64::from(level == 0), 0_u64);
        let last = counts.len().saturating_sub(needed) + level;
        for (child, (fixed, count)) in fixed.iter_mut().zip(counts).enumerate() {
            passed = passed.saturating_add(*count);
            let here = if child <= last { before.saturating_mul(*count) } else { 0 };
            before = before.saturating_add(*fixed);
            *fixed = here;
            total = total.saturating_add(here.saturating_mul(all.saturating_sub(passed)));
        }
    }
    total
}

impl Tree<SlotId> {
    /// Two bytes for a gate (needed, children) and for a leaf (zero, slot), in depth-first order.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Leaf(slot) => {
                out.push(0);
                out.push(u8::try_from(slot.0).unwrap_or(u8::MAX));
            }
            Self::Gate { needed, children } => {
                out.push(*needed);
                // `check` bounds the number of children.
                out.push(u8::try_from(children.len()).unwrap_or(u8::MAX));
                children.iter().for_each(|child| child.encode(out));
            }
        }
    }

    /// Reads a tree whose gates are well-formed; depth and leaves are bounded while reading.
    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut leaves_left = MAX_LEAVES;
        Self::decode_node(reader, 0, &mut leaves_left)
    }

    fn decode_node(
        reader: &mut Reader<'_>,
        depth: usize,
        leaves_left: &mut usize,
    ) -> Result<Self, DecodeError> {
        let needed = reader.u8()?;
        if needed == 0 {
            *leaves_left =
                leaves_left.checked_sub(1).ok_or_else(|| reader.invalid("tree", "at most 256 leaves"))?;
            return Ok(Self::Leaf(SlotId(u16::from(reader.u8()?))));
        }
        if depth == MAX_DEPTH {
            return Err(reader.invalid("tree", "at most 16 levels"));
        }
        let count = reader.u8()?;
        reader.in_range("children of a gate", u64::from(count), 2, MAX_CHILDREN as u64)?;
        reader.in_range("children needed", u64::from(needed), 1, u64::from(count))?;
        let children = (0..count).map(|_| Self::decode_node(reader, depth + 1, leaves_left));
        Ok(Self::Gate { needed, children: children.collect::<Result<_, _>>()? })
    }
}
