//! Deposits, interest, jobs, imports.

use bithive_api::timebank::{ExecuteMsg, Hook, Oracle, Params, QueryMsg};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_test_kit::timebank::{DAY, ORACLES, PER_DAY, PRICE, TimebankSuite, params};
use bithive_test_kit::{FEE_DENOM, UNIT, refusal};
use bithive_timebank::ContractError;
use cosmwasm_std::{Addr, HexBinary, Uint128, coins, to_json_binary};
use cw20::Cw20ReceiveMsg;

fn funded(btt: u128) -> (TimebankSuite, Addr) {
    let mut suite = TimebankSuite::new();
    suite.fund(btt * UNIT).unwrap();
    let alice = suite.market.suite.account("alice");
    (suite, alice)
}

#[test]
fn idle_time_is_credited_by_meters_as_far_as_it_is_funded() {
    let (mut suite, alice) = funded(100);
    suite.deposit(&alice, 9_000).unwrap();
    assert_eq!(suite.credits(&alice), 9_000);
    // A credit is kept back for rounding.
    let error = refusal::<ContractError>(suite.deposit(&alice, 1_000));
    assert_eq!(error, ContractError::NotFunded { credits: 1_000, room: 999 });
    suite.deposit(&alice, 999).unwrap();
    suite.check();
    let (stranger, owner) = (suite.market.suite.account("stranger"), suite.market.suite.owner.clone());
    for sender in [stranger, owner] {
        let deposit = ExecuteMsg::Deposit { account: alice.to_string(), credits: 1 };
        let error = refusal::<ContractError>(suite.execute(&sender, &deposit));
        let refused = Unauthorized::new(&sender, "a meter that the owner has named");
        assert_eq!(error, ContractError::Unauthorized(refused));
    }
    assert!(matches!(refusal(suite.deposit(&alice, 0)), ContractError::Input(InputError::Zero { .. })));
    assert!(matches!(refusal(suite.deposit(&alice, u64::MAX)), ContractError::DailyLimit { .. }));
}

#[test]
fn a_meter_is_a_contract_with_a_bound_of_the_day() {
    let (mut suite, alice) = funded(1_000_000);
    suite.deposit(&alice, PER_DAY).unwrap();
    let error = refusal::<ContractError>(suite.deposit(&alice, 1));
    let bound = "what the meter gives";
    assert_eq!(error, ContractError::DailyLimit { bound, left: 0, credits: 1 });
    // Naming it again is no new day; a clock that goes back isn't either.
    let meter = suite.meter.to_string();
    let set = |per_day| ExecuteMsg::SetMeter { meter: meter.clone(), per_day };
    suite.as_owner(&set(Some(PER_DAY + 5))).unwrap();
    suite.market.suite.app.update_block(|block| block.time = block.time.minus_seconds(2 * DAY));
    let error = refusal::<ContractError>(suite.deposit(&alice, 6));
    assert_eq!(error, ContractError::DailyLimit { bound, left: 5, credits: 6 });
    suite.market.suite.advance(4 * DAY);
    suite.deposit(&alice, 6).unwrap();
    assert_eq!(suite.meter(&suite.meter.clone()).unwrap().today, 6);
    suite.as_owner(&set(None)).unwrap();
    assert!(matches!(refusal(suite.deposit(&alice, 1)), ContractError::Unauthorized(_)));
    assert!(matches!(refusal(suite.as_owner(&set(Some(0)))), ContractError::Input(InputError::Zero { .. })));
    let person = ExecuteMsg::SetMeter { meter: alice.to_string(), per_day: Some(1) };
    assert!(matches!(refusal(suite.as_owner(&person)), ContractError::PersonalMeter { .. }));
    suite.check();
}

#[test]
fn credits_earn_interest_by_the_day_however_often_anybody_asks() {
    let run = |asks: u64| {
        let (mut suite, alice) = funded(1_000_000);
        suite.deposit(&alice, 1_000_000).unwrap();
        for _ in 0..asks {
            suite.market.suite.advance(30 * DAY / asks);
            suite.execute(&alice, &ExecuteMsg::Accrue {}).unwrap();
        }
        suite.check();
        suite.credits(&alice)
    };
    // 1.0001^30 = 1.0030043...
    assert_eq!([run(1), run(3), run(30), run(720)], [1_003_004; 4]);
}

#[test]
fn interest_stops_where_it_is_not_funded_and_is_not_made_up_for() {
    let (mut suite, alice) = funded(10_005);
    suite.deposit(&alice, 1_000_000).unwrap();
    suite.market.suite.advance(30 * DAY);
    let totals = suite.totals();
    // Three days of about 100 credits each would be 300, and 500 are funded: four days are, and a fifth is not.
    assert_eq!((totals.days, suite.credits(&alice)), (4, 1_000_400));
    suite.fund(1_000 * UNIT).unwrap();
    assert_eq!(suite.totals().days, 4);
    suite.market.suite.advance(DAY);
    assert_eq!((suite.totals().days, suite.credits(&alice)), (5, 1_000_500));
    suite.check();
}

#[test]
fn a_clock_that_goes_back_earns_nothing_twice() {
    let (mut suite, alice) = funded(1_000_000);
    suite.deposit(&alice, 1_000_000).unwrap();
    suite.market.suite.advance(10 * DAY);
    suite.execute(&alice, &ExecuteMsg::Accrue {}).unwrap();
    let credits = suite.credits(&alice);
    suite.market.suite.app.update_block(|block| block.time = block.time.minus_seconds(9 * DAY));
    assert_eq!((suite.totals().days, suite.credits(&alice)), (10, credits));
    suite.execute(&alice, &ExecuteMsg::Accrue {}).unwrap();
    suite.market.suite.advance(9 * DAY);
    assert_eq!((suite.totals().days, suite.credits(&alice)), (10, credits));
}

#[test]
fn amounts_that_leave_their_bits_are_refused_and_nothing_moves() {
    let (mut suite, alice) = funded(1_000);
    suite.deposit(&alice, 10).unwrap();
    let (token, owner) = (suite.market.suite.btt.clone(), suite.market.suite.owner.clone());
    let msg = to_json_binary(&Hook::Fund {}).unwrap();
    // What a token without a cap could say that it has moved.
    let hook = Cw20ReceiveMsg { sender: alice.to_string(), amount: Uint128::MAX, msg };
    let error = refusal::<ContractError>(suite.execute(&token, &ExecuteMsg::Receive(hook)));
    assert!(matches!(error, ContractError::Overflow(_)), "{error}");
    let most = ExecuteMsg::ReturnFunds { amount: Uint128::MAX };
    assert!(matches!(refusal(suite.execute(&owner, &most)), ContractError::Funds { .. }));
    let statement = TimebankSuite::statement(&alice, 1, u64::MAX);
    assert!(matches!(refusal(suite.import(&statement)), ContractError::DailyLimit { .. }));
    assert_eq!((suite.credits(&alice), suite.host(1)), (10, None));
    suite.check();
}

#[test]
fn a_gift_makes_no_credit_dearer_and_backs_none() {
    let (mut suite, alice) = funded(1);
    let bob = suite.market.suite.account("bob");
    suite.deposit(&alice, 1).unwrap();
    // Sent without a hook: nobody's, and no part of what a credit is worth.
    let timebank = suite.timebank.clone();
    suite.market.suite.fund(&timebank, 1_000_000 * UNIT);
    suite.deposit(&bob, 50).unwrap();
    assert_eq!([&alice, &bob].map(|account| suite.credits(account)), [1, 50]);
    assert!(matches!(refusal(suite.deposit(&bob, 50)), ContractError::NotFunded { .. }));
    assert_eq!(suite.totals().funded.u128(), UNIT);
}

#[test]
fn credits_pay_for_a_job_that_is_the_spenders() {
    let (mut suite, alice) = funded(100);
    suite.deposit(&alice, 5_000).unwrap();
    // 2.005 BTT are 200.5 credits.
    let terms = suite.terms(2 * UNIT + PRICE / 2);
    let error = refusal::<ContractError>(suite.spend(&alice, terms.clone(), 200));
    assert_eq!(error, ContractError::TooDear { credits: 201, most: 200 });
    suite.spend(&alice, terms.clone(), 201).unwrap();
    assert_eq!(suite.credits(&alice), 4_799);
    let job = suite.market.job(1);
    assert_eq!((job.requester, job.escrow.u128()), (alice.clone(), 2 * UNIT + PRICE / 2));
    suite.check();
    // It is hers to cancel, and what is refunded is hers.
    suite.market.send(&alice, &bithive_api::jobs::ExecuteMsg::Cancel { job_id: 1 }).unwrap();
    assert_eq!(suite.market.claimable(&alice), 2 * UNIT + PRICE / 2);
    let bob = suite.market.suite.account("bob");
    let error = refusal::<ContractError>(suite.spend(&bob, terms, 1_000));
    assert_eq!(error, ContractError::NotEnough { address: bob.to_string(), found: 0, credits: 201 });
    suite.check();
}

#[test]
fn a_job_that_the_market_refuses_costs_nothing() {
    let (mut suite, alice) = funded(100);
    suite.deposit(&alice, 5_000).unwrap();
    let mut terms = suite.terms(UNIT);
    terms.quorum = 2;
    assert!(suite.spend(&alice, terms.clone(), 5_000).is_err());
    terms.price = Uint128::zero();
    assert!(matches!(
        refusal(suite.spend(&alice, terms.clone(), 1)),
        ContractError::Input(InputError::Zero { .. })
    ));
    (terms.price, terms.workers) = (Uint128::MAX, 2);
    assert!(matches!(refusal(suite.spend(&alice, terms.clone(), 1)), ContractError::PriceOverflow { .. }));
    terms.workers = 1;
    assert!(matches!(refusal(suite.spend(&alice, terms, 1)), ContractError::PriceOverflow { .. }));
    assert_eq!((suite.credits(&alice), suite.market.totals().jobs), (5_000, 0));
    suite.check();
}

#[test]
fn everything_can_be_spent_and_not_more() {
    let (mut suite, alice) = funded(100);
    suite.deposit(&alice, 500).unwrap();
    let terms = suite.terms(5 * UNIT);
    suite.spend(&alice, terms, 500).unwrap();
    assert_eq!((suite.credits(&alice), suite.totals().credits), (0, 0));
    let terms = suite.terms(1);
    assert!(matches!(refusal(suite.spend(&alice, terms, 1)), ContractError::NotEnough { .. }));
    suite.check();
}

#[test]
fn a_hosts_credit_counts_once_and_for_one_account() {
    let (mut suite, alice) = funded(1_000);
    let bob = suite.market.suite.account("bob");
    let of = TimebankSuite::statement;
    suite.import(&of(&alice, 7, 1_001)).unwrap();
    assert_eq!(suite.credits(&alice), 250);
    // The same once more, and an older one.
    for total in [1_001, 900, 0] {
        let error = refusal::<ContractError>(suite.import(&of(&alice, 7, total)));
        assert_eq!(error, ContractError::NothingNew { host: 7, counted: 1_001, found: total });
    }
    // Its next units, in two steps as in one: 1,004 / 4 are 251.
    let error = refusal::<ContractError>(suite.import(&of(&alice, 7, 1_003)));
    assert!(matches!(error, ContractError::Input(InputError::Zero { .. })), "{error}");
    suite.import(&of(&alice, 7, 1_004)).unwrap();
    assert_eq!(suite.credits(&alice), 251);
    let error = refusal::<ContractError>(suite.import(&of(&bob, 7, 2_000)));
    assert_eq!(error, ContractError::OtherAccount { host: 7, account: alice.to_string() });
    suite.import(&of(&bob, 8, 400)).unwrap();
    assert_eq!((suite.credits(&bob), suite.host(7).unwrap().credits), (100, 251));
    suite.check();
}

#[test]
fn enough_oracles_sign_exactly_what_is_imported() {
    let (mut suite, alice) = funded(1_000);
    let statement = TimebankSuite::statement(&alice, 1, 4_000);
    let import = |(signers, signature): (u32, HexBinary)| ExecuteMsg::Import {
        statement: statement.clone(),
        signers,
        signature,
    };
    let one = import(suite.signature(&statement, &[1]));
    let error = refusal::<ContractError>(suite.execute(&alice, &one));
    assert_eq!(error, ContractError::Signers { found: 1, oracles: 3, unknown: 0, threshold: 2 });
    let (_, two) = suite.signature(&statement, &[0, 1]);
    for (bits, what) in [(0b1011, "unknown"), (0b101, "others"), (0b111, "more")] {
        let error = refusal::<ContractError>(suite.execute(&alice, &import((bits, two.clone()))));
        let expected = matches!(error, ContractError::Signers { unknown: 1, .. } | ContractError::Bls(_));
        assert!(expected, "{what}: {error}");
    }
    let other = TimebankSuite::statement(&alice, 1, 40_000);
    let error = refusal::<ContractError>(suite.execute(&alice, &import(suite.signature(&other, &[0, 1]))));
    assert!(matches!(error, ContractError::Bls(_)), "{error}");
    suite.execute(&alice, &import((0b011, two))).unwrap();
    assert_eq!(suite.credits(&alice), 1_000);
    // All of them, too.
    let more = TimebankSuite::statement(&alice, 1, 8_000);
    let (signers, signature) = suite.signature(&more, &[0, 1, 2]);
    suite.execute(&alice, &ExecuteMsg::Import { statement: more, signers, signature }).unwrap();
    suite.check();
}

#[test]
fn a_signature_for_another_bank_imports_nothing() {
    let (suite, alice) = funded(1_000);
    let mut other = TimebankSuite::with_params(Params { boinc_rate: 2_501, ..params() });
    // Another contract on the same chain has another address: made by instantiating twice.
    let message = TimebankSuite::message(&other.market, params());
    other.timebank = TimebankSuite::instantiate(&mut other.market.suite, &message).unwrap();
    let oracles = ORACLES.map(|name| other.oracle(name)).to_vec();
    other.as_owner(&ExecuteMsg::SetOracles { oracles, threshold: 2 }).unwrap();
    other.fund(UNIT).unwrap();
    let statement = TimebankSuite::statement(&alice, 1, 400);
    let (signers, signature) = suite.signature(&statement, &[0, 2]);
    let error = refusal::<ContractError>(
        other.execute(&alice, &ExecuteMsg::Import { statement, signers, signature }),
    );
    assert!(matches!(error, ContractError::Bls(_)), "{error}");
}

#[test]
fn oracles_are_different_hold_their_keys_and_more_than_half_must_sign() {
    let mut suite = TimebankSuite::new();
    let oracles = ORACLES.map(|name| suite.oracle(name));
    let set = |oracles: &[Oracle], threshold| ExecuteMsg::SetOracles { oracles: oracles.to_vec(), threshold };
    for threshold in [0, 1, 4] {
        let error = refusal::<ContractError>(suite.as_owner(&set(&oracles, threshold)));
        assert!(
            matches!(error, ContractError::Input(InputError::OutOfBounds { field: "threshold", .. })),
            "{error}"
        );
    }
    let error = refusal::<ContractError>(suite.as_owner(&set(&[], 1)));
    assert!(matches!(error, ContractError::Input(InputError::Count { field: "oracles", .. })), "{error}");
    // One account with two keys, and one key for two accounts, each proven by its holder: both would be counted twice.
    let again = [suite.oracle_with("oracle-1", "oracle-2"), suite.oracle_with("oracle-2", "oracle-1")];
    for second in [oracles[0].clone(), again[0].clone(), again[1].clone()] {
        let twice = [oracles[0].clone(), second];
        let error = refusal::<ContractError>(suite.as_owner(&set(&twice, 2)));
        assert!(
            matches!(error, ContractError::Input(InputError::Duplicate { field: "oracles", .. })),
            "{error}"
        );
    }
    // Somebody else's key, with the proof of its holder.
    let stolen = Oracle { account: suite.market.suite.account("thief").into(), ..oracles[0].clone() };
    assert!(matches!(refusal(suite.as_owner(&set(&[stolen], 1))), ContractError::Bls(_)));
    let short = Oracle { bls_key: HexBinary::from(&[1; 47]), ..oracles[0].clone() };
    assert!(matches!(
        refusal(suite.as_owner(&set(&[short], 1))),
        ContractError::Input(InputError::Length { .. })
    ));
    suite.as_owner(&set(&oracles[..1], 1)).unwrap();
}

#[test]
fn imports_have_a_bound_of_the_day_and_are_funded() {
    let (mut suite, alice) = funded(1_000);
    let error = refusal::<ContractError>(suite.import(&TimebankSuite::statement(&alice, 1, 200_004)));
    let bound = "what is imported";
    assert_eq!(error, ContractError::DailyLimit { bound, left: 50_000, credits: 50_001 });
    suite.import(&TimebankSuite::statement(&alice, 1, 200_000)).unwrap();
    assert_eq!(suite.totals().imported_today, 50_000);
    suite.market.suite.advance(DAY);
    let error = refusal::<ContractError>(suite.import(&TimebankSuite::statement(&alice, 1, 400_000)));
    assert!(matches!(error, ContractError::NotFunded { credits: 50_000, .. }), "{error}");
    // What was refused was not counted.
    suite.fund(1_000 * UNIT).unwrap();
    suite.import(&TimebankSuite::statement(&alice, 1, 400_000)).unwrap();
    let mut nameless = TimebankSuite::statement(&alice, 2, 4);
    nameless.project = String::new();
    assert!(matches!(refusal(suite.import(&nameless)), ContractError::Input(InputError::Length { .. })));
    nameless.project = "x".repeat(129);
    assert!(matches!(refusal(suite.import(&nameless)), ContractError::Input(InputError::Length { .. })));
    let huge = TimebankSuite::statement(&alice, 3, u64::MAX);
    assert!(matches!(refusal(suite.import(&huge)), ContractError::DailyLimit { .. }));
    suite.check();
}

#[test]
fn the_owner_takes_back_what_no_credit_needs_and_to_the_treasury_only() {
    let (mut suite, alice) = funded(100);
    suite.deposit(&alice, 4_000).unwrap();
    let amount = |amount: u128| ExecuteMsg::ReturnFunds { amount: amount.into() };
    let error = refusal::<ContractError>(suite.as_owner(&amount(60 * UNIT)));
    let available = Uint128::new(60 * UNIT - PRICE);
    assert_eq!(error, ContractError::Funds { available, amount: Uint128::new(60 * UNIT) });
    suite.as_owner(&amount(60 * UNIT - PRICE)).unwrap();
    let treasury = suite.market.suite.treasury.clone();
    assert_eq!(suite.market.suite.balance(&treasury), 60 * UNIT - PRICE);
    assert!(matches!(refusal(suite.as_owner(&amount(0))), ContractError::Input(InputError::Zero { .. })));
    let terms = suite.terms(40 * UNIT);
    suite.spend(&alice, terms, 4_000).unwrap();
    suite.check();
}

#[test]
fn a_pause_stops_new_credits_and_never_spending() {
    let (mut suite, alice) = funded(100);
    suite.deposit(&alice, 1_000).unwrap();
    suite.as_owner(&ExecuteMsg::SetPaused { paused: true }).unwrap();
    assert!(suite.config().paused);
    assert_eq!(refusal::<ContractError>(suite.deposit(&alice, 1)), ContractError::Paused);
    let statement = TimebankSuite::statement(&alice, 1, 400);
    assert_eq!(refusal::<ContractError>(suite.import(&statement)), ContractError::Paused);
    suite.market.suite.advance(DAY);
    suite.fund(UNIT).unwrap();
    let terms = suite.terms(UNIT);
    suite.spend(&alice, terms, 100).unwrap();
    suite.as_owner(&ExecuteMsg::SetPaused { paused: false }).unwrap();
    suite.deposit(&alice, 1).unwrap();
    suite.check();
}

#[test]
fn what_the_owner_sets_is_the_owners() {
    let (mut suite, alice) = funded(100);
    let for_the_owner = [
        ExecuteMsg::SetMeter { meter: suite.meter.to_string(), per_day: Some(9) },
        ExecuteMsg::SetOracles { oracles: vec![suite.oracle("alice")], threshold: 1 },
        ExecuteMsg::ReturnFunds { amount: Uint128::one() },
        ExecuteMsg::SetPaused { paused: true },
        ExecuteMsg::TransferOwnership { new_owner: alice.to_string() },
    ];
    for message in for_the_owner {
        let error = refusal::<ContractError>(suite.execute(&alice, &message));
        assert!(matches!(error, ContractError::Ownership(_)), "{message:?}: {error}");
    }
    suite.as_owner(&ExecuteMsg::TransferOwnership { new_owner: alice.to_string() }).unwrap();
    suite.execute(&alice, &ExecuteMsg::AcceptOwnership {}).unwrap();
    assert_eq!(suite.config().owner, Some(alice));
}

#[test]
fn only_btt_back_credits_and_native_coins_are_refused() {
    let (mut suite, alice) = funded(100);
    let msg = to_json_binary(&Hook::Fund {}).unwrap();
    let hook = |amount: u128| {
        let (amount, msg) = (amount.into(), msg.clone());
        ExecuteMsg::Receive(Cw20ReceiveMsg { sender: alice.to_string(), amount, msg })
    };
    assert!(matches!(
        refusal(suite.execute(&alice, &hook(5))),
        ContractError::Input(InputError::NotTheToken { .. })
    ));
    let (btt, timebank) = (suite.market.suite.btt.clone(), suite.timebank.clone());
    assert!(matches!(refusal(suite.execute(&btt, &hook(0))), ContractError::Input(InputError::Zero { .. })));
    let accrue = ExecuteMsg::Accrue {};
    let owner = suite.market.suite.owner.clone();
    let result = suite.market.suite.execute_with(&owner, &timebank, &accrue, &coins(1, FEE_DENOM));
    assert!(matches!(refusal(result), ContractError::Input(InputError::Payment(_))));
    suite.check();
}

#[test]
fn parameters_out_of_bounds_are_refused_and_migration_checks_the_name() {
    let mut suite = TimebankSuite::new();
    let bad = [
        Params { price: Uint128::zero(), ..params() },
        Params { price: bithive_api::timebank::limits::MAX_PRICE + Uint128::one(), ..params() },
        Params { interest_ppm: 1_001, ..params() },
        Params { boinc_rate: 0, ..params() },
        Params { boinc_rate: 1_000_001, ..params() },
    ];
    for params in bad {
        let message = TimebankSuite::message(&suite.market, params);
        let error = TimebankSuite::instantiate(&mut suite.market.suite, &message).unwrap_err();
        let error = error.downcast::<ContractError>().unwrap();
        assert!(matches!(error, ContractError::Input(InputError::OutOfBounds { .. })), "{error}");
    }
    let mut message = TimebankSuite::message(&suite.market, params());
    message.jobs = message.token.clone();
    let error = TimebankSuite::instantiate(&mut suite.market.suite, &message).unwrap_err();
    assert!(matches!(error.downcast().unwrap(), ContractError::Input(InputError::Unusable { .. })));
    let code = suite.market.suite.app.store_code(bithive_test_kit::timebank::code());
    let migrate = |suite: &mut TimebankSuite, contract: &Addr| {
        use cw_multi_test::Executor;
        let owner = suite.market.suite.owner.clone();
        suite.market.suite.app.migrate_contract(owner, contract.clone(), &bithive_api::MigrateMsg {}, code)
    };
    let (timebank, btt) = (suite.timebank.clone(), suite.market.suite.btt.clone());
    migrate(&mut suite, &timebank).unwrap();
    assert!(matches!(refusal(migrate(&mut suite, &btt)), ContractError::Migration(_)));
}

/// The attack: an owner replaces the oracles, or names a meter, and credits itself as much as the budget pays.
#[test]
fn meters_and_oracles_take_effect_after_a_delay_that_anybody_can_watch() {
    use bithive_api::delay::{SettingResponse, limits};
    let mut suite = TimebankSuite::new();
    suite.market.suite.advance(limits::SETUP_SECONDS);
    let oracles = vec![suite.oracle("mallory")];
    suite.as_owner(&ExecuteMsg::SetOracles { oracles, threshold: 1 }).unwrap();
    let meter = suite.meter.to_string();
    suite.as_owner(&ExecuteMsg::SetMeter { meter: meter.clone(), per_day: Some(u64::MAX) }).unwrap();
    let alice = suite.market.suite.account("alice").to_string();
    assert!(suite.as_owner(&ExecuteMsg::SetMeter { meter: alice, per_day: Some(1) }).is_err());
    let waiting: Vec<SettingResponse> = suite.market.suite.query(&suite.timebank, &QueryMsg::Settings {});
    assert_eq!(waiting.iter().map(|setting| setting.id).collect::<Vec<_>>(), [1, 2]);
    assert!(suite.as_owner(&ExecuteMsg::ApplySetting { id: 1 }).is_err(), "not by its owner either");
    // A meter is removed at once.
    suite.as_owner(&ExecuteMsg::SetMeter { meter, per_day: None }).unwrap();
    suite.market.suite.advance(limits::DELAY_SECONDS);
    suite.as_owner(&ExecuteMsg::ApplySetting { id: 1 }).unwrap();
    suite.as_owner(&ExecuteMsg::CancelSetting { id: 2 }).unwrap();
    let waiting: Vec<SettingResponse> = suite.market.suite.query(&suite.timebank, &QueryMsg::Settings {});
    assert_eq!(waiting, []);
}
