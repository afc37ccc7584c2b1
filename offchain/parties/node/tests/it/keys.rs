//! A node's keys as they are stored.

use bithive_dgkbe::Groups;
use bithive_local::ceremony;
use bithive_node::{NodeError, NodeKeys};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

#[test]
fn stored_keys_read_back_and_a_damaged_one_is_named() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let (crs, groups) = (ceremony(4, &mut rng).unwrap(), Groups::new(2, 4).unwrap());
    let (keys, public) = NodeKeys::generate(&crs, groups, 3, &mut rng).unwrap();
    let stored = keys.encode().unwrap();
    let read = NodeKeys::decode(&crs, &stored).unwrap();
    assert_eq!(read.encode().unwrap(), stored);
    assert_eq!((read.account.address(), read.dgkbe.slot()), (keys.account.address(), public.slot()));

    let json: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&stored).unwrap();
    for name in ["account", "bls", "endpoint", "attributes_nonce", "dgkbe"] {
        let mut damaged = json.clone();
        damaged.insert(name.into(), "00zz".into());
        let error = NodeKeys::decode(&crs, &serde_json::to_vec(&damaged).unwrap()).err().unwrap();
        assert!(matches!(&error, NodeError::Keys(text) if text.starts_with(name)), "{error}");
        damaged.remove(name);
        let error = NodeKeys::decode(&crs, &serde_json::to_vec(&damaged).unwrap()).err().unwrap();
        assert!(error.to_string().contains(name), "{error}");
    }
    let mut more = json;
    more.insert("spare".into(), "00".into());
    assert!(NodeKeys::decode(&crs, &serde_json::to_vec(&more).unwrap()).is_err());
    assert!(matches!(NodeKeys::generate(&crs, groups, 9, &mut rng), Err(NodeError::Slot(_))));
    let (keys, _) = NodeKeys::generate(&crs, groups, 7, &mut rng).unwrap();
    assert_eq!(keys.dgkbe.slot(), 3, "slot 7 is the third of the second group");
}
