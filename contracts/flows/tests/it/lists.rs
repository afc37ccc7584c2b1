//! Lists, page by page, and what is left of them when flows end.

use bithive_api::flows::{ExecuteMsg, FlowResponse, QueryMsg, limits};
use bithive_test_kit::flows::{opening, rate};

use crate::world::{STEP, World};

#[test]
fn each_party_sees_its_flows_page_by_page_and_nobody_elses() {
    let mut world = World::new();
    let (payer, btt) = (world.payer.clone(), world.btt());
    let payees = ["a", "b"].map(|name| world.suite.account(name));
    for index in 0..35 {
        let open = opening(&payees[index % 2], rate(10, STEP, 0));
        world.flows.open(&mut world.suite, &payer, (&btt, 10), open).unwrap();
    }
    let page = |party: Option<&str>, start_after, limit| -> Vec<u64> {
        let query = QueryMsg::Flows { party: party.map(Into::into), start_after, limit };
        let flows: Vec<FlowResponse> = world.suite.query(&world.flows.address, &query);
        flows.into_iter().map(|flow| flow.id).collect()
    };
    assert_eq!(page(None, None, Some(10)), (1..=10).collect::<Vec<_>>());
    assert_eq!(page(None, None, Some(1_000)).len(), limits::MAX_PAGE as usize);
    assert_eq!(page(None, Some(30), Some(30)), [31, 32, 33, 34, 35]);
    assert_eq!(page(Some(payer.as_str()), Some(33), None), [34, 35]);
    assert_eq!(page(Some(payees[1].as_str()), Some(30), None), [32, 34]);
    assert_eq!(page(Some(world.stranger.as_str()), None, None), [0; 0]);
}

#[test]
fn a_flow_that_ended_is_on_no_list() {
    let mut world = World::new();
    world.open(10, rate(10, STEP, 1)).unwrap();
    world.open(20, rate(10, STEP, 1)).unwrap();
    world.by_stranger(&ExecuteMsg::Finish { id: 1 }).unwrap();
    for account in [&world.payer, &world.payee] {
        assert_eq!(world.flows.numbers(&world.suite, account), [2]);
    }
    assert_eq!(world.flow(1), None);
    assert_eq!(world.owed(), [10, 0]);
}
