//! Who may send what is as the table beside the messages says.

use bithive_api::listings::{Asset, Challenge, ExecuteMsg, InstantiateMsg, List, Ruler, State};
use bithive_api::permission::Permission;
use bithive_listings::ContractError;
use bithive_listings::contract::{execute, instantiate};
use bithive_listings::state::{CHALLENGES, Juror, LISTINGS, TERMS};
use bithive_test_kit::listings::{category, content, drand, terms};
use bithive_test_kit::permissions::{check, owners, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};
use cosmwasm_std::{Addr, coins};

const MESSAGES: [&str; 21] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"list":{"category":"x","terms":1,"content":{"name":"x","uri":"","digest":""}}}"#,
    r#"{"top_up":{"id":1}}"#,
    r#"{"challenge":{"id":1,"revision":1,"evidence":"","uri":""}}"#,
    r#"{"update":{"id":1,"content":null,"terms":1}}"#,
    r#"{"leave":{"id":1}}"#,
    r#"{"rule":{"id":1,"challenge":1,"upheld":true}}"#,
    r#"{"draw":{"id":1,"signature":""}}"#,
    r#"{"vote":{"id":1,"challenge":1,"upheld":true}}"#,
    r#"{"advance":{"id":1}}"#,
    r#"{"finish":{"id":1}}"#,
    r#"{"slash":{"id":1,"amount":"1","reason":""}}"#,
    r#"{"label":{"id":1,"label":"x"}}"#,
    r#"{"withdraw":{"asset":{"native":"unit"}}}"#,
    r#"{"collect":{"asset":{"native":"unit"}}}"#,
    r#"{"set_category":{"name":"x","category":{"terms":{"asset":{"native":"unit"},"bond":"1","unbond_seconds":1,"ruling_seconds":1,"ruler":{"named":"x"},"slashers":[]},"jurors":false,"open":true,"labellers":[]}}}"#,
    r#"{"set_paused":{"paused":true}}"#,
    r#"{"apply_setting":{"id":1}}"#,
    r#"{"cancel_setting":{"id":1}}"#,
    r#"{"transfer_ownership":{"new_owner":"x"}}"#,
    r#"{"accept_ownership":{}}"#,
];

/// Sends a message where a listing is challenged, whose every party has a name of its own.
fn send(sender: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let account = |name: &str| deps.api.addr_make(name);
    let [owner, next, lister, ruler, juror, slasher, labeller] =
        ["owner", "next", "lister", "ruler", "juror", "slasher", "labeller"].map(account);
    let sender = deps.api.addr_make(sender);
    let info = |sender: &Addr| message_info(sender, &[]);
    let new = InstantiateMsg { owner: owner.to_string(), treasury: next.to_string(), drand: drand() };
    instantiate(deps.as_mut(), env.clone(), info(&owner), new)?;
    let unit = Asset::Native("unit".into());
    let mut setting = category(terms((&unit, 9), Ruler::Named(ruler.to_string())));
    setting.labellers = vec![labeller.to_string()];
    let set = ExecuteMsg::SetCategory { name: "x".into(), category: setting };
    execute(deps.as_mut(), env.clone(), info(&owner), set)?;
    let paid = message_info(&lister, &coins(9, "unit"));
    let list = List { category: "x".into(), terms: 1, content: content("x") };
    execute(deps.as_mut(), env.clone(), paid.clone(), ExecuteMsg::List(list))?;
    let challenge = Challenge { id: 1, revision: 1, evidence: [1; 32].into(), uri: String::new() };
    execute(deps.as_mut(), env.clone(), paid, ExecuteMsg::Challenge(challenge))?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.to_string() };
    execute(deps.as_mut(), env.clone(), info(&owner), propose)?;
    // No querier here knows a contract, and no case has a ruler and jurors: both are put there.
    let storage = deps.as_mut().storage;
    TERMS.update(storage, ("x", 1), |terms| {
        let mut terms = terms.unwrap();
        terms.slashers = vec![slasher];
        Ok::<_, ContractError>(terms)
    })?;
    CHALLENGES.update(storage, 1, |challenge| {
        let mut challenge = challenge.unwrap();
        challenge.jurors = vec![Juror { id: 1, juror, upheld: None }];
        Ok::<_, ContractError>(challenge)
    })?;
    assert_eq!(LISTINGS.load(storage, 1)?.state, State::Active);
    execute(deps.as_mut(), env, info(&sender), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let mut parties = owners();
    parties.extend([
        party(Permission::ListingOwner, "lister", "expected the owner of listing"),
        party(Permission::Ruler, "ruler", "expected the ruler of listing"),
        party(Permission::Juror, "juror", "expected a juror that was drawn"),
        party(Permission::Slasher, "slasher", "expected a contract that may slash"),
        party(Permission::Labeller, "labeller", "expected a labeller of category"),
    ]);
    check(&MESSAGES, &parties, send);
}
