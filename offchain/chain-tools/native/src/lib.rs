//! The contracts' code as a part of a program: what an embedded chain and tests run instead of wasm.
//!
//! The list derives from the table, [`bithive_contracts::contracts!`]. These chains have no IBC, so the entry points
//! for it are left out.

pub mod agent;

use bithive_contracts::Code;
use cosmwasm_std::Empty;
use cw_multi_test::{Contract, ContractWrapper};

/// The entry points of a contract.
macro_rules! entry_points {
    ($krate:ident) => {{
        use $krate::contract::{execute, instantiate, migrate, query};
        ContractWrapper::new(execute, instantiate, query).with_migrate(migrate)
    }};
    ($krate:ident reply) => {
        entry_points!($krate).with_reply($krate::contract::reply)
    };
}

macro_rules! native {
    ($($id:literal $name:ident $code:ident $krate:ident $($entry:ident)?;)+) => {
        /// The code of a contract, to register on a chain of `cw_multi_test`.
        #[must_use]
        pub fn code(code: Code) -> Box<dyn Contract<Empty>> {
            match code {
                $(Code::$code => Box::new(entry_points!($krate $($entry)?)),)+
            }
        }
    };
}

bithive_contracts::codes!(native);
