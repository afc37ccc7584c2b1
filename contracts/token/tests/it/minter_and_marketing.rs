//! Handing over the right to mint, and what wallets show.

use bithive_api::token::{ExecuteMsg, Marketing, QueryMsg};
use bithive_contract_kit::permission::Unauthorized;
use bithive_test_kit::{Suite, refusal};
use bithive_token::ContractError;
use cosmwasm_std::Addr;
use cw20::{EmbeddedLogo, Logo, MarketingInfoResponse};

fn hand_over(suite: &mut Suite, sender: &Addr, to: Option<&Addr>) -> Result<(), ContractError> {
    let update = ExecuteMsg::UpdateMinter { new_minter: to.map(Addr::to_string) };
    send(suite, sender, &update)
}

/// As an account, or by a contract that does what it is told.
fn send(suite: &mut Suite, sender: &Addr, message: &ExecuteMsg) -> Result<(), ContractError> {
    let btt = suite.btt.clone();
    let contract = suite.app.wrap().query_wasm_contract_info(sender).is_ok();
    let result =
        if contract { suite.relay(sender, &btt, message) } else { suite.execute(sender, &btt, message) };
    result.map(|_| ()).map_err(|error| error.downcast().unwrap())
}

/// The minter, and another contract.
fn contracts(suite: &mut Suite) -> (Addr, Addr) {
    let owner = suite.owner.clone();
    (suite.faucet.clone(), bithive_test_kit::faucet::instantiate(&mut suite.app, &owner))
}

#[test]
fn the_minter_hands_over_and_can_then_no_longer_mint() {
    let mut suite = Suite::new();
    let (minter, other) = contracts(&mut suite);
    hand_over(&mut suite, &minter, Some(&other)).unwrap();
    let mint = ExecuteMsg::Mint { recipient: minter.to_string(), amount: 1u128.into() };
    let refused = Unauthorized::new(&minter, format!("the minter {other}"));
    assert_eq!(send(&mut suite, &minter, &mint), Err(refused.into()));
    send(&mut suite, &other, &mint).unwrap();
}

#[test]
fn a_new_minter_has_the_same_cap() {
    let mut suite = Suite::new();
    let (minter, other) = contracts(&mut suite);
    suite.fund(&minter, bithive_test_kit::token::CAP);
    hand_over(&mut suite, &minter, Some(&other)).unwrap();
    let mint = ExecuteMsg::Mint { recipient: minter.to_string(), amount: 1u128.into() };
    let error = send(&mut suite, &other, &mint).unwrap_err();
    assert!(matches!(error, ContractError::CapExceeded { .. }), "{error}");
}

#[test]
fn a_renounced_right_to_mint_never_returns() {
    let mut suite = Suite::new();
    let (minter, other) = contracts(&mut suite);
    hand_over(&mut suite, &minter, None).unwrap();
    let nobody = "nobody: the token has no minter, its supply is final";
    assert_eq!(hand_over(&mut suite, &minter, Some(&other)), Err(Unauthorized::new(&minter, nobody).into()));
}

#[test]
fn a_stranger_cannot_take_the_right_to_mint() {
    let mut suite = Suite::new();
    let (minter, other) = contracts(&mut suite);
    let error = hand_over(&mut suite, &other, Some(&other));
    assert_eq!(error, Err(Unauthorized::new(&other, format!("the minter {minter}")).into()));
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
            ContractError::Unauthorized(Unauthorized::new(&owner, format!("the marketing account {alice}")))
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
    assert!(matches!(error, ContractError::Unauthorized(_)), "{error}");
}
