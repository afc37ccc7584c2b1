//! Agreements in plain words and arithmetic: what the contract has to do with each message.

use std::collections::BTreeMap;

use crate::ops::{Deal, HOUR, Op, Way};

/// What is going on, and until when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Doing {
    Asking,
    Working,
    Looking,
    Voting,
    Refusal,
    Court,
    Returning,
}

#[derive(Clone, Debug)]
pub struct Running {
    pub deal: Deal,
    opener: usize,
    /// Of a crowd: what each has put in and not back.
    put: Option<BTreeMap<usize, u128>>,
    raised: u128,
    pub done: usize,
    pub doing: Doing,
    until: u64,
    due: u64,
    tries: u8,
    spoke: BTreeMap<usize, bool>,
    returning: u128,
    pub left: u128,
}

#[derive(Default)]
pub struct Model {
    pub running: BTreeMap<u64, Running>,
    made: u64,
    pub owed: BTreeMap<(usize, usize), u128>,
    pub put_in: BTreeMap<(usize, usize), u128>,
    pub taken: BTreeMap<(usize, usize), u128>,
}

fn sum(deal: &Deal) -> u128 {
    deal.milestones.iter().map(|milestone| milestone.0).sum()
}

/// Whether terms can be agreed on; `payer` is none where a crowd pays.
fn sound(deal: &Deal, payer: Option<usize>) -> bool {
    let named: Vec<usize> = deal.payees.iter().map(|payee| payee.0).collect();
    let twice = named.len() == 2 && named[0] == named[1];
    let self_paid = payer.is_some_and(|payer| named.contains(&payer));
    let nothing = deal.milestones.iter().any(|milestone| milestone.0 == 0);
    let approver = match &deal.way {
        Way::Payer { arbiter } => {
            arbiter.is_none_or(|arbiter| !named.contains(&arbiter) && payer != Some(arbiter))
        }
        Way::Code => true,
        Way::Signers { of, needed } => {
            let mut each = of.clone();
            each.sort_unstable();
            each.dedup();
            let own = of.iter().filter(|signer| named.contains(signer)).count();
            each.len() == of.len() && usize::from(*needed) <= of.len() && own < usize::from(*needed)
        }
        Way::Crowd => true,
    };
    !twice && !self_paid && !nothing && approver
}

impl Running {
    fn new(deal: &Deal, opener: usize, crowd: bool) -> Self {
        Self {
            deal: deal.clone(),
            opener,
            put: crowd.then(BTreeMap::new),
            raised: 0,
            done: 0,
            doing: Doing::Asking,
            until: 0,
            due: 0,
            tries: 0,
            spoke: BTreeMap::new(),
            returning: 0,
            left: 0,
        }
    }

    fn work(&mut self, now: u64) {
        self.due = now + self.deal.milestones[self.done].1 * HOUR;
        (self.doing, self.until) = (Doing::Working, self.due);
        self.tries = 0;
        self.spoke.clear();
    }

    fn review(&self) -> u64 {
        self.deal.milestones[self.done].2 * HOUR
    }

    /// What those said who said the same.
    fn weight(&self, said: bool) -> u128 {
        let of = |who: &usize| match (&self.deal.way, &self.put) {
            (Way::Crowd, Some(put)) => put[who],
            _ => 1,
        };
        self.spoke.iter().filter(|(_, approves)| **approves == said).map(|(who, _)| of(who)).sum()
    }

    fn is_at(&self, milestone: u8) -> bool {
        self.doing != Doing::Asking && usize::from(milestone) == self.done + 1
    }

    fn is_paid(&self, who: usize) -> bool {
        self.deal.payees.iter().any(|payee| payee.0 == who)
    }
}

impl Model {
    fn credit(&mut self, account: usize, asset: usize, amount: u128) {
        *self.owed.entry((account, asset)).or_default() += amount;
    }

    fn pay(&mut self, id: u64, amount: u128) {
        let running = self.running.get_mut(&id).unwrap();
        running.left -= amount;
        let (asset, payees) = (running.deal.asset, running.deal.payees.clone());
        let mut rest = amount;
        for (who, bps) in &payees {
            let part = amount * u128::from(*bps) / 10_000;
            rest -= part;
            self.credit(*who, asset, part);
        }
        self.credit(payees[0].0, asset, rest);
    }

    fn release(&mut self, now: u64, id: u64) {
        let running = &self.running[&id];
        self.pay(id, running.deal.milestones[running.done].0);
        let running = self.running.get_mut(&id).unwrap();
        running.done += 1;
        if running.done == running.deal.milestones.len() {
            assert_eq!(running.left, 0);
            self.running.remove(&id);
        } else {
            running.work(now);
        }
    }

    fn give_back(&mut self, id: u64) {
        let running = self.running.get_mut(&id).unwrap();
        match &running.put {
            Some(put) if put.is_empty() => drop(self.running.remove(&id)),
            Some(_) => (running.doing, running.returning) = (Doing::Returning, running.left),
            None => {
                let ended = self.running.remove(&id).unwrap();
                self.credit(ended.opener, ended.deal.asset, ended.left);
            }
        }
    }

    /// The same message about an agreement that is there, of somebody who may have a say in it: most messages would be refused else.
    pub fn aim(&self, op: &Op) -> Op {
        let mut aimed = op.clone();
        let (Op::Fund { id, .. }
        | Op::Submit { id, .. }
        | Op::Speak { id, .. }
        | Op::Reveal { id, .. }
        | Op::Dispute { id, .. }
        | Op::Rule { id, .. }
        | Op::Decline { id, .. }
        | Op::Advance { id }
        | Op::Refund { id, .. }) = &mut aimed
        else {
            return aimed;
        };
        let fits = |running: &Running| match op {
            Op::Fund { .. } => running.doing == Doing::Asking,
            Op::Submit { .. } => matches!(running.doing, Doing::Working | Doing::Refusal),
            Op::Speak { .. } => matches!(running.doing, Doing::Looking | Doing::Voting),
            Op::Reveal { .. } => matches!(running.deal.way, Way::Code),
            Op::Dispute { .. } => running.doing == Doing::Refusal,
            Op::Rule { .. } => running.doing == Doing::Court,
            Op::Refund { .. } => running.doing == Doing::Returning,
            _ => true,
        };
        let fitting: Vec<_> = self.running.iter().filter(|(_, running)| fits(running)).collect();
        let index = usize::try_from(*id).unwrap() % fitting.len().max(1);
        let Some((found, running)) = fitting.get(index) else { return aimed };
        *id = **found;
        let (deal, present) = (&running.deal, u8::try_from(running.done).unwrap() + 1);
        let payee = |by: usize| deal.payees[by % deal.payees.len()].0;
        match &mut aimed {
            Op::Fund { asset, .. } => *asset = deal.asset,
            Op::Submit { by, milestone, .. } | Op::Dispute { by, milestone, .. } => {
                (*by, *milestone) = (payee(*by), present);
            }
            Op::Speak { by, milestone, .. } => {
                *milestone = present;
                match &deal.way {
                    Way::Signers { of, .. } => *by = of[*by % of.len()],
                    Way::Payer { .. } => *by = running.opener,
                    Way::Crowd => {
                        let put = running.put.iter().flat_map(BTreeMap::keys);
                        *by = put.cycle().nth(*by).copied().unwrap_or(*by);
                    }
                    Way::Code => {}
                }
            }
            Op::Rule { by, milestone, .. } => {
                *milestone = present;
                if let Way::Payer { arbiter: Some(arbiter) } = deal.way {
                    *by = arbiter;
                }
            }
            _ => {}
        }
        aimed
    }

    /// What a message does, and whether it is accepted.
    pub fn run(&mut self, now: u64, op: &Op) -> bool {
        match *op {
            Op::Open { payer, ref deal, less } => self.open(now, payer, deal, less),
            Op::Raise { opener, ref deal, hours } => {
                let sound = sound(deal, None);
                if sound {
                    self.made += 1;
                    let mut running = Running::new(deal, opener, true);
                    running.until = now + hours * HOUR;
                    self.running.insert(self.made, running);
                }
                sound
            }
            Op::Fund { by, id, asset, amount } => self.fund(now, by, (id, asset), amount),
            Op::Submit { by, id, milestone } => self.submit(now, by, (id, milestone)).is_some(),
            Op::Speak { by, id, milestone, approves } => {
                self.speak(now, by, (id, milestone), approves).is_some()
            }
            Op::Reveal { id, right } => {
                let opens = |running: &Running| matches!(running.deal.way, Way::Code) && now <= running.until;
                let opened = right && self.running.get(&id).is_some_and(opens);
                if opened {
                    self.release(now, id);
                }
                opened
            }
            Op::Dispute { by, id, milestone } => self.dispute(now, by, (id, milestone)).is_some(),
            Op::Rule { by, id, milestone, bps } => self.rule(now, by, (id, milestone), bps).is_some(),
            Op::Decline { by, id } => {
                let first =
                    |running: &Running| running.deal.payees[0].0 == by && running.doing != Doing::Returning;
                let given_up = self.running.get(&id).is_some_and(first);
                if given_up {
                    self.give_back(id);
                }
                given_up
            }
            Op::Advance { id } => self.advance(now, id).is_some(),
            Op::Refund { id, to } => self.refund(id, to).is_some(),
            Op::Withdraw { by, asset } => {
                let owed = self.owed.remove(&(by, asset)).unwrap_or(0);
                *self.taken.entry((by, asset)).or_default() += owed;
                owed > 0
            }
            Op::Wait { .. } => true,
        }
    }

    fn open(&mut self, now: u64, payer: usize, deal: &Deal, less: bool) -> bool {
        let sound = sound(deal, Some(payer)) && !less;
        if sound {
            self.made += 1;
            let mut running = Running::new(deal, payer, false);
            running.left = sum(deal);
            running.work(now);
            *self.put_in.entry((payer, deal.asset)).or_default() += running.left;
            self.running.insert(self.made, running);
        }
        sound
    }

    fn fund(&mut self, now: u64, by: usize, (id, asset): (u64, usize), amount: u128) -> bool {
        let Some(running) = self.running.get_mut(&id) else { return false };
        let goal = sum(&running.deal);
        let open = running.doing == Doing::Asking && now <= running.until;
        if amount == 0 || running.deal.asset != asset || !open {
            return false;
        }
        let taken = amount.min(goal - running.raised);
        running.raised += taken;
        running.left += taken;
        *running.put.as_mut().unwrap().entry(by).or_default() += taken;
        if running.raised == goal {
            running.work(now);
        }
        *self.put_in.entry((by, asset)).or_default() += amount;
        self.credit(by, asset, amount - taken);
        true
    }

    fn submit(&mut self, now: u64, by: usize, (id, milestone): (u64, u8)) -> Option<()> {
        let running = self.running.get_mut(&id)?;
        let awaited = matches!(running.doing, Doing::Working | Doing::Refusal) && now <= running.until;
        let may = running.is_paid(by) && !matches!(running.deal.way, Way::Code) && running.tries < 3;
        if !awaited || !may || !running.is_at(milestone) {
            return None;
        }
        running.tries += 1;
        (running.doing, running.until) = (Doing::Looking, now + running.review());
        Some(())
    }

    fn speak(&mut self, now: u64, by: usize, (id, milestone): (u64, u8), approves: bool) -> Option<()> {
        let running = self.running.get_mut(&id).filter(|running| running.is_at(milestone))?;
        let (doing, in_time) = (running.doing, now <= running.until);
        match running.deal.way.clone() {
            Way::Payer { .. } if running.opener == by && approves => self.release(now, id),
            Way::Payer { .. } if running.opener == by && doing == Doing::Looking && in_time => {
                running.until = running.due.max(now + running.review());
                running.doing = Doing::Refusal;
            }
            Way::Signers { of, needed } => {
                let heard = doing == Doing::Looking || (doing == Doing::Working && approves);
                if !of.contains(&by) || !heard || !in_time || running.spoke.contains_key(&by) {
                    return None;
                }
                running.spoke.insert(by, approves);
                let (yes, no) = (running.weight(true), running.weight(false));
                if yes == u128::from(needed) {
                    self.release(now, id);
                } else if of.len() as u128 - no < u128::from(needed) {
                    self.give_back(id);
                }
            }
            Way::Crowd => {
                let heard = matches!(doing, Doing::Looking | Doing::Voting) && in_time;
                let gave = running.put.as_ref()?.contains_key(&by);
                if !heard || !gave || running.spoke.contains_key(&by) {
                    return None;
                }
                running.spoke.insert(by, approves);
                let (yes, no) = (running.weight(true), running.weight(false));
                if 2 * yes > running.raised {
                    self.release(now, id);
                } else if 2 * no > running.raised {
                    self.give_back(id);
                } else if doing == Doing::Looking && 4 * no >= running.raised {
                    (running.doing, running.until) = (Doing::Voting, now + running.review());
                }
            }
            Way::Payer { .. } | Way::Code => return None,
        }
        Some(())
    }

    fn dispute(&mut self, now: u64, by: usize, (id, milestone): (u64, u8)) -> Option<()> {
        let running = self.running.get_mut(&id).filter(|running| running.is_at(milestone))?;
        let arbiter = matches!(running.deal.way, Way::Payer { arbiter: Some(_) });
        let refused = running.doing == Doing::Refusal && now <= running.until;
        if !arbiter || !refused || !running.is_paid(by) {
            return None;
        }
        (running.doing, running.until) = (Doing::Court, now + 14 * 24 * HOUR);
        Some(())
    }

    fn rule(&mut self, now: u64, by: usize, (id, milestone): (u64, u8), bps: u16) -> Option<()> {
        let running = self.running.get(&id).filter(|running| running.is_at(milestone))?;
        let judge = matches!(running.deal.way, Way::Payer { arbiter: Some(arbiter) } if arbiter == by);
        if !judge || running.doing != Doing::Court || now > running.until {
            return None;
        }
        if bps == 10_000 {
            self.release(now, id);
        } else {
            self.pay(id, running.deal.milestones[running.done].0 * u128::from(bps) / 10_000);
            self.give_back(id);
        }
        Some(())
    }

    fn advance(&mut self, now: u64, id: u64) -> Option<()> {
        let running = self.running.get(&id)?;
        if running.doing == Doing::Returning || now <= running.until {
            return None;
        }
        let silent = !matches!(running.deal.way, Way::Signers { .. });
        match running.doing {
            Doing::Looking if silent => self.release(now, id),
            Doing::Voting if running.weight(true) >= running.weight(false) => self.release(now, id),
            _ => self.give_back(id),
        }
        Some(())
    }

    fn refund(&mut self, id: u64, to: usize) -> Option<()> {
        let running = self.running.get_mut(&id).filter(|running| running.doing == Doing::Returning)?;
        let amount = running.put.as_mut()?.remove(&to)? * running.returning / running.raised;
        running.left -= amount;
        let (asset, opener, dust) = (running.deal.asset, running.opener, running.left);
        let last = running.put.as_ref()?.is_empty();
        self.credit(to, asset, amount);
        if last {
            self.running.remove(&id);
            self.credit(opener, asset, dust);
        }
        Some(())
    }
}
