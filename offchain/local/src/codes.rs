//! The contracts' code as a part of this program: what an embedded chain runs.

use bithive_chain::EmbeddedBuilder;
use bithive_deploy::{Codes, Role};
use cw_multi_test::ContractWrapper;

/// What [`with_codes`] gives a chain.
pub(crate) const CODES: Codes<'static> = Codes::Native(Role::Economy);

macro_rules! contract {
    ($contract:ident) => {{
        use $contract::contract::{execute, instantiate, migrate, query};
        ContractWrapper::new(execute, instantiate, query).with_migrate(migrate)
    }};
}

/// Registers the codes in the order of their role. A stored chain knows them by their place: those of the market are first,
/// which older chains have alone.
pub(crate) fn with_codes(builder: EmbeddedBuilder) -> EmbeddedBuilder {
    builder
        .code("token", || Box::new(contract!(bithive_token)))
        .code("registry", || Box::new(contract!(bithive_registry)))
        .code("jobs", || Box::new(contract!(bithive_jobs).with_reply(bithive_jobs::contract::reply)))
        .code("vesting", || Box::new(contract!(bithive_vesting)))
        .code("emissions", || Box::new(contract!(bithive_emissions)))
        .code("staking", || Box::new(contract!(bithive_staking)))
        .code("rewards", || Box::new(contract!(bithive_rewards)))
        .code("treasury", || Box::new(contract!(bithive_treasury)))
        .code("timebank", || Box::new(contract!(bithive_timebank)))
}
