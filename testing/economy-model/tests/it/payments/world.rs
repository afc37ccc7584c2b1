//! The contracts of payments on one chain, beside the model: one set of accounts, five assets, and an account that says that
//! tokens of its own came.

use bithive_api::asset::Asset;
use bithive_api::listings::{Category, Ruler};
use bithive_api::oracle;
use bithive_economy_model::payments::listings::Kind;
use bithive_economy_model::payments::{Contract, PHANTOM, Party, Payments, feed};
use bithive_test_kit::checkout::Checkout;
use bithive_test_kit::escrow::Escrow;
use bithive_test_kit::flows::Flows;
use bithive_test_kit::listings::{Listings, POOL, RULING, UNBOND, category, terms};
use bithive_test_kit::oracle::{INTERVAL, Oracle, reporters};
use bithive_test_kit::{START, Suite, token};
use cosmwasm_std::Addr;
use cw_multi_test::{ContractWrapper, Executor as _};
use cw20::Cw20Coin;

use super::op::{ACCOUNTS, Op};

/// What each account has of each asset, but for the last one.
const WEALTH: u128 = 100_000;
/// What the last account has: too little for most of what it tries.
const POVERTY: u128 = 40;

/// Names of the categories: one with a named ruler, in tokens of a stranger; one that jurors judge, in coins; the jurors, in SKY.
pub(crate) const CATEGORIES: [&str; 3] = ["apps", "reports", POOL];

fn kinds() -> Vec<Kind> {
    let (unbond, ruling) = (UNBOND, RULING);
    let kind = |asset, bond, judged: bool, jurors| {
        let slashed = !judged;
        Kind { asset, bond, judged, jurors, slashed, unbond, ruling }
    };
    vec![kind(3, 1_001, false, false), kind(4, 777, true, false), kind(2, 53, true, true)]
}

/// A feed of eight reporters, of whom five make a price for 100 base units and seven confirm a jump.
const FEED: feed::Terms = feed::Terms {
    reporters: 8,
    quorum: 5,
    interval: INTERVAL,
    max_age: 6 * 3_600,
    dev_bps: 1_000,
    cooldown: 300,
    decimals: 2,
};

pub(crate) struct World {
    pub(crate) suite: Suite,
    pub(crate) model: Payments,
    pub(crate) flows: Flows,
    pub(crate) escrow: Escrow,
    pub(crate) checkout: Checkout,
    pub(crate) listings: Listings,
    pub(crate) oracle: Oracle,
    pub(crate) accounts: Vec<Addr>,
    pub(crate) stranger: Addr,
    pub(crate) ruler: Addr,
    pub(crate) liar: Addr,
    /// BTT, BTK, SKY, a stranger's token, a coin, and what the liar says came.
    pub(crate) assets: Vec<Asset>,
    /// The four tokens among them.
    pub(crate) tokens: Vec<Addr>,
}

fn wealth(account: usize) -> u128 {
    if account == ACCOUNTS - 1 { POVERTY } else { WEALTH }
}

fn coins_of(accounts: &[Addr]) -> Vec<Cw20Coin> {
    let coin =
        |(index, address): (usize, &Addr)| Cw20Coin { address: address.into(), amount: wealth(index).into() };
    accounts.iter().enumerate().map(coin).collect()
}

/// A token of the project, of which each account has some.
fn own_token(suite: &mut Suite, symbol: &str, accounts: &[Addr]) -> Addr {
    let owner = suite.owner.clone();
    let mut message = token::message("Token", symbol, &owner);
    message.initial_balances = coins_of(accounts);
    token::instantiate(&mut suite.app, &owner, &message)
}

/// A token of a stranger: cw20-base as it is.
fn strange_token(suite: &mut Suite, accounts: &[Addr]) -> Addr {
    use cw20_base::contract::{execute, instantiate, query};
    let code = suite.app.store_code(Box::new(ContractWrapper::new(execute, instantiate, query)));
    let message = cw20_base::msg::InstantiateMsg {
        name: "Strange".into(),
        symbol: "STR".into(),
        decimals: 6,
        initial_balances: coins_of(accounts),
        mint: None,
        marketing: None,
    };
    let stranger = suite.account("stranger");
    suite.app.instantiate_contract(code, stranger, &message, &[], "strange", None).unwrap()
}

impl World {
    pub(crate) fn new() -> Self {
        let mut suite = Suite::new();
        let accounts: Vec<Addr> =
            (0..ACCOUNTS).map(|index| suite.account(&format!("account {index}"))).collect();
        let [stranger, ruler, liar] = ["stranger", "ruler", "liar"].map(|name| suite.account(name));
        let [btk, sky] = ["BTK", "SKY"].map(|symbol| own_token(&mut suite, symbol, &accounts));
        let tokens = vec![suite.btt.clone(), btk, sky, strange_token(&mut suite, &accounts)];
        let coin = Suite::coin_assets()[1].clone();
        for (index, account) in accounts.iter().enumerate() {
            suite.fund(account, wealth(index));
            suite.fund_in(account, &coin, wealth(index));
        }
        let mut assets: Vec<Asset> = tokens.iter().map(|token| Asset::Cw20(token.into())).collect();
        assets.extend([coin, Asset::Cw20(liar.to_string())]);
        let mut model = Payments::new(suite.now(), kinds(), feed::Feed::new(FEED));
        for (asset, account) in
            (0..PHANTOM).flat_map(|asset| (0..ACCOUNTS).map(move |account| (asset, account)))
        {
            model.book.give(asset, account, &wealth(account).into());
        }
        assert_eq!(model.now, START);
        let (flows, escrow, checkout, listings, oracle) = (
            Flows::new(&mut suite),
            Escrow::new(&mut suite),
            Checkout::new(&mut suite),
            Listings::new(&mut suite),
            Oracle::new(&mut suite),
        );
        let mut world = Self {
            suite,
            model,
            flows,
            escrow,
            checkout,
            listings,
            oracle,
            accounts,
            stranger,
            ruler,
            liar,
            assets,
            tokens,
        };
        world.set_up();
        world
    }

    fn set_up(&mut self) {
        // Jurors first, since others name them.
        for index in [2, 0, 1] {
            let Kind { asset, bond, judged, jurors, slashed, .. } = self.model.listings.kinds[index];
            let ruler =
                if judged { Ruler::Jurors(POOL.into()) } else { Ruler::Named(self.ruler.to_string()) };
            let mut terms = terms((&self.assets[asset], bond), ruler);
            if slashed {
                terms.slashers = vec![self.suite.faucet.to_string()];
            }
            let setting = Category { jurors, ..category(terms) };
            self.listings.set(&mut self.suite, CATEGORIES[index], setting).unwrap();
        }
        let terms = oracle::Terms {
            decimals: u8::try_from(FEED.decimals).unwrap(),
            max_age: FEED.max_age,
            ..bithive_test_kit::oracle::terms()
        };
        assert_eq!((terms.interval, terms.cooldown, u64::from(terms.dev_bps)), (INTERVAL, 300, FEED.dev_bps));
        let quorum = u8::try_from(FEED.quorum).unwrap();
        let create = oracle::ExecuteMsg::CreateFeed { terms, reporters: reporters(FEED.reporters), quorum };
        let owner = self.suite.owner.clone();
        self.oracle.send(&mut self.suite, &owner, &create).unwrap();
        let Kind { asset, bond: amount, .. } = self.model.listings.kinds[2];
        for by in 0..ACCOUNTS - 1 {
            let sits = Op::List { by, kind: 2, asset, amount };
            let (expected, found) = self.apply(&sits);
            assert!(expected && found.is_ok(), "{found:?}");
        }
    }

    /// Address of a contract that holds money.
    pub(crate) fn address(&self, contract: Contract) -> &Addr {
        match contract {
            Contract::Flows => &self.flows.address,
            Contract::Escrow => &self.escrow.address,
            Contract::Checkout => &self.checkout.address,
            Contract::Listings => &self.listings.address,
        }
    }

    /// Address of whoever has a balance.
    pub(crate) fn party(&self, party: Party) -> &Addr {
        match party {
            Party::Account(index) => &self.accounts[index],
            Party::Treasury => &self.listings.treasury,
            Party::Contract(contract) => self.address(contract),
        }
    }
}
