//! Wiring: the jobs contract, and who owns the registry.

use bithive_api::registry::ExecuteMsg;
use bithive_contract_kit::InputError;
use bithive_registry::ContractError;
use bithive_test_kit::{Suite, refusal};
use cosmwasm_std::Addr;
use cw_ownable::OwnershipError;

fn set_jobs(jobs: &Addr) -> ExecuteMsg {
    ExecuteMsg::SetJobs { jobs: jobs.to_string() }
}

fn transfer_ownership(to: &Addr) -> ExecuteMsg {
    ExecuteMsg::TransferOwnership { new_owner: to.to_string() }
}

#[test]
fn the_jobs_contract_is_named_once() {
    let mut suite = Suite::new();
    let (owner, jobs, other) = (suite.owner.clone(), suite.faucet.clone(), suite.account("other"));
    suite.ask_registry(&owner, &set_jobs(&jobs)).unwrap();
    assert_eq!(suite.registry_config().jobs, Some(jobs.clone()));
    let error = refusal::<ContractError>(suite.ask_registry(&owner, &set_jobs(&other)));
    assert_eq!(error, ContractError::JobsAlreadySet { jobs: jobs.to_string() });
}

#[test]
fn a_stranger_wires_nothing() {
    let mut suite = Suite::new();
    let mallory = suite.account("mallory");
    let members = suite.committee_members(&["one", "two"]);
    let messages = [
        set_jobs(&mallory),
        transfer_ownership(&mallory),
        ExecuteMsg::SetCommittee { members, threshold: 2, from_epoch: u64::MAX },
    ];
    for message in messages {
        let error = refusal::<ContractError>(suite.ask_registry(&mallory, &message));
        assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));
    }
    assert_eq!(suite.registry_config().jobs, None);
}

#[test]
fn text_that_is_no_address_wires_nothing() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let error =
        refusal::<ContractError>(suite.ask_registry(&owner, &ExecuteMsg::SetJobs { jobs: "jobs".into() }));
    assert_eq!(error, ContractError::Input(InputError::Address { field: "jobs", found: "jobs".into() }));
    assert_eq!(suite.registry_config().jobs, None);
}

#[test]
fn ownership_passes_once_it_is_accepted() {
    let mut suite = Suite::new();
    let (owner, dao) = (suite.owner.clone(), suite.account("dao"));
    suite.ask_registry(&owner, &transfer_ownership(&dao)).unwrap();
    let config = suite.registry_config();
    assert_eq!((config.owner, config.pending_owner), (Some(owner.clone()), Some(dao.clone())));
    suite.ask_registry(&dao, &ExecuteMsg::AcceptOwnership {}).unwrap();
    let config = suite.registry_config();
    assert_eq!((config.owner, config.pending_owner), (Some(dao.clone()), None));
    let error = refusal::<ContractError>(suite.ask_registry(&owner, &set_jobs(&owner)));
    assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));
    suite.ask_registry(&dao, &set_jobs(&suite.faucet.clone())).unwrap();
}

#[test]
fn only_the_proposed_owner_accepts() {
    let mut suite = Suite::new();
    let (owner, dao, mallory) = (suite.owner.clone(), suite.account("dao"), suite.account("mallory"));
    let error = refusal::<ContractError>(suite.ask_registry(&mallory, &ExecuteMsg::AcceptOwnership {}));
    assert_eq!(error, ContractError::Ownership(OwnershipError::TransferNotFound));
    suite.ask_registry(&owner, &transfer_ownership(&dao)).unwrap();
    let error = refusal::<ContractError>(suite.ask_registry(&mallory, &ExecuteMsg::AcceptOwnership {}));
    assert_eq!(error, ContractError::Ownership(OwnershipError::NotPendingOwner));
    assert_eq!(suite.registry_config().owner, Some(owner));
}

/// The attack: an owner names itself as the market and slashes every bond.
#[test]
fn the_market_is_a_contract() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let error: ContractError = refusal(suite.ask_registry(&owner, &set_jobs(&owner)));
    let found = owner.to_string();
    assert_eq!(error, ContractError::Input(InputError::NotContract { field: "jobs", found }));
}

/// The attack: an owner waits until there are bonds, and names a market of its own that slashes them all.
#[test]
fn the_jobs_contract_is_named_after_a_delay_that_anybody_can_watch() {
    let mut suite = Suite::new();
    let (owner, registry, jobs) = (suite.owner.clone(), suite.registry.clone(), suite.faucet.clone());
    suite.check_delay(&registry, |_| set_jobs(&jobs), |suite| suite.registry_config().jobs.is_some());
    // What is wrong is refused when it is announced.
    let error = refusal::<ContractError>(suite.ask_registry(&owner, &set_jobs(&jobs)));
    assert_eq!(error, ContractError::JobsAlreadySet { jobs: jobs.to_string() });
}
