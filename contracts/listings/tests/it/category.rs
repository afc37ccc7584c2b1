//! What the contract's owner sets, and whom that binds.

use bithive_api::delay::limits::SETUP_SECONDS;
use bithive_api::listings::{Category, ExecuteMsg, List, QueryMsg, Ruler, State, Terms};
use bithive_contract_kit::InputError;
use bithive_listings::ContractError;
use bithive_test_kit::listings::{UNBOND, category, content, terms};
use bithive_test_kit::refusal;
use cosmwasm_std::Addr;

use crate::world::{BOND, NAMED, World};

/// Terms that would take everything: another ruler, and a slasher.
fn greedy(world: &World) -> Category {
    let mut terms = terms((&world.btt(), 1), Ruler::Named(world.stranger.to_string()));
    terms.slashers = vec![world.suite.faucet.to_string()];
    category(terms)
}

#[test]
fn later_terms_bind_no_listing_that_was_made_before() {
    let mut world = World::new();
    let id = world.list(NAMED);
    let (setting, listings) = (greedy(&world), world.listings.clone());
    listings.set(&mut world.suite, NAMED, setting).unwrap();
    let listing = world.listing(id);
    assert_eq!((listing.terms, listing.current, listing.challenge_bond.u128()), (1, false, BOND));
    let (faucet, contract) = (world.suite.faucet.clone(), world.listings.address.clone());
    let slash = ExecuteMsg::Slash { id, amount: 1u128.into(), reason: String::new() };
    let refused = refusal(world.suite.relay(&faucet, &contract, &slash));
    assert!(matches!(refused, ContractError::Unauthorized(_)));
    let challenge = world.challenge(id);
    let rule = ExecuteMsg::Rule { id, challenge, upheld: true };
    assert!(matches!(world.refused(&rule), ContractError::Unauthorized(_)), "the new ruler");
    world.rule(id, challenge, false).unwrap();
    let old: Option<Terms<Addr>> =
        world.suite.query(&world.listings.address, &QueryMsg::Terms { category: NAMED.into(), terms: 1 });
    assert_eq!(old.unwrap().bond.u128(), BOND);
    world.check();
}

#[test]
fn an_owner_moves_to_later_terms_itself_with_the_bond_that_they_ask_for() {
    let mut world = World::new();
    let id = world.list(NAMED);
    let (btt, listings, owner) = (world.btt(), world.listings.clone(), world.owner.clone());
    let dearer = category(terms((&btt, 2 * BOND), Ruler::Named(world.stranger.to_string())));
    listings.set(&mut world.suite, NAMED, dearer).unwrap();
    let update = |terms| ExecuteMsg::Update { id, content: None, terms: Some(terms) };
    let other = refusal(world.by_owner(&update(1)));
    assert!(matches!(other, ContractError::OtherTerms { present: 2, .. }));
    let short = refusal(world.by_owner(&update(2)));
    assert!(matches!(short, ContractError::Short { .. }));
    listings.top_up(&mut world.suite, &owner, (&btt, BOND), id).unwrap();
    world.by_owner(&update(2)).unwrap();
    let listing = world.listing(id);
    assert_eq!((listing.terms, listing.current, listing.revision), (2, true, 1));
    assert_eq!(listing.challenge_bond.u128(), 2 * BOND);
    world.check();
}

#[test]
fn terms_in_another_asset_are_for_new_listings_only() {
    let mut world = World::new();
    let id = world.list(NAMED);
    let (coin, listings) = (world.assets()[1].clone(), world.listings.clone());
    let coins = category(terms((&coin, BOND), Ruler::Named(world.ruler.to_string())));
    listings.set(&mut world.suite, NAMED, coins).unwrap();
    let update = ExecuteMsg::Update { id, content: None, terms: Some(2) };
    assert!(matches!(refusal(world.by_owner(&update)), ContractError::WrongAsset { .. }));
    world.by_owner(&ExecuteMsg::Leave { id }).unwrap();
    world.check();
}

#[test]
fn who_lists_names_the_terms_that_it_has_read_and_no_others_bind_it() {
    let mut world = World::new();
    let (btt, owner, listings) = (world.btt(), world.owner.clone(), world.listings.clone());
    let setting = greedy(&world);
    listings.set(&mut world.suite, NAMED, setting).unwrap();
    let stale = refusal(listings.list(&mut world.suite, &owner, (&btt, BOND), (NAMED, 1)));
    assert!(matches!(stale, ContractError::OtherTerms { found: 1, present: 2, .. }));
    let none =
        refusal::<ContractError>(listings.list(&mut world.suite, &owner, (&btt, BOND), ("nothing", 1)));
    assert_eq!(none, ContractError::NoCategory { found: "nothing".into() });
    world.check();
}

#[test]
fn the_same_terms_keep_their_number_whoever_labels_and_whether_it_is_open() {
    let mut world = World::new();
    let id = world.list(NAMED);
    let (btt, ruler, listings) = (world.btt(), world.ruler.to_string(), world.listings.clone());
    let same = category(terms((&btt, BOND), Ruler::Named(ruler.clone())));
    let closed = Category { open: false, labellers: vec![ruler], ..same };
    listings.set(&mut world.suite, NAMED, closed).unwrap();
    assert!(world.listing(id).current);
    let owner = world.owner.clone();
    let refused = refusal::<ContractError>(listings.list(&mut world.suite, &owner, (&btt, BOND), (NAMED, 1)));
    assert_eq!(refused, ContractError::Closed { category: NAMED.into() });
    // What is listed is challenged and left as before.
    world.challenge(id);
    world.check();
}

#[test]
fn a_category_takes_effect_after_a_delay_that_anybody_can_watch() {
    let mut world = World::new();
    let (contract, btt, ruler) = (world.listings.address.clone(), world.btt(), world.ruler.to_string());
    let setting = |_: &_| ExecuteMsg::SetCategory {
        name: "later".into(),
        category: category(terms((&btt, BOND), Ruler::Named(ruler.clone()))),
    };
    let in_effect = |suite: &bithive_test_kit::Suite| {
        let query = QueryMsg::Category { name: "later".into() };
        suite.query::<Option<bithive_api::listings::CategoryResponse>>(&contract, &query).is_some()
    };
    world.suite.check_delay(&contract, setting, in_effect);
}

#[test]
fn what_waits_is_the_message_that_the_owner_sent() {
    let mut world = World::new();
    world.suite.advance(SETUP_SECONDS);
    let (listings, setting) = (world.listings.clone(), greedy(&world));
    let sent = ExecuteMsg::SetCategory { name: NAMED.into(), category: setting.clone() };
    listings.set(&mut world.suite, NAMED, setting).unwrap();
    let waiting = world.suite.settings(&listings.address);
    assert_eq!(waiting[0].message, cosmwasm_std::to_json_binary(&sent).unwrap());
}

#[test]
fn what_waits_was_checked_before() {
    let mut world = World::new();
    world.suite.advance(SETUP_SECONDS);
    let mut setting = greedy(&world);
    setting.terms.bond = 0u128.into();
    let listings = world.listings.clone();
    let refused = refusal(listings.set(&mut world.suite, NAMED, setting));
    assert!(matches!(refused, ContractError::Input(InputError::OutOfBounds { field: "bond", .. })));
    assert!(world.suite.settings(&listings.address).is_empty());
}

#[test]
fn a_pause_stops_new_listings_and_shields_none_that_leaves() {
    let mut world = World::new();
    let [id, other] = [world.list(NAMED), world.list(NAMED)];
    world.by_owner(&ExecuteMsg::Leave { id }).unwrap();
    let admin = world.suite.owner.clone();
    world.send(&admin, &ExecuteMsg::SetPaused { paused: true }).unwrap();
    let (owner, btt, listings) = (world.owner.clone(), world.btt(), world.listings.clone());
    let list = refusal::<ContractError>(listings.list(&mut world.suite, &owner, (&btt, BOND), (NAMED, 1)));
    let add = refusal::<ContractError>(listings.top_up(&mut world.suite, &owner, (&btt, 1), other));
    assert_eq!((list, add), (ContractError::Paused, ContractError::Paused));
    let challenge = world.challenge(other);
    world.rule(other, challenge, true).unwrap();
    world.suite.advance(UNBOND + 1);
    world.by_stranger(&ExecuteMsg::Finish { id }).unwrap();
    world.by_owner(&ExecuteMsg::Withdraw { asset: btt }).unwrap();
    world.by_stranger(&ExecuteMsg::Collect { asset: world.btt() }).unwrap();
    world.send(&admin, &ExecuteMsg::SetPaused { paused: false }).unwrap();
    world.list(NAMED);
    assert_eq!(world.state(other), State::Removed);
    world.check();
}

#[test]
fn categories_have_bounds() {
    let mut world = World::new();
    let good = || category(terms((&world.btt(), BOND), Ruler::Named(world.ruler.to_string())));
    let (hour, faucet, ruler) = (3_600, world.suite.faucet.to_string(), world.ruler.to_string());
    let contract = world.listings.address.to_string();
    let changed = |change: &dyn Fn(&mut Category)| {
        let mut category = good();
        change(&mut category);
        ("name", category)
    };
    let bad = [
        ("", good()),
        ("Name", good()),
        ("a name", good()),
        (&*"n".repeat(33), good()),
        changed(&|category| category.terms.bond = 0u128.into()),
        changed(&|category| category.terms.bond = u128::MAX.into()),
        changed(&|category| category.terms.unbond_seconds = hour - 1),
        changed(&|category| category.terms.unbond_seconds = 366 * 86_400),
        changed(&|category| category.terms.ruling_seconds = hour - 1),
        changed(&|category| category.terms.ruling_seconds = 61 * 86_400),
        changed(&|category| category.terms.asset = bithive_api::asset::Asset::Native(String::new())),
        changed(&|category| category.terms.asset = bithive_api::asset::Asset::Cw20("x".into())),
        changed(&|category| category.terms.ruler = Ruler::Named("x".into())),
        changed(&|category| category.terms.ruler = Ruler::Named(contract.clone())),
        changed(&|category| category.terms.ruler = Ruler::Jurors(NAMED.into())),
        changed(&|category| category.terms.ruler = Ruler::Jurors("name".into())),
        changed(&|category| category.terms.slashers = vec![ruler.clone()]),
        changed(&|category| category.terms.slashers = vec![faucet.clone(); 2]),
        changed(&|category| category.terms.slashers = vec![faucet.clone(); 5]),
        changed(&|category| category.labellers = vec![ruler.clone(); 2]),
        changed(&|category| category.labellers = vec!["x".into()]),
    ];
    let listings = world.listings.clone();
    for (name, category) in bad {
        let shown = format!("{name} {category:?}");
        assert!(listings.set(&mut world.suite, name, category).is_err(), "{shown}");
    }
    let new = List { category: "name".into(), terms: 1, content: content("x") };
    assert!(world.by_owner(&ExecuteMsg::List(new)).is_err());
}
