//! Bytes from peers and files: every decoder refuses garbage and truncation with an error, never a panic, and
//! what it accepts it writes back unchanged.

use crate::common::{Committee, EPOCH, attributes, compile, poster, rng};
use bithive_blindmatch::{
    DecodeError,
    claim::RequesterKey,
    commitment::Disclosure,
    committee::{Commitments, Contribution, MemberSeeds, PartialTable, ShareKeyTable, Statement, contribute},
    oprf::{EvaluateRequest, EvaluateResponse, Tags, blind, blind_committed},
    quota::Quota,
    schema::{Schema, SlotId},
    vault::{DEFAULT_BUDGET, Vault},
};
use proptest::prelude::*;

type Recode = fn(&[u8]) -> Result<Vec<u8>, DecodeError>;

/// Each decoder followed by its encoder.
const DECODERS: [(&str, Recode); 13] = [
    ("vault", |bytes| Vault::decode(bytes).map(|v| v.encode())),
    ("request", |bytes| EvaluateRequest::decode(bytes).map(|v| v.encode())),
    ("response", |bytes| EvaluateResponse::decode(bytes).map(|v| v.encode())),
    ("tags", |bytes| Tags::decode(bytes).map(|v| v.encode().to_vec())),
    ("seeds", |bytes| MemberSeeds::decode(bytes).map(|v| v.encode().to_vec())),
    ("contribution", |bytes| Contribution::decode(bytes).map(|v| v.encode().to_vec())),
    ("partial table", |bytes| PartialTable::decode(bytes).map(|v| v.encode())),
    ("table", |bytes| ShareKeyTable::decode(bytes).map(|v| v.encode().to_vec())),
    ("statement", |bytes| Statement::decode(bytes).map(|v| v.encode())),
    ("commitments", |bytes| Commitments::decode(bytes).map(|v| v.encode())),
    ("quota", |bytes| Quota::decode(bytes).map(|v| v.encode())),
    ("contributor's request", |bytes| EvaluateRequest::decode(bytes).map(|v| v.encode())),
    ("disclosure", |bytes| Disclosure::decode(bytes).map(|v| v.encode().to_vec())),
];

fn samples() -> [Vec<u8>; 13] {
    let committee = Committee::new(3, 2);
    let policy = compile("vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)");
    let tags = committee.tags(&policy.inputs(), 1);
    let (vault, _) =
        Vault::seal(&policy, &tags, &poster(), [1; 32], [2; 32], DEFAULT_BUDGET, &mut rng(1)).unwrap();
    let own = attributes(24, "eu", &["gdpr"]);
    let pending = blind(own.schema_digest(), EPOCH, own.inputs(), &mut rng(1)).unwrap();
    let (_, response) = committee.answer(1, pending.request());
    let committed = own.commit(&[7; 32]);
    let proven = blind_committed(&committed, "node", EPOCH, &own.inputs()[..2], &mut rng(1)).unwrap();
    let contribution = &contribute(committee.params, committee.member(1), &mut rng(1))[0];
    let mut quota = Quota::new();
    quota.check_and_record_all("someone", [SlotId(1), SlotId(2)], EPOCH, 1).unwrap();
    [
        vault.encode(),
        pending.request().encode(),
        response.encode(),
        tags.encode().to_vec(),
        committee.seeds[0].encode().to_vec(),
        contribution.encode().to_vec(),
        committee.partials[0].encode(),
        committee.table.encode().to_vec(),
        committee.seeds[0].statement(committee.commitments.term()).encode(),
        committee.commitments.encode(),
        quota.encode(),
        proven.request().encode(),
        committed.disclose(&Schema::bithive(), &["region".to_owned()]).unwrap().encode().to_vec(),
    ]
}

#[test]
fn every_truncation_and_extension_is_refused() {
    for ((name, recode), sample) in DECODERS.iter().zip(samples()) {
        assert_eq!(recode(&sample).as_ref(), Ok(&sample), "{name}");
        for length in 0..sample.len() {
            // An empty ledger is a ledger, too.
            if *name == "quota" && length == 9 {
                continue;
            }
            assert!(
                matches!(recode(&sample[..length]), Err(DecodeError::Truncated { .. })),
                "{name} {length}"
            );
        }
        assert!(recode(&[&sample[..], &[0]].concat()).is_err(), "{name}");
        assert!(matches!(recode(&[&[9], &sample[1..]].concat()), Err(DecodeError::Version { found: 9, .. })));
    }
}

#[test]
fn a_vault_with_a_malformed_or_costly_tree_is_refused() {
    let head = samples()[0][..121].to_vec();
    let vault = |leaves: u16, tree: &[u8]| {
        let masks = vec![0; 20 * usize::from(leaves)];
        Vault::decode(&[&head[..], &leaves.to_be_bytes(), tree, &masks].concat()).unwrap_err()
    };
    let out_of_range = |error: DecodeError| match error {
        DecodeError::OutOfRange { field, .. } => field,
        other => panic!("{other}"),
    };
    assert_eq!(out_of_range(vault(0, &[0, 0])), "leaves");
    assert_eq!(out_of_range(vault(257, &[0, 0])), "leaves");
    assert_eq!(out_of_range(vault(1, &[1, 1, 0, 0])), "children of a gate");
    assert_eq!(out_of_range(vault(2, &[3, 2, 0, 0, 0, 0])), "children needed");
    let leaves = |count: usize| vec![0; 2 * count];
    assert_eq!(out_of_range(vault(40, &[&[10, 40][..], &leaves(40)].concat())), "decoding cost");
    assert!(matches!(vault(2, &[0, 0]), DecodeError::Invalid { field: "tree", .. }));
    let deep = [&[1, 2, 0, 0].repeat(17)[..], &[0, 0]].concat();
    assert!(matches!(vault(18, &deep), DecodeError::Invalid { expected: "at most 16 levels", .. }));
    let wide = [&[1, 2, 1, 129][..], &leaves(129), &[1, 129], &leaves(129)].concat();
    assert!(matches!(vault(256, &wide), DecodeError::Invalid { expected: "at most 256 leaves", .. }));
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(version in 0_u8..3, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let bytes = [&[version], &bytes[..]].concat();
        for (name, recode) in DECODERS {
            if let Ok(written) = recode(&bytes) {
                prop_assert_eq!(&written, &bytes, "{} is canonical", name);
            }
        }
        let _ = RequesterKey::decode(&bytes);
    }

    #[test]
    fn no_alteration_makes_a_decoder_panic(
        which in 0_usize..11,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = samples()[which].clone();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        let (name, recode) = DECODERS[which];
        if let Ok(written) = recode(&bytes) {
            prop_assert_eq!(&written, &bytes, "{} is canonical", name);
        }
    }
}

/// What an earlier version has sealed stays on chains, and its digest in records.
#[test]
fn a_vault_of_an_earlier_version_is_refused_by_its_number_and_keeps_its_digest() {
    let former = hex::decode(include_str!("../vectors/vault_version_2.hex").trim()).unwrap();
    let refused = Vault::decode(&former).unwrap_err();
    assert_eq!(refused, DecodeError::Version { what: "vault", found: 2, expected: 4 });
    let digest = "fa3fcccb5ac977d57526a91fb56384a151973c37b774c00846920a2148681926";
    assert_eq!(hex::encode(Vault::digest_of(&former)), digest);
}
