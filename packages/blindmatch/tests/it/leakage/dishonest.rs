//! Those who don't follow the protocol, played with the real code. Each gives the transcript of its row: what it receives, and
//! in words what it makes of that. What it only guesses or asks for is not in it.

use bithive_blindmatch::{
    claim::{Claim, ClaimContext, RequesterKey},
    committee::{CommitteeParams, MemberSeeds},
    policy::Policy,
    quota::{Quota, QuotaError},
    schema::{Input, Schema, SlotId},
    vault::{DEFAULT_BUDGET, Poster, Vault},
};
use rand_chacha::rand_core::Rng;

use crate::{
    common::{
        EPOCH,
        forged::{Forged, only, tag_of},
        poster, rng,
    },
    leakage::run::{
        ADDRESS, ASK, BADGES, Party, REGIONS, Run, THRESHOLDS, Transcript, attributes, claim_bytes,
    },
};

/// Another account, which posts vaults of its own.
pub(crate) const STRANGER: &str = "bithive1stranger";
const OTHER_ADDRESS: &str = "bithive1pothernode0k2w";

pub(crate) fn posted_by(account: &str) -> Poster {
    Poster::new("bithive-1", "bithive1jobs", account)
}

fn context() -> ClaimContext {
    ClaimContext::new("bithive-1", "bithive1jobs", 8).unwrap()
}

/// The claim of a node whose vault opened: a node knows no more of who posted it.
fn claim_on(vault: &Vault, account: &str, node: &Party, claim: &Claim, seed: u64) -> Option<Vec<u8>> {
    let opened = vault.open(&node.tags, &posted_by(account)).unwrap()?;
    Some(claim.seal(&context(), &opened.key, &vault.requester_key(), &mut rng(seed)).unwrap())
}

/// Both contributors, with what they claim.
fn nodes(run: &Run) -> [(&Party, Claim); 2] {
    let other = Claim { address: OTHER_ADDRESS.to_owned(), slot: 4, ask: ASK / 3, consent: [0x3a; 96] };
    [(&run.matched, run.claim.clone()), (&run.other, other)]
}

/// A vault over an OR of these conditions, each with a secret of its own, that opens by the last one's.
pub(crate) struct ManySecrets {
    pub(crate) vault: Vault,
    pub(crate) forged: Forged,
    /// Condition, leaf and secret.
    pub(crate) secrets: Vec<(Input, usize, [u8; 20])>,
}

impl ManySecrets {
    /// The vault over an OR of these conditions as the protocol says, as `account` posts it with the tags of `own`.
    pub(crate) fn honest(
        schema: &Schema,
        conditions: &[String],
        own: &Party,
        requester_key: [u8; 32],
        account: &str,
    ) -> Vault {
        let policy = Policy::parse(&conditions.join(" or "), schema).unwrap().compile(schema).unwrap();
        let (poster, mut rng) = (posted_by(account), rng(31));
        Vault::seal(&policy, &own.tags, &poster, requester_key, [8; 32], DEFAULT_BUDGET, &mut rng).unwrap().0
    }

    /// The honest one, changed.
    pub(crate) fn seal(
        schema: &Schema,
        conditions: &[String],
        own: &Party,
        requester_key: [u8; 32],
        account: &str,
    ) -> Self {
        let honest = Self::honest(schema, conditions, own, requester_key, account);
        let mut forged = Forged::of(&honest, account);
        let mut secrets = Vec::new();
        for (number, condition) in (1..).zip(conditions) {
            let alone = Policy::parse(condition, schema).unwrap().compile(schema).unwrap();
            let input = alone.inputs().swap_remove(0);
            let tag = tag_of(&own.tags, &input);
            // All leaves of the OR have the secret: the right one is where its check, 8 zero bytes, is.
            let is_its = |leaf: &usize| {
                *honest.tree().leaves()[*leaf] == input.slot && forged.share(*leaf, &tag)[..8] == [0; 8]
            };
            let leaf = (0..honest.tree().leaves().len()).find(is_its).unwrap();
            // The last one keeps what is committed to.
            let mut secret = forged.share(leaf, &tag);
            secret[19] ^= number % u8::try_from(conditions.len()).unwrap();
            forged.put(leaf, &tag, &secret);
            secrets.push((input, leaf, secret));
        }
        let vault = forged.authenticated(&secrets.last().unwrap().2);
        Self { vault, forged, secrets }
    }
}

/// The condition in words.
fn words(schema: &Schema, slot: SlotId) -> String {
    schema.slots()[usize::from(slot.0)].label.clone()
}

/// An OR of what the match has beside what the run's policy asks for, and of what both nodes have. With the key of a leaf under
/// the claim it would know which condition its sender meets.
pub(crate) fn a_requester_with_a_secret_for_each_leaf(run: &Run) -> Transcript {
    let conditions = [
        format!("badges has {}", BADGES[2]),
        format!("region = {}", REGIONS[3]),
        format!("memory >= {}", THRESHOLDS[0]),
    ];
    let policy = Policy::parse(&conditions.join(" or "), &run.schema).unwrap().compile(&run.schema).unwrap();
    let own = run.evaluate(&policy.inputs(), 32);
    let key = RequesterKey::generate(&mut rng(33));
    let sealed = ManySecrets::seal(&run.schema, &conditions, &own, key.public(), STRANGER);
    let (mut told, mut claims, mut read) = (Vec::new(), Vec::new(), Vec::new());
    for (node, claim) in nodes(run) {
        let Some(bytes) = claim_on(&sealed.vault, STRANGER, node, &claim, 34) else { continue };
        for (input, _, secret) in &sealed.secrets {
            if let Ok(claim) = key.open(&context(), &sealed.forged.match_key(secret), &bytes) {
                told.push(format!("{} meets {}", claim.address, words(&run.schema, input.slot)));
                read.extend(claim_bytes(&claim));
            }
        }
        claims.extend(bytes);
    }
    assert!(!claims.is_empty(), "a node answers, or nothing is played");
    vec![
        ("share key table", run.table.encode().to_vec()),
        ("own blinded points", own.request.clone()),
        ("answers to them", own.responses()),
        ("tags of its conditions", own.tags.encode().to_vec()),
        ("HPKE key", key.encode().to_vec()),
        ("vault of its own", sealed.vault.encode()),
        ("sealed claims", claims),
        ("claims", read),
        ("what their keys tell", told.join("; ").into_bytes()),
    ]
}

/// Posts the run's vault as its own with its own key and endpoint, and in the requester's name as it is, whole and with one leaf
/// of each OR only. Who answers would tell it which leaves that node meets.
pub(crate) fn a_stranger_that_changes_vaults(run: &Run) -> Transcript {
    let key = RequesterKey::generate(&mut rng(35));
    let slots: Vec<_> = run.vault.tree().leaves().into_iter().copied().collect();
    let of = |attribute: &str| {
        let label = |slot: &SlotId| words(&run.schema, *slot);
        (0..slots.len()).filter(|leaf| label(&slots[*leaf]).starts_with(attribute)).collect::<Vec<_>>()
    };
    let (memory, region, badges) = (of("memory"), of("region"), of("badges"));
    assert_eq!((memory.len(), region.len(), badges.len()), (3, 4, 3), "every leaf is in one OR");
    let mut kept = Vec::new();
    for memory in &memory {
        for region in &region {
            kept.extend(badges.iter().map(|badge| vec![*memory, *region, *badge]));
        }
    }
    let (mut vaults, mut told, mut claims) = (Vec::new(), Vec::new(), Vec::new());
    let mut post = |forged: &Forged, account: &str, leaves: &[usize]| {
        let vault = forged.vault();
        vaults.extend(vault.encode());
        for (node, claim) in nodes(run) {
            if let Some(bytes) = claim_on(&vault, account, node, &claim, 36) {
                let met: Vec<_> = leaves.iter().map(|leaf| words(&run.schema, slots[*leaf])).collect();
                told.push(format!("{} meets {}", claim.address, met.join(", ")));
                claims.extend(bytes);
            }
        }
    };
    for account in [STRANGER, "bithive1requester"] {
        let mut copy = Forged::of(&run.vault, account);
        if account == STRANGER {
            copy.redirect(&key.public(), &[7; 32]);
            post(&copy, account, &(0..slots.len()).collect::<Vec<_>>());
        }
        for leaves in &kept {
            let mut apart = copy.clone();
            let others = (0..slots.len()).filter(|leaf| !leaves.contains(leaf));
            let mut chance = rng(37);
            others.for_each(|leaf| chance.fill_bytes(&mut apart.shares[leaf]));
            post(&apart, account, leaves);
        }
    }
    // The way of playing is right: the vault as it is, in its requester's name, opens.
    assert!(claim_on(&run.vault, "bithive1requester", &run.matched, &run.claim, 38).is_some());
    vec![
        ("share key table", run.table.encode().to_vec()),
        ("vault", run.vault.encode()),
        ("HPKE key", key.encode().to_vec()),
        ("vaults made of it", vaults),
        ("sealed claims", claims),
        ("who answers which", told.join("; ").into_bytes()),
    ]
}

/// Has as much memory, the other region and the other badge evaluated, and not a second value of any slot.
pub(crate) fn a_node_that_states_what_it_has_not(run: &Run) -> Transcript {
    let stated = attributes(&run.schema, THRESHOLDS[2], REGIONS[1], &[BADGES[1]]);
    let own = run.evaluate(stated.inputs(), 39);
    let (mut quota, slots) = (Quota::new(), stated.inputs().iter().map(|input| input.slot));
    assert_eq!(quota.check_and_record_all(ADDRESS, slots.clone(), EPOCH, 1), Ok(()));
    for slot in slots {
        let second = quota.check_and_record(ADDRESS, slot, EPOCH, 1);
        assert!(matches!(second, Err(QuotaError::Exceeded { .. })), "one guess for each slot and epoch");
    }
    let opened = run.vault.open(&own.tags, &poster()).unwrap().expect("it satisfies the policy by its word");
    let slots: Vec<_> = opened.leaves.iter().map(|(_, slot)| *slot).collect();
    let met: Vec<_> = stated.inputs().iter().filter(|input| slots.contains(&input.slot)).cloned().collect();
    let conditions = met.iter().map(|input| format!("{} = {}", words(&run.schema, input.slot), input.value));
    let conditions = conditions.collect::<Vec<_>>().join("; ");
    let others = [REGIONS[0], BADGES[0]];
    assert!(others.iter().all(|other| !conditions.contains(other)), "it has not guessed these");
    vec![
        ("share key table", run.table.encode().to_vec()),
        ("own blinded points", own.request.clone()),
        ("answers to them", own.responses()),
        ("tags of what it states", only(&own.tags, &met).encode().to_vec()),
        ("vault", run.vault.encode()),
        ("K_r", opened.key.as_bytes().to_vec()),
        ("conditions that it meets by its word", conditions.into_bytes()),
    ]
}

/// Member 1 of three knows the seeds of {1, 2} and {1, 3}. With a {2, 3} of its own it plays all members, and tries every value.
pub(crate) fn a_member_that_invents_a_seed(run: &Run) -> Transcript {
    assert_eq!(run.params, CommitteeParams::new(3, 2).unwrap());
    let own = run.seeds[0].encode();
    let (first, second) = (&own[4..36], &own[36..68]);
    let mut invented = [0; 32];
    rng(40).fill_bytes(&mut invented);
    let member = |number: u8, seeds: [&[u8]; 2]| {
        let bytes = [&own[..3], &[number], seeds[0], seeds[1]].concat();
        MemberSeeds::decode(&bytes).unwrap()
    };
    let played = [run.seeds[0].clone(), member(2, [first, &invented]), member(3, [second, &invented])];
    let (conditions, keys) = run.search(&played);
    let real = [run.seeds[0].clone(), run.seeds[1].clone(), run.seeds[2].clone()];
    assert!(!run.search(&real).0.is_empty(), "the way of searching is right");
    let mut seen = run.member_sees(0);
    seen.push(("conditions found by search", conditions.join("; ").into_bytes()));
    seen.push(("K_r found by search", keys));
    seen
}
