//! Messages to the escrow.

use bithive_economy_model::payments::escrow::{Agreement, Approver, Deal, Phase};

use super::{Draw, fitting};
use crate::payments::op::{ACCOUNTS, HOUR, Op};

impl Draw<'_> {
    fn deal(&mut self, crowd: bool) -> Deal {
        let payee = self.who();
        let payees = match self.dice.below(4) {
            0 => {
                let bps = u16::try_from(self.dice.within(1, 9_999)).unwrap();
                vec![(payee, bps), (self.who(), 10_000 - bps)]
            }
            1 => vec![(payee, 3_333), ((payee + 1) % ACCOUNTS, 3_333), ((payee + 2) % ACCOUNTS, 3_334)],
            _ => vec![(payee, 10_000)],
        };
        let count = if self.dice.once_in(2) { 1 } else { self.dice.within(1, 3) };
        let mut milestone = || {
            let amount =
                if self.dice.once_in(12) { self.dice.amount(90) } else { self.dice.within(1, 900).into() };
            (amount, self.dice.within(1, 5) * HOUR, self.dice.within(1, 5) * HOUR)
        };
        let milestones = (0..count).map(|_| milestone()).collect();
        let signers = |this: &mut Self| {
            let of = (0..this.dice.within(1, 4)).map(|_| this.dice.place(ACCOUNTS)).collect();
            Approver::Signers { of, needed: u8::try_from(this.dice.within(1, 3)).unwrap() }
        };
        let approver = match (self.dice.below(16), crowd) {
            (0, _) => Approver::Crowd,
            (1, _) => Approver::Payer { arbiter: None },
            (2..6, _) => signers(self),
            (6..8, false) => Approver::Code,
            (_, true) => Approver::Crowd,
            (_, false) => {
                let arbiter = (!self.dice.once_in(4)).then(|| self.dice.place(ACCOUNTS));
                Approver::Payer { arbiter }
            }
        };
        let asset = self.asset();
        Deal { asset, payees, milestones, approver }
    }

    pub(super) fn agreement(&mut self) -> Op {
        let model = self.model;
        let by = self.who();
        // Few agreements come so far: what they wait for comes soon.
        if let Some(urgent) = self.urgent() {
            return urgent;
        }
        match self.dice.below(24) {
            0..3 => {
                let deal = self.deal(false);
                let sum = deal.milestones.iter().fold(0u128, |sum, one| sum.saturating_add(one.0));
                let amount = if self.dice.once_in(12) { sum.saturating_sub(1) } else { sum };
                Op::Agree { payer: by, deal, amount }
            }
            3..5 => {
                let deal = self.deal(true);
                Op::Raise { opener: by, deal, seconds: self.dice.within(1, 6) * HOUR }
            }
            5..9 => {
                let id = self.of(|running| running.phase == Phase::Funding);
                let asset = model.escrow.running.get(&id).map_or(0, |running| running.deal.asset);
                let asset = if self.dice.once_in(12) { self.asset() } else { asset };
                Op::Fund { by: self.dice.place(ACCOUNTS), id, asset, amount: self.dice.amount(900) }
            }
            9..12 => {
                let id = self.of(|running| matches!(running.phase, Phase::Active | Phase::Rejected));
                let (by, milestone) = self.payee(id);
                Op::Submit { by, id, milestone }
            }
            12..17 => self.word(),
            17 => Op::Reveal {
                id: self.of(|running| matches!(running.deal.approver, Approver::Code)),
                right: !self.dice.once_in(3),
            },
            18 => self.dispute(),
            19 => self.arbitrate(),
            20 => {
                let id = self.of(|_| true);
                let payee = model.escrow.running.get(&id).map_or(by, |running| running.deal.payees[0].0);
                let by = if self.dice.once_in(2) { payee } else { by };
                Op::Decline { by, id }
            }
            21..23 => Op::AdvanceAgreement { id: self.of(|_| true) },
            _ => {
                let id = self.of(|running| running.phase == Phase::Refunding);
                let crowd = model.escrow.running.get(&id).and_then(|running| running.crowd.as_ref());
                let left: Vec<usize> = crowd.into_iter().flatten().map(|(who, _)| *who).collect();
                let to = self.dice.one(&left).unwrap_or(by);
                Op::RefundContributor { id, to: self.mostly(to) }
            }
        }
    }

    /// Often what leads to a ruling: a submission where there is an arbiter, its rejection, the dispute of that, and the ruling.
    fn urgent(&mut self) -> Option<Op> {
        let model = self.model;
        let running = &model.escrow.running;
        let arbiter =
            |running: &Agreement| matches!(running.deal.approver, Approver::Payer { arbiter: Some(_) });
        let at = |phase: Phase| fitting(running, |one: &Agreement| arbiter(one) && one.phase == phase);
        let choice = self.dice.below(6);
        let [active, submitted, rejected, disputed] =
            [Phase::Active, Phase::Submitted, Phase::Rejected, Phase::Disputed].map(at);
        match choice {
            0 if !disputed.is_empty() => Some(self.arbitrate()),
            1 if !rejected.is_empty() => Some(self.dispute()),
            2 => {
                let id = self.dice.one(&submitted)?;
                let (by, milestone) = (running.get(&id)?.opener, self.milestone(id));
                Some(Op::Speak { by, id, milestone, approves: false })
            }
            3 => {
                let id = self.dice.one(&active)?;
                let (by, milestone) = self.payee(id);
                Some(Op::Submit { by, id, milestone })
            }
            _ => None,
        }
    }

    fn dispute(&mut self) -> Op {
        let id = self.of(|running| running.phase == Phase::Rejected);
        let (by, milestone) = self.payee(id);
        Op::Dispute { by, id, milestone }
    }

    fn arbitrate(&mut self) -> Op {
        let model = self.model;
        let id = self.of(|running| running.phase == Phase::Disputed);
        let milestone = self.milestone(id);
        let by = match model.escrow.running.get(&id).map(|running| &running.deal.approver) {
            Some(Approver::Payer { arbiter: Some(arbiter) }) => self.mostly(*arbiter),
            _ => self.who(),
        };
        let bps = u16::try_from(self.dice.within(0, 10_001)).unwrap();
        Op::Arbitrate { by, id, milestone, bps: if self.dice.once_in(3) { 10_000 } else { bps } }
    }

    /// An agreement that fits, mostly.
    fn of(&mut self, fits: impl Fn(&Agreement) -> bool) -> u64 {
        let model = self.model;
        let ids = fitting(&model.escrow.running, fits);
        self.id(&ids)
    }

    fn milestone(&mut self, id: u64) -> u8 {
        let model = self.model;
        let present = model.escrow.running.get(&id).map_or(1, |running| running.done + 1);
        let other = self.dice.within(0, 3);
        if self.dice.once_in(16) { u8::try_from(other).unwrap() } else { u8::try_from(present).unwrap() }
    }

    /// One of an agreement's payees, mostly, and its milestone.
    fn payee(&mut self, id: u64) -> (usize, u8) {
        let model = self.model;
        let named = model.escrow.running.get(&id).map_or(vec![], |running| running.deal.payees.clone());
        let named: Vec<usize> = named.into_iter().map(|payee| payee.0).collect();
        let payee = self.dice.one(&named).unwrap_or(0);
        (self.mostly(payee), self.milestone(id))
    }

    /// Somebody approves or rejects.
    fn word(&mut self) -> Op {
        let model = self.model;
        let looked_at = !self.dice.once_in(4);
        let id = self.of(|running| {
            matches!(running.phase, Phase::Submitted | Phase::Voting)
                || (!looked_at && running.phase == Phase::Active)
        });
        let milestone = self.milestone(id);
        let mut may: Vec<usize> = vec![];
        if let Some(running) = model.escrow.running.get(&id) {
            match (&running.deal.approver, &running.crowd) {
                (Approver::Payer { .. }, _) => may.push(running.opener),
                (Approver::Signers { of, .. }, _) => may.clone_from(of),
                (_, crowd) => may.extend(crowd.iter().flatten().map(|(who, _)| *who)),
            }
        }
        let by = self.dice.one(&may).unwrap_or(0);
        Op::Speak { by: self.mostly(by), id, milestone, approves: self.dice.below(9) < 4 }
    }
}
