//! Invariants of the economy: pure functions of the contracts' answers at one moment.

use bithive_api::emissions::{ContributorResponse, EmissionResponse};
use bithive_api::staking::{NodeResponse, TotalsResponse};
use bithive_api::token::SupplyResponse;
use bithive_economics::{Emission, emission::Bucket};

use crate::check_btt::Btt;
use crate::compare::{Broken, Checks};

/// Supply of one token and who holds it, in base units.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) symbol: &'static str,
    pub(crate) supply: SupplyResponse,
    /// Sum of the balances of all accounts.
    pub(crate) balances: u128,
    /// What the vesting contract holds for positions, and its balance.
    pub(crate) held: u128,
    pub(crate) vesting: u128,
    /// What is in the treasury.
    pub(crate) treasury: u128,
}

/// A line of the token tables.
#[derive(Clone, Debug)]
pub(crate) struct Vested {
    pub(crate) name: &'static str,
    pub(crate) symbol: &'static str,
    pub(crate) total: u128,
    pub(crate) claimed: u128,
    pub(crate) due: u128,
    /// What the tables say is due by now, paid or not.
    pub(crate) rule: u128,
}

/// The contracts' answers at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) day: u64,
    /// Time of the last block, in Unix seconds.
    pub(crate) now: u64,
    /// BTK, BTT, SKY.
    pub(crate) tokens: [Token; 3],
    pub(crate) emission: EmissionResponse,
    /// In the order of the operators.
    pub(crate) contributors: Vec<ContributorResponse>,
    /// In the same order; none for those that never registered.
    pub(crate) nodes: Vec<Option<NodeResponse>>,
    pub(crate) stakes: TotalsResponse,
    /// BTK of the staking contract.
    pub(crate) staking: u128,
    pub(crate) vested: Vec<Vested>,
    /// BTK that the treasury bought.
    pub(crate) bought: u128,
    pub(crate) btt: Btt,
}

impl Snapshot {
    /// Checks all invariants; returns how many comparisons held.
    ///
    /// # Errors
    /// The first that does not.
    pub(crate) fn check(&self, rule: &Emission) -> Result<u64, Broken> {
        let mut checks = Checks::on(self.day);
        self.supplies(&mut checks)?;
        self.emission(&mut checks, rule)?;
        self.contributors(&mut checks, rule)?;
        self.stakes(&mut checks)?;
        self.positions(&mut checks)?;
        self.btt.check(&mut checks)?;
        Ok(checks.held())
    }

    fn supplies(&self, checks: &mut Checks) -> Result<(), Broken> {
        for Token { symbol, supply, balances, .. } in &self.tokens {
            let left = supply.minted.u128().saturating_sub(supply.burnt.u128());
            checks.at_most(&format!("{symbol} burnt"), supply.burnt.u128(), supply.minted.u128())?;
            checks.same(&format!("the supply of {symbol}"), supply.supply.u128(), left)?;
            checks.same(&format!("the sum of all balances of {symbol}"), *balances, left)?;
            checks.at_most(&format!("{symbol} minted"), supply.minted.u128(), supply.cap.u128())?;
        }
        Ok(())
    }

    fn emission(&self, checks: &mut Checks, rule: &Emission) -> Result<(), Broken> {
        let (said, now) = (&self.emission, self.now);
        let [btk, ..] = &self.tokens;
        checks.same("halvings", said.halvings.into(), rule.halvings(now).into())?;
        checks.same("BTK emitted", said.emitted.u128(), rule.total(now))?;
        checks.same("BTK minted by the emissions", said.minted.u128(), btk.supply.minted.u128())?;
        checks.at_most("BTK minted", said.minted.u128(), rule.total(now))?;
        let (released, due) = (&said.released, &said.due);
        let buckets = [
            (Bucket::Application, released.application, due.application),
            (Bucket::Foundation, released.foundation, due.foundation),
            (Bucket::Infrastructure, released.infrastructure, due.infrastructure),
        ];
        for (bucket, released, due) in buckets {
            let funded = rule.of(bucket, now);
            let by_now = match bucket {
                Bucket::Application => rule.released_daily(bucket, rule.start(), now),
                _ => rule.released(bucket, now),
            };
            let sum = released.u128().saturating_add(due.u128());
            checks.same(&format!("what {bucket:?} was paid and is due"), sum, by_now)?;
            checks.at_most(&format!("what {bucket:?} was paid"), released.u128(), funded)?;
        }
        Ok(())
    }

    fn contributors(&self, checks: &mut Checks, rule: &Emission) -> Result<(), Broken> {
        let sum = |of: fn(&ContributorResponse) -> u128| self.contributors.iter().map(of).sum::<u128>();
        let funded = rule.of(Bucket::Contributors, self.now);
        checks.at_most("what contributors earned", sum(|one| one.earned.u128()), funded)?;
        checks.at_most("what contributors claimed", self.emission.claimed.u128(), funded)?;
        let claimed = sum(|one| one.claimed.u128());
        checks.same("the sum of what each contributor claimed", claimed, self.emission.claimed.u128())?;
        for one in &self.contributors {
            let due = one.claimed.u128().saturating_add(one.due.u128());
            checks.at_most("what a contributor was paid and is due", due, one.earned.u128())?;
        }
        Ok(())
    }

    fn stakes(&self, checks: &mut Checks) -> Result<(), Broken> {
        let TotalsResponse { staked, unbonding, rewards } = &self.stakes;
        let parts = [staked, unbonding, rewards].map(|part| part.u128());
        checks.same("the balance of the staking contract", self.staking, parts.iter().sum())?;
        let nodes = || self.nodes.iter().flatten();
        let stake: u128 = nodes().map(|node| node.stake.u128()).sum();
        checks.same("the sum of the stakes of all nodes", stake, staked.u128())?;
        let leaving: u128 = nodes().map(|node| node.unbonding.u128()).sum();
        checks.same("the sum of what unbonds from all nodes", leaving, unbonding.u128())?;
        let [btk, ..] = &self.tokens;
        let ended = btk.supply.burnt.u128().saturating_add(btk.treasury);
        let expected = self.slashed().saturating_add(self.bought);
        checks.same("BTK burnt or waiting for it in the treasury", ended, expected)
    }

    fn positions(&self, checks: &mut Checks) -> Result<(), Broken> {
        for Vested { name, claimed, due, rule, .. } in &self.vested {
            let sum = claimed.saturating_add(*due);
            checks.same(&format!("what the line {name} of the tables was paid and is due"), sum, *rule)?;
        }
        for Token { symbol, held, vesting, .. } in &self.tokens {
            let of = |line: &&Vested| line.symbol == *symbol;
            let left =
                self.vested.iter().filter(of).map(|line| line.total.saturating_sub(line.claimed)).sum();
            checks.same(&format!("{symbol} held for positions"), *held, left)?;
            checks.at_most(&format!("{symbol} held for positions"), *held, *vesting)?;
        }
        Ok(())
    }

    /// BTK taken by slashes.
    pub(crate) fn slashed(&self) -> u128 {
        self.nodes.iter().flatten().map(|node| node.slashed.u128()).sum()
    }

    /// BTK that contributors earned.
    pub(crate) fn earned(&self) -> u128 {
        self.contributors.iter().map(|one| one.earned.u128()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bithive_api::emissions::Recipients;
    use bithive_economics::vesting::DAY;
    use cosmwasm_std::Uint128;

    const START: u64 = 1_767_312_000;
    const DAYS: u64 = 100;

    fn rule() -> Emission {
        Emission::new(START).unwrap()
    }

    fn token(symbol: &'static str, minted: u128, burnt: u128) -> Token {
        let supply = SupplyResponse {
            minted: minted.into(),
            burnt: burnt.into(),
            supply: (minted - burnt).into(),
            cap: (1u128 << 60).into(),
        };
        Token { symbol, supply, balances: minted - burnt, held: 0, vesting: 0, treasury: 0 }
    }

    /// A hundred days of one contributor that was slashed once, with one line of the tables.
    fn sound() -> Snapshot {
        let now = START + DAYS * DAY;
        let of = |bucket| rule().of(bucket, now);
        let application = rule().released_daily(Bucket::Application, START, now);
        let foundation = rule().released(Bucket::Foundation, now);
        let (earned, claimed, released) = (of(Bucket::Contributors), 1_000_000, 500);
        let minted = claimed + released;
        let mut btk = token("BTK", minted, 60);
        btk.treasury = 40;
        let mut sky = token("SKY", 1_000, 0);
        (sky.held, sky.vesting) = (700, 700);
        Snapshot {
            day: DAYS,
            now,
            tokens: [btk, token("BTT", 5_000, 0), sky],
            emission: EmissionResponse {
                halvings: 0,
                emitted: rule().total(now).into(),
                contributors: earned.into(),
                minted: minted.into(),
                claimed: claimed.into(),
                released: Recipients {
                    application: released.into(),
                    foundation: Uint128::zero(),
                    infrastructure: Uint128::zero(),
                },
                due: Recipients {
                    application: (application - released).into(),
                    foundation: foundation.into(),
                    infrastructure: foundation.into(),
                },
            },
            contributors: vec![ContributorResponse {
                today: None,
                earned: earned.into(),
                claimed: claimed.into(),
                due: (earned - claimed).into(),
            }],
            nodes: vec![
                None,
                Some(NodeResponse {
                    tera: 4,
                    commission_bps: 0,
                    stake: 300u128.into(),
                    shares: 400u128.into(),
                    unbonding: 20u128.into(),
                    pledge: 300u128.into(),
                    required: 400u128.into(),
                    earning_bps: 5_000,
                    slashed: 90u128.into(),
                }),
            ],
            stakes: TotalsResponse {
                staked: 300u128.into(),
                unbonding: 20u128.into(),
                rewards: 5u128.into(),
            },
            staking: 325,
            vested: vec![Vested {
                name: "team",
                symbol: "SKY",
                total: 900,
                claimed: 200,
                due: 50,
                rule: 250,
            }],
            bought: 10,
            btt: crate::check_btt::tests::sound(),
        }
    }

    #[test]
    fn a_sound_economy_passes() {
        assert_eq!(sound().check(&rule()).unwrap(), 37 + 23);
    }

    /// Breaks a sound economy in one place; returns what the check says.
    fn broken(change: impl FnOnce(&mut Snapshot)) -> String {
        let mut snapshot = sound();
        change(&mut snapshot);
        snapshot.check(&rule()).unwrap_err().what
    }

    #[test]
    fn every_number_that_is_wrong_is_found_and_named() {
        let one = Uint128::one();
        assert_eq!(broken(|s| s.tokens[1].supply.supply += one), "the supply of BTT");
        assert_eq!(broken(|s| s.tokens[2].balances -= 1), "the sum of all balances of SKY");
        assert_eq!(broken(|s| s.tokens[0].supply.burnt = 2_000_000u128.into()), "BTK burnt");
        assert_eq!(broken(|s| s.tokens[1].supply.cap = 4_999u128.into()), "BTT minted");
        assert_eq!(broken(|s| s.emission.halvings = 1), "halvings");
        assert_eq!(broken(|s| s.emission.emitted += one), "BTK emitted");
        assert_eq!(broken(|s| s.emission.minted += one), "BTK minted by the emissions");
        assert_eq!(broken(|s| s.emission.due.application += one), "what Application was paid and is due");
        assert_eq!(broken(|s| s.emission.released.foundation += one), "what Foundation was paid and is due");
        assert_eq!(broken(|s| s.contributors[0].earned += one), "what contributors earned");
        assert_eq!(broken(|s| s.contributors[0].claimed += one), "the sum of what each contributor claimed");
        assert_eq!(broken(|s| s.contributors[0].due += one), "what a contributor was paid and is due");
        assert_eq!(broken(|s| s.staking += 1), "the balance of the staking contract");
        assert_eq!(broken(|s| s.bought -= 1), "BTK burnt or waiting for it in the treasury");
        assert_eq!(broken(|s| s.nodes[1] = None), "the sum of the stakes of all nodes");
        assert_eq!(broken(|s| s.vested[0].due += 1), "what the line team of the tables was paid and is due");
        assert_eq!(broken(|s| s.tokens[2].held -= 1), "SKY held for positions");
        assert_eq!(broken(|s| s.tokens[2].vesting -= 1), "SKY held for positions");
        assert_eq!(broken(|s| s.btt.rewards.balance -= 1), "the budget of rewards");
    }

    #[test]
    fn a_failed_check_says_what_was_found_and_expected() {
        let mut snapshot = sound();
        snapshot.staking = 324;
        let error = snapshot.check(&rule()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "day 100: the balance of the staking contract is 324; expected exactly 325"
        );
    }
}
