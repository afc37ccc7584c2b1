//! What a file of keys withstands.

use std::path::{Path, PathBuf};

use bithive_keystore::{Kdf, Keystore, KeystoreError, Kind, Mnemonic, Password, names};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(9)
}

fn password() -> Password {
    Password::new("correct horse battery").unwrap()
}

/// A keystore with everything a node has, in a folder.
fn stored(folder: &Path) -> (PathBuf, Keystore) {
    let mut keystore = Keystore::from_mnemonic(&Mnemonic::generate(&mut rng()).unwrap()).unwrap();
    keystore.insert_broadcast(names::BROADCAST, &[7; 40]).unwrap();
    keystore.insert_document(names::NODE, b"{\"ask\": 11}").unwrap();
    let file = folder.join("keys.json");
    keystore.create(&file, (&password(), Kdf::RANDOM), &mut rng()).unwrap();
    (file, keystore)
}

fn change(file: &Path, edit: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    edit(&mut value);
    std::fs::write(file, serde_json::to_vec(&value).unwrap()).unwrap();
}

fn refused(file: &Path) -> KeystoreError {
    Keystore::open(file, &password()).map(|_| ()).unwrap_err()
}

#[test]
fn what_is_stored_comes_back_and_public_keys_need_no_password() {
    let folder = tempfile::tempdir().unwrap();
    let (file, keystore) = stored(folder.path());
    let opened = Keystore::open(&file, &password()).unwrap();
    let account = names::ACCOUNT;
    assert_eq!(opened.account(account).unwrap().address(), keystore.account(account).unwrap().address());
    assert_eq!(opened.endpoint("endpoint").unwrap().id(), keystore.endpoint("endpoint").unwrap().id());
    assert_eq!(opened.bls("bls").unwrap().public_key(), keystore.bls("bls").unwrap().public_key());
    assert_eq!(
        *opened.mnemonic("mnemonic").unwrap().words(),
        *keystore.mnemonic("mnemonic").unwrap().words()
    );
    assert_eq!(opened.broadcast("broadcast").unwrap(), [7; 40]);
    assert_eq!(opened.document("node").unwrap(), b"{\"ask\": 11}");
    assert!(opened.entries().eq(Keystore::describe(&file).unwrap().iter()));
}

#[test]
fn no_secret_is_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, keystore) = stored(folder.path());
    let text = std::fs::read_to_string(file).unwrap();
    for entry in keystore.entries() {
        let (_, secret) = keystore.export(&entry.name).unwrap();
        assert!(!text.contains(secret.as_str()), "{}", entry.name);
    }
    let words = keystore.mnemonic("mnemonic").unwrap().words();
    assert!(!words.split(' ').all(|word| text.contains(word)));
}

#[test]
fn another_password_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = stored(folder.path());
    for wrong in ["correct horse batterz", "correct horse battery ", "x"] {
        let opened = Keystore::open(&file, &Password::new(wrong).unwrap());
        assert!(matches!(opened, Err(KeystoreError::Shut { .. })), "{wrong}");
    }
}

#[test]
fn whatever_is_changed_in_the_file_it_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let edits: [fn(&mut Value); 8] = [
        |file| file["entries"][1]["name"] = json!("another"),
        |file| file["entries"][1]["public"] = json!("bithive1another"),
        |file| file["entries"][1]["kind"] = json!("endpoint"),
        |file| file["entries"].as_array_mut().unwrap().swap(1, 2),
        |file| drop(file["entries"].as_array_mut().unwrap().pop()),
        |file| file["kdf"]["memory_kib"] = json!(16),
        |file| file["kdf"]["salt"] = json!("00".repeat(16)),
        |file| file["cipher"]["nonce"] = json!("00".repeat(24)),
    ];
    for (index, edit) in edits.into_iter().enumerate() {
        let inner = folder.path().join(index.to_string());
        std::fs::create_dir(&inner).unwrap();
        let (file, _) = stored(&inner);
        change(&file, edit);
        assert!(matches!(refused(&file), KeystoreError::Shut { .. }), "edit {index}");
    }
}

#[test]
fn a_file_that_is_no_keystore_is_refused_by_the_name_of_the_field() {
    let folder = tempfile::tempdir().unwrap();
    type Edit = fn(&mut Value);
    let edits: [(Edit, &str); 9] = [
        (|file| file["format"] = json!("another"), "format"),
        (|file| file["version"] = json!(2), "version"),
        (|file| file["kdf"]["algorithm"] = json!("scrypt"), "kdf.algorithm"),
        (|file| file["kdf"]["memory_kib"] = json!((1u32 << 20) + 1), "kdf.memory_kib"),
        (|file| file["kdf"]["iterations"] = json!(4), "kdf.iterations"),
        (|file| file["kdf"]["parallelism"] = json!(5), "kdf.parallelism"),
        (|file| file["kdf"]["salt"] = json!("00"), "kdf.salt"),
        (|file| file["cipher"]["nonce"] = json!("zz"), "cipher.nonce"),
        (|file| file["more"] = json!(1), "it"),
    ];
    for (edit, name) in edits {
        let inner = folder.path().join(name);
        std::fs::create_dir(&inner).unwrap();
        let (file, _) = stored(&inner);
        change(&file, edit);
        let error = refused(&file);
        assert!(matches!(&error, KeystoreError::Field { field, .. } if *field == name), "{name}: {error}");
        let costs = ["kdf.memory_kib", "kdf.iterations", "kdf.parallelism"].contains(&name);
        assert_eq!(error.to_string().contains("bithive keys import"), costs, "{error}");
    }
    let other = folder.path().join("other.json");
    bithive_keystore::private::create(&other, b"{\"account\": \"5ec4e7\"}").unwrap();
    assert!(!refused(&other).to_string().contains("5ec4e7"), "content is never quoted");
}

#[test]
fn a_file_is_never_overwritten_by_new_keys_and_another_password_takes_the_old_ones_place() {
    let folder = tempfile::tempdir().unwrap();
    let (file, keystore) = stored(folder.path());
    let again = keystore.create(&file, (&password(), Kdf::RANDOM), &mut rng());
    assert!(matches!(again, Err(KeystoreError::Exists { .. })));
    let other = Password::new("another password").unwrap();
    keystore.replace(&file, (&other, Kdf::with_memory(64).unwrap()), &mut rng()).unwrap();
    assert!(matches!(refused(&file), KeystoreError::Shut { .. }));
    assert!(Keystore::open(&file, &other).unwrap().has(names::ACCOUNT));
    assert_eq!(Keystore::costs(&file).unwrap().memory_kib, 64);
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["keys.json"], "nothing is left beside it");
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_file_and_one_that_others_can_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = stored(folder.path());
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    for mode in [0o640, 0o602, 0o666] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let error = refused(&file);
        assert!(matches!(error, KeystoreError::Exposed { mode: found, .. } if found == mode), "{error}");
        assert!(error.to_string().contains("chmod 600"));
    }
}

#[test]
fn an_entry_is_had_by_its_name_and_kind_only() {
    let mut keystore = Keystore::from_mnemonic(&Mnemonic::generate(&mut rng()).unwrap()).unwrap();
    let kind = keystore.account("endpoint").map(|_| ());
    assert!(matches!(kind, Err(KeystoreError::Kind { found: Kind::Endpoint, expected: Kind::Account, .. })));
    let missing = keystore.account("nobody").map(|_| ()).unwrap_err();
    assert!(missing.to_string().contains("mnemonic, account, endpoint, bls"), "{missing}");
    for name in ["", "Upper", "a/b", "account", &"x".repeat(65)] {
        assert!(matches!(keystore.insert_document(name, b""), Err(KeystoreError::Name { .. })), "{name:?}");
    }
    keystore.remove("account");
    assert!(!keystore.has("account"));
}

#[test]
fn words_are_read_in_any_case_and_refused_without_being_quoted() {
    let words = "Legal  winner thank year wave sausage worth useful legal winner thank\n YELLOW";
    assert_eq!(Mnemonic::parse(words).unwrap().word_count(), 12);
    let bad = [
        ("legal winner thank year wave sausage worth useful legal winner thank", "11 words"),
        ("legal winner thank year wave sausage worth useful legal winner thank thank", "checksum"),
        ("legal winner thank year wave sausage worth useful legal winner thank sesame", "place 12"),
        (
            "legal winner thank year wave sausage worth useful legal winner thank year wave sausage wise",
            "words",
        ),
    ];
    for (words, wrong) in bad {
        let error = Mnemonic::parse(words).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(wrong) && !error.contains("sesame"), "{error}");
    }
}

#[test]
fn the_same_words_give_the_same_party_and_others_another() {
    let (first, second) = (Mnemonic::generate(&mut rng()).unwrap(), {
        let mut rng = ChaCha20Rng::seed_from_u64(10);
        Mnemonic::generate(&mut rng).unwrap()
    });
    let again = Mnemonic::parse(&first.words()).unwrap();
    let public = |mnemonic: &Mnemonic| -> Vec<String> {
        let keystore = Keystore::from_mnemonic(mnemonic).unwrap();
        keystore.entries().skip(1).map(|entry| entry.public.clone()).collect()
    };
    assert_eq!(public(&first), public(&again));
    assert!(public(&first).iter().zip(public(&second)).all(|(one, other)| *one != other));
    // Each label has bytes of its own.
    let seed = first.seed();
    let endpoint = seed.endpoint().to_bytes();
    assert_ne!(*endpoint, *seed.attributes_nonce());
    assert_ne!(seed.broadcast_rng(&[1; 32], 1), seed.broadcast_rng(&[1; 32], 2));
    assert_ne!(seed.broadcast_rng(&[1; 32], 1), seed.broadcast_rng(&[2; 32], 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_are_a_keystore_by_chance(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        bithive_keystore::private::create(&file, &bytes).unwrap();
        prop_assert!(Keystore::open(&file, &password()).is_err());
    }

    #[test]
    fn a_flipped_bit_anywhere_opens_nothing(place in any::<prop::sample::Index>(), bit in 0..8u8) {
        let folder = tempfile::tempdir().unwrap();
        let (file, keystore) = stored(folder.path());
        let mut bytes = std::fs::read(&file).unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        std::fs::write(&file, &bytes).unwrap();
        // A bit of white space between two fields changes nothing that is read.
        if let Ok(opened) = Keystore::open(&file, &password()) {
            prop_assert!(opened.entries().eq(keystore.entries()));
        }
    }
}
