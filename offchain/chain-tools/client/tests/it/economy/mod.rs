//! The economy as an account sees it: what it can take, and that it takes it.

mod checkout;
mod claims;
mod escrow;
mod flows;
mod setup;
mod stakes;
