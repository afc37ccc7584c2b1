//! Keys of contents, as the committee of a home releases them.

use std::path::Path;

use anyhow::{Context, Result};
use bithive_keystore::{Kdf, Keystore, fresh_rng};
use bithive_local::{Founders, release_keys};
use bithive_release::MemberKey;

use crate::founders::password_of;

/// What everybody knows of the committee that releases keys of contents.
pub const RELEASE_COMMITTEE: &str = "release-committee.bin";
/// Its members' keys.
const RELEASE_KEYS: &str = "release.json";

fn entry(number: usize) -> String {
    format!("release-{number}")
}

/// Makes the keys of the founders' committee, and writes them to the folder `path`.
pub(crate) fn write_release_keys(path: &Path, founders: &Founders) -> Result<()> {
    let mut rng = fresh_rng()?;
    let keys = release_keys(founders, &mut rng)?;
    let mut keystore = Keystore::new();
    for (number, key) in (1..).zip(&keys) {
        keystore.insert_document(&entry(number), &key.encode())?;
    }
    keystore.create(&path.join(RELEASE_KEYS), (&password_of(path)?, Kdf::RANDOM), &mut rng)?;
    let committee = keys.first().context("there is no committee")?.committee().encode();
    let file = path.join(RELEASE_COMMITTEE);
    std::fs::write(&file, committee).with_context(|| file.display().to_string())
}

/// The members' keys from the folder `path`; none in networks of an earlier version.
pub(crate) fn read_release_keys(path: &Path) -> Result<Vec<MemberKey>> {
    let file = path.join(RELEASE_KEYS);
    if !file.exists() {
        return Ok(vec![]);
    }
    let keystore = Keystore::open(&file, &password_of(path)?)?;
    let read = |number| {
        MemberKey::decode(keystore.document(&entry(number))?).with_context(|| file.display().to_string())
    };
    (1..).take_while(|number| keystore.has(&entry(*number))).map(read).collect()
}
