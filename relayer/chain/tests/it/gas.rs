use crate::{
    probe::Execute,
    setup::{Access, Setup, setup, wallet},
};
use bithive_chain::{ChainError, GasUse, HostCalls};
use cosmwasm_std::Binary;

const G1: &str =
    "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";
const G2: &str = "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e\
                  024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8";

fn point(text: &str) -> Binary {
    hex::decode(text).unwrap().into()
}

async fn use_of(setup: &Setup, msg: &Execute) -> (GasUse, HostCalls) {
    let gas = setup.wallet.simulate(&[setup.call(msg)]).await.unwrap();
    (gas, gas.host_calls.unwrap())
}

#[tokio::test]
async fn counts_are_those_of_the_contracts_own_calls() {
    let setup = setup(Access::Embedded).await;
    let (_, calls) = use_of(&setup, &Execute::Increment {}).await;
    let count_key = "count".len() as u64;
    let expected = HostCalls {
        contract_calls: 1,
        reads: 1,
        writes: 1,
        bytes_read: count_key + 1,
        bytes_written: count_key + 1,
        ..HostCalls::default()
    };
    assert_eq!(calls, expected);

    let (_, calls) = use_of(&setup, &Execute::Write { count: 3, bytes: 10 }).await;
    // Key: 2-byte length, "records", 8-byte id. Value: base64 of 10 bytes in quotes.
    assert_eq!((calls.writes, calls.bytes_written), (3, 3 * (2 + 7 + 8 + 18)));

    setup.wallet.execute(&setup.probe, &Execute::Write { count: 3, bytes: 10 }, &[]).await.unwrap();
    let (_, calls) = use_of(&setup, &Execute::Clear {}).await;
    assert_eq!((calls.iterated, calls.deletes, calls.writes), (3, 3, 0));
}

#[tokio::test]
async fn simulation_and_execution_agree_and_repeat() {
    let setup = setup(Access::Embedded).await;
    let msg = Execute::Write { count: 20, bytes: 100 };
    let (first, _) = use_of(&setup, &msg).await;
    assert_eq!(use_of(&setup, &msg).await.0, first);
    let receipt = setup.wallet.execute(&setup.probe, &msg, &[]).await.unwrap();
    assert_eq!(receipt.host_calls, first.host_calls);
    // The signed transaction is a little longer than the simulated one: its fee is filled in.
    let longer = receipt.gas_used - first.gas;
    assert!(longer > 0 && longer < 500 && longer.is_multiple_of(10), "{longer}");
    assert!(receipt.gas_used < receipt.gas_wanted);
}

#[tokio::test]
async fn bls_host_functions_are_real_and_counted() {
    let setup = setup(Access::Embedded).await;
    let (p, q) = (point(G1), point(G2));
    let pairing = |r: &Binary| Execute::Pairing { p: p.clone(), q: q.clone(), r: r.clone(), s: q.clone() };
    let receipt = setup.wallet.execute(&setup.probe, &pairing(&p), &[]).await.unwrap();
    let event = receipt.events_of("wasm").next().unwrap();
    assert_eq!((event.get("equal"), event.get("hash_bytes")), (Some("true"), Some("96")));
    let calls = receipt.host_calls.unwrap();
    assert_eq!((calls.pairings, calls.hash_to_g2, calls.aggregated_points), (2, 1, 2));

    let double = Binary::from_base64(event.get("sum").unwrap()).unwrap();
    let receipt = setup.wallet.execute(&setup.probe, &pairing(&double), &[]).await.unwrap();
    assert_eq!(receipt.events_of("wasm").next().unwrap().get("equal"), Some("false"));

    let broken = Binary::from(vec![1; 48]);
    let error = setup.wallet.execute(&setup.probe, &pairing(&broken), &[]).await.unwrap_err();
    assert!(matches!(error, ChainError::Contract { .. }), "{error}");
}

#[tokio::test]
async fn running_out_of_gas_reverts_the_transaction_and_keeps_the_fee() {
    let setup = setup(Access::Embedded).await;
    let before = setup.balance(setup.wallet.address()).await;
    let poor = wallet(&setup.chain, 1).await.with_gas_limit(100_000);
    let error =
        poor.execute(&setup.probe, &Execute::Write { count: 100, bytes: 100 }, &[]).await.unwrap_err();
    assert!(matches!(error, ChainError::OutOfGas { limit: 100_000, used } if used > 100_000), "{error}");
    assert_eq!(before - setup.balance(setup.wallet.address()).await, 2_500);
    let receipt = setup.wallet.execute(&setup.probe, &Execute::Clear {}, &[]).await.unwrap();
    assert_eq!(receipt.events_of("wasm").next().unwrap().get("cleared"), Some("0"));
}

#[tokio::test]
async fn a_limit_below_the_transactions_own_cost_runs_nothing() {
    let setup = setup(Access::Embedded).await;
    let poor = wallet(&setup.chain, 1).await.with_gas_limit(1);
    let error = poor.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap_err();
    assert!(matches!(error, ChainError::OutOfGas { limit: 1, .. }));
    assert_eq!(setup.count().await, 0);
}

#[tokio::test]
async fn endless_recursion_ends_in_out_of_gas_and_cannot_be_caught() {
    let setup = setup(Access::Embedded).await;
    for msg in [Execute::Recurse {}, Execute::RecurseAndCatch {}] {
        let error = setup.wallet.simulate(&[setup.call(&msg)]).await.unwrap_err();
        assert!(matches!(error, ChainError::OutOfGas { .. }), "{error}");
        let wallet = wallet(&setup.chain, 1).await.with_gas_limit(10_000_000);
        let error = wallet.execute(&setup.probe, &msg, &[]).await.unwrap_err();
        assert!(matches!(error, ChainError::OutOfGas { limit: 10_000_000, .. }), "{error}");
    }
    assert_eq!(setup.count().await, 0);
}

#[tokio::test]
async fn a_simulation_leaves_no_trace() {
    let setup = setup(Access::Embedded).await;
    let before = (setup.account(1).await, setup.chain.info().await.unwrap());
    setup.wallet.simulate(&[setup.call(&Execute::Increment {})]).await.unwrap();
    assert_eq!((setup.account(1).await, setup.chain.info().await.unwrap()), before);
    assert_eq!(setup.count().await, 0);
}
