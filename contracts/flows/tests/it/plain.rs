//! Flows in plain arithmetic, step by step: what the contract has to do with each message.

use std::collections::BTreeMap;

use bithive_test_kit::flows::NOTICE;

#[derive(Clone, Debug)]
pub enum Way {
    Rate { amount: u128, step: u64, advance: u64 },
    Vouchers { seconds: u64 },
}

#[derive(Clone, Debug)]
pub enum Op {
    Open {
        payer: usize,
        payee: usize,
        asset: usize,
        deposit: u128,
        way: Way,
        transferable: bool,
    },
    TopUp {
        by: usize,
        id: u64,
        asset: usize,
        deposit: u128,
        later: Option<u64>,
    },
    Settle {
        id: u64,
    },
    /// Flow, cumulative amount, and whether the flow's key has signed it.
    Redeem {
        vouchers: Vec<(u64, u128, bool)>,
    },
    Transfer {
        by: usize,
        id: u64,
        to: usize,
    },
    Close {
        by: usize,
        id: u64,
    },
    Finish {
        id: u64,
    },
    Withdraw {
        account: usize,
        asset: usize,
    },
    Wait {
        seconds: u64,
    },
}

#[derive(Clone, Debug)]
pub enum Kind {
    Rate { amount: u128, step: u64, advance: u64, start: u64 },
    Vouchers { ends: u64, closing: bool },
}

#[derive(Clone, Debug)]
pub struct Flow {
    payer: usize,
    payee: usize,
    pub asset: usize,
    kind: Kind,
    transferable: bool,
    pub deposit: u128,
    pub paid: u128,
}

impl Flow {
    /// What is owed without a voucher, step by step; and whether no whole unit is left.
    pub fn due(&self, now: u64) -> (u128, bool) {
        let Kind::Rate { amount, step, advance, start } = self.kind else { return (0, false) };
        let (mut owed, mut units, mut at) = (0, advance, start + step);
        while at <= now && u128::from(units) * amount <= self.deposit {
            units += 1;
            at += step;
        }
        for _ in 0..units {
            if owed + amount <= self.deposit {
                owed += amount;
            }
        }
        (owed - self.paid, self.deposit - owed < amount)
    }
}

#[derive(Default)]
pub struct Model {
    pub flows: BTreeMap<u64, Flow>,
    opened: u64,
    pub owed: BTreeMap<(usize, usize), u128>,
    pub put_in: BTreeMap<(usize, usize), u128>,
    pub taken: BTreeMap<(usize, usize), u128>,
}

impl Model {
    fn credit(&mut self, account: usize, asset: usize, amount: u128) {
        *self.owed.entry((account, asset)).or_default() += amount;
    }

    fn settle(&mut self, now: u64, id: u64) -> u128 {
        let Some(flow) = self.flows.get_mut(&id) else { return 0 };
        let (due, _) = flow.due(now);
        flow.paid += due;
        let (payee, asset) = (flow.payee, flow.asset);
        self.credit(payee, asset, due);
        due
    }

    fn end(&mut self, now: u64, id: u64) {
        self.settle(now, id);
        let flow = self.flows.remove(&id).unwrap();
        self.credit(flow.payer, flow.asset, flow.deposit - flow.paid);
    }

    fn redeem(&mut self, now: u64, (id, cumulative, signed): (u64, u128, bool)) -> bool {
        let Some(flow) = self.flows.get_mut(&id) else { return false };
        let taken = matches!(flow.kind, Kind::Vouchers { ends, .. } if now <= ends);
        let whole = cumulative.min(flow.deposit);
        if !signed || !taken || whole <= flow.paid {
            return false;
        }
        let (new, payee, asset) = (whole - flow.paid, flow.payee, flow.asset);
        flow.paid = whole;
        self.credit(payee, asset, new);
        true
    }

    /// Whether a message is accepted, and what it does.
    pub fn run(&mut self, now: u64, op: &Op) -> bool {
        match *op {
            Op::Open { payer, payee, asset, deposit, ref way, transferable } => {
                let kind = match *way {
                    Way::Rate { amount, step, advance } => Kind::Rate { amount, step, advance, start: now },
                    Way::Vouchers { seconds } => Kind::Vouchers { ends: now + seconds, closing: false },
                };
                let fits = match *way {
                    Way::Rate { amount, .. } => deposit >= amount,
                    Way::Vouchers { seconds } => seconds >= NOTICE,
                };
                if payer == payee || !fits {
                    return false;
                }
                self.opened += 1;
                let flow = Flow { payer, payee, asset, kind, transferable, deposit, paid: 0 };
                self.flows.insert(self.opened, flow);
                *self.put_in.entry((payer, asset)).or_default() += deposit;
                true
            }
            Op::TopUp { by, id, asset, deposit, later } => self.top_up(now, (by, id, asset), deposit, later),
            Op::Settle { id } => self.settle(now, id) > 0,
            Op::Redeem { ref vouchers } => {
                let mut any = false;
                for voucher in vouchers {
                    any |= self.redeem(now, *voucher);
                }
                any
            }
            Op::Transfer { by, id, to } => {
                let ok = |flow: &&Flow| flow.payee == by && flow.transferable && flow.payer != to;
                if self.flows.get(&id).filter(ok).is_none() {
                    return false;
                }
                self.settle(now, id);
                self.flows.get_mut(&id).unwrap().payee = to;
                true
            }
            Op::Close { by, id } => {
                let Some(flow) = self.flows.get_mut(&id) else { return false };
                match &mut flow.kind {
                    Kind::Vouchers { ends, closing } if by == flow.payer => {
                        if *closing {
                            return false;
                        }
                        (*ends, *closing) = ((*ends).min(now + NOTICE), true);
                        return true;
                    }
                    _ if by == flow.payer || by == flow.payee => {}
                    _ => return false,
                }
                self.end(now, id);
                true
            }
            Op::Finish { id } => {
                let over = |flow: &&Flow| match flow.kind {
                    Kind::Rate { .. } => flow.due(now).1,
                    Kind::Vouchers { ends, .. } => now > ends || flow.paid == flow.deposit,
                };
                let over = self.flows.get(&id).filter(over).is_some();
                if over {
                    self.end(now, id);
                }
                over
            }
            Op::Withdraw { account, asset } => {
                let owed = self.owed.remove(&(account, asset)).unwrap_or(0);
                *self.taken.entry((account, asset)).or_default() += owed;
                owed > 0
            }
            Op::Wait { .. } => true,
        }
    }

    fn top_up(
        &mut self,
        now: u64,
        (by, id, asset): (usize, u64, usize),
        deposit: u128,
        later: Option<u64>,
    ) -> bool {
        let Some(mut flow) = self.flows.get(&id).cloned().filter(|flow| flow.asset == asset) else {
            return false;
        };
        let (due, drained) = flow.due(now);
        match &mut flow.kind {
            Kind::Rate { .. } if later.is_some() => return false,
            Kind::Rate { amount, .. } if by != flow.payer && !deposit.is_multiple_of(*amount) => {
                return false;
            }
            Kind::Rate { amount, advance, start, .. } => {
                if drained {
                    let left = flow.deposit - flow.paid - due;
                    if left + deposit < *amount {
                        return false;
                    }
                    (*start, *advance) = (now, 0);
                    self.settle(now, id);
                    (flow.deposit, flow.paid) = (left, 0);
                }
            }
            Kind::Vouchers { ends, closing } => {
                if *closing || now > *ends {
                    return false;
                }
                if let Some(seconds) = later {
                    let found = now + seconds;
                    if by != flow.payer || found < *ends || seconds < NOTICE {
                        return false;
                    }
                    *ends = found;
                }
            }
        }
        flow.deposit += deposit;
        self.flows.insert(id, flow);
        *self.put_in.entry((by, asset)).or_default() += deposit;
        true
    }
}
