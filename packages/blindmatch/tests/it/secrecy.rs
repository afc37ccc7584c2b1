//! What a vault's bytes tell about a policy's values: a guesser that learns from thousands of labelled vaults does
//! no better than chance on others.

use crate::common::{
    Committee, attributes,
    guesser::{self, TRIALS, assert_is_chance},
    poster, rng,
};
use crate::formulas::sealed::{self, head, mask};
use bithive_blindmatch::{
    oprf::Tags,
    policy::{CompiledPolicy, Policy},
    schema::{Attribute, Schema, SlotId},
    vault::{DEFAULT_BUDGET, Vault},
    vector::{Vector, sample_positions},
};
use rand_chacha::ChaCha20Rng;

/// Seals one policy of several, again and again.
struct Sealer {
    policies: Vec<CompiledPolicy>,
    tags: Tags,
    seed: u64,
    rng: ChaCha20Rng,
}

impl Sealer {
    fn new(committee: &Committee, texts: &[String], seed: u64) -> Self {
        let compile =
            |text: &String| Policy::parse(text, &committee.schema).unwrap().compile(&committee.schema);
        let policies: Vec<_> = texts.iter().map(|text| compile(text).unwrap()).collect();
        let mut inputs: Vec<_> = policies.iter().flat_map(CompiledPolicy::inputs).collect();
        inputs.sort();
        inputs.dedup();
        Self { policies, tags: committee.tags(&inputs, seed), seed, rng: rng(seed) }
    }

    fn seal(&mut self, which: usize) -> Vault {
        let policy = &self.policies[which];
        Vault::seal(policy, &self.tags, &poster(), [3; 32], [4; 32], DEFAULT_BUDGET, &mut self.rng).unwrap().0
    }
}

/// What the guesser looks at: the bytes, and the difference of every leaf from the one before.
fn evidence(vault: &Vault) -> Vec<u8> {
    let mut bytes = vault.encode();
    let masked = bytes.len() - 20 * vault.tree().leaves().len();
    let differences: Vec<u8> =
        bytes[masked..].iter().zip(&bytes[masked + 20..]).map(|(a, b)| a ^ b).collect();
    bytes.extend(differences);
    bytes
}

/// How many of the trials the guesser gets right.
fn hits(sealer: &mut Sealer, evidence: impl Fn(usize, &Vault) -> Vec<u8>) -> usize {
    guesser::hits(sealer.policies.len(), sealer.seed, |which| evidence(which, &sealer.seal(which)))
}

fn thresholds() -> Vec<String> {
    [8, 12, 16, 24, 48, 80].iter().map(|threshold| format!("vram >= {threshold}")).collect()
}

#[test]
fn public_bytes_do_not_tell_the_threshold() {
    let mut sealer = Sealer::new(&Committee::new(2, 2), &thresholds(), 1);
    assert_is_chance(hits(&mut sealer, |_, vault| evidence(vault)), 6);
}

#[test]
fn public_bytes_do_not_tell_the_region() {
    let regions = ["eu", "ch", "uk", "us", "cn", "hk", "jp", "sg"];
    let texts: Vec<_> = regions.iter().map(|region| format!("region = {region}")).collect();
    let mut sealer = Sealer::new(&Committee::new(2, 2), &texts, 2);
    assert_is_chance(hits(&mut sealer, |_, vault| evidence(vault)), 8);
}

#[test]
fn public_bytes_do_not_tell_which_or_how_many_certifications() {
    let policies = ["gdpr", "hipaa", "iso27001", "gdpr or hipaa", "any 1 of (gdpr, hipaa, iso27001)"];
    let mut sealer = Sealer::new(&Committee::new(2, 2), &policies.map(str::to_owned), 3);
    assert_is_chance(hits(&mut sealer, |_, vault| evidence(vault)), 5);
}

/// A committee that knows vectors of 256 bits.
fn of_vectors() -> Committee {
    Committee::of(Schema::new(vec![Attribute::Vector { name: "profile".to_owned() }]).unwrap(), 2, 2)
}

fn within(vector: &[u8; 32]) -> String {
    format!("profile within 25 of {}", Vector::from_bytes(*vector))
}

#[test]
fn public_bytes_do_not_tell_a_bit_of_a_vector() {
    let (mut one_bit, mut every_bit) = ([0x5a; 32], [0xa5; 32]);
    one_bit[0] ^= 0x80;
    every_bit[31] ^= 1;
    for (other, seed) in [(one_bit, 5), (every_bit, 6)] {
        let mut sealer = Sealer::new(&of_vectors(), &[within(&[0x5a; 32]), within(&other)], seed);
        assert_is_chance(hits(&mut sealer, |_, vault| evidence(vault)), 2);
    }
}

/// a * b in the field of AES.
fn times(mut a: u8, b: u8) -> u8 {
    let mut product = 0;
    for bit in 0..8 {
        product ^= a * (b >> bit & 1);
        a = (a << 1) ^ (0x1b * (a >> 7));
    }
    product
}

/// What the masks of a vault of 64 leaves are bound to.
fn head_of(bytes: &[u8]) -> Vec<u8> {
    let (terms, rest) = bytes.split_at(bytes.len() - 20 * 64 - 16 - 32);
    let poster = sealed::poster(["bithive-1", "bithive1jobs", "bithive1requester"]);
    head(&poster, rest[..32].try_into().unwrap(), terms).to_vec()
}

/// What the tag of leaf 0 gives away: its share, and since checks lie on a line through zero, the check of every
/// other leaf, and with it 8 bytes of its mask.
fn masks_of_others(vault: &Vault, tag: &[u8]) -> Vec<u8> {
    let bytes = vault.encode();
    let shares: Vec<_> = bytes[bytes.len() - 20 * 64..].chunks(20).collect();
    let mask = mask(tag.try_into().unwrap(), &head_of(&bytes), 0);
    // The child's number, from 1, is its x-coordinate: the line rises by the first check.
    let slope: Vec<u8> = shares[0].iter().zip(mask).take(8).map(|(masked, mask)| masked ^ mask).collect();
    let of_leaf = |(leaf, share): (usize, &&[u8])| {
        let x = leaf as u8 + 1;
        share.iter().zip(slope.clone()).map(|(masked, slope)| masked ^ times(slope, x)).collect::<Vec<_>>()
    };
    shares.iter().enumerate().flat_map(of_leaf).collect()
}

#[test]
fn whoever_lacks_one_sample_does_not_learn_a_bit_of_the_others() {
    let committee = of_vectors();
    // The other vector has the bits of the first sample, and none of the others.
    let vector = [0x5a; 32];
    let mut other = vector.map(|byte: u8| !byte);
    for place in sample_positions(&committee.schema.digest(), SlotId(0)) {
        other[usize::from(place / 8)] ^= 0x80 >> (place % 8);
    }
    let mut sealer = Sealer::new(&committee, &[within(&vector), within(&other)], 7);
    let [first, second] = [0, 1].map(|which| sealer.policies[which].inputs());
    assert_eq!(first.iter().filter(|input| second.contains(input)).count(), 1);
    let own = committee.tags(&first[..1], 8);
    let tag = own.encode()[own.encode().len() - 32..].to_vec();
    for which in [0, 1] {
        let vault = sealer.seal(which);
        assert!(vault.open(&own, &poster()).unwrap().is_none());
        // That the mask is computed as the vault does shows where it is known: there its check is zero at x = 0.
        let all = committee.tags(&sealer.policies[which].inputs(), 9).encode().to_vec();
        let second_tag = &all[all.len() - 63 * 40 + 8..][..32];
        let mask = mask(second_tag.try_into().unwrap(), &head_of(&vault.encode()), 1);
        assert_eq!(masks_of_others(&vault, &tag)[8..16], mask[..8]);
    }
    let guess = |_, vault: &Vault| [evidence(vault), masks_of_others(vault, &tag)].concat();
    assert_is_chance(hits(&mut sealer, guess), 2);
}

#[test]
fn the_guesser_finds_a_slot_that_tells_the_threshold() {
    let mut sealer = Sealer::new(&Committee::new(2, 2), &thresholds(), 1);
    let with_slot = |which: usize, vault: &Vault| [&evidence(vault)[..], &[0, which as u8]].concat();
    assert!(hits(&mut sealer, with_slot) > TRIALS * 9 / 10);
}

#[test]
fn the_place_of_a_match_does_not_tell_how_many_values_are_named() {
    let committee = Committee::new(2, 2);
    let texts = ["region = eu", "region in (eu, ch)", "region in (us, jp, eu)", "region in (sg, cn, uk, eu)"];
    let mut sealer = Sealer::new(&committee, &texts.map(str::to_owned), 4);
    let own = committee.tags(attributes(8, "eu", &[]).inputs(), 5);
    for (which, text) in texts.iter().enumerate() {
        let mut places = [0_usize; 4];
        for _ in 0..TRIALS / 4 {
            let opened = sealer.seal(which).open(&own, &poster()).unwrap().unwrap();
            places[usize::from(opened.leaves[0].0)] += 1;
        }
        // 750 each with a standard deviation of 24.
        assert!(places.iter().all(|count| count.abs_diff(750) < 100), "{text}: {places:?}");
    }
}
