//! `token`: a cw20 whose supply has a cap that no path exceeds. BTT, BTK and SKY are three instances.
//!
//! Messages are those of cw20 (`cw20::Cw20ExecuteMsg`, with `UpdateMinter` for the current minter only), so
//! wallets and explorers work with it unchanged. `Supply` adds what cw20 does not say: how much was ever
//! minted and burnt, which is what conservation is checked against.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::Uint128;
use cw20::Cw20Coin;

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
