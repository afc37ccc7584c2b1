//! BTT and other instances of the token.

use bithive_api::token::{ExecuteMsg, InstantiateMsg, QueryMsg, SupplyResponse};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty, Uint128, to_json_binary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};
use cw20::{AllAccountsResponse, BalanceResponse};
use serde::Serialize;

use crate::{Suite, TestApp, UNIT};

/// Cap of BTT in tests: a billion.
pub const CAP: u128 = 1_000_000_000 * UNIT;

/// The token's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Token)
}

/// A token with [`CAP`], nothing minted and `minter` as minter.
#[must_use]
pub fn message(name: &str, symbol: &str, minter: &Addr) -> InstantiateMsg {
    InstantiateMsg {
        name: name.into(),
        symbol: symbol.into(),
        decimals: 6,
        cap: CAP.into(),
        initial_balances: vec![],
        minter: Some(minter.into()),
        marketing: None,
    }
}

/// Puts a token on the chain; `admin` may migrate it.
pub fn instantiate(app: &mut TestApp, admin: &Addr, message: &InstantiateMsg) -> Addr {
    try_instantiate(app, admin, message).unwrap()
}

/// As [`instantiate`].
///
/// # Errors
/// What the token refuses.
pub fn try_instantiate(app: &mut TestApp, admin: &Addr, message: &InstantiateMsg) -> AnyResult<Addr> {
    let code_id = app.store_code(code());
    app.instantiate_contract(code_id, admin.clone(), message, &[], "token", Some(admin.to_string()))
}

impl Suite {
    /// Mints base units of BTT to an account.
    pub fn fund(&mut self, account: &Addr, amount: u128) {
        let btt = self.btt.clone();
        self.fund_with(&btt, account, amount);
    }

    /// Mints a token whose minter is the faucet.
    pub fn fund_with(&mut self, token: &Addr, account: &Addr, amount: u128) {
        self.mint(token, account, amount).unwrap();
    }

    /// As [`Suite::fund_with`].
    ///
    /// # Errors
    /// What the token refuses.
    pub fn mint(&mut self, token: &Addr, account: &Addr, amount: u128) -> AnyResult<AppResponse> {
        let mint = ExecuteMsg::Mint { recipient: account.into(), amount: amount.into() };
        let faucet = self.faucet.clone();
        self.relay(&faucet, token, &mint)
    }

    /// Sends `amount` BTT of `sender` to `contract` with a hook.
    ///
    /// # Errors
    /// What the token or the contract refuses.
    pub fn send_btt(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        amount: u128,
        hook: &impl Serialize,
    ) -> AnyResult<AppResponse> {
        let msg = to_json_binary(hook).unwrap();
        let send = ExecuteMsg::Send { contract: contract.into(), amount: amount.into(), msg };
        let btt = self.btt.clone();
        self.execute(sender, &btt, &send)
    }

    /// BTT that `account` holds.
    #[must_use]
    pub fn balance(&self, account: &Addr) -> u128 {
        self.balance_of(&self.btt, account)
    }

    /// What `account` holds of `token`.
    #[must_use]
    pub fn balance_of(&self, token: &Addr, account: &Addr) -> u128 {
        let query = QueryMsg::Balance { address: account.into() };
        self.query::<BalanceResponse>(token, &query).balance.u128()
    }

    /// What was minted and burnt of `token`.
    #[must_use]
    pub fn supply(&self, token: &Addr) -> SupplyResponse {
        self.query(token, &QueryMsg::Supply {})
    }

    /// Checks that no BTT appeared or vanished: all balances add up to what was minted and not burnt.
    pub fn conservation(&self) {
        self.conservation_of(&self.btt);
    }

    /// As [`Suite::conservation`], for any token.
    pub fn conservation_of(&self, token: &Addr) {
        let SupplyResponse { minted, burnt, supply, cap } = self.supply(token);
        let held: Uint128 =
            self.holders(token).iter().map(|account| self.balance_of(token, account)).sum::<u128>().into();
        assert_eq!(held, supply, "all balances against the supply");
        assert_eq!(supply + burnt, minted, "supply and burnt against minted");
        assert!(minted <= cap, "{minted} minted of at most {cap}");
        let info: cw20::TokenInfoResponse = self.query(token, &QueryMsg::TokenInfo {});
        assert_eq!(info.total_supply, supply, "cw20's supply against the totals");
    }

    /// Every account that ever held `token`, page by page.
    #[must_use]
    pub fn holders(&self, token: &Addr) -> Vec<Addr> {
        let mut holders: Vec<Addr> = vec![];
        loop {
            let start_after = holders.last().map(Addr::to_string);
            let query = QueryMsg::AllAccounts { start_after, limit: Some(30) };
            let page: AllAccountsResponse = self.query(token, &query);
            if page.accounts.is_empty() {
                return holders;
            }
            holders.extend(page.accounts.into_iter().map(Addr::unchecked));
        }
    }
}
