//! What each party computes: a member per point, a party per point, a contributor per vault.
#![allow(clippy::unwrap_used, missing_docs)]

use bithive_blindmatch::{
    attributes::Attributes,
    committee::{Commitments, CommitteeParams, EpochKeys, MemberIndex, ShareKeyTable, Term, deal},
    oprf::{EvaluateRequest, EvaluateResponse, PendingEvaluation, Tags, blind},
    policy::Policy,
    schema::{Attribute, Input, Schema},
    tree::MAX_DECODING_COST,
    vault::{Opener, Poster, Vault},
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
    /// 3 of 5 members.
    fn new(schema: Schema) -> Self {
        let slots = schema.slot_count();
        let params = CommitteeParams::new(5, 3).unwrap();
        let seeds = deal(params, &mut rng());
        let keys = seeds.iter().map(|s| (s.member(), s.epoch_keys(EPOCH, slots).unwrap())).collect();
        let partials: Vec<_> = seeds.iter().map(|s| s.partial_table(EPOCH, slots).unwrap()).collect();
        let commitments = Commitments::of_dealt(Term::new(EPOCH, 1, slots).unwrap(), &seeds).unwrap();
        let table = ShareKeyTable::merge(&commitments, EPOCH, &partials).unwrap().table;
        Self { schema, keys, table }
    }

    /// A schema of one set with so many members.
    fn of_set(members: usize) -> Self {
        let members = words(members);
        Self::new(Schema::new(vec![Attribute::Set { name: "s".to_owned(), members }]).unwrap())
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

    fn seal(&self, text: &str, tags: &Tags) -> Vault {
        let policy = Policy::parse(text, &self.schema).unwrap().compile(&self.schema).unwrap();
        Vault::seal(&policy, tags, &poster(), [1; 32], [2; 32], MAX_DECODING_COST, &mut rng()).unwrap().0
    }
}

fn poster() -> Poster {
    Poster::new("bithive-1", "bithive1jobs", "bithive1requester")
}

fn words(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("m{i}")).collect()
}

fn oprf(c: &mut Criterion) {
    let setup = Setup::of_set(64);
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

fn sets(c: &mut Criterion) {
    for (name, members, text) in [
        ("all of 16 leaves", 16, words(16).join(" and ")),
        ("all of 64 leaves", 64, words(64).join(" and ")),
        ("any 2 of 64 leaves, worst case", 64, format!("any 2 of ({})", words(64).join(", "))),
        ("any 3 of 64 leaves, worst case", 64, format!("any 3 of ({})", words(64).join(", "))),
        ("any 8 of 16 leaves, worst case", 16, format!("any 8 of ({})", words(16).join(", "))),
    ] {
        let setup = Setup::of_set(members);
        let own = setup.tags(&setup.inputs(members));
        // The worst case tries everything and fails.
        let mut vault = setup.seal(&text, &own);
        if name.ends_with("worst case") {
            vault = closed(&vault);
        }
        c.bench_function(&format!("open vault, {name}"), |b| {
            b.iter(|| vault.open(&own, &poster()).unwrap().is_some())
        });
    }
}

/// A vector, by one contributor that is near and one that is not, and many vaults by one contributor.
fn vectors(c: &mut Criterion) {
    let setup = Setup::new(Schema::new(vec![Attribute::Vector { name: "profile".to_owned() }]).unwrap());
    let own = |byte: &str| {
        let attributes = serde_json::from_str(&format!(r#"{{"profile": "0x{}"}}"#, byte.repeat(32))).unwrap();
        setup.tags(Attributes::new(&setup.schema, attributes).unwrap().inputs())
    };
    let (near, far) = (own("5a"), own("c3"));
    let vault = setup.seal(&format!("profile within 25 of 0x{}", "5a".repeat(32)), &near);
    for (name, own) in [("a vector, a match", &near), ("a vector, no match", &far)] {
        c.bench_function(&format!("open vault, {name}"), |b| {
            b.iter(|| vault.open(own, &poster()).unwrap().is_some())
        });
    }
    let opener = Opener::new(&far).unwrap();
    let mut group = c.benchmark_group("one contributor, vaults of vectors");
    group.sample_size(20).throughput(Throughput::Elements(10_000));
    group.bench_function("10000", |b| {
        b.iter(|| opener.open_many(std::iter::repeat_n((&vault, poster()), 10_000)).count());
    });
}

/// One vault, tried by contributors who hold tags for every slot.
fn contributors(c: &mut Criterion) {
    let setup = Setup::of_set(64);
    let own = setup.tags(&setup.inputs(64));
    let vault = closed(&setup.seal(&format!("any 2 of ({})", words(64).join(", ")), &own));
    let mut group = c.benchmark_group("contributors, one vault of 2 of 64 leaves");
    group.sample_size(20).throughput(Throughput::Elements(10_000));
    group.bench_function("10000, one core", |b| {
        b.iter(|| (0..10_000).filter(|_| vault.open(&own, &poster()).unwrap().is_some()).count());
    });
}

fn example(c: &mut Criterion) {
    let setup = Setup::new(Schema::bithive());
    let text = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";
    let inputs = Policy::parse(text, &setup.schema).unwrap().compile(&setup.schema).unwrap().inputs();
    let vault = setup.seal(text, &setup.tags(&inputs));
    let own = |attributes: &str| {
        let attributes = serde_json::from_str(attributes).unwrap();
        setup.tags(Attributes::new(&setup.schema, attributes).unwrap().inputs())
    };
    let matching = own(r#"{"vram": 24, "region": "ch", "certifications": ["hipaa", "gdpr"]}"#);
    let other = own(r#"{"vram": 24, "region": "us", "certifications": ["hipaa", "gdpr"]}"#);
    for (name, own) in [("the example, a match", &matching), ("the example, no match", &other)] {
        c.bench_function(&format!("open vault, {name}"), |b| {
            b.iter(|| vault.open(own, &poster()).unwrap().is_some())
        });
    }
}

/// The same vault with another nonce, which nobody's tags open.
fn closed(vault: &Vault) -> Vault {
    let mut bytes = vault.encode();
    bytes[41] ^= 1;
    Vault::decode(&bytes).unwrap()
}

criterion_group!(benches, oprf, sets, vectors, contributors, example);
criterion_main!(benches);
