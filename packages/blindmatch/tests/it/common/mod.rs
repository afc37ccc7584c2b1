//! A committee and the evaluations that every test needs.

use std::collections::BTreeMap;

use bithive_blindmatch::{
    attributes::{AttributeValue, Attributes},
    committee::{
        Commitments, CommitteeParams, EpochKeys, MemberIndex, MemberSeeds, PartialTable, ShareKeyTable, Term,
        deal,
    },
    oprf::{EvaluateRequest, EvaluateResponse, Tags, blind},
    policy::{CompiledPolicy, Policy},
    schema::{Input, Schema},
    vault::Poster,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

pub mod forged;
pub mod guesser;

pub const EPOCH: u64 = 42;

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub struct Committee {
    pub schema: Schema,
    pub params: CommitteeParams,
    pub seeds: Vec<MemberSeeds>,
    /// For [`EPOCH`] and the next one.
    pub commitments: Commitments,
    pub keys: Vec<EpochKeys>,
    pub partials: Vec<PartialTable>,
    pub table: ShareKeyTable,
}

impl Committee {
    pub fn new(members: u8, threshold: u8) -> Self {
        Self::of(Schema::bithive(), members, threshold)
    }

    pub fn of(schema: Schema, members: u8, threshold: u8) -> Self {
        let slots = schema.slot_count();
        let params = CommitteeParams::new(members, threshold).unwrap();
        let seeds = deal(params, &mut rng(1));
        let keys = seeds.iter().map(|seeds| seeds.epoch_keys(EPOCH, slots).unwrap()).collect();
        let partials: Vec<_> = seeds.iter().map(|seeds| seeds.partial_table(EPOCH, slots).unwrap()).collect();
        let commitments = Commitments::of_dealt(Term::new(EPOCH, 2, slots).unwrap(), &seeds).unwrap();
        let table = ShareKeyTable::merge(&commitments, EPOCH, &partials).unwrap().table;
        Self { schema, params, seeds, commitments, keys, partials, table }
    }

    pub fn member(&self, number: u8) -> MemberIndex {
        self.params.member(number).unwrap()
    }

    pub fn answer(&self, number: u8, request: &EvaluateRequest) -> (MemberIndex, EvaluateResponse) {
        let response = self.keys[usize::from(number) - 1].evaluate(request, &mut rng(u64::from(number)));
        (self.member(number), response.unwrap())
    }

    /// The tags of these inputs, answered by members 1 to t.
    pub fn tags(&self, inputs: &[Input], seed: u64) -> Tags {
        let pending = blind(self.schema.digest(), EPOCH, inputs, &mut rng(seed)).unwrap();
        let answers: Vec<_> =
            (1..=self.params.threshold()).map(|number| self.answer(number, pending.request())).collect();
        pending.finish(&self.table, &answers).unwrap().tags
    }
}

pub fn attributes(vram: u64, region: &str, certifications: &[&str]) -> Attributes {
    let members = certifications.iter().map(|word| (*word).to_owned()).collect();
    let values = BTreeMap::from([
        ("vram".to_owned(), AttributeValue::Number(vram)),
        ("region".to_owned(), AttributeValue::Category(region.to_owned())),
        ("certifications".to_owned(), AttributeValue::Members(members)),
    ]);
    Attributes::new(&Schema::bithive(), values).unwrap()
}

pub fn compile(text: &str) -> CompiledPolicy {
    let schema = Schema::bithive();
    Policy::parse(text, &schema).unwrap().compile(&schema).unwrap()
}

/// Who posts the tests' vaults.
pub fn poster() -> Poster {
    Poster::new("bithive-1", "bithive1jobs", "bithive1requester")
}
