//! Who may send what is as the table beside the messages says.

use bithive_api::jobs::ExecuteMsg;
use bithive_api::permission::Permission;
use bithive_api::registry;
use bithive_jobs::ContractError;
use bithive_jobs::contract::execute;
use bithive_jobs::state::{CONFIG, Job, REVEALS, ROUNDS, Revealed, Round, TOTALS, Totals, Worker};
use bithive_test_kit::permissions::{check, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};
use cosmwasm_std::{Addr, ContractResult, SystemResult, from_json, to_json_binary};

const MESSAGES: [&str; 18] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"cancel":{"job_id":1}}"#,
    r#"{"assign":{"job_id":1,"assignment":{"mask":"","asks":[],"headers":"00","payload":"00","input_commitment":"00","consent":"00"}}}"#,
    r#"{"commit":{"job_id":2,"commitment":"00"}}"#,
    r#"{"reveal":{"job_id":3,"masked":"","output":"00","nonce":"00"}}"#,
    r#"{"sign":{"job_id":4,"signature":"00"}}"#,
    r#"{"finalize":{"job_id":1,"signers":1,"signature":"00"}}"#,
    r#"{"finalize_many":{"statements":[],"signature":"00"}}"#,
    r#"{"advance":{"job_id":1}}"#,
    r#"{"report":{"job_id":1}}"#,
    r#"{"withdraw":{}}"#,
    r#"{"set_emissions":{"emissions":null}}"#,
    r#"{"set_models":{"models":null}}"#,
    r#"{"set_grants":{"grants":null}}"#,
    r#"{"set_model":{"model":"0000000000000000000000000000000000000000000000000000000000000000","work":null}}"#,
    r#"{"set_paused":{"paused":true}}"#,
    r#"{"apply_setting":{"id":1}}"#,
    r#"{"cancel_setting":{"id":1}}"#,
];

/// A job as it is stored.
fn job(id: u64, requester: &Addr, phase: &str, round: u8) -> Job {
    let terms = r#"{"workers":1,"quorum":1,"tolerance":0,"dimensions":1,"price":"1","assign_by":9999999999,"commit_seconds":60,"reveal_seconds":60,"finalize_seconds":60,"model":"0000000000000000000000000000000000000000000000000000000000000000","model_owner":null,"data_owner":null}"#;
    let outcome = match phase {
        "revealed" => {
            r#"{"quorum":1,"representative":0,"signature":null,"signers":null,"batch":null,"worth":null}"#
        }
        _ => "null",
    };
    let text = format!(
        r#"{{"id":{id},"requester":"{requester}","terms":{terms},"phase":"{phase}","round":{round},
            "deadline":9999999999,"escrow":"1","committed":1,"revealed":0,"outcome":{outcome}}}"#
    );
    from_json(text).unwrap()
}

/// Runs a message as an account, where job 1 waits for workers, job 2 for commitments, job 3 for reveals: the state is
/// written, not reached. Job 4 waits for signatures.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let address = |name: &str| deps.api.addr_make(name);
    let [requester, worker, registry, sender] = ["requester", "worker", "registry", account].map(address);
    let config = format!(
        r#"{{"token":"{}","registry":"{registry}","treasury":"{registry}","incentive_pool":"{registry}",
            "split":{{"worker":10000,"model_owner":0,"data_owner":0,"treasury":0,"incentive_pool":0}},
            "slash_amount":"1","slots":1,"groups":1}}"#,
        address("token")
    );
    let governance = address("governance").to_string();
    deps.querier.update_wasm(move |_| {
        let text = format!(
            r#"{{"owner":"{governance}","pending_owner":null,"token":"x","treasury":"x","jobs":null,
                "params":{{"slots":1,"groups":1,"node_bond":"1","requester_bond":"1","unbonding_seconds":86400,
                "epoch_seconds":600,"burn_bps":0,"dispute_deposit":"1","bounty_bps":1}},
                "crs_digest":"00","bonded":"0"}}"#
        );
        let answer: registry::ConfigResponse = from_json(text).unwrap();
        SystemResult::Ok(ContractResult::Ok(to_json_binary(&answer).unwrap()))
    });
    let storage = &mut deps.storage;
    CONFIG.save(storage, &from_json(config)?)?;
    TOTALS.save(storage, &Totals { escrowed: 3u128.into(), claimable: 0u128.into(), jobs: 4 })?;
    for (id, phase, round) in [(1, "open", 0), (2, "assigned", 1), (3, "committed", 1), (4, "revealed", 1)] {
        job(id, &requester, phase, round).save(storage)?;
        let masked = vec![0; 4].into();
        REVEALS.save(storage, (id, 1, 0), &Revealed { masked, output: vec![0; 32].into() })?;
        let workers =
            vec![Worker { address: worker.clone(), slot: 1, ask: 1u128.into(), bls_key: vec![0; 48].into() }];
        let bytes = || vec![0; 32].into();
        let round = Round {
            mask: vec![].into(),
            headers: bytes(),
            payload: bytes(),
            input_commitment: bytes(),
            consent: bytes(),
            full_key: vec![0; 48].into(),
            workers,
        };
        ROUNDS.save(storage, (id, 1), &round)?;
    }
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let parties = [
        party(Permission::Token, "token", "cw20 hook was called by"),
        party(Permission::Requester, "requester", "expected the requester of job"),
        party(Permission::Worker, "worker", "expected a worker of round"),
        party(Permission::Governance, "governance", "expected the registry's owner"),
    ];
    check(&MESSAGES, &parties, send);
}
