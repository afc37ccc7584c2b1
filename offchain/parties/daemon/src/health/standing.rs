//! The party's registration, and the committee that all depend on.

use bithive_api::registry::{CommitteeResponse, Duty, DutyResponse, NodeResponse};
use bithive_chain::ChainError;
use bithive_client::Client;
use bithive_committee::TERM_EPOCHS;
use bithive_monitor::health::{Finding, Report};

use crate::config::{CommitteeConfig, NodeConfig, RelayConfig, RequesterConfig, Settings as _};

/// Epochs before the end of a term from which on the next committee should be named.
const WARNING: u64 = 8;
const REGISTERED: &str = "registration";
const COMMITTEE: &str = "committee";

pub(super) async fn check(report: &mut Report, client: &Client, role: &'static str, account: Option<&str>) {
    if role != RelayConfig::ROLE {
        let finding = match account {
            Some(account) => {
                registered(client, role, account).await.unwrap_or_else(|error| refused(REGISTERED, &error))
            }
            None => Finding::skipped(REGISTERED, "the keystore names no account"),
        };
        report.add(finding);
    }
    let finding = committee(client).await.unwrap_or_else(|error| refused(COMMITTEE, &error));
    report.add(finding);
}

fn refused(check: &'static str, error: &ChainError) -> Finding {
    Finding::failed(check, error.to_string(), "see whether the registry of chain.deployment is this chain's")
}

async fn registered(client: &Client, role: &'static str, account: &str) -> Result<Finding, ChainError> {
    let missing = |todo: &str| Finding::failed(REGISTERED, format!("{account} is not registered"), todo);
    Ok(match role {
        NodeConfig::ROLE => match client.node(account).await? {
            Some(node) => of_node(&node),
            None => missing("register it with `bithive node join`"),
        },
        RequesterConfig::ROLE => match client.requester(account).await? {
            Some(requester) => match requester.unbonding_until {
                None => Finding::passed(REGISTERED, format!("a requester, bond {}", requester.bond)),
                Some(until) => {
                    let found = format!("the requester is leaving; its bond is free at {until}");
                    Finding::failed(REGISTERED, found, "it posts no jobs until it joins again")
                }
            },
            None => missing("register it with `bithive requester join`"),
        },
        CommitteeConfig::ROLE => {
            let current = client.committee().await?;
            let coming = client.committee_at(u64::MAX).await?;
            let sits = |committee: &CommitteeResponse| {
                committee.members.iter().any(|member| member.address.as_str() == account)
            };
            let duties = client.duties().await?;
            let candidates = client.candidates().await?.candidates;
            if let Some(open) = duties.iter().find(|open| open.address.as_str() == account) {
                let todo = "run `bithive committee run`: whoever misses a duty loses a tenth of its bond and its place";
                let found = format!("{account} {}", todo_of(open));
                return Ok(if open.missed {
                    Finding::failed(REGISTERED, found, todo)
                } else {
                    Finding::warning(REGISTERED, found, todo)
                });
            }
            if sits(&current) {
                Finding::passed(REGISTERED, format!("{account} sits in the committee"))
            } else if sits(&coming) {
                Finding::passed(REGISTERED, format!("{account} sits in the coming committee"))
            } else if candidates.iter().any(|candidate| candidate.address.as_str() == account) {
                Finding::passed(REGISTERED, format!("{account} stands for the committee"))
            } else {
                missing(
                    "it has to stand for election, or the registry's owner has to name it; `bithive committee keys` says \
                     what it needs",
                )
            }
        }
        _ => Finding::skipped(REGISTERED, "this role registers nowhere"),
    })
}

/// What a member has yet to do.
fn todo_of(open: &DutyResponse) -> String {
    let what = match open.duty {
        Duty::Seat => "has not taken its seat in the committee",
        Duty::ShareKeys => "has not posted share keys",
    };
    let until = open.until.map_or_else(String::new, |until| format!("; it can be reported from {until} on"));
    format!("{what} of epoch {}{until}", open.epoch)
}

fn of_node(node: &NodeResponse) -> Finding {
    let bond = format!("slot {}, bond {}, slashed {}", node.registration.slot, node.bond, node.slashed);
    if node.malformed {
        let todo =
            "its broadcast key was proven malformed; it can't work with it any more: register new keys";
        return Finding::failed(REGISTERED, bond, todo);
    }
    if let Some(until) = node.unbonding_until {
        let found = format!("{bond}; it is leaving, the bond is free at {until}");
        return Finding::failed(REGISTERED, found, "it is not chosen for jobs until it joins again");
    }
    if !node.eligible {
        return Finding::failed(REGISTERED, format!("{bond}: too little to be chosen"), "add to the bond");
    }
    if !node.slashed.is_zero() {
        let todo = "see in the log which job went wrong, and why";
        return Finding::warning(REGISTERED, bond, todo);
    }
    Finding::passed(REGISTERED, bond)
}

/// There is a committee, its term is not over, and enough members have posted the epoch's share keys.
async fn committee(client: &Client) -> Result<Finding, ChainError> {
    let committee = client.committee().await?;
    let (epoch, members) = (committee.epoch, committee.members.len());
    if members == 0 {
        let todo = "the registry's owner has to name one; until then no vault is tried";
        return Ok(Finding::failed(COMMITTEE, format!("there is none in epoch {epoch}"), todo));
    }
    let end = committee.from_epoch.saturating_add(TERM_EPOCHS.into());
    if epoch >= end {
        let found = format!("its term ended before epoch {end}, and this is epoch {epoch}");
        return Ok(Finding::failed(COMMITTEE, found, "the registry's owner has to name the next one"));
    }
    let posted = client.share_keys(epoch).await?.len();
    let found = format!("{posted} of {members} members have posted share keys of epoch {epoch}");
    if posted < usize::from(committee.threshold) {
        return Ok(Finding::failed(
            COMMITTEE,
            found,
            format!("expected at least {}: see whether they run", committee.threshold),
        ));
    }
    if let Some(open) = client.duties().await?.iter().find(|open| open.missed) {
        let todo =
            "members that run report it by themselves; anyone else can send `report_absent` to the registry";
        return Ok(Finding::warning(COMMITTEE, format!("{found}; {} {}", open.address, todo_of(open)), todo));
    }
    if epoch.saturating_add(WARNING) >= end {
        let todo = "the registry's owner has to name the next one soon";
        return Ok(Finding::warning(COMMITTEE, format!("{found}; its term ends before epoch {end}"), todo));
    }
    Ok(Finding::passed(COMMITTEE, found))
}
