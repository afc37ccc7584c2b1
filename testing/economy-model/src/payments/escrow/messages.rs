//! What each message does to agreements.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::{Agreement, Approver, Deal, Escrow, HOUR, Phase, RULING};
use crate::payments::{Book, Contract, Party};

impl Escrow {
    /// Makes an agreement with a payer, who sends `amount`.
    pub fn open(&mut self, book: &mut Book, now: u64, payer: usize, (deal, amount): (&Deal, u128)) -> bool {
        let sum = deal.sum();
        if !deal.is_sound(Some(payer)) || sum != BigInt::from(amount) {
            return false;
        }
        let taken = book.take(Contract::Escrow, deal.asset, payer, &sum);
        if taken {
            let mut running = Agreement::new(deal.clone(), payer, false);
            running.left = sum;
            running.work(now);
            self.made += 1;
            self.running.insert(self.made, running);
        }
        taken
    }

    /// Asks a crowd.
    pub fn raise(&mut self, now: u64, opener: usize, deal: &Deal, seconds: u64) -> bool {
        let sound = deal.is_sound(None) && (HOUR..=90 * 86_400).contains(&seconds);
        if sound {
            let mut running = Agreement::new(deal.clone(), opener, true);
            running.until = now + seconds;
            self.made += 1;
            self.running.insert(self.made, running);
        }
        sound
    }

    /// Contributes. What is above the goal is the contributor's credit.
    pub fn fund(
        &mut self,
        book: &mut Book,
        now: u64,
        (by, id): (usize, u64),
        (asset, amount): (usize, u128),
    ) -> bool {
        let Some(running) = self.running.get_mut(&id) else { return false };
        let open = running.phase == Phase::Funding && now <= running.until && running.deal.asset == asset;
        let (goal, amount) = (running.deal.sum(), BigInt::from(amount));
        if !open || !book.take(Contract::Escrow, asset, by, &amount) {
            return false;
        }
        let taken = (&goal - &running.raised).min(amount.clone());
        book.release(Contract::Escrow, asset, Party::Account(by), &(amount - &taken));
        running.raised += &taken;
        running.left += &taken;
        if let Some(put) = &mut running.crowd {
            *put.entry(by).or_default() += taken;
        }
        if running.raised == goal {
            running.work(now);
        }
        true
    }

    /// A payee says that a milestone is reached.
    pub fn submit(&mut self, now: u64, by: usize, (id, milestone): (u64, u8)) -> bool {
        let Some(running) = self.running.get_mut(&id) else { return false };
        let awaited = matches!(running.phase, Phase::Active | Phase::Rejected) && now <= running.until;
        let may =
            running.deal.pays(by) && !matches!(running.deal.approver, Approver::Code) && running.tries < 3;
        let taken = awaited && may && running.is_at(milestone);
        if taken {
            running.tries += 1;
            (running.phase, running.until) = (Phase::Submitted, now + running.review());
        }
        taken
    }

    /// Approves or rejects a milestone.
    pub fn speak(
        &mut self,
        book: &mut Book,
        now: u64,
        by: usize,
        (id, milestone, approves): (u64, u8, bool),
    ) -> bool {
        self.try_speak(book, now, by, (id, milestone, approves)).is_some()
    }

    fn try_speak(
        &mut self,
        book: &mut Book,
        now: u64,
        by: usize,
        (id, milestone, approves): (u64, u8, bool),
    ) -> Option<()> {
        let running = self.running.get_mut(&id).filter(|running| running.is_at(milestone))?;
        let (phase, in_time) = (running.phase, now <= running.until);
        match running.deal.approver.clone() {
            // Before a submission, after one, after its own rejection, in a dispute: the payer may always give.
            Approver::Payer { .. } if running.opener == by && approves => self.release(book, now, id),
            Approver::Payer { .. } if running.opener == by && phase == Phase::Submitted && in_time => {
                running.until = running.due.max(now + running.review());
                running.phase = Phase::Rejected;
            }
            Approver::Signers { of, needed } => {
                let heard = phase == Phase::Submitted || (phase == Phase::Active && approves);
                if !of.contains(&by) || !heard || !in_time || running.spoke.contains_key(&by) {
                    return None;
                }
                running.spoke.insert(by, approves);
                let (yes, no) = (running.weight(true), running.weight(false));
                if yes == BigInt::from(needed) {
                    self.release(book, now, id);
                } else if BigInt::from(of.len()) - no < BigInt::from(needed) {
                    self.give_back(book, id);
                }
            }
            Approver::Crowd => {
                let heard = matches!(phase, Phase::Submitted | Phase::Voting) && in_time;
                let gave = running.crowd.as_ref()?.contains_key(&by);
                if !heard || !gave || running.spoke.contains_key(&by) {
                    return None;
                }
                running.spoke.insert(by, approves);
                let (yes, no) = (running.weight(true), running.weight(false));
                if yes * 2 > running.raised {
                    self.release(book, now, id);
                } else if &no * 2 > running.raised {
                    self.give_back(book, id);
                } else if phase == Phase::Submitted && no * 4 >= running.raised {
                    (running.phase, running.until) = (Phase::Voting, now + running.review());
                }
            }
            Approver::Payer { .. } | Approver::Code => return None,
        }
        Some(())
    }

    /// Somebody presents the code, or another one.
    pub fn reveal(&mut self, book: &mut Book, now: u64, id: u64, right: bool) -> bool {
        let opens =
            |running: &Agreement| matches!(running.deal.approver, Approver::Code) && now <= running.until;
        let opened = right && self.running.get(&id).is_some_and(opens);
        if opened {
            self.release(book, now, id);
        }
        opened
    }

    /// A payee calls the arbiter.
    pub fn dispute(&mut self, now: u64, by: usize, (id, milestone): (u64, u8)) -> bool {
        let Some(running) = self.running.get_mut(&id) else { return false };
        let arbiter = matches!(running.deal.approver, Approver::Payer { arbiter: Some(_) });
        let refused = running.phase == Phase::Rejected && now <= running.until;
        let taken = running.is_at(milestone) && arbiter && refused && running.deal.pays(by);
        if taken {
            (running.phase, running.until) = (Phase::Disputed, now + RULING);
        }
        taken
    }

    /// The arbiter divides a milestone's amount.
    pub fn rule(
        &mut self,
        book: &mut Book,
        now: u64,
        by: usize,
        (id, milestone, bps): (u64, u8, u16),
    ) -> bool {
        let Some(running) = self.running.get(&id) else { return false };
        let judge =
            matches!(running.deal.approver, Approver::Payer { arbiter: Some(arbiter) } if arbiter == by);
        let called = running.phase == Phase::Disputed && now <= running.until && running.is_at(milestone);
        if !judge || !called || bps > 10_000 {
            return false;
        }
        if bps == 10_000 {
            self.release(book, now, id);
        } else {
            let part = BigInt::from(running.deal.milestones[running.done].0) * bps / 10_000;
            self.pay(book, id, &part);
            self.give_back(book, id);
        }
        true
    }

    /// The first payee gives up what is not released.
    pub fn decline(&mut self, book: &mut Book, by: usize, id: u64) -> bool {
        let first = |running: &Agreement| running.deal.payees[0].0 == by && running.phase != Phase::Refunding;
        let given_up = self.running.get(&id).is_some_and(first);
        if given_up {
            self.give_back(book, id);
        }
        given_up
    }

    /// Anybody moves on what has waited for its time.
    pub fn advance(&mut self, book: &mut Book, now: u64, id: u64) -> bool {
        let Some(running) = self.running.get(&id) else { return false };
        if running.phase == Phase::Refunding || now <= running.until {
            return false;
        }
        let silence_releases = !matches!(running.deal.approver, Approver::Signers { .. });
        match running.phase {
            Phase::Submitted if silence_releases => self.release(book, now, id),
            Phase::Voting if running.weight(true) >= running.weight(false) => self.release(book, now, id),
            _ => self.give_back(book, id),
        }
        true
    }

    /// Credits a contributor with its part of what is left. With the last one, what divides among none is the opener's.
    pub fn refund(&mut self, book: &mut Book, id: u64, to: usize) -> bool {
        let waits = |running: &&mut Agreement| running.phase == Phase::Refunding;
        let Some(running) = self.running.get_mut(&id).filter(waits) else { return false };
        let Some(put) = running.crowd.as_mut().and_then(|crowd| crowd.remove(&to)) else { return false };
        let amount = put * &running.returning / &running.raised;
        running.left -= &amount;
        let asset = running.deal.asset;
        book.release(Contract::Escrow, asset, Party::Account(to), &amount);
        if running.crowd.as_ref().is_some_and(BTreeMap::is_empty) {
            book.release(Contract::Escrow, asset, Party::Account(running.opener), &running.left);
            self.running.remove(&id);
        }
        true
    }
}
