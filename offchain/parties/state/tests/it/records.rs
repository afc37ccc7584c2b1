//! Records: written once, together or not at all, and read by their party alone.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bithive_state::{State, StateError};
use redb::StorageBackend;
use redb::backends::InMemoryBackend;

#[test]
fn records_survive_reopening_and_a_second_holder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let state = State::open(&path).unwrap();
    state.put("cursor", &7u64).unwrap();
    assert!(matches!(State::open(&path), Err(StateError::InUse { .. })));
    drop(state);
    assert_eq!(State::open(&path).unwrap().get::<u64>("cursor").unwrap(), Some(7));
}

#[test]
fn a_record_is_made_once() {
    let state = State::in_memory().unwrap();
    let first: u64 = state.get_or_put("guard", || Ok::<_, StateError>(1)).unwrap();
    let second: u64 = state.get_or_put("guard", || Ok::<_, StateError>(2)).unwrap();
    assert_eq!((first, second), (1, 1));
}

#[test]
fn of_many_writers_of_one_record_one_wins_and_all_learn_which() {
    let state = State::in_memory().unwrap();
    let writers: Vec<_> = (0..8u64)
        .map(|own| {
            let state = state.clone();
            std::thread::spawn(move || state.put_once("guard", &own).unwrap())
        })
        .collect();
    let learnt: Vec<u64> = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
    assert!(learnt.iter().all(|found| *found == learnt[0]), "{learnt:?}");
    assert_eq!(state.get::<u64>("guard").unwrap(), Some(learnt[0]));
}

#[test]
fn of_records_that_exclude_each_other_one_is_written() {
    let state = State::in_memory().unwrap();
    state.put("other", &9u64).unwrap();
    let alone = |found: Vec<u64>| match found.as_slice() {
        [] => Ok(()),
        found => Err(StateError::Damaged { name: "guard".into(), reason: format!("{found:?}") }),
    };
    let (begun, begins) = std::sync::mpsc::channel();
    let mut second = None;
    let first = state.put_beside("guard/", "guard/1", &1, |found| {
        let state = state.clone();
        second = Some(std::thread::spawn(move || {
            begun.send(()).unwrap();
            state.put_beside("guard/", "guard/2", &2, alone)
        }));
        // Time for the second to look, if it looked before it may write.
        begins.recv().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
        alone(found)
    });
    first.unwrap();
    assert!(second.unwrap().join().unwrap().is_err());
    assert_eq!(state.names("guard/").unwrap(), ["guard/1"]);
    // The one that is there is there already, whoever else is.
    state.put("guard/x", &9u64).unwrap();
    state.put_beside("guard/", "guard/1", &7, alone).unwrap();
    assert_eq!(state.get::<u64>("guard/1").unwrap(), Some(1));
}

#[test]
fn a_record_is_replaced_by_others_and_a_range_is_removed() {
    let state = State::in_memory().unwrap();
    state.put("page", &0u64).unwrap();
    state.replace("page", [1u64, 2, 3].map(|number| (format!("line/{number}"), number))).unwrap();
    assert_eq!(state.get::<u64>("page").unwrap(), None);
    state.remove_range("line/", "line/3").unwrap();
    assert_eq!(state.names("").unwrap(), ["line/3"]);
}

#[test]
fn names_are_those_of_the_prefix() {
    let state = State::in_memory().unwrap();
    for name in ["a/1", "job/1", "job/2", "jobs"] {
        state.put(name, &0).unwrap();
    }
    assert_eq!(state.names("job/").unwrap(), ["job/1", "job/2"]);
    state.remove("job/1").unwrap();
    assert_eq!(state.names("job/").unwrap(), ["job/2"]);
    assert!(matches!(state.get::<String>("a/1"), Err(StateError::Damaged { .. })));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    State::open(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn what_a_killed_process_left_of_a_new_file_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    // As far as it had come: nothing, a part of the header, whole but without its name.
    for left in [&b""[..], &[7; 5_000]] {
        std::fs::write(path.with_extension("new"), left).unwrap();
        State::open(&path).unwrap().put("name", &left.len()).unwrap();
        assert_eq!(State::open(&path).unwrap().get::<usize>("name").unwrap(), Some(left.len()));
        assert!(!path.with_extension("new").exists());
        std::fs::rename(&path, path.with_extension("new")).unwrap();
        // It comes after the name.
        std::fs::remove_file(path.with_extension("witness")).unwrap();
    }
    let state = State::open(&path).unwrap();
    assert_eq!(state.get::<usize>("name").unwrap(), Some(5_000));
}

/// A disk that can be full.
#[derive(Debug)]
struct Disk {
    memory: InMemoryBackend,
    full: Arc<AtomicBool>,
}

impl Disk {
    fn room(&self) -> io::Result<()> {
        if self.full.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.memory.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.memory.read(offset, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.room()?;
        self.memory.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.room()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.room()?;
        self.memory.write(offset, data)
    }
}

#[test]
fn after_a_disk_was_full_the_state_says_that_it_has_to_be_opened_again() {
    let full = Arc::new(AtomicBool::new(false));
    let state = State::with_backend(Disk { memory: InMemoryBackend::new(), full: full.clone() }).unwrap();
    state.put("signed", &1).unwrap();
    state.usable().unwrap();
    state.usable().unwrap();
    state.put("signed", &2).unwrap();
    full.store(true, Ordering::SeqCst);
    assert!(state.put("signed", &3).is_err());
    full.store(false, Ordering::SeqCst);
    let error = state.usable().unwrap_err().to_string();
    assert!(error.contains("start the program again"), "{error}");
    assert!(state.put_once("other", &4).is_err(), "what would be signed now could not be known");
}

#[test]
fn several_records_are_written_together_and_replace_those_of_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    let state = State::open(&path).unwrap();
    state.put("a", &1u64).unwrap();
    state.put_all([("a".to_owned(), 2u64), ("b".to_owned(), 3)]).unwrap();
    state.put_all(Vec::<(String, u64)>::new()).unwrap();
    drop(state);
    let state = State::open(&path).unwrap();
    assert_eq!((state.get::<u64>("a").unwrap(), state.get::<u64>("b").unwrap()), (Some(2), Some(3)));
}
