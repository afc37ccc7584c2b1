//! What is left of a secret record in memory that was given back. A binary of its own, because its allocator looks at all that is freed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use bithive_state::{State, StateError};

/// Part of every record below, as JSON has it.
const SECRET: &[u8] = b"[201,202,203,204,205,206,207,208";
/// Blocks from this size on may be the database's pages, of which it keeps copies.
const PAGE: usize = 4096;

static SEEN: AtomicUsize = AtomicUsize::new(0);

struct Looking;

// SAFETY: every call goes to the system's allocator with the arguments as they came. Blocks that move are freed by `dealloc`, as the
// default of `realloc` does it.
unsafe impl GlobalAlloc for Looking {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above. Zeroed, so that nothing is read below that was never written.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if layout.size() < PAGE {
            // SAFETY: the block is the caller's until it is freed, and all of it was written by `alloc`.
            let bytes = unsafe { std::slice::from_raw_parts(pointer, layout.size()) };
            if bytes.windows(SECRET.len()).any(|window| window == SECRET) {
                SEEN.fetch_add(1, SeqCst);
            }
        }
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Looking = Looking;

/// Freed blocks with the secret in them.
fn left_by(work: impl FnOnce()) -> usize {
    let before = SEEN.load(SeqCst);
    work();
    SEEN.load(SeqCst) - before
}

/// As a match key is in a record: what follows it makes the bytes grow while the secret is in them.
fn record() -> Vec<u8> {
    let mut record = vec![201, 202, 203, 204, 205, 206, 207, 208];
    record.extend([9; 600]);
    record
}

/// One test: whatever this process frees is looked at.
#[test]
fn no_memory_that_a_write_gives_back_has_the_record() {
    let plain = left_by(|| drop(serde_json::to_vec(&record()).unwrap()));
    assert!(plain > 1, "it is found in a vector that grew, and where that was before: {plain}");
    let state = State::in_memory().unwrap();
    let left = left_by(|| state.put("put", &record()).unwrap());
    assert_eq!(left, 0, "put");
    for turn in ["the first", "one that is there"] {
        let left = left_by(|| assert_eq!(state.put_once("once", &record()).unwrap(), record()));
        assert_eq!(left, 0, "put_once, {turn}");
    }
    let none = |_| Ok::<_, StateError>(());
    let left = left_by(|| state.put_beside("beside/", "beside/1", &record(), none).unwrap());
    assert_eq!(left, 0, "put_beside");
    let left = left_by(|| state.replace("put", [("other".to_owned(), record())]).unwrap());
    assert_eq!(left, 0, "replace");
    let left = left_by(|| assert_eq!(state.get::<Vec<u8>>("other").unwrap(), Some(record())));
    assert_eq!(left, 0, "get");
}
