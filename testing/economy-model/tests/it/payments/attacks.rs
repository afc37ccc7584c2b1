//! Attacks that go through more than one contract of payments, or through one block.

use bithive_api::asset::Asset;
use bithive_api::checkout::{self, Price};
use bithive_api::escrow::{self, Approver};
use bithive_api::flows::{self, Open};
use bithive_api::listings::{self, List, Ruler};
use bithive_test_kit::Suite;
use bithive_test_kit::checkout::{Checkout, offering, paying};
use bithive_test_kit::escrow::{Escrow, terms as agreed};
use bithive_test_kit::flows::{Flows, rate};
use bithive_test_kit::jobs::attributes;
use bithive_test_kit::listings::{Listings, UNBOND, category, content, terms};
use bithive_test_kit::oracle::{INTERVAL, Oracle};
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, Event, MessageInfo, Reply, Response, StdResult, SubMsg, Uint128,
    WasmMsg, to_json_binary,
};
use cw_multi_test::{AppResponse, ContractWrapper, Executor as _};
use cw20::Cw20ReceiveMsg;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What the token is told, and what contracts send it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum EvilMsg {
    /// Sends anything to a contract.
    Do { contract: String, message: Binary },
    /// Notes whom it calls when it should pay.
    Know { contracts: Vec<String> },
    /// Called when it should pay: withdraws from each contract that it knows.
    Transfer { recipient: String, amount: Uint128 },
}

const KNOWN: &[u8] = b"known";

fn execute(deps: DepsMut<'_>, env: Env, _: MessageInfo, msg: EvilMsg) -> StdResult<Response> {
    Ok(match msg {
        EvilMsg::Do { contract, message } => Response::new().add_message(WasmMsg::Execute {
            contract_addr: contract,
            msg: message,
            funds: vec![],
        }),
        EvilMsg::Know { contracts } => {
            deps.storage.set(KNOWN, &to_json_binary(&contracts)?);
            Response::new()
        }
        EvilMsg::Transfer { amount, .. } => {
            let known: Vec<String> = cosmwasm_std::from_json(deps.storage.get(KNOWN).unwrap())?;
            let asset = Asset::<String>::Cw20(env.contract.address.into());
            let again = to_json_binary(&json!({ "withdraw": { "asset": asset } }))?;
            let paid = Event::new("paid").add_attribute("amount", amount);
            let call = |contract: String| {
                let message = WasmMsg::Execute { contract_addr: contract, msg: again.clone(), funds: vec![] };
                SubMsg::reply_on_error(message, 1)
            };
            Response::new().add_event(paid).add_submessages(known.into_iter().map(call))
        }
    })
}

/// Swallows a refusal, and shows it.
fn reply(_: DepsMut<'_>, _: Env, reply: Reply) -> StdResult<Response> {
    Ok(Response::new().add_event(Event::new("again").add_attribute("refusal", reply.result.unwrap_err())))
}

fn nothing(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn no_answer(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    Ok(Binary::default())
}

/// The token says that so many of it came to a contract from itself, with this hook.
fn pays(suite: &mut Suite, evil: &Addr, contract: &Addr, amount: u128, hook: &impl Serialize) {
    let receive = Cw20ReceiveMsg {
        sender: evil.to_string(),
        amount: amount.into(),
        msg: to_json_binary(hook).unwrap(),
    };
    has_sent(suite, evil, contract, &json!({ "receive": receive }));
}

fn has_sent(suite: &mut Suite, evil: &Addr, contract: &Addr, message: &impl Serialize) -> AppResponse {
    let message = EvilMsg::Do { contract: contract.to_string(), message: to_json_binary(message).unwrap() };
    let stranger = suite.account("stranger");
    suite.execute(&stranger, evil, &message).unwrap()
}

#[test]
fn a_token_that_calls_every_contract_of_payments_back_is_paid_once_by_each() {
    let mut suite = Suite::new();
    let (flows, escrow) = (Flows::new(&mut suite), Escrow::new(&mut suite));
    let (checkout, listings) = (Checkout::new(&mut suite), Listings::new(&mut suite));
    let [stranger, payee, ruler] = ["stranger", "payee", "ruler"].map(|name| suite.account(name));
    let code = Box::new(ContractWrapper::new(execute, nothing, no_answer).with_reply(reply));
    let code_id = suite.app.store_code(code);
    let owner = suite.owner.clone();
    let evil = suite.app.instantiate_contract(code_id, owner, &Empty {}, &[], "evil", None).unwrap();
    let asset = Asset::Cw20(evil.to_string());
    let addresses = [&flows.address, &escrow.address, &checkout.address, &listings.address].map(Addr::clone);
    let know = EvilMsg::Know { contracts: addresses.iter().map(Addr::to_string).collect() };
    suite.execute(&stranger, &evil, &know).unwrap();
    // In each contract it has put twice what it gets back, so that there is something to be paid from.
    let open =
        flows::Hook::Open(Open { payee: payee.to_string(), terms: rate(10, 60, 0), transferable: false });
    let agree = escrow::Hook::Open(agreed(&payee, &[200], Approver::Payer { arbiter: None }));
    for _ in 0..2 {
        pays(&mut suite, &evil, &flows.address, 100, &open);
        pays(&mut suite, &evil, &escrow.address, 200, &agree);
    }
    has_sent(&mut suite, &evil, &flows.address, &flows::ExecuteMsg::Close { id: 1 });
    escrow.send(&mut suite, &payee, &escrow::ExecuteMsg::Decline { id: 1 }).unwrap();
    let mut sale = offering(&asset, Price::Fixed(300u128.into()));
    has_sent(&mut suite, &evil, &checkout.address, &checkout::ExecuteMsg::Offer(sale.clone()));
    sale.split = vec![checkout::Part { account: payee.to_string(), bps: 10_000 }];
    has_sent(&mut suite, &evil, &checkout.address, &checkout::ExecuteMsg::Offer(sale));
    for offer in [1, 2] {
        let number = u8::try_from(offer).unwrap();
        pays(&mut suite, &evil, &checkout.address, 300, &checkout::Hook::Pay(paying(offer, number, 300)));
    }
    let setting = category(terms((&asset, 400), Ruler::Named(ruler.to_string())));
    listings.set(&mut suite, "evil", setting).unwrap();
    let list = List { category: "evil".into(), terms: 1, content: content("x") };
    for _ in 0..2 {
        pays(&mut suite, &evil, &listings.address, 400, &listings::Hook::List(list.clone()));
    }
    has_sent(&mut suite, &evil, &listings.address, &listings::ExecuteMsg::Leave { id: 1 });
    suite.advance(UNBOND + 1);
    listings.send(&mut suite, &stranger, &listings::ExecuteMsg::Finish { id: 1 }).unwrap();

    let withdraw = json!({ "withdraw": { "asset": asset } });
    let response = has_sent(&mut suite, &evil, &flows.address, &withdraw);
    let mut paid = attributes(&response, "paid", "amount");
    paid.sort();
    assert_eq!(paid, ["100", "200", "300", "400"], "each contract has paid its credit once");
    // Four calls in each of four payments, of which three have paid.
    assert_eq!(attributes(&response, "again", "refusal").len(), 13);
    let held = [
        flows.held(&suite, &asset).escrowed,
        escrow.held(&suite, &asset).escrowed,
        checkout.held(&suite, &asset).into(),
        listings.held(&suite, &asset).escrowed,
    ];
    assert_eq!(held.map(|amount| amount.u128()), [100, 200, 300, 400], "the rest is still there");
}

#[test]
fn in_the_block_of_a_jump_a_payment_before_it_pays_and_one_after_it_does_not() {
    let mut suite = Suite::new();
    let (oracle, checkout) = (Oracle::new(&mut suite), Checkout::new(&mut suite));
    oracle.create(&mut suite, 3, 3);
    let (seller, payer, btt) = (suite.account("seller"), suite.account("payer"), suite.btt_asset());
    suite.fund(&payer, 100_000);
    let price = Price::Quoted { fiat: 1u128.into(), oracle: oracle.address.to_string(), feed: 1 };
    let offer = checkout::ExecuteMsg::Offer(offering(&btt, price));
    checkout.send(&mut suite, &seller, &offer).unwrap();
    oracle.say(&mut suite, 1, &[253_600; 3]).unwrap();
    suite.advance(INTERVAL);
    let now = suite.now();
    checkout.pay(&mut suite, &payer, (&btt, 50_000), paying(1, 1, 50_000)).unwrap();
    oracle.say(&mut suite, 1, &[400_000; 3]).unwrap();
    let refused = checkout.pay(&mut suite, &payer, (&btt, 50_000), paying(1, 2, 50_000)).unwrap_err();
    assert!(format!("{refused:#}").contains("has jumped"), "{refused:#}");
    assert_eq!(suite.now(), now, "one block");
    assert_eq!((checkout.held(&suite, &btt), suite.balance(&payer)), (39_433, 100_000 - 39_433));
}

#[test]
fn in_one_block_a_payment_before_a_cancellation_stands_and_one_after_it_moves_nothing() {
    let mut suite = Suite::new();
    let checkout = Checkout::new(&mut suite);
    let (seller, payer, btt) = (suite.account("seller"), suite.account("payer"), suite.btt_asset());
    suite.fund(&payer, 1_000);
    let offer = checkout::ExecuteMsg::Offer(offering(&btt, Price::Fixed(300u128.into())));
    checkout.send(&mut suite, &seller, &offer).unwrap();
    checkout.pay(&mut suite, &payer, (&btt, 300), paying(1, 1, 300)).unwrap();
    checkout.send(&mut suite, &seller, &checkout::ExecuteMsg::Cancel { id: 1 }).unwrap();
    assert!(checkout.pay(&mut suite, &payer, (&btt, 300), paying(1, 2, 300)).is_err());
    assert_eq!((checkout.claimable(&suite, &seller, &btt), suite.balance(&payer)), (300, 700));
}
