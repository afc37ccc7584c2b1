//! Every contract of the table is created on the chains that it belongs to, with its own message and code.

use std::collections::BTreeMap;

use bithive_api::MigrateMsg;
use bithive_api::event::{CONTRACT, ChainEvent as _};
use bithive_api::registry::CommitteeMember;
use bithive_contracts::{Contract, Role, Terms, TermsError};
use bithive_dgkbe::Crs;
use bithive_dgkbe::crs::ceremony::local_ceremony;
use cosmwasm_std::{Addr, Binary, WasmMsg};
use cw_multi_test::{App, Executor as _};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

const EMISSION_START: u64 = 2_000_000_000;

fn reference_string() -> Crs {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    local_ceremony(2, 2, &mut rng).unwrap().verify(&mut rng).unwrap()
}

fn terms(role: Role, receivers: [&Addr; 2]) -> Terms {
    let receivers = (receivers[0].as_str(), receivers[1].as_str());
    if !role.has(Contract::Jobs) {
        return Terms::without_market(role, receivers).unwrap();
    }
    Terms::new(&reference_string(), 1, receivers, (vec![], 0)).unwrap().with_role(role).unwrap()
}

#[test]
fn every_contract_of_a_role_is_created_after_those_it_knows_and_can_be_migrated() {
    for role in Role::ALL {
        let mut app = App::default();
        let [operator, treasury, pool] =
            ["operator", "treasury", "pool"].map(|name| app.api().addr_make(name));
        let terms = terms(role, [&treasury, &pool]);
        let codes: BTreeMap<_, _> =
            role.codes().into_iter().map(|code| (code, app.store_code(bithive_native::code(code)))).collect();
        let mut addresses = BTreeMap::new();
        for contract in role.contracts() {
            let code_id = codes[&contract.code()];
            let msg = terms.instantiate(contract, operator.as_str(), &addresses, EMISSION_START).unwrap();
            let instantiate = WasmMsg::Instantiate {
                admin: Some(operator.to_string()),
                code_id,
                msg: Binary::from(msg),
                funds: vec![],
                label: contract.label().into(),
            };
            let answer = app.execute(operator.clone(), instantiate.into());
            let answer = answer.unwrap_or_else(|error| panic!("{role}, {contract}: {error:#}"));
            let events = answer.events.iter().filter(|event| event.ty == "instantiate");
            let address = events.filter_map(|event| event.attribute(CONTRACT)).next().unwrap();
            let address = Addr::unchecked(address);
            app.migrate_contract(operator.clone(), address.clone(), &MigrateMsg {}, code_id)
                .unwrap_or_else(|error| panic!("{role}, {contract}: {error:#}"));
            addresses.insert(contract, address.to_string());
        }
    }
}

#[test]
fn a_deployment_names_no_committee_of_which_half_is_enough() {
    let crs = reference_string();
    let receivers = ("treasury", "pool");
    let member =
        |index: u8| CommitteeMember { address: format!("member{index}"), endpoint: (&[index; 32]).into() };
    let members: Vec<_> = (1..=4).map(member).collect();
    let error = Terms::new(&crs, 1, receivers, (members.clone(), 2)).unwrap_err();
    assert!(matches!(error, TermsError::Committee { members: 4, threshold: 2, least: 3 }), "{error}");
    Terms::new(&crs, 1, receivers, (members, 3)).unwrap();
}

#[test]
fn a_contract_is_not_created_before_those_it_knows() {
    let [treasury, pool] = ["treasury", "pool"].map(Addr::unchecked);
    let terms = terms(Role::Token, [&treasury, &pool]);
    for contract in [Contract::Jobs, Contract::Emissions, Contract::Timebank, Contract::Ics20] {
        let error = terms.instantiate(contract, "operator", &BTreeMap::new(), EMISSION_START).unwrap_err();
        assert!(error.to_string().contains(contract.name()), "{error}");
    }
}
