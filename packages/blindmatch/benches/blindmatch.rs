//! What each party computes: a member per point, a party per point, a contributor per vault.
#![allow(clippy::unwrap_used, missing_docs)]

use bithive_blindmatch::{
    committee::{CommitteeParams, EpochKeys, MemberIndex, ShareKeyTable, deal},
    oprf::{EvaluateRequest, EvaluateResponse, PendingEvaluation, Tags, blind},
    policy::Policy,
    schema::{Attribute, Input, Schema},
    tree::MAX_DECODING_COST,
    vault::Vault,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

const EPOCH: u64 = 1;

struct Setup {
    schema: Schema,
    keys: Vec<(MemberIndex, EpochKeys)>,
    table: ShareKeyTable,
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

impl Setup {
    /// 3 of 5 members, 64 slots.
    fn new() -> Self {
        let members = (0..64).map(|i| format!("m{i}")).collect();
        let schema = Schema::new(vec![Attribute::Set { name: "s".to_owned(), members }]).unwrap();
        let params = CommitteeParams::new(5, 3).unwrap();
        let seeds = deal(params, &mut rng());
        let keys = seeds.iter().map(|s| (s.member(), s.epoch_keys(EPOCH, 64).unwrap())).collect();
        let partials: Vec<_> = seeds.iter().map(|s| s.partial_table(EPOCH, 64).unwrap()).collect();
        let table = ShareKeyTable::merge(params, EPOCH, 64, &partials).unwrap();
        Self { schema, keys, table }
    }

    fn inputs(&self, count: usize) -> Vec<Input> {
        let slots = self.schema.slots().into_iter().take(count);
        slots.map(|slot| Input { slot: slot.id, value: "yes".to_owned() }).collect()
    }

    fn blind(&self, inputs: &[Input]) -> PendingEvaluation {
        blind(self.schema.digest(), EPOCH, inputs, &mut rng()).unwrap()
    }

    fn answers(&self, request: &EvaluateRequest) -> Vec<(MemberIndex, EvaluateResponse)> {
        let answer = |(member, keys): &(MemberIndex, EpochKeys)| {
            (*member, keys.evaluate(request, &mut rng()).unwrap())
        };
        self.keys.iter().take(3).map(answer).collect()
    }

    fn tags(&self, inputs: &[Input]) -> Tags {
        let pending = self.blind(inputs);
        pending.finish(&self.table, &self.answers(pending.request())).unwrap().tags
    }
}

fn oprf(c: &mut Criterion) {
    let setup = Setup::new();
    let mut group = c.benchmark_group("oprf");
    for count in [1, 16] {
        let inputs = setup.inputs(count);
        let pending = setup.blind(&inputs);
        let answers = setup.answers(pending.request());
        group.throughput(Throughput::Elements(count as u64));
        let keys = &setup.keys[0].1;
        group.bench_function(format!("evaluate and prove {count} points"), |b| {
            b.iter(|| keys.evaluate(pending.request(), &mut rng()).unwrap());
        });
        group.bench_function(format!("blind {count} points"), |b| b.iter(|| setup.blind(&inputs)));
        group.bench_function(format!("verify 3 members, combine and unblind {count} points"), |b| {
            b.iter(|| pending.finish(&setup.table, &answers).unwrap());
        });
    }
}

fn vault(c: &mut Criterion) {
    let setup = Setup::new();
    let own = setup.tags(&setup.inputs(64));
    let words = |count: usize| (0..count).map(|i| format!("m{i}")).collect::<Vec<_>>();
    for (name, text) in [
        ("all of 16 leaves", words(16).join(" and ")),
        ("all of 64 leaves", words(64).join(" and ")),
        ("any 2 of 64 leaves, worst case", format!("any 2 of ({})", words(64).join(", "))),
        ("any 8 of 16 leaves, worst case", format!("any 8 of ({})", words(16).join(", "))),
    ] {
        let policy = Policy::parse(&text, &setup.schema).unwrap().compile(&setup.schema).unwrap();
        let (vault, _) = Vault::seal(&policy, &own, [1; 32], [2; 32], MAX_DECODING_COST, &mut rng()).unwrap();
        // The worst case tries everything and fails: the same vault with another nonce.
        let mut bytes = vault.encode();
        bytes[41] ^= u8::from(name.ends_with("worst case"));
        let vault = Vault::decode(&bytes).unwrap();
        c.bench_function(&format!("open vault, {name}"), |b| b.iter(|| vault.open(&own).unwrap().is_some()));
    }
}

criterion_group!(benches, oprf, vault);
criterion_main!(benches);
