//! Lists, page by page, and labels.

use bithive_api::listings::{
    CategoryResponse, ConfigResponse, ExecuteMsg, LabelResponse, ListingResponse, Of, QueryMsg, Ruler, limits,
};
use bithive_listings::ContractError;
use bithive_test_kit::listings::{Listings, POOL, category, drand, terms};
use bithive_test_kit::refusal;

use crate::world::{BOND, JUDGED, NAMED, World};

#[test]
fn listings_are_read_page_by_page_of_all_a_category_or_a_party() {
    let mut world = World::with_jurors(9);
    for _ in 0..35 {
        world.list(NAMED);
    }
    let judged = world.list(JUDGED);
    let page = |of: Option<Of>, start_after, limit| -> Vec<u64> {
        let query = QueryMsg::Listings { of, start_after, limit };
        let rows: Vec<ListingResponse> = world.suite.query(&world.listings.address, &query);
        rows.into_iter().map(|row| row.id).collect()
    };
    assert_eq!(page(None, None, Some(10)), (1..=10).collect::<Vec<_>>());
    assert_eq!(page(None, None, Some(1_000)).len(), limits::MAX_PAGE as usize);
    assert_eq!(page(Some(Of::Category(POOL.into())), Some(7), None), [8, 9]);
    assert_eq!(page(Some(Of::Category(JUDGED.into())), None, None), [judged]);
    assert_eq!(page(Some(Of::Party(world.owner.to_string())), Some(42), None), [43, 44, judged]);
    assert_eq!(page(Some(Of::Party(world.stranger.to_string())), None, None), [0; 0]);
    let query = QueryMsg::Categories { start_after: Some(NAMED.into()), limit: None };
    let rows: Vec<CategoryResponse> = world.suite.query(&world.listings.address, &query);
    let found: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.jurors, row.seated)).collect();
    assert_eq!(found, [(POOL, true, 9), (JUDGED, false, 0)]);
    let config: ConfigResponse = world.suite.query(&world.listings.address, &QueryMsg::Config {});
    assert_eq!(
        (config.owner, config.drand, config.paused),
        (Some(world.suite.owner.clone()), drand(), false)
    );
}

#[test]
fn a_party_has_a_case_on_its_list_as_long_as_it_lasts() {
    let mut world = World::with_jurors(9);
    let (id, challenge) = world.challenged(JUDGED);
    let jurors = world.draw(id);
    let on_list = |world: &World, party: &cosmwasm_std::Addr| {
        world.listings.numbers(&world.suite, Some(Of::Party(party.to_string()))).contains(&id)
    };
    for party in jurors.iter().chain([&world.challenger, &world.owner]) {
        assert!(on_list(&world, party));
    }
    world.vote((id, challenge), &jurors, false);
    world.by_stranger(&ExecuteMsg::Advance { id }).unwrap();
    for party in jurors.iter().chain([&world.challenger]) {
        assert!(!on_list(&world, party));
    }
    assert!(on_list(&world, &world.owner));
    // An owner that challenges itself stays on the list as the owner.
    let (owner, price) = (world.owner.clone(), world.listing(id).challenge_bond);
    world.challenge_by(&owner, id, price.u128()).unwrap();
    world.suite.advance(30 * 86_400);
    world.by_stranger(&ExecuteMsg::Advance { id }).unwrap();
    assert!(on_list(&world, &world.owner));
}

fn labels(world: &World, listings: &Listings) -> Vec<LabelResponse> {
    world.suite.query(&listings.address, &QueryMsg::Labels { id: 1, start_after: None })
}

#[test]
fn labellers_that_the_category_names_say_something_of_a_listing_and_take_it_back() {
    let mut world = World::new();
    let (btt, ruler, listings) = (world.btt(), world.ruler.clone(), world.listings.clone());
    let mut setting = category(terms((&btt, BOND), Ruler::Named(ruler.to_string())));
    setting.labellers = vec![ruler.to_string()];
    listings.set(&mut world.suite, NAMED, setting.clone()).unwrap();
    let id = world.list(NAMED);
    let label = |label: &str| ExecuteMsg::Label { id, label: Some(label.into()) };
    assert!(matches!(world.refused(&label("good")), ContractError::Unauthorized(_)));
    world.send(&ruler, &label("audited")).unwrap();
    world.send(&ruler, &label("audited twice")).unwrap();
    let said = |named| LabelResponse { labeller: ruler.clone(), named, label: "audited twice".into() };
    assert_eq!(labels(&world, &listings), [said(true)]);
    for bad in [String::new(), "é".repeat(limits::MAX_LABEL + 1)] {
        assert!(matches!(refusal(world.send(&ruler, &label(&bad))), ContractError::Input(_)));
    }
    setting.labellers = vec![];
    listings.set(&mut world.suite, NAMED, setting.clone()).unwrap();
    assert_eq!(labels(&world, &listings), [said(false)], "it says who said it, and that it is named no more");
    setting.labellers = vec![ruler.to_string()];
    listings.set(&mut world.suite, NAMED, setting).unwrap();
    world.send(&ruler, &ExecuteMsg::Label { id, label: None }).unwrap();
    assert_eq!(labels(&world, &listings), []);
    world.check();
}
