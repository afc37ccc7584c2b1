//! One match with two contributors, and what everybody sees of it.

use std::collections::BTreeMap;

use bithive_blindmatch::{
    attributes::{AttributeValue, Attributes},
    claim::{Claim, ClaimContext, RequesterKey},
    committee::{Commitments, CommitteeParams, EpochKeys, MemberSeeds, ShareKeyTable, Term, deal},
    oprf::{EvaluateResponse, Tags, blind},
    policy::{CompiledPolicy, Policy},
    schema::{Attribute, Input, Schema, YES},
    vault::{DEFAULT_BUDGET, MatchKey, Vault},
};
use rand_chacha::ChaCha20Rng;

use crate::common::{EPOCH, poster, rng};

pub(crate) const THRESHOLDS: [u64; 3] = [16_180_339_887_498, 27_182_818_284_590, 31_415_926_535_897];
pub(crate) const REGIONS: [&str; 4] =
    ["regionkx7q2v9wzt", "regionmb4h6j1ydf", "regionpc5n8s3ugr", "regionzl0e2a7okx"];
pub(crate) const BADGES: [&str; 3] = ["badgetv3r8k1pqd", "badgehw6y5m9ncj", "badgefs2g4b7exu"];
/// Exact amounts: no threshold, so that they occur nowhere unless somebody tells them.
pub(crate) const MATCHED_MEMORY: u64 = 29_979_245_800_123;
pub(crate) const OTHER_MEMORY: u64 = 17_320_508_075_688;
pub(crate) const ADDRESS: &str = "bithive1qmatchednode7v3x9";
pub(crate) const ASK: u128 = 0x1234_5678_9abc_def0_0fed;

/// Bytes with a name, as a party has them.
pub(crate) type Transcript = Vec<(&'static str, Vec<u8>)>;

/// Everything that happened, with the point of view of nobody in particular.
pub(crate) struct Run {
    pub(crate) schema: Schema,
    pub(crate) params: CommitteeParams,
    pub(crate) seeds: Vec<MemberSeeds>,
    pub(crate) compiled: CompiledPolicy,
    pub(crate) requester: Party,
    pub(crate) matched: Party,
    pub(crate) other: Party,
    pub(crate) requester_key: RequesterKey,
    pub(crate) vault: Vault,
    pub(crate) match_key: MatchKey,
    pub(crate) claim: Claim,
    pub(crate) sealed_claim: Vec<u8>,
    pub(crate) table: ShareKeyTable,
    /// What the requester reads in the claim.
    pub(crate) opened_claim: Claim,
    /// What the matched contributor learns: the conditions that it met, in words.
    pub(crate) opened_conditions: Vec<String>,
    pub(crate) policy_text: String,
}

/// Somebody who had inputs evaluated.
pub(crate) struct Party {
    pub(crate) request: Vec<u8>,
    pub(crate) responses: Vec<EvaluateResponse>,
    pub(crate) tags: Tags,
}

impl Party {
    fn evaluate(
        schema: &Schema,
        inputs: &[Input],
        table: &ShareKeyTable,
        keys: &[EpochKeys],
        members: CommitteeParams,
        rng: &mut ChaCha20Rng,
    ) -> Self {
        let pending = blind(schema.digest(), EPOCH, inputs, rng).unwrap();
        let request = pending.request().encode();
        let responses: Vec<_> =
            keys.iter().map(|keys| keys.evaluate(pending.request(), rng).unwrap()).collect();
        let answers: Vec<_> = members.all_members().zip(responses.iter().cloned()).collect();
        let tags = pending.finish(table, &answers).unwrap().tags;
        Self { request, responses, tags }
    }

    pub(crate) fn responses(&self) -> Vec<u8> {
        self.responses.iter().flat_map(EvaluateResponse::encode).collect()
    }

    pub(crate) fn response_of(&self, member: usize) -> Vec<u8> {
        self.responses[member].encode()
    }
}

pub(crate) fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

pub(crate) fn schema() -> Schema {
    Schema::new(vec![
        Attribute::Ordered { name: "memory".to_owned(), thresholds: THRESHOLDS.to_vec() },
        Attribute::Categorical { name: "region".to_owned(), values: words(&REGIONS) },
        Attribute::Set { name: "badges".to_owned(), members: words(&BADGES) },
    ])
    .unwrap()
}

pub(crate) fn attributes(schema: &Schema, memory: u64, region: &str, badges: &[&str]) -> Attributes {
    let values = BTreeMap::from([
        ("memory".to_owned(), AttributeValue::Number(memory)),
        ("region".to_owned(), AttributeValue::Category(region.to_owned())),
        ("badges".to_owned(), AttributeValue::Members(words(badges).into_iter().collect())),
    ]);
    Attributes::new(schema, values).unwrap()
}

fn commitments(slots: u16, seeds: &[MemberSeeds]) -> Commitments {
    Commitments::of_dealt(Term::new(EPOCH, 1, slots).unwrap(), seeds).unwrap()
}

/// Tags of these inputs from members who answer with these seeds.
pub(crate) fn tags_with(
    schema: &Schema,
    params: CommitteeParams,
    seeds: &[MemberSeeds],
    inputs: &[Input],
    rng: &mut ChaCha20Rng,
) -> Tags {
    let slots = schema.slot_count();
    let partials: Vec<_> = seeds.iter().map(|seeds| seeds.partial_table(EPOCH, slots).unwrap()).collect();
    let table = ShareKeyTable::merge(&commitments(slots, seeds), EPOCH, &partials).unwrap().table;
    let keys: Vec<_> = seeds.iter().map(|seeds| seeds.epoch_keys(EPOCH, slots).unwrap()).collect();
    Party::evaluate(schema, inputs, &table, &keys, params, rng).tags
}

impl Run {
    /// Memory of at least the second threshold, one of two regions, one of two badges. The matched contributor has
    /// the first of each; the other one has nothing of it.
    pub(crate) fn new() -> Self {
        let (schema, mut rng) = (schema(), rng(7));
        let params = CommitteeParams::new(3, 2).unwrap();
        let seeds = deal(params, &mut rng);
        let slots = schema.slot_count();
        let keys: Vec<_> = seeds.iter().map(|seeds| seeds.epoch_keys(EPOCH, slots).unwrap()).collect();
        let partials: Vec<_> = seeds.iter().map(|seeds| seeds.partial_table(EPOCH, slots).unwrap()).collect();
        let table = ShareKeyTable::merge(&commitments(slots, &seeds), EPOCH, &partials).unwrap().table;

        let policy_text = format!(
            "memory >= {} and region in ({}, {}) and any 1 of ({}, {})",
            THRESHOLDS[1], REGIONS[0], REGIONS[1], BADGES[0], BADGES[1]
        );
        let compiled = Policy::parse(&policy_text, &schema).unwrap().compile(&schema).unwrap();
        let node = attributes(&schema, MATCHED_MEMORY, REGIONS[0], &[BADGES[0], BADGES[2]]);
        let outsider = attributes(&schema, OTHER_MEMORY, REGIONS[2], &[]);
        let mut evaluate =
            |inputs: &[Input]| Party::evaluate(&schema, inputs, &table, &keys, params, &mut rng);
        let requester = evaluate(&compiled.evaluations());
        let (matched, other) = (evaluate(node.inputs()), evaluate(outsider.inputs()));

        let requester_key = RequesterKey::generate(&mut rng);
        let (vault, match_key) = Vault::seal(
            &compiled,
            &requester.tags,
            &poster(),
            requester_key.public(),
            [9; 32],
            DEFAULT_BUDGET,
            &mut rng,
        )
        .unwrap();
        assert!(vault.open(&other.tags, &poster()).unwrap().is_none());
        let opened = vault.open(&matched.tags, &poster()).unwrap().expect("it satisfies the policy");
        let labels = schema.slots();
        let own: BTreeMap<_, _> =
            node.inputs().iter().map(|input| (input.slot, input.value.clone())).collect();
        let opened_conditions = opened
            .leaves
            .iter()
            .map(|(_, slot)| format!("{} = {}", labels[usize::from(slot.0)].label, own[slot]))
            .collect();

        let context = ClaimContext::new("bithive-1", "bithive1jobs", 7).unwrap();
        let claim = Claim { address: ADDRESS.to_owned(), slot: 3, ask: ASK, consent: [0xc5; 96] };
        let sealed_claim = claim.seal(&context, &opened.key, &vault.requester_key(), &mut rng).unwrap();
        let opened_claim = requester_key.open(&context, &match_key, &sealed_claim).unwrap();
        Self {
            schema,
            params,
            seeds,
            compiled,
            requester,
            matched,
            other,
            requester_key,
            vault,
            match_key,
            claim,
            sealed_claim,
            table,
            opened_claim,
            opened_conditions,
            policy_text,
        }
    }

    /// Everything that is sent, as if no channel were encrypted.
    pub(crate) fn everything_sent(&self) -> Transcript {
        let requests = [&self.requester, &self.matched, &self.other];
        vec![
            ("share key table", self.table.encode().to_vec()),
            ("blinded points of all", requests.iter().flat_map(|party| party.request.clone()).collect()),
            ("answers of all members", requests.iter().flat_map(|party| party.responses()).collect()),
            ("vault", self.vault.encode()),
            ("sealed claim", self.sealed_claim.clone()),
        ]
    }

    /// What a contributor without a match has.
    pub(crate) fn other_sees(&self) -> Transcript {
        vec![
            ("share key table", self.table.encode().to_vec()),
            ("own blinded points", self.other.request.clone()),
            ("answers to them", self.other.responses()),
            ("own tags", self.other.tags.encode().to_vec()),
            ("own attributes", format!("{OTHER_MEMORY} {}", REGIONS[2]).into_bytes()),
            ("vault", self.vault.encode()),
        ]
    }

    /// What the contributor that matches has.
    pub(crate) fn matched_sees(&self) -> Transcript {
        vec![
            ("share key table", self.table.encode().to_vec()),
            ("own blinded points", self.matched.request.clone()),
            ("answers to them", self.matched.responses()),
            ("own tags", self.matched.tags.encode().to_vec()),
            (
                "own attributes",
                format!("{MATCHED_MEMORY} {} {} {}", REGIONS[0], BADGES[0], BADGES[2]).into_bytes(),
            ),
            ("vault", self.vault.encode()),
            ("K_r", self.match_key.as_bytes().to_vec()),
            ("conditions it meets", self.opened_conditions.join("; ").into_bytes()),
            ("own claim", claim_bytes(&self.claim)),
        ]
    }

    /// What the requester has.
    pub(crate) fn requester_sees(&self) -> Transcript {
        vec![
            ("share key table", self.table.encode().to_vec()),
            ("policy", self.policy_text.clone().into_bytes()),
            ("own blinded points", self.requester.request.clone()),
            ("answers to them", self.requester.responses()),
            ("the policy's tags", self.requester.tags.encode().to_vec()),
            ("HPKE key", self.requester_key.encode().to_vec()),
            ("vault", self.vault.encode()),
            ("K_r", self.match_key.as_bytes().to_vec()),
            ("sealed claim", self.sealed_claim.clone()),
            ("claim", claim_bytes(&self.opened_claim)),
        ]
    }

    /// What one member has, who also listens to everything that is sent to anybody but the other members.
    pub(crate) fn member_sees(&self, member: usize) -> Transcript {
        let requests = [&self.requester, &self.matched, &self.other];
        vec![
            ("own seeds", self.seeds[member].encode().to_vec()),
            ("share key table", self.table.encode().to_vec()),
            ("blinded points of all", requests.iter().flat_map(|party| party.request.clone()).collect()),
            ("own answers", requests.iter().flat_map(|party| party.response_of(member)).collect()),
            ("vault", self.vault.encode()),
            ("sealed claim", self.sealed_claim.clone()),
        ]
    }

    /// What t members have together: they evaluate whatever they like.
    pub(crate) fn enough_members_see(&self) -> Transcript {
        let mut seen = self.member_sees(0);
        seen.extend(self.member_sees(1));
        let (conditions, keys) = self.search(&self.seeds);
        seen.push(("conditions found by search", conditions.join("; ").into_bytes()));
        seen.push(("K_r found by search", keys));
        seen.push(("tags of the policy, evaluated", self.tags_of(&self.compiled.inputs()).encode().to_vec()));
        seen
    }

    fn tags_of(&self, inputs: &[Input]) -> Tags {
        tags_with(&self.schema, self.params, &self.seeds, inputs, &mut rng(8))
    }

    /// Somebody else, who has these inputs evaluated by all members.
    pub(crate) fn evaluate(&self, inputs: &[Input], seed: u64) -> Party {
        let slots = self.schema.slot_count();
        let keys: Vec<_> = self.seeds.iter().map(|seeds| seeds.epoch_keys(EPOCH, slots).unwrap()).collect();
        Party::evaluate(&self.schema, inputs, &self.table, &keys, self.params, &mut rng(seed))
    }

    /// Tries the vault with every combination of one answer to each attribute, with the keys that follow from these seeds.
    pub(crate) fn search(&self, seeds: &[MemberSeeds]) -> (Vec<String>, Vec<u8>) {
        let labels = self.schema.slots();
        let slot = |label: &str| labels.iter().find(|slot| slot.label == label).unwrap().id;
        let yes = |label: String| Input { slot: slot(&label), value: YES.to_owned() };
        let (mut conditions, mut keys) = (Vec::new(), Vec::new());
        for threshold in THRESHOLDS {
            for region in REGIONS {
                for badge in BADGES {
                    let region_input = Input { slot: slot("region"), value: region.to_owned() };
                    let guess =
                        [yes(format!("memory>={threshold}")), region_input, yes(format!("badges:{badge}"))];
                    let tags = tags_with(&self.schema, self.params, seeds, &guess, &mut rng(8));
                    if let Some(opened) = self.vault.open(&tags, &poster()).unwrap() {
                        conditions.push(format!("{threshold} {region} {badge}"));
                        keys.extend_from_slice(opened.key.as_bytes());
                    }
                }
            }
        }
        (conditions, keys)
    }
}

/// A claim's fields as bytes.
pub(crate) fn claim_bytes(claim: &Claim) -> Vec<u8> {
    [claim.address.as_bytes(), &claim.ask.to_be_bytes(), &claim.consent].concat()
}
