//! What is held while keys and reference strings are read: peak bytes of the heap, counted by the allocator. One
//! test, because everything in this process is counted.
#![cfg(feature = "curve")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, dead_code, unsafe_code)]

#[path = "it/common/mod.rs"]
mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use bithive_dgkbe::KeyPair;
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::keys::{UnverifiedPublicKey, column_of_file, encoded_len, seek_column, verify_file};
use common::{crs, rng};

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call goes to the system's allocator with the arguments as they came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), SeqCst) + layout.size();
        PEAK.fetch_max(held, SeqCst);
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), SeqCst);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Most bytes held at a time beyond what was held before.
fn peak<T>(work: impl FnOnce() -> T) -> usize {
    let before = HELD.load(SeqCst);
    PEAK.store(before, SeqCst);
    let result = work();
    let peak = PEAK.load(SeqCst) - before;
    drop(result);
    peak
}

/// Peaks of checking a key whole, as a stream, and of reading one column as a stream and by seeking.
fn key_peaks(slots: u16) -> [usize; 4] {
    let mut rng = rng(u64::from(slots));
    let crs = crs(slots, &mut rng);
    let pair = KeyPair::generate(&crs, 3, &mut rng).unwrap();
    let (digest, file) = (*pair.public.digest(), pair.public.encode());
    let path = std::env::temp_dir().join(format!("bithive-dgkbe-{}-{slots}", std::process::id()));
    std::fs::write(&path, &file).unwrap();
    let open = || std::fs::File::open(&path).unwrap();
    let whole = |rng: &mut _| {
        let bytes = std::fs::read(&path).unwrap();
        UnverifiedPublicKey::decode(&crs, &bytes).unwrap().verify(&crs, rng).unwrap()
    };
    // Threads and their queues are made once.
    whole(&mut rng);
    let peaks = [
        peak(|| whole(&mut rng)),
        peak(|| verify_file(&crs, open(), &mut rng).unwrap()),
        peak(|| column_of_file(&crs, (3, 1), &digest, open()).unwrap()),
        peak(|| seek_column(&crs, (3, 1), open()).unwrap()),
    ];
    std::fs::remove_file(path).unwrap();
    peaks
}

#[test]
fn what_is_held_does_not_grow_with_the_group_where_a_file_is_streamed() {
    let [whole_small, streamed_small, column_small, sought_small] = key_peaks(256);
    let [whole, streamed, column, sought] = key_peaks(1024);
    println!(
        "256 slots: whole {whole_small}, streamed {streamed_small}, column {column_small}, sought {sought_small}"
    );
    println!("1024 slots: whole {whole}, streamed {streamed}, column {column}, sought {sought}");
    assert!(whole > 3 * encoded_len(1024), "bytes and points are held together: {whole}");
    assert!(streamed < 2 * encoded_len(256) * 4 && streamed < whole / 4, "{streamed} of {whole}");
    // Threads take their work in other orders, but nothing that depends on the number of slots.
    assert!(streamed < streamed_small + streamed_small / 2, "{streamed_small} grew to {streamed}");
    assert!(whole > 2 * whole_small);
    assert!(column < 1024 && sought < 1024, "{column}, {sought}: no more than a path and an error");

    // A reference string is held as points; its bytes are not.
    let mut rng = rng(1);
    let bytes = crs(256, &mut rng).encode();
    let points = 513 * size_of::<bithive_curve::G1>() + 511 * size_of::<bithive_curve::G2>();
    let path = std::env::temp_dir().join(format!("bithive-dgkbe-{}-crs", std::process::id()));
    std::fs::write(&path, &bytes).unwrap();
    let stream = peak(|| UnverifiedCrs::read(std::fs::File::open(&path).unwrap()).unwrap());
    std::fs::remove_file(path).unwrap();
    println!("reference string: {} bytes, {points} as points, peak {stream}", bytes.len());
    // Beside the points, 128 of them: encoded, decoded, and on their way from the threads.
    assert!(stream < points + 128 * (96 + 3 * 200), "{stream}, of which {points} are the points");
}
