//! What DICOM peers say to each other beside objects.
//!
//! [`Uid`] is a unique identifier that was checked. [`command`] reads and writes the command sets of DIMSE (PS3.7), [`multipart`] the
//! bodies of DICOMweb (PS3.18, RFC 2387). Everything here comes from a network: lengths are checked before they are used, and nothing is
//! copied that does not have to be.
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

pub mod command;
pub mod multipart;
mod uid;

pub use uid::{Uid, UidError};
