//! The registry: keys and committees.

use std::collections::BTreeSet;

use bithive_api::registry::{CommitteeResponse, ExecuteMsg, Hook, KeyDispute, KeyOpening, QueryMsg};
use bithive_contracts::{Contract, DISPUTE_DEPOSIT, NODE_BOND};

use super::accounts::node;
use super::arena::Arena;
use super::strategy::{Claim, Moment, Strategy, act, arrive, sybils, whole};
use crate::EconomyError;

/// Games about the registry.
pub(crate) fn strategies() -> Vec<Strategy> {
    let game = |name, about, rule, days, scene, act| Strategy {
        name,
        about,
        rule,
        days,
        scene,
        act,
        refusals: &[],
        claim: Claim::Held,
    };
    vec![
        game(
            "dispute-of-oneself",
            "registers a malformed key and disputes it, for the bounty",
            "the bounty is less than half of the bond that is lost",
            2,
            None,
            act!(oneself),
        ),
        game(
            "false-dispute",
            "disputes a key that is sound",
            "the deposit is lost, and the accused loses nothing",
            2,
            None,
            act!(falsely),
        ),
        game(
            "election-sniping",
            "outbids the candidates in the last block, and takes the bond out once elected",
            "a bond that won an election stays at stake through its term",
            6,
            Some(act!(elections)),
            act!(snipe),
        )
        .refused(&["is locked until"]),
        game(
            "retire-and-stand-again",
            "stands again after every term that it may serve",
            "terms stay with the account",
            6,
            Some(act!(elections)),
            act!(again),
        )
        .refused(&["is not a candidate"]),
    ]
}

async fn dispute(arena: &mut Arena, owner: &str, sound: bool) -> Result<(), EconomyError> {
    let (_, opening) = arena.actor(owner)?.key_header(&arena.crs_digest, sound)?;
    let opening = KeyOpening::Header { key: opening.into() };
    let hook = Hook::Dispute(KeyDispute { node: arena.address(owner)?, opening });
    arena.send("attacker", Contract::Token, Contract::Registry, DISPUTE_DEPOSIT, &hook).await.map(drop)
}

async fn oneself(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if (day, moment) == (0, Moment::After) {
        let name = super::accounts::sybil(0);
        arena.become_node(&name, NODE_BOND, false).await?;
        dispute(arena, &name, false).await?;
    }
    Ok(())
}

async fn falsely(arena: &mut Arena, _: u64, moment: Moment) -> Result<(), EconomyError> {
    if moment == Moment::After { dispute(arena, &node(0), true).await } else { Ok(()) }
}

/// The three first honest nodes stand; each day the next committee is elected, by the election that the arena was founded with: no
/// member serves more than two terms in a row where others stand.
async fn elections(arena: &mut Arena, day: u64, _: Moment) -> Result<(), EconomyError> {
    if day == 0 {
        for index in 0..3 {
            stand(arena, &node(index)).await?;
        }
    }
    arena.tell("sponsor", Contract::Registry, &ExecuteMsg::Elect {}).await.map(drop)
}

async fn stand(arena: &mut Arena, name: &str) -> Result<(), EconomyError> {
    let endpoint = arena.actor(name)?.endpoint(true);
    arena.tell(name, Contract::Registry, &ExecuteMsg::Stand { endpoint }).await.map(drop)
}

/// How many of the attacker's nodes are in the committee of an epoch.
async fn seats(arena: &Arena, epoch: Option<u64>) -> Result<usize, EconomyError> {
    let found: CommitteeResponse = arena.ask(Contract::Registry, &QueryMsg::Committee { epoch }).await?;
    let mut own = BTreeSet::new();
    for name in sybils(3) {
        own.insert(arena.address(&name)?);
    }
    Ok(found.members.iter().filter(|member| own.contains(member.address.as_str())).count())
}

async fn snipe(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    match (day, moment) {
        (1, Moment::Before) => {
            arrive(arena, 3, None).await?;
            for name in sybils(3) {
                arena
                    .send(&name, Contract::Token, Contract::Registry, NODE_BOND + whole(1), &Hook::AddBond {})
                    .await?;
                stand(arena, &name).await?;
            }
        }
        (1, Moment::After) => {
            for name in sybils(3) {
                arena.tell(&name, Contract::Registry, &ExecuteMsg::Unbond {}).await?;
            }
        }
        (_, Moment::After) if seats(arena, None).await? > 0 => {
            for name in sybils(3) {
                let message = ExecuteMsg::WithdrawBond { address: arena.address(&name)? };
                if arena.tell(&name, Contract::Registry, &message).await?.is_some() {
                    arena.power = Some("a member of the committee without a bond".into());
                }
            }
        }
        _ => {}
    }
    Ok(())
}

async fn again(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if day == 0 && moment == Moment::Before {
        arrive(arena, 3, None).await?;
        for name in sybils(3) {
            arena
                .send(&name, Contract::Token, Contract::Registry, NODE_BOND + whole(1), &Hook::AddBond {})
                .await?;
        }
    }
    if moment == Moment::Before {
        for name in sybils(3) {
            arena.tell(&name, Contract::Registry, &ExecuteMsg::Retire {}).await?;
            stand(arena, &name).await?;
        }
        return Ok(());
    }
    // The committee that was elected on this day serves on the next.
    arena.streak = if seats(arena, None).await? == 3 { arena.streak.saturating_add(1) } else { 0 };
    if arena.streak > 2 {
        arena.power = Some("three terms in a row, of two".into());
    }
    Ok(())
}
