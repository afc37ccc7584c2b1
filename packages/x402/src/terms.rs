//! The client's rules: what it pays, to whom, and how much at most.

use crate::amount::Amount;
use crate::required::{Accepted, PaymentRequired};
use crate::{EXACT, VERSION, network};

/// What a client is ready to do. Nothing that a server says goes beyond it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits<'a> {
    /// Id of the chain that it pays on.
    pub chain_id: &'a str,
    /// The scheme that it pays by: [`BATCH_SETTLEMENT`](crate::BATCH_SETTLEMENT) or [`EXACT`](crate::EXACT).
    pub scheme: &'a str,
    /// Address of the scheme's contract on the chain: `flows` or `checkout`.
    pub contract: &'a str,
    /// Most that a request may cost, in base units.
    pub price: u128,
    /// The asset that this is in: `native:<denomination>` or `cw20:<address>`.
    pub asset: &'a str,
    /// Longest notice that its deposit may be held for, in seconds; 0 where there is no deposit.
    pub notice: u64,
}

/// What a server asks for, within the client's limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The way to pay, as the server states it.
    pub accepted: Accepted,
    /// Price of the request, in base units.
    pub price: u128,
    /// Shortest notice of a flow that the server takes, in seconds.
    pub notice: u64,
    /// Least deposit of a flow that the server takes, in base units.
    pub deposit: u128,
}

/// Why a client does not pay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The server speaks another version.
    #[error("the server speaks x402 version {0}, expected {VERSION}")]
    Version(u32),
    /// No way to pay is the client's.
    #[error(
        "the server takes no payment by {way}; it takes: {offered}. Name its chain with --chain or --network, its asset with --asset, and its \
         scheme with --scheme"
    )]
    NoWay {
        /// The client's: scheme, network, asset and contract.
        way: String,
        /// What the server takes, shortened.
        offered: String,
    },
    /// The price is above the limit.
    #[error("the server asks for {asked}, and the limit is {limit} base units; --max-price raises it")]
    Price {
        /// The price, in base units.
        asked: u128,
        /// The limit, in base units.
        limit: u128,
    },
    /// A request for nothing needs no payment.
    #[error("the server asks for a payment of 0; expected a price, or a reply without one")]
    Free,
    /// The server would hold a deposit for longer than the client wants.
    #[error("the server wants a notice of {asked} s, and the limit is {limit} s; --max-notice raises it")]
    Notice {
        /// The notice, in seconds.
        asked: u64,
        /// The limit, in seconds.
        limit: u64,
    },
    /// The server says something else than before.
    #[error("the server has changed its {what} within one request; nothing more is paid to it")]
    Changed {
        /// What it has changed.
        what: &'static str,
    },
}

/// Most ways to pay that a message repeats.
const SHOWN: usize = 4;
/// Most characters of a text of the server that a message repeats.
const MOST_SHOWN: usize = 64;

impl Terms {
    /// The first way to pay that is within the limits.
    ///
    /// # Errors
    /// See [`TermsError`].
    pub fn choose(required: &PaymentRequired, limits: &Limits<'_>) -> Result<Self, TermsError> {
        if required.version != VERSION {
            return Err(TermsError::Version(required.version));
        }
        let network = network::cosmos(limits.chain_id);
        let fits = |accepted: &&Accepted| {
            accepted.scheme == limits.scheme
                && accepted.network == network
                && accepted.asset == limits.asset
                && accepted.extra.contract.as_deref() == Some(limits.contract)
                && (accepted.scheme != EXACT || accepted.extra.offer.is_some())
        };
        let accepted = required.accepts.iter().find(fits).ok_or_else(|| {
            let Limits { scheme, asset, contract, .. } = limits;
            let way = format!("{scheme} on {network} in {asset} with the contract {contract}");
            TermsError::NoWay { way, offered: offered(required) }
        })?;
        let (price, notice) = (accepted.amount.0, accepted.extra.withdraw_delay.unwrap_or(0));
        if price == 0 {
            return Err(TermsError::Free);
        }
        if price > limits.price {
            return Err(TermsError::Price { asked: price, limit: limits.price });
        }
        if notice > limits.notice {
            return Err(TermsError::Notice { asked: notice, limit: limits.notice });
        }
        let deposit = accepted.extra.min_deposit.unwrap_or(Amount(0)).0;
        Ok(Self { accepted: accepted.clone(), price, notice, deposit })
    }

    /// Whether a later answer to the same request asks for the same.
    ///
    /// # Errors
    /// [`TermsError::Changed`].
    pub fn hold(&self, later: &Self) -> Result<(), TermsError> {
        let changed = |what| Err(TermsError::Changed { what });
        match (&self.accepted, &later.accepted) {
            (first, second) if first.amount != second.amount => changed("price"),
            (first, second) if first.pay_to != second.pay_to => changed("payee"),
            (first, second) if !first.is_chosen_by(second) => changed("way to be paid"),
            _ => Ok(()),
        }
    }
}

fn offered(required: &PaymentRequired) -> String {
    let short = |text: &str| text.chars().take(MOST_SHOWN).collect::<String>();
    let shown = |accepted: &Accepted| {
        let Accepted { scheme, network, asset, .. } = accepted;
        format!("{:?} on {:?} in {:?}", short(scheme), short(network), short(asset))
    };
    let all: Vec<String> = required.accepts.iter().take(SHOWN).map(shown).collect();
    if all.is_empty() { "nothing".into() } else { all.join(", ") }
}
