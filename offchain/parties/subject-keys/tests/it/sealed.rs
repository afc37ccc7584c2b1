//! Data under a subject's key, and what is wrong with files that do not open.

use std::path::{Path, PathBuf};

use bithive_subject_keys::{SubjectKeyError, SubjectKeys, WrappingKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

fn keys(folder: &Path, digits: &str) -> SubjectKeys {
    SubjectKeys::open(folder, &WrappingKey::from_hex(&digits.repeat(32)).unwrap()).unwrap()
}

fn key_files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn what_is_sealed_opens_with_the_same_folder_and_wrapping_key_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let own = keys(folder.path(), "1f");
    let sealed = own.of("subject", &mut rng(1)).unwrap().seal("a.sealed", b"pixels", &mut rng(2)).unwrap();
    let path = Path::new("somewhere/a.sealed");
    // Another process, later.
    assert_eq!(keys(folder.path(), "1f").unseal(path, &sealed).unwrap().as_slice(), b"pixels");
    let other = keys(folder.path(), "2e").unseal(path, &sealed);
    assert!(matches!(other, Err(SubjectKeyError::Wrong { .. })), "{other:?}");
    let elsewhere = tempfile::tempdir().unwrap();
    let other = keys(elsewhere.path(), "1f").unseal(path, &sealed);
    assert!(matches!(other, Err(SubjectKeyError::NoKey { .. })), "{other:?}");
    // Another name: a file was put in the place of another.
    let renamed = own.unseal(Path::new("b.sealed"), &sealed);
    assert!(matches!(renamed, Err(SubjectKeyError::Wrong { .. })), "{renamed:?}");
}

#[test]
fn each_subject_has_a_key_of_its_own_and_one_only() {
    let folder = tempfile::tempdir().unwrap();
    let own = keys(folder.path(), "1f");
    let first = own.of("one", &mut rng(1)).unwrap().seal("a.sealed", b"1", &mut rng(3)).unwrap();
    own.of("other", &mut rng(2)).unwrap();
    // The same key again: what was sealed before still opens.
    own.of("one", &mut rng(9)).unwrap();
    assert_eq!(own.unseal(Path::new("a.sealed"), &first).unwrap().as_slice(), b"1");
    let files = key_files(folder.path());
    assert_eq!(files.len(), 2);
    // Names and contents say nothing of the subjects.
    for file in files {
        assert!(!file.to_string_lossy().contains("one.key"));
        assert_eq!(std::fs::read(file).unwrap().len(), 80);
    }
}

#[test]
fn no_byte_of_a_key_file_or_of_a_sealed_file_can_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let own = keys(folder.path(), "1f");
    let sealed = own.of("subject", &mut rng(1)).unwrap().seal("a.sealed", b"pixels", &mut rng(2)).unwrap();
    let path = Path::new("a.sealed");
    for place in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        assert!(own.unseal(path, &changed).is_err(), "{place}");
        assert!(own.unseal(path, &sealed[..place]).is_err(), "{place}");
    }
    let file = key_files(folder.path()).remove(0);
    let bytes = std::fs::read(&file).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        std::fs::write(&file, &changed).unwrap();
        assert!(own.unseal(path, &sealed).is_err(), "{place}");
        std::fs::write(&file, &bytes[..place]).unwrap();
        assert!(own.unseal(path, &sealed).is_err(), "{place}");
    }
    std::fs::write(&file, &bytes).unwrap();
    assert!(own.unseal(path, &sealed).is_ok());
}

#[test]
fn a_wrapping_key_is_64_digits_that_are_not_all_zero() {
    for bad in ["", "1f", &"1f".repeat(33), &"zz".repeat(32), &"00".repeat(32)] {
        assert!(matches!(WrappingKey::from_hex(bad), Err(SubjectKeyError::WrappingKey)), "{bad:?}");
    }
    assert!(WrappingKey::from_hex(&format!(" {}\n", "1F".repeat(32))).is_ok());
}
