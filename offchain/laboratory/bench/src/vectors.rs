//! Vaults of 2 of 64 leaves, at which vectors are matched: one and many, by one contributor and by a crowd.
//!
//! Every contributor and every vault has tags of its own, so that nothing stays in a cache that would not in
//! production. One contributor's come from a committee and open a vault; the others' are random bytes, which is what
//! tags look like to whoever sealed with others, and would take a committee minutes for a crowd.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use bithive_blindmatch::attributes::{AttributeValue, Attributes};
use bithive_blindmatch::oprf::{Tags, blind, blind_committed};
use bithive_blindmatch::policy::{CompiledPolicy, Policy};
use bithive_blindmatch::schema::{Attribute, Input, Schema};
use bithive_blindmatch::vault::{DEFAULT_BUDGET, Opener, Vault};
use bithive_blindmatch::vector::{SAMPLES, Vector};
use curve25519_dalek::Scalar;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use crate::figure::Sheet;
use crate::matching::{ACCOUNT, Committee, EPOCH, MASKS, PEER, PROVEN, masks, poster, proven_bytes, request};
use crate::peers::{psi_blind, psi_session};
use crate::primitives::Costs;

/// Vaults that one contributor tests, all different.
const VAULTS: usize = 1_000;
/// Cores for the crowd.
const THREADS: usize = 2;

/// All figures, the crowd's for this many contributors.
pub(crate) fn measure(
    contributors: usize,
    costs: &Costs,
    sheet: &mut Sheet<'_>,
    rng: &mut ChaCha20Rng,
) -> Result<()> {
    sheet.announce("preparing vaults of 2 of 64");
    let committee =
        Committee::new(Schema::new(vec![Attribute::Vector { name: "profile".to_owned() }])?, rng)?;
    let schema = &committee.schema;
    let mut near = [0; 32];
    near[..3].fill(255);
    let own = attributes(schema, near)?;
    let wanted = Vector::from_bytes([0; 32]);
    let policy = Policy::parse(&format!("profile within 25 of {wanted}"), schema)?.compile(schema)?;
    let (asked, tags) = (policy.inputs(), committee.tags(own.inputs(), rng)?);
    let vault = seal(&policy, &committee.tags(&asked, rng)?, rng)?;
    ensure!(vault.open(&tags, &poster())?.is_some(), "a vault does not open for a vector that is near");

    let (timer, secret) = (sheet.timer, Scalar::random(rng));
    sheet.announce("test one vault of 2 of 64");
    let open = timer.time(|| (), |()| Ok(vault.open(&tags, &poster())?.is_some()))?;
    let session =
        timer.time(|| (), |()| psi_session(&psi_blind(&asked, &secret), &secret, own.inputs(), rng))?;
    sheet.note("test one vault of 2 of 64".to_owned(), SAMPLES, "µs", PEER, [open, session]);
    sheet.limit(MASKS, masks(&vault, costs));

    let mut vaults = vec![vault.clone()];
    for _ in 1..VAULTS {
        vaults.push(seal(&policy, &random_tags(schema, &asked, rng)?, rng)?);
    }
    let opener = Opener::new(&tags)?;
    let all = timer.time(
        || (),
        |()| exactly_one(opener.open_many(vaults.iter().map(|vault| (vault, poster()))).count()),
    )?;
    let name = "vaults of 2 of 64 tested a second by one core".to_owned();
    sheet.note_rate(name, VAULTS, PEER, [all / VAULTS as f64, session]);
    sheet.limit(MASKS, masks(&vault, costs));

    crowd(Crowd::new(contributors, tags, schema, rng)?, &vault, &asked, costs, sheet)?;
    request("request of 64 leaves as a vault", &vault, &asked, own.inputs(), sheet, rng)?;
    evaluations(&policy, &own, sheet, rng)
}

/// The bytes that each side sends to a member for 64 slots, as they are encoded.
fn evaluations(
    policy: &CompiledPolicy,
    own: &Attributes,
    sheet: &mut Sheet<'_>,
    rng: &mut ChaCha20Rng,
) -> Result<()> {
    let asked = policy.evaluations();
    let points = psi_blind(&asked, &Scalar::random(rng)).len() * 32;
    let requester = blind(policy.schema_digest(), EPOCH, &asked, rng)?.request().encode().len() as f64;
    let name = format!("OPRF request of a requester for {} leaves", asked.len());
    sheet.note(name, asked.len(), "bytes", "pairwise DDH-PSI, first message", [requester, points as f64]);
    sheet.limit("a slot and a point for each leaf", (asked.len() * (2 + 32)) as f64);

    let answers = own.inputs();
    let plain = blind(policy.schema_digest(), EPOCH, answers, rng)?.request().encode().len() as f64;
    let node = blind_committed(&own.commit(&[7; 32]), ACCOUNT, EPOCH, answers, rng)?;
    let name = format!("OPRF request of a node for {} slots, with proofs", answers.len());
    let bytes = [node.request().encode().len() as f64, plain];
    sheet.note(name, answers.len(), "bytes", "the same without a proof", bytes);
    sheet.limit(PROVEN, proven_bytes(answers.len()));
    Ok(())
}

/// Contributors by their tags; the first one's open the vault.
struct Crowd(Vec<Tags>);

impl Crowd {
    fn new(contributors: usize, first: Tags, schema: &Schema, rng: &mut ChaCha20Rng) -> Result<Self> {
        let mut all = vec![first];
        for _ in 1..contributors {
            let mut vector = [0; 32];
            rng.fill_bytes(&mut vector);
            all.push(random_tags(schema, attributes(schema, vector)?.inputs(), rng)?);
        }
        Ok(Self(all))
    }
}

/// Everybody tries one vault.
fn crowd(
    Crowd(crowd): Crowd,
    vault: &Vault,
    asked: &[Input],
    costs: &Costs,
    sheet: &mut Sheet<'_>,
) -> Result<()> {
    let (timer, contributors) = (sheet.timer, crowd.len());
    sheet.announce(&format!("{contributors} contributors, one request"));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build()?;
    let open = |own: &Tags| Ok(usize::from(vault.open(own, &poster())?.is_some()));
    let open_all = timer
        .time(|| (), |()| exactly_one(pool.install(|| crowd.par_iter().map(open).sum::<Result<usize>>())?))?;
    sheet.announce(&format!("{contributors} contributors, pairwise set intersection"));
    let all_sessions = timer.time(
        || (),
        |()| {
            // The requester's own part is done once for all.
            let mut rng = ChaCha20Rng::seed_from_u64(crate::seed::SEED);
            let secret = Scalar::random(&mut rng);
            let request = psi_blind(asked, &secret);
            let session = |(number, own): (usize, &Tags)| {
                let inputs: Vec<Input> = own.inputs().cloned().collect();
                psi_session(&request, &secret, &inputs, &mut ChaCha20Rng::seed_from_u64(number as u64))
            };
            pool.install(|| crowd.par_iter().enumerate().map(session).sum::<Result<usize>>())
        },
    )?;
    let name = format!("{contributors} contributors test one vault of 2 of 64, {THREADS} threads");
    sheet.note(name, contributors, "µs", PEER, [open_all, all_sessions]);
    sheet.limit(
        "a block of SHA-256 a leaf, on 2 cores",
        contributors as f64 * masks(vault, costs) / THREADS as f64,
    );
    Ok(())
}

fn attributes(schema: &Schema, vector: [u8; 32]) -> Result<Attributes> {
    let vector = AttributeValue::Vector(Vector::from_bytes(vector));
    Ok(Attributes::new(schema, BTreeMap::from([("profile".to_owned(), vector)]))?)
}

fn seal(policy: &CompiledPolicy, tags: &Tags, rng: &mut ChaCha20Rng) -> Result<Vault> {
    Ok(Vault::seal(policy, tags, &poster(), [1; 32], [2; 32], DEFAULT_BUDGET, rng)?.0)
}

/// Tags that no committee gave, through the encoding in which a contributor keeps its own.
fn random_tags(schema: &Schema, inputs: &[Input], rng: &mut ChaCha20Rng) -> Result<Tags> {
    // Version, digest of the schema, epoch, number of tags.
    let mut bytes = vec![2];
    bytes.extend_from_slice(&schema.digest());
    bytes.extend_from_slice(&EPOCH.to_be_bytes());
    bytes.extend_from_slice(&u16::try_from(inputs.len())?.to_be_bytes());
    for input in inputs {
        let mut tag = [0; 32];
        rng.fill_bytes(&mut tag);
        bytes.extend_from_slice(&input.slot.0.to_be_bytes());
        bytes.push(u8::try_from(input.value.len())?);
        bytes.extend_from_slice(input.value.as_bytes());
        bytes.extend_from_slice(&tag);
    }
    Ok(Tags::decode(&bytes)?)
}

/// What opens is what the tags were made for.
fn exactly_one(opened: usize) -> Result<usize> {
    ensure!(opened == 1, "{opened} of the tests opened, expected 1");
    Ok(opened)
}
