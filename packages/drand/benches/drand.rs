//! One beacon of quicknet: `cargo bench -p bithive-drand`.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use bithive_drand::{QUICKNET, native};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::Value;

fn beacon(c: &mut Criterion) {
    let vectors: Value = serde_json::from_str(include_str!("../tests/vectors/quicknet.json")).unwrap();
    let published = &vectors["rounds"][1];
    let round = published["round"].as_u64().unwrap();
    let signature = hex::decode(published["signature"].as_str().unwrap()).unwrap();
    c.bench_function("verify one beacon", |b| {
        b.iter(|| native::verify(&QUICKNET, black_box(round), &signature).unwrap());
    });
}

criterion_group!(benches, beacon);
criterion_main!(benches);
