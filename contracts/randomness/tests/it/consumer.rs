//! A contract that asks for randomness and is called with it.

use bithive_api::randomness::{Call, Delivery, ExecuteMsg, Request};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, to_json_binary,
    wasm_execute,
};
use cw_multi_test::{ContractWrapper, Executor};
use cw_storage_plus::Item;

use crate::world::World;

const HOME: Item<Addr> = Item::new("home");
const GOT: Item<Vec<Delivery>> = Item::new("got");

#[cw_serde]
pub enum ConsumerMsg {
    /// Asks, with this gas for the call. A job of `refuse` is refused when it comes back; one of `again` asks for a delivery once more.
    Ask { job: Binary, call_gas: u64 },
    /// What the contract of randomness calls.
    Randomness(Delivery),
}

fn instantiate(deps: DepsMut<'_>, _: Env, _: MessageInfo, home: Addr) -> StdResult<Response> {
    HOME.save(deps.storage, &home)?;
    GOT.save(deps.storage, &vec![])?;
    Ok(Response::new())
}

fn execute(deps: DepsMut<'_>, _: Env, info: MessageInfo, msg: ConsumerMsg) -> StdResult<Response> {
    let home = HOME.load(deps.storage)?;
    match msg {
        ConsumerMsg::Ask { job, call_gas } => {
            let request = Request { after: None, job, call_gas };
            Ok(Response::new().add_message(wasm_execute(home, &ExecuteMsg::Request(request), vec![])?))
        }
        ConsumerMsg::Randomness(_) if info.sender != home => {
            Err(StdError::generic_err("believed of nobody else"))
        }
        ConsumerMsg::Randomness(delivery) if delivery.job.as_slice() == b"refuse" => {
            Err(StdError::generic_err("refused ".repeat(100)))
        }
        ConsumerMsg::Randomness(delivery) => {
            let again = delivery.job.as_slice() == b"again";
            let id = delivery.id;
            GOT.update(deps.storage, |mut got| {
                StdResult::Ok({
                    got.push(delivery);
                    got
                })
            })?;
            let response = Response::new();
            Ok(if again {
                let deliver = ExecuteMsg::Deliver { requests: vec![id] };
                response.add_message(wasm_execute(home, &deliver, vec![])?)
            } else {
                response
            })
        }
    }
}

fn query(deps: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    to_json_binary(&GOT.load(deps.storage)?)
}

/// The consumer on the world's chain.
pub fn new(world: &mut World) -> Addr {
    // What it is called with has the form of its own messages.
    let delivery = Delivery { id: 1, round: 1, randomness: [0; 32].into(), job: Binary::default() };
    let own = to_json_binary(&ConsumerMsg::Randomness(delivery.clone())).unwrap();
    assert_eq!(to_json_binary(&Call::Randomness(delivery)).unwrap(), own);
    let code = world.suite.app.store_code(Box::new(ContractWrapper::new(execute, instantiate, query)));
    let (owner, home) = (world.suite.owner.clone(), world.randomness.address.clone());
    world.suite.app.instantiate_contract(code, owner, &home, &[], "consumer", None).unwrap()
}

/// Has the consumer ask.
pub fn ask(world: &mut World, consumer: &Addr, job: &[u8], call_gas: u64) {
    let (stranger, message) = (world.stranger.clone(), ConsumerMsg::Ask { job: job.into(), call_gas });
    world.suite.execute(&stranger, consumer, &message).unwrap();
}

/// What it was called with.
pub fn got(world: &World, consumer: &Addr) -> Vec<Delivery> {
    world.suite.query(consumer, &Empty {})
}
