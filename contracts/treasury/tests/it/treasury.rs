//! What comes in, what is bought, what is burnt, what is spent.

use bithive_api::treasury::{ExecuteMsg, Hook, OfferResponse, OfferTerms, QueryMsg, limits};
use bithive_contract_kit::InputError;
use bithive_contract_kit::source::NotSource;
use bithive_test_kit::treasury::{DAY, TreasurySuite, params, terms};
use bithive_test_kit::{FEE_DENOM, JobsSuite, START, UNIT, refusal};
use bithive_treasury::ContractError;
use cosmwasm_std::{Addr, Uint128, coins, to_json_binary};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};

fn with_offer(btt: u128) -> (TreasurySuite, Addr) {
    let mut suite = TreasurySuite::new();
    suite.endow(btt * UNIT);
    suite.offer(Some(terms())).unwrap();
    let seller = suite.suite.account("seller");
    (suite, seller)
}

#[test]
fn a_sale_is_paid_at_the_bid_of_its_time_and_burnt() {
    let (mut suite, seller) = with_offer(2_000);
    suite.sell(&seller, 10 * UNIT, 0).unwrap();
    assert_eq!(suite.suite.balance(&seller), UNIT);
    suite.suite.advance(DAY / 2);
    // Half of the way from 0.1 to 0.5, but for what the first sale took: 1/400 of nothing.
    suite.sell(&seller, 10 * UNIT, 3 * UNIT).unwrap();
    assert_eq!(suite.suite.balance(&seller), 4 * UNIT);
    assert_eq!(suite.suite.supply(&suite.btk).burnt.u128(), 20 * UNIT);
    assert_eq!(suite.suite.balance_of(&suite.btk, &suite.treasury), 0);
    let offer = suite.the_offer().unwrap();
    assert_eq!((offer.bought.u128(), offer.left.u128()), (20 * UNIT, 396 * UNIT));
    suite.check();
}

#[test]
fn a_sale_takes_back_its_part_of_the_rise_and_dust_takes_nothing() {
    let (mut suite, seller) = with_offer(2_000);
    suite.suite.advance(DAY);
    assert_eq!(suite.the_offer().unwrap().bid.u128(), 500_000);
    suite.sell(&seller, 2, 1).unwrap();
    assert!(suite.the_offer().unwrap().bid.u128() >= 499_990);
    // Half of the budget.
    suite.sell(&seller, 400 * UNIT, 0).unwrap();
    let bid = suite.the_offer().unwrap().bid.u128();
    assert!((299_900..300_100).contains(&bid), "{bid}");
    suite.check();
}

#[test]
fn a_seller_is_not_paid_less_than_it_expects() {
    let (mut suite, seller) = with_offer(2_000);
    let error = refusal::<ContractError>(suite.sell(&seller, 10 * UNIT, UNIT + 1));
    let (amount, worth, least) = (Uint128::new(10 * UNIT), Uint128::new(UNIT), Uint128::new(UNIT + 1));
    assert_eq!(error, ContractError::BidTooLow { amount, worth, least });
    // What is worth less than a unit is not taken for nothing.
    let error = refusal::<ContractError>(suite.sell(&seller, 9, 0));
    assert!(matches!(error, ContractError::BidTooLow { .. }), "{error}");
    assert_eq!(suite.suite.balance_of(&suite.btk, &seller), 10 * UNIT + 9);
    suite.check();
}

#[test]
fn a_period_has_a_budget_for_each_offer_and_for_all() {
    let (mut suite, seller) = with_offer(5_000);
    suite.sell(&seller, 4_000 * UNIT, 0).unwrap();
    let error = refusal::<ContractError>(suite.sell(&seller, 10 * UNIT, 0));
    assert!(matches!(error, ContractError::PeriodLimit { bound: "the offer's budget", .. }), "{error}");
    // A new offer for the same token has no new budget.
    suite.offer(None).unwrap();
    suite.offer(Some(OfferTerms { budget: (900 * UNIT).into(), ..terms() })).unwrap();
    assert_eq!(suite.the_offer().unwrap().left.u128(), 500 * UNIT);
    suite.sell(&seller, 5_000 * UNIT, 0).unwrap();
    suite.check();
    // Another token shares the budget of all.
    let sky = suite.suite.another_token("Sky", "SKY");
    let all = OfferTerms { budget: params().buy, ..terms() };
    suite.as_owner(&ExecuteMsg::SetOffer { token: sky.to_string(), terms: Some(all) }).unwrap();
    suite.suite.fund_with(&sky, &seller, 2_000 * UNIT);
    let msg = to_json_binary(&Hook::Sell { least: Uint128::zero() }).unwrap();
    let contract = suite.treasury.to_string();
    let send = |amount: u128| Cw20ExecuteMsg::Send {
        contract: contract.clone(),
        amount: amount.into(),
        msg: msg.clone(),
    };
    let error = refusal::<ContractError>(suite.suite.execute(&seller, &sky, &send(1_001 * UNIT)));
    assert!(matches!(error, ContractError::PeriodLimit { bound: "what all offers pay", .. }), "{error}");
    suite.suite.execute(&seller, &sky, &send(1_000 * UNIT)).unwrap();
    suite.suite.advance(DAY);
    suite.sell(&seller, 10 * UNIT, 0).unwrap();
    suite.check();
}

#[test]
fn offers_and_burns_leave_the_reserve() {
    let (mut suite, seller) = with_offer(201);
    let error = refusal::<ContractError>(suite.sell(&seller, 20 * UNIT, 0));
    let (available, amount) = (Uint128::new(UNIT), Uint128::new(2 * UNIT));
    assert_eq!(error, ContractError::Funds { available, amount });
    suite.burn(&suite.suite.btt.clone()).unwrap();
    assert_eq!(suite.totals().balance, params().reserve);
    let error = refusal::<ContractError>(suite.burn(&suite.suite.btt.clone()));
    assert!(matches!(error, ContractError::NothingToBurn { .. }), "{error}");
    suite.check();
}

#[test]
fn anybody_burns_as_much_as_a_period_permits_and_no_more() {
    let mut suite = TreasurySuite::new();
    suite.endow(1_500 * UNIT);
    let btt = suite.suite.btt.clone();
    suite.burn(&btt).unwrap();
    assert_eq!((suite.totals().burnt, suite.totals().balance.u128()), (params().burn, 1_000 * UNIT));
    let again = refusal::<ContractError>(suite.burn(&btt));
    assert_eq!(again, ContractError::NothingToBurn { token: btt.to_string() });
    suite.suite.advance(DAY);
    suite.burn(&btt).unwrap();
    suite.suite.advance(DAY);
    suite.burn(&btt).unwrap();
    assert_eq!(suite.totals().balance, params().reserve);
    suite.check();
}

#[test]
fn stakes_that_were_slashed_are_burnt_where_there_is_an_offer() {
    let mut suite = TreasurySuite::new();
    let (btk, treasury) = (suite.btk.clone(), suite.treasury.clone());
    suite.suite.fund_with(&btk, &treasury, 7);
    let error = refusal::<ContractError>(suite.burn(&btk));
    assert_eq!(error, ContractError::NoOffer { token: btk.to_string() });
    suite.offer(Some(terms())).unwrap();
    suite.burn(&btk).unwrap();
    assert_eq!(suite.suite.balance_of(&btk, &treasury), 0);
    assert!(matches!(refusal(suite.burn(&btk)), ContractError::NothingToBurn { .. }));
    suite.check();
}

#[test]
fn the_owner_spends_within_the_bound_of_a_period() {
    let mut suite = TreasurySuite::new();
    suite.endow(150 * UNIT);
    let alice = suite.suite.account("alice");
    suite.spend(&alice, 60 * UNIT).unwrap();
    let error = refusal::<ContractError>(suite.spend(&alice, 41 * UNIT));
    let (left, amount) = (Uint128::new(40 * UNIT), Uint128::new(41 * UNIT));
    assert_eq!(
        error,
        ContractError::PeriodLimit { bound: "what the owner spends", left, amount, seconds: DAY }
    );
    suite.spend(&alice, 40 * UNIT).unwrap();
    suite.suite.advance(DAY);
    suite.suite.renew(&suite.treasury.clone());
    let error = refusal::<ContractError>(suite.spend(&alice, 51 * UNIT));
    assert!(matches!(error, ContractError::Funds { .. }), "{error}");
    suite.spend(&alice, 50 * UNIT).unwrap();
    assert_eq!(suite.suite.balance(&alice), 150 * UNIT);
    assert!(matches!(refusal(suite.spend(&alice, 0)), ContractError::Input(InputError::Zero { .. })));
    let (treasury, btt) = (suite.treasury.clone(), suite.suite.btt.clone());
    for unusable in [treasury, btt] {
        assert!(matches!(
            refusal(suite.spend(&unusable, 1)),
            ContractError::Input(InputError::Unusable { .. })
        ));
    }
    suite.check();
}

#[test]
fn a_clock_that_goes_back_renews_no_bound() {
    let mut suite = TreasurySuite::new();
    suite.endow(1_000 * UNIT);
    let alice = suite.suite.account("alice");
    suite.suite.advance(3 * DAY);
    suite.suite.renew(&suite.treasury.clone());
    suite.spend(&alice, 100 * UNIT).unwrap();
    suite.suite.app.update_block(|block| block.time = block.time.minus_seconds(2 * DAY));
    let error = refusal::<ContractError>(suite.spend(&alice, 1));
    assert!(matches!(error, ContractError::PeriodLimit { .. }), "{error}");
    suite.check();
}

#[test]
fn shares_of_settlements_are_collected_by_anybody_from_named_contracts_only() {
    let mut market = JobsSuite::new();
    let mut message = TreasurySuite::message(&market.suite);
    message.params.period_seconds = 3_600;
    let treasury = TreasurySuite::instantiate(&mut market.suite, &message).unwrap();
    // A market that pays its share to the contract.
    let (owner, btt, registry) =
        (market.suite.owner.clone(), market.suite.btt.clone(), market.suite.registry.clone());
    let jobs = bithive_test_kit::jobs::message(&btt, &registry, &treasury, &market.incentive_pool);
    let jobs = bithive_test_kit::jobs::instantiate(&mut market.suite.app, &owner, &jobs).unwrap();
    let (stranger, collect) =
        (market.suite.account("stranger"), ExecuteMsg::Collect { source: jobs.to_string() });
    let error = refusal::<ContractError>(market.suite.execute(&stranger, &treasury, &collect));
    assert_eq!(error, ContractError::NotSource(NotSource { found: jobs.to_string() }));
    let name = ExecuteMsg::SetSource { source: jobs.to_string(), allowed: true };
    market.suite.execute(&owner, &treasury, &name).unwrap();
    assert!(market.suite.query::<bool>(&treasury, &QueryMsg::Source { address: jobs.to_string() }));
    // Nothing is owed yet: the market says so.
    let error = market.suite.execute(&stranger, &treasury, &collect).unwrap_err();
    assert!(error.root_cause().to_string().contains("is owed nothing"), "{error:?}");
    market.jobs = jobs;
    let answers =
        ["node-1", "node-2", "node-3"].map(|name| (name, bithive_test_kit::Answer::of(&[1, 2, 3, 4])));
    let job = market.assigned(&market.terms(), &["node-1", "node-2", "node-3"]);
    market.work(job, &answers);
    market.finalize(job, &["node-1", "node-2"]).unwrap();
    let owed = market.claimable(&treasury);
    assert!(owed > 0);
    market.suite.execute(&stranger, &treasury, &collect).unwrap();
    assert_eq!((market.suite.balance(&treasury), market.claimable(&treasury)), (owed, 0));
    market.suite.conservation();
}

#[test]
fn a_pause_stops_offers_and_spending_and_nothing_else() {
    let (mut suite, seller) = with_offer(2_000);
    suite.as_owner(&ExecuteMsg::SetPaused { paused: true }).unwrap();
    assert!(matches!(refusal(suite.sell(&seller, UNIT, 0)), ContractError::Paused));
    assert!(matches!(refusal(suite.spend(&seller, 1)), ContractError::Paused));
    suite.burn(&suite.suite.btt.clone()).unwrap();
    suite.offer(None).unwrap();
    suite.offer(Some(terms())).unwrap();
    suite.as_owner(&ExecuteMsg::SetPaused { paused: false }).unwrap();
    suite.sell(&seller, UNIT, 0).unwrap();
    suite.check();
}

#[test]
fn what_the_owner_sets_has_bounds_and_one_owner() {
    let (mut suite, seller) = with_offer(10);
    let one = Uint128::one();
    let bad = [
        OfferTerms { low: Uint128::zero(), ..terms() },
        OfferTerms { high: terms().low - one, ..terms() },
        OfferTerms { rise_seconds: 59, ..terms() },
        OfferTerms { rise_seconds: 365 * DAY + 1, ..terms() },
        OfferTerms { budget: params().buy + one, ..terms() },
        OfferTerms { budget: Uint128::zero(), ..terms() },
    ];
    for terms in bad {
        let error = refusal::<ContractError>(suite.offer(Some(terms)));
        assert!(matches!(error, ContractError::Input(InputError::OutOfBounds { .. })), "{error}");
    }
    let sky = suite.suite.another_token("Sky", "SKY").to_string();
    let most =
        |high| ExecuteMsg::SetOffer { token: sky.clone(), terms: Some(OfferTerms { high, ..terms() }) };
    let error = refusal::<ContractError>(suite.as_owner(&most(limits::MAX_BID + one)));
    assert!(matches!(error, ContractError::Input(InputError::OutOfBounds { .. })), "{error}");
    suite.as_owner(&most(limits::MAX_BID)).unwrap();
    let for_the_owner = [
        ExecuteMsg::SetOffer { token: suite.btk.to_string(), terms: None },
        ExecuteMsg::SetSource { source: suite.btk.to_string(), allowed: true },
        ExecuteMsg::SetPaused { paused: true },
        ExecuteMsg::Spend { recipient: seller.to_string(), amount: one, purpose: String::new() },
        ExecuteMsg::TransferOwnership { new_owner: seller.to_string() },
    ];
    for message in for_the_owner {
        let error = refusal::<ContractError>(suite.execute(&seller, &message));
        assert!(matches!(error, ContractError::Ownership(_)), "{message:?}: {error}");
    }
    let long = "x".repeat(257);
    let spend = ExecuteMsg::Spend { recipient: seller.to_string(), amount: one, purpose: long };
    let error = refusal::<ContractError>(suite.as_owner(&spend));
    assert!(matches!(error, ContractError::Input(InputError::Characters { found: 257, .. })), "{error}");
    suite.as_owner(&ExecuteMsg::TransferOwnership { new_owner: seller.to_string() }).unwrap();
    suite.execute(&seller, &ExecuteMsg::AcceptOwnership {}).unwrap();
    assert_eq!(suite.config().owner, Some(seller));
}

#[test]
fn there_are_few_offers_each_for_a_token_other_than_btt() {
    let mut suite = TreasurySuite::new();
    for token in [suite.suite.btt.clone(), suite.treasury.clone()] {
        let set = ExecuteMsg::SetOffer { token: token.into(), terms: Some(terms()) };
        assert!(matches!(refusal(suite.as_owner(&set)), ContractError::Input(InputError::Unusable { .. })));
    }
    let nobody = ExecuteMsg::SetOffer { token: suite.suite.account("a").into(), terms: Some(terms()) };
    assert!(matches!(refusal(suite.as_owner(&nobody)), ContractError::Std(_)));
    let mut made = vec![];
    for index in 0..limits::MAX_OFFERS {
        let token =
            suite.suite.another_token("Some token", &format!("SOM{}", ["A", "B", "C", "D"][index % 4]));
        suite.as_owner(&ExecuteMsg::SetOffer { token: token.to_string(), terms: Some(terms()) }).unwrap();
        made.push(token);
    }
    let offers: Vec<OfferResponse> = suite.suite.query(&suite.treasury, &QueryMsg::Offers {});
    made.sort();
    assert!(offers.iter().map(|offer| &offer.token).eq(&made));
    assert!(offers.iter().all(|offer| offer.terms == terms() && offer.bid == terms().low));
    let error = refusal::<ContractError>(suite.offer(Some(terms())));
    assert_eq!(error, ContractError::TooManyOffers { most: limits::MAX_OFFERS });
    assert!(matches!(refusal(suite.offer(None)), ContractError::NoOffer { .. }));
}

#[test]
fn hooks_are_believed_of_their_own_token_only() {
    let (mut suite, seller) = with_offer(1_000);
    let hook = |hook: &Hook, amount: u128| {
        let msg = to_json_binary(hook).unwrap();
        ExecuteMsg::Receive(Cw20ReceiveMsg { sender: seller.to_string(), amount: amount.into(), msg })
    };
    // An account that says it is a token.
    let error =
        refusal::<ContractError>(suite.execute(&seller, &hook(&Hook::Sell { least: Uint128::zero() }, 5)));
    assert_eq!(error, ContractError::NoOffer { token: seller.to_string() });
    let error = refusal::<ContractError>(suite.execute(&seller, &hook(&Hook::Deposit {}, 5)));
    assert!(matches!(error, ContractError::Input(InputError::NotTheToken { .. })), "{error}");
    let error = refusal::<ContractError>(suite.execute(&seller, &hook(&Hook::Deposit {}, 0)));
    assert_eq!(error, ContractError::Input(InputError::Zero { field: "the amount" }));
    // BTT are deposited and not sold.
    suite.suite.fund(&seller, 5);
    let treasury = suite.treasury.clone();
    let sold = suite.suite.send_btt(&seller, &treasury, 5, &Hook::Sell { least: Uint128::zero() });
    assert!(matches!(refusal(sold), ContractError::NoOffer { .. }));
    suite.suite.send_btt(&seller, &treasury, 5, &Hook::Deposit {}).unwrap();
    assert_eq!(suite.totals().balance.u128(), 1_000 * UNIT + 5);
    suite.check();
}

#[test]
fn amounts_that_leave_128_bits_are_refused_and_nothing_moves() {
    let (mut suite, seller) = with_offer(1_000);
    let (btk, btt) = (suite.btk.clone(), suite.suite.btt.clone());
    let msg = to_json_binary(&Hook::Sell { least: Uint128::zero() }).unwrap();
    // What a token without a cap could say that it has moved.
    let hook = Cw20ReceiveMsg { sender: seller.to_string(), amount: Uint128::MAX, msg };
    let error = refusal::<ContractError>(suite.execute(&btk, &ExecuteMsg::Receive(hook)));
    assert!(matches!(error, ContractError::PeriodLimit { .. }), "{error}");
    let error = refusal::<ContractError>(suite.spend(&seller, u128::MAX));
    assert!(matches!(error, ContractError::PeriodLimit { .. }), "{error}");
    let before = suite.totals();
    assert_eq!((before.balance.u128(), before.paid_now.u128()), (1_000 * UNIT, 0));
    // A gift of BTT is burnt and spent as any other; it moves no bid.
    let bid = suite.the_offer().unwrap().bid;
    suite.suite.fund(&suite.treasury.clone(), UNIT);
    assert_eq!(suite.the_offer().unwrap().bid, bid);
    suite.burn(&btt).unwrap();
    suite.check();
}

#[test]
fn native_coins_and_bad_parameters_are_refused_and_migration_checks_the_name() {
    let mut suite = TreasurySuite::new();
    let (owner, treasury) = (suite.suite.owner.clone(), suite.treasury.clone());
    let message = ExecuteMsg::SetPaused { paused: true };
    let result = suite.suite.execute_with(&owner, &treasury, &message, &coins(1, FEE_DENOM));
    assert!(matches!(refusal(result), ContractError::Input(InputError::Payment(_))));
    for period_seconds in [3_599, 90 * DAY + 1] {
        let mut message = TreasurySuite::message(&suite.suite);
        message.params.period_seconds = period_seconds;
        let error = TreasurySuite::instantiate(&mut suite.suite, &message).unwrap_err();
        let error = error.downcast::<ContractError>().unwrap();
        assert!(
            matches!(error, ContractError::Input(InputError::OutOfBounds { field: "period_seconds", .. })),
            "{error}"
        );
    }
    let code = suite.suite.app.store_code(bithive_test_kit::treasury::code());
    let migrate = |suite: &mut TreasurySuite, contract: &Addr| {
        use cw_multi_test::Executor;
        let (owner, contract) = (suite.suite.owner.clone(), contract.clone());
        suite.suite.app.migrate_contract(owner, contract, &bithive_api::MigrateMsg {}, code)
    };
    migrate(&mut suite, &treasury).unwrap();
    let btk = suite.btk.clone();
    assert!(matches!(refusal(migrate(&mut suite, &btk)), ContractError::Migration(_)));
    assert_eq!(suite.suite.now(), START);
}

/// The attack: an owner offers more for BTK than the fees that they cost, and sells it what nodes of its own earn.
#[test]
fn an_offer_for_btk_bids_no_more_than_their_work_costs_in_fees() {
    assert_eq!(limits::MAX_BTK_BID.u128(), bithive_economics::work::BTK_COST);
    let mut suite = TreasurySuite::new();
    let high = limits::MAX_BTK_BID + Uint128::one();
    let above = OfferTerms { high, ..terms() };
    assert_eq!(refusal::<ContractError>(suite.offer(Some(above))), ContractError::BidAboveCost { high });
    // Nor is it announced.
    suite.suite.advance(bithive_api::delay::limits::SETUP_SECONDS);
    assert_eq!(refusal::<ContractError>(suite.offer(Some(above))), ContractError::BidAboveCost { high });
    suite.offer(Some(OfferTerms { high: limits::MAX_BTK_BID, ..terms() })).unwrap();
    assert_eq!(suite.config().btk, Some(suite.btk));
}

/// The attack: an owner, or who took its key, pays itself the bound of every period before anybody can react.
#[test]
fn spending_takes_effect_after_a_delay_that_anybody_can_watch() {
    let mut suite = TreasurySuite::new();
    suite.endow(150 * UNIT);
    let alice = suite.suite.account("alice");
    let spend = |amount| ExecuteMsg::Spend { recipient: alice.to_string(), amount, purpose: "x".into() };
    let paid = |suite: &bithive_test_kit::Suite| suite.balance(&alice) > 0;
    suite.suite.check_delay(&suite.treasury, |_| spend(Uint128::new(60 * UNIT)), paid);
    assert_eq!(suite.suite.balance(&alice), 60 * UNIT);
    // What it pays is checked when it is announced, and the bound of the period when it is paid.
    assert!(matches!(refusal(suite.spend(&alice, 0)), ContractError::Input(InputError::Zero { .. })));
    suite.spend(&alice, 41 * UNIT).unwrap();
    suite.spend(&alice, 60 * UNIT).unwrap();
    let settings = suite.suite.settings(&suite.treasury);
    assert_eq!(settings.len(), 2);
    suite.suite.advance(bithive_api::delay::limits::DELAY_SECONDS);
    suite.execute(&alice, &ExecuteMsg::ApplySetting { id: settings[0].id }).unwrap();
    let second = ExecuteMsg::ApplySetting { id: settings[1].id };
    let error = refusal::<ContractError>(suite.execute(&alice, &second));
    assert!(matches!(error, ContractError::PeriodLimit { .. }), "{error}");
    assert_eq!(suite.suite.settings(&suite.treasury).len(), 1, "it waits for the next period");
    suite.check();
}

/// The attack: an owner bids far above the market and an accomplice sells at once.
#[test]
fn an_offer_stands_after_a_delay_that_anybody_can_watch_and_is_withdrawn_at_once() {
    let mut suite = TreasurySuite::new();
    let set = ExecuteMsg::SetOffer { token: suite.btk.to_string(), terms: Some(terms()) };
    let query = QueryMsg::Offer { token: suite.btk.to_string() };
    let (treasury, set) = (suite.treasury.clone(), |_: &bithive_test_kit::Suite| set.clone());
    let stands = |suite: &bithive_test_kit::Suite| {
        suite.query::<Option<bithive_api::treasury::OfferResponse>>(&treasury, &query).is_some()
    };
    suite.suite.check_delay(&treasury, set, stands);
    suite.offer(None).unwrap();
    assert_eq!(suite.the_offer(), None);
    // Bad terms are refused when they are announced.
    let bad = OfferTerms { low: Uint128::zero(), ..terms() };
    let error = refusal::<ContractError>(suite.offer(Some(bad)));
    assert!(matches!(error, ContractError::Input(InputError::OutOfBounds { .. })), "{error}");
    suite.check();
}

#[test]
fn a_treasury_of_an_earlier_version_keeps_what_it_has_and_its_settings_wait() {
    let (mut suite, _) = with_offer(2_000);
    let (btt, treasury) = (suite.suite.btt.clone(), suite.treasury.clone());
    let config = to_json_binary(&suite.config().params).unwrap();
    let config = format!(r#"{{"token":"{btt}","params":{}}}"#, String::from_utf8(config.into()).unwrap());
    let mut storage = suite.suite.app.contract_storage_mut(&treasury);
    storage.set(b"config", config.as_bytes());
    storage.remove(b"setup_created");
    drop(storage);
    let code = suite.suite.app.store_code(bithive_test_kit::treasury::code());
    let owner = suite.suite.owner.clone();
    let migrate = bithive_api::MigrateMsg {};
    cw_multi_test::Executor::migrate_contract(&mut suite.suite.app, owner, treasury.clone(), &migrate, code)
        .unwrap();
    assert_eq!((suite.config().btk, suite.the_offer().map(|offer| offer.terms)), (None, Some(terms())));
    suite.offer(Some(OfferTerms { budget: UNIT.into(), ..terms() })).unwrap();
    assert_eq!(suite.suite.settings(&treasury).len(), 1);
    assert_eq!(suite.the_offer().unwrap().terms, terms());
}
