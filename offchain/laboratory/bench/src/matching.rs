//! Blind matching, beside pairwise Diffie-Hellman set intersection of exact attributes.
//!
//! The peer finds which attributes both sides name, and tells the requester; it evaluates no threshold and hides
//! no gate. It needs no committee either: what a tag costs a member is a figure of its own.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use bithive_blindmatch::attributes::{AttributeValue, Attributes};
use bithive_blindmatch::committee::{
    Commitments, CommitteeParams, EpochKeys, MemberIndex, ShareKeyTable, Term, deal,
};
use bithive_blindmatch::oprf::{EvaluateRequest, Tags, blind, blind_committed};
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::{Input, Schema};
use bithive_blindmatch::vault::{DEFAULT_BUDGET, Poster, Vault};
use curve25519_dalek::Scalar;
use rand_chacha::ChaCha20Rng;

use crate::figure::Sheet;
use crate::peers::{psi_blind, psi_raise, psi_session};
use crate::primitives::Costs;

pub(crate) const EPOCH: u64 = 1;
pub(crate) const POLICY: &str = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";
pub(crate) const PEER: &str = "pairwise DDH-PSI, both sides";

pub(crate) const MASKS: &str = "a block of SHA-256 a leaf";
/// Bytes of a vault that no encoding saves, besides the leaves: nonce, two keys, digest of the schema, commitment, MAC.
const VAULT_BYTES: usize = 16 + 32 + 32 + 32 + 32 + 16;
/// A masked share.
const LEAF_BYTES: usize = 20;

/// The masks of a vault's leaves.
pub(crate) fn masks(vault: &Vault, costs: &Costs) -> f64 {
    vault.tree().leaves().len() as f64 * costs.sha256_block
}

/// Two of three members and the schema that they serve.
pub(crate) struct Committee {
    pub(crate) schema: Schema,
    keys: Vec<(MemberIndex, EpochKeys)>,
    table: ShareKeyTable,
}

impl Committee {
    pub(crate) fn new(schema: Schema, rng: &mut ChaCha20Rng) -> Result<Self> {
        let (params, slots) = (CommitteeParams::new(3, 2)?, schema.slot_count());
        let (mut keys, mut partials) = (Vec::new(), Vec::new());
        let seeds = deal(params, rng);
        let commitments = Commitments::of_dealt(Term::new(EPOCH, 1, slots)?, &seeds)?;
        for seeds in seeds {
            keys.push((seeds.member(), seeds.epoch_keys(EPOCH, slots)?));
            partials.push(seeds.partial_table(EPOCH, slots)?);
        }
        let table = ShareKeyTable::merge(&commitments, EPOCH, &partials)?.table;
        Ok(Self { schema, keys, table })
    }

    pub(crate) fn tags(&self, inputs: &[Input], rng: &mut ChaCha20Rng) -> Result<Tags> {
        let pending = blind(self.schema.digest(), EPOCH, inputs, rng)?;
        let mut answers = Vec::new();
        for (member, keys) in &self.keys {
            answers.push((*member, keys.evaluate(pending.request(), rng)?));
        }
        Ok(pending.finish(&self.table, &answers)?.tags)
    }
}

impl Committee {
    /// The share key table that the members have posted.
    pub(crate) fn table(&self) -> &ShareKeyTable {
        &self.table
    }

    /// What each member answers to an encoded request.
    pub(crate) fn answers(&self, request: &[u8], rng: &mut ChaCha20Rng) -> Result<Vec<Vec<u8>>> {
        let request = EvaluateRequest::decode(request)?;
        self.keys.iter().map(|(_, keys)| Ok(keys.evaluate(&request, rng)?.encode())).collect()
    }
}

/// Account of the contributor.
pub(crate) const ACCOUNT: &str = "bithive1node";

/// Who posts the vaults that are measured.
pub(crate) fn poster() -> Poster {
    Poster::new("bithive-bench-1", "bithive1jobs", "bithive1requester")
}

/// Attributes that satisfy [`POLICY`].
fn attributes(schema: &Schema) -> Result<Attributes> {
    let members = BTreeSet::from(["hipaa".to_owned(), "gdpr".to_owned()]);
    let values = BTreeMap::from([
        ("vram".to_owned(), AttributeValue::Number(24)),
        ("region".to_owned(), AttributeValue::Category("ch".to_owned())),
        ("certifications".to_owned(), AttributeValue::Members(members)),
    ]);
    Ok(Attributes::new(schema, values)?)
}

/// The figures of the example policy, and what tags cost.
pub(crate) fn measure(costs: &Costs, sheet: &mut Sheet<'_>, rng: &mut ChaCha20Rng) -> Result<()> {
    sheet.announce("preparing blind matching");
    let committee = Committee::new(Schema::bithive(), rng)?;
    let schema = &committee.schema;
    let own = attributes(schema)?;
    evaluations(&committee, &own, costs, sheet, rng)?;

    let policy = Policy::parse(POLICY, schema)?.compile(schema)?;
    let (asked, tags) = (policy.inputs(), committee.tags(own.inputs(), rng)?);
    let (vault, _) = Vault::seal(
        &policy,
        &committee.tags(&asked, rng)?,
        &poster(),
        [1; 32],
        [2; 32],
        DEFAULT_BUDGET,
        rng,
    )?;
    ensure!(
        vault.open(&tags, &poster())?.is_some(),
        "a vault does not open for a contributor that satisfies it"
    );

    let (timer, secret) = (sheet.timer, Scalar::random(rng));
    sheet.announce("test one vault");
    let open = timer.time(|| (), |()| Ok(vault.open(&tags, &poster())?.is_some()))?;
    let session =
        timer.time(|| (), |()| psi_session(&psi_blind(&asked, &secret), &secret, own.inputs(), rng))?;
    sheet.note("test one vault of the example policy".to_owned(), 1, "µs", PEER, [open, session]);
    sheet.limit(MASKS, masks(&vault, costs));
    request("request of the example policy as a vault", &vault, &asked, own.inputs(), sheet, rng)
}

/// The bytes of a request, beside those of set intersection with one contributor.
pub(crate) fn request(
    name: &str,
    vault: &Vault,
    asked: &[Input],
    own: &[Input],
    sheet: &mut Sheet<'_>,
    rng: &mut ChaCha20Rng,
) -> Result<()> {
    // The requester's points, the contributor's points, and the requester's points raised by the contributor.
    let secret = Scalar::random(rng);
    let points = psi_blind(asked, &secret);
    let points = points.len() + psi_blind(own, &secret).len() + psi_raise(&points, &secret)?.len();
    let (leaves, bytes) = (vault.tree().leaves().len(), vault.encode().len());
    let bytes = [bytes as f64, (points * 32) as f64];
    sheet.note(name.to_owned(), leaves, "bytes", "pairwise DDH-PSI, one contributor", bytes);
    sheet.limit(
        "20 bytes a leaf, a nonce, two keys, the digest of the schema, a commitment, a MAC",
        (VAULT_BYTES + leaves * LEAF_BYTES) as f64,
    );
    Ok(())
}

/// What one member does for one attribute of a contributor, and what the contributor does before.
fn evaluations(
    committee: &Committee,
    own: &Attributes,
    costs: &Costs,
    sheet: &mut Sheet<'_>,
    rng: &mut ChaCha20Rng,
) -> Result<()> {
    let (schema, inputs) = (committee.schema.digest(), own.inputs());
    let pending = blind(schema, EPOCH, inputs, rng)?;
    let request = pending.request();
    let points: Vec<[u8; 32]> = request.points().iter().map(|(_, point)| *point).collect();
    let (_, keys) = committee.keys.first().context("a committee without members")?;
    let (timer, share, count) = (sheet.timer, Scalar::random(rng), points.len());
    let each = |cost: f64| cost / count as f64;
    sheet.announce("OPRF evaluation");
    let proven = timer.time(|| (), |()| Ok(keys.evaluate(request, rng)?))?;
    let plain = timer.time(|| (), |()| psi_raise(&points, &share))?;
    let name = format!("OPRF evaluations a second by one member, in requests of {count} points");
    sheet.note_rate(name, count, "the same without a proof", [proven, plain].map(each));
    // The share, and the commitment of the proof, to which every point contributes.
    sheet.limit("2 multiplications in ristretto255", 2.0 * costs.ristretto_multiplication);

    let blinded = timer.time(|| (), |()| Ok(blind(schema, EPOCH, inputs, rng)?))?;
    let first = timer.time(|| (), |()| Ok(psi_blind(inputs, &share)))?;
    let name = format!("blind one point, in requests of {count} points");
    sheet.note(name, count, "µs", "pairwise DDH-PSI, first message", [blinded, first].map(each));
    sheet.limit(
        "1 hash to ristretto255, 1 multiplication",
        costs.ristretto_hash + costs.ristretto_multiplication,
    );

    sheet.announce("proofs of registered answers");
    let committed = own.commit(&[7; 32]);
    let registered = committed.commitments().digest();
    let proof = blind_committed(&committed, ACCOUNT, EPOCH, inputs, rng)?;
    let made = timer.time(|| (), |()| Ok(blind_committed(&committed, ACCOUNT, EPOCH, inputs, rng)?))?;
    let checked = timer.time(|| (), |()| Ok(proof.request().check_answers(schema, ACCOUNT, &registered)?))?;
    let name = format!("blind and prove {count} registered answers");
    sheet.note(name, count, "µs", "the same without a proof", [made, blinded]);
    let each = costs.ristretto_hash + 3.0 * costs.ristretto_multiplication;
    sheet.limit("1 hash to ristretto255 and 3 multiplications a point", each * count as f64);
    let name = format!("check that {count} points are of registered answers");
    sheet.note(name, count, "µs", "a member's evaluation of them", [checked, proven]);
    sheet.limit(
        "3 multiplications in ristretto255 a point",
        3.0 * count as f64 * costs.ristretto_multiplication,
    );
    let [with, without] = [proof.request(), request].map(|request| request.encode().len() as f64);
    let name = format!("request for {count} registered answers");
    sheet.note(name, count, "bytes", "the same without a proof", [with, without]);
    sheet.limit(PROVEN, proven_bytes(count));
    let name = format!("proof of {count} registered answers");
    sheet.note(name, count, "bytes", "what it is a proof for", [with - without, without]);
    sheet.limit("a commitment and two scalars for each answer, a challenge", (count * (32 + 64) + 32) as f64);
    Ok(())
}

/// What a contributor's request can't do without.
pub(crate) const PROVEN: &str =
    "a slot and a point, a commitment and two scalars for each answer, a challenge";

/// Bytes of [`PROVEN`].
pub(crate) fn proven_bytes(answers: usize) -> f64 {
    (answers * (2 + 32 + 32 + 64) + 32) as f64
}
