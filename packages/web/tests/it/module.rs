//! What the built module has sealed in Node, `tests/vectors/module.json`, opens here; and what `tests/vectors/web.json` gives the module
//! to open is what this crate says it is. `tests/node` has the other half.

use bithive_web::evaluation::Pending;
use bithive_web::job::{Job, Terms};
use bithive_web::record::RecordKey;
use bithive_web::round::RoundKey;
use serde_json::Value;

use crate::world::{EPOCH, JOB_ID, PRICE, World, domain, policy};

fn file(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

#[test]
fn what_the_module_has_sealed_opens_for_nodes_that_satisfy_it() {
    let (world, made) = (World::new(), file(include_str!("../vectors/module.json")));
    let vault = bytes(&made["vault"]);
    assert!(world.open_vault(&vault, 24, "ch").is_some());
    assert!(world.open_vault(&vault, 24, "us").is_none());
    assert_eq!(vault.len(), policy().explain().vault_bytes);

    let (mask, headers) = (bytes(&made["mask"]), bytes(&made["headers"]));
    let payload = bytes(&made["payload"]);
    assert_eq!(blake3::hash(&payload).as_bytes().to_vec(), bytes(&made["payloadDigest"]));
    for slot in [2, 3, 7] {
        let (_, input) = world.receive(slot, (&mask, &headers), 1, &payload).unwrap();
        assert_eq!(input.rows, bytes(&made["rows"]));
        assert_eq!(input.policy, *policy().json().unwrap());
        assert_eq!(input.commitment(domain(), JOB_ID).to_vec(), bytes(&made["inputCommitment"]));
    }
    let again = world.receive(2, (&mask, &headers), 2, &payload);
    assert!(again.is_none(), "another round");
}

#[test]
fn what_the_module_is_given_is_what_this_crate_opens() {
    let (world, given) = (World::new(), file(include_str!("../vectors/web.json")));
    let key = RecordKey::from_bytes(&bytes(&given["recordKey"])).unwrap();
    let mut pending = Pending::import(&key, &bytes(&given["pending"])).unwrap();
    assert_eq!((pending.epoch(), pending.request()), (EPOCH, bytes(&given["request"])));
    for (member, answer) in (1..).zip(given["answers"].as_array().unwrap()) {
        pending.answer(member, &bytes(answer)).unwrap();
    }
    assert_eq!(pending.finish(&world.share_keys()).unwrap().faults().count(), 0);

    let job = Job::import(&key, &bytes(&given["job"])).unwrap();
    assert_eq!(job.vault(), bytes(&given["vault"]));
    let claim = &given["claim"];
    let node = world.node(5).bls.public_key();
    let terms = Terms { job_id: JOB_ID, round: 1, price: PRICE, slot: 5, bls_key: &node };
    let opened = job.accept_claim(&bytes(&claim["message"]), terms).unwrap();
    assert_eq!(opened.ask.to_string(), claim["ask"].as_str().unwrap());

    let round = RoundKey::import(&key, &bytes(&given["roundKey"])).unwrap();
    let output = &given["output"];
    let (digest, sealed, masked) =
        (bytes(&output["digest"]), bytes(&output["sealed"]), bytes(&output["masked"]));
    let values = round.open_output(output["worker"].as_str().unwrap(), &digest, &sealed, &masked).unwrap();
    let expected: Vec<f64> =
        output["values"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
    assert_eq!(values.values.iter().map(|value| f64::from(*value)).collect::<Vec<_>>(), expected);
}
