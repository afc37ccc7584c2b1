//! Merkle trees whose leaves come one after another, without keeping them.
//!
//! A leaf's hash is BLAKE3 of its content, a node's is BLAKE3 keyed with a constant, so that neither is taken for the other. A node
//! without a sibling moves up as it is: any number of leaves has one shape.

use std::collections::{BTreeMap, BTreeSet};

/// Hash of an inner node.
fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    const KEY: &[u8; 32] = b"bithive/memory-proof/1/node/////";
    let mut pair = [0; 64];
    pair[..32].copy_from_slice(left);
    pair[32..].copy_from_slice(right);
    *blake3::keyed_hash(KEY, &pair).as_bytes()
}

/// Hash of a leaf.
pub(crate) fn leaf(content: &[u8]) -> [u8; 32] {
    *blake3::hash(content).as_bytes()
}

/// A node: its level, from 0 at the leaves, and its number on that level.
type Position = (u8, u32);

/// The siblings from a leaf up to the root, of a tree of so many leaves.
fn siblings(leaves: u32, index: u32) -> Vec<Position> {
    let (mut level, mut index, mut size, mut out) = (0, index, leaves, Vec::new());
    while size > 1 {
        let sibling = index ^ 1;
        if sibling < size {
            out.push((level, sibling));
        }
        (level, index, size) = (level + 1, index / 2, size.div_ceil(2));
    }
    out
}

/// How many siblings lead from a leaf to the root.
pub(crate) fn path_len(leaves: u32, index: u32) -> usize {
    siblings(leaves, index).len()
}

/// The root to which a leaf's hash and the siblings on its way lead; none if there are fewer or more of them than on that way.
pub(crate) fn root(leaf: [u8; 32], (leaves, index): (u32, u32), path: &[[u8; 32]]) -> Option<[u8; 32]> {
    let positions = siblings(leaves, index);
    if positions.len() != path.len() || index >= leaves {
        return None;
    }
    let join = |hash: [u8; 32], ((_, at), sibling): (&Position, &[u8; 32])| {
        // A sibling on the right has an odd number.
        if at % 2 == 1 { node(&hash, sibling) } else { node(sibling, &hash) }
    };
    Some(positions.iter().zip(path).fold(leaf, join))
}

/// A tree that is built.
#[derive(Default)]
pub(crate) struct Tree {
    leaves: u32,
    /// By level: the last node that waits for its sibling.
    waiting: Vec<[u8; 32]>,
    wanted: BTreeSet<Position>,
    found: BTreeMap<Position, [u8; 32]>,
}

impl Tree {
    /// A tree that will have so many leaves, and remembers what leads from these to the root.
    pub(crate) fn watching(leaves: u32, indices: impl Iterator<Item = u32>) -> Self {
        let wanted = indices.flat_map(|index| siblings(leaves, index)).collect();
        Self { wanted, ..Self::default() }
    }

    fn note(&mut self, position: Position, hash: &[u8; 32]) {
        if !self.wanted.is_empty() && self.wanted.contains(&position) {
            self.found.insert(position, *hash);
        }
    }

    /// Adds the next leaf's hash.
    pub(crate) fn push(&mut self, leaf: [u8; 32]) {
        let (mut hash, mut index) = (leaf, self.leaves);
        self.leaves += 1;
        for level in 0..=u8::MAX {
            self.note((level, index), &hash);
            let place = usize::from(level);
            if index % 2 == 0 {
                match self.waiting.get_mut(place) {
                    Some(waiting) => *waiting = hash,
                    None => self.waiting.push(hash),
                }
                return;
            }
            hash = node(&self.waiting[place], &hash);
            index /= 2;
        }
    }

    /// The root, and what was to be remembered. The root of no leaves is 32 zeros.
    pub(crate) fn finish(mut self) -> Built {
        let (mut level, mut size, mut incomplete) = (0, self.leaves, None::<[u8; 32]>);
        while size > 1 {
            let (place, last) = (usize::from(level), size - 1);
            if last % 2 == 0 {
                let hash = incomplete.unwrap_or_else(|| self.waiting[place]);
                incomplete = Some(hash);
            } else if let Some(right) = incomplete {
                incomplete = Some(node(&self.waiting[place], &right));
            }
            (level, size) = (level + 1, size.div_ceil(2));
            if let Some(hash) = incomplete {
                self.note((level, size - 1), &hash);
            }
        }
        let complete = self.waiting.get(usize::from(level)).copied();
        Built { leaves: self.leaves, root: incomplete.or(complete).unwrap_or_default(), found: self.found }
    }
}

/// A tree of which all leaves are known.
pub(crate) struct Built {
    leaves: u32,
    pub(crate) root: [u8; 32],
    found: BTreeMap<Position, [u8; 32]>,
}

impl Built {
    /// What leads from a leaf that was watched to the root.
    pub(crate) fn path(&self, index: u32) -> impl Iterator<Item = &[u8; 32]> {
        siblings(self.leaves, index).into_iter().filter_map(|position| self.found.get(&position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(leaves: u32) -> Built {
        let mut tree = Tree::watching(leaves, 0..leaves);
        (0..leaves).for_each(|index| tree.push(leaf(&index.to_be_bytes())));
        tree.finish()
    }

    /// Joins level by level, with all leaves at hand.
    fn simple_root(leaves: u32) -> [u8; 32] {
        let mut level: Vec<_> = (0..leaves).map(|index| leaf(&index.to_be_bytes())).collect();
        while level.len() > 1 {
            level =
                level.chunks(2).map(|pair| if let [l, r] = pair { node(l, r) } else { pair[0] }).collect();
        }
        level[0]
    }

    #[test]
    fn every_leaf_of_a_tree_of_any_size_leads_to_the_root_and_no_other_does() {
        for leaves in 1..70 {
            let tree = built(leaves);
            assert_eq!(tree.root, simple_root(leaves), "{leaves}");
            for index in 0..leaves {
                let path: Vec<_> = tree.path(index).copied().collect();
                assert_eq!(path.len(), path_len(leaves, index));
                let hash = leaf(&index.to_be_bytes());
                assert_eq!(root(hash, (leaves, index), &path), Some(tree.root), "{index} of {leaves}");
                assert_ne!(root(leaf(b"other"), (leaves, index), &path), Some(tree.root));
                assert_eq!(root(hash, (leaves, index), &[&path[..], &[[0; 32]]].concat()), None);
                if leaves > 1 {
                    let other = (index + 1) % leaves;
                    assert_ne!(root(hash, (leaves, other), &path), Some(tree.root), "{index} is not {other}");
                }
            }
        }
    }
}
