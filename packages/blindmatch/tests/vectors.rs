#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

//! Known answers: encodings and outputs that other implementations, and later versions of this one, have to
//! reproduce. To write them anew after a deliberate change, run this test with BITHIVE_WRITE_VECTORS=1.

use std::{collections::BTreeMap, fs, path::Path};

use bithive_blindmatch::{
    claim::{Claim, ClaimContext, RequesterKey},
    committee::{MemberSeeds, ShareKeyTable},
    oprf::{Tags, blind},
    schema::{Schema, SlotId},
    vault::{DEFAULT_BUDGET, Vault},
    vector::sample_positions,
};
use common::{Committee, EPOCH, attributes, compile, rng};

mod common;

const POLICY: &str = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";

type Vectors = BTreeMap<String, String>;

/// Everything from seeded generators, in hex.
fn compute() -> Vectors {
    let mut out = Vectors::new();
    let mut put = |name: &str, bytes: &[u8]| out.insert(name.to_owned(), hex::encode(bytes));
    let committee = Committee::new(3, 2);
    let own = attributes(24, "ch", &["iso27001", "gdpr"]);
    let pending = blind(own.schema_digest(), EPOCH, own.inputs(), &mut rng(10)).unwrap();
    let (_, response) = committee.answer(2, pending.request());
    let policy = compile(POLICY);
    let requester = RequesterKey::generate(&mut rng(11));
    let tags = committee.tags(&policy.inputs(), 12);
    let (vault, key) =
        Vault::seal(&policy, &tags, requester.public(), [5; 32], DEFAULT_BUDGET, &mut rng(13)).unwrap();
    put("schema_digest", &Schema::bithive().digest());
    put("sample_positions_of_slot_5_of_a_schema_of_sevens", &sample_positions(&[7; 32], SlotId(5)));
    put("attributes_commitment", &own.commitment(&[7; 32]));
    put("member_1_seeds", &committee.seeds[0].encode());
    put("share_key_table", committee.table.encode());
    put("share_key_table_digest", &committee.table.digest());
    put("evaluate_request", &pending.request().encode());
    put("evaluate_response_of_member_2", &response.encode());
    put("contributor_tags", &committee.tags(own.inputs(), 10).encode());
    put("requester_tags", &tags.encode());
    put("requester_key", &requester.encode());
    put("vault", &vault.encode());
    put("vault_digest", &vault.digest());
    put("match_key", key.as_bytes());
    put("sealed_claim", &claim().seal(&context(), &key, &requester.public(), &mut rng(14)).unwrap());
    out
}

fn context() -> ClaimContext {
    ClaimContext::new("bithive-1", "bithive1jobs", 7).unwrap()
}

fn claim() -> Claim {
    Claim { address: "bithive1contributor".to_owned(), slot: 3, ask: 1_000_000, consent: [0xcd; 96] }
}

fn stored() -> Vectors {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/blindmatch.json");
    if std::env::var_os("BITHIVE_WRITE_VECTORS").is_some() {
        let json = serde_json::to_string_pretty(&compute()).unwrap();
        fs::write(&path, json + "\n").unwrap();
    }
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_same_seeds_give_the_stored_bytes() {
    let (stored, computed) = (stored(), compute());
    assert_eq!(stored.keys().collect::<Vec<_>>(), computed.keys().collect::<Vec<_>>());
    for (name, value) in computed {
        assert_eq!(stored[&name], value, "{name}");
    }
}

#[test]
fn the_stored_bytes_still_work_together() {
    let stored = stored();
    let bytes = |name: &str| hex::decode(&stored[name]).unwrap();
    let seeds = MemberSeeds::decode(&bytes("member_1_seeds")).unwrap();
    let table = ShareKeyTable::decode(&bytes("share_key_table")).unwrap();
    assert_eq!(table.digest().to_vec(), bytes("share_key_table_digest"));
    let mine = seeds.partial_table(EPOCH, table.slots()).unwrap().encode();
    assert!(mine[14..].chunks(32).all(|point| table.encode()[13..].chunks(32).any(|other| other == point)));
    let vault = Vault::decode(&bytes("vault")).unwrap();
    let opened = vault.open(&Tags::decode(&bytes("contributor_tags")).unwrap()).unwrap().unwrap();
    assert_eq!(opened.key.as_bytes().to_vec(), bytes("match_key"));
    let requester = RequesterKey::decode(&bytes("requester_key")).unwrap();
    assert_eq!(vault.requester_key(), requester.public());
    assert_eq!(requester.open(&context(), &opened.key, &bytes("sealed_claim")), Ok(claim()));
}
