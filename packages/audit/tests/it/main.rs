//! A log and a head that another implementation has made: Python with the packages json, blake3, ecdsa, bech32 and pycryptodome, from
//! the documentation of the crate alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use bithive_audit::{Act, Entry, Fault, Head, Verifier};

const LOG: &str = include_str!("../vectors/log.txt");
const HEAD: &[u8] = include_bytes!("../vectors/head.json");

#[test]
fn a_log_of_another_implementation_is_sound_and_agrees_with_its_signed_head() {
    let (head, signer) = Head::read(HEAD).unwrap();
    let mut verifier = Verifier::new([head.clone()]);
    let mut acts = Vec::new();
    for line in LOG.lines() {
        acts.push(verifier.push(line.as_bytes()).unwrap().event.act);
    }
    let summary = verifier.finish().unwrap();
    assert_eq!((summary.head, summary.heads), (head, 1));
    assert_eq!(acts, [Act::LogBegun, Act::Opened, Act::BreakGlass, Act::KeystoreOpened]);
    let first = Entry::read(LOG.lines().next().unwrap().as_bytes()).unwrap();
    assert_eq!(first.event.actor.as_str(), signer);
}

#[test]
fn without_its_last_line_it_does_not_agree_any_more() {
    let (head, _) = Head::read(HEAD).unwrap();
    let mut verifier = Verifier::new([head]);
    for line in LOG.lines().take(3) {
        assert!(verifier.push(line.as_bytes()).is_some());
    }
    assert!(matches!(verifier.finish(), Err(Fault::CutOff { last: 3, .. })));
}

#[test]
fn a_head_in_which_anything_was_changed_is_refused() {
    let text = std::str::from_utf8(HEAD).unwrap();
    for (from, to) in
        [("\"seq\": 4", "\"seq\": 5"), ("aaaa", "aaab"), ("bithive-audit-head-1", "bithive-audit-head-2")]
    {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        assert!(Head::read(changed.as_bytes()).is_err(), "{from}");
    }
}
