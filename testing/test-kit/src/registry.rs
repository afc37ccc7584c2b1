//! The registry and who is registered.

use std::io::Cursor;

use bithive_api::registry::{
    CommitteeMember, ConfigResponse, ExecuteMsg, Hook, InstantiateMsg, KeyDispute, KeyOpening,
    NodeRegistration, NodeResponse, Params, QueryMsg, RequesterResponse,
};
use bithive_contracts::Code;
use bithive_dgkbe::opening::{crs_header, crs_header_range, extract};
use cosmwasm_std::{Addr, Empty, HexBinary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::{NodeKeys, Suite, TestApp, UNIT};

/// Least bond of a node in tests.
pub const NODE_BOND: u128 = 1_000 * UNIT;
/// Least bond of a requester in tests.
pub const REQUESTER_BOND: u128 = 100 * UNIT;

/// Deposit of a dispute in tests.
pub const DISPUTE_DEPOSIT: u128 = 50 * UNIT;

/// Parameters of the registry in tests.
#[must_use]
pub fn params() -> Params {
    Params {
        slots: 64,
        groups: 1,
        node_bond: NODE_BOND.into(),
        requester_bond: REQUESTER_BOND.into(),
        unbonding_seconds: 14 * 86_400,
        epoch_seconds: 3_600,
        burn_bps: 5_000,
        dispute_deposit: DISPUTE_DEPOSIT.into(),
        bounty_bps: 2_000,
    }
}

/// The registry's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Registry)
}

/// A registry of `owner`, with a reference string that has no powers: enough where no key is disputed.
#[must_use]
pub fn message(owner: &Addr, token: &Addr, treasury: &Addr, params: Params) -> InstantiateMsg {
    let crs = crs_header(params.slots);
    message_with(owner, token, treasury, params, &crs)
}

/// As [`message`], with the reference string `crs`, encoded.
#[must_use]
pub fn message_with(
    owner: &Addr,
    token: &Addr,
    treasury: &Addr,
    params: Params,
    crs: &[u8],
) -> InstantiateMsg {
    let (digest, opening) = extract(Cursor::new(crs), crs_header_range()).unwrap();
    InstantiateMsg {
        owner: owner.into(),
        token: token.into(),
        treasury: treasury.into(),
        params,
        crs_digest: HexBinary::from(&digest),
        crs_opening: opening.into(),
    }
}

/// Puts a registry on the chain; `admin` may migrate it.
///
/// # Errors
/// What the registry refuses.
pub fn instantiate(app: &mut TestApp, admin: &Addr, message: &InstantiateMsg) -> AnyResult<Addr> {
    let code_id = app.store_code(code());
    app.instantiate_contract(code_id, admin.clone(), message, &[], "registry", Some(admin.to_string()))
}

impl Suite {
    /// What the account `name` registers at `slot`, with the keys that belong to the name.
    #[must_use]
    pub fn registration(&self, name: &str, slot: u16) -> NodeRegistration {
        let account = self.account(name);
        NodeKeys::of(name).registration(self.domain(&self.registry), account.as_str(), slot)
    }

    /// Mints `bond` to the account `name` and registers it as a node with it.
    ///
    /// # Errors
    /// What the registry refuses; the minted tokens then stay with the account.
    pub fn register_node(&mut self, name: &str, slot: u16, bond: u128) -> AnyResult<AppResponse> {
        let registration = self.registration(name, slot);
        self.bond(name, bond, &Hook::RegisterNode(registration))
    }

    /// Mints `bond` to the account `name` and registers it as a requester with it.
    ///
    /// # Errors
    /// What the registry refuses; the minted tokens then stay with the account.
    pub fn register_requester(&mut self, name: &str, bond: u128) -> AnyResult<AppResponse> {
        let endpoint = HexBinary::from(&NodeKeys::of(name).endpoint);
        self.bond(name, bond, &Hook::RegisterRequester { endpoint })
    }

    /// Mints `amount` to the account `name` and sends it to the registry with `hook`.
    ///
    /// # Errors
    /// What the registry refuses; the minted tokens then stay with the account.
    pub fn bond(&mut self, name: &str, amount: u128, hook: &Hook) -> AnyResult<AppResponse> {
        let (account, registry) = (self.account(name), self.registry.clone());
        self.fund(&account, amount);
        self.send_btt(&account, &registry, amount, hook)
    }

    /// Mints the deposit to the account `disputer` and disputes the key of the node `node` with it.
    ///
    /// # Errors
    /// What the registry refuses; the minted tokens then stay with the account.
    pub fn dispute(&mut self, disputer: &str, node: &str, opening: KeyOpening) -> AnyResult<AppResponse> {
        let dispute = KeyDispute { node: self.account(node).into(), opening };
        self.bond(disputer, DISPUTE_DEPOSIT, &Hook::Dispute(dispute))
    }

    /// Sends `message` to the registry.
    ///
    /// # Errors
    /// What the registry refuses.
    pub fn ask_registry(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let registry = self.registry.clone();
        self.execute(sender, &registry, message)
    }

    /// Names the jobs contract.
    pub fn wire_jobs(&mut self, jobs: &Addr) {
        let owner = self.owner.clone();
        self.ask_registry(&owner, &ExecuteMsg::SetJobs { jobs: jobs.into() }).unwrap();
    }

    /// Members of a committee with the keys that belong to their names.
    #[must_use]
    pub fn committee_members(&self, names: &[&str]) -> Vec<CommitteeMember> {
        let member = |name: &&str| CommitteeMember {
            address: self.account(name).into(),
            endpoint: HexBinary::from(&NodeKeys::of(name).endpoint),
        };
        names.iter().map(member).collect()
    }

    /// The node that the account `name` registered.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<NodeResponse> {
        self.query(&self.registry, &QueryMsg::Node { address: self.account(name).into() })
    }

    /// The requester that the account `name` registered.
    #[must_use]
    pub fn requester(&self, name: &str) -> Option<RequesterResponse> {
        self.query(&self.registry, &QueryMsg::Requester { address: self.account(name).into() })
    }

    /// Parameters and wiring of the registry.
    #[must_use]
    pub fn registry_config(&self) -> ConfigResponse {
        self.query(&self.registry, &QueryMsg::Config {})
    }

    /// Checks that the registry holds exactly the bonds it accounts for. Does not hold once a test has sent it
    /// tokens without a hook.
    pub fn custody(&self) {
        assert_eq!(
            self.registry_config().bonded.u128(),
            self.balance(&self.registry),
            "bonds against balance"
        );
    }
}
