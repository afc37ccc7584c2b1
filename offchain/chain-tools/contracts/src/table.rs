//! The macro `contracts!`, with a row for each contract.

/// The table of contracts, a row for each in the order of creation: a contract knows only those above it.
/// `contracts! { [callback] more }` calls the macro `callback` with `more` and then the rows; what needs the codes
/// alone uses [`codes!`](crate::codes).
///
/// ```text
/// /// What it is for.
/// name Variant {
///     code 14 bithive_name;             its code: the id that it has on an embedded chain, and its crate. A contract
///                                       that answers to submessages says so: `code 14 bithive_name reply;`
///     roles Economy Token;              the chains that have it, see `Role`
///     create |at| api::name::InstantiateMsg { .. }    the message that creates it; `at` is a `Setting`
/// }
/// ```
///
/// The name is that of the contract's folder in `contracts/`, of its module in `bithive_api`, of its wasm file, and
/// of the contract in records. A contract that runs the code of another says `code_of Token;` instead; `label` is the
/// name that a chain shows where that is not the contract's.
///
/// Ids of codes never change: a stored chain knows the code of a contract by its id. A new contract takes the next
/// one, [`Code::ALL`](crate::Code::ALL)`.len() + 1`.
#[macro_export]
macro_rules! contracts {
    ([$($callback:tt)+] $($more:tt)*) => {
        $($callback)+! {
            $($more)*
            /// BTT: pays for jobs.
            token Token {
                code 1 bithive_token;
                roles Market Economy Token;
                label "btt";
                create |at| token(("BitHive Token", "BTT", BTT_CAP), (at.owner(), BTT_GENESIS), None)
            }
            /// BTK: rewards compute. The operator mints nothing: the emissions take its place in the last step.
            btk Btk {
                code_of Token;
                roles Economy Token;
                create |at| token(("BitHive Token K", "BTK", emission::CAP), (at.owner(), 0), Some(at.owner()))
            }
            /// SKY: the community's. All of them are locked by their schedules in the last step.
            sky Sky {
                code_of Token;
                roles Economy Token;
                create |at| token(("Sky", "SKY", SKY_SUPPLY), (at.owner(), SKY_SUPPLY), None)
            }
            /// The protocol's share of settlements and slashes: buys BTT back and burns it.
            treasury Treasury {
                code 8 bithive_treasury;
                roles Economy Token;
                create |at| api::treasury::InstantiateMsg {
                    owner: at.owner(),
                    token: at.address(Contract::Token)?,
                    btk: Some(at.address(Contract::Btk)?),
                    params: terms::TREASURY,
                }
            }
            /// BTT for patients, paid out of the incentive pool's share of settlements.
            rewards Rewards {
                code 7 bithive_rewards reply;
                roles Economy Token;
                create |at| api::rewards::InstantiateMsg {
                    owner: at.owner(),
                    token: at.address(Contract::Token)?,
                    treasury: at.treasury(),
                    approvals: terms::REWARD_APPROVALS,
                    limits: terms::REWARD_LIMITS,
                }
            }
            /// Nodes, requesters and the committee, with their bonds and keys.
            registry Registry {
                code 2 bithive_registry;
                roles Market Economy Token;
                create |at| registry(at)?
            }
            /// Who is paid for a model, and which data owners let whom name them. A market without it pays neither.
            models Models {
                code 13 bithive_models;
                roles Economy Token;
                create |at| api::models::InstantiateMsg {
                    owner: at.owner(),
                    token: at.address(Contract::Token)?,
                    treasury: at.treasury(),
                    params: terms::MODELS,
                }
            }
            /// The job market.
            jobs Jobs {
                code 3 bithive_jobs reply;
                roles Market Economy Token;
                create |at| api::jobs::InstantiateMsg {
                    token: at.address(Contract::Token)?,
                    registry: at.address(Contract::Registry)?,
                    treasury: at.treasury(),
                    incentive_pool: at.incentive_pool(),
                    split: terms::SPLIT,
                    slash_amount: Uint128::new(SLASH),
                }
            }
            /// Locked tokens of any kind.
            vesting Vesting {
                code 4 bithive_vesting;
                roles Economy Token;
                create |_at| api::vesting::InstantiateMsg {}
            }
            /// The minter of BTK. Its recipients are those of the first day, until the owner names others; the
            /// treasury contract is none of them, since it would burn BTK.
            emissions Emissions {
                code 5 bithive_emissions;
                roles Economy Token;
                create |at| api::emissions::InstantiateMsg {
                    owner: at.owner(),
                    token: at.address(Contract::Btk)?,
                    start: at.emission_start(),
                    recipients: api::emissions::Recipients {
                        application: at.owner(),
                        foundation: at.terms().treasury().into(),
                        infrastructure: at.terms().treasury().into(),
                    },
                }
            }
            /// BTK behind nodes.
            staking Staking {
                code 6 bithive_staking;
                roles Economy Token;
                create |at| api::staking::InstantiateMsg {
                    owner: at.owner(),
                    token: at.address(Contract::Btk)?,
                    treasury: at.treasury(),
                    emission_start: at.emission_start(),
                    params: terms::STAKING,
                }
            }
            /// Credits for idle compute, which pay for jobs.
            timebank Timebank {
                code 9 bithive_timebank;
                roles Economy Token;
                create |at| api::timebank::InstantiateMsg {
                    owner: at.owner(),
                    token: at.address(Contract::Token)?,
                    jobs: at.address(Contract::Jobs)?,
                    treasury: at.treasury(),
                    params: terms::TIMEBANK,
                }
            }
            /// Idle time that machines state and members vouch for; gives credits of the time bank, once that takes it as a meter.
            meter Meter {
                code 14 bithive_meter;
                roles Economy Token;
                create |at| api::meter::InstantiateMsg {
                    owner: at.owner(),
                    timebank: at.address(Contract::Timebank)?,
                    params: terms::METER,
                }
            }
            /// BTT and BTK on other chains.
            ics20 Ics20 {
                code 10 bithive_ics20 reply;
                roles Token;
                create |at| api::ics20::InstantiateMsg {
                    owner: at.owner(),
                    tokens: token_limits(at)?,
                }
            }
            /// Results that are sent to other chains, or came from one.
            attestations Attestations {
                code 11 bithive_attestations;
                roles Token Data Model;
                create |at| api::attestations::InstantiateMsg {
                    owner: at.owner(),
                    jobs: at.address(Contract::Jobs).ok(),
                }
            }
            /// Uses of data sets by jobs of another chain.
            datasets Datasets {
                code 12 bithive_datasets;
                roles Data;
                create |at| api::datasets::InstantiateMsg { attestations: at.address(Contract::Attestations)? }
            }
            /// Consents of data's subjects, emergencies, heads of audit logs, and permits to read contents. A market without it takes no jobs that name consents.
            grants Grants {
                code 15 bithive_grants;
                roles Economy Token;
                create |at| api::grants::InstantiateMsg { registry: at.address(Contract::Registry)? }
            }
            /// Deposits that drain to one payee, by time or by signed vouchers.
            flows Flows {
                code 16 bithive_flows;
                roles Economy Token;
                create |_at| api::flows::InstantiateMsg {}
            }
            /// What is for sale, and what was paid.
            checkout Checkout {
                code 17 bithive_checkout;
                roles Economy Token;
                create |_at| api::checkout::InstantiateMsg {}
            }
            /// Prices and valuations that reporters sign, as a median that can refuse to answer.
            oracle Oracle {
                code 18 bithive_oracle;
                roles Economy Token;
                create |at| api::oracle::InstantiateMsg { owner: at.owner() }
            }
            /// Money that waits for a condition, milestone by milestone.
            escrow Escrow {
                code 19 bithive_escrow;
                roles Economy Token;
                create |_at| api::escrow::InstantiateMsg {}
            }
            /// Bonds that anyone may challenge, decided by a named ruler or by jurors that drand draws.
            listings Listings {
                code 20 bithive_listings;
                roles Economy Token;
                create |at| api::listings::InstantiateMsg {
                    owner: at.owner(),
                    treasury: at.treasury(),
                    drand: at.terms().drand(),
                }
            }
            /// Rounds of drand, verified once and read by everybody.
            randomness Randomness {
                code 21 bithive_randomness reply;
                roles Economy Token;
                create |at| api::randomness::InstantiateMsg {
                    token: at.address(Contract::Token)?,
                    drand: at.terms().drand(),
                }
            }
            // The next contract.
        }
    };
}

/// The codes of [`contracts!`](crate::contracts): `codes!(callback)` calls the macro `callback` with a line for each,
/// in the order of the table:
///
/// ```text
/// id name Variant crate;            or with the entry points that not every contract has:
/// id name Variant crate reply;
/// ```
#[macro_export]
macro_rules! codes {
    ($callback:ident) => {
        $crate::contracts! { [$crate::only_codes] $callback }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! only_codes {
    ($callback:ident $(
        $(#[$doc:meta])+
        $name:ident $contract:ident {
            $(code $id:literal $krate:ident $($entry:ident)?;)?
            $(code_of $original:ident;)?
            roles $($role:ident)+;
            $(label $label:literal;)?
            create |$at:ident| $message:expr
        }
    )+) => {
        $callback! { $($($id $name $contract $krate $($entry)?;)?)+ }
    };
}
