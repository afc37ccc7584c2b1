//! Keys of those who made a network, in a keystore whose password lies beside it.

use std::path::Path;

use anyhow::Result;
use bithive_keystore::{Kdf, Keystore, Password, fresh_rng, names};
use bithive_local::{Founders, MemberKeys};

use crate::files::{FOUNDERS, PASSWORD};

/// Entries of the founders' keystore; also the names of their accounts.
pub(crate) const OPERATOR: &str = "operator";
pub(crate) const TREASURY: &str = "treasury";
pub(crate) const INCENTIVE_POOL: &str = "incentive-pool";
/// Names of the accounts that exist from the start; no wallet can have them.
pub const FOUNDER_NAMES: [&str; 3] = [OPERATOR, TREASURY, INCENTIVE_POOL];

/// Writes the founders' keys to the folder `path`, and a password for its keystores, if there is none.
pub fn write_founders(path: &Path, founders: &Founders) -> Result<()> {
    let mut rng = fresh_rng()?;
    let password = password_of(path)?;
    let mut keystore = Keystore::new();
    keystore.insert_account(OPERATOR, &founders.operator)?;
    keystore.insert_account(TREASURY, &founders.treasury)?;
    keystore.insert_account(INCENTIVE_POOL, &founders.incentive_pool)?;
    for (number, member) in (1..).zip(&founders.committee) {
        keystore.insert_account(&member_entry(number, names::ACCOUNT), &member.account)?;
        keystore.insert_endpoint(&member_entry(number, names::ENDPOINT), &member.endpoint)?;
    }
    Ok(keystore.replace(&path.join(FOUNDERS), (&password, Kdf::RANDOM), &mut rng)?)
}

/// The founders' keys from the folder `path`.
pub fn read_founders(path: &Path) -> Result<Founders> {
    let keystore = Keystore::open(&path.join(FOUNDERS), &Password::read(&path.join(PASSWORD))?)?;
    let members = (1..).take_while(|number| keystore.has(&member_entry(*number, names::ACCOUNT)));
    let member = |number| -> Result<MemberKeys> {
        Ok(MemberKeys {
            account: keystore.account(&member_entry(number, names::ACCOUNT))?,
            endpoint: keystore.endpoint(&member_entry(number, names::ENDPOINT))?,
        })
    };
    Ok(Founders {
        operator: keystore.account(OPERATOR)?,
        treasury: keystore.account(TREASURY)?,
        incentive_pool: keystore.account(INCENTIVE_POOL)?,
        committee: members.map(member).collect::<Result<_>>()?,
    })
}

/// The password of the keystores in a folder, drawn if there is none.
pub fn password_of(folder: &Path) -> Result<Password> {
    let file = folder.join(PASSWORD);
    if !file.exists() {
        Password::random(&mut fresh_rng()?).write(&file)?;
    }
    Ok(Password::read(&file)?)
}

fn member_entry(number: usize, what: &str) -> String {
    format!("committee-{number}.{what}")
}
