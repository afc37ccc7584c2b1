//! How many kinds of nodes somebody can tell apart by their answers to its vaults: a vault that says one bit divides all
//! nodes into two kinds.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use bithive_blindmatch::{
    claim::RequesterKey,
    oprf::Tags,
    schema::{Input, NO, YES},
    vault::Vault,
};
use rand_chacha::rand_core::Rng;

use crate::{
    common::{
        forged::{Forged, each_tag, only, tag_of},
        rng,
    },
    leakage::{
        dishonest::{ManySecrets, STRANGER, posted_by},
        run::{BADGES, Party, REGIONS, Run, THRESHOLDS, attributes},
    },
};

/// What is seen of one node: whether it answers, and under which key.
type Answer = Option<Vec<bool>>;

/// A node of every combination of memory, region and badges, with its tags.
fn nodes(run: &Run) -> Vec<Tags> {
    let slots = 0..run.schema.slot_count();
    let region = run.schema.slots().iter().position(|slot| slot.label == "region").unwrap() as u16;
    let inputs = slots.flat_map(|slot| {
        let values = if slot == region { REGIONS.to_vec() } else { vec![NO, YES] };
        values.into_iter().map(move |value| Input {
            slot: bithive_blindmatch::schema::SlotId(slot),
            value: value.to_owned(),
        })
    });
    let all = run.evaluate(&inputs.collect::<Vec<_>>(), 51).tags;
    let mut nodes = Vec::new();
    for memory in [0, THRESHOLDS[0], THRESHOLDS[1], THRESHOLDS[2]] {
        for region in REGIONS {
            for subset in 0..1 << BADGES.len() {
                let badges: Vec<_> =
                    (0..BADGES.len()).filter(|badge| subset >> badge & 1 == 1).map(|b| BADGES[b]).collect();
                let own = attributes(&run.schema, memory, region, &badges);
                nodes.push(only(&all, own.inputs()));
            }
        }
    }
    nodes
}

/// What the requester sees of a node that follows the protocol: it knows all keys that the vault could give.
fn answer(sealed: &ManySecrets, vault: &Vault, node: &Tags) -> Answer {
    let opened = vault.open(node, &posted_by(STRANGER)).unwrap()?;
    let keys = sealed.secrets.iter().map(|(_, _, secret)| sealed.forged.match_key(secret));
    Some(keys.map(|key| key == opened.key).collect())
}

/// The same of a node that takes the first secret whose check is zero, whatever the commitment.
fn answer_without_commitment(sealed: &ManySecrets, node: &Tags) -> Answer {
    let mut in_order = sealed.secrets.clone();
    in_order.sort_by_key(|(_, leaf, _)| *leaf);
    let (input, leaf, secret) = in_order.iter().find(|(input, _, _)| node.get(input).is_some())?;
    assert_eq!(sealed.forged.share(*leaf, &tag_of(node, input)), *secret, "it is what the leaf gives");
    Some(sealed.secrets.iter().map(|(_, _, other)| other == secret).collect())
}

fn count<T: Ord>(nodes: &[Tags], seen: impl Fn(&Tags) -> T) -> usize {
    nodes.iter().map(seen).collect::<BTreeSet<_>>().len()
}

/// What a stranger makes of a vault.
struct Copy {
    forged: Forged,
    vault: Vault,
    account: &'static str,
    /// The leaf that it leaves as it is; none if all are.
    kept: Option<usize>,
}

impl Copy {
    fn of(forged: Forged, account: &'static str, kept: Option<usize>) -> Self {
        Self { vault: forged.vault(), forged, account, kept }
    }

    fn opens(&self, node: &Tags) -> bool {
        self.vault.open(node, &posted_by(self.account)).unwrap().is_some()
    }

    /// Whether it would open for a node that doesn't compare the MAC: the leaf that is left gives the secret of the OR, whose check is
    /// zero.
    fn opens_without_mac(&self, node: &Tags) -> bool {
        let leaves = self.vault.tree().leaves();
        let gives = |leaf: usize| {
            each_tag(node).iter().any(|(input, tag)| {
                input.slot == *leaves[leaf] && self.forged.share(leaf, tag)[..8] == [0; 8]
            })
        };
        self.kept.is_some_and(gives)
    }
}

/// Every leaf of the stranger's copy by itself, and all of them, with its own key or in the requester's name.
fn copies(honest: &Vault) -> Vec<Copy> {
    let key = RequesterKey::generate(&mut rng(54)).public();
    let leaves = honest.tree().leaves().len();
    let mut copies = Vec::new();
    for account in ["bithive1copier", STRANGER] {
        let mut copy = Forged::of(honest, account);
        if account != STRANGER {
            copy.redirect(&key, &[7; 32]);
            copies.push(Copy::of(copy.clone(), account, None));
        }
        for kept in 0..leaves {
            let (mut apart, mut chance) = (copy.clone(), rng(55));
            (0..leaves)
                .filter(|leaf| *leaf != kept)
                .for_each(|leaf| chance.fill_bytes(&mut apart.shares[leaf]));
            copies.push(Copy::of(apart, account, Some(kept)));
        }
    }
    copies
}

struct Kinds {
    who: &'static str,
    vaults: String,
    kinds: usize,
}

fn played() -> (Vec<Kinds>, usize) {
    let run = Run::new();
    let nodes = nodes(&run);
    let conditions = [
        format!("memory >= {}", THRESHOLDS[1]),
        format!("badges has {}", BADGES[0]),
        format!("badges has {}", BADGES[1]),
        format!("badges has {}", BADGES[2]),
        format!("region = {}", REGIONS[0]),
        format!("region = {}", REGIONS[1]),
    ];
    let policy = bithive_blindmatch::policy::Policy::parse(&conditions.join(" or "), &run.schema).unwrap();
    let own: Party = run.evaluate(&policy.compile(&run.schema).unwrap().evaluations(), 52);
    let key = RequesterKey::generate(&mut rng(53)).public();
    let honest = ManySecrets::honest(&run.schema, &conditions, &own, key, STRANGER);
    let sealed: Vec<_> = (0..conditions.len())
        .map(|turn| {
            let mut turned = conditions.to_vec();
            turned.rotate_left(turn);
            ManySecrets::seal(&run.schema, &turned, &own, key, STRANGER)
        })
        .collect();
    let opens = |node: &Tags| honest.open(node, &posted_by(STRANGER)).unwrap().is_some();
    let of = |many: &[ManySecrets]| {
        count(&nodes, |node| {
            many.iter().map(|sealed| answer(sealed, &sealed.vault, node)).collect::<Vec<_>>()
        })
    };
    let copied = copies(&honest);
    let of_copies = |opens: fn(&Copy, &Tags) -> bool| {
        count(&nodes, |node| copied.iter().map(|copy| opens(copy, node)).collect::<Vec<_>>())
    };
    let leaves = sealed[0].secrets.len();
    let requester = "requester";
    let rows = vec![
        Kinds {
            who: requester,
            vaults: format!("one, an OR of {leaves} conditions"),
            kinds: count(&nodes, opens),
        },
        Kinds {
            who: requester,
            vaults: "the same, with a secret of its own for every condition".to_owned(),
            kinds: of(&sealed[..1]),
        },
        Kinds {
            who: requester,
            vaults: "the same, if nodes did not compare the commitment".to_owned(),
            kinds: count(&nodes, |node| answer_without_commitment(&sealed[0], node)),
        },
        Kinds {
            who: requester,
            vaults: "two of them, committed to the secrets of different conditions".to_owned(),
            kinds: of(&sealed[..2]),
        },
        Kinds {
            who: "stranger",
            vaults: format!("{} made of a vault: copied, redirected, one leaf at a time", copied.len()),
            kinds: of_copies(Copy::opens),
        },
        Kinds {
            who: "stranger",
            vaults: "the same, if nodes did not compare the MAC".to_owned(),
            kinds: of_copies(Copy::opens_without_mac),
        },
    ];
    (rows, nodes.len())
}

pub(crate) fn rendered() -> String {
    let (rows, nodes) = played();
    let mut out = format!("| who | its vaults | kinds told apart, of {nodes} |\n|---|---|---|\n");
    for row in rows {
        writeln!(out, "| {} | {} | {} |", row.who, row.vaults, row.kinds).unwrap();
    }
    out
}

#[test]
fn a_vault_tells_one_bit_of_a_node_however_it_is_made_and_a_changed_one_none() {
    let (rows, nodes) = played();
    let kinds: Vec<_> = rows.iter().map(|row| row.kinds).collect();
    assert_eq!(nodes, 128);
    let [honest, secrets, unchecked, two, stranger, without_mac] = kinds[..] else { panic!("six games") };
    assert_eq!((honest, secrets, stranger), (2, 2, 1));
    assert!(unchecked > 4 && without_mac > 4, "the games are worth playing: {unchecked}, {without_mac}");
    assert!(two <= 4, "a bit for each vault: {two}");
}
