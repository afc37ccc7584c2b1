//! Enrolment and reproduction with every profile, with as many wrong bits as its code corrects, and with half of
//! all bits wrong: `cargo bench -p bithive-extractor`.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use bithive_extractor::{MinEntropyRate, Profile, Source, enroll};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const CONTEXT: &[u8] = b"bench";

fn extractor(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let source = Source { min_entropy_rate: MinEntropyRate::from_thousandths(1000).unwrap(), earlier: &[] };
    let mut bench = c.benchmark_group("extractor");
    for profile in Profile::ALL {
        let mut reading = vec![0; profile.reading_bytes()];
        rng.fill_bytes(&mut reading);
        let (helper, key) = enroll(profile, source, &reading, CONTEXT, &mut rng).unwrap();
        // Errors in the first of the repeated bits only would be outvoted.
        let mut noisy = reading.clone();
        for copy in 0..profile.repetition() {
            for bit in 0..profile.corrected_errors() {
                let at = copy * profile.code_bits() + bit;
                noisy[at / 8] ^= 1 << (at % 8);
            }
        }
        assert!(helper.reproduce(&noisy, CONTEXT).unwrap() == key);
        let mut other = reading.clone();
        rng.fill_bytes(&mut other);
        assert!(helper.reproduce(&other, CONTEXT).is_err());

        bench.bench_function(BenchmarkId::new("enroll", profile.name()), |b| {
            b.iter(|| enroll(profile, source, black_box(&reading), CONTEXT, &mut rng).unwrap());
        });
        bench.bench_function(BenchmarkId::new("reproduce", profile.name()), |b| {
            b.iter(|| helper.reproduce(black_box(&noisy), CONTEXT).unwrap());
        });
        bench.bench_function(BenchmarkId::new("refuse another source", profile.name()), |b| {
            b.iter(|| helper.reproduce(black_box(&other), CONTEXT).is_err());
        });
    }
    bench.finish();
}

criterion_group!(benches, extractor);
criterion_main!(benches);
