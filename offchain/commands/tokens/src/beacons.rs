//! Where rounds of drand come from: servers of its HTTP interface, or a stand-in's key.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use bithive_api::randomness::{Event, ExecuteMsg, WantedResponse, events};
use bithive_chain::ChainError;
use bithive_client::amount::show;
use bithive_client::{Account, List};
use bithive_command_kit::Output;
use bithive_drand::{Beacon, Chain, DrandError, QUICKNET, SIGNATURE_BYTES, StandIn, native};
use bithive_https::{authorities, client};
use bithive_keystore::{fresh_rng, private};
use cosmwasm_std::HexBinary;
use rand_core::Rng as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

use super::accounts::now;
use super::rounds::Site;

/// Most bytes of a server's answer: a round has some hundred.
const MOST_BYTES: usize = 16 * 1024;
/// How long a server has to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of a secret's file: 64 hex digits, and the end of a line.
const MOST_SECRET_BYTES: usize = 66;

/// Where rounds come from.
pub(super) enum Source {
    /// A server, asked at this URL followed by the number of the round.
    Server { http: reqwest::Client, url: String },
    /// A key of one's own.
    StandIn(StandIn),
}

/// A round as drand's HTTP interface gives it. It has more fields, which follow from these.
#[derive(Deserialize)]
struct Answer {
    round: u64,
    signature: HexBinary,
}

impl Source {
    /// The source that a command names, for the rounds of `network`.
    pub(super) fn new(
        url: Option<String>,
        hash: Option<HexBinary>,
        secret: Option<&Path>,
        network: &Chain,
    ) -> Result<Self> {
        if let Some(file) = secret {
            let stand_in = StandIn::new(&read_secret(file)?)?;
            let own = stand_in.chain(network.genesis, network.period.get());
            ensure!(
                own.is_some_and(|own| own.public_key == network.public_key),
                "{} is not the secret of the chain's network; expected that of the file that `deploy --drand` took",
                file.display()
            );
            return Ok(Self::StandIn(stand_in));
        }
        let url = url.context("expected --drand or --stand-in")?;
        let secure = url.starts_with("https://")
            || ["http://127.0.0.1:", "http://localhost:"].iter().any(|start| url.starts_with(start));
        ensure!(secure, "--drand {url:?}: expected https://, or http:// of this machine");
        let hash = match hash {
            Some(hash) => hash.to_hex(),
            None if network.public_key == QUICKNET.public_key => hex::encode(QUICKNET.hash),
            None => bail!("the chain's network is not quicknet; name it with --chain-hash"),
        };
        let http = client(authorities(), PATIENCE)?.build()?;
        Ok(Self::Server { http, url: format!("{}/{hash}/public/", url.trim_end_matches('/')) })
    }

    /// The signature of a round, as its source says; it is not verified.
    pub(super) async fn signature(&self, round: u64) -> Result<Vec<u8>> {
        match self {
            Self::StandIn(stand_in) => Ok(stand_in.sign(round).into()),
            Self::Server { http, url } => {
                let url = format!("{url}{round}");
                let answer = get(http, &url).await.with_context(|| url.clone())?;
                ensure!(answer.round == round, "{url}: the answer is of round {}", answer.round);
                Ok(answer.signature.into())
            }
        }
    }

    /// A round that verifies.
    async fn beacon(&self, network: &Chain, round: u64) -> Result<Beacon> {
        let signature = self.signature(round).await?;
        native::verify(network, round, &signature)
            .map_err(|error: DrandError| anyhow!("round {round}: {error}"))
    }
}

async fn get(http: &reqwest::Client, url: &str) -> Result<Answer> {
    let mut response = http.get(url).send().await?.error_for_status()?;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        ensure!(bytes.len() <= MOST_BYTES, "the answer has more than {MOST_BYTES} bytes");
    }
    serde_json::from_slice(&bytes).context("the answer is no round of drand")
}

fn read_secret(file: &Path) -> Result<Zeroizing<[u8; 32]>> {
    let bytes = private::read(file, MOST_SECRET_BYTES)?;
    let mut secret = Zeroizing::new([0; 32]);
    hex::decode_to_slice(bytes.trim_ascii_end(), &mut *secret).map_err(|_| {
        anyhow!(
            "{} is no secret; expected 64 hex digits, as `randomness stand-in` writes them",
            file.display()
        )
    })?;
    Ok(secret)
}

/// Makes a stand-in: its secret, and the network that a deployment takes.
pub(super) fn new_stand_in(out: &Path, network_out: &Path, period: u32, output: Output) -> Result<()> {
    let mut secret = Zeroizing::new([0; 32]);
    fresh_rng()?.fill_bytes(&mut *secret);
    // Its first round is long ago, so that there is one at any time.
    let chain = StandIn::new(&secret)?.chain(QUICKNET.genesis, period).context("--period is 0")?;
    let public_key = HexBinary::from(chain.public_key);
    let network = json!({ "public_key": public_key, "genesis": chain.genesis, "period": period });
    private::create(out, Zeroizing::new(hex::encode(*secret)).as_bytes())?;
    private::create(network_out, network.to_string().as_bytes())?;
    output.show(
        &json!({ "stand_in": true, "network": network, "file": out, "network_file": network_out }),
        |_| {
            println!("wrote {} and {}", out.display(), network_out.display());
            println!(
                "this is a stand-in, not drand: whoever has the first file knows every round before its time"
            );
        },
    )
}

/// A round that was brought.
#[derive(Serialize)]
pub(super) struct Brought {
    round: u64,
    randomness: HexBinary,
    /// In base units of BTT.
    bounty: u128,
    transaction: String,
}

/// What one look at the rounds that are waited for has come to.
pub(super) struct Look {
    pub(super) brought: Vec<Brought>,
    /// Rounds that could not be brought now.
    pub(super) failed: usize,
    /// Where the next look goes on; from the first round if none. Anybody can ask for many rounds that nobody brings, and those must not hide others.
    pub(super) next: Option<u64>,
}

/// Brings rounds after `start` that somebody waits for and whose time has come, the earliest first. One that can't be brought now is told, and
/// keeps no other back.
pub(super) async fn bring(
    site: &Site<'_>,
    (account, source): (&Account, &Source),
    least: u128,
    start: Option<u64>,
    output: Output,
) -> Result<Look> {
    let (wanted, now) = (site.randomness.wanted(start).await?, now(site.accounts).await?);
    let mut look = Look { brought: vec![], failed: 0, next: next(&wanted, now) };
    for wanted in wanted.entries.iter().filter(|wanted| wanted.at <= now && wanted.bounty.u128() >= least) {
        match bring_one(site, account, source, wanted.round).await {
            Ok(brought) => {
                if let Some(one) = &brought {
                    output.note(format!("round {} is known; {} of bounties", one.round, show(one.bounty)));
                }
                look.brought.extend(brought);
            }
            Err(error) => {
                look.failed = look.failed.saturating_add(1);
                output.note(format!("round {}: {error:#}", wanted.round));
            }
        }
    }
    Ok(look)
}

/// Where a look goes on that has seen these rounds: behind the last one, unless there are no more, or their time has not come.
fn next(wanted: &List<WantedResponse>, now: u64) -> Option<u64> {
    let last = wanted.entries.last().filter(|last| !wanted.complete && last.at <= now);
    last.map(|last| last.round)
}

/// Brings a round; none where somebody else was faster, and has the bounty.
async fn bring_one(
    site: &Site<'_>,
    account: &Account,
    source: &Source,
    round: u64,
) -> Result<Option<Brought>> {
    let signature: [u8; SIGNATURE_BYTES] = *source.beacon(&site.network, round).await?.signature();
    let message = ExecuteMsg::Submit { round, signature: signature.into() };
    let receipt = match site.randomness.execute(account, &message).await {
        Ok(receipt) => receipt,
        Err(ChainError::Contract { .. }) if site.randomness.beacon(round).await?.is_some() => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let told = |event| match event {
        Event::Submitted { randomness, bounty, .. } => Some((randomness, bounty.u128())),
        _ => None,
    };
    let (randomness, bounty) = site.read(&receipt, events::SUBMITTED, told)?.value;
    Ok(Some(Brought { round, randomness, bounty, transaction: receipt.hash.to_string() }))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Round 1000 of quicknet, as its servers give it.
    const ROUND: &str = r#"{"round":1000,"randomness":"fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd","signature":"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"}"#;

    /// A server that gives one answer, and what it was asked.
    async fn server(answer: String) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4_096];
            let read = stream.read(&mut request).await.unwrap();
            let length = answer.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(format!("{head}{answer}").as_bytes()).await;
            String::from_utf8_lossy(&request[..read]).into_owned()
        });
        (url, asked)
    }

    async fn beacon(answer: &str) -> Result<Beacon> {
        let (url, _) = server(answer.into()).await;
        Source::new(Some(url), None, None, &QUICKNET)?.beacon(&QUICKNET, 1_000).await
    }

    #[tokio::test]
    async fn a_round_is_asked_for_in_drands_form_and_verified() {
        let (url, asked) = server(ROUND.into()).await;
        let source = Source::new(Some(url), None, None, &QUICKNET).unwrap();
        assert_eq!(source.beacon(&QUICKNET, 1_000).await.unwrap().round(), 1_000);
        let path = format!("GET /{}/public/1000 HTTP/1.1", hex::encode(QUICKNET.hash));
        assert!(asked.await.unwrap().starts_with(&path));
    }

    #[tokio::test]
    async fn what_a_server_makes_up_is_refused() {
        for (answer, refusal) in [
            (ROUND.replace("b44679", "b44678"), "round 1000"),
            (ROUND.replace("1000", "1001"), "is of round 1001"),
            ("{}".into(), "no round of drand"),
            ("<html>".into(), "no round of drand"),
            ("9".repeat(MOST_BYTES + 1), "more than 16384 bytes"),
        ] {
            let error = format!("{:#}", beacon(&answer).await.unwrap_err());
            assert!(error.contains(refusal), "{error}");
        }
    }

    #[test]
    fn a_server_elsewhere_is_asked_by_tls_and_another_network_has_its_hash_named() {
        let source = |url: &str, network: &Chain| Source::new(Some(url.into()), None, None, network).err();
        assert!(source("http://api.drand.sh", &QUICKNET).unwrap().to_string().contains("expected https://"));
        let other = Chain::of_key(&[1; 96], 1, 3).unwrap();
        assert!(source("https://api.drand.sh", &other).unwrap().to_string().contains("--chain-hash"));
        assert!(source("https://api.drand.sh", &QUICKNET).is_none());
    }

    #[test]
    fn a_look_goes_on_behind_rounds_that_nobody_brings_and_begins_again_at_the_end() {
        let seen = |times: &[u64], complete| {
            let wanted = |at: &u64| WantedResponse { round: *at / 3, at: *at, bounty: 0u128.into() };
            next(&List { entries: times.iter().map(wanted).collect(), complete }, 100)
        };
        assert_eq!(seen(&[30, 60, 99], false), Some(33));
        assert_eq!(seen(&[30, 60, 99], true), None);
        assert_eq!(seen(&[30, 60, 102], false), None, "what comes later has no time yet");
        assert_eq!(seen(&[], false), None);
    }
}
