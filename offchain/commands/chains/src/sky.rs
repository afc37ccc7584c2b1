//! For whom a deployment locks SKY.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use bithive_chain::validate_address;
use bithive_client::amount::show_in;
use bithive_deploy::{SkyBucket, SkyLock, Step};
use bithive_home::{read_json, write_json};
use serde_json::{Value, json};

/// Parts of the SKY whose owner is not the operator.
pub(super) type Owners = BTreeMap<SkyBucket, String>;

/// Kept in the folder of a deployment, so that a run which was cut off goes on with the same owners.
const FILE: &str = "sky.json";

/// Reads `part=address`, as `--sky-owner` gives it.
pub(super) fn owner(text: &str) -> Result<(SkyBucket, String), String> {
    let (part, address) =
        text.split_once('=').ok_or_else(|| format!("{text:?} has no '='; expected PART=ADDRESS"))?;
    let bucket = bucket(part).map_err(|error| error.to_string())?;
    let address = validate_address(address).map_err(|error| error.to_string())?;
    Ok((bucket, address.to_string()))
}

fn bucket(name: &str) -> Result<SkyBucket> {
    let found = SkyBucket::ALL.into_iter().find(|bucket| bucket.name() == name);
    let names = SkyBucket::ALL.map(SkyBucket::name).join(", ");
    found.with_context(|| format!("{name:?} is no part of the SKY; expected one of {names}"))
}

/// The owners that are kept in `folder`, and those that were given.
pub(super) fn owners(folder: &Path, given: &[(SkyBucket, String)]) -> Result<Owners> {
    let path = folder.join(FILE);
    let kept: BTreeMap<String, String> = if path.exists() { read_json(&path)? } else { BTreeMap::new() };
    let kept = kept.into_iter().map(|(name, address)| Ok((bucket(&name)?, address)));
    let mut owners = kept.collect::<Result<Owners>>().with_context(|| path.display().to_string())?;
    let mut named = Owners::new();
    for (bucket, address) in given {
        if named.insert(*bucket, address.clone()).is_some() {
            bail!("--sky-owner names two accounts for {}; expected one", bucket.name());
        }
    }
    owners.extend(named);
    Ok(owners)
}

/// Writes the owners into the folder of the deployment.
pub(super) fn keep(folder: &Path, owners: &Owners) -> Result<()> {
    let named: BTreeMap<&str, &String> =
        owners.iter().map(|(bucket, owner)| (bucket.name(), owner)).collect();
    write_json(&folder.join(FILE), &named)
}

/// Refuses owners where nothing is left to lock.
pub(super) fn expect_unlocked(given: &[(SkyBucket, String)], steps: &[Step]) -> Result<()> {
    ensure!(
        given.is_empty() || steps.contains(&Step::LockSky),
        "--sky-owner: there are no SKY to lock on this chain; the owner of a position can hand it on with `vesting transfer`"
    );
    Ok(())
}

/// What is locked, for JSON.
pub(super) fn answer(locks: &[SkyLock]) -> Vec<Value> {
    let one = |lock: &SkyLock| {
        let SkyLock { bucket, owner, amount, .. } = lock;
        json!({ "part": bucket.name(), "owner": owner, "amount": amount })
    };
    locks.iter().map(one).collect()
}

/// Says it to people.
pub(super) fn show(locks: &[SkyLock], operator: &str) {
    for SkyLock { bucket, owner, amount, .. } in locks {
        let whose = if owner == operator { " (the operator)" } else { "" };
        println!("   {} of {} for {owner}{whose}", show_in(*amount, "SKY"), bucket.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bithive_chain::SigningKey;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    #[test]
    fn an_owner_is_a_part_and_an_address() {
        let error = |text: &str| owner(text).unwrap_err();
        assert!(error("team").contains("expected PART=ADDRESS"));
        assert!(error("founders=x").contains("expected one of mining, team, ecology, private-placement"));
        assert!(error("team=x").contains('x'));
        let address = SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(1)).address().to_owned();
        assert_eq!(
            owner(&format!("private-placement={address}")),
            Ok((SkyBucket::PrivatePlacement, address))
        );
    }

    #[test]
    fn owners_are_kept_and_each_part_has_one() {
        let folder = tempfile::tempdir().unwrap();
        let [alice, bob] = ["alice", "bob"].map(String::from);
        let given = [(SkyBucket::Team, alice.clone())];
        let owners = super::owners(folder.path(), &given).unwrap();
        assert_eq!(owners, Owners::from(given));
        keep(folder.path(), &owners).unwrap();
        let given = [(SkyBucket::Team, bob.clone()), (SkyBucket::Research, alice.clone())];
        assert_eq!(super::owners(folder.path(), &given).unwrap(), Owners::from(given));
        assert_eq!(super::owners(folder.path(), &[]).unwrap(), owners);
        let twice = [(SkyBucket::Team, alice), (SkyBucket::Team, bob)];
        assert!(super::owners(folder.path(), &twice).unwrap_err().to_string().contains("for team"));
        std::fs::write(folder.path().join(FILE), r#"{"founders":"x"}"#).unwrap();
        assert!(super::owners(folder.path(), &[]).is_err());
    }

    #[test]
    fn owners_of_what_is_locked_already_are_refused() {
        let given = [(SkyBucket::Team, "alice".into())];
        expect_unlocked(&given, &[Step::SetMinter, Step::LockSky]).unwrap();
        expect_unlocked(&[], &[]).unwrap();
        assert!(expect_unlocked(&given, &[Step::SetMinter]).unwrap_err().to_string().contains("--sky-owner"));
    }
}
