//! What every contract checks before anything else, for all of them alike: that addresses are addresses, and that no native
//! coin comes with a message that has no use for it.

use std::collections::BTreeSet;

use bithive_api::{
    attestations, checkout, emissions, escrow, flows, grants, ics20, jobs, listings, meter, models, oracle,
    registry, rewards, staking, timebank, treasury, vesting,
};
use bithive_contracts::{Contract, Role};
use bithive_ibc_kit::{AttestationsSuite, Ics20Suite};
use bithive_test_kit::emissions::EmissionsSuite;
use bithive_test_kit::idle::IdleSuite;
use bithive_test_kit::rewards::RewardsSuite;
use bithive_test_kit::staking::StakingSuite;
use bithive_test_kit::timebank::TimebankSuite;
use bithive_test_kit::treasury::TreasurySuite;
use bithive_test_kit::vesting::VestingSuite;
use bithive_test_kit::{FEE_DENOM, JobsSuite, START, Suite, UNIT};
use cosmwasm_std::{Addr, coins};
use cw_multi_test::Executor as _;
use cw_multi_test::error::AnyResult;
use serde::Serialize;
use serde_json::{Value, to_value};

use crate::money;
use crate::table::create_all;

/// What addresses in tests begin with.
const PREFIX: &str = "bithive1";

/// The message once for each address in it, with something in its place that is none.
fn without_an_address(message: &Value) -> Vec<Value> {
    let within = |changed: Vec<Value>, put: &dyn Fn(&mut Value, Value)| {
        let one = |inner| {
            let mut whole = message.clone();
            put(&mut whole, inner);
            whole
        };
        changed.into_iter().map(one).collect::<Vec<_>>()
    };
    match message {
        Value::String(text) if text.starts_with(PREFIX) => {
            vec!["nobody".into(), "".into(), text.to_uppercase().into()]
        }
        Value::Array(items) => {
            let one = |(index, item): (usize, &Value)| {
                within(without_an_address(item), &|whole, inner| whole[index] = inner)
            };
            items.iter().enumerate().flat_map(one).collect()
        }
        Value::Object(fields) => {
            let one = |(name, field): (&String, &Value)| {
                within(without_an_address(field), &|whole, inner| whole[name] = inner)
            };
            fields.iter().flat_map(one).collect()
        }
        _ => vec![],
    }
}

/// Whether it was refused because of native coins.
fn refused_coins<T: std::fmt::Debug>(result: AnyResult<T>) {
    let error = result.unwrap_err();
    let error = format!("{error:#}");
    assert!(error.contains("does no accept funds"), "{error}");
}

/// A contract is not created by a message with something in place of an address, nor with coins, and is by the message.
fn creation(suite: &mut Suite, contract: Contract, message: &Value) -> Addr {
    let (name, owner, coins) = (contract.name(), suite.owner.clone(), coins(1, FEE_DENOM));
    let code = suite.app.store_code(bithive_native::code(contract.code()));
    for bad in without_an_address(message) {
        let refused = suite.app.instantiate_contract(code, owner.clone(), &bad, &[], name, None);
        assert!(refused.is_err(), "{name}: {bad}");
    }
    refused_coins(suite.app.instantiate_contract(code, owner.clone(), message, &coins, name, None));
    suite.app.instantiate_contract(code, owner, message, &[], name, None).unwrap()
}

/// Likewise a message to a contract.
fn message(suite: &mut Suite, sender: &Addr, contract: &Addr, message: &impl Serialize) {
    let message = to_value(message).unwrap();
    let changed = without_an_address(&message);
    assert!(!changed.is_empty(), "{message} has no address");
    for bad in changed {
        assert!(suite.execute(sender, contract, &bad).is_err(), "{bad}");
    }
    let owner = suite.owner.clone();
    if *sender != owner {
        suite.app.send_tokens(owner, sender.clone(), &coins(1, FEE_DENOM)).unwrap();
    }
    refused_coins(suite.execute_with(sender, contract, &message, &coins(1, FEE_DENOM)));
    suite.execute(sender, contract, &message).unwrap();
}

#[test]
fn no_contract_is_created_with_text_that_is_no_address_or_with_native_coins() {
    let (mut suite, mut created) = (Suite::new(), BTreeSet::new());
    for role in Role::ALL {
        create_all(&mut suite, role, |suite, contract, message| {
            created.insert(contract.code().name().to_owned());
            creation(suite, contract, message)
        });
    }
    assert_eq!(created, money::contracts().into_keys().collect(), "every contract was created");
}

#[test]
fn no_message_names_text_that_is_no_address_or_brings_native_coins() {
    let mut suite = EmissionsSuite::new();
    let (owner, contract, someone) =
        (suite.suite.owner.clone(), suite.emissions.clone(), suite.suite.account("x").to_string());
    let set = emissions::ExecuteMsg::SetRecipient {
        bucket: emissions::Bucket::Foundation,
        recipient: someone.clone(),
    };
    message(&mut suite.suite, &owner, &contract, &set);
    let set = emissions::ExecuteMsg::SetMeter { meter: suite.meter.to_string(), allowed: true };
    message(&mut suite.suite, &owner, &contract, &set);
    let mut creation = StakingSuite::message(&suite.suite, bithive_test_kit::staking::params());
    creation.token = suite.btk.to_string();
    let staking = StakingSuite::instantiate(&mut suite.suite, &creation).unwrap();
    let set = emissions::ExecuteMsg::SetStaking { staking: Some(staking.to_string()) };
    message(&mut suite.suite, &owner, &contract, &set);
    let give = emissions::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(&mut suite.suite, &owner, &contract, &give);

    let mut suite = StakingSuite::new();
    let contract = suite.staking.clone();
    let set = staking::ExecuteMsg::SetSlasher { slasher: suite.slasher.to_string(), allowed: true };
    message(&mut suite.suite, &owner, &contract, &set);
    let give = staking::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(&mut suite.suite, &owner, &contract, &give);

    let mut suite = RewardsSuite::new();
    let (contract, role) = (suite.rewards.clone(), Some(rewards::Role::Auditor));
    let set = rewards::ExecuteMsg::SetParty { address: someone.clone(), role };
    message(&mut suite.suite, &owner, &contract, &set);
    let clinician = suite.parties[0].clone();
    let propose = rewards::ExecuteMsg::Propose {
        patient: someone.clone(),
        activity: rewards::Activity::CheckUp,
        inputs: bithive_test_kit::rewards::worth(300),
        evidence: [7; 32].into(),
    };
    message(&mut suite.suite, &clinician, &contract, &propose);
    let set = rewards::ExecuteMsg::SetSource { source: someone.clone(), allowed: true };
    message(&mut suite.suite, &owner, &contract, &set);
    let give = rewards::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(&mut suite.suite, &owner, &contract, &give);

    let mut suite = TreasurySuite::new();
    suite.endow(100 * UNIT);
    let contract = suite.treasury.clone();
    let terms = Some(bithive_test_kit::treasury::terms());
    let set = treasury::ExecuteMsg::SetOffer { token: suite.btk.to_string(), terms };
    message(&mut suite.suite, &owner, &contract, &set);
    let set = treasury::ExecuteMsg::SetSource { source: suite.btk.to_string(), allowed: true };
    message(&mut suite.suite, &owner, &contract, &set);
    let spend =
        treasury::ExecuteMsg::Spend { recipient: someone.clone(), amount: 1u128.into(), purpose: "x".into() };
    message(&mut suite.suite, &owner, &contract, &spend);
    let give = treasury::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(&mut suite.suite, &owner, &contract, &give);

    let mut suite = TimebankSuite::new();
    let contract = suite.timebank.clone();
    let oracles = vec![suite.oracle("oracle-1")];
    let set = timebank::ExecuteMsg::SetMeter { meter: suite.meter.to_string(), per_day: Some(9) };
    message(&mut suite.market.suite, &owner, &contract, &set);
    let set = timebank::ExecuteMsg::SetOracles { oracles, threshold: 1 };
    message(&mut suite.market.suite, &owner, &contract, &set);
    let give = timebank::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(&mut suite.market.suite, &owner, &contract, &give);

    let mut suite = IdleSuite::new();
    let (contract, period, machine) = (suite.meter.clone(), suite.last(), suite.account("machine"));
    let set = meter::ExecuteMsg::SetMembers { members: vec![someone.clone()], threshold: 1 };
    message(suite.chain(), &owner, &contract, &set);
    let claim = meter::ExecuteMsg::Claim { period, seconds: 3_600, account: someone.clone() };
    message(suite.chain(), &machine, &contract, &claim);
    let member = suite.account("x");
    let claims = vec![meter::VouchedClaim { machine: machine.into(), period, seconds: 3_600 }];
    suite.set_members(&["member-1"], 1).unwrap();
    let member_1 = suite.account("member-1");
    message(suite.chain(), &member_1, &contract, &meter::ExecuteMsg::Vouch { claims });
    let collect = meter::ExecuteMsg::Collect { account: member.into(), most: None };
    message(suite.chain(), &owner, &contract, &collect);
    let give = meter::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(suite.chain(), &owner, &contract, &give);
}

#[test]
fn no_message_of_the_market_or_between_chains_names_text_that_is_no_address_or_brings_native_coins() {
    let mut market = JobsSuite::unwired();
    let someone = market.suite.account("someone").to_string();
    let (owner, contract, token) =
        (market.suite.owner.clone(), market.jobs.clone(), market.suite.btt.to_string());
    let set = jobs::ExecuteMsg::SetEmissions { emissions: Some(token) };
    message(&mut market.suite, &owner, &contract, &set);
    let models = bithive_test_kit::models::Models::new(&mut market.suite).address;
    let set = jobs::ExecuteMsg::SetModels { models: Some(models.to_string()) };
    message(&mut market.suite, &owner, &contract, &set);
    let grants = bithive_test_kit::grants::Grants::new(&mut market.suite).address;
    let set = jobs::ExecuteMsg::SetGrants { grants: Some(grants.to_string()) };
    message(&mut market.suite, &owner, &contract, &set);
    let clinic = market.suite.account("clinic");
    let glass = grants::ExecuteMsg::BreakGlass {
        subject: someone.clone(),
        reference: [1; 32].into(),
        reason: grants::Reason::Btg,
        text: [2; 32].into(),
    };
    message(&mut market.suite, &clinic, &grants, &glass);
    let content = cosmwasm_std::HexBinary::from([3; 32]);
    let register = grants::ExecuteMsg::RegisterContent {
        content: content.clone(),
        commitment: [4; 32].into(),
        wrap: vec![5; grants::limits::WRAP_BYTES].into(),
        granters: vec![someone.clone()],
    };
    message(&mut market.suite, &clinic, &grants, &register);
    let (readers, until) = (vec![someone.clone()], START + 86_400);
    let permit = grants::ExecuteMsg::Permit {
        content: content.clone(),
        readers: readers.clone(),
        purpose: "TREAT".into(),
        until,
    };
    message(&mut market.suite, &clinic, &grants, &permit);
    message(&mut market.suite, &clinic, &grants, &grants::ExecuteMsg::RevokePermit { content, readers });
    let consent = models::ExecuteMsg::SetConsent { requester: someone.clone(), until: None };
    message(&mut market.suite, &owner, &models, &consent);
    let give = models::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(&mut market.suite, &owner, &models, &give);
    let registry = market.suite.registry.clone();
    let members = market.suite.committee_members(&["one", "two"]);
    let set = registry::ExecuteMsg::SetCommittee { members, threshold: 2, from_epoch: u64::MAX };
    message(&mut market.suite, &owner, &registry, &set);
    let set = registry::ExecuteMsg::SetJobs { jobs: contract.to_string() };
    message(&mut market.suite, &owner, &registry, &set);
    let give = registry::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(&mut market.suite, &owner, &registry, &give);

    let mut suite = VestingSuite::new();
    let contract = suite.vesting.clone();
    let (alice, bob) = (suite.suite.account("alice"), suite.suite.account("bob"));
    let schedule =
        vesting::Schedule { start: START, immediate_bps: 0, cliff_seconds: 60, step_seconds: 60, steps: 9 };
    suite.lock(&alice, bob.as_str(), 1_000, schedule, false).unwrap();
    message(
        &mut suite.suite,
        &bob,
        &contract,
        &vesting::ExecuteMsg::Transfer { id: 1, new_owner: someone.clone() },
    );

    let mut suite = Suite::new();
    let paid = bithive_test_kit::flows::Flows::new(&mut suite);
    let btt = suite.btt_asset();
    suite.fund(&alice, UNIT);
    let terms = bithive_test_kit::flows::rate(1, 60, 3);
    let open = bithive_test_kit::flows::opening(&bob, terms);
    paid.open(&mut suite, &alice, (&btt, UNIT), open).unwrap();
    paid.send(&mut suite, &alice, &flows::ExecuteMsg::Settle { id: 1 }).unwrap();
    message(&mut suite, &bob, &paid.address, &flows::ExecuteMsg::Withdraw { asset: btt });
    let transfer = flows::ExecuteMsg::Transfer { id: 1, payee: someone.clone() };
    message(&mut suite, &bob, &paid.address, &transfer);

    let mut suite = Suite::new();
    let shop = bithive_test_kit::checkout::Checkout::new(&mut suite);
    let btt = suite.btt_asset();
    suite.fund(&alice, UNIT);
    let price = checkout::Price::Fixed(3u128.into());
    let split = vec![checkout::Part { account: bob.to_string(), bps: 10_000 }];
    let offer = bithive_test_kit::checkout::offering(&btt, price);
    let offer = checkout::Offer { split, buyer: Some(alice.to_string()), ..offer };
    let offer = checkout::ExecuteMsg::Offer(offer);
    message(&mut suite, &bob, &shop.address, &offer);
    shop.pay(&mut suite, &alice, (&btt, UNIT), bithive_test_kit::checkout::paying(1, 1, UNIT)).unwrap();
    message(&mut suite, &bob, &shop.address, &checkout::ExecuteMsg::Withdraw { asset: btt });

    let mut suite = Suite::new();
    let feeds = bithive_test_kit::oracle::Oracle::new(&mut suite).address;
    let give = oracle::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(&mut suite, &owner, &feeds, &give);

    let mut suite = Suite::new();
    let held = bithive_test_kit::escrow::Escrow::new(&mut suite);
    let btt = suite.btt_asset();
    suite.fund(&alice, UNIT);
    let voters = || escrow::Approver::Contributors {};
    let asked = bithive_test_kit::escrow::terms(&bob, &[9], voters());
    held.raise(&mut suite, &bob, (&btt, 3_600), asked).unwrap();
    held.fund(&mut suite, &alice, (&btt, 1), 1).unwrap();
    held.send(&mut suite, &bob, &escrow::ExecuteMsg::Decline { id: 1 }).unwrap();
    let refund = escrow::ExecuteMsg::Refund { id: 1, contributor: alice.to_string() };
    message(&mut suite, &bob, &held.address, &refund);
    let payees = vec![escrow::Payee { address: someone.clone(), bps: 10_000 }];
    let named = bithive_test_kit::escrow::terms(&bob, &[9], voters());
    let terms = escrow::Terms { payees, ..named };
    let raise = escrow::ExecuteMsg::Raise { asset: btt, seconds: 3_600, terms };
    message(&mut suite, &bob, &held.address, &raise);

    let mut suite = Suite::new();
    let listed = bithive_test_kit::listings::Listings::new(&mut suite);
    let btt = suite.btt_asset();
    suite.fund(&alice, UNIT);
    let ruler = listings::Ruler::Named(bob.to_string());
    let terms = bithive_test_kit::listings::terms((&btt, UNIT), ruler);
    let mut category = bithive_test_kit::listings::category(terms);
    category.labellers = vec![someone.clone()];
    let set = listings::ExecuteMsg::SetCategory { name: "apps".into(), category };
    message(&mut suite, &owner, &listed.address, &set);
    listed.list(&mut suite, &alice, (&btt, UNIT), ("apps", 1)).unwrap();
    listed.send(&mut suite, &alice, &listings::ExecuteMsg::Leave { id: 1 }).unwrap();
    suite.advance(bithive_test_kit::listings::UNBOND + 1);
    listed.send(&mut suite, &bob, &listings::ExecuteMsg::Finish { id: 1 }).unwrap();
    message(&mut suite, &alice, &listed.address, &listings::ExecuteMsg::Withdraw { asset: btt });
    let give = listings::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(&mut suite, &owner, &listed.address, &give);

    let mut suite = Ics20Suite::new();
    let contract = suite.bridge.clone();
    let set = ics20::ExecuteMsg::SetLimit { token: suite.suite.btt.to_string(), limit: Some(5u128.into()) };
    message(&mut suite.suite, &owner, &contract, &set);
    let give = ics20::ExecuteMsg::TransferOwnership { new_owner: someone.clone() };
    message(&mut suite.suite, &owner, &contract, &give);

    let mut suite = AttestationsSuite::new();
    let contract = suite.receiver.clone();
    let give = attestations::ExecuteMsg::TransferOwnership { new_owner: someone };
    message(&mut suite.suite, &owner, &contract, &give);
}
