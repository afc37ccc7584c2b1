//! A key that is destroyed is gone from the file's own bytes, not only from its folder.

use std::fs::{File, hard_link};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bithive_subject_keys::{Erasure, SubjectKeyError, SubjectKeys, Wiped, WrappingKey, wipe};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

fn keys(folder: &Path) -> SubjectKeys {
    SubjectKeys::open(folder, &WrappingKey::from_hex(&"1f".repeat(32)).unwrap()).unwrap()
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|found| found == ending)).collect()
}

#[test]
fn the_bytes_of_an_erased_key_are_overwritten_in_place_and_gone() {
    let folder = tempfile::tempdir().unwrap();
    let keys = keys(folder.path());
    // One stream for all: the same bytes twice would write over a key with its own nonce.
    let mut rng = rng();
    let key = keys.of("subject", &mut rng).unwrap();
    let path = files(folder.path(), "key").remove(0);
    let before = std::fs::read(&path).unwrap();
    let secret = &before[32..];
    // Two ways to the same blocks that outlive the name: a second name, and a descriptor that was opened before.
    let second = folder.path().join("second name");
    hard_link(&path, &second).unwrap();
    let mut kept = File::open(&path).unwrap();
    assert_eq!(keys.erase("subject", &mut rng).unwrap(), Erasure { key: Some(Wiped { bytes: 80 }) });
    assert!(!path.exists());
    let mut after = Vec::new();
    kept.seek(SeekFrom::Start(0)).unwrap();
    kept.read_to_end(&mut after).unwrap();
    assert_eq!(std::fs::read(&second).unwrap(), after, "the same file");
    assert_eq!(after.len(), before.len());
    // No run of eight bytes of nonce or wrapped key is left anywhere in it.
    for window in before[8..].windows(8) {
        assert!(!after.windows(8).any(|found| found == window));
    }
    assert!(!after.windows(4).any(|found| secret.starts_with(found)));
    // What was sealed is noise, for whoever has the wrapping key, too.
    let sealed = key.seal("a.sealed", b"pixels", &mut rng).unwrap();
    drop(key);
    let opened = keys.unseal(Path::new("a.sealed"), &sealed);
    assert!(matches!(opened, Err(SubjectKeyError::Erased)), "{opened:?}");
    // Also for who puts what is left back in its place.
    std::fs::rename(&second, &path).unwrap();
    std::fs::remove_file(files(folder.path(), "erased").remove(0)).unwrap();
    let opened = keys.unseal(Path::new("a.sealed"), &sealed);
    assert!(matches!(opened, Err(SubjectKeyError::Form { .. })), "{opened:?}");
}

#[test]
fn an_erased_subject_gets_no_new_key_and_others_keep_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let keys = keys(folder.path());
    let other = keys.of("other", &mut rng()).unwrap().seal("b.sealed", b"x", &mut rng()).unwrap();
    keys.of("subject", &mut rng()).unwrap();
    keys.erase("subject", &mut rng()).unwrap();
    assert!(matches!(keys.of("subject", &mut rng()), Err(SubjectKeyError::Erased)));
    assert_eq!(keys.unseal(Path::new("b.sealed"), &other).unwrap().as_slice(), b"x");
    // Again, as after a run that was cut off.
    assert_eq!(keys.erase("subject", &mut rng()).unwrap(), Erasure { key: None });
    let never = keys.erase("never", &mut rng());
    assert!(matches!(never, Err(SubjectKeyError::NoKey { .. })), "{never:?}");
}

#[test]
fn an_erasure_that_was_cut_off_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let keys = keys(folder.path());
    keys.of("subject", &mut rng()).unwrap();
    let path = files(folder.path(), "key").remove(0);
    // The mark is there, the key is not overwritten yet.
    File::create(path.with_extension("erased")).unwrap();
    assert!(matches!(keys.of("subject", &mut rng()), Err(SubjectKeyError::Erased)));
    assert_eq!(keys.erase("subject", &mut rng()).unwrap().key, Some(Wiped { bytes: 80 }));
    assert!(files(folder.path(), "key").is_empty());
}

#[test]
fn files_of_any_size_are_wiped_and_links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    for bytes in [0, 1, (64 << 10) - 1, 64 << 10, (64 << 10) + 1, 300_000] {
        let (path, second) = (folder.path().join("salt"), folder.path().join("second"));
        std::fs::write(&path, vec![b's'; bytes]).unwrap();
        hard_link(&path, &second).unwrap();
        assert_eq!(wipe(&path, &mut rng()).unwrap(), Wiped { bytes: bytes as u64 });
        let after = std::fs::read(&second).unwrap();
        assert!(!path.exists() && after.len() == bytes);
        assert!(!after.windows(8).any(|window| window == b"ssssssss"));
        std::fs::remove_file(second).unwrap();
    }
    #[cfg(unix)]
    {
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        std::fs::write(&target, b"kept").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(matches!(wipe(&link, &mut rng()), Err(SubjectKeyError::Form { .. })));
        assert_eq!(std::fs::read(&target).unwrap(), b"kept");
    }
    assert!(matches!(wipe(&folder.path().join("nothing"), &mut rng()), Err(SubjectKeyError::Io { .. })));
}
