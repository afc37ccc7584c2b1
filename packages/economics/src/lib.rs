//! Integer mathematics of the token economy.
//!
//! Amounts are `u128` base units, shares are [`Bps`]. Every function is total, exact over the whole range of
//! `u128`, rounds against the receiver and conserves: what goes in is the sum of what comes out, to the unit.
//! Read [`bps`] first, then [`mod@escrow`] (what is held for a job), [`split`] (what a paid ask is divided into), [`cuts`] (a payment divided among any number), [`mod@slash`] (how a bond is cut), [`fault`] (what a result outside the quorum costs whom), [`absence`] (what a member of the committee loses that is not there),
//! [`vesting`] (when a locked amount becomes due), [`emission`] (what BTK exists at a time, and whose it is), [`work`]
//! (what a contributor earns of it, and when that is due), [`pledge`] (what a node locks for its capacity), [`pool`]
//! (stake that many hold together), [`stream`] and [`drip`] (rewards that become due over time), [`score`] (of nodes, diagnoses and activities), [`record`] (what a node has done),
//! [`tier`] (of machines), [`flow`] (a deposit that drains to one payee), [`crowd`] (money of many: refunds and votes), [`quote`] (what a fiat amount costs), [`interest`] (of credits), [`median`] and [`trip`] (what reporters say a thing is worth), [`buyout`] (an offer for all shares), [`coin_age`] (coins held times time), [`offer`] (a bid that rises until somebody sells), [`challenge`] (what a challenge of a bond costs, and who judges it) and [`supply`] (how much
//! of each token there can be).
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_possible_wrap
    )
)]

pub mod absence;
pub mod bps;
pub mod buyout;
pub mod challenge;
pub mod coin_age;
pub mod crowd;
pub mod cuts;
pub mod drip;
pub mod emission;
pub mod escrow;
pub mod fault;
pub mod flow;
pub mod idle;
pub mod interest;
pub mod median;
pub mod offer;
pub mod pledge;
pub mod pool;
pub mod quote;
mod ratio;
pub mod record;
pub mod score;
pub mod slash;
pub mod split;
pub mod stream;
pub mod supply;
pub mod tier;
pub mod trip;
pub mod vesting;
pub mod work;

pub use bps::{Bps, BpsError};
pub use cuts::{Cuts, CutsError, Divided};
pub use emission::{Bucket, Emission, EmissionError};
pub use escrow::escrow;
pub use slash::{Slash, slash};
pub use split::{Parts, Receivers, Split, SplitError};
pub use stream::Stream;
pub use vesting::{Schedule, ScheduleError};
