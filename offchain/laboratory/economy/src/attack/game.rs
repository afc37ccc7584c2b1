//! A game: the same days with and without the strategy, and the difference.

use std::collections::BTreeMap;

use serde::Serialize;

use super::accounts::{Side, node};
use super::arena::{Arena, Reference, Wealth};
use super::market::Deal;
use super::strategy::{Claim, Moment, Strategy, whole};
use crate::EconomyError;

/// What came of a strategy. Amounts are in base units of BTT; a BTK counts as half a BTT.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Game {
    /// Name of the strategy.
    pub strategy: &'static str,
    /// What the attacker does.
    pub about: &'static str,
    /// The rule that holds it.
    pub rule: &'static str,
    /// Honest nodes beside it.
    pub nodes: u16,
    /// What the attacker has less of, BTT and BTK counted apart.
    pub spent: u128,
    /// What the attacker has more of, BTT and BTK counted apart.
    pub gained: u128,
    /// Gained less spent.
    pub profit: i128,
    /// Sum of what each of the others has less than without the attacker; what some have more is not subtracted.
    pub others_lost: u128,
    /// Work of honest nodes in jobs of the strategy, by what they asked for it, that they were not paid for.
    pub unpaid_work: u128,
    /// What others lost for each unit that the attacker lost; none where the attacker lost nothing and others did.
    pub griefing: Option<f64>,
    /// Who lost most, and how much.
    pub worst: Option<(String, u128)>,
    /// What the attacker got that is no money.
    pub power: Option<String>,
    /// Messages of the attacker that contracts refused.
    pub refused: usize,
    /// The first refusal that the strategy does not expect, or the last one.
    pub refusal: Option<String>,
    /// Where it is not held whole: the bound.
    pub bound: Option<&'static str>,
    /// Most of that bound here, in base units of BTT.
    pub most: Option<u128>,
    /// Whether what must hold does.
    pub held: bool,
}

/// What everybody has at the end of the days.
pub(crate) struct End {
    honest: BTreeMap<String, i128>,
    /// Worth of the work of honest nodes in jobs of the strategy.
    work: BTreeMap<String, u128>,
    attacker: Wealth,
    power: Option<String>,
    refusals: Vec<String>,
}

/// Plays the days, with the attack or without.
pub(crate) async fn days(
    strategy: &Strategy,
    reference: &Reference,
    (seed, nodes): (u64, u16),
    attacks: bool,
) -> Result<End, EconomyError> {
    let mut arena = Arena::open(reference, seed, nodes).await?;
    for day in 0..strategy.days {
        arena.day(day).await?;
        if attacks {
            (strategy.act)(&mut arena, day, Moment::Before).await?;
        }
        if let Some(scene) = strategy.scene {
            scene(&mut arena, day, Moment::After).await?;
        }
        background(&mut arena, day).await?;
        if attacks {
            (strategy.act)(&mut arena, day, Moment::After).await?;
        }
    }
    // What is earned on the last day is known when it has ended.
    arena.day(strategy.days.saturating_add(1)).await?;
    end(&arena).await
}

/// An honest job a day, for three nodes in turn.
async fn background(arena: &mut Arena, day: u64) -> Result<(), EconomyError> {
    let first = usize::try_from(day).unwrap_or_default();
    let turn = |index: usize| first.saturating_add(index).checked_rem(arena.nodes).unwrap_or_default();
    let workers: Vec<String> = (0..3).map(|index| node(turn(index))).collect();
    let job = arena.honest(&Deal::new("requester", &workers, 2, whole(10))).await?;
    job.map(drop)
        .ok_or(EconomyError::Silent { what: "the market", missing: "the settlement of an honest job" })
}

async fn end(arena: &Arena) -> Result<End, EconomyError> {
    let (mut honest, mut attacker) = (BTreeMap::new(), Wealth::default());
    for (name, (actor, _)) in &arena.actors {
        let wealth = arena.wealth(name).await?;
        if actor.side == Side::Attacker {
            attacker.btt = attacker.btt.saturating_add(wealth.btt);
            attacker.btk = attacker.btk.saturating_add(wealth.btk);
        } else {
            let bought = if name == "requester" { signed(arena.bought) } else { 0 };
            honest.insert(name.clone(), value(wealth).saturating_add(bought));
        }
    }
    for (name, wealth) in arena.funds().await? {
        honest.insert(name.into(), value(wealth));
    }
    let (work, power) = (arena.work.clone(), arena.power.clone());
    Ok(End { honest, work, attacker, power, refusals: arena.refusals.clone() })
}

/// In base units of BTT.
fn value(wealth: Wealth) -> i128 {
    signed(wealth.btt.saturating_add(wealth.btk / 2))
}

fn signed(amount: u128) -> i128 {
    i128::try_from(amount).unwrap_or(i128::MAX)
}

/// Compares the days with and without the attack.
pub(crate) fn compare(strategy: &Strategy, nodes: u16, idle: &End, played: &End) -> Game {
    let tokens = [(idle.attacker.btt, played.attacker.btt), (idle.attacker.btk / 2, played.attacker.btk / 2)];
    let sum = |of: fn(u128, u128) -> u128| {
        tokens.iter().fold(0u128, |sum, (before, after)| sum.saturating_add(of(*before, *after)))
    };
    let spent = sum(|before, after| before.saturating_sub(after));
    let gained = sum(|before, after| after.saturating_sub(before));
    let profit = signed(gained).saturating_sub(signed(spent));
    let after = |name: &String| played.honest.get(name).copied().unwrap_or_default();
    let lost = |(name, before): (&String, &i128)| {
        (name.clone(), u128::try_from(before.saturating_sub(after(name))).unwrap_or_default())
    };
    let losses: Vec<(String, u128)> = idle.honest.iter().map(lost).filter(|(_, loss)| *loss > 0).collect();
    let unpaid = |(name, work): (&String, &u128)| {
        let before = idle.honest.get(name).copied().unwrap_or_default();
        work.saturating_sub(u128::try_from(after(name).saturating_sub(before)).unwrap_or_default())
    };
    let unpaid_work = played.work.iter().map(unpaid).fold(0u128, u128::saturating_add);
    let others_lost = losses.iter().fold(0u128, |sum, (_, loss)| sum.saturating_add(*loss));
    let own_loss = spent.saturating_sub(gained);
    let griefing = match (others_lost, own_loss) {
        (0, _) => Some(0.0),
        (_, 0) => None,
        (others, own) => Some(others as f64 / own as f64),
    };
    let fair = profit <= 0 && others_lost <= own_loss;
    let (held, bound, most) = match strategy.claim {
        Claim::Held => (fair && unpaid_work == 0, None, None),
        Claim::Work { bound, most } => (fair && unpaid_work <= most, Some(bound), Some(most)),
        Claim::Bounded { bound, most } => {
            let lost = others_lost <= most.max(own_loss);
            (profit <= signed(most) && lost && unpaid_work <= most, Some(bound), Some(most))
        }
        Claim::Limits { bound, limits } => {
            let within =
                profit <= signed(limits.profit) && others_lost <= limits.lost && unpaid_work <= limits.unpaid;
            (within, Some(bound), Some(limits.most()))
        }
    };
    // A strategy that is refused for another reason than its rule has played nothing.
    let known = |text: &String| strategy.refusals.iter().any(|part| text.contains(part));
    let met = |part: &&str| played.refusals.iter().any(|text| text.contains(part));
    let as_meant = played.refusals.iter().all(known) && strategy.refusals.iter().all(met);
    let held = held && played.power.is_none() && as_meant;
    let Strategy { name, about, rule, .. } = *strategy;
    Game {
        strategy: name,
        about,
        rule,
        nodes,
        spent,
        gained,
        profit,
        others_lost,
        unpaid_work,
        griefing,
        worst: losses.into_iter().max_by_key(|(_, loss)| *loss),
        power: played.power.clone(),
        refused: played.refusals.len(),
        refusal: played.refusals.iter().find(|text| !known(text)).or(played.refusals.last()).cloned(),
        bound,
        most,
        held,
    }
}

#[cfg(test)]
mod tests {
    use super::super::strategy::{Limits, act};
    use super::*;

    async fn idle(_: &mut Arena, _: u64, _: Moment) -> Result<(), EconomyError> {
        Ok(())
    }

    fn strategy(claim: Claim) -> Strategy {
        Strategy {
            name: "a",
            about: "b",
            rule: "c",
            days: 1,
            scene: None,
            act: act!(idle),
            refusals: &[],
            claim,
        }
    }

    fn ended(attacker: (u128, u128), others: [i128; 2]) -> End {
        let honest = [("x", others[0]), ("y", others[1])].map(|(name, value)| (name.to_owned(), value));
        End {
            honest: honest.into(),
            work: BTreeMap::new(),
            attacker: Wealth { btt: attacker.0, btk: attacker.1 },
            power: None,
            refusals: Vec::new(),
        }
    }

    fn game(claim: Claim, played: &End) -> Game {
        compare(&strategy(claim), 4, &ended((100, 100), [50, 50]), played)
    }

    #[test]
    fn profit_and_losses_are_differences_and_a_btk_is_half_a_btt() {
        let found = game(Claim::Held, &ended((90, 118), [45, 60]));
        assert_eq!((found.spent, found.gained, found.profit), (10, 9, -1));
        assert_eq!((found.others_lost, found.worst), (5, Some(("x".into(), 5))));
        assert_eq!((found.griefing, found.held), (Some(5.0), false), "others lost five times as much");
        assert!(game(Claim::Held, &ended((95, 100), [45, 60])).held);
    }

    #[test]
    fn a_gain_a_loss_for_nothing_and_power_are_not_held() {
        assert!(!game(Claim::Held, &ended((101, 100), [50, 50])).held);
        let grief = game(Claim::Held, &ended((100, 100), [49, 50]));
        assert_eq!((grief.griefing, grief.held), (None, false));
        let power = End { power: Some("a seat".into()), ..ended((90, 100), [50, 50]) };
        assert!(!game(Claim::Held, &power).held);
    }

    #[test]
    fn work_is_unpaid_as_far_as_its_worker_has_no_more_than_before() {
        let worked = |others| End { work: [("x".into(), 10)].into(), ..ended((90, 100), others) };
        assert_eq!(game(Claim::Held, &worked([60, 50])).unpaid_work, 0);
        assert_eq!(game(Claim::Held, &worked([56, 50])).unpaid_work, 4);
        assert_eq!(game(Claim::Held, &worked([45, 50])).unpaid_work, 10);
        let bounded = |most| Claim::Work { bound: "d", most };
        assert!(game(bounded(4), &worked([56, 50])).held && !game(bounded(3), &worked([56, 50])).held);
        assert!(!game(Claim::Held, &worked([56, 50])).held);
    }

    #[test]
    fn a_bound_is_held_up_to_the_unit() {
        let bounded = Claim::Bounded { bound: "d", most: 3 };
        assert!(game(bounded, &ended((103, 100), [47, 50])).held);
        assert!(!game(bounded, &ended((104, 100), [50, 50])).held);
        assert!(!game(bounded, &ended((100, 100), [46, 50])).held);
    }

    #[test]
    fn each_limit_is_held_up_to_the_unit_whatever_the_attacker_loses() {
        let limits =
            |profit, lost, unpaid| Claim::Limits { bound: "d", limits: Limits { profit, lost, unpaid } };
        let found = game(limits(3, 2, 0), &ended((103, 100), [48, 50]));
        assert_eq!((found.held, found.most), (true, Some(3)));
        assert!(!game(limits(2, 2, 0), &ended((103, 100), [48, 50])).held);
        assert!(!game(limits(3, 1, 0), &ended((103, 100), [48, 50])).held);
        assert!(!game(limits(0, 1, 0), &ended((90, 100), [48, 50])).held);
        let worked = End { work: [("x".into(), 10)].into(), ..ended((90, 100), [56, 50]) };
        assert!(game(limits(0, 0, 4), &worked).held && !game(limits(0, 0, 3), &worked).held);
    }
}
