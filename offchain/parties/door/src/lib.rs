//! A model behind HTTP that is paid for by the request, and the client that pays.
//!
//! [`Door`] answers predictions. A request is paid for by x402 version 2 (`bithive-x402`) with a voucher of a flow (contract `flows`) to the
//! door's account, or, where there is an offer (contract `checkout`), by a payment of its own on the chain; the door checks both itself, redeems
//! vouchers and sends payments, so there is no facilitator. From what needs nothing to what needs all:
//! the model (`service`), records on disk (`ledger`), flows as the chain has them (`reading`) and what they owe (`till`), the offer (`shop`), what
//! follows the chain (`watch`) and redeems (`redeem`), what is counted (`tally`, `monitor`), what all of these share (`site`), what requests have
//! (`asked`, `refused`), those with vouchers (`voucher`) and with payments on the chain (`exact`), which is which (`route`), and the server.
//!
//! Before a reply to a paid request leaves, its row is on disk: flow and amount of the voucher, digest of the request, and the reply. So a
//! voucher pays for one request, however often the process is killed, and the same request gets the same reply. What was served and the
//! chain has not credited is at most [`DoorTerms::exposure`], all flows together. A payment on the chain is of one request by its key, and its
//! receipt is read from the contract before the request is served, so that nothing is owed for it, and nothing is lost with the records.
//!
//! [`Payer`] is the client: it opens or finds a flow, signs the next voucher, and has it on disk ([`Purse`]) before it is sent. It never
//! signs for more than it has had replies for and one price. [`Buyer`] pays on the chain; what it has paid for it finds there.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::indexing_slicing
    )
)]

mod asked;
mod client;
mod exact;
mod ledger;
mod limits;
mod monitor;
mod reading;
mod redeem;
mod refused;
mod route;
mod server;
mod service;
mod shop;
mod site;
mod tally;
mod terms;
mod till;
mod turns;
mod voucher;
mod watch;

pub use client::{Ask, Bought, Buy, Buyer, Flow, Opening, PayError, Payer, Purse, PurseError, Reply};
pub use ledger::Ledger;
pub use limits::{CLOSING_SECONDS, MAX_BODY, MOST_FLOWS, POLL, REREAD, STALE};
pub use server::{Door, DoorError, DoorOptions};
pub use service::Service;
pub use shop::BadOffer;
pub use terms::{BadTerms, DoorTerms};
