//! Sizes, amounts and assets at their bounds.

use bithive_api::asset::Asset;
use bithive_api::listings::{Challenge, Content, ExecuteMsg, Hook, List, Ruler, limits};
use bithive_contract_kit::InputError;
use bithive_listings::ContractError;
use bithive_test_kit::listings::{category, content, drand, terms};
use bithive_test_kit::{Suite, refusal};
use cosmwasm_std::{coin, coins};
use cw20::Cw20ReceiveMsg;

use crate::world::{BOND, NAMED, World};

fn list(world: &mut World, asset: &Asset, amount: u128, content: Content) -> Result<(), ContractError> {
    let new = List { category: NAMED.into(), terms: 1, content };
    let (owner, listings) = (world.owner.clone(), world.listings.clone());
    let (message, hook) = (ExecuteMsg::List(new.clone()), Hook::List(new));
    let result = listings.pay(&mut world.suite, &owner, (asset, amount), &message, &hook);
    result.map(drop).map_err(|error| error.downcast().unwrap())
}

#[test]
fn a_bond_is_exactly_that_of_the_category_in_its_asset() {
    let mut world = World::new();
    let [btt, coin] = world.assets();
    for amount in [BOND - 1, BOND + 1] {
        let refused = list(&mut world, &btt, amount, content("x"));
        assert!(matches!(refused, Err(ContractError::Input(InputError::Amount { .. }))));
    }
    let refused = list(&mut world, &coin, BOND, content("x"));
    assert!(matches!(refused, Err(ContractError::WrongAsset { .. })));
    let id = world.list(NAMED);
    let (challenger, listings) = (world.challenger.clone(), world.listings.clone());
    for (asset, amount) in [(&coin, BOND), (&btt, BOND - 1), (&btt, BOND + 1), (&btt, 2 * BOND)] {
        assert!(listings.challenge(&mut world.suite, &challenger, (asset, amount), id).is_err());
    }
    world.check();
}

#[test]
fn what_is_listed_and_said_has_bounds() {
    let mut world = World::new();
    let btt = world.btt();
    let good = content("x");
    let bad = [
        Content { name: String::new(), ..good.clone() },
        Content { name: "é".repeat(limits::MAX_NAME + 1), ..good.clone() },
        Content { uri: "u".repeat(limits::MAX_URI + 1), ..good.clone() },
        Content { digest: vec![0; 31].into(), ..good.clone() },
    ];
    for content in bad {
        assert!(matches!(list(&mut world, &btt, BOND, content), Err(ContractError::Input(_))));
    }
    let most = Content { name: "é".repeat(limits::MAX_NAME), uri: "u".repeat(limits::MAX_URI), ..good };
    list(&mut world, &btt, BOND, most).unwrap();
    let (challenger, listings) = (world.challenger.clone(), world.listings.clone());
    for (evidence, uri) in [(vec![0; 33], String::new()), (vec![0; 32], "u".repeat(limits::MAX_URI + 1))] {
        let new = Challenge { id: 1, revision: 1, evidence: evidence.into(), uri };
        let (message, hook) = (ExecuteMsg::Challenge(new.clone()), Hook::Challenge(new));
        let result = listings.pay(&mut world.suite, &challenger, (&btt, BOND), &message, &hook);
        assert!(matches!(refusal(result), ContractError::Input(_)));
    }
    world.check();
}

#[test]
fn coins_come_with_bonds_only_and_one_at_a_time() {
    let mut world = World::new();
    let asset = Suite::coin_assets()[0].clone();
    let Asset::Native(denom) = &asset else { unreachable!() };
    let paid = category(terms((&asset, BOND), Ruler::Named(world.ruler.to_string())));
    let (listings, owner) = (world.listings.clone(), world.owner.clone());
    listings.set(&mut world.suite, "coins", paid).unwrap();
    let new = || ExecuteMsg::List(List { category: "coins".into(), terms: 1, content: content("x") });
    let none = refusal(world.suite.execute_with(&owner, &listings.address, &new(), &[]));
    assert!(matches!(none, ContractError::Coin(_)));
    let other = Suite::coin_assets()[1].clone();
    world.suite.fund_in(&owner, &other, 9);
    let Asset::Native(ibc) = &other else { unreachable!() };
    let two = [coin(1, ibc.as_str()), coin(BOND, denom.as_str())];
    let two = refusal(world.suite.execute_with(&owner, &listings.address, &new(), &two));
    assert!(matches!(two, ContractError::Coin(_)));
    listings.list(&mut world.suite, &owner, (&asset, BOND), ("coins", 1)).unwrap();
    for message in [
        ExecuteMsg::Leave { id: 1 },
        ExecuteMsg::Advance { id: 1 },
        ExecuteMsg::Finish { id: 1 },
        ExecuteMsg::Withdraw { asset: asset.clone() },
        ExecuteMsg::Collect { asset: asset.clone() },
        ExecuteMsg::SetPaused { paused: true },
    ] {
        let refused =
            world.suite.execute_with(&owner, &listings.address, &message, &coins(1, denom.as_str()));
        assert!(matches!(refusal(refused), ContractError::Input(InputError::Payment(_))), "{message:?}");
    }
    world.check();
}

#[test]
fn a_hook_that_no_token_of_the_category_sent_lists_nothing() {
    let mut world = World::new();
    let msg = cosmwasm_std::to_json_binary(&Hook::List(List {
        category: NAMED.into(),
        terms: 1,
        content: content("x"),
    }));
    let hook = Cw20ReceiveMsg { sender: world.owner.to_string(), amount: BOND.into(), msg: msg.unwrap() };
    assert!(matches!(world.refused(&ExecuteMsg::Receive(hook)), ContractError::WrongAsset { .. }));
    world.check();
}

#[test]
fn the_largest_bond_and_every_doubling_of_it_fit_and_block_no_exit() {
    let mut world = World::new();
    let asset = Suite::coin_assets()[1].clone();
    let most = limits::MAX_BOND.u128();
    let huge = category(terms((&asset, most), Ruler::Named(world.ruler.to_string())));
    let (listings, owner, challenger) =
        (world.listings.clone(), world.owner.clone(), world.challenger.clone());
    listings.set(&mut world.suite, "huge", huge).unwrap();
    world.suite.fund_in(&owner, &asset, most);
    listings.list(&mut world.suite, &owner, (&asset, most), ("huge", 1)).unwrap();
    for times in [1, 2, 4, 8, 16, 32] {
        let price = world.listing(1).challenge_bond;
        assert_eq!(price.u128(), times * most);
        let has = world.suite.balance_in(&challenger, &asset);
        world.suite.fund_in(&challenger, &asset, price.u128().saturating_sub(has));
        let challenge = listings.challenge(&mut world.suite, &challenger, (&asset, price.u128()), 1).unwrap();
        let number = world.told(&challenge, |event| match event {
            bithive_api::listings::Event::Challenged { challenge, .. } => Some(challenge),
            _ => None,
        })[0];
        world.suite.advance(3 * 86_400);
        world.by_stranger(&ExecuteMsg::Advance { id: 1 }).unwrap();
        world.send(&challenger, &ExecuteMsg::Withdraw { asset: asset.clone() }).unwrap();
        assert_eq!(number, u64::from(world.listing(1).unruled));
    }
    world.by_owner(&ExecuteMsg::Leave { id: 1 }).unwrap();
    world.suite.advance(8 * 86_400);
    world.by_stranger(&ExecuteMsg::Finish { id: 1 }).unwrap();
    world.by_owner(&ExecuteMsg::Withdraw { asset: asset.clone() }).unwrap();
    assert_eq!(world.suite.balance_in(&owner, &asset), most);
}

#[test]
fn what_somebody_is_owed_is_paid_once_and_to_nobody_else() {
    let mut world = World::new();
    let (id, challenge) = world.challenged(NAMED);
    world.rule(id, challenge, true).unwrap();
    let withdraw = ExecuteMsg::Withdraw { asset: world.btt() };
    assert!(matches!(world.refused(&withdraw), ContractError::NothingOwed(_)));
    let challenger = world.challenger.clone();
    world.send(&challenger, &withdraw).unwrap();
    let twice = refusal(world.send(&challenger, &withdraw));
    assert!(matches!(twice, ContractError::NothingOwed(_)));
    let collect = ExecuteMsg::Collect { asset: world.btt() };
    world.by_stranger(&collect).unwrap();
    assert!(matches!(world.refused(&collect), ContractError::NothingOwed(_)));
    let btt = world.btt();
    assert_eq!(world.suite.balance_in(&world.listings.address, &btt), 0);
    world.check();
}

#[test]
fn a_contract_is_created_with_a_network_and_accounts_only() {
    use bithive_api::listings::{Drand, InstantiateMsg};
    use bithive_listings::contract::instantiate;
    use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};
    let mut deps = mock_dependencies();
    let [owner, treasury] = ["owner", "treasury"].map(|name| deps.api.addr_make(name));
    let good = InstantiateMsg { owner: owner.to_string(), treasury: treasury.to_string(), drand: drand() };
    let mut create = |msg: InstantiateMsg| {
        let (env, info) = (mock_env(), message_info(&owner, &[]));
        instantiate(deps.as_mut(), env, info, msg).map(drop)
    };
    let bad = [
        InstantiateMsg { owner: "x".into(), ..good.clone() },
        InstantiateMsg { treasury: "x".into(), ..good.clone() },
        InstantiateMsg { treasury: mock_env().contract.address.into(), ..good.clone() },
        InstantiateMsg { drand: Drand { public_key: vec![1; 95].into(), ..drand() }, ..good.clone() },
        InstantiateMsg { drand: Drand { period: 0, ..drand() }, ..good.clone() },
    ];
    for msg in bad {
        assert!(matches!(create(msg), Err(ContractError::Input(_))));
    }
    create(good).unwrap();
}
