//! Messages of banks, and what is believed of them.

#![allow(missing_docs)]

mod hostile;
mod legs;
mod messages;
mod samples;
