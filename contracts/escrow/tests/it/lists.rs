//! Lists, page by page, and what is left of them when agreements end.

use bithive_api::escrow::{AgreementResponse, Approver, ContributionResponse, QueryMsg, limits};
use bithive_test_kit::escrow::terms;

use crate::world::{FUNDING, World};

const ALONE: Approver = Approver::Payer { arbiter: None };

#[test]
fn each_party_sees_its_agreements_page_by_page_and_nobody_elses() {
    let mut world = World::new();
    let (payer, btt) = (world.payer.clone(), world.btt());
    let payees = ["a", "b"].map(|name| world.suite.account(name));
    for index in 0..35 {
        let approver = if index == 0 { world.by_payer() } else { ALONE };
        let terms = terms(&payees[index % 2], &[10], approver);
        world.escrow.open(&mut world.suite, &payer, (&btt, 10), terms).unwrap();
    }
    let page = |party: Option<&str>, start_after, limit| -> Vec<u64> {
        let query = QueryMsg::Agreements { party: party.map(Into::into), start_after, limit };
        let agreements: Vec<AgreementResponse> = world.suite.query(&world.escrow.address, &query);
        agreements.into_iter().map(|agreement| agreement.id).collect()
    };
    assert_eq!(page(None, None, Some(10)), (1..=10).collect::<Vec<_>>());
    assert_eq!(page(None, None, Some(1_000)).len(), limits::MAX_PAGE as usize);
    assert_eq!(page(None, Some(30), Some(30)), [31, 32, 33, 34, 35]);
    assert_eq!(page(Some(payer.as_str()), Some(33), None), [34, 35]);
    assert_eq!(page(Some(payees[1].as_str()), Some(30), None), [32, 34]);
    assert_eq!(page(Some(world.arbiter.as_str()), None, None), [1]);
    assert_eq!(page(Some(world.stranger.as_str()), None, None), [0; 0]);
}

#[test]
fn contributions_are_listed_until_they_are_refunded_and_as_spent_where_all_was_paid() {
    let mut world = World::new();
    let (payee, ann, btt) = (world.payee.clone(), world.crowd[0].clone(), world.btt());
    for _ in 0..35 {
        let terms = terms(&payee, &[10], Approver::Contributors {});
        world.escrow.raise(&mut world.suite, &payee, (&btt, FUNDING), terms).unwrap();
    }
    for id in 1..=35 {
        world.escrow.fund(&mut world.suite, &ann, (&btt, if id == 1 { 10 } else { 5 }), id).unwrap();
    }
    world.submit().unwrap();
    world.votes(0, true).unwrap();
    let page = |start_after, limit| -> Vec<ContributionResponse> {
        let query = QueryMsg::Contributions { account: ann.to_string(), start_after, limit };
        world.suite.query(&world.escrow.address, &query)
    };
    assert_eq!(page(None, Some(1_000)).len(), limits::MAX_PAGE as usize);
    assert_eq!(page(Some(33), None).iter().map(|one| one.id).collect::<Vec<_>>(), [34, 35]);
    let spent = &page(None, Some(1))[0];
    assert_eq!((spent.open, spent.amount.u128(), spent.refundable.u128()), (false, 10, 0));
}

#[test]
fn an_agreement_that_ended_is_on_no_list() {
    let mut world = World::new();
    world.open(&[10], ALONE).unwrap();
    world.open(&[20], ALONE).unwrap();
    world.pays(true).unwrap();
    for account in [&world.payer, &world.payee] {
        assert_eq!(world.escrow.numbers(&world.suite, account), [2]);
    }
}
