//! `token`: a cw20 whose supply has a cap that no path exceeds. BTT, BTK and SKY are three instances.
//!
//! Messages are those of cw20 (`cw20::Cw20ExecuteMsg`, with `UpdateMinter` for the current minter only), so
//! wallets and explorers work with it unchanged. `Supply` adds what cw20 does not say: how much was ever
//! minted and burnt, which is what conservation is checked against.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Uint128};
use cw20::Cw20Coin;

use crate::event::{ChainEvent, ContractEvent, EventError, Field, UNNAMED};

pub use cw20::Cw20ExecuteMsg as ExecuteMsg;

// Allowances concern the sender only: it may move of others' tokens what they allowed.
crate::permissions!(ExecuteMsg {
    Transfer: Anyone,
    Burn: Anyone,
    Send: Anyone,
    IncreaseAllowance: Anyone,
    DecreaseAllowance: Anyone,
    TransferFrom: Anyone,
    SendFrom: Anyone,
    BurnFrom: Anyone,
    Mint: Minter,
    UpdateMinter: Minter,
    UpdateMarketing: Marketing,
    UploadLogo: Marketing,
});

/// Creates one token.
#[cw_serde]
pub struct InstantiateMsg {
    /// Name, 3 to 50 bytes.
    pub name: String,
    /// Ticker, 3 to 12 letters.
    pub symbol: String,
    /// Decimals, at most 18; BitHive's tokens have 6.
    pub decimals: u8,
    /// Most that may ever be minted, in base units; burning does not make room for more.
    pub cap: Uint128,
    /// Minted at once; addresses are unique, the sum is at most `cap`.
    pub initial_balances: Vec<Cw20Coin>,
    /// May mint up to the cap, if it is a contract; a person may only hand this over to one. None means that the supply
    /// is final.
    pub minter: Option<String>,
    /// Marketing info, which wallets show.
    pub marketing: Option<Marketing>,
}

/// Marketing info, which wallets show.
#[cw_serde]
pub struct Marketing {
    /// URL of the project's page.
    pub project: Option<String>,
    /// Short description of the token.
    pub description: Option<String>,
    /// Account that may change this.
    pub marketing: Option<String>,
    /// Logo, a URL or an embedded image of at most 5 KiB.
    pub logo: Option<cw20::Logo>,
}

/// A change of balances, as `cw20-base` announces it: by attributes of the contract's unnamed event
/// ([`UNNAMED`]), where `action` says which message it was. It can only be read, because the
/// token leaves the announcement to `cw20-base`; minting at instantiation announces nothing. Amounts are in base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Tokens went from one account to another.
    Moved {
        /// Whose they were.
        from: Addr,
        /// Whose they are.
        to: Addr,
        /// Who moved them by an allowance; none if `from` did.
        by: Option<Addr>,
        /// How many, in base units.
        amount: Uint128,
    },
    /// Tokens were minted.
    Minted {
        /// Whose they are.
        to: Addr,
        /// How many, in base units.
        amount: Uint128,
    },
    /// Tokens were burnt.
    Burnt {
        /// Whose they were.
        from: Addr,
        /// Who burnt them by an allowance; none if `from` did.
        by: Option<Addr>,
        /// How many, in base units.
        amount: Uint128,
    },
}

impl ContractEvent for Event {
    fn parse(event: &dyn ChainEvent) -> Result<Option<Self>, EventError> {
        let action = event.attribute("action").filter(|_| event.kind() == UNNAMED);
        let account = |key| Addr::read_from(event, UNNAMED, key);
        let by = || Option::<Addr>::read_from(event, UNNAMED, "by");
        let amount = || Uint128::read_from(event, UNNAMED, "amount");
        Ok(Some(match action {
            Some("transfer" | "send" | "transfer_from" | "send_from") => {
                Self::Moved { from: account("from")?, to: account("to")?, by: by()?, amount: amount()? }
            }
            Some("mint") => Self::Minted { to: account("to")?, amount: amount()? },
            Some("burn" | "burn_from") => {
                Self::Burnt { from: account("from")?, by: by()?, amount: amount()? }
            }
            _ => return Ok(None),
        }))
    }
}

impl Event {
    /// Who received tokens by it, and how many; none for a burn.
    #[must_use]
    pub const fn received(&self) -> Option<(&Addr, Uint128)> {
        match self {
            Self::Moved { to, amount, .. } | Self::Minted { to, amount } => Some((to, *amount)),
            Self::Burnt { .. } => None,
        }
    }
}

/// Queries of cw20, and `Supply`.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Balance of an address, 0 if unset.
    #[returns(cw20::BalanceResponse)]
    Balance {
        /// Address of the account.
        address: String,
    },
    /// Name, symbol, decimals, supply.
    #[returns(cw20::TokenInfoResponse)]
    TokenInfo {},
    /// Who may mint, and the cap.
    #[returns(Option<cw20::MinterResponse>)]
    Minter {},
    /// What was minted and burnt.
    #[returns(SupplyResponse)]
    Supply {},
    /// What `spender` may use of `owner`'s balance.
    #[returns(cw20::AllowanceResponse)]
    Allowance {
        /// Owner of the balance.
        owner: String,
        /// Who may spend it.
        spender: String,
    },
    /// All allowances that an owner has given.
    #[returns(cw20::AllAllowancesResponse)]
    AllAllowances {
        /// Owner of the balance.
        owner: String,
        /// Start after this spender.
        start_after: Option<String>,
        /// Page size, at most 30.
        limit: Option<u32>,
    },
    /// All allowances that a spender was given.
    #[returns(cw20::AllSpenderAllowancesResponse)]
    AllSpenderAllowances {
        /// Who may spend.
        spender: String,
        /// Start after this owner.
        start_after: Option<String>,
        /// Page size, at most 30.
        limit: Option<u32>,
    },
    /// All accounts that have held the token.
    #[returns(cw20::AllAccountsResponse)]
    AllAccounts {
        /// Start after this account.
        start_after: Option<String>,
        /// Page size, at most 30.
        limit: Option<u32>,
    },
    /// Marketing info, which wallets show.
    #[returns(cw20::MarketingInfoResponse)]
    MarketingInfo {},
    /// The embedded logo; an error when there is none.
    #[returns(cw20::DownloadLogoResponse)]
    DownloadLogo {},
}

/// What was minted and burnt since the token exists.
#[cw_serde]
pub struct SupplyResponse {
    /// Minted so far, initial balances included; never above `cap`.
    pub minted: Uint128,
    /// Burnt so far.
    pub burnt: Uint128,
    /// In existence: `minted - burnt`.
    pub supply: Uint128,
    /// Most that may ever be minted.
    pub cap: Uint128,
}
