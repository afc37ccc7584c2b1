//! The economy as an account sees it: what it can take, and that it takes it.

mod claims;
mod flows;
mod setup;
mod stakes;
