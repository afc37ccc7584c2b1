//! Which consent permits a study's images to be used: signed receipts in a folder, and the chain.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use bithive_api::grants::{Basis, Standing};
use bithive_client::{Client, GrantError};
use bithive_consent::grant::opening;
use bithive_consent::{
    ConsentError, MAX_RECEIPT_BYTES, MAX_REVOCATION_BYTES, Name, Revocations, SignedReceipt, Use,
    data_digest, read_revocations,
};
use bithive_gateway::Permission;
use bithive_gateway::config::ConsentRule;
use bithive_requester::Relied;

use crate::relied::now;

/// Most files of a folder with receipts.
const MAX_FILES: usize = 10_000;

/// What permits a use, or why nothing does.
pub(super) enum Found {
    /// A consent, and what the job names of it on the chain.
    Given(Relied, Vec<Basis>),
    /// None that holds.
    Not(Permission),
}

/// All receipts and lists of revocations of a folder. Files that are neither are left alone.
fn read(folder: &Path) -> Result<(Vec<SignedReceipt>, Vec<Revocations>)> {
    let shown = || folder.display().to_string();
    let (mut receipts, mut lists) = (Vec::new(), Vec::new());
    let entries = std::fs::read_dir(folder).with_context(shown)?;
    for (count, entry) in entries.enumerate() {
        ensure!(count < MAX_FILES, "{} has more than {MAX_FILES} files", shown());
        let path = entry.with_context(shown)?.path();
        let most = MAX_RECEIPT_BYTES.max(MAX_REVOCATION_BYTES) as u64;
        if !path.is_file() || std::fs::metadata(&path).with_context(shown)?.len() > most {
            continue;
        }
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        if let Ok(receipt) = SignedReceipt::read(&bytes) {
            receipts.push(receipt);
        } else if let Ok(list) = read_revocations(&bytes) {
            lists.push(list.document);
        }
    }
    Ok((receipts, lists))
}

/// Looks for a consent of the rule to these images, by their bytes. One that holds counts, whatever became of others.
pub(super) async fn find(rule: &ConsentRule, client: &Client, reader: &str, images: &[u8]) -> Found {
    let missing = |reason: String| Found::Not(Permission::Missing(reason));
    let data = data_digest(images);
    let found = (|| {
        let (receipts, lists) = read(&rule.receipts)?;
        let (reader, purpose): (Name, Name) = (reader.parse()?, rule.purpose.parse()?);
        anyhow::Ok((receipts, lists, reader, purpose))
    })();
    let (receipts, lists, name, purpose) = match found {
        Ok(found) => found,
        Err(error) => return missing(format!("{error:#}")),
    };
    let wanted = Use { reader: &name, purpose: &purpose, data: Some(data), now: now() };
    let mut best = None;
    for receipt in receipts.iter().filter(|receipt| receipt.receipt().data.contains(&data)) {
        let issuers = rule.issuers.iter().map(String::as_str);
        let permitted = match receipt.permits(&wanted, issuers, &lists) {
            Ok(consent) => {
                let subject = receipt.receipt().subject;
                let relied = Relied { consent, subject, purpose: purpose.clone() };
                on_chain(rule, (client, reader), relied, receipt.receipt().issuer.as_str()).await
            }
            Err(error @ ConsentError::Revoked { .. }) => {
                Found::Not(Permission::Revoked(format!("its consent was revoked: {error}")))
            }
            Err(error) => missing(error.to_string()),
        };
        match permitted {
            Found::Given(..) => return permitted,
            // That one was revoked says more than that another one does not fit.
            Found::Not(Permission::Revoked(_)) => best = Some(permitted),
            Found::Not(_) => best = best.or(Some(permitted)),
        }
    }
    let none = || {
        let (folder, purpose) = (rule.receipts.display(), &rule.purpose);
        missing(format!(
            "no receipt of {folder} names them; {reader} has to be its reader, {purpose} its purpose"
        ))
    };
    best.unwrap_or_else(none)
}

/// Whether the chain knows the consent, where the rule wants that and the market asks about consents.
async fn on_chain(
    rule: &ConsentRule,
    (client, reader): (&Client, &str),
    relied: Relied,
    subject: &str,
) -> Found {
    let missing = |reason: String| Found::Not(Permission::Missing(reason));
    if !rule.recorded {
        return Found::Given(relied, Vec::new());
    }
    match client.grants().await {
        Ok(Some(_)) => {}
        Ok(None) => return missing("the market of this chain asks nobody about consents; set recorded = false to rely on receipts alone".into()),
        Err(error) => return missing(error.to_string()),
    }
    let opening = opening(&relied.consent, &relied.purpose, reader).into();
    let bases = vec![Basis::Consent { subject: subject.to_owned(), opening }];
    match client.standings(reader, &bases).await.as_deref() {
        Ok([Standing::Live]) => Found::Given(relied, bases),
        Ok([Standing::Revoked]) => {
            Found::Not(Permission::Revoked(format!("its consent was revoked on the chain by {subject}")))
        }
        Ok(_) => missing(format!(
            "{subject} has not recorded its consent on the chain, or it has expired; `bithive consent record` does it"
        )),
        Err(error) => missing(error.to_string()),
    }
}

/// What the chain says of a use that was permitted before.
pub(super) fn standing(error: &GrantError) -> Option<Permission> {
    match error {
        GrantError::NotPermitted { standing: Standing::Revoked, .. } => {
            Some(Permission::Revoked(error.to_string()))
        }
        GrantError::NotPermitted { .. } => Some(Permission::Missing(error.to_string())),
        _ => None,
    }
}
