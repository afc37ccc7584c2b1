//! What operators and delegators do: pure, from what they see and what their generator says.

use bithive_economics::pledge::CAPACITIES;

use crate::random::{Purpose, Stream};
use crate::{MONTH_DAYS, Options, UNIT};

/// Places of nodes that are taken on the first day: one in this many, at least one.
const FOUNDING_PART: u64 = 4;
/// Days that an operator stays, and that its place is empty afterwards.
const STAY_DAYS: (u64, u64) = (400, 2_400);
const EMPTY_DAYS: (u64, u64) = (30, 180);
/// One operator in this many never adds to its pledge.
const NEVER_TOPS_UP: u64 = 5;
/// Days of work from one fault to the next, and from one day off to the next, on average.
const FAULT_DAYS: u64 = 900;
const OFF_DAYS: u64 = 60;
/// Compute credits of a T on a day.
const CREDITS: (u64, u64) = (800, 1_200);
/// Largest commission, in 1/10,000.
pub(crate) const MAX_COMMISSION: u16 = 2_000;
/// Parts of what an operator has that go to its pool, and to the treasury's offer, each month.
const POOL_PART: u128 = 100;
const SALE_PART: u128 = 50;
/// Least that is sold, and that is delegated.
const LEAST: u128 = UNIT;

/// Somebody who runs a node for some time.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    /// Capacity in T.
    pub(crate) tera: u16,
    /// Commission, in 1/10,000.
    pub(crate) commission_bps: u16,
    /// First day of work.
    pub(crate) joins: u64,
    /// First day without; none if it stays to the end.
    pub(crate) leaves: Option<u64>,
    /// Whether it adds to a pledge that is too small.
    tops_up: bool,
    work: Stream,
}

/// Result of a day of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Worked: the compute credits of the day.
    Done(u64),
    /// No work, without a fault.
    Off,
    /// No work, and a fault that is slashed.
    Fault,
}

/// What an operator sees when it looks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// BTK that it holds, in base units.
    pub(crate) balance: u128,
    /// Whether its node is registered.
    pub(crate) registered: bool,
    /// What it has locked, and what that should be.
    pub(crate) pledge: u128,
    pub(crate) required: u128,
    /// Shares that it may unbond.
    pub(crate) free: u128,
    /// Whether others have stake in its node.
    pub(crate) delegated: bool,
    /// BTK that the treasury would buy.
    pub(crate) wanted: u128,
}

/// What an operator does. Amounts are in base units of BTK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// Registers with this pledge.
    Register(u128),
    /// Adds to its pledge.
    Pledge(u128),
    /// Gives to all who have stake in its node.
    Reward(u128),
    /// Sells to the treasury.
    Sell(u128),
    /// Unbonds all that is free.
    Unbond,
}

/// All operators of a run, by place and then by time.
pub(crate) fn operators(options: &Options) -> Vec<Operator> {
    let (days, places) = (options.days(), u64::from(options.nodes));
    let founders = places.div_ceil(FOUNDING_PART);
    let mut operators = Vec::new();
    for place in 0..places {
        let mut rng = Stream::new(options.seed, Purpose::Place(place));
        let mut joins = if place < founders { 0 } else { rng.below(days / 3) };
        while joins < days {
            let leaves = joins + rng.within(STAY_DAYS.0..=STAY_DAYS.1);
            let capacity = usize::try_from(rng.below(CAPACITIES.len() as u64)).unwrap_or(0);
            operators.push(Operator {
                tera: CAPACITIES.get(capacity).copied().unwrap_or(4),
                commission_bps: u16::try_from(rng.below(u64::from(MAX_COMMISSION) + 1)).unwrap_or(0),
                joins,
                leaves: (leaves < days).then_some(leaves),
                tops_up: !rng.once_in(NEVER_TOPS_UP),
                work: Stream::new(options.seed, Purpose::Work(operators.len() as u64)),
            });
            joins = leaves + rng.within(EMPTY_DAYS.0..=EMPTY_DAYS.1);
        }
    }
    operators
}

impl Operator {
    /// Whether it works on a day.
    pub(crate) fn works(&self, day: u64) -> bool {
        day >= self.joins && self.leaves.is_none_or(|leaves| day < leaves)
    }

    /// Whether it looks at what it has: once a month, and each day until it can pledge.
    pub(crate) fn looks(&self, day: u64, registered: bool) -> bool {
        let Some(since) = day.checked_sub(self.joins).filter(|since| *since > 0) else { return false };
        since.is_multiple_of(MONTH_DAYS) || (!registered && self.works(day))
    }

    /// What its day comes to; asked once for each day on which it works.
    pub(crate) fn work(&mut self) -> Work {
        let fault = self.work.once_in(FAULT_DAYS);
        let off = self.work.once_in(OFF_DAYS);
        let each = self.work.within(CREDITS.0..=CREDITS.1);
        match (fault, off) {
            (true, _) => Work::Fault,
            (false, true) => Work::Off,
            (false, false) => Work::Done(each.saturating_mul(self.tera.into())),
        }
    }

    /// What it does with what it sees.
    pub(crate) fn decide(&self, day: u64, seen: &Seen) -> Vec<Move> {
        let (mut moves, mut left) = (Vec::new(), seen.balance);
        if !self.works(day) {
            if seen.free > 0 {
                moves.push(Move::Unbond);
            }
        } else if !seen.registered {
            if seen.required <= left {
                left -= seen.required;
                moves.push(Move::Register(seen.required));
            }
        } else {
            let short = seen.required.saturating_sub(seen.pledge);
            if self.tops_up && short > 0 && short <= left {
                left -= short;
                moves.push(Move::Pledge(short));
            }
            let reward = left / POOL_PART;
            if seen.delegated && reward > 0 {
                left -= reward;
                moves.push(Move::Reward(reward));
            }
        }
        // Who has yet to pledge sells nothing.
        let saves = self.works(day) && !seen.registered;
        let sale = if saves { 0 } else { (left / SALE_PART).min(seen.wanted) };
        if sale >= LEAST {
            moves.push(Move::Sell(sale));
        }
        moves
    }
}

/// Somebody who delegates to one node at a time.
#[derive(Clone, Debug)]
pub(crate) struct Delegator {
    /// Number of the operator.
    pub(crate) node: Option<usize>,
    /// Whether rewards become stake.
    pub(crate) compounds: bool,
    phase: u64,
    choice: Stream,
}

/// All delegators of a run: one for every four nodes.
pub(crate) fn delegators(options: &Options) -> Vec<Delegator> {
    let count = u64::from(options.nodes).div_ceil(4);
    let one = |number: u64| Delegator {
        node: None,
        compounds: number.is_multiple_of(2),
        phase: number % MONTH_DAYS,
        choice: Stream::new(options.seed, Purpose::Delegator(number)),
    };
    (0..count).map(one).collect()
}

impl Delegator {
    /// Whether it looks at what it has.
    pub(crate) fn looks(&self, day: u64) -> bool {
        day % MONTH_DAYS == self.phase
    }

    /// Half of what it has, if that is enough to delegate, to its node or to one of those that work.
    pub(crate) fn delegates(&mut self, balance: u128, working: &[usize]) -> Option<(usize, u128)> {
        let amount = balance / 2;
        if amount < LEAST || working.is_empty() {
            return None;
        }
        if self.node.is_none() {
            let drawn = usize::try_from(self.choice.below(working.len() as u64)).unwrap_or(0);
            self.node = working.get(drawn).copied();
        }
        self.node.map(|node| (node, amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: Options = Options { years: 12, nodes: 8, seed: 1, poke_days: None };

    fn operator() -> Operator {
        Operator {
            tera: 4,
            commission_bps: 500,
            joins: 10,
            leaves: Some(500),
            tops_up: true,
            work: Stream::new(1, Purpose::Work(0)),
        }
    }

    #[test]
    fn no_more_nodes_work_than_there_are_places_and_some_work_from_the_first_day() {
        let operators = operators(&OPTIONS);
        let working = |day| operators.iter().filter(|operator| operator.works(day)).count();
        assert_eq!(working(0), 2);
        assert!((0..OPTIONS.days()).all(|day| working(day) <= 8));
        assert!(operators.len() > 8, "nobody came after somebody left");
    }

    #[test]
    fn a_newcomer_looks_each_day_until_it_has_pledged() {
        let operator = operator();
        assert_eq!([9, 10, 11, 40].map(|day| operator.looks(day, false)), [false, false, true, true]);
        assert_eq!([11, 40, 69, 70].map(|day| operator.looks(day, true)), [false, true, false, true]);
        assert_eq!([501, 520].map(|day| operator.looks(day, false)), [false, true]);
    }

    #[test]
    fn a_pledge_comes_before_everything_else() {
        let required = 400 * UNIT;
        let seen = Seen { balance: required - 1, required, ..Seen::default() };
        assert!(operator().decide(20, &seen).is_empty());
        let seen = Seen { balance: required, ..seen };
        assert_eq!(operator().decide(20, &seen), [Move::Register(required)]);
        let seen =
            Seen { registered: true, pledge: required - 5, delegated: true, wanted: u128::MAX, ..seen };
        let (reward, sale) = ((required - 5) / 100, (required - 5 - (required - 5) / 100) / 50);
        assert_eq!(operator().decide(20, &seen), [Move::Pledge(5), Move::Reward(reward), Move::Sell(sale)]);
        let stays = Operator { tops_up: false, ..operator() };
        assert!(!stays.decide(20, &seen).contains(&Move::Pledge(5)));
    }

    #[test]
    fn who_has_left_unbonds_what_is_free_and_sells_no_more_than_is_wanted() {
        let seen =
            Seen { registered: true, free: 7, balance: 1_000 * UNIT, wanted: 2 * UNIT, ..Seen::default() };
        assert_eq!(operator().decide(500, &seen), [Move::Unbond, Move::Sell(2 * UNIT)]);
        assert!(operator().decide(500, &Seen { free: 0, wanted: UNIT - 1, ..seen }).is_empty());
    }

    #[test]
    fn moves_never_cost_more_than_there_is() {
        for balance in [0, UNIT, 399 * UNIT, 400 * UNIT, 1 << 60] {
            for registered in [false, true] {
                let seen = Seen {
                    balance,
                    registered,
                    pledge: 1,
                    required: 400 * UNIT,
                    delegated: true,
                    wanted: u128::MAX,
                    free: 0,
                };
                let cost = |one: &Move| match one {
                    Move::Register(amount)
                    | Move::Pledge(amount)
                    | Move::Reward(amount)
                    | Move::Sell(amount) => *amount,
                    Move::Unbond => 0,
                };
                let moves = operator().decide(20, &seen);
                assert!(moves.iter().map(cost).sum::<u128>() <= balance, "{moves:?}");
            }
        }
    }

    #[test]
    fn a_delegator_stays_with_its_node() {
        let [mut delegator, ..] = <[_; 2]>::try_from(delegators(&OPTIONS)).unwrap();
        assert_eq!(delegator.delegates(2 * UNIT - 1, &[3, 5]), None);
        assert_eq!(delegator.delegates(10 * UNIT, &[]), None);
        let (node, amount) = delegator.delegates(10 * UNIT, &[3, 5]).unwrap();
        assert_eq!(amount, 5 * UNIT);
        assert_eq!(delegator.delegates(4 * UNIT, &[3, 5, 8, 9]), Some((node, 2 * UNIT)));
    }

    #[test]
    fn most_days_are_worked() {
        let mut operator = operator();
        let days: Vec<Work> = (0..9_000).map(|_| operator.work()).collect();
        let count = |is: fn(&Work) -> bool| days.iter().filter(|day| is(day)).count();
        assert!((1..40).contains(&count(|day| *day == Work::Fault)));
        assert!((50..300).contains(&count(|day| *day == Work::Off)));
        assert!(
            days.iter().all(|day| !matches!(day, Work::Done(credits) if !(3_200..=4_800).contains(credits)))
        );
    }
}
