//! The token economy over simulated years: the real contracts on the embedded chain, and accounts that use them.
//!
//! Read in this order:
//!
//! 1. [`Options`]: how long, how many nodes, which seed;
//! 2. `agent`: what operators and delegators do, pure, from what they see and a seeded generator;
//! 3. `genesis`: the contracts, and who holds what at first;
//! 4. `day`: what the accounts do on a day, as signed transactions; `people`, `care` and `bank`: patients and their rewards,
//!    idle machines and their credits;
//! 5. `sample` and [`Row`]: what the contracts say every 30 days; `check` and `check_btt`: what must hold then;
//! 6. [`simulate`]: all of it; [`plot`]: the rows as a drawing;
//! 7. [`attack`]: strategies against the rules.

mod agent;
mod attack;
mod bank;
mod care;
mod check;
mod check_btt;
mod common;
mod compare;
mod day;
mod error;
mod genesis;
mod options;
mod people;
mod plot;
mod random;
mod row;
mod sample;
mod simulate;
mod world;

pub use attack::{AttackOptions, AttackReport, Game, attack, plot_attacks, price};
pub use bithive_economics::supply::UNIT;
pub use compare::Broken;
pub use error::EconomyError;
pub use options::{MONTH_DAYS, Options, YEAR_DAYS};
pub use plot::plot;
pub use row::{Entitled, Report, Row};
pub use simulate::simulate;
