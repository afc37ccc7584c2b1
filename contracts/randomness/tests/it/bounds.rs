//! What a message may state, at its bounds.

use bithive_api::randomness::{ExecuteMsg, InstantiateMsg, Request, limits};
use bithive_randomness::ContractError;
use bithive_randomness::contract::instantiate;
use bithive_test_kit::drand::drand;
use bithive_test_kit::randomness::asking;
use bithive_test_kit::{FEE_DENOM, refusal};
use cosmwasm_std::coins;
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

use crate::world::World;

#[test]
fn a_request_names_a_time_of_the_next_thirty_days_and_few_bytes() {
    let mut world = World::new();
    let latest = world.suite.now() + limits::MAX_AFTER;
    let request = Request { after: Some(latest), ..asking() };
    world.ask_for(1, request).unwrap();
    let request = Request { after: Some(latest + 1), ..asking() };
    assert_eq!(world.ask_for(1, request), Err(ContractError::TooLate { found: latest + 1, latest }));
    world.ask_for(1, Request { job: vec![1; limits::MAX_JOB].into(), ..asking() }).unwrap();
    let long = Request { job: vec![1; limits::MAX_JOB + 1].into(), ..asking() };
    assert!(matches!(world.ask_for(1, long), Err(ContractError::Input(_))));
    let hungry = Request { call_gas: limits::MAX_CALL_GAS + 1, ..asking() };
    assert!(matches!(world.ask_for(1, hungry), Err(ContractError::Input(_))));
    world.check();
}

#[test]
fn a_delivery_names_one_to_sixteen_requests() {
    let mut world = World::new();
    for requests in [vec![], vec![1; limits::MAX_DELIVERIES + 1]] {
        assert!(matches!(world.refused(&ExecuteMsg::Deliver { requests }), ContractError::Input(_)));
    }
}

#[test]
fn coins_are_refused() {
    let mut world = World::new();
    let owner = world.suite.owner.clone();
    let contract = world.randomness.address.clone();
    let sent =
        world.suite.execute_with(&owner, &contract, &ExecuteMsg::Request(asking()), &coins(1, FEE_DENOM));
    assert!(matches!(refusal(sent), ContractError::Input(_)));
}

#[test]
fn a_network_has_a_key_of_96_bytes_and_a_period() {
    let created = |change: fn(&mut InstantiateMsg)| {
        let mut deps = mock_dependencies();
        let mut message = InstantiateMsg { token: deps.api.addr_make("btt").into(), drand: drand() };
        change(&mut message);
        let owner = deps.api.addr_make("owner");
        instantiate(deps.as_mut(), mock_env(), message_info(&owner, &[]), message).map(|_| ())
    };
    assert_eq!(created(|_| ()), Ok(()));
    assert!(matches!(
        created(|message| message.drand.public_key = vec![1; 95].into()),
        Err(ContractError::Input(_))
    ));
    assert!(matches!(created(|message| message.drand.period = 0), Err(ContractError::Input(_))));
    assert!(matches!(created(|message| message.token = "x".into()), Err(ContractError::Input(_))));
}
