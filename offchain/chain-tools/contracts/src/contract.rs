//! The enums of the table.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Role;

macro_rules! derive_codes {
    ($($id:literal $name:ident $code:ident $krate:ident $($entry:ident)?;)+) => {
        /// Code of a contract: a folder of `contracts/`, a file of wasm.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $(
                #[doc = concat!("The crate `", stringify!($krate), "`.")]
                $code,
            )+
        }

        impl Code {
            /// All of them, by [`Code::id`].
            pub const ALL: [Self; [$(Self::$code),+].len()] = {
                let mut all = [$(Self::$code),+];
                $(all[$id - 1] = Self::$code;)+
                all
            };

            /// Name of its folder and of its wasm file.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$code => stringify!($name),)+
                }
            }

            /// Its id on an embedded chain, which has every code: from 1 on, and the same for ever.
            #[must_use]
            pub const fn id(self) -> u64 {
                match self {
                    $(Self::$code => $id,)+
                }
            }
        }
    };
}

crate::codes!(derive_codes);

/// Gives `$value`, in a repetition that the other token drives.
macro_rules! of {
    ($driver:tt $value:expr) => {
        $value
    };
}

macro_rules! derive_contracts {
    ($(
        $(#[$doc:meta])+
        $name:ident $contract:ident {
            $(code $id:literal $krate:ident $($entry:ident)?;)?
            $(code_of $original:ident;)?
            roles $($role:ident)+;
            $(label $label:literal;)?
            create |$at:ident| $message:expr
        }
    )+) => {
        /// A contract, in the order in which they are created: each knows those before it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Contract {
            $(
                $(#[$doc])+
                $contract,
            )+
        }

        impl Contract {
            /// All of them, in order.
            pub const ALL: [Self; [$(Self::$contract),+].len()] = [$(Self::$contract),+];

            /// The code that it runs.
            #[must_use]
            pub const fn code(self) -> Code {
                match self {
                    $(Self::$contract => { $(of!($id Code::$contract))? $(Code::$original)? })+
                }
            }

            /// Its name in records and on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$contract => stringify!($name),)+
                }
            }

            /// Name that the chain shows.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $($(Self::$contract => $label,)?)+
                    other => other.name(),
                }
            }

            /// Roles of the chains that have it.
            #[must_use]
            pub const fn roles(self) -> &'static [Role] {
                match self {
                    $(Self::$contract => &[$(Role::$role),+],)+
                }
            }
        }
    };
}

crate::contracts! { [derive_contracts] }

impl Role {
    /// Contracts of such a chain, in the order of their creation.
    #[must_use]
    pub fn contracts(self) -> Vec<Contract> {
        Contract::ALL.into_iter().filter(|contract| self.has(*contract)).collect()
    }

    /// Their codes, each once, by id.
    #[must_use]
    pub fn codes(self) -> Vec<Code> {
        let contracts = self.contracts();
        Code::ALL
            .into_iter()
            .filter(|code| contracts.iter().any(|contract| contract.code() == *code))
            .collect()
    }

    /// Whether such a chain has this contract.
    #[must_use]
    pub fn has(self, contract: Contract) -> bool {
        contract.roles().contains(&self)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn names_are_those_of_files_and_records() {
        for contract in Contract::ALL {
            assert_eq!(serde_json::to_value(contract).unwrap(), contract.name());
        }
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
    }

    #[test]
    fn every_code_has_an_id_of_its_own() {
        // Two rows with one id leave a place of the list to another code.
        assert_eq!(Code::ALL.map(Code::id).to_vec(), (1..).take(Code::ALL.len()).collect::<Vec<u64>>());
    }

    #[test]
    fn every_folder_of_contracts_has_a_row() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../contracts");
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let folders = entries.filter(|path| path.join("Cargo.toml").exists());
        let found: BTreeSet<String> =
            folders.map(|path| path.file_name().unwrap().to_str().unwrap().into()).collect();
        assert_eq!(found, Code::ALL.map(|code| code.name().to_owned()).into());
    }

    #[test]
    fn every_contract_has_a_chain_and_each_comes_after_those_it_knows() {
        for contract in Contract::ALL {
            assert!(!contract.roles().is_empty(), "{contract}");
        }
        for role in Role::ALL {
            assert!(role.contracts().is_sorted(), "{role}");
        }
    }

    #[test]
    fn three_tokens_are_one_code() {
        assert_eq!(Role::Token.codes().len() + 2, Role::Token.contracts().len());
        assert_eq!(Role::Market.codes(), [Code::Token, Code::Registry, Code::Jobs]);
    }

    #[test]
    fn each_chain_of_tokens_has_what_the_lesser_one_has() {
        for (less, more) in [(Role::Market, Role::Economy), (Role::Economy, Role::Token)] {
            assert!(less.contracts().iter().all(|contract| more.has(*contract)), "{less}, {more}");
        }
    }
}
