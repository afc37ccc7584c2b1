//! What a worker and a verifier compute for one job: `cargo bench -p bithive-attest`.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use bithive_attest::bls::{
    SecretKey, aggregate, sum_keys, verify_aggregate, verify_statement, verify_statements,
};
use bithive_attest::{Attested, Domain, Statement};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

const JOBS: Domain<'_> = Domain { chain_id: "bench-1", contract: "jobs" };

/// Three workers, and as many as a job may have.
const WORKERS: [usize; 2] = [3, 16];
/// Statements under one aggregate, up to as many as one message settles.
const BATCHES: [u64; 3] = [1, 16, 256];

fn statement<'a>(workers: &'a [[u8; 48]], masked: &'a [u8]) -> Statement<'a> {
    Statement {
        job_id: 1,
        round: 0,
        model: &[1; 32],
        input_commitment: &[2; 32],
        output: &[3; 32],
        masked,
        workers,
        quorum: 1,
    }
}

fn attest(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let masked = [7; 64];
    let mut bench = c.benchmark_group("attest");
    for count in WORKERS {
        let secrets: Vec<SecretKey> = (0..count).map(|_| SecretKey::generate(&mut rng).unwrap()).collect();
        let keys: Vec<_> = secrets.iter().map(SecretKey::public_key).collect();
        let statement = statement(&keys, &masked);
        let message = statement.sign_bytes(JOBS);
        let signatures: Vec<_> = secrets.iter().map(|secret| secret.sign(&message)).collect();
        let (all, most) = (aggregate(&signatures).unwrap(), aggregate(&signatures[1..]).unwrap());
        let full_key = sum_keys(&keys).unwrap();
        bench.bench_function(BenchmarkId::new("statement to bytes", count), |b| {
            b.iter(|| black_box(&statement).sign_bytes(JOBS));
        });
        bench.bench_function(BenchmarkId::new("sign", count), |b| {
            b.iter(|| secrets[0].sign(black_box(&message)));
        });
        bench.bench_function(BenchmarkId::new("aggregate", count), |b| {
            b.iter(|| aggregate(black_box(&signatures)).unwrap());
        });
        bench.bench_function(BenchmarkId::new("verify aggregate", count), |b| {
            b.iter(|| verify_aggregate(&keys, black_box(&message), &all).unwrap());
        });
        bench.bench_function(BenchmarkId::new("verify statement, one absent, sum cached", count), |b| {
            b.iter(|| verify_statement(&full_key, &keys[..1], black_box(&message), &most).unwrap());
        });
    }
    for count in BATCHES {
        let (statements, signature) = batch(count, &masked, &mut rng);
        bench.bench_function(BenchmarkId::new("verify statements at once", count), |b| {
            b.iter(|| verify_statements(black_box(&statements), &signature).unwrap());
        });
    }
    bench.finish();
}

/// As many statements of three workers each.
fn batch(count: u64, masked: &[u8], rng: &mut ChaCha20Rng) -> (Vec<Attested>, [u8; 96]) {
    let secrets: Vec<SecretKey> = (0..3).map(|_| SecretKey::generate(rng).unwrap()).collect();
    let keys: Vec<_> = secrets.iter().map(SecretKey::public_key).collect();
    let full_key = sum_keys(&keys).unwrap();
    let message = |job_id| Statement { job_id, ..statement(&keys, masked) }.sign_bytes(JOBS);
    let statements: Vec<Attested> =
        (0..count).map(|id| Attested { full_key, absent: vec![], message: message(id) }).collect();
    let signed = statements.iter().flat_map(|one| secrets.iter().map(|secret| secret.sign(&one.message)));
    let signatures: Vec<_> = signed.collect();
    (statements, aggregate(&signatures).unwrap())
}

criterion_group!(benches, attest);
criterion_main!(benches);
