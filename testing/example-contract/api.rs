//! `notice`: a short text that the owner shows to everybody.

use cosmwasm_schema::{QueryResponses, cw_serde};

use crate::event::events;

events! {
    //! What the contract announces.

    /// Another text is shown.
    Put, PUT = "notice_put" { text: String }
}

/// Bounds of what the contract takes.
pub mod limits {
    /// Longest text, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 280;
}

/// Creates the contract, without a text.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address of who may put a text.
    pub owner: String,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// By the owner: shows a text in place of the last one.
    Put {
        /// 1 to [`limits::MAX_BYTES`] bytes.
        text: String,
    },
}

crate::permissions!(ExecuteMsg { Put: Owner });

/// Queries; none needs a permission.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// What is shown; null before the first text.
    #[returns(Option<NoticeResponse>)]
    Notice {},
}

/// What is shown.
#[cw_serde]
pub struct NoticeResponse {
    /// The text that is shown, 1 to [`limits::MAX_BYTES`] bytes.
    pub text: String,
    /// When it was put, in Unix seconds.
    pub since: u64,
}
