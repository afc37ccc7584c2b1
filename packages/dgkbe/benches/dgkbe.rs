//! Speed at 64, 1024 and 4096 slots, all of them addressed: `cargo bench -p bithive-dgkbe`.
//!
//! "Cold" moves an empty cache to the whole set first; "cached" works with the sums at hand. Set
//! RAYON_NUM_THREADS=1 to measure one core.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::hint::black_box;

use bithive_curve::{G1, Scalar};
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_dgkbe::kem::{Context, Peer, ReceiverCache, SenderCache};
use bithive_dgkbe::keys::{UnverifiedPublicKey, verify_public_key};
use bithive_dgkbe::{KeyPair, SlotSet};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

fn group(c: &mut Criterion, slots: u16) {
    let mut rng = ChaCha20Rng::seed_from_u64(u64::from(slots));
    let crs = local_ceremony(slots, 1, &mut rng).unwrap().verify(&mut rng).unwrap().shared();
    let own = KeyPair::generate(&crs, 1, &mut rng).unwrap();

    let mut sender = SenderCache::new(crs.clone()).unwrap();
    let mut receiver = ReceiverCache::new(crs.clone(), own.secret.clone(), own.public.commitment()).unwrap();
    // Whole keys of everybody take minutes; the receiver's column is all that this measures.
    let power = *crs.b(receiver.column_index()).unwrap();
    let peers: Vec<Peer> = (2..=slots)
        .map(|slot| {
            let t = Scalar::random(&mut rng);
            Peer { slot, commitment: G1::generator() * &t, element: power * &t }
        })
        .collect();
    receiver.put(&peers, &mut rng).unwrap();
    sender.put(&[(1, *own.public.commitment())]).unwrap();
    sender.put(&peers.iter().map(|peer| (peer.slot, peer.commitment)).collect::<Vec<_>>()).unwrap();

    let all = SlotSet::full(slots).unwrap();
    let mut without_last = all.clone();
    without_last.remove(slots).unwrap();
    let (cold_sender, cold_receiver) = (sender.clone(), receiver.clone());
    sender.update(&all).unwrap();
    receiver.update(&all).unwrap();
    let context = Context(b"bench");
    let (header, _) = sender.encapsulate(&all, context, &mut rng).unwrap();
    let encoded = own.public.encode();

    let mut bench = c.benchmark_group(format!("{slots} slots"));
    bench.sample_size(20);
    bench.bench_function("encrypt cached", |b| {
        b.iter(|| sender.encapsulate(black_box(&all), context, &mut rng).unwrap());
    });
    bench.bench_function("encrypt cold", |b| {
        b.iter_batched(
            || cold_sender.clone(),
            |mut sender| {
                sender.update(&all).unwrap();
                sender.encapsulate(&all, context, &mut rng).unwrap()
            },
            BatchSize::SmallInput,
        );
    });
    bench.bench_function("decrypt cached", |b| {
        b.iter(|| receiver.decapsulate(black_box(&all), context, &header).unwrap());
    });
    bench.bench_function("decrypt cold", |b| {
        b.iter_batched(
            || cold_receiver.clone(),
            |mut receiver| {
                receiver.update(&all).unwrap();
                receiver.decapsulate(&all, context, &header).unwrap()
            },
            BatchSize::SmallInput,
        );
    });
    bench.bench_function("sender: one member leaves and returns", |b| {
        b.iter(|| (sender.update(&without_last).unwrap(), sender.update(&all).unwrap()));
    });
    bench.bench_function("receiver: one member leaves and returns", |b| {
        b.iter(|| (receiver.update(&without_last).unwrap(), receiver.update(&all).unwrap()));
    });
    bench.bench_function("receiver: everybody joins", |b| {
        b.iter_batched(
            || cold_receiver.clone(),
            |mut receiver| receiver.update(&all).unwrap(),
            BatchSize::SmallInput,
        );
    });
    bench.sample_size(10);
    bench.bench_function("generate a key", |b| b.iter(|| KeyPair::generate(&crs, 1, &mut rng).unwrap()));
    bench.bench_function("verify a decoded key", |b| {
        b.iter(|| verify_public_key(&crs, &own.public, &mut rng).unwrap());
    });
    bench.bench_function("decode and verify a key", |b| {
        b.iter(|| {
            let key = UnverifiedPublicKey::decode(&crs, black_box(&encoded)).unwrap();
            key.verify(&crs, &mut rng).unwrap()
        });
    });
    bench.finish();
}

fn all(c: &mut Criterion) {
    for slots in [64, 1024, 4096] {
        group(c, slots);
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
