//! BTT and BTK out of the chain on which they are, and back.

use bithive_api::{ics20, token};
use bithive_chain::{Chain, ChainExt as _, Message, Receipt, Wallet};
use cosmwasm_std::{Uint128, coin, to_json_binary};
use cw20::{BalanceResponse, Cw20ExecuteMsg};

use super::{IbcError, voucher};

/// The channel over which a token is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Out of the chain on which the token's contract is.
    Out {
        /// The `ics20` contract.
        ics20: String,
        /// Id of the channel on the sending chain.
        channel: String,
    },
    /// Back from a chain on which there are vouchers.
    Back {
        /// The transfer module's channel over which they came.
        channel: String,
    },
}

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The token's contract, on its own chain.
    pub token: String,
    /// In base units.
    pub amount: u128,
    /// Account on the other chain.
    pub receiver: String,
    /// Life of the packet in seconds.
    pub timeout_seconds: u64,
}

/// Sends; the packet is on its way when this returns.
///
/// # Errors
/// [`IbcError::Nothing`], [`IbcError::TooLittle`] before anything is sent; [`IbcError::Chain`] with the error of the
/// contract or module that refused it, as for a channel that does not exist or an amount above the limit.
pub async fn send(sender: &Wallet, route: &Route, transfer: &Transfer) -> Result<Receipt, IbcError> {
    let Transfer { token, amount, receiver, timeout_seconds } = transfer;
    if *amount == 0 {
        return Err(IbcError::Nothing);
    }
    let chain = sender.chain();
    let address = sender.address();
    let held = holding(chain.as_ref(), route, token, address).await?;
    if held < *amount {
        return Err(IbcError::TooLittle { address: address.into(), held, amount: *amount });
    }
    let failed = || IbcError::chain("transfer");
    let message = match route {
        Route::Out { ics20: contract, channel } => {
            let hook = ics20::Hook::Transfer {
                channel_id: channel.clone(),
                receiver: receiver.clone(),
                timeout_seconds: Some(*timeout_seconds),
                memo: None,
            };
            let encoding = |error: cosmwasm_std::StdError| bithive_chain::ChainError::InvalidTx {
                field: "hook".into(),
                reason: error.to_string(),
            };
            let msg = to_json_binary(&hook).map_err(encoding).map_err(failed())?;
            let send =
                Cw20ExecuteMsg::Send { contract: contract.clone(), amount: Uint128::new(*amount), msg };
            Message::execute(token, &send, &[]).map_err(failed())?
        }
        Route::Back { channel } => {
            let now = chain.info().await.map_err(failed())?.time;
            Message::Transfer {
                channel: channel.clone(),
                coin: coin(*amount, voucher(channel, token)),
                receiver: receiver.clone(),
                timeout: now.nanos().saturating_add(timeout_seconds.saturating_mul(1_000_000_000)),
            }
        }
    };
    sender.execute_many(&[message]).await.map_err(failed())
}

/// What an account holds of a token, in base units: of the token itself where its contract is, else of its vouchers.
///
/// # Errors
/// [`IbcError::Chain`].
pub async fn holding(chain: &dyn Chain, route: &Route, token: &str, address: &str) -> Result<u128, IbcError> {
    let failed = || IbcError::chain("balance");
    match route {
        Route::Out { .. } => {
            let query = token::QueryMsg::Balance { address: address.into() };
            let answer: BalanceResponse = chain.query(token, &query).await.map_err(failed())?;
            Ok(answer.balance.u128())
        }
        Route::Back { channel } => chain.balance(address, &voucher(channel, token)).await.map_err(failed()),
    }
}
