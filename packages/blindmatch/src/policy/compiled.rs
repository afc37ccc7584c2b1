//! Compiled policies: a tree of what is asked for among decoys.

use std::collections::BTreeSet;

use rand_core::CryptoRng;

use crate::{
    attributes::Attributes,
    schema::{Input, SlotId, YES},
    tree::Tree,
};

/// A leaf of a compiled policy. In public both kinds are a slot and 20 bytes that look random.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// The policy asks for this.
    Asked(Input),
    /// Hides which leaves of a template are asked for. Nothing satisfies it.
    Decoy(SlotId),
}

impl Leaf {
    /// Its slot, which is public.
    pub fn slot(&self) -> SlotId {
        match self {
            Self::Asked(input) => input.slot,
            Self::Decoy(slot) => *slot,
        }
    }

    /// What is asked for, if it isn't a decoy.
    pub fn input(&self) -> Option<&Input> {
        match self {
            Self::Asked(input) => Some(input),
            Self::Decoy(_) => None,
        }
    }
}

/// A policy as a tree of templates, within the limits of every vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledPolicy {
    pub(super) schema_digest: [u8; 32],
    pub(super) tree: Tree<Leaf>,
}

impl CompiledPolicy {
    /// Digest of the schema that numbers the slots.
    pub fn schema_digest(&self) -> [u8; 32] {
        self.schema_digest
    }

    /// The tree. Its gates and the slots of its leaves are what a vault publishes.
    pub fn tree(&self) -> &Tree<Leaf> {
        &self.tree
    }

    /// The distinct inputs that the requester has to have evaluated before it can seal. Decoys need none.
    pub fn inputs(&self) -> Vec<Input> {
        let asked: BTreeSet<_> = self.tree.leaves().into_iter().filter_map(Leaf::input).cloned().collect();
        asked.into_iter().collect()
    }

    /// What to have the committee evaluate: the inputs, and "yes" on every slot of a threshold or set member that is
    /// a decoy, so that the slots of a request show which attributes are asked about and no more. The number of
    /// categories stays visible.
    pub fn evaluations(&self) -> Vec<Input> {
        let inputs = self.inputs();
        let categories: BTreeSet<SlotId> =
            inputs.iter().filter(|input| input.value != YES).map(|input| input.slot).collect();
        let decoys = self.tree.leaves().into_iter().filter(|leaf| leaf.input().is_none()).map(Leaf::slot);
        let decoys = decoys.filter(|slot| !categories.contains(slot));
        let padded = decoys.map(|slot| Input { slot, value: YES.to_owned() });
        let all: BTreeSet<_> = inputs.into_iter().chain(padded).collect();
        all.into_iter().collect()
    }

    /// Whether these slot values satisfy the tree, as they open a vault. Agrees with
    /// [`crate::policy::Policy::is_satisfied`] unless the policy asks for a vector's distance.
    pub fn is_satisfied(&self, attributes: &Attributes) -> bool {
        let holds = |leaf: &Leaf| leaf.input().is_some_and(|input| attributes.inputs().contains(input));
        attributes.schema_digest() == self.schema_digest && self.tree.is_satisfied(&holds)
    }

    /// The tree with the leaves of each list of categories in random order. Without that, a contributor that
    /// opens leaf 2 of a list would learn from its place that others are asked for, and perhaps which.
    pub(crate) fn shuffled(&self, rng: &mut impl CryptoRng) -> Tree<Leaf> {
        let mut tree = self.tree.clone();
        shuffle(&mut tree, rng);
        tree
    }
}

fn shuffle(tree: &mut Tree<Leaf>, rng: &mut impl CryptoRng) {
    let Tree::Gate { children, .. } = tree else { return };
    if is_of_one_slot(children) {
        // Keys of 64 bits repeat among 255 leaves with a chance below 2^-48.
        children.sort_by_cached_key(|_| rng.next_u64());
    } else {
        children.iter_mut().for_each(|child| shuffle(child, rng));
    }
}

fn is_of_one_slot(children: &[Tree<Leaf>]) -> bool {
    let slot = |child: &Tree<Leaf>| match child {
        Tree::Leaf(leaf) => Some(leaf.slot()),
        Tree::Gate { .. } => None,
    };
    let first = children.first().and_then(slot);
    first.is_some() && children.iter().all(|child| slot(child) == first)
}
