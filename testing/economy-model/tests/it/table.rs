//! The contracts of a chain, created from their table as a deployment creates them.

use std::collections::BTreeMap;

use bithive_contracts::{Contract, Role, Terms};
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_test_kit::{START, Suite};
use cosmwasm_std::Addr;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::Value;

/// When BTK are minted from, in Unix seconds.
const EMISSION_START: u64 = START + 86_400;

fn terms(suite: &Suite, role: Role) -> Terms {
    let [treasury, pool] = ["treasury", "pool"].map(|name| suite.account(name));
    let receivers = (treasury.as_str(), pool.as_str());
    if !role.has(Contract::Jobs) {
        return Terms::without_market(role, receivers).unwrap();
    }
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let crs = local_ceremony(2, 2, &mut rng).unwrap().verify(&mut rng).unwrap();
    Terms::new(&crs, 1, receivers, (vec![], 0)).unwrap().with_role(role).unwrap()
}

/// Has `create` put each contract of the role on the chain, by its message and after those that it knows; their addresses.
pub(crate) fn create_all(
    suite: &mut Suite,
    role: Role,
    mut create: impl FnMut(&mut Suite, Contract, &Value) -> Addr,
) -> Vec<Addr> {
    let (terms, operator) = (terms(suite, role), suite.owner.clone());
    let mut addresses = BTreeMap::new();
    for contract in role.contracts() {
        let message = terms.instantiate(contract, operator.as_str(), &addresses, EMISSION_START).unwrap();
        let address = create(suite, contract, &serde_json::from_slice(&message).unwrap());
        addresses.insert(contract, address.to_string());
    }
    addresses.into_values().map(Addr::unchecked).collect()
}
