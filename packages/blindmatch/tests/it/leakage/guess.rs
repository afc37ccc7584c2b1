//! Every party guesses a value that it must not know, again and again: it is right as often as chance is.
//!
//! The guesser is a naive Bayes classifier over every bit of the party's view that varies, taught with labelled runs. It
//! would find any bit that depends on the value, alone or through its frequency; that no guesser can do better
//! rests on the assumptions (decisional Diffie-Hellman, SHA-256 as a random oracle, HPKE), not on this test.

use bithive_blindmatch::{
    claim::{Claim, ClaimContext, RequesterKey},
    committee::{CommitteeParams, MemberSeeds, deal},
    oprf::{Tags, blind},
    policy::CompiledPolicy,
    schema::{Input, Schema},
    vault::{DEFAULT_BUDGET, Vault},
};
use rand_chacha::{ChaCha20Rng, rand_core::Rng};

use super::run::tags_with;
use crate::common::{
    Committee, EPOCH, attributes, compile,
    guesser::{self, TRIALS},
    poster, rng,
};

const ALL_REGIONS: [&str; 8] = ["eu", "ch", "uk", "us", "cn", "hk", "jp", "sg"];

fn region_policies(texts: impl Iterator<Item = String>) -> Vec<CompiledPolicy> {
    texts.map(|text| compile(&text)).collect()
}

fn all_tags(committee: &Committee, policies: &[CompiledPolicy]) -> Tags {
    let mut inputs: Vec<_> = policies.iter().flat_map(CompiledPolicy::inputs).collect();
    inputs.sort();
    inputs.dedup();
    committee.tags(&inputs, 1)
}

fn seal(policy: &CompiledPolicy, tags: &Tags, rng: &mut ChaCha20Rng) -> Vault {
    Vault::seal(policy, tags, &poster(), [3; 32], [4; 32], DEFAULT_BUDGET, rng).unwrap().0
}

fn request(inputs: &[Input], rng: &mut ChaCha20Rng) -> Vec<u8> {
    blind(Schema::bithive().digest(), EPOCH, inputs, rng).unwrap().request().encode()
}

/// Everything that passes over the network for one request, if no channel were encrypted: blinded points, the answers
/// of these members, the vault, and the sealed claim of a contributor that opened it.
fn sent(
    scene: &Scene,
    class: usize,
    members: std::ops::RangeInclusive<u8>,
    rng: &mut ChaCha20Rng,
) -> Vec<u8> {
    let policy = &scene.policies[class];
    let pending = blind(Schema::bithive().digest(), EPOCH, &policy.evaluations(), rng).unwrap();
    let mut view = pending.request().encode();
    for member in members {
        let keys = &scene.committee.keys[usize::from(member) - 1];
        view.extend(keys.evaluate(pending.request(), rng).unwrap().encode());
    }
    let requester = RequesterKey::generate(rng);
    let (vault, key) =
        Vault::seal(policy, &scene.tags, &poster(), requester.public(), [4; 32], DEFAULT_BUDGET, rng)
            .unwrap();
    let claim = Claim { address: "bithive1node".to_owned(), slot: 3, ask: 5, consent: [1; 96] };
    let context = ClaimContext::new("bithive-1", "bithive1jobs", 7).unwrap();
    view.extend(vault.encode());
    view.extend(claim.seal(&context, &key, &requester.public(), rng).unwrap());
    view
}

/// A committee and a requester who may ask for any one region.
struct Scene {
    committee: Committee,
    policies: Vec<CompiledPolicy>,
    tags: Tags,
}

impl Scene {
    fn new(members: u8, threshold: u8) -> Self {
        let committee = Committee::new(members, threshold);
        let policies = region_policies(ALL_REGIONS.iter().map(|region| format!("region = {region}")));
        let tags = all_tags(&committee, &policies);
        Self { committee, policies, tags }
    }
}

#[test]
fn whoever_sees_everything_sent_cannot_guess_a_requesters_region() {
    let (scene, mut rng) = (Scene::new(2, 2), rng(21));
    guesser::assert_learns_nothing(ALL_REGIONS.len(), 21, |class| sent(&scene, class, 1..=2, &mut rng));
}

/// The members' seeds are the same in every run, so that they add nothing to a view; their own answers do.
#[test]
fn t_minus_1_members_cannot_guess_a_requesters_region() {
    let (scene, mut rng) = (Scene::new(5, 3), rng(28));
    guesser::assert_learns_nothing(ALL_REGIONS.len(), 28, |class| sent(&scene, class, 1..=2, &mut rng));
}

#[test]
fn a_member_cannot_guess_a_contributors_memory_from_its_request() {
    let nodes = [8, 16, 48].map(|memory| attributes(memory, "eu", &["gdpr"]));
    let mut rng = rng(22);
    guesser::assert_learns_nothing(nodes.len(), 22, |class| request(nodes[class].inputs(), &mut rng));
}

/// Members 1 to t-1 know all seeds but one and invent that one: with the keys that result they try the vault with every
/// value, and take the value that opens it. They lack nothing else.
#[test]
fn too_few_members_find_nothing_by_inventing_the_seed_that_they_lack() {
    let policies = region_policies(ALL_REGIONS.iter().map(|region| format!("region = {region}")));
    let (schema, params) = (Schema::bithive(), CommitteeParams::new(2, 2).unwrap());
    let tags = all_tags(&Committee::new(2, 2), &policies);
    let real = deal(params, &mut rng(1));
    let mut rng = rng(23);
    let inputs: Vec<_> = policies.iter().map(|policy| policy.inputs()).collect();
    let opens = |seeds: &[MemberSeeds], vault: &Vault, rng: &mut ChaCha20Rng| {
        inputs.iter().position(|inputs| {
            vault.open(&tags_with(&schema, params, seeds, inputs, rng), &poster()).unwrap().is_some()
        })
    };
    // With both seeds the search works, so that the way of searching is right.
    let vault = seal(&policies[5], &tags, &mut rng);
    assert_eq!(opens(&real, &vault, &mut rng), Some(5));
    for _ in 0..20 {
        let invented = vec![real[0].clone(), deal(params, &mut rng).swap_remove(1)];
        assert_eq!(opens(&invented, &vault, &mut rng), None);
    }
}

#[test]
fn a_contributor_without_a_match_cannot_guess_which_region_was_asked_for() {
    let committee = Committee::new(2, 2);
    let policies = region_policies(ALL_REGIONS[1..].iter().map(|region| format!("region = {region}")));
    let (tags, own) = (all_tags(&committee, &policies), committee.tags(attributes(8, "eu", &[]).inputs(), 2));
    let mut rng = rng(24);
    guesser::assert_learns_nothing(policies.len(), 24, |class| {
        let vault = seal(&policies[class], &tags, &mut rng);
        assert!(vault.open(&own, &poster()).unwrap().is_none());
        vault.encode()
    });
}

#[test]
fn a_contributor_that_matches_cannot_guess_which_other_region_would_have() {
    let committee = Committee::new(2, 2);
    let policies = region_policies(ALL_REGIONS[1..].iter().map(|region| format!("region in (eu, {region})")));
    let (tags, own) = (all_tags(&committee, &policies), committee.tags(attributes(8, "eu", &[]).inputs(), 2));
    let mut rng = rng(25);
    guesser::assert_learns_nothing(policies.len(), 25, |class| {
        let vault = seal(&policies[class], &tags, &mut rng);
        let opened = vault.open(&own, &poster()).unwrap().unwrap();
        let mut view = vault.encode();
        view.extend_from_slice(opened.key.as_bytes());
        view.extend(opened.leaves.iter().flat_map(|(leaf, _)| leaf.to_be_bytes()));
        view
    });
}

#[test]
fn a_requester_cannot_guess_how_much_more_a_claimant_has_than_was_asked_for() {
    let committee = Committee::new(2, 2);
    let policy = compile("vram >= 8");
    let tags = committee.tags(&policy.inputs(), 1);
    let owns = [8, 16, 48].map(|memory| committee.tags(attributes(memory, "eu", &[]).inputs(), 2));
    let context = ClaimContext::new("bithive-1", "bithive1jobs", 7).unwrap();
    let mut rng = rng(26);
    guesser::assert_learns_nothing(owns.len(), 26, |class| {
        let requester = RequesterKey::generate(&mut rng);
        let public = requester.public();
        let (vault, key) =
            Vault::seal(&policy, &tags, &poster(), public, [4; 32], DEFAULT_BUDGET, &mut rng).unwrap();
        let opened = vault.open(&owns[class], &poster()).unwrap().unwrap();
        let claim = Claim { address: "bithive1node".to_owned(), slot: 3, ask: 5, consent: [1; 96] };
        let sealed = claim.seal(&context, &opened.key, &public, &mut rng).unwrap();
        let read = requester.open(&context, &key, &sealed).unwrap();
        [sealed, read.address.into_bytes(), read.ask.to_be_bytes().to_vec()].concat()
    });
}

/// The guesser is no straw man: one bit that leans a little towards a class is enough for it.
#[test]
fn the_guesser_finds_a_single_bit_that_leans() {
    let mut noise = rng(27);
    let hits = guesser::hits(2, 27, |class| {
        let mut view = [0; 64];
        noise.fill_bytes(&mut view);
        // Set in 5/8 of class 1 and in half of class 0.
        if class == 1 && noise.next_u64().is_multiple_of(4) {
            view[17] |= 0x20;
        }
        view.to_vec()
    });
    assert!(hits > TRIALS / 2 + 4 * 55, "{hits} of {TRIALS}");
}
