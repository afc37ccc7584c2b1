//! One data key for each subject, in a file of its own, so that destroying it erases the subject's data.
//!
//! [`SubjectKeys`] is a folder of such files. Data is [sealed](DataKey::seal) under the key of whom it is about; the key is wrapped under a
//! [`WrappingKey`], which is kept elsewhere, so that a copy of the folder alone opens nothing. [`SubjectKeys::erase`] overwrites the file in
//! place, has it written to disk, reads it back and removes it; the data, and every copy of it in a backup, is noise from then on. The keys are
//! not in a database, which writes anew elsewhere and keeps the old page.
//!
//! ```text
//! keys/<name>.key      magic 8, nonce 24, wrapped key 48: XChaCha20-Poly1305
//! keys/<name>.erased   empty: the subject was erased, and gets no new key
//! <file>.sealed        magic 8, name 32, nonce 24, data and tag: XChaCha20-Poly1305
//! ```
//!
//! A name is a keyed digest of the subject's pseudonym: who has the folder can't find out whom it is about, not even by trying.
//!
//! # What it can't do
//! Copies of a key that the file system or the disk made on their own are not overwritten: snapshots, copy-on-write file systems (btrfs, ZFS),
//! backups of the folder, and blocks that an SSD has set aside. What is left of a copied key file is of no use without the wrapping key, so keep
//! that where it is not copied. What was opened before, computed from, or sent to others is not called back.

mod error;
mod files;
mod keys;
mod sealed;

pub use error::SubjectKeyError;
pub use files::{Wiped, wipe};
pub use keys::{DataKey, Erasure, SubjectKeys, WrappingKey};
pub use sealed::{ENDING, MAX_BYTES};
