//! The rules of listings once more, written apart from the contract, over plain numbers and with no regard to cost.

use std::collections::BTreeMap;

/// What an account may try.
#[derive(Clone, Debug)]
pub enum Op {
    List {
        who: usize,
        category: usize,
    },
    TopUp {
        who: usize,
        id: u64,
        amount: u128,
    },
    Update {
        who: usize,
        id: u64,
    },
    Leave {
        who: usize,
        id: u64,
    },
    /// With the price that is asked for, so many units off.
    Challenge {
        who: usize,
        id: u64,
        off: u128,
    },
    /// By the named ruler.
    Rule {
        id: u64,
        upheld: bool,
    },
    Draw {
        id: u64,
    },
    /// The juror of this place in the case.
    Vote {
        id: u64,
        place: usize,
        upheld: bool,
    },
    Advance {
        id: u64,
    },
    Finish {
        id: u64,
    },
    Slash {
        id: u64,
        amount: u128,
    },
    Withdraw {
        who: usize,
        asset: usize,
    },
    Collect {
        asset: usize,
    },
    Wait {
        seconds: u64,
    },
}

/// A category of the model: its asset, its bond, and whether jurors decide.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub asset: usize,
    pub bond: u128,
    pub judged: bool,
    pub jurors: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Active,
    Leaving(u64),
    Removed,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub by: usize,
    pub bond: u128,
    times: u32,
    opened: u64,
    deadline: u64,
    pub number: u64,
    /// The jurors' own listings, and their votes; none before the draw.
    pub jury: Option<Vec<(u64, Option<bool>)>>,
}

#[derive(Clone, Debug)]
pub struct Thing {
    pub owner: usize,
    pub category: usize,
    pub bond: u128,
    pub stage: Stage,
    pub case: Option<Case>,
    last: Option<(u32, u64)>,
    pub cases: u32,
    /// The first challenge that its seat can judge.
    since: u64,
}

/// Seconds: of unbonding, and of a ruling.
pub const TIMES: (u64, u64) = (7 * 86_400, 2 * 86_400);
const MONTH: u64 = 30 * 86_400;
/// The treasury, as an account.
pub const TREASURY: usize = usize::MAX;

#[derive(Debug)]
pub struct Model {
    pub kinds: [Kind; 3],
    pub things: BTreeMap<u64, Thing>,
    pub next: u64,
    pub next_case: u64,
    /// By account and asset: credits, what was put in, what was taken out.
    pub owed: BTreeMap<(usize, usize), u128>,
    pub put_in: BTreeMap<(usize, usize), u128>,
    pub taken: BTreeMap<(usize, usize), u128>,
}

impl Model {
    pub fn new(kinds: [Kind; 3]) -> Self {
        let (things, owed) = (BTreeMap::new(), BTreeMap::new());
        Self { kinds, things, next: 1, next_case: 1, owed, put_in: BTreeMap::new(), taken: BTreeMap::new() }
    }

    /// What a challenge of a listing costs.
    pub fn price(&self, id: u64, now: u64) -> u128 {
        let Some(thing) = self.things.get(&id) else { return 1 };
        self.kinds[thing.category].bond << self.times(thing, now)
    }

    fn times(&self, thing: &Thing, now: u64) -> u32 {
        match thing.last {
            Some((times, ended)) if now < ended + MONTH => (times + 1).min(5),
            _ => 0,
        }
    }

    /// Owners of seats.
    pub fn seated(&self) -> usize {
        self.things.values().filter(|thing| self.has_seat(thing)).count()
    }

    fn has_seat(&self, thing: &Thing) -> bool {
        self.kinds[thing.category].jurors && thing.stage == Stage::Active
    }

    /// Listings that a draw for a case may find.
    pub fn eligible(&self, id: u64) -> Vec<u64> {
        let thing = &self.things[&id];
        let case = thing.case.as_ref().unwrap();
        let fits = |(_, other): &(&u64, &Thing)| {
            self.has_seat(other)
                && other.since <= case.number
                && other.owner != thing.owner
                && other.owner != case.by
        };
        self.things.iter().filter(fits).map(|(id, _)| *id).collect()
    }

    /// The contract has drawn these listings, or none.
    pub fn drawn(&mut self, id: u64, jurors: &[u64], now: u64) {
        let eligible = self.eligible(id);
        if jurors.is_empty() {
            assert!(eligible.len() < 7, "{eligible:?}");
            return;
        }
        assert_eq!(jurors.len(), 7);
        for (place, juror) in jurors.iter().enumerate() {
            assert!(eligible.contains(juror) && !jurors[..place].contains(juror), "{juror} of {eligible:?}");
            self.things.get_mut(juror).unwrap().cases += 1;
        }
        let case = self.things.get_mut(&id).unwrap().case.as_mut().unwrap();
        case.jury = Some(jurors.iter().map(|juror| (*juror, None)).collect());
        case.deadline = now + TIMES.1;
    }

    /// Whether the contract has to accept a message at `now`; if so, what it does. A draw's jurors come from [`Model::drawn`].
    pub fn run(&mut self, now: u64, op: &Op) -> bool {
        self.try_run(now, op).is_some()
    }

    fn try_run(&mut self, now: u64, op: &Op) -> Option<()> {
        match *op {
            Op::List { who, category } => {
                let Kind { asset, bond, jurors, .. } = self.kinds[category];
                let sits = |thing: &Thing| thing.owner == who && self.has_seat(thing);
                if jurors && self.things.values().any(sits) {
                    return None;
                }
                self.put(who, asset, bond);
                let since = self.next_case;
                let (stage, case, last, cases) = (Stage::Active, None, None, 0);
                let thing = Thing { owner: who, category, bond, stage, case, last, cases, since };
                self.things.insert(self.next, thing);
                self.next += 1;
            }
            Op::TopUp { who, id, amount } => {
                let kinds = self.kinds;
                let thing = self.things.get_mut(&id).filter(|thing| thing.stage != Stage::Removed)?;
                let kind = kinds[thing.category];
                (amount > 0 && thing.bond + amount <= kind.bond).then_some(())?;
                thing.bond += amount;
                self.put(who, kind.asset, amount);
            }
            // To the present terms, which ask for the whole bond.
            Op::Update { who, id } => {
                let kinds = self.kinds;
                let thing = self.free(who, id)?;
                (thing.bond >= kinds[thing.category].bond).then_some(())?;
            }
            Op::Leave { who, id } => self.free(who, id)?.stage = Stage::Leaving(now + TIMES.0),
            Op::Challenge { who, id, off } => {
                let price = self.price(id, now);
                let seated = self.seated();
                let number = self.next_case;
                let thing = self.things.get(&id).filter(|thing| thing.case.is_none() && off == 0)?;
                let times = self.times(thing, now);
                let Kind { asset, judged, .. } = self.kinds[thing.category];
                let open = match thing.stage {
                    Stage::Active => true,
                    Stage::Leaving(ends) => now <= ends,
                    Stage::Removed => false,
                };
                (open && (!judged || seated >= 9)).then_some(())?;
                let case = Case {
                    by: who,
                    bond: price,
                    times,
                    opened: now,
                    deadline: now + TIMES.1,
                    number,
                    jury: None,
                };
                self.things.get_mut(&id)?.case = Some(case);
                self.next_case += 1;
                self.put(who, asset, price);
            }
            Op::Rule { id, upheld } => {
                let thing = self.things.get(&id)?;
                let judged = self.kinds[thing.category].judged;
                thing.case.as_ref().filter(|case| !judged && now <= case.deadline)?;
                self.close(id, now, Some(upheld));
            }
            Op::Draw { id } => {
                let thing = self.things.get(&id)?;
                let judged = self.kinds[thing.category].judged;
                thing.case.as_ref().filter(|case| judged && case.jury.is_none() && now <= case.deadline)?;
            }
            Op::Vote { id, place, upheld } => {
                let case = self.things.get_mut(&id)?.case.as_mut()?;
                let open = now <= case.deadline;
                let vote = &mut case.jury.as_mut()?.get_mut(place)?.1;
                (open && vote.is_none()).then_some(())?;
                *vote = Some(upheld);
            }
            Op::Advance { id } => {
                let case = self.things.get(&id)?.case.as_ref()?;
                let votes = |wanted| {
                    let jury = case.jury.iter().flatten();
                    jury.filter(|(_, vote)| *vote == wanted).count()
                };
                let all = case.jury.is_some() && votes(None) == 0;
                (all || now > case.deadline).then_some(())?;
                let verdict = match (votes(Some(true)), votes(Some(false))) {
                    (4.., _) => Some(true),
                    (_, 4..) => Some(false),
                    _ => None,
                };
                self.close(id, now, verdict);
            }
            Op::Finish { id } => {
                let thing = self.things.get(&id).filter(|thing| thing.case.is_none() && thing.cases == 0)?;
                let Stage::Leaving(ends) = thing.stage else { return None };
                (now > ends).then_some(())?;
                let Thing { owner, category, bond, .. } = self.things.remove(&id)?;
                self.credit(owner, category, bond);
            }
            Op::Slash { id, amount } => {
                let kinds = self.kinds;
                let thing = self.things.get_mut(&id).filter(|thing| thing.bond > 0 && amount > 0)?;
                // Only the first category names the slasher.
                (thing.category == 0).then_some(())?;
                let cut = amount.min(thing.bond);
                thing.bond -= cut;
                if thing.bond == 0 && thing.case.is_none() {
                    thing.stage = Stage::Removed;
                }
                *self.owed.entry((TREASURY, kinds[0].asset)).or_default() += cut;
            }
            Op::Withdraw { who, asset } => self.pay(who, asset)?,
            Op::Collect { asset } => self.pay(TREASURY, asset)?,
            Op::Wait { .. } => {}
        }
        Some(())
    }

    /// A listing that its owner may do with as it likes.
    fn free(&mut self, who: usize, id: u64) -> Option<&mut Thing> {
        let fits =
            |thing: &&mut Thing| thing.owner == who && thing.case.is_none() && thing.stage == Stage::Active;
        self.things.get_mut(&id).filter(fits)
    }

    fn close(&mut self, id: u64, now: u64, verdict: Option<bool>) {
        let case = self.things.get_mut(&id).unwrap().case.take().unwrap();
        let mut winners = vec![];
        for (juror, vote) in case.jury.iter().flatten() {
            let kind = self.kinds[2];
            let own = self.things.get_mut(juror).unwrap();
            own.cases -= 1;
            if vote.is_some() && *vote == verdict {
                winners.push(own.owner);
            }
            if vote.is_none() {
                let cut = (kind.bond / 10).max(1).min(own.bond);
                own.bond -= cut;
                if own.bond == 0 && own.case.is_none() {
                    own.stage = Stage::Removed;
                }
                *self.owed.entry((TREASURY, kind.asset)).or_default() += cut;
            }
        }
        let thing = self.things.get_mut(&id).unwrap();
        thing.last = Some((case.times, now));
        let (category, owner) = (thing.category, thing.owner);
        let mut returned = case.bond;
        let (lost, winner) = match verdict {
            Some(true) => (std::mem::take(&mut thing.bond), case.by),
            Some(false) => (std::mem::take(&mut returned), owner),
            None => (0, owner),
        };
        if let (Stage::Leaving(ends), Some(_)) = (&mut thing.stage, verdict) {
            *ends += now - case.opened;
        }
        if thing.bond == 0 {
            thing.stage = Stage::Removed;
        }
        self.credit(case.by, category, returned);
        let mut rest = lost - lost / 2;
        self.credit(winner, category, lost / 2);
        for juror in &winners {
            let part = lost / 5 / winners.len() as u128;
            rest -= part;
            self.credit(*juror, category, part);
        }
        self.credit(TREASURY, category, rest);
    }

    fn credit(&mut self, who: usize, category: usize, amount: u128) {
        *self.owed.entry((who, self.kinds[category].asset)).or_default() += amount;
    }

    fn put(&mut self, who: usize, asset: usize, amount: u128) {
        *self.put_in.entry((who, asset)).or_default() += amount;
    }

    fn pay(&mut self, who: usize, asset: usize) -> Option<()> {
        let credit = self.owed.get_mut(&(who, asset)).filter(|credit| **credit > 0)?;
        *self.taken.entry((who, asset)).or_default() += std::mem::take(credit);
        Some(())
    }
}
