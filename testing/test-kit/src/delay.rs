//! What a setting of an owner does that waits (`bithive_api::delay`), the same in every contract.

use std::fmt::Debug;

use bithive_api::delay::{Event, SettingResponse, limits};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::Addr;
use serde::Serialize;

use crate::{Suite, announced};

/// The messages that each contract with such settings has.
#[cw_serde]
enum ExecuteMsg {
    ApplySetting { id: u64 },
    CancelSetting { id: u64 },
}

/// The query that each of them has.
#[cw_serde]
enum QueryMsg {
    Settings {},
}

impl Suite {
    /// Settings that wait in a contract.
    #[must_use]
    pub fn settings(&self, contract: &Addr) -> Vec<SettingResponse> {
        self.query(contract, &QueryMsg::Settings {})
    }

    /// Checks that a setting of the owner waits in `contract`: it has no effect before its delay, anybody applies it after that,
    /// once, only the owner cancels it, and it is void if nobody applied it in time. `setting` makes the message at the present
    /// time, `in_effect` says whether it has taken effect. More than three weeks pass.
    pub fn check_delay<M: Serialize + Debug>(
        &mut self,
        contract: &Addr,
        setting: impl Fn(&Self) -> M,
        in_effect: impl Fn(&Self) -> bool,
    ) {
        let (owner, stranger) = (self.owner.clone(), self.account("a stranger"));
        self.advance(limits::SETUP_SECONDS);
        let announce = |suite: &mut Self| {
            let message = setting(suite);
            let response = suite.execute(&owner, contract, &message).unwrap();
            let [Event::Scheduled { id, effective_at, void_at, .. }] = announced(contract, &response)[..]
            else {
                panic!("{message:?} does not wait: {response:?}")
            };
            assert_eq!(effective_at, suite.now() + limits::DELAY_SECONDS);
            assert_eq!(void_at, effective_at + limits::OPEN_SECONDS);
            assert!(suite.settings(contract).iter().any(|waiting| waiting.id == id));
            assert!(!in_effect(suite), "{message:?} has an effect at once");
            id
        };
        let apply = |suite: &mut Self, id| {
            let result = suite.execute(&stranger, contract, &ExecuteMsg::ApplySetting { id });
            result.map(drop).map_err(|error| error.root_cause().to_string())
        };
        let refused = |suite: &mut Self, id, expected: &str| {
            let error = apply(suite, id).expect_err(expected);
            assert!(error.contains(expected), "{error}");
            assert!(!in_effect(suite));
        };
        let first = announce(self);
        self.advance(limits::DELAY_SECONDS - 1);
        refused(self, first, "can be applied at");
        let cancel = ExecuteMsg::CancelSetting { id: first };
        self.execute(&stranger, contract, &cancel).expect_err("only the owner cancels");
        self.execute(&owner, contract, &cancel).unwrap();
        self.advance(1);
        refused(self, first, "it was never announced, or it was applied, cancelled or void");
        let second = announce(self);
        self.advance(limits::DELAY_SECONDS + limits::OPEN_SECONDS);
        refused(self, second, "is void since");
        let third = announce(self);
        self.advance(limits::DELAY_SECONDS);
        assert_eq!(apply(self, third), Ok(()));
        assert!(in_effect(self), "applied without effect");
        assert!(apply(self, third).is_err(), "applied twice");
    }
}
