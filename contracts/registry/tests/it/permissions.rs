//! Who may send what is as the table beside the messages says.

use bithive_api::permission::Permission;
use bithive_api::registry::{AccreditationResponse, CommitteeMember, ExecuteMsg, Params, Role};
use bithive_registry::ContractError;
use bithive_registry::contract::execute;
use bithive_registry::state::{
    ACCREDITATION, BONDED, COMMITTEES, CONFIG, Committee, Config, ENDPOINTS, Holder, JOBS,
};
use bithive_test_kit::permissions::{check, owners, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};
use cosmwasm_std::{HexBinary, Uint128};
use cw_ownable::initialize_owner;

const MESSAGES: [&str; 25] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"unbond":{}}"#,
    r#"{"withdraw_bond":{"address":"x"}}"#,
    r#"{"slash":{"node":"x","amount":"1","reason":"x","job_id":1}}"#,
    r#"{"record":{"job_id":1,"outcomes":[]}}"#,
    r#"{"declare":{"capability":{"vram_gb":1,"models_per_day":1,"gflops":1,"milliwatts":1}}}"#,
    r#"{"stand":{"endpoint":"3333333333333333333333333333333333333333333333333333333333333333"}}"#,
    r#"{"retire":{}}"#,
    r#"{"elect":{}}"#,
    r#"{"take_seat":{}}"#,
    r#"{"report_absent":{"address":"x"}}"#,
    r#"{"set_election":{"election":null}}"#,
    r#"{"set_paused":{"paused":true}}"#,
    r#"{"set_jobs":{"jobs":"x"}}"#,
    r#"{"set_committee":{"members":[],"threshold":2,"from_epoch":1}}"#,
    r#"{"post_share_keys":{"epoch":0,"digest":"1111111111111111111111111111111111111111111111111111111111111111"}}"#,
    r#"{"set_relay":{"endpoint":"1111111111111111111111111111111111111111111111111111111111111111","relay":null}}"#,
    r#"{"commit_attributes":{"commitment":"1111111111111111111111111111111111111111111111111111111111111111"}}"#,
    r#"{"set_accreditation":{"accreditors":[],"required":[]}}"#,
    r#"{"remove_accreditor":{"accreditor":"x"}}"#,
    r#"{"accredit":{"node":"x","commitment":"1111111111111111111111111111111111111111111111111111111111111111","attributes":[],"until":1}}"#,
    r#"{"apply_setting":{"id":1}}"#,
    r#"{"cancel_setting":{"id":1}}"#,
    r#"{"transfer_ownership":{"new_owner":"x"}}"#,
    r#"{"accept_ownership":{}}"#,
];

/// Runs a message as an account, where every party is somebody: the state is written, not reached.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let address = |name: &str| deps.api.addr_make(name);
    let [owner, next, token, jobs] = ["owner", "next", "token", "jobs"].map(address);
    let [member, holder, treasury, vouches, sender] =
        ["member", "holder", "treasury", "accreditor", account].map(address);
    // The first epoch of these lasts until 2033.
    let params = Params {
        slots: 1,
        groups: 1,
        node_bond: 1u128.into(),
        requester_bond: 1u128.into(),
        unbonding_seconds: 86_400,
        epoch_seconds: 2_000_000_000,
        burn_bps: 0,
        dispute_deposit: 1u128.into(),
        bounty_bps: 1,
    };
    let endpoint = HexBinary::from(&[0x11; 32]);
    let storage = &mut deps.storage;
    initialize_owner(storage, &deps.api, Some(owner.as_str())).unwrap();
    CONFIG.save(storage, &Config { token, treasury, params, crs_digest: endpoint.clone() })?;
    JOBS.save(storage, &jobs)?;
    BONDED.save(storage, &Uint128::zero())?;
    let members = vec![CommitteeMember { address: member, endpoint: HexBinary::from(&[0x22; 32]) }];
    COMMITTEES.save(storage, &vec![Committee { from_epoch: 0, members, threshold: 2, agreed: true }])?;
    ENDPOINTS.save(storage, endpoint.as_slice(), &Holder { address: holder, role: Role::Requester })?;
    let accreditation = AccreditationResponse { accreditors: vec![vouches], required: vec![] };
    ACCREDITATION.save(storage, &accreditation)?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.into() };
    execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), propose)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let mut parties = owners();
    parties.push(party(Permission::Token, "token", "cw20 hook was called by"));
    parties.push(party(Permission::Jobs, "jobs", "expected the jobs contract"));
    parties.push(party(Permission::CommitteeMember, "member", "expected a member of the epoch's committee"));
    parties.push(party(Permission::EndpointHolder, "holder", "that holds endpoint"));
    parties.push(party(Permission::Accreditor, "accreditor", "an accreditor that the owner has listed"));
    check(&MESSAGES, &parties, send);
}
