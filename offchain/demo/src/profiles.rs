//! Who takes part: nodes with attributes, some of which satisfy the policy.
//!
//! With k workers a job, the first k + 2 nodes satisfy it. By what they ask, nodes 1 to k are chosen for the
//! first job; for the second one the last of them is left out and node k + 1, which cheats, is chosen instead;
//! node k + 2 satisfies the policy and is never chosen. The next three fail one condition each, and the first of them works
//! for the requester of the last job, as node k + 1 does; the rest is drawn.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use bithive_blindmatch::attributes::{AttributeValue, Attributes};
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::Schema;
use bithive_dgkbe::MAX_SLOTS;
use bithive_local::UNIT;
use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

use super::args::DemoArgs;

/// What the demo's jobs ask of a node.
pub(super) const POLICY: &str = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";

const VRAM: [u64; 6] = [8, 12, 16, 24, 48, 80];
const REGIONS: [&str; 8] = ["eu", "ch", "uk", "us", "cn", "hk", "jp", "sg"];
const CERTIFICATIONS: [&str; 3] = ["iso27001", "hipaa", "gdpr"];

/// A node before it has keys.
pub(super) struct NodeProfile {
    pub(super) name: String,
    pub(super) attributes: Attributes,
    pub(super) shown: String,
    pub(super) slot: u16,
    pub(super) ask: u128,
    pub(super) qualifies: bool,
}

/// Nodes with a role of their own in the demo, by index.
#[derive(Clone, Copy)]
pub(super) struct Roles {
    /// Chosen for the first job only.
    pub(super) dropped: usize,
    /// Perturbs its result.
    pub(super) cheat: usize,
    /// Satisfies the policy, chosen for neither of the two honest jobs.
    pub(super) unlucky: usize,
    /// Perturbs its result as `cheat` does; does not satisfy the main job's policy.
    pub(super) accomplice: usize,
}

impl Roles {
    /// Whether the node at this index perturbs its results.
    pub(super) fn perturbs(self, index: usize) -> bool {
        index == self.cheat || index == self.accomplice
    }

    pub(super) fn new(workers: usize) -> Self {
        Self { dropped: workers - 1, cheat: workers, unlucky: workers + 1, accomplice: workers + 2 }
    }
}

pub(super) fn check(args: &DemoArgs) -> Result<()> {
    let workers = usize::from(args.redundancy);
    if !(3..=16).contains(&args.redundancy) {
        bail!(
            "--redundancy is {}; expected 3 to 16: with fewer workers nobody outvotes a cheat",
            args.redundancy
        );
    }
    if args.nodes < workers + 3 {
        bail!("--nodes is {}; expected at least redundancy + 3 = {}", args.nodes, workers + 3);
    }
    if !(2..=MAX_SLOTS).contains(&args.slots) {
        bail!("--slots is {}; expected 2 to {MAX_SLOTS} slots of a group", args.slots);
    }
    args.groups().map(drop)
}

pub(super) fn draw(
    args: &DemoArgs,
    schema: &Schema,
    policy: &Policy,
    rng: &mut ChaCha20Rng,
) -> Result<Vec<NodeProfile>> {
    let slots = shuffled_slots(args.groups()?.slots(), rng);
    let good = usize::from(args.redundancy) + 2;
    let mut profiles = Vec::with_capacity(args.nodes);
    for (index, slot) in (0..args.nodes).zip(slots) {
        let (vram, region, certifications) = match index.checked_sub(good) {
            None => qualifying(rng),
            Some(0) => (8, "eu", CERTIFICATIONS.to_vec()),
            Some(1) => (24, "us", CERTIFICATIONS.to_vec()),
            Some(2) => (16, "ch", vec!["gdpr"]),
            Some(_) => (pick(&VRAM, rng), pick(&REGIONS, rng), subset(rng)),
        };
        let shown = format!(
            "vram {vram}, {region}, {}",
            if certifications.is_empty() { "no certification".into() } else { certifications.join("+") }
        );
        let members: BTreeSet<String> = certifications.into_iter().map(Into::into).collect();
        let attributes = Attributes::new(
            schema,
            BTreeMap::from([
                ("vram".into(), AttributeValue::Number(vram)),
                ("region".into(), AttributeValue::Category(region.into())),
                ("certifications".into(), AttributeValue::Members(members)),
            ]),
        )?;
        let qualifies = policy.is_satisfied(&attributes);
        // One hundredth of a BTT apart: the order in which they are chosen is theirs.
        let ask = 10 * UNIT + index as u128 * UNIT / 100;
        profiles.push(NodeProfile {
            name: format!("node-{}", index + 1),
            attributes,
            shown,
            slot,
            ask,
            qualifies,
        });
    }
    Ok(profiles)
}

fn qualifying(rng: &mut ChaCha20Rng) -> (u64, &'static str, Vec<&'static str>) {
    let left_out = below(rng, CERTIFICATIONS.len() + 1);
    let held =
        CERTIFICATIONS.iter().enumerate().filter(|(index, _)| *index != left_out).map(|(_, name)| *name);
    (pick(&VRAM[2..], rng), pick(&REGIONS[..2], rng), held.collect())
}

fn subset(rng: &mut ChaCha20Rng) -> Vec<&'static str> {
    CERTIFICATIONS.into_iter().filter(|_| rng.next_u32() & 1 == 1).collect()
}

fn pick<T: Copy>(list: &[T], rng: &mut ChaCha20Rng) -> T {
    list[below(rng, list.len())]
}

fn below(rng: &mut ChaCha20Rng, bound: usize) -> usize {
    (rng.next_u64() % bound as u64) as usize
}

/// The slots 1..=count in random order.
fn shuffled_slots(count: u16, rng: &mut ChaCha20Rng) -> Vec<u16> {
    let mut slots: Vec<u16> = (1..=count).collect();
    for last in (1..slots.len()).rev() {
        slots.swap(last, below(rng, last + 1));
    }
    slots
}
