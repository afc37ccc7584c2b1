//! What each party of a match gets to see, as a table that is computed from a real run and stands in the README.
//!
//! `table.rs` runs one match with values that are long enough to search for, collects what every party sends,
//! receives and keeps, and looks for every secret in every transcript: it must be where the table says "knows" (or
//! the search would prove nothing) and nowhere else. `guess.rs` lets each party guess what it must not know. `dishonest.rs`
//! plays those who don't follow the protocol; `kinds.rs` counts how many kinds of nodes they can tell apart.

mod dishonest;
mod guess;
mod kinds;
mod run;
mod table;
