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
use bithive_blindmatch::oprf::{Tags, blind};
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::{Attribute, Input, Schema};
use bithive_blindmatch::vault::{DEFAULT_BUDGET, Vault};
use bithive_blindmatch::vector::Vector;
use curve25519_dalek::Scalar;
use rand_chacha::ChaCha20Rng;

use crate::Sheet;
use crate::peers::{psi_blind, psi_raise, psi_session};
use crate::primitives::Costs;

const EPOCH: u64 = 1;
const POLICY: &str = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";
/// Machines that differ; contributors beyond are equal to one of them, as machines of one kind are.
const KINDS: usize = 24;
const PEER: &str = "pairwise DDH-PSI, both sides";

const MASKS: &str = "a block of SHA-256 a leaf";

/// The masks of a vault's leaves.
fn masks(vault: &Vault, costs: &Costs) -> f64 {
    vault.tree().leaves().len() as f64 * costs.sha256_block
}

/// Two of three members and the schema that they serve.
struct Committee {
    schema: Schema,
    keys: Vec<(MemberIndex, EpochKeys)>,
    table: ShareKeyTable,
}

impl Committee {
    fn new(schema: Schema, rng: &mut ChaCha20Rng) -> Result<Self> {
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

    fn tags(&self, inputs: &[Input], rng: &mut ChaCha20Rng) -> Result<Tags> {
        let pending = blind(self.schema.digest(), EPOCH, inputs, rng)?;
        let mut answers = Vec::new();
        for (member, keys) in &self.keys {
            answers.push((*member, keys.evaluate(pending.request(), rng)?));
        }
        Ok(pending.finish(&self.table, &answers)?.tags)
    }
}

/// A machine's attributes. Number 0 satisfies [`POLICY`], most others do not.
fn attributes(schema: &Schema, kind: usize) -> Result<Attributes> {
    let pick =
        |list: &[&str], at: usize| list.get(at % list.len()).map_or_else(String::new, |s| (*s).to_owned());
    let vram = [24, 8, 48, 4, 16, 80, 12].get(kind % 7).copied().unwrap_or(24);
    let region = pick(&["eu", "us", "ch", "uk", "cn", "jp", "hk", "sg"], kind / 2);
    let members: BTreeSet<String> =
        (0..2).map(|i| pick(&["iso27001", "hipaa", "gdpr"], kind * i + i)).collect();
    let values = BTreeMap::from([
        ("vram".to_owned(), AttributeValue::Number(vram)),
        ("region".to_owned(), AttributeValue::Category(region)),
        ("certifications".to_owned(), AttributeValue::Members(members)),
    ]);
    Ok(Attributes::new(schema, values)?)
}

/// All figures of blind matching, the last for this many contributors.
pub(crate) fn measure(
    contributors: usize,
    costs: &Costs,
    sheet: &mut Sheet<'_>,
    rng: &mut ChaCha20Rng,
) -> Result<()> {
    sheet.announce("preparing blind matching");
    let committee = Committee::new(Schema::bithive(), rng)?;
    let schema = &committee.schema;
    evaluations(&committee, costs, sheet, rng)?;

    let policy = Policy::parse(POLICY, schema)?.compile(schema)?;
    let asked = policy.inputs();
    let tags = committee.tags(&asked, rng)?;
    let (vault, _) = Vault::seal(&policy, &tags, [1; 32], [2; 32], DEFAULT_BUDGET, rng)?;
    let mut machines = Vec::with_capacity(KINDS);
    for kind in 0..KINDS {
        let inputs = attributes(schema, kind)?.inputs().to_vec();
        machines.push((committee.tags(&inputs, rng)?, inputs));
    }
    let (matching, own) = machines.first().context("no contributor")?;
    ensure!(vault.open(matching)?.is_some(), "a vault stays shut for a contributor that satisfies it");

    let (timer, secret) = (sheet.timer, Scalar::random(rng));
    sheet.announce("test one vault");
    let open = timer.time(|| (), |()| Ok(vault.open(matching)?.is_some()))?;
    let session = timer.time(|| (), |()| psi_session(&psi_blind(&asked, &secret), &secret, own, rng))?;
    sheet.note("test one vault, tags at hand".to_owned(), 1, "µs", PEER, [open, session]);
    sheet.limit(MASKS, masks(&vault, costs));

    vectors(costs, sheet, rng)?;

    sheet.announce(&format!("{contributors} contributors, one request"));
    let crowd = || machines.iter().cycle().take(contributors);
    let open_all = timer.time(
        || (),
        |()| crowd().try_fold(0, |found, (tags, _)| Ok(found + usize::from(vault.open(tags)?.is_some()))),
    )?;
    let all_sessions = timer.time(
        || (),
        |()| {
            // The requester's own part is done once for all.
            let request = psi_blind(&asked, &secret);
            crowd().try_fold(0, |found, (_, own)| Ok(found + psi_session(&request, &secret, own, rng)?))
        },
    )?;
    let name = format!("{contributors} contributors test one vault, tags at hand");
    sheet.note(name, contributors, "µs", PEER, [open_all, all_sessions]);
    sheet.limit(MASKS, contributors as f64 * masks(&vault, costs));

    // The requester's points, the contributor's points, and the requester's points raised by the contributor.
    let request = psi_blind(&asked, &secret);
    let points = request.len() + psi_blind(own, &secret).len() + psi_raise(&request, &secret)?.len();
    let bytes = [vault.encode().len() as f64, (points * 32) as f64];
    sheet.note("request as a vault".to_owned(), 1, "bytes", "pairwise DDH-PSI, one contributor", bytes);
    Ok(())
}

/// A vault of 2 of 64 leaves, tried by a contributor that opens it: a vector near another, of which the peer intersects
/// all 64 samples.
fn vectors(costs: &Costs, sheet: &mut Sheet<'_>, rng: &mut ChaCha20Rng) -> Result<()> {
    sheet.announce("test one vault, 2 of 64");
    let committee =
        Committee::new(Schema::new(vec![Attribute::Vector { name: "profile".to_owned() }])?, rng)?;
    let schema = &committee.schema;
    let (mut near, wanted) = ([0; 32], Vector::from_bytes([0; 32]));
    near[..3].fill(255);
    let policy = Policy::parse(&format!("profile within 25 of {wanted}"), schema)?.compile(schema)?;
    let values = BTreeMap::from([("profile".to_owned(), AttributeValue::Vector(Vector::from_bytes(near)))]);
    let own = Attributes::new(schema, values)?;
    let (asked, tags) = (policy.inputs(), committee.tags(own.inputs(), rng)?);
    let (vault, _) =
        Vault::seal(&policy, &committee.tags(&asked, rng)?, [1; 32], [2; 32], DEFAULT_BUDGET, rng)?;
    ensure!(vault.open(&tags)?.is_some(), "a vault stays shut for a vector that is near");
    let (timer, secret) = (sheet.timer, Scalar::random(rng));
    let open = timer.time(|| (), |()| Ok(vault.open(&tags)?.is_some()))?;
    let session =
        timer.time(|| (), |()| psi_session(&psi_blind(&asked, &secret), &secret, own.inputs(), rng))?;
    sheet.note("test one vault of 2 of 64, tags at hand".to_owned(), 64, "µs", PEER, [open, session]);
    sheet.limit(MASKS, masks(&vault, costs));
    Ok(())
}

/// What one member does for one attribute of a contributor.
fn evaluations(
    committee: &Committee,
    costs: &Costs,
    sheet: &mut Sheet<'_>,
    rng: &mut ChaCha20Rng,
) -> Result<()> {
    let own = attributes(&committee.schema, 0)?;
    let pending = blind(committee.schema.digest(), EPOCH, own.inputs(), rng)?;
    let request = pending.request();
    let points: Vec<[u8; 32]> = request.points().iter().map(|(_, point)| *point).collect();
    let (_, keys) = committee.keys.first().context("a committee without members")?;
    let (timer, share) = (sheet.timer, Scalar::random(rng));
    sheet.announce("OPRF evaluation");
    let proven = timer.time(|| (), |()| Ok(keys.evaluate(request, rng)?))?;
    let plain = timer.time(|| (), |()| psi_raise(&points, &share))?;
    let count = points.len();
    let name = format!("OPRF evaluation by one member, in requests of {count} points");
    let each = [proven / count as f64, plain / count as f64];
    sheet.note(name, count, "µs", "the same without a proof", each);
    // The share, and the commitment of the proof, to which every point contributes.
    sheet.limit("2 multiplications in ristretto255", 2.0 * costs.ristretto_multiplication);
    Ok(())
}
