//! Records that are not those that the party left.

use std::path::{Path, PathBuf};

use bithive_state::{Owner, State, StateError};
use tempfile::TempDir;

struct Place {
    _folder: TempDir,
    records: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { records: folder.path().join("records.redb"), _folder: folder }
    }

    fn witness(&self) -> PathBuf {
        self.records.with_extension("witness")
    }

    fn open(&self) -> Result<State, StateError> {
        State::open(&self.records)
    }

    /// A party has signed something; returns a copy of its records from before.
    fn signed() -> (Self, Vec<u8>) {
        let place = Self::new();
        place.open().unwrap().put("cursor", &7u64).unwrap();
        let before = std::fs::read(&place.records).unwrap();
        place.open().unwrap().put("signed", &"statement").unwrap();
        (place, before)
    }

    /// It is not started with what is there, nothing is changed, and the error says what helps.
    fn refused(&self, what: &str) {
        let there = || (std::fs::read(&self.records).ok(), std::fs::read(self.witness()).ok());
        let before = there();
        let error = self.open().map(|_| ()).unwrap_err();
        assert!(matches!(error, StateError::Lost { .. }), "{error}");
        let text = error.to_string();
        for part in [what, "put back the newest copy", &self.records.display().to_string()] {
            assert!(text.contains(part), "{text}");
        }
        assert!(text.contains(&format!("{} away", self.witness().display())), "{text}");
        assert_eq!(there(), before);
    }
}

#[test]
fn records_that_are_gone_or_older_are_refused_until_somebody_says_so() {
    let (place, older) = Place::signed();
    let newest = std::fs::read(&place.records).unwrap();
    std::fs::remove_file(&place.records).unwrap();
    place.refused("is missing");
    for (content, what) in [
        (vec![], "is empty"),
        (vec![0; newest.len()], "is damaged"),
        (b"something else".to_vec(), "is damaged"),
        (newest[..newest.len() / 2].to_vec(), "is damaged"),
    ] {
        std::fs::write(&place.records, content).unwrap();
        place.refused(what);
    }
    std::fs::write(&place.records, &older).unwrap();
    let error = place.open().map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("it is an older copy"), "{error}");
    // A new file of records, as another program would make it.
    std::fs::rename(place.witness(), place.witness().with_extension("kept")).unwrap();
    std::fs::remove_file(&place.records).unwrap();
    drop(place.open().unwrap());
    std::fs::rename(place.witness().with_extension("kept"), place.witness()).unwrap();
    assert!(place.open().map(|_| ()).unwrap_err().to_string().contains("it is an older copy"));
    // What helps: the newest copy,
    std::fs::write(&place.records, &newest).unwrap();
    assert_eq!(place.open().unwrap().get::<String>("signed").unwrap().as_deref(), Some("statement"));
    // or moving both away.
    std::fs::remove_file(&place.records).unwrap();
    std::fs::remove_file(place.witness()).unwrap();
    assert_eq!(place.open().unwrap().get::<String>("signed").unwrap(), None);
}

#[test]
fn an_empty_file_is_no_new_one_also_where_nobody_has_counted() {
    let place = Place::new();
    std::fs::write(&place.records, b"").unwrap();
    place.refused("is empty");
}

/// Whatever part of the file is zeroed: the party has all of its records, or does not start.
#[test]
fn a_file_of_which_the_disk_lost_a_part_is_refused_or_complete() {
    let place = Place::new();
    let state = place.open().unwrap();
    let names: Vec<String> = (0..200).map(|job| format!("signed/{job:03}")).collect();
    for name in &names {
        state.put(name, &"x".repeat(50)).unwrap();
    }
    drop(state);
    let (records, witness) =
        (std::fs::read(&place.records).unwrap(), std::fs::read(place.witness()).unwrap());
    let mut refused = 0;
    for hole in (0..records.len()).step_by(1 << 12) {
        let mut damaged = records.clone();
        let end = records.len().min(hole + (1 << 12));
        if damaged[hole..end].iter().all(|byte| *byte == 0) {
            continue;
        }
        damaged[hole..end].fill(0);
        std::fs::write(&place.records, &damaged).unwrap();
        std::fs::write(place.witness(), &witness).unwrap();
        match place.open() {
            Ok(state) => assert_eq!(state.names("").unwrap(), names, "bytes {hole} to {end}"),
            Err(StateError::Lost { .. }) => refused += 1,
            Err(error) => panic!("bytes {hole} to {end}: {error}"),
        }
    }
    assert!(refused > 0);
}

#[test]
fn a_party_that_is_killed_between_its_records_and_their_count_starts_again() {
    let (place, _) = Place::signed();
    let behind = std::fs::read(place.witness()).unwrap();
    place.open().unwrap().put("signed/2", &"statement").unwrap();
    std::fs::write(place.witness(), behind).unwrap();
    place.open().unwrap();
    // Records of versions that did not count.
    std::fs::remove_file(place.witness()).unwrap();
    place.open().unwrap();
    assert!(place.witness().exists());
}

#[test]
fn a_count_that_can_not_be_read_is_named() {
    let (place, _) = Place::signed();
    for content in ["", "something else", "Writes that the records beside this file have had: many\n"] {
        std::fs::write(place.witness(), content).unwrap();
        let error = place.open().map(|_| ()).unwrap_err();
        assert!(matches!(error, StateError::Witness { .. }), "{error}");
        assert!(
            error.to_string().contains("records.witness") && error.to_string().contains("remove it"),
            "{error}"
        );
    }
    std::fs::remove_file(place.witness()).unwrap();
    place.open().unwrap();
}

#[test]
fn the_count_is_of_one_length_and_follows_every_write() {
    let place = Place::new();
    let state = place.open().unwrap();
    let count = |place: &Place| std::fs::read_to_string(place.witness()).unwrap();
    let mut last = count(&place);
    type Write = fn(&State) -> Result<(), StateError>;
    let writes: [Write; 6] = [
        |state| state.put("a", &1),
        |state| state.put_once("b", &1).map(|_| ()),
        |state| state.put_beside("c/", "c/1", &1, |_| Ok(())),
        |state| state.replace("a", [("d/1".to_owned(), 1)]),
        |state| state.remove_range("d/", "d/2"),
        |state| state.remove("b"),
    ];
    for write in writes {
        write(&state).unwrap();
        let now = count(&place);
        assert!(now > last && now.len() == last.len(), "{now}");
        last = now;
    }
    assert_eq!(state.names("").unwrap(), ["c/1"], "what is known of the records is no record");
}

#[test]
fn records_of_another_party_are_refused() {
    let place = Place::new();
    let owner = Owner {
        account: "bithive1own".into(),
        chain_id: "hive-1".into(),
        registry: "bithive1registry".into(),
    };
    place.open().unwrap().belong_to(&owner).unwrap();
    place.open().unwrap().belong_to(&owner).unwrap();
    let others = [
        Owner { account: "bithive1other".into(), ..owner.clone() },
        Owner { chain_id: "hive-2".into(), ..owner.clone() },
        Owner { registry: "bithive1newer".into(), ..owner.clone() },
    ];
    for other in others {
        let error = place.open().unwrap().belong_to(&other).unwrap_err();
        let StateError::OtherParty { found, expected, .. } = &error else { panic!("{error}") };
        assert_eq!((&**found, &**expected), (&owner, &other));
        let text = error.to_string();
        assert!(text.contains("records.redb") && text.contains("data folder of its own"), "{text}");
    }
    place.open().unwrap().belong_to(&owner).unwrap();
    assert!(Path::new(&place.records).exists());
}
