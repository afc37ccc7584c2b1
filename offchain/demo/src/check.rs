//! Checks: payments against balances, what others could see against what is secret.

use anyhow::Result;
use bithive_client::Client;
use bithive_client::amount::show;
use bithive_exchange::{Kind, PeerId, Protocol, Tap};
use bytes::Bytes;
use serde::Serialize;

/// The outcome of one comparison.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) ok: bool,
    pub(super) detail: String,
}

impl Check {
    pub(super) fn new(name: &'static str, ok: bool, detail: impl Into<String>) -> Self {
        Self { name, ok, detail: detail.into() }
    }
}

/// What can be seen of the parties from outside.
pub(super) struct Observations {
    /// Name of the places, like `logs`.
    pub(super) places: &'static str,
    /// Content of each place.
    pub(super) bodies: Vec<Bytes>,
    /// Checks of where messages went.
    pub(super) checks: Vec<Check>,
}

/// Sums at one moment.
pub(super) struct Totals {
    pub(super) minted: u128,
    pub(super) burnt: u128,
    pub(super) balances_total: u128,
}

/// Money is conserved: every balance is added up, and each contract holds what it says it owes.
pub(super) async fn conservation(client: &Client) -> Result<(Totals, Vec<Check>)> {
    let supply = client.supply().await?;
    let balances = client.balances().await?;
    let balances_total = balances.iter().map(|(_, balance)| balance).sum();
    let (minted, burnt) = (supply.minted.u128(), supply.burnt.u128());
    let market = client.balance(client.deployment().jobs()).await?;
    let totals = client.totals().await?;
    let owed = totals.escrowed.u128() + totals.claimable.u128();
    let registry = client.balance(client.deployment().registry()).await?;
    let bonded = client.registry_config().await?.bonded.u128();
    let checks = vec![
        Check::new(
            "sum of all balances = minted - burnt",
            balances_total == minted - burnt,
            format!("{} = {} - {}", show(balances_total), show(minted), show(burnt)),
        ),
        Check::new(
            "market's balance = escrow + claimable",
            market == owed,
            format!("{} = {}", show(market), show(owed)),
        ),
        Check::new(
            "registry's balance = bonds",
            registry == bonded,
            format!("{} = {}", show(registry), show(bonded)),
        ),
    ];
    Ok((Totals { minted, burnt, balances_total }, checks))
}

/// A secret that must not be found outside of its owner.
pub(super) struct Secret {
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// Everything public that the chain has from `first_height` on: blocks with their events, jobs, vaults.
pub(super) async fn chain_transcript(client: &Client, first_height: u64) -> Result<Vec<u8>> {
    let mut transcript = Vec::new();
    let head = client.chain().info().await?.height;
    let mut cursor = client.chain().blocks_from(first_height);
    while cursor.next_height() <= head {
        transcript.extend(serde_json::to_vec(&cursor.next().await?)?);
    }
    for job in client.all_jobs().await? {
        transcript.extend(serde_json::to_vec(&job)?);
        // As JSON carries bytes in base64 or hex, the raw bytes are added.
        transcript.extend(client.vault(job.job_id).await?);
        let assignment = job.assignment.iter();
        transcript.extend(
            assignment
                .flat_map(|a| [a.mask.as_slice(), &a.headers, &a.payload, &a.input_commitment].concat()),
        );
        transcript
            .extend(job.workers.iter().filter_map(|worker| worker.masked.clone()).flat_map(|m| m.to_vec()));
    }
    Ok(transcript)
}

/// No secret appears on chain or in what was seen of the parties, neither as bytes nor as a list of numbers, which is
/// how JSON has bytes.
pub(super) fn secrecy(transcript: &[u8], seen: &Observations, secrets: &[Secret]) -> Vec<Check> {
    let Observations { places, bodies, .. } = seen;
    let check = |secret: &Secret| {
        let numbers: Vec<String> = secret.bytes.iter().map(u8::to_string).collect();
        let numbers = numbers.join(",");
        let in_it = |text: &[u8]| find(text, &secret.bytes) || find(text, numbers.as_bytes());
        let on_chain = in_it(transcript);
        let seen = bodies.iter().filter(|body| in_it(body)).count();
        Check::new(
            secret.name,
            !on_chain && seen == 0,
            format!(
                "{} bytes searched in {} bytes of chain and {} {places}: found {} times",
                secret.bytes.len(),
                transcript.len(),
                bodies.len(),
                seen + usize::from(on_chain)
            ),
        )
    };
    secrets.iter().map(check).collect()
}

/// Each kind of message reached only those it is for. `expected` has the claims: from whom, and to whom.
pub(super) fn routing(tap: &Tap, expected: &[(PeerId, PeerId)], committee: &[PeerId]) -> Vec<Check> {
    let deliveries = tap.deliveries();
    let claims: Vec<_> = deliveries.iter().filter(|d| d.kind == Kind::Message(Protocol::Claim)).collect();
    let strays = claims.iter().filter(|d| d.from.is_none_or(|from| !expected.contains(&(from, d.to))));
    let strays = strays.count();
    let to_committee = deliveries.iter().filter(|d| committee.contains(&d.to));
    let other =
        to_committee.filter(|d| !matches!(d.kind, Kind::Request(_) | Kind::Response(Protocol::ShareKeys)));
    let other = other.count();
    vec![
        Check::new(
            "claims go from qualifying nodes to the job's requester only",
            strays == 0 && !claims.is_empty(),
            format!("{} claims, {strays} astray", claims.len()),
        ),
        Check::new(
            "the committee receives blinded requests only",
            other == 0,
            format!("{other} other deliveries"),
        ),
    ]
}

fn find(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_leaks_is_found() {
        let secret = Secret { name: "s", bytes: b"needle".to_vec() };
        let seen = |body: &'static [u8]| Observations {
            places: "places",
            bodies: vec![bytes::Bytes::from_static(body)],
            checks: Vec::new(),
        };
        let holds = |chain: &[u8], body| secrecy(chain, &seen(body), std::slice::from_ref(&secret))[0].ok;
        assert!(!holds(b"hay needle hay", b"hay"));
        assert!(!holds(b"hay", b"hay needle"));
        assert!(!holds(b"hay", b"[1,110,101,101,100,108,101]"));
        assert!(holds(b"hay needl hay", b"[110,101,101,100,108]"));
    }
}
