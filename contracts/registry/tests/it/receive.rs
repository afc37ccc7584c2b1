//! Hooks: only the bond token's are believed.

use bithive_api::registry::{ExecuteMsg, Hook};
use bithive_contract_kit::InputError;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, REQUESTER_BOND};
use bithive_test_kit::{FEE_DENOM, NodeKeys, Suite, UNIT, refusal};
use cosmwasm_std::{Binary, HexBinary, coins, to_json_binary};
use cw20::Cw20ReceiveMsg;

fn hook(suite: &Suite, name: &str, msg: &Hook) -> ExecuteMsg {
    let sender = suite.account(name).to_string();
    ExecuteMsg::Receive(Cw20ReceiveMsg {
        sender,
        amount: NODE_BOND.into(),
        msg: to_json_binary(msg).unwrap(),
    })
}

#[test]
fn a_hook_that_an_account_makes_up_registers_nobody() {
    let mut suite = Suite::new();
    let mallory = suite.account("mallory");
    let spoofed = hook(&suite, "mallory", &Hook::RegisterNode(suite.registration("mallory", 3)));
    let error = refusal::<ContractError>(suite.ask_registry(&mallory, &spoofed));
    let (sender, token) = (mallory.to_string(), suite.btt.to_string());
    assert_eq!(error, ContractError::Input(InputError::NotTheToken { found: sender, expected: token }));
    assert!(suite.node("mallory").is_none());
    suite.custody();
}

#[test]
fn a_made_up_hook_adds_nothing_to_a_bond() {
    let mut suite = Suite::new();
    suite.register_node("alice", 3, NODE_BOND).unwrap();
    let (alice, spoofed) = (suite.account("alice"), hook(&suite, "alice", &Hook::AddBond {}));
    let error = refusal::<ContractError>(suite.ask_registry(&alice, &spoofed));
    assert!(matches!(error, ContractError::Input(InputError::NotTheToken { .. })), "{error}");
    assert_eq!(suite.node("alice").unwrap().bond.u128(), NODE_BOND);
}

#[test]
fn tokens_of_another_contract_are_no_bond() {
    let mut suite = Suite::new();
    let (owner, registry) = (suite.owner.clone(), suite.registry.clone());
    let worthless = suite.another_token("Worthless", "BTT");
    suite.fund_with(&worthless, &owner, NODE_BOND);
    let endpoint = HexBinary::from(&NodeKeys::of("owner").endpoint);
    let msg = to_json_binary(&Hook::RegisterRequester { endpoint }).unwrap();
    let send = cw20::Cw20ExecuteMsg::Send { contract: registry.to_string(), amount: NODE_BOND.into(), msg };
    let error = refusal::<ContractError>(suite.execute(&owner, &worthless, &send));
    let (sender, token) = (worthless.to_string(), suite.btt.to_string());
    assert_eq!(error, ContractError::Input(InputError::NotTheToken { found: sender, expected: token }));
    assert_eq!(suite.balance_of(&worthless, &registry), 0);
    suite.custody();
}

#[test]
fn a_hook_of_the_token_with_a_sender_that_is_no_address_is_refused() {
    let mut suite = Suite::new();
    let btt = suite.btt.clone();
    let msg = to_json_binary(&Hook::AddBond {}).unwrap();
    let bad = Cw20ReceiveMsg { sender: "alice".into(), amount: NODE_BOND.into(), msg };
    // The app lets a test speak as the token; a real token names the account that called it.
    let error = refusal::<ContractError>(suite.ask_registry(&btt, &ExecuteMsg::Receive(bad)));
    assert!(matches!(error, ContractError::Std(_)), "{error}");
}

#[test]
fn a_hook_that_is_no_known_message_keeps_no_tokens() {
    let mut suite = Suite::new();
    let (alice, registry, btt) = (suite.account("alice"), suite.registry.clone(), suite.btt.clone());
    suite.fund(&alice, NODE_BOND);
    for msg in [Binary::default(), Binary::from(b"{\"register\":{}}"), Binary::from(b"\xff")] {
        let send =
            cw20::Cw20ExecuteMsg::Send { contract: registry.to_string(), amount: NODE_BOND.into(), msg };
        let error = refusal::<ContractError>(suite.execute(&alice, &btt, &send));
        assert!(matches!(error, ContractError::Std(_)), "{error}");
    }
    assert_eq!(suite.balance(&alice), NODE_BOND);
    suite.custody();
}

#[test]
fn tokens_that_come_without_a_hook_are_nobodys_bond() {
    let mut suite = Suite::new();
    let (alice, registry, btt) = (suite.account("alice"), suite.registry.clone(), suite.btt.clone());
    suite.register_requester("alice", REQUESTER_BOND).unwrap();
    suite.fund(&alice, UNIT);
    let gift = cw20::Cw20ExecuteMsg::Transfer { recipient: registry.to_string(), amount: UNIT.into() };
    suite.execute(&alice, &btt, &gift).unwrap();
    assert_eq!(suite.registry_config().bonded.u128(), REQUESTER_BOND);
    assert_eq!(suite.balance(&registry), REQUESTER_BOND + UNIT);
}

#[test]
fn native_coins_are_refused_with_every_message() {
    let mut suite = Suite::new();
    let (owner, registry) = (suite.owner.clone(), suite.registry.clone());
    let address = owner.to_string();
    let messages = [
        hook(&suite, "owner", &Hook::AddBond {}),
        ExecuteMsg::Unbond {},
        ExecuteMsg::WithdrawBond { address: address.clone() },
        ExecuteMsg::Slash { node: address.clone(), amount: 1u128.into(), reason: String::new(), job_id: 1 },
        ExecuteMsg::SetJobs { jobs: address.clone() },
        ExecuteMsg::SetCommittee {
            members: suite.committee_members(&["one", "two"]),
            threshold: 2,
            from_epoch: u64::MAX,
        },
        ExecuteMsg::PostShareKeys { epoch: 0, digest: HexBinary::from(&[0; 32]) },
        ExecuteMsg::TransferOwnership { new_owner: address },
        ExecuteMsg::AcceptOwnership {},
    ];
    for message in messages {
        let result = suite.execute_with(&owner, &registry, &message, &coins(1, FEE_DENOM));
        let error = refusal::<ContractError>(result);
        assert!(matches!(error, ContractError::Input(InputError::Payment(_))), "{message:?}: {error}");
    }
}
