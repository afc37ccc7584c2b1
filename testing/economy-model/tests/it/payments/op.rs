//! What accounts may try, and how it is drawn: mostly what fits what is there, at times whatever.

use bithive_economy_model::payments::checkout::{Offer, Pay, Price};
use bithive_economy_model::payments::escrow::{Agreement, Approver, Deal, Phase};
use bithive_economy_model::payments::feed::Said;
use bithive_economy_model::payments::flows::{Flow, Terms, Voucher};
use bithive_economy_model::payments::listings::{Case, Listing, State};
use bithive_economy_model::payments::{Contract, PHANTOM, Payments};

use super::dice::Dice;

/// Accounts that act. Each is payer, payee, seller, juror and everything else.
pub(crate) const ACCOUNTS: usize = 12;
/// Those that act most of the time.
const BUSY: usize = 4;
/// Seconds of an hour.
const HOUR: u64 = 3_600;
/// Seconds of a day.
pub(crate) const DAY: u64 = 86_400;

/// A message, or time that passes. `by` is who sends it; where that is a certain account or contract, none is that one.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    OpenFlow { payer: usize, payee: usize, asset: usize, deposit: u128, terms: Terms, transferable: bool },
    AddToFlow { by: usize, id: u64, asset: usize, amount: u128, ends: Option<u64> },
    Settle { id: u64 },
    Redeem { vouchers: Vec<Voucher> },
    Transfer { by: usize, id: u64, to: usize },
    Close { by: usize, id: u64 },
    FinishFlow { id: u64 },
    Agree { payer: usize, deal: Deal, amount: u128 },
    Raise { opener: usize, deal: Deal, seconds: u64 },
    Fund { by: usize, id: u64, asset: usize, amount: u128 },
    Submit { by: usize, id: u64, milestone: u8 },
    Speak { by: usize, id: u64, milestone: u8, approves: bool },
    Reveal { id: u64, right: bool },
    Dispute { by: usize, id: u64, milestone: u8 },
    Arbitrate { by: usize, id: u64, milestone: u8, bps: u16 },
    Decline { by: usize, id: u64 },
    AdvanceAgreement { id: u64 },
    RefundContributor { id: u64, to: usize },
    PutUp { offer: Offer },
    Cancel { by: usize, id: u64 },
    Buy { pay: Pay },
    Refund { by: usize, receipt: u64, asset: usize, amount: u128 },
    List { by: usize, kind: usize, asset: usize, amount: u128 },
    AddToBond { by: usize, id: u64, asset: usize, amount: u128 },
    Update { by: usize, id: u64 },
    Leave { by: usize, id: u64 },
    Challenge { by: usize, id: u64, asset: usize, amount: u128 },
    Rule { by: Option<usize>, id: u64, number: u64, upheld: bool },
    Draw { id: u64, forged: bool },
    Vote { by: usize, id: u64, number: u64, upheld: bool },
    AdvanceCase { id: u64 },
    FinishListing { id: u64 },
    Slash { by: Option<usize>, id: u64, amount: u128 },
    Collect { asset: usize },
    PauseListings { by: Option<usize>, paused: bool },
    Report { round: u64, said: Vec<Said> },
    StopFeed { by: Option<usize>, stopped: bool },
    Withdraw { contract: Contract, by: usize, asset: usize },
    Wait { seconds: u64 },
}

impl Op {
    /// The name of its kind.
    pub(crate) fn name(&self) -> String {
        format!("{self:?}").split([' ', '{']).next().unwrap().to_owned()
    }
}

/// Numbers of what fits among all that there is.
fn fitting<'a, T: 'a>(
    all: impl IntoIterator<Item = (&'a u64, &'a T)>,
    fits: impl Fn(&T) -> bool,
) -> Vec<u64> {
    all.into_iter().filter(|(_, one)| fits(one)).map(|(id, _)| *id).collect()
}

/// Draws the next operation for what the model says is there.
pub(crate) struct Draw<'a> {
    pub(crate) dice: &'a mut Dice,
    pub(crate) model: &'a Payments,
}

impl Draw<'_> {
    pub(crate) fn op(&mut self) -> Op {
        match self.dice.below(100) {
            0..22 => self.flow(),
            22..46 => self.agreement(),
            46..60 => self.sale(),
            60..80 => self.listing(),
            80..86 => self.feed(),
            86..93 => self.withdrawal(),
            _ => self.wait(),
        }
    }

    fn who(&mut self) -> usize {
        let all = self.dice.once_in(3);
        self.dice.place(if all { ACCOUNTS } else { BUSY })
    }

    fn asset(&mut self) -> usize {
        self.dice.place(PHANTOM + 1)
    }

    /// This, but at times another account.
    fn mostly(&mut self, who: usize) -> usize {
        if self.dice.once_in(8) { self.who() } else { who }
    }

    /// The rightful sender, but at times an account.
    fn rightful(&mut self) -> Option<usize> {
        self.dice.once_in(8).then(|| self.who())
    }

    /// One of these numbers, but at times any, also one that was never given.
    fn id(&mut self, of: &[u64]) -> u64 {
        let any = self.dice.within(0, 30);
        if self.dice.once_in(12) { any } else { self.dice.one(of).unwrap_or(any) }
    }

    fn wait(&mut self) -> Op {
        let seconds = match self.dice.below(20) {
            0..14 => self.dice.within(1, HOUR / 2),
            14..18 => self.dice.within(HOUR / 2, DAY),
            18 => self.dice.within(DAY, 5 * DAY),
            _ => self.dice.within(15 * DAY, 45 * DAY),
        };
        Op::Wait { seconds }
    }

    fn withdrawal(&mut self) -> Op {
        let model = self.model;
        let owed: Vec<_> =
            model.book.credits().map(|(contract, asset, to, _)| (contract, asset, to)).collect();
        let contract = Contract::ALL[self.dice.place(4)];
        let (by, asset) = (self.who(), self.asset());
        match self.dice.one(&owed) {
            Some((contract, asset, bithive_economy_model::payments::Party::Account(by)))
                if !self.dice.once_in(6) =>
            {
                Op::Withdraw { contract, by, asset }
            }
            _ => Op::Withdraw { contract, by, asset },
        }
    }

    fn flow(&mut self) -> Op {
        let model = self.model;
        let (by, other, now) = (self.who(), self.who(), model.now);
        let open = &model.flows.open;
        let fits: fn(&Flow) -> bool = match self.dice.below(3) {
            0 => |flow| matches!(flow.terms, Terms::Rate { .. }),
            1 => |flow| matches!(flow.terms, Terms::Vouchers { .. }),
            _ => |_| true,
        };
        let all = fitting(open, fits);
        let id = self.id(&all);
        let found = open.get(&id).cloned();
        let (payer, payee, asset) =
            found.as_ref().map_or((by, other, 0), |flow| (flow.payer, flow.payee, flow.asset));
        match self.dice.below(24) {
            0..5 => self.open_flow(by, other),
            5..8 => {
                let asset = if self.dice.once_in(10) { self.asset() } else { asset };
                let unit = match found.map(|flow| flow.terms) {
                    Some(Terms::Rate { amount, .. }) if !self.dice.once_in(3) => amount,
                    _ => 1,
                };
                let amount = unit.saturating_mul(self.dice.amount(50));
                let ends = self.dice.once_in(4).then(|| now + self.dice.within(HOUR / 2, 30 * DAY));
                let by = if self.dice.once_in(2) { payer } else { by };
                Op::AddToFlow { by, id, asset, amount, ends }
            }
            8..12 => Op::Settle { id },
            12..17 => Op::Redeem { vouchers: self.vouchers() },
            17..19 => Op::Transfer { by: self.mostly(payee), id, to: other },
            19 => Op::Close { by: self.mostly(payer), id },
            20 => Op::Close { by: self.mostly(payee), id },
            _ => Op::FinishFlow { id },
        }
    }

    fn open_flow(&mut self, payer: usize, payee: usize) -> Op {
        let model = self.model;
        let (asset, deposit, now) = (self.asset(), self.dice.amount(5_000), model.now);
        let terms = if self.dice.once_in(2) {
            let amount =
                if self.dice.once_in(10) { self.dice.amount(9) } else { self.dice.within(1, 99).into() };
            let step = if self.dice.once_in(20) {
                self.dice.within(0, 400 * DAY)
            } else {
                self.dice.within(1, HOUR)
            };
            Terms::Rate { amount, step, advance: self.dice.within(0, 3) }
        } else {
            let notice = self.dice.within(HOUR, 2 * DAY);
            Terms::Vouchers { notice, ends: now + self.dice.within(HOUR, 9 * DAY) }
        };
        Op::OpenFlow { payer, payee, asset, deposit, terms, transferable: !self.dice.once_in(3) }
    }

    /// Mostly for a little more than was paid; some signed by another key, some old.
    fn vouchers(&mut self) -> Vec<Voucher> {
        let model = self.model;
        let open = &model.flows.open;
        let channels = fitting(open, |flow| matches!(flow.terms, Terms::Vouchers { .. }));
        let count = self.dice.within(1, 3);
        let mut voucher = || {
            let id = self.id(&channels);
            let paid = open.get(&id).map_or(0, |flow| u128::try_from(&flow.paid).unwrap());
            let cumulative = match self.dice.below(12) {
                0 => paid,
                1 => paid / 2,
                2 => u128::MAX,
                _ => paid.saturating_add(self.dice.within(1, 900).into()),
            };
            Voucher { id, cumulative, good: !self.dice.once_in(10) }
        };
        (0..count).map(|_| voucher()).collect()
    }

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

    fn agreement(&mut self) -> Op {
        let model = self.model;
        let by = self.who();
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
            18 => {
                let id = self.of(|running| running.phase == Phase::Rejected);
                let (by, milestone) = self.payee(id);
                Op::Dispute { by, id, milestone }
            }
            19 => {
                let id = self.of(|running| running.phase == Phase::Disputed);
                let milestone = self.milestone(id);
                let by = match model.escrow.running.get(&id).map(|running| &running.deal.approver) {
                    Some(Approver::Payer { arbiter: Some(arbiter) }) => self.mostly(*arbiter),
                    _ => by,
                };
                let bps = u16::try_from(self.dice.within(0, 10_001)).unwrap();
                Op::Arbitrate { by, id, milestone, bps: if self.dice.once_in(3) { 10_000 } else { bps } }
            }
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

    fn sale(&mut self) -> Op {
        let model = self.model;
        let by = self.who();
        let (offers, receipts) = (&model.checkout.offers, &model.checkout.receipts);
        match self.dice.below(14) {
            0..3 => self.offer(by),
            3 => {
                let id = if self.dice.once_in(2) {
                    self.id(&fitting(offers, |offer| !offer.cancelled))
                } else {
                    0
                };
                let by = offers.get(&id).map_or(by, |offer| offer.seller);
                Op::Cancel { by: self.mostly(by), id }
            }
            4..11 => {
                let id = self.id(&fitting(offers, |offer| !offer.cancelled && offer.uses != Some(0)));
                let found = offers.get(&id);
                let asset = found.map_or(0, |offer| offer.asset);
                let asset = if self.dice.once_in(12) { self.asset() } else { asset };
                let payer = found.and_then(|offer| offer.buyer).unwrap_or(by);
                let price = match found.map(|offer| offer.price) {
                    Some(Price::Fixed(amount)) => amount,
                    Some(Price::Open(least)) => least.saturating_add(self.dice.within(0, 50).into()),
                    _ => self.dice.amount(700),
                };
                let more = u128::from(if self.dice.once_in(3) { self.dice.within(0, 99) } else { 0 });
                let sent = if self.dice.once_in(20) { price / 2 } else { price.saturating_add(more) };
                let max = if self.dice.once_in(12) { self.dice.amount(700) } else { sent };
                let key = u8::try_from(self.dice.within(0, 255)).unwrap();
                let referred = found.is_some_and(|offer| offer.referral > 0) || self.dice.once_in(20);
                let referrer = (referred && !self.dice.once_in(3)).then(|| self.who());
                Op::Buy { pay: Pay { offer: id, payer: self.mostly(payer), asset, sent, max, key, referrer } }
            }
            _ => {
                let receipt = self.id(&receipts.keys().copied().collect::<Vec<_>>());
                let offer = receipts.get(&receipt).and_then(|receipt| offers.get(&receipt.offer));
                let (seller, asset) = offer.map_or((by, 0), |offer| (offer.seller, offer.asset));
                let asset = if self.dice.once_in(12) { self.asset() } else { asset };
                Op::Refund { by: self.mostly(seller), receipt, asset, amount: self.dice.amount(60) }
            }
        }
    }

    fn offer(&mut self, seller: usize) -> Op {
        let model = self.model;
        let amount = self.dice.amount(400);
        let price = match self.dice.below(3) {
            0 => Price::Fixed(amount),
            // What a feed of about 100 makes the same number of units of.
            1 => Price::Fiat(amount),
            _ => Price::Open(amount),
        };
        let (first, part) = (self.who(), u16::try_from(self.dice.within(0, 10_000)).unwrap());
        let split = match self.dice.below(6) {
            0..2 => vec![],
            2 => vec![(first, part), (self.who(), 10_000 - part)],
            3 => vec![(first, part)],
            _ => (0..8).map(|index| ((first + index) % ACCOUNTS, 1_250)).collect(),
        };
        let referral =
            if self.dice.once_in(2) { 0 } else { u16::try_from(self.dice.within(0, 3_100)).unwrap() };
        let uses = self.dice.once_in(2).then(|| u32::try_from(self.dice.within(0, 3)).unwrap());
        let buyer = self.dice.once_in(4).then(|| self.who());
        let ends = self.dice.once_in(3).then(|| model.now + self.dice.within(0, 2 * DAY));
        let offer = Offer {
            seller,
            asset: self.asset(),
            price,
            split,
            referral,
            uses,
            buyer,
            ends,
            cancelled: false,
        };
        Op::PutUp { offer }
    }

    fn listing(&mut self) -> Op {
        let model = self.model;
        let (all, now, by) = (&model.listings.all, model.now, self.who());
        let free = |listing: &Listing| listing.case.is_none() && listing.state == State::Active;
        let case = |fits: fn(&Case) -> bool| {
            fitting(all, move |listing: &Listing| listing.case.as_ref().is_some_and(fits))
        };
        let owner = |id: u64| all.get(&id).map_or(by, |listing| listing.owner);
        let kinds = &model.listings.kinds;
        let asset_of = |id: u64| all.get(&id).map_or(0, |listing| kinds[listing.kind].asset);
        match self.dice.below(48) {
            0..5 => {
                let kind = self.dice.place(kinds.len());
                let wrong = self.dice.once_in(12);
                let (asset, amount) = (kinds[kind].asset, kinds[kind].bond);
                let (asset, amount) =
                    if wrong { (self.asset(), self.dice.amount(2_000)) } else { (asset, amount) };
                Op::List {
                    by: if kinds[kind].jurors { self.dice.place(ACCOUNTS) } else { by },
                    kind,
                    asset,
                    amount,
                }
            }
            5..7 => {
                let short = |listing: &Listing| listing.bond < kinds[listing.kind].bond.into();
                let id = self.id(&fitting(all, short));
                let asset = if self.dice.once_in(12) { self.asset() } else { asset_of(id) };
                Op::AddToBond { by, id, asset, amount: self.dice.amount(90) }
            }
            7 => {
                let id = self.id(&fitting(all, free));
                Op::Update { by: self.mostly(owner(id)), id }
            }
            8..10 => {
                let jurors = self.dice.once_in(5);
                let id =
                    self.id(&fitting(all, |listing| free(listing) && kinds[listing.kind].jurors == jurors));
                Op::Leave { by: self.mostly(owner(id)), id }
            }
            10..16 => {
                let judged = !self.dice.once_in(3);
                let fits = |listing: &Listing| {
                    let open = listing.case.is_none() && listing.state != State::Removed;
                    open && kinds[listing.kind].judged == judged
                };
                let id = self.id(&fitting(all, fits));
                let price = u128::try_from(model.listings.price(id, now)).unwrap();
                let wrong = self.dice.once_in(10);
                let amount = if wrong { self.dice.amount(2_000) } else { price };
                let asset = if self.dice.once_in(16) { self.asset() } else { asset_of(id) };
                Op::Challenge { by, id, asset, amount }
            }
            16..20 => {
                let named = |listing: &Listing| listing.case.is_some() && !kinds[listing.kind].judged;
                let id = self.id(&fitting(all, named));
                let number = self.number(id);
                Op::Rule { by: self.rightful(), id, number, upheld: self.dice.once_in(2) }
            }
            20..24 => {
                Op::Draw { id: self.id(&case(|case| case.jury.is_none())), forged: self.dice.once_in(10) }
            }
            24..36 => {
                let id = self.id(&case(|case| case.jury.is_some()));
                let jury = all
                    .get(&id)
                    .and_then(|listing| listing.case.as_ref())
                    .and_then(|case| case.jury.as_ref());
                let silent: Vec<u64> = jury
                    .into_iter()
                    .flatten()
                    .filter(|(_, vote)| vote.is_none())
                    .map(|(own, _)| *own)
                    .collect();
                let by = self.dice.one(&silent).map_or(by, owner);
                // Whom to believe is a matter of the case, so that majorities come about.
                let upheld = id.is_multiple_of(2) != self.dice.once_in(5);
                Op::Vote { by: self.mostly(by), id, number: self.number(id), upheld }
            }
            36..39 => Op::AdvanceCase { id: self.id(&case(|_| true)) },
            39..42 => {
                let leaving = |listing: &Listing| matches!(listing.state, State::Leaving(_));
                Op::FinishListing { id: self.id(&fitting(all, leaving)) }
            }
            42..44 => {
                let id = self.id(&fitting(all, |listing| kinds[listing.kind].slashed));
                Op::Slash { by: self.rightful(), id, amount: self.dice.amount(500) }
            }
            44..46 => Op::Collect { asset: self.asset() },
            _ => Op::PauseListings { by: self.rightful(), paused: self.dice.once_in(4) },
        }
    }

    /// Number of a listing's case, mostly.
    fn number(&mut self, id: u64) -> u64 {
        let model = self.model;
        let case = model.listings.all.get(&id).and_then(|listing| listing.case.as_ref());
        let number = case.map_or(1, |case| case.number);
        if self.dice.once_in(12) { number.saturating_sub(1) } else { number }
    }

    fn feed(&mut self) -> Op {
        let model = self.model;
        if self.dice.once_in(12) {
            return Op::StopFeed { by: self.rightful(), stopped: self.dice.once_in(4) };
        }
        let (terms, now) = (model.feed.terms, model.now);
        let round = now / terms.interval - self.dice.below(10) / 9;
        let around = match (model.feed.pending, model.feed.last) {
            (Some((value, ..)), _) | (None, Some((value, ..))) if !self.dice.once_in(10) => value,
            _ => self.dice.within(60, 160).into(),
        };
        let mut said = vec![];
        for signer in 1..=terms.reporters + 1 {
            let value = match self.dice.below(24) {
                0 => 0,
                1 => u128::MAX,
                2 => 1,
                // One of them lies often enough to be suspended.
                _ if signer == 2 && self.dice.once_in(2) => around.saturating_mul(2),
                _ => around.saturating_add(self.dice.within(0, 4).into()).saturating_sub(2),
            };
            let time = match self.dice.below(24) {
                0 => now + self.dice.within(0, 60),
                1 => now - self.dice.within(0, 2 * terms.max_age),
                _ => now,
            };
            if !self.dice.once_in(10) {
                said.push(Said { signer, value, time, forged: self.dice.once_in(30) });
            }
        }
        Op::Report { round, said }
    }
}
