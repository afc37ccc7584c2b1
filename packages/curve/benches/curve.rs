//! The operations of the curve, one thread: `cargo bench -p bithive-curve`, with `--features both-backends` for
//! arkworks beside blst. Set RAYON_NUM_THREADS=1 for the weighted sum.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

#[cfg(feature = "both-backends")]
use bithive_curve::backend::arkworks::Arkworks;
use bithive_curve::backend::{PairingEngine, SourceGroup, blst::Blst};
use bithive_curve::gt::TargetElement;
use bithive_curve::point::{Point, Sum};
use bithive_curve::scalar::{Scalar, random_weights};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

/// Terms of a sum.
const TERMS: usize = 512;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

fn source<C: SourceGroup>(c: &mut Criterion, group: &str, backend: &str) {
    let scalar = Scalar::random(&mut rng());
    let points: Vec<Point<C>> = Point::mul_each(&[Point::generator(); TERMS], &scalar.powers(TERMS));
    let weights = random_weights(TERMS, &mut rng());
    let (point, encoded) = (points[1], points[1].encode());
    let mut bench = c.benchmark_group(group);
    bench.bench_function(BenchmarkId::new("multiplication", backend), |b| {
        b.iter(|| black_box(point) * &scalar);
    });
    bench.bench_function(BenchmarkId::new("decode, subgroup checked", backend), |b| {
        b.iter(|| Point::<C>::decode(black_box(encoded.as_ref())).unwrap());
    });
    bench.throughput(Throughput::Elements(TERMS as u64));
    bench.bench_function(BenchmarkId::new("512 additions", backend), |b| {
        b.iter(|| {
            let mut sum = Sum::<C>::new();
            black_box(&points).iter().for_each(|point| sum.add(point));
            sum
        });
    });
    bench.bench_function(BenchmarkId::new("weighted sum of 512, 128-bit weights", backend), |b| {
        b.iter(|| Point::msm(black_box(&points), &weights));
    });
    bench.finish();
}

fn engine<E: PairingEngine>(c: &mut Criterion, backend: &str) {
    source::<E::G1>(c, "G1", backend);
    source::<E::G2>(c, "G2", backend);
    let scalar = Scalar::random(&mut rng());
    let pair = (Point::<E::G1>::generator() * &scalar, Point::<E::G2>::generator() * &scalar);
    let target = TargetElement::<E>::product(&[pair]);
    let mut bench = c.benchmark_group("GT");
    for count in [1, 2] {
        let pairs = vec![pair; count];
        bench.bench_function(BenchmarkId::new(format!("product of {count} pairings"), backend), |b| {
            b.iter(|| TargetElement::<E>::product(black_box(&pairs)));
        });
    }
    bench.bench_function(BenchmarkId::new("power", backend), |b| b.iter(|| black_box(&target).pow(&scalar)));
    bench.finish();
}

fn backends(c: &mut Criterion) {
    engine::<Blst>(c, "blst");
    #[cfg(feature = "both-backends")]
    engine::<Arkworks>(c, "arkworks");
}

criterion_group!(benches, backends);
criterion_main!(benches);
