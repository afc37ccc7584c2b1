//! The registry: keys and committees.

use std::collections::BTreeSet;

use bithive_api::registry::{
    CommitteeResponse, ConfigResponse, Duty, DutyResponse, ExecuteMsg, Hook, KeyDispute, KeyOpening,
    QueryMsg, ShareKeysResponse,
};
use bithive_contracts::{Contract, DISPUTE_DEPOSIT, NODE_BOND};
use bithive_economics::absence;
use cosmwasm_std::HexBinary;

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
        game(
            "committee-absence",
            "outbids the candidates, is elected to every seat, and never comes",
            "an elected committee takes office with share keys only; who is absent is replaced and loses a tenth of its bond",
            4,
            Some(act!(watched)),
            act!(absent),
        ),
        game(
            "false-report",
            "sits in the committee, posts other share keys than the honest members, and reports them and all who were not elected",
            "only what a member itself has not sent, and could have sent, counts against it; a report pays nobody",
            4,
            Some(act!(elections)),
            act!(accuse),
        )
        .refused(&["has missed no duty"]),
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
/// member serves more than two terms in a row where others stand. Honest members take their seats and post share keys.
async fn elections(arena: &mut Arena, day: u64, _: Moment) -> Result<(), EconomyError> {
    if day == 0 {
        for index in 0..3 {
            stand(arena, &node(index)).await?;
        }
    }
    arena.tell("sponsor", Contract::Registry, &ExecuteMsg::Elect {}).await?;
    serve(arena, &honest(arena), 1).await
}

/// As [`elections`], and whoever is absent is reported once its time is over.
async fn watched(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    elections(arena, day, moment).await?;
    pass(arena).await?;
    for open in duties(arena).await?.into_iter().filter(|open| open.missed) {
        let report = ExecuteMsg::ReportAbsent { address: open.address.into() };
        arena.tell("sponsor", Contract::Registry, &report).await?;
    }
    serve(arena, &honest(arena), 1).await
}

fn honest(arena: &Arena) -> Vec<String> {
    (0..arena.nodes).map(node).collect()
}

/// Lets a quarter of an epoch pass, with as many blocks as anybody has for a duty.
async fn pass(arena: &Arena) -> Result<(), EconomyError> {
    let config: ConfigResponse = arena.ask(Contract::Registry, &QueryMsg::Config {}).await?;
    let end = arena.world.now().await?.saturating_add(absence::window(config.params.epoch_seconds));
    for left in (0..absence::BLOCKS).rev() {
        arena.world.wait_until(end.saturating_sub(left)).await?;
    }
    Ok(())
}

async fn duties(arena: &Arena) -> Result<Vec<DutyResponse>, EconomyError> {
    arena.ask(Contract::Registry, &QueryMsg::Duties {}).await
}

/// Takes the seats of these accounts, and posts for those of them that serve in the next epoch.
async fn serve(arena: &mut Arena, names: &[String], digest: u8) -> Result<(), EconomyError> {
    let now: CommitteeResponse = arena.ask(Contract::Registry, &QueryMsg::Committee { epoch: None }).await?;
    let epoch = now.epoch.saturating_add(1);
    let question = QueryMsg::Committee { epoch: Some(epoch) };
    let coming: CommitteeResponse = arena.ask(Contract::Registry, &question).await?;
    for name in names {
        let address = arena.address(name)?;
        let open = duties(arena).await?;
        let seat = |open: &DutyResponse| open.duty == Duty::Seat && open.address.as_str() == address;
        if open.iter().any(seat) {
            arena.tell(name, Contract::Registry, &ExecuteMsg::TakeSeat {}).await?;
        }
        let posted: Vec<ShareKeysResponse> =
            arena.ask(Contract::Registry, &QueryMsg::ShareKeys { epoch }).await?;
        let posts = coming.members.iter().any(|member| member.address.as_str() == address)
            && posted.iter().all(|post| post.address.as_str() != address);
        if posts {
            let digest = HexBinary::from(&[digest; 32]);
            let keys = ExecuteMsg::PostShareKeys { epoch, digest };
            arena.tell(name, Contract::Registry, &keys).await?;
        }
    }
    Ok(())
}

/// The attacker's nodes stand with larger bonds than the honest ones.
async fn outbid(arena: &mut Arena, count: usize) -> Result<(), EconomyError> {
    arrive(arena, count, None).await?;
    for name in sybils(count) {
        arena
            .send(&name, Contract::Token, Contract::Registry, NODE_BOND + whole(1), &Hook::AddBond {})
            .await?;
        stand(arena, &name).await?;
    }
    Ok(())
}

async fn absent(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if (day, moment) == (1, Moment::Before) {
        outbid(arena, 3).await?;
    }
    // The honest committee of the first day goes on, or one without the attacker.
    if day > 0 && seats(arena, None).await? > 0 {
        arena.power = Some("a seat in office without ever having come".into());
    }
    Ok(())
}

async fn accuse(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if day == 0 {
        return Ok(());
    }
    if (day, moment) == (1, Moment::Before) {
        outbid(arena, 1).await?;
    }
    if moment == Moment::After {
        serve(arena, &sybils(1), 2).await?;
        pass(arena).await?;
    }
    for index in 0..arena.nodes {
        let report = ExecuteMsg::ReportAbsent { address: arena.address(&node(index))? };
        if arena.tell("attacker", Contract::Registry, &report).await?.is_some() {
            arena.power = Some("an honest member without its seat".into());
        }
    }
    Ok(())
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
            serve(arena, &sybils(3), 1).await?;
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
    serve(arena, &sybils(3), 1).await?;
    // The committee that was elected on this day serves on the next.
    arena.streak = if seats(arena, None).await? == 3 { arena.streak.saturating_add(1) } else { 0 };
    if arena.streak > 2 {
        arena.power = Some("three terms in a row, of two".into());
    }
    Ok(())
}
