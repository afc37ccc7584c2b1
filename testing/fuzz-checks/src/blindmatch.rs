//! Blind matching: what members of the committee, contributors and requesters send each other, store, or read from
//! the chain.

use std::sync::LazyLock;

use bithive_blindmatch::DecodeError;
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::claim::{Claim, ClaimContext, RequesterKey};
use bithive_blindmatch::commitment::{CommittedAnswers, Disclosure};
use bithive_blindmatch::committee::{
    Commitments, CommitteeParams, Contribution, EpochKeys, MemberIndex, MemberSeeds, PartialTable,
    ShareKeyTable, Statement, Term, deal,
};
use bithive_blindmatch::oprf::{
    EvaluateRequest, EvaluateResponse, PendingEvaluation, Tags, blind, blind_committed,
};
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::quota::Quota;
use bithive_blindmatch::schema::{Input, Schema, SlotId};
use bithive_blindmatch::vault::{DEFAULT_BUDGET, MatchKey, Poster, Vault};
#[cfg(feature = "programs")]
use bithive_committee::ShareKeyRequest;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::memory::Budget;
use crate::policy::attributes;
use crate::{canonical, choose};

/// A vault that is as costly to open as one may be holds 2^18 candidates.
pub const BUDGET: Budget = Budget { fixed: 64 << 20, per_byte: 64 };

/// The epoch of everything that is fixed.
pub const EPOCH: u64 = 42;

/// Who has posted the fixture's vault.
fn poster() -> Poster {
    Poster::new("bithive-fuzz-1", "bithive1jobs", "bithive1requester")
}

/// A committee of two of three, and what it has answered; the same in every run.
pub struct Fixture {
    /// Size and threshold of the committee: two of three.
    pub params: CommitteeParams,
    /// Its members' seeds.
    pub seeds: Vec<MemberSeeds>,
    /// Member 1's keys of the epoch.
    pub keys: Vec<EpochKeys>,
    /// What each member publishes.
    pub partials: Vec<PartialTable>,
    /// What they committed to before.
    pub commitments: Commitments,
    /// The table that they merge.
    pub table: ShareKeyTable,
    /// What a contributor has.
    pub attributes: Attributes,
    /// The contributor's tags of [`EPOCH`].
    pub own: Tags,
    /// A requester's key.
    pub requester: RequesterKey,
    /// A vault that the contributor opens.
    pub vault: Vault,
    /// The key K_r in the vault.
    pub key: MatchKey,
    /// The job of claims.
    pub context: ClaimContext,
}

/// Account of the contributor.
const ACCOUNT: &str = "bithive1node";

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| Fixture::new().expect("a fixture of fixed seed"));

/// A generator of what is fixed.
pub fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(2)
}

impl Fixture {
    /// The fixture of this target's inputs.
    ///
    /// # Errors
    /// None for the fixed seed.
    pub fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let mut rng = rng();
        let schema = Schema::bithive();
        let slots = schema.slot_count();
        let params = CommitteeParams::new(3, 2)?;
        let seeds = deal(params, &mut rng);
        let keys = seeds.iter().map(|seeds| seeds.epoch_keys(EPOCH, slots)).collect::<Result<Vec<_>, _>>()?;
        let partials =
            seeds.iter().map(|seeds| seeds.partial_table(EPOCH, slots)).collect::<Result<Vec<_>, _>>()?;
        let commitments = Commitments::of_dealt(Term::new(EPOCH, 1, slots)?, &seeds)?;
        let table = ShareKeyTable::merge(&commitments, EPOCH, &partials)?.table;
        let attributes = attributes(24, "eu", &["gdpr", "hipaa"]);
        let tags = |inputs: &[Input], rng: &mut ChaCha20Rng| -> Result<Tags, Box<dyn std::error::Error>> {
            let pending = blind(schema.digest(), EPOCH, inputs, rng)?;
            let mut answers = Vec::new();
            for (member, keys) in params.all_members().zip(&keys).take(2) {
                answers.push((member, keys.evaluate(pending.request(), rng)?));
            }
            Ok(pending.finish(&table, &answers).map_err(|error| format!("{error:?}"))?.tags)
        };
        let own = tags(attributes.inputs(), &mut rng)?;
        let text = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";
        let policy = Policy::parse(text, &schema)?.compile(&schema)?;
        let asked = tags(&policy.inputs(), &mut rng)?;
        let requester = RequesterKey::generate(&mut rng);
        let (vault, key) =
            Vault::seal(&policy, &asked, &poster(), requester.public(), [3; 32], DEFAULT_BUDGET, &mut rng)?;
        let context = ClaimContext::new("bithive-fuzz-1", "bithive1jobs", 1)?;
        Ok(Self {
            params,
            seeds,
            keys,
            partials,
            commitments,
            table,
            attributes,
            own,
            requester,
            vault,
            key,
            context,
        })
    }

    /// A request for the contributor's attributes.
    pub fn pending(&self) -> PendingEvaluation {
        blind(self.attributes.schema_digest(), EPOCH, self.attributes.inputs(), &mut rng())
            .expect("the attributes' inputs")
    }

    /// The contributor's answers, with what opens the commitments to them.
    pub fn answers(&self) -> CommittedAnswers {
        self.attributes.commit(&[4; 32])
    }

    /// A request for the contributor's attributes, with the proof that they are those it has registered.
    pub fn proven(&self) -> PendingEvaluation {
        blind_committed(&self.answers(), ACCOUNT, EPOCH, self.attributes.inputs(), &mut rng())
            .expect("the attributes' inputs")
    }

    /// A claim of the contributor.
    pub fn claim(&self) -> Claim {
        Claim { address: "bithive1node".to_owned(), slot: 2, ask: 5_000_000, consent: [9; 96] }
    }

    /// The first member.
    pub fn member(&self) -> MemberIndex {
        self.params.member(1).expect("there are three")
    }
}

/// The first byte chooses the decoder.
pub fn check(input: &[u8]) {
    let fixture = &*FIXTURE;
    match choose(input, 15) {
        None => {}
        Some((0, bytes)) => vault(fixture, bytes),
        Some((1, bytes)) => request(fixture, bytes),
        Some((2, bytes)) => response(fixture, bytes),
        Some((3, bytes)) => tags(fixture, bytes),
        Some((4, bytes)) => seeds(bytes),
        Some((5, bytes)) => drop(canonical(bytes, Contribution::decode, |value| value.encode().to_vec())),
        Some((6, bytes)) => partial_table(fixture, bytes),
        Some((7, bytes)) => table(bytes),
        Some((8, bytes)) => quota(bytes),
        Some((9, bytes)) => claim(fixture, bytes),
        Some((10, bytes)) => requester_key(bytes),
        Some((11, bytes)) => statement(fixture, bytes),
        Some((12, bytes)) => drop(canonical(bytes, Commitments::decode, Commitments::encode)),
        #[cfg(feature = "programs")]
        Some((13, bytes)) => {
            canonical(bytes, ShareKeyRequest::decode, |request| request.encode().to_vec());
        }
        #[cfg(not(feature = "programs"))]
        Some((13, _)) => {}
        Some((_, bytes)) => disclosure(bytes),
    }
}

fn vault(fixture: &Fixture, bytes: &[u8]) {
    let Some(vault) = canonical(bytes, Vault::decode, Vault::encode) else { return };
    let leaves = vault.tree().leaves().len();
    if let Ok(Some(opened)) = vault.open(&fixture.own, &poster()) {
        assert!(opened.leaves.iter().all(|(leaf, _)| usize::from(*leaf) < leaves));
        // What opens under a digest is that vault: its key and endpoint are bound to it.
        assert_eq!(opened.key == fixture.key, vault == fixture.vault, "a key belongs to one vault");
    }
}

fn request(fixture: &Fixture, bytes: &[u8]) {
    let Some(request) = canonical(bytes, EvaluateRequest::decode, EvaluateRequest::encode) else { return };
    let (schema, own) = (fixture.attributes.schema_digest(), fixture.answers());
    // Who has not the openings makes no other proof that holds.
    let proven = request.check_answers(schema, ACCOUNT, &own.commitments().digest()).is_ok();
    assert!(!proven || request == *fixture.proven().request(), "a proof belongs to its request");
    let Some(keys) = fixture.keys.first() else { return };
    let Ok(answer) = keys.evaluate(&request, &mut rng()) else { return };
    assert_eq!(EvaluateResponse::decode(&answer.encode()).as_ref(), Ok(&answer), "an answer reads back");
}

fn disclosure(bytes: &[u8]) {
    let decode = |bytes: &[u8]| Disclosure::decode(bytes);
    let Some(disclosure) = canonical(bytes, decode, |disclosure| disclosure.encode().to_vec()) else {
        return;
    };
    let schema = Schema::bithive();
    let Ok(names) = disclosure.verify(&schema) else { return };
    let named =
        |input: &Input| schema.attribute_of(input.slot).is_some_and(|of| names.iter().any(|name| name == of));
    assert!(disclosure.answers().all(named), "every answer is of a named attribute");
}

/// An answer of member 1 beside a true one of member 2.
fn response(fixture: &Fixture, bytes: &[u8]) {
    let Some(response) = canonical(bytes, EvaluateResponse::decode, EvaluateResponse::encode) else { return };
    let (pending, Some(keys)) = (fixture.pending(), fixture.keys.get(1)) else { return };
    let second = fixture.params.member(2).expect("there are three");
    let truth = keys.evaluate(pending.request(), &mut rng()).expect("a request of this epoch");
    let Ok(evaluated) = pending.finish(&fixture.table, &[(fixture.member(), response), (second, truth)])
    else {
        return;
    };
    assert_eq!(evaluated.tags.encode(), fixture.own.encode(), "an answer with a proof is the right one");
}

fn tags(fixture: &Fixture, bytes: &[u8]) {
    let Some(tags) = canonical(bytes, Tags::decode, |tags| tags.encode().to_vec()) else { return };
    if let Ok(merged) = tags.clone().merge(&tags) {
        assert_eq!(merged.encode(), tags.encode(), "merging with oneself changes nothing");
    }
    // Foreign tags open nothing, and nothing panics.
    let _ = fixture.vault.open(&tags, &poster());
}

fn seeds(bytes: &[u8]) {
    let Some(seeds) = canonical(bytes, MemberSeeds::decode, |seeds| seeds.encode().to_vec()) else { return };
    let partial = seeds.partial_table(EPOCH, 1).expect("a slot");
    assert_eq!(PartialTable::decode(&partial.encode()), Ok(partial), "a table reads back");
    seeds.epoch_keys(EPOCH, 1).expect("a slot");
}

/// A table of member 1 beside the true ones of the others. One in another member's name goes no further: a receiver
/// compares the name with the authenticated sender.
fn partial_table(fixture: &Fixture, bytes: &[u8]) {
    let Some(partial) = canonical(bytes, PartialTable::decode, PartialTable::encode) else { return };
    if partial.member() != fixture.member() {
        return;
    }
    let partials = [&[partial], fixture.partials.get(1..).unwrap_or_default()].concat();
    let merged = ShareKeyTable::merge(&fixture.commitments, EPOCH, &partials).expect("two honest members");
    assert_eq!(merged.table, fixture.table, "one member can't change what all committed to");
    let honest = partials.first() == fixture.partials.first();
    assert_eq!(merged.faults.is_empty(), honest, "who sends something else is named");
}

/// A statement of member 1 beside the true ones of the others.
fn statement(fixture: &Fixture, bytes: &[u8]) {
    let Some(statement) = canonical(bytes, Statement::decode, Statement::encode) else { return };
    let term = fixture.commitments.term();
    let others = fixture.seeds.iter().skip(1).map(|seeds| seeds.statement(term));
    let statements: Vec<_> = core::iter::once(statement).chain(others).collect();
    if let Ok(agreed) = Commitments::agree(fixture.params, term, &statements) {
        assert_eq!(agreed.encode(), fixture.commitments.encode(), "honest members say the same");
    }
}

fn table(bytes: &[u8]) {
    let decode = |bytes: &[u8]| ShareKeyTable::decode(bytes);
    let Some(table) = canonical(bytes, decode, |table| table.encode().to_vec()) else { return };
    for member in table.params().all_members() {
        assert!(table.share_key(member, SlotId(table.slots() - 1)).is_some());
        assert!(table.share_key(member, SlotId(table.slots())).is_none());
    }
}

fn quota(bytes: &[u8]) {
    let Some(mut quota) = canonical(bytes, Quota::decode, Quota::encode) else { return };
    let slot = SlotId(1);
    let before = quota.used("someone", slot, EPOCH);
    let charged = quota.check_and_record("someone", slot, EPOCH, 4).is_ok();
    assert_eq!(quota.used("someone", slot, EPOCH), before + u16::from(charged));
    assert!(!charged || before < 4, "no more than the limit");
    quota.prune_before(EPOCH + 1);
    assert_eq!(Quota::decode(&quota.encode()).as_ref(), Ok(&quota), "a ledger reads back");
}

fn claim(fixture: &Fixture, bytes: &[u8]) {
    if let Ok(claim) = fixture.requester.open(&fixture.context, &fixture.key, bytes) {
        assert_eq!(claim, fixture.claim(), "only the one who holds the key seals claims");
    }
}

/// X25519 ignores some bits of a private key, so bytes are compared after one round.
fn requester_key(bytes: &[u8]) {
    let Ok(key) = RequesterKey::decode(bytes) else { return };
    let written = key.encode();
    let again: Result<RequesterKey, DecodeError> = RequesterKey::decode(&written);
    let again = again.expect("a key reads back");
    assert_eq!((again.encode(), again.public()), (written, key.public()));
}
