//! Seeds, keys, and what is published about them.

use curve25519_dalek::{RistrettoPoint, Scalar};
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::Sha512;

use super::{array, bytes, hex_of, list, long, number, rows, sha256, short};

/// n, t, and the sets A of n - t + 1 holders as bit masks, member i at bit i - 1, in rising order.
struct Committee {
    members: u8,
    threshold: u8,
    sets: Vec<u8>,
}

impl Committee {
    fn new(section: &Value) -> Self {
        let (members, threshold): (u8, u8) = (number(&section["members"]), number(&section["threshold"]));
        let size = u32::from(members - threshold + 1);
        let sets = (1..1_u8 << members).filter(|mask| mask.count_ones() == size).collect();
        Self { members, threshold, sets }
    }

    fn held(&self, member: u8) -> impl Iterator<Item = u8> {
        self.sets.iter().copied().filter(move |mask| holds(*mask, member))
    }

    /// f_A(i): one at 0, zero at each member outside A.
    fn weight(&self, mask: u8, member: u8) -> Scalar {
        (1..=self.members)
            .filter(|other| !holds(mask, *other))
            .map(Scalar::from)
            .map(|j| (j - Scalar::from(member)) * j.invert())
            .product()
    }
}

fn holds(mask: u8, member: u8) -> bool {
    mask >> (member - 1) & 1 == 1
}

/// rho_A of a seed.
fn scalar(seed: &[u8], epoch: u64, slot: u16, mask: u8) -> Scalar {
    let info = [&epoch.to_be_bytes()[..], &slot.to_be_bytes(), &[mask]].concat();
    let mut wide = [0; 64];
    Hkdf::<Sha512>::new(Some(b"BITHIVE-V1/blindmatch/slot-key/"), seed).expand(&info, &mut wide).unwrap();
    Scalar::from_bytes_mod_order_wide(&wide)
}

fn point(scalar: &Scalar) -> [u8; 32] {
    RistrettoPoint::mul_base(scalar).compress().to_bytes()
}

/// A seed from the contributions of its holders.
fn seed(committee: &Committee, mask: u8, contributions: &[Value]) -> [u8; 32] {
    let mut parts = vec![committee.members, committee.threshold, mask];
    for member in (1..=committee.members).filter(|member| holds(mask, *member)) {
        let own =
            |row: &&Value| number::<u8>(&row["from"]) == member && number::<u8>(&row["holders"]) == mask;
        parts.extend(bytes(&contributions.iter().find(own).unwrap()["random"]));
    }
    sha256("seed", &parts)
}

pub fn section(inputs: &Value) -> Value {
    let committee = Committee::new(inputs);
    let (epoch, first, epochs): (u64, u64, u16) =
        (number(&inputs["epoch"]), number(&inputs["first_epoch"]), number(&inputs["epochs"]));
    let slots: u16 = number(&inputs["slots"]);
    let (n, t) = (committee.members, committee.threshold);
    let contributions = rows(&inputs["contributions"]);
    let seed = |mask: u8| seed(&committee, mask, contributions);
    let rho = |mask: u8, epoch: u64, slot: u16| scalar(&seed(mask), epoch, slot, mask);
    let commit = |mask: u8, epoch: u64| {
        let mut parts = [&[n, t, mask][..], &epoch.to_be_bytes(), &slots.to_be_bytes()].concat();
        (0..slots).for_each(|slot| parts.extend(point(&rho(mask, epoch, slot))));
        sha256("share-key-commitment", &parts)
    };
    let term = [&first.to_be_bytes()[..], &epochs.to_be_bytes(), &slots.to_be_bytes()].concat();
    let commits = |masks: &mut dyn Iterator<Item = u8>| -> Vec<u8> {
        masks.flat_map(|mask| (first..first + u64::from(epochs)).flat_map(move |e| commit(mask, e))).collect()
    };
    let points = |masks: Vec<u8>| -> Vec<u8> {
        (0..slots).flat_map(|slot| masks.iter().flat_map(move |m| point(&rho(*m, epoch, slot)))).collect()
    };
    let table_head = [&epoch.to_be_bytes()[..], &slots.to_be_bytes()].concat();
    let table = [&[1, n, t][..], &table_head, &points(committee.sets.clone())].concat();
    let slot_key = |slot: u16| {
        let scalars: Vec<Scalar> = committee.sets.iter().map(|mask| rho(*mask, epoch, slot)).collect();
        let shares: Vec<Scalar> = (1..=n)
            .map(|i| {
                let held = committee.sets.iter().zip(&scalars).filter(|(mask, _)| holds(**mask, i));
                held.map(|(mask, rho)| rho * committee.weight(*mask, i)).sum()
            })
            .collect();
        json!({
            "slot": slot,
            "scalars": list(&scalars, |rho| hex_of(rho.as_bytes())),
            "shares": list(&shares, |share| hex_of(share.as_bytes())),
            "share_keys": list(&shares, |share| hex_of(point(share))),
            "key": hex_of(scalars.iter().sum::<Scalar>().as_bytes()),
        })
    };
    let contribution = |row: &Value| {
        let (from, mask): (u8, u8) = (number(&row["from"]), number(&row["holders"]));
        let random = array::<32>(&row["random"]);
        json!({
            "from": from, "holders": mask, "random": hex_of(random),
            "encoding": hex_of([&[1, from, mask][..], &random].concat()),
        })
    };
    let weights = (1..=n).flat_map(|i| committee.held(i).map(move |mask| (i, mask)));
    json!({
        "members": n, "threshold": t, "epoch": epoch, "first_epoch": first, "epochs": epochs, "slots": slots,
        "contributions": list(contributions, contribution),
        "seeds": list(&committee.sets, |mask| json!({ "holders": mask, "seed": hex_of(seed(*mask)) })),
        "weights": list(weights, |(member, holders)| json!({
            "member": member, "holders": holders,
            "weight": hex_of(committee.weight(holders, member).as_bytes()),
        })),
        "slot_keys": list(0..slots, slot_key),
        "member_seeds": list(1..=n, |i| {
            hex_of([vec![1, n, t, i], committee.held(i).flat_map(seed).collect()].concat())
        }),
        "statement_of_member_2":
            hex_of([&[1, n, t, 2][..], &term, &commits(&mut committee.held(2))].concat()),
        "partial_table_of_member_2":
            hex_of([&[1, n, t, 2][..], &table_head, &points(committee.held(2).collect())].concat()),
        "commitments": hex_of([&[1, n, t][..], &term, &commits(&mut committee.sets.iter().copied())].concat()),
        "table_digest": hex_of(sha256("share-key-table", &[&long(table.len())[..], &table].concat())),
        "table": hex_of(table),
    })
}

/// A member's share of a slot's key, as the section has it.
pub fn share(section: &Value, member: u8, slot: u16) -> Scalar {
    let shares = &section["slot_keys"][usize::from(slot)]["shares"];
    Scalar::from_canonical_bytes(array(&shares[usize::from(member) - 1])).unwrap()
}

/// The charges of a ledger and its encoding.
pub fn quota(inputs: &Value) -> Value {
    let mut counts = std::collections::BTreeMap::<(u64, String), std::collections::BTreeMap<u16, u16>>::new();
    let oldest: u64 = number(&inputs["oldest_epoch"]);
    for charge in rows(&inputs["charges"]) {
        let row = (number(&charge["epoch"]), super::text(&charge["identity"]).to_owned());
        *counts.entry(row).or_default().entry(number(&charge["slot"])).or_default() += 1;
    }
    let mut encoding = [&[1][..], &oldest.to_be_bytes()].concat();
    for ((epoch, identity), slots) in counts.iter().filter(|((epoch, _), _)| *epoch >= oldest) {
        encoding.extend([&epoch.to_be_bytes()[..], &super::word(identity), &short(slots.len())].concat());
        slots.iter().for_each(|(slot, count)| {
            encoding.extend([slot.to_be_bytes(), count.to_be_bytes()].concat());
        });
    }
    json!({ "charges": inputs["charges"], "oldest_epoch": oldest, "encoding": hex_of(encoding) })
}
