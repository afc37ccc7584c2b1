//! The encrypted spool: objects, records of studies, FHIR documents.
//!
//! What [`Spool::store`] has answered well is on disk: the object is written aside, synced, renamed, and the folder synced. The index in memory
//! is made anew from the heads of the files at each start, so that there is no second truth that could be lost or differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bithive_dicomnet::Uid;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::arrival::{About, Arrival, Refused};
use crate::disk::{self, Aside, PART};
use crate::error::{GatewayError, at};
use crate::limits::SpoolLimits;
use crate::seal::{BEFORE_HEAD, Name, SpoolKey};

/// Sender of what the gateway itself makes. No AE title is so long, so that nobody can pass for it.
pub const OWN: &str = "bithive-gateway-report";
const OBJECTS: &str = "objects";
const ASIDE: &str = "aside";
const LOCK: &str = "lock";
/// A file that opens under the folder's key alone.
const CHECK: &str = "check";
const CHECKED: &[u8] = b"bithive-gateway-spool-1";

/// What became of an object that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is new.
    New,
    /// The same was there.
    Known,
}

/// What is in a spool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Studies with an object at least.
    pub studies: usize,
    /// Objects of all studies.
    pub instances: usize,
    /// Bytes of their files, before encryption.
    pub bytes: u64,
    /// Objects that were refused and are kept aside.
    pub aside: usize,
    /// Files that do not open: damaged, or put there by somebody else.
    pub damaged: usize,
}

#[derive(Default)]
struct Index {
    instances: BTreeMap<Uid, About>,
    studies: BTreeMap<Uid, BTreeSet<Uid>>,
    bytes: u64,
    aside: usize,
    damaged: usize,
}

/// A spool in a folder. One process at a time has it.
pub struct Spool {
    folder: PathBuf,
    key: SpoolKey,
    limits: SpoolLimits,
    index: Mutex<Index>,
    /// Locked as long as this lives.
    _lock: File,
}

impl Spool {
    /// Opens a spool, or begins one in a new folder, and reads the heads of all objects.
    ///
    /// # Errors
    /// [`GatewayError::InUse`], [`GatewayError::OtherKey`], [`GatewayError::Io`]. A file that does not open is counted, and stays.
    pub fn open(folder: &Path, key: SpoolKey, limits: SpoolLimits) -> Result<Self, GatewayError> {
        disk::make(folder)?;
        // Somebody else may have made it.
        disk::shut(folder)?;
        let path = folder.join(LOCK);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(&path).map_err(at(&path))?;
        if lock.try_lock().is_err() {
            return Err(GatewayError::InUse { path: folder.to_owned() });
        }
        clear(folder)?;
        check_key(folder, &key)?;
        for kind in [OBJECTS, ASIDE] {
            disk::make(&folder.join(kind))?;
        }
        for number in 0..=u8::MAX {
            disk::make(&folder.join(OBJECTS).join(format!("{number:02x}")))?;
        }
        let spool = Self { folder: folder.to_owned(), key, limits, index: Mutex::default(), _lock: lock };
        spool.read_index()?;
        Ok(spool)
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_index(&self) -> Result<(), GatewayError> {
        let mut index = Index::default();
        for number in 0..=u8::MAX {
            let folder = self.folder.join(OBJECTS).join(format!("{number:02x}"));
            clear(&folder)?;
            for (path, name) in files(&folder)? {
                match head::<About>(&self.key, &path, &name) {
                    Some(about) if self.key.name("object", about.instance.as_str()) == name => {
                        index.add(about)
                    }
                    _ => {
                        tracing::warn!(file = %path.display(), "a file of the spool does not open and is left alone");
                        index.damaged = index.damaged.saturating_add(1);
                    }
                }
            }
        }
        clear(&self.folder.join(ASIDE))?;
        index.aside = files(&self.folder.join(ASIDE))?.len();
        *self.index() = index;
        Ok(())
    }

    fn place(&self, name: &Name) -> PathBuf {
        self.folder.join(OBJECTS).join(name.as_str().get(..2).unwrap_or_default()).join(name.as_str())
    }

    /// Stores an object. When this answers well, it is on disk; the same object twice is stored once.
    ///
    /// # Errors
    /// [`Refused`]. An object with other bytes, or of another patient, under an identifier that is there is kept aside, encrypted, as long as
    /// there is room.
    pub fn store(&self, arrival: Arrival) -> Result<Stored, Refused> {
        let Arrival { about, file } = arrival;
        let name = self.key.name("object", about.instance.as_str());
        // The index is free again after this line: the arms below take it anew.
        let admitted = self.index().admit(&about, self.limits);
        match admitted {
            Ok(Stored::Known) => return Ok(Stored::Known),
            Ok(Stored::New) => {}
            Err(refused) => return Err(self.refuse(refused, &about, file)),
        }
        let path = self.place(&name);
        let folder = path.parent().unwrap_or(&self.folder).to_owned();
        let aside = self
            .sealed(&name, &about, file)
            .and_then(|sealed| Aside::write(&folder, &sealed))
            .map_err(|error| disk_failed(&error))?;
        // Somebody may have stored another one in the meantime.
        let mut index = self.index();
        match index.admit(&about, self.limits) {
            Ok(Stored::New) => {}
            Ok(Stored::Known) => return Ok(Stored::Known),
            Err(refused) => return Err(refused),
        }
        aside.name(&path).map_err(|error| disk_failed(&error))?;
        index.add(about);
        Ok(Stored::New)
    }

    fn sealed<T: Serialize>(&self, name: &Name, head: &T, body: Vec<u8>) -> Result<Vec<u8>, GatewayError> {
        let head = serde_json::to_vec(head).map_err(|error| GatewayError::Task(error.to_string()))?;
        self.key.seal_file(name, head, body)
    }

    /// Keeps a refused object for a person to look at, where it could be the right one.
    fn refuse(&self, refused: Refused, about: &About, file: Vec<u8>) -> Refused {
        if !matches!(refused, Refused::OtherBytes | Refused::OtherPatient)
            || self.index().aside >= self.limits.aside
        {
            return refused;
        }
        let name = self.key.name("aside", &format!("{}/{}", about.instance, about.digest));
        let path = self.folder.join(ASIDE).join(name.as_str());
        if path.exists() {
            return refused;
        }
        let kept = self.sealed(&name, about, file).and_then(|sealed| disk::replace(&path, &sealed));
        match kept {
            Ok(()) => {
                let mut index = self.index();
                index.aside = index.aside.saturating_add(1);
            }
            Err(error) => tracing::warn!(%error, "a refused object can't be kept aside"),
        }
        refused
    }

    /// What is known of an object.
    #[must_use]
    pub fn about(&self, instance: &Uid) -> Option<About> {
        self.index().instances.get(instance).cloned()
    }

    /// The file of an object.
    ///
    /// # Errors
    /// [`GatewayError::Damaged`], [`GatewayError::Io`].
    pub fn file(&self, instance: &Uid) -> Result<Option<Vec<u8>>, GatewayError> {
        if !self.index().instances.contains_key(instance) {
            return Ok(None);
        }
        let name = self.key.name("object", instance.as_str());
        let path = self.place(&name);
        let sealed = std::fs::read(&path).map_err(at(&path))?;
        let (_, file) = self.key.open_file(&name, &sealed).map_err(|_| damaged(&path))?;
        Ok(Some(file))
    }

    /// Studies, by identifier.
    #[must_use]
    pub fn studies(&self) -> Vec<Uid> {
        self.index().studies.keys().cloned().collect()
    }

    /// Objects of a study, by identifier.
    #[must_use]
    pub fn study(&self, study: &Uid) -> Vec<About> {
        let index = self.index();
        let instances = index.studies.get(study).into_iter().flatten();
        instances.filter_map(|instance| index.instances.get(instance)).cloned().collect()
    }

    /// Removes the files of a study, and returns how many there were. What a disk keeps of removed files is not overwritten.
    ///
    /// # Errors
    /// [`GatewayError::Io`]; what is not removed by then stays in the index.
    pub fn erase(&self, study: &Uid) -> Result<usize, GatewayError> {
        let mut index = self.index();
        let instances = index.studies.get(study).cloned().unwrap_or_default();
        for instance in &instances {
            let path = self.place(&self.key.name("object", instance.as_str()));
            std::fs::remove_file(&path).map_err(at(&path))?;
            path.parent().map_or(Ok(()), disk::sync)?;
            index.remove(instance);
        }
        Ok(instances.len())
    }

    /// How many objects a study has.
    #[must_use]
    pub fn count(&self, study: &Uid) -> usize {
        self.index().studies.get(study).map_or(0, BTreeSet::len)
    }

    /// What is in the spool.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let index = self.index();
        Tally {
            studies: index.studies.len(),
            instances: index.instances.len(),
            bytes: index.bytes,
            aside: index.aside,
            damaged: index.damaged,
        }
    }

    /// A number of 122 bits that stands for something and is the same each time, as the end of a UID under 2.25.
    #[must_use]
    pub fn derived_uid(&self, parts: &[&str]) -> String {
        format!("2.25.{}", self.key.number(parts) >> 6)
    }

    /// 32 hexadecimal digits that stand for something and tell nothing of it.
    #[must_use]
    pub fn pseudonym(&self, parts: &[&str]) -> String {
        format!("{:032x}", self.key.number(parts))
    }

    fn record_at(&self, kind: &str, id: &str) -> (Name, PathBuf) {
        let name = self.key.name(kind, id);
        let path = self.folder.join(kind).join(name.as_str());
        (name, path)
    }

    /// Writes a record with a body, in the place of one with the same id. When this answers well, it is on disk.
    ///
    /// # Errors
    /// [`GatewayError::Io`]; too many records of the kind.
    pub fn put<T: Serialize>(
        &self,
        kind: &str,
        id: &str,
        record: &T,
        body: Vec<u8>,
    ) -> Result<(), GatewayError> {
        let (name, path) = self.record_at(kind, id);
        let folder = self.folder.join(kind);
        disk::make(&folder)?;
        if !path.exists() && files(&folder)?.len() >= self.limits.records {
            return Err(GatewayError::Damaged {
                path: folder,
                problem: "it has as many files as it may have",
            });
        }
        disk::replace(&path, &self.sealed(&name, record, body)?)
    }

    /// A record and its body, if it is there.
    ///
    /// # Errors
    /// [`GatewayError::Damaged`], [`GatewayError::Io`].
    pub fn get<T: DeserializeOwned>(
        &self,
        kind: &str,
        id: &str,
    ) -> Result<Option<(T, Vec<u8>)>, GatewayError> {
        let (name, path) = self.record_at(kind, id);
        let sealed = match std::fs::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at(&path)(error)),
        };
        let (head, body) = self.key.open_file(&name, &sealed).map_err(|_| damaged(&path))?;
        let record = serde_json::from_slice(&head).map_err(|_| damaged(&path))?;
        Ok(Some((record, body)))
    }

    /// All records of a kind, without their bodies.
    ///
    /// # Errors
    /// As [`Spool::get`].
    pub fn all<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<T>, GatewayError> {
        let folder = self.folder.join(kind);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let found = files(&folder)?;
        found.iter().map(|(path, name)| head(&self.key, path, name).ok_or_else(|| damaged(path))).collect()
    }

    /// Removes a record, if it is there.
    ///
    /// # Errors
    /// [`GatewayError::Io`].
    pub fn remove(&self, kind: &str, id: &str) -> Result<(), GatewayError> {
        let (_, path) = self.record_at(kind, id);
        match std::fs::remove_file(&path) {
            Ok(()) => disk::sync(&self.folder.join(kind)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(at(&path)(error)),
        }
    }
}

/// All records of a kind in a folder that another process may have open, without their bodies; what is removed meanwhile is left out.
///
/// # Errors
/// [`GatewayError::OtherKey`], [`GatewayError::Damaged`], [`GatewayError::Io`].
pub(crate) fn read_records<T: DeserializeOwned>(
    folder: &Path,
    key: &SpoolKey,
    kind: &str,
) -> Result<Vec<T>, GatewayError> {
    let check = folder.join(CHECK);
    let sealed = std::fs::read(&check).map_err(at(&check))?;
    if key.open_file(&key.name(CHECK, ""), &sealed).is_err() {
        return Err(GatewayError::OtherKey { path: folder.to_owned() });
    }
    let folder = folder.join(kind);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for (path, name) in files(&folder)? {
        match head(key, &path, &name) {
            Some(record) => all.push(record),
            None if path.exists() => return Err(damaged(&path)),
            None => {}
        }
    }
    Ok(all)
}

/// The head of a file, and not more of a large one than that.
fn head<T: DeserializeOwned>(key: &SpoolKey, path: &Path, name: &Name) -> Option<T> {
    let mut file = File::open(path).ok()?;
    let mut bytes = Vec::new();
    (&mut file).take(BEFORE_HEAD as u64).read_to_end(&mut bytes).ok()?;
    let length = SpoolKey::head_length(&bytes)?;
    file.take(length as u64).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&key.open_head(name, &bytes).ok()?.0).ok()
}

impl Index {
    /// Whether an object is new, known, or refused.
    fn admit(&self, about: &About, limits: SpoolLimits) -> Result<Stored, Refused> {
        if let Some(known) = self.instances.get(&about.instance) {
            let same = known.digest == about.digest && known.study == about.study;
            return if same { Ok(Stored::Known) } else { Err(Refused::OtherBytes) };
        }
        let mut others = self.studies.get(&about.study).into_iter().flatten();
        let other = others.next().and_then(|instance| self.instances.get(instance));
        if other.is_some_and(|other| other.patient() != about.patient()) {
            return Err(Refused::OtherPatient);
        }
        if self.instances.len() >= limits.instances {
            return Err(Refused::Full { what: "objects" });
        }
        if self.bytes.saturating_add(about.bytes) > limits.bytes {
            return Err(Refused::Full { what: "bytes" });
        }
        Ok(Stored::New)
    }

    fn remove(&mut self, instance: &Uid) {
        let Some(about) = self.instances.remove(instance) else { return };
        self.bytes = self.bytes.saturating_sub(about.bytes);
        if let Some(study) = self.studies.get_mut(&about.study) {
            study.remove(instance);
            if study.is_empty() {
                self.studies.remove(&about.study);
            }
        }
    }

    fn add(&mut self, about: About) {
        self.bytes = self.bytes.saturating_add(about.bytes);
        self.studies.entry(about.study.clone()).or_default().insert(about.instance.clone());
        self.instances.insert(about.instance.clone(), about);
    }
}

fn disk_failed(error: &GatewayError) -> Refused {
    tracing::error!(%error, "an object can't be written");
    Refused::Disk
}

fn damaged(path: &Path) -> GatewayError {
    GatewayError::Damaged { path: path.to_owned(), problem: "it does not open under the key of this spool" }
}

/// Whether the folder is of this key; a new one is from now on.
fn check_key(folder: &Path, key: &SpoolKey) -> Result<(), GatewayError> {
    let (path, name) = (folder.join(CHECK), key.name(CHECK, ""));
    match std::fs::read(&path) {
        Ok(found) => match key.open_file(&name, &found) {
            Ok((_, body)) if body == CHECKED => Ok(()),
            _ => Err(GatewayError::OtherKey { path: folder.to_owned() }),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            disk::replace(&path, &key.seal_file(&name, Vec::new(), CHECKED.to_vec())?)
        }
        Err(error) => Err(at(&path)(error)),
    }
}

/// Files with names of the spool, in order.
fn files(folder: &Path) -> Result<Vec<(PathBuf, Name)>, GatewayError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let Some(text) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if let Some(name) = Name::of_file(text) {
            found.push((path, name));
        }
    }
    found.sort();
    Ok(found)
}

/// Removes what a crash has left of files that were being written. Nobody else may write then.
fn clear(folder: &Path) -> Result<(), GatewayError> {
    for entry in std::fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.to_str().is_some_and(|path| path.ends_with(PART)) {
            std::fs::remove_file(&path).map_err(at(&path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Phantom, arrival};

    fn open(folder: &Path) -> Result<Spool, GatewayError> {
        Spool::open(folder, SpoolKey::new(&[7; 32]), SpoolLimits::default())
    }

    #[test]
    fn what_was_stored_is_there_after_a_new_start() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path()).unwrap();
        let one = arrival(&Phantom::default());
        let (about, file) = (one.about.clone(), one.file.clone());
        assert_eq!(spool.store(one), Ok(Stored::New));
        assert!(matches!(open(folder.path()), Err(GatewayError::InUse { .. })));
        drop(spool);
        let spool = open(folder.path()).unwrap();
        assert_eq!(spool.about(&about.instance), Some(about.clone()));
        assert_eq!(spool.file(&about.instance).unwrap(), Some(file));
        assert_eq!(spool.study(&about.study), std::slice::from_ref(&about));
        assert_eq!(spool.tally().instances, 1);
    }

    #[test]
    fn the_same_object_is_stored_once_and_another_under_its_identifier_is_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path()).unwrap();
        assert_eq!(spool.store(arrival(&Phantom::default())), Ok(Stored::New));
        assert_eq!(spool.store(arrival(&Phantom::default())), Ok(Stored::Known));
        let other = || arrival(&Phantom { value: 9, ..Phantom::default() });
        assert_eq!(spool.store(other()), Err(Refused::OtherBytes));
        assert_eq!(spool.store(other()), Err(Refused::OtherBytes));
        let tally = spool.tally();
        assert_eq!((tally.instances, tally.aside), (1, 1));
        drop(spool);
        assert_eq!(open(folder.path()).unwrap().tally(), tally);
    }

    #[test]
    fn two_patients_in_one_study_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path()).unwrap();
        assert_eq!(spool.store(arrival(&Phantom::default())), Ok(Stored::New));
        let other = Phantom { instance: 2, patient: "P-2", ..Phantom::default() };
        assert_eq!(spool.store(arrival(&other)), Err(Refused::OtherPatient));
    }

    #[test]
    fn a_full_spool_says_so_and_keeps_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let limits = SpoolLimits { instances: 1, ..SpoolLimits::default() };
        let spool = Spool::open(folder.path(), SpoolKey::new(&[7; 32]), limits).unwrap();
        assert_eq!(spool.store(arrival(&Phantom::default())), Ok(Stored::New));
        let next = Phantom { instance: 2, ..Phantom::default() };
        assert_eq!(spool.store(arrival(&next)), Err(Refused::Full { what: "objects" }));
        assert_eq!(spool.store(arrival(&Phantom::default())), Ok(Stored::Known));
    }

    #[test]
    fn another_key_is_refused_and_a_damaged_file_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path()).unwrap();
        let one = arrival(&Phantom::default());
        let instance = one.about.instance.clone();
        assert_eq!(spool.store(one), Ok(Stored::New));
        let path = spool.place(&spool.key.name("object", instance.as_str()));
        drop(spool);
        let other = Spool::open(folder.path(), SpoolKey::new(&[8; 32]), SpoolLimits::default());
        assert!(matches!(other, Err(GatewayError::OtherKey { .. })));
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[40] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let tally = open(folder.path()).unwrap().tally();
        assert_eq!((tally.instances, tally.damaged), (0, 1));
    }

    #[test]
    fn a_study_that_is_erased_is_gone_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path()).unwrap();
        let one = arrival(&Phantom::default());
        let (study, bytes) = (one.about.study.clone(), one.about.bytes);
        assert_eq!(spool.store(one), Ok(Stored::New));
        assert_eq!(spool.store(arrival(&Phantom { instance: 2, ..Phantom::default() })), Ok(Stored::New));
        assert_eq!(spool.store(arrival(&Phantom { study: 2, ..Phantom::default() })), Ok(Stored::New));
        assert_eq!((spool.erase(&study).unwrap(), spool.erase(&study).unwrap()), (2, 0));
        let tally = Tally { studies: 1, instances: 1, bytes, ..Tally::default() };
        assert_eq!(spool.tally(), tally);
        drop(spool);
        assert_eq!(open(folder.path()).unwrap().tally(), tally);
    }

    #[test]
    fn nothing_on_disk_names_the_patient() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path()).unwrap();
        let one = arrival(&Phantom { patient: "SECRET-NUMBER", ..Phantom::default() });
        let instance = one.about.instance.to_string();
        assert_eq!(spool.store(one), Ok(Stored::New));
        spool.put("records", "SECRET-NUMBER", &"SECRET-NUMBER", b"SECRET-NUMBER".to_vec()).unwrap();
        let mut folders = vec![folder.path().to_owned()];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                assert!(!path.to_str().unwrap().contains(&instance));
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).unwrap();
                    assert!(!bytes.windows(13).any(|window| window == b"SECRET-NUMBER"));
                    seen += 1;
                }
            }
        }
        assert!(seen >= 3, "object, record, check");
    }

    #[test]
    fn records_are_replaced_as_a_whole_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path()).unwrap();
        assert_eq!(spool.get::<String>("studies", "1").unwrap(), None);
        spool.put("studies", "1", &"a", vec![1]).unwrap();
        spool.put("studies", "1", &"b", vec![2]).unwrap();
        assert_eq!(spool.get::<String>("studies", "1").unwrap(), Some(("b".into(), vec![2])));
        assert_eq!(spool.all::<String>("studies").unwrap(), ["b"]);
        spool.remove("studies", "1").unwrap();
        spool.remove("studies", "1").unwrap();
        assert_eq!(spool.all::<String>("studies").unwrap(), Vec::<String>::new());
    }
}
