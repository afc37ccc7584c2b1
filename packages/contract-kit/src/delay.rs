//! Settings of an owner that take effect after a delay that anybody can watch: see [`bithive_api::delay`].
//!
//! A contract says which of its messages wait, gives them to [`schedule`], and runs what [`take`] returns as if the owner
//! had sent it then. What is checked of a setting is checked again when it is applied.

use bithive_api::delay::{Event, SettingResponse, limits};
use bithive_api::permission::Permitted;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Binary, Env, Order, Response, StdError, StdResult, Storage, from_json, to_json_binary};
use cw_storage_plus::{Item, Map};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// When the contract was created, in Unix seconds; absent in one of a version without delays, which is not set up any more.
pub const CREATED: Item<u64> = Item::new("setup_created");
/// Number of the last setting that had to wait.
pub const LAST: Item<u64> = Item::new("settings_last");
/// Settings that wait, by number.
pub const WAITING: Map<u64, Waiting> = Map::new("settings_waiting");

/// A setting that waits.
#[cw_serde]
pub struct Waiting {
    /// The owner's message, JSON.
    pub message: Binary,
    /// When anybody may apply it, in Unix seconds.
    pub effective_at: u64,
    /// When it is void, in Unix seconds.
    pub void_at: u64,
}

/// Why a setting does not wait or take effect.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum DelayError {
    /// Storage or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Too many wait.
    #[error("{} settings wait already; cancel one first", limits::MAX_WAITING)]
    TooMany,
    /// The same one waits already.
    #[error("this setting waits already, as number {id}; it can be applied at {effective_at} (Unix seconds)")]
    Waits {
        /// Number of the setting, from 1.
        id: u64,
        /// When it can be applied, in Unix seconds.
        effective_at: u64,
    },
    /// There is none.
    #[error("no setting {id} waits; it was never announced, or it was applied, cancelled or void")]
    NoSetting {
        /// Number that was asked for.
        id: u64,
    },
    /// Its delay is not over.
    #[error("setting {id} can be applied at {effective_at}, and it is {now} (Unix seconds)")]
    TooEarly {
        /// Number of the setting, from 1.
        id: u64,
        /// When it can be applied, in Unix seconds.
        effective_at: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
    },
    /// It was due too long ago.
    #[error("setting {id} is void since {void_at}, and it is {now} (Unix seconds); announce it again")]
    Void {
        /// Number of the setting, from 1.
        id: u64,
        /// When it became void, in Unix seconds.
        void_at: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
    },
}

/// Notes when the contract was created: its first day is for setting it up.
///
/// # Errors
/// Storage.
pub fn begin(storage: &mut dyn Storage, env: &Env) -> StdResult<()> {
    CREATED.save(storage, &env.block.time.seconds())
}

/// Whether settings have to wait: not in the first day.
///
/// # Errors
/// Storage.
pub fn waits(storage: &dyn Storage, env: &Env) -> StdResult<bool> {
    let (created, now) = (CREATED.may_load(storage)?, env.block.time.seconds());
    Ok(created.is_none_or(|created| now >= created.saturating_add(limits::SETUP_SECONDS)))
}

/// Keeps a setting until it can take effect. The caller has checked that the owner sends it.
///
/// # Errors
/// [`DelayError::TooMany`], [`DelayError::Waits`].
pub fn schedule<M: Permitted + Serialize>(
    storage: &mut dyn Storage,
    env: &Env,
    setting: &M,
) -> Result<Response, DelayError> {
    let (message, now) = (to_json_binary(setting)?, env.block.time.seconds());
    let rows = WAITING.range(storage, None, None, Order::Ascending).collect::<StdResult<Vec<_>>>()?;
    let (void, open): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, waiting)| waiting.void_at <= now);
    if let Some((id, same)) = open.iter().find(|(_, waiting)| waiting.message == message) {
        return Err(DelayError::Waits { id: *id, effective_at: same.effective_at });
    }
    if open.len() >= limits::MAX_WAITING {
        return Err(DelayError::TooMany);
    }
    for (id, _) in void {
        WAITING.remove(storage, id);
    }
    let id = LAST.may_load(storage)?.unwrap_or_default().saturating_add(1);
    let effective_at = now.saturating_add(limits::DELAY_SECONDS);
    let void_at = effective_at.saturating_add(limits::OPEN_SECONDS);
    LAST.save(storage, &id)?;
    WAITING.save(storage, id, &Waiting { message, effective_at, void_at })?;
    let message = setting.line().0.into();
    Ok(Response::new().add_event(Event::Scheduled { id, message, effective_at, void_at }))
}

/// Takes a setting out whose time has come, for the caller to run, with the event that says so.
///
/// # Errors
/// [`DelayError::NoSetting`], [`DelayError::TooEarly`], [`DelayError::Void`].
pub fn take<M: DeserializeOwned>(
    storage: &mut dyn Storage,
    env: &Env,
    id: u64,
) -> Result<(M, Event), DelayError> {
    let now = env.block.time.seconds();
    let Waiting { message, effective_at, void_at } =
        WAITING.may_load(storage, id)?.ok_or(DelayError::NoSetting { id })?;
    if now < effective_at {
        return Err(DelayError::TooEarly { id, effective_at, now });
    }
    if now >= void_at {
        return Err(DelayError::Void { id, void_at, now });
    }
    WAITING.remove(storage, id);
    Ok((from_json(&message)?, Event::Applied { id }))
}

/// Drops a setting that waits. The caller has checked that the owner asks for it.
///
/// # Errors
/// [`DelayError::NoSetting`].
pub fn cancel(storage: &mut dyn Storage, id: u64) -> Result<Response, DelayError> {
    if !WAITING.has(storage, id) {
        return Err(DelayError::NoSetting { id });
    }
    WAITING.remove(storage, id);
    Ok(Response::new().add_event(Event::Cancelled { id }))
}

/// Settings that wait, by number; at most [`limits::MAX_WAITING`].
///
/// # Errors
/// Storage.
pub fn waiting(storage: &dyn Storage) -> StdResult<Vec<SettingResponse>> {
    let response = |(id, Waiting { message, effective_at, void_at })| SettingResponse {
        id,
        message,
        effective_at,
        void_at,
    };
    WAITING.range(storage, None, None, Order::Ascending).map(|row| row.map(response)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bithive_api::staking::ExecuteMsg;
    use cosmwasm_std::testing::{MockStorage, mock_env};

    fn at(seconds: u64) -> Env {
        let mut env = mock_env();
        env.block.time = cosmwasm_std::Timestamp::from_seconds(seconds);
        env
    }

    fn setting(name: &str) -> ExecuteMsg {
        ExecuteMsg::SetSlasher { slasher: name.into(), allowed: true }
    }

    #[test]
    fn a_setting_takes_effect_once_after_its_delay_and_not_when_it_is_void() {
        let (mut storage, start) = (MockStorage::new(), 1_000);
        schedule(&mut storage, &at(start), &setting("a")).unwrap();
        schedule(&mut storage, &at(start + 1), &setting("b")).unwrap();
        let (due, void) =
            (start + limits::DELAY_SECONDS, start + limits::DELAY_SECONDS + limits::OPEN_SECONDS);
        let early = take::<ExecuteMsg>(&mut storage, &at(due - 1), 1);
        assert_eq!(early, Err(DelayError::TooEarly { id: 1, effective_at: due, now: due - 1 }));
        assert_eq!(take(&mut storage, &at(due), 1), Ok((setting("a"), Event::Applied { id: 1 })));
        assert_eq!(take::<ExecuteMsg>(&mut storage, &at(due), 1), Err(DelayError::NoSetting { id: 1 }));
        let late = take::<ExecuteMsg>(&mut storage, &at(void + 1), 2);
        assert_eq!(late, Err(DelayError::Void { id: 2, void_at: void + 1, now: void + 1 }));
        // Void ones make room, and can be announced again.
        schedule(&mut storage, &at(void + 1), &setting("b")).unwrap();
        let ids: Vec<_> = waiting(&storage).unwrap().into_iter().map(|row| row.id).collect();
        assert_eq!(ids, [3]);
    }

    #[test]
    fn a_setting_waits_once_and_no_more_than_the_bound_do() {
        let mut storage = MockStorage::new();
        for index in 0..limits::MAX_WAITING {
            schedule(&mut storage, &at(5), &setting(&index.to_string())).unwrap();
        }
        let effective_at = 5 + limits::DELAY_SECONDS;
        assert_eq!(
            schedule(&mut storage, &at(6), &setting("0")),
            Err(DelayError::Waits { id: 1, effective_at })
        );
        assert_eq!(schedule(&mut storage, &at(6), &setting("x")), Err(DelayError::TooMany));
        cancel(&mut storage, 1).unwrap();
        assert_eq!(cancel(&mut storage, 1), Err(DelayError::NoSetting { id: 1 }));
        schedule(&mut storage, &at(6), &setting("x")).unwrap();
    }

    #[test]
    fn only_the_first_day_of_a_new_contract_needs_no_delay() {
        let mut storage = MockStorage::new();
        assert_eq!(waits(&storage, &at(0)), Ok(true), "a contract of an earlier version");
        begin(&mut storage, &at(100)).unwrap();
        assert_eq!(waits(&storage, &at(100 + limits::SETUP_SECONDS - 1)), Ok(false));
        assert_eq!(waits(&storage, &at(100 + limits::SETUP_SECONDS)), Ok(true));
    }
}
