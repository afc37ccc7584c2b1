//! Handing over the right to mint, and what wallets show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use bithive_api::token::{ExecuteMsg, Marketing, QueryMsg};
use bithive_test_kit::{Suite, refusal};
use bithive_token::ContractError;
use cosmwasm_std::Addr;
use cw20::{EmbeddedLogo, Logo, MarketingInfoResponse};

fn hand_over(suite: &mut Suite, sender: &Addr, to: Option<&Addr>) -> Result<(), ContractError> {
    let btt = suite.btt.clone();
    let result =
        suite.execute(sender, &btt, &ExecuteMsg::UpdateMinter { new_minter: to.map(Addr::to_string) });
    result.map(|_| ()).map_err(|error| error.downcast().unwrap())
}

#[test]
fn the_minter_hands_over_and_can_then_no_longer_mint() {
    let mut suite = Suite::new();
    let (owner, alice, btt) = (suite.owner.clone(), suite.account("alice"), suite.btt.clone());
    hand_over(&mut suite, &owner, Some(&alice)).unwrap();
    let mint = ExecuteMsg::Mint { recipient: alice.to_string(), amount: 1u128.into() };
    let error = refusal::<ContractError>(suite.execute(&owner, &btt, &mint));
    assert_eq!(error, ContractError::NotMinter { sender: owner.into(), minter: alice.to_string() });
    suite.execute(&alice, &btt, &mint).unwrap();
}

#[test]
fn a_new_minter_has_the_same_cap() {
    let mut suite = Suite::new();
    let (owner, alice, btt) = (suite.owner.clone(), suite.account("alice"), suite.btt.clone());
    suite.fund(&alice, bithive_test_kit::token::CAP);
    hand_over(&mut suite, &owner, Some(&alice)).unwrap();
    let mint = ExecuteMsg::Mint { recipient: alice.to_string(), amount: 1u128.into() };
    let error = refusal::<ContractError>(suite.execute(&alice, &btt, &mint));
    assert!(matches!(error, ContractError::CapExceeded { .. }), "{error}");
}

#[test]
fn a_renounced_right_to_mint_never_returns() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    hand_over(&mut suite, &owner, None).unwrap();
    assert_eq!(hand_over(&mut suite, &owner, Some(&owner.clone())), Err(ContractError::NoMinter));
}

#[test]
fn a_stranger_cannot_take_the_right_to_mint() {
    let mut suite = Suite::new();
    let (owner, alice) = (suite.owner.clone(), suite.account("alice"));
    let error = hand_over(&mut suite, &alice, Some(&alice.clone()));
    assert_eq!(error, Err(ContractError::NotMinter { sender: alice.into(), minter: owner.into() }));
}

#[test]
fn only_the_marketing_account_changes_what_wallets_show() {
    let mut suite = Suite::new();
    let (owner, alice) = (suite.owner.clone(), suite.account("alice"));
    let mut message = bithive_test_kit::token::message("Some token", "SOME", &owner);
    let marketing = Some(alice.to_string());
    message.marketing = Some(Marketing { project: None, description: None, marketing, logo: None });
    let token = bithive_test_kit::token::instantiate(&mut suite.app, &owner, &message);

    let logo = ExecuteMsg::UploadLogo(Logo::Url("https://example.org/logo.svg".into()));
    let update = ExecuteMsg::UpdateMarketing {
        project: Some("https://example.org".into()),
        description: None,
        marketing: None,
    };
    for message in [&logo, &update] {
        let error = refusal::<ContractError>(suite.execute(&owner, &token, message));
        assert_eq!(
            error,
            ContractError::NotMarketing { sender: owner.to_string(), marketing: alice.to_string() }
        );
        suite.execute(&alice, &token, message).unwrap();
    }
    let shown: MarketingInfoResponse = suite.query(&token, &QueryMsg::MarketingInfo {});
    assert_eq!(shown.project.as_deref(), Some("https://example.org"));
    assert!(shown.logo.is_some());
}

#[test]
fn a_logo_that_is_no_image_is_refused() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let mut message = bithive_test_kit::token::message("Some token", "SOME", &owner);
    let marketing = Some(owner.to_string());
    message.marketing = Some(Marketing { project: None, description: None, marketing, logo: None });
    let token = bithive_test_kit::token::instantiate(&mut suite.app, &owner, &message);
    let logo = Logo::Embedded(EmbeddedLogo::Png(b"not a png".into()));
    let error = refusal::<ContractError>(suite.execute(&owner, &token, &ExecuteMsg::UploadLogo(logo)));
    assert_eq!(error, ContractError::Base(cw20_base::ContractError::InvalidPngHeader {}));
}

#[test]
fn without_a_marketing_account_nobody_changes_what_wallets_show() {
    let mut suite = Suite::new();
    let (owner, btt) = (suite.owner.clone(), suite.btt.clone());
    let update =
        ExecuteMsg::UpdateMarketing { project: None, description: Some("x".into()), marketing: None };
    let error = refusal::<ContractError>(suite.execute(&owner, &btt, &update));
    assert!(matches!(error, ContractError::NotMarketing { .. }), "{error}");
}
