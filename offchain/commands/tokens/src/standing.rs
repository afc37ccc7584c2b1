//! `bithive registry show` and `account`: committees, candidates, bonds and records.

use anyhow::Result;
use bithive_api::registry::{
    CandidateResponse, CandidatesResponse, CommitteeResponse, ConfigResponse, DutyResponse, NodeResponse,
    PerformanceResponse, RequesterResponse,
};
use bithive_client::amount::show;
use bithive_command_kit::{Output, table};
use serde::Serialize;

use super::accounts::{Accounts, AddressBook, address, now, percent, until};

#[derive(Serialize)]
struct Everything {
    config: ConfigResponse,
    paused: bool,
    /// The committee of the current epoch.
    committee: CommitteeResponse,
    /// When the next epoch begins, in Unix seconds.
    next_epoch_at: u64,
    /// The last committee that was named or elected.
    next: CommitteeResponse,
    candidates: CandidatesResponse,
    duties: Vec<DutyResponse>,
}

/// Committees, candidates, elections, duties.
pub(super) async fn show_all(accounts: &Accounts, output: Output) -> Result<()> {
    let (client, now) = (accounts.client(), now(accounts).await?);
    let (config, committee) = (client.registry_config().await?, client.committee().await?);
    let seconds = config.params.epoch_seconds;
    let answer = Everything {
        paused: client.registry_paused().await?,
        next_epoch_at: committee.epoch.saturating_add(1).saturating_mul(seconds),
        next: client.committee_at(u64::MAX).await?,
        candidates: client.candidates().await?,
        duties: client.duties().await?,
        config,
        committee,
    };
    let book = AddressBook::of(accounts)?;
    output.show(&answer, |answer| print(answer, &book, now))
}

fn print(answer: &Everything, book: &AddressBook, now: u64) {
    let Everything { config, paused, committee, next_epoch_at, next, candidates, duties } = answer;
    let owner = config.owner.as_ref().map_or_else(|| "nobody".into(), |owner| book.name(owner.as_str()));
    println!(
        "{} in bonds; owner {owner}{}",
        show(config.bonded.u128()),
        if *paused { ", registrations and elections are paused" } else { "" }
    );
    println!("epoch {}; the next one begins {}", committee.epoch, until(*next_epoch_at, now));
    print_committee("the committee", committee, book);
    if next.from_epoch > committee.epoch {
        print_committee(&format!("from epoch {} on", next.from_epoch), next, book);
    }
    match &candidates.election {
        None => println!("no elections are held: the owner names committees"),
        Some(election) => println!(
            "elections are held: {} seats, {} members needed, {} epochs in a row",
            election.seats, election.threshold, election.max_terms
        ),
    }
    if !candidates.candidates.is_empty() {
        let mut rows = table(&["candidate", "bond", "epochs in a row", "endpoint"]);
        for CandidateResponse { address, endpoint, bond, served } in &candidates.candidates {
            let name = book.name(address.as_str());
            rows.add_row([name, show(bond.u128()), served.to_string(), endpoint.to_hex()]);
        }
        println!("{rows}");
    }
    for DutyResponse { address, duty, epoch, until: at, missed } in duties {
        let when = match (missed, at) {
            (true, _) => "can be reported now".into(),
            (false, Some(at)) => format!("can be reported {}", until(*at, now)),
            (false, None) => "can't be missed any more".into(),
        };
        println!("{} has yet to do {} for epoch {epoch}: {when}", book.name(address.as_str()), duty.name());
    }
}

fn print_committee(what: &str, committee: &CommitteeResponse, book: &AddressBook) {
    if committee.members.is_empty() {
        println!("{what}: nobody");
        return;
    }
    println!("{what}: {} of {} members are needed", committee.threshold, committee.members.len());
    let mut rows = table(&["member", "endpoint"]);
    for member in &committee.members {
        rows.add_row([book.name(member.address.as_str()), member.endpoint.to_hex()]);
    }
    println!("{rows}");
}

#[derive(Serialize)]
struct Shown {
    address: String,
    /// None for an account that is no node.
    node: Option<NodeResponse>,
    /// None for an account that is no requester.
    requester: Option<RequesterResponse>,
    /// None for an account that does not stand for the committee.
    candidate: Option<CandidateResponse>,
    /// None for an account that never was in a job and is no node.
    performance: Option<PerformanceResponse>,
}

/// What an account is in the registry.
pub(super) async fn show_account(accounts: &Accounts, name: &str, output: Output) -> Result<()> {
    let (client, now) = (accounts.client(), now(accounts).await?);
    let address = address(accounts, name)?;
    let candidates = client.candidates().await?.candidates;
    let answer = Shown {
        node: client.node(&address).await?,
        requester: client.requester(&address).await?,
        candidate: candidates.into_iter().find(|candidate| candidate.address.as_str() == address),
        performance: client.performance(&address).await?,
        address,
    };
    output.show(&answer, |Shown { node, requester, candidate, performance, .. }| {
        let leaves = |at: Option<u64>| match at {
            Some(at) => format!(", leaves: its bond is free {}", until(at, now)),
            None => String::new(),
        };
        if let Some(node) = node {
            println!(
                "a node at slot {} with a bond of {}{}{}; {} slashed so far",
                node.registration.slot,
                show(node.bond.u128()),
                if node.eligible { "" } else { ", not eligible" },
                leaves(node.unbonding_until),
                show(node.slashed.u128())
            );
        }
        if let Some(requester) = requester {
            println!(
                "a requester with a bond of {}{}{}",
                show(requester.bond.u128()),
                if requester.eligible { "" } else { ", not eligible" },
                leaves(requester.unbonding_until)
            );
        }
        if let Some(candidate) = candidate {
            println!("stands for the committee; elected {} epochs in a row", candidate.served);
        }
        if let Some(record) = performance {
            let tier = |tier: Option<u8>| tier.map_or_else(|| "none".into(), |tier| tier.to_string());
            println!(
                "settled {}, missed {}, faults {}; reputation {}, tier {} declared, {} verified",
                record.settled,
                record.missed,
                record.faults,
                percent(record.reputation_bps),
                tier(record.declared_tier),
                tier(record.verified_tier)
            );
        }
        if node.is_none() && requester.is_none() {
            println!("{name} is neither a node nor a requester");
        }
    })
}
