//! Records open as what they are, under their key, and not otherwise.

use bithive_web::Kind;
use bithive_web::evaluation::{Pending, Tags};
use bithive_web::job::Job;
use bithive_web::record::{RecordKey, RecordKind};
use bithive_web::round::RoundKey;

use crate::world::{EPOCH, World, policy, record_key};

#[test]
fn a_record_opens_under_its_key_kind_and_label_only() {
    let key = record_key();
    let record = key.seal(RecordKind::Data, "rows", b"1,2,3").unwrap();
    assert_eq!(*key.open(RecordKind::Data, "rows", &record).unwrap(), b"1,2,3");
    assert_ne!(key.seal(RecordKind::Data, "rows", b"1,2,3").unwrap(), record, "each has a nonce of its own");
    let refused = |kind, label: &str, record: &[u8]| {
        assert_eq!(key.open(kind, label, record).unwrap_err().kind, Kind::Record);
    };
    refused(RecordKind::Job, "rows", &record);
    refused(RecordKind::Data, "columns", &record);
    for length in 0..record.len() {
        refused(RecordKind::Data, "rows", &record[..length]);
    }
    for position in 0..record.len() {
        let mut changed = record.clone();
        changed[position] ^= 1;
        refused(RecordKind::Data, "rows", &changed);
    }
    let other = RecordKey::from_bytes(&[8; 32]).unwrap();
    assert_eq!(other.open(RecordKind::Data, "rows", &record).unwrap_err().kind, Kind::Record);
}

#[test]
fn nothing_of_a_secret_is_in_its_record() {
    let (world, key) = (World::new(), record_key());
    let job = world.job().export(&key).unwrap();
    let has = |part: &[u8]| job.windows(part.len()).any(|window| window == part);
    assert!(!has(b"reaches") && !has(b"vram") && !has(b"bithive-1"));
}

#[test]
fn records_of_secrets_are_not_taken_for_each_other() {
    let (world, key) = (World::new(), record_key());
    let policy = policy();
    let records = [
        policy.blind(EPOCH).unwrap().export(&key).unwrap(),
        world.tags(&policy).export(&key).unwrap(),
        world.job().export(&key).unwrap(),
        key.seal(RecordKind::Data, "", b"").unwrap(),
    ];
    for (number, record) in records.iter().enumerate() {
        assert_eq!(Pending::import(&key, record).is_ok(), number == 0);
        assert_eq!(Tags::import(&key, record).is_ok(), number == 1);
        assert_eq!(Job::import(&key, record).is_ok(), number == 2);
        assert!(RoundKey::import(&key, record).is_err());
    }
    // Sealed by the right key, but no such content.
    for content in [&b""[..], &[0; 4], &[0xff; 100], &[0; 16]] {
        let record = |kind| key.seal(kind, "", content).unwrap();
        assert_eq!(
            Pending::import(&key, &record(RecordKind::Pending)).map(drop).unwrap_err().kind,
            Kind::Record
        );
        assert_eq!(Tags::import(&key, &record(RecordKind::Tags)).map(drop).unwrap_err().kind, Kind::Record);
        assert_eq!(Job::import(&key, &record(RecordKind::Job)).map(drop).unwrap_err().kind, Kind::Record);
        assert_eq!(
            RoundKey::import(&key, &record(RecordKind::Round)).map(drop).unwrap_err().kind,
            Kind::Record
        );
    }
}

#[test]
fn keys_come_from_enough_bytes() {
    assert_eq!(RecordKey::from_bytes(&[0; 31]).map(drop).unwrap_err().kind, Kind::Argument);
    assert_eq!(RecordKey::from_signature(&[1; 63]).map(drop).unwrap_err().kind, Kind::Argument);
    let (one, same) =
        (RecordKey::from_signature(&[1; 64]).unwrap(), RecordKey::from_signature(&[1; 64]).unwrap());
    let other = RecordKey::from_signature(&[2; 64]).unwrap();
    let record = one.seal(RecordKind::Data, "", b"x").unwrap();
    assert!(same.open(RecordKind::Data, "", &record).is_ok());
    assert!(other.open(RecordKind::Data, "", &record).is_err());
}
