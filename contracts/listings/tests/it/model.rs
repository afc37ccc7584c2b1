//! Random messages to the contract, and to a model that is written apart from it: both accept or both refuse, and what was put in is in
//! bonds, owed or paid, to the unit.

use bithive_api::asset::Asset;
use bithive_api::listings::{Category, ExecuteMsg, Ruler, State};
use bithive_test_kit::listings::{POOL, category, content, terms};
use cosmwasm_std::Addr;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::plain::{Kind, Model, Op, Stage, TIMES, TREASURY, Thing};
use crate::world::World;

/// Three that do everything, and ten more jurors.
const ACCOUNTS: usize = 13;
const ACTORS: usize = 3;
const RICH: u128 = 1_000_000_000;
const CATEGORIES: [&str; 3] = ["first", "second", POOL];
/// The first in tokens, with a named ruler; the second in coins, which jurors judge; the jurors, who judge each other.
const KINDS: [Kind; 3] = [
    Kind { asset: 0, bond: 1_001, judged: false, jurors: false },
    Kind { asset: 1, bond: 777, judged: true, jurors: false },
    Kind { asset: 0, bond: 53, judged: true, jurors: true },
];

/// Numbers of listings are places here, which [`Both::aimed`] turns into numbers of listings that the message may be for.
fn op() -> impl Strategy<Value = Op> {
    let (who, id, asset) = (|| 0..ACTORS, || 0..1_000u64, || 0..2usize);
    let off = prop_oneof![9 => Just(0u128), 1 => 1u128..5];
    let wait = prop_oneof![6 => 1u64..TIMES.1 / 4, 2 => TIMES.1..TIMES.0, 1 => TIMES.0..40 * 86_400];
    prop_oneof![
        5 => (who(), prop_oneof![2 => Just(0usize), 3 => Just(1), 2 => Just(2)])
            .prop_map(|(who, category)| Op::List { who, category }),
        2 => (who(), id(), 1u128..60).prop_map(|(who, id, amount)| Op::TopUp { who, id, amount }),
        2 => (who(), id()).prop_map(|(who, id)| Op::Update { who, id }),
        3 => (who(), id()).prop_map(|(who, id)| Op::Leave { who, id }),
        6 => (who(), id(), off).prop_map(|(who, id, off)| Op::Challenge { who, id, off }),
        3 => (id(), any::<bool>()).prop_map(|(id, upheld)| Op::Rule { id, upheld }),
        7 => id().prop_map(|id| Op::Draw { id }),
        25 => (id(), 0..8usize, prop::bool::weighted(0.7)).prop_map(|(id, place, upheld)| Op::Vote { id, place, upheld }),
        7 => id().prop_map(|id| Op::Advance { id }),
        4 => id().prop_map(|id| Op::Finish { id }),
        2 => (id(), prop_oneof![1u128..600, Just(u128::MAX)]).prop_map(|(id, amount)| Op::Slash { id, amount }),
        3 => (0..ACCOUNTS, asset()).prop_map(|(who, asset)| Op::Withdraw { who, asset }),
        1 => asset().prop_map(|asset| Op::Collect { asset }),
        5 => wait.prop_map(|seconds| Op::Wait { seconds }),
    ]
}

struct Both {
    world: World,
    accounts: Vec<Addr>,
    assets: [Asset; 2],
    model: Model,
}

impl Both {
    fn new() -> Self {
        let mut world = World::new();
        let assets = world.assets();
        let accounts: Vec<_> =
            (0..ACCOUNTS).map(|index| world.suite.account(&format!("no {index}"))).collect();
        for account in &accounts {
            for asset in &assets {
                world.suite.fund_in(account, asset, RICH);
            }
        }
        let listings = world.listings.clone();
        for index in [2, 0, 1] {
            let Kind { asset, bond, judged, jurors } = KINDS[index];
            let ruler =
                if judged { Ruler::Jurors(POOL.into()) } else { Ruler::Named(world.ruler.to_string()) };
            let mut terms = terms((&assets[asset], bond), ruler);
            if index == 0 {
                terms.slashers = vec![world.suite.faucet.to_string()];
            }
            let setting = Category { jurors, ..category(terms) };
            listings.set(&mut world.suite, CATEGORIES[index], setting).unwrap();
        }
        let mut this = Self { world, accounts, assets, model: Model::new(KINDS) };
        for who in ACTORS..ACCOUNTS {
            this.step(&Op::List { who, category: 2 });
        }
        this
    }

    /// A message for a listing that may take it, four times of five; else for any, also for one that is not there.
    fn aimed(&self, op: &Op) -> Op {
        let things = &self.model.things;
        let at = |place: u64, fits: &dyn Fn(&Thing) -> bool| {
            let fitting: Vec<u64> =
                things.iter().filter(|(_, thing)| fits(thing)).map(|(id, _)| *id).collect();
            let (any, place) = (place.is_multiple_of(5), (place / 5) as usize);
            if any || fitting.is_empty() { place as u64 % 24 } else { fitting[place % fitting.len()] }
        };
        let owner = |who: usize, id: u64| match things.get(&id) {
            Some(thing) if !id.is_multiple_of(4) => thing.owner,
            _ => who,
        };
        let free = |thing: &Thing| thing.stage == Stage::Active && thing.case.is_none();
        let open = |thing: &Thing| thing.case.is_some();
        match *op {
            Op::TopUp { who, id, amount } => {
                Op::TopUp { who, id: at(id, &|thing| thing.bond < KINDS[thing.category].bond), amount }
            }
            Op::Update { who, id } => {
                let id = at(id, &free);
                Op::Update { who: owner(who, id), id }
            }
            Op::Leave { who, id } => {
                let id = at(id, &|thing| free(thing) && thing.owner < ACTORS);
                Op::Leave { who: owner(who, id), id }
            }
            Op::Challenge { who, id, off } => {
                let judged = !id.is_multiple_of(3);
                Op::Challenge {
                    who,
                    id: at(id, &|thing| thing.case.is_none() && KINDS[thing.category].judged == judged),
                    off,
                }
            }
            Op::Rule { id, upheld } => {
                Op::Rule { id: at(id, &|thing| open(thing) && !KINDS[thing.category].judged), upheld }
            }
            Op::Draw { id } => {
                Op::Draw { id: at(id, &|thing| thing.case.as_ref().is_some_and(|case| case.jury.is_none())) }
            }
            Op::Vote { id, place, upheld } => {
                let id = at(id, &|thing| thing.case.as_ref().is_some_and(|case| case.jury.is_some()));
                let jury =
                    things.get(&id).and_then(|thing| thing.case.as_ref()).and_then(|case| case.jury.as_ref());
                let silent = jury.into_iter().flatten().position(|(_, vote)| vote.is_none());
                Op::Vote { id, place: if place < 6 { silent.unwrap_or(place) } else { place }, upheld }
            }
            Op::Advance { id } => Op::Advance { id: at(id, &open) },
            Op::Finish { id } => Op::Finish { id: at(id, &|thing| matches!(thing.stage, Stage::Leaving(_))) },
            Op::Slash { id, amount } => {
                Op::Slash { id: at(id, &|thing| thing.category == 0 && thing.bond > 0), amount }
            }
            _ => op.clone(),
        }
    }

    /// Runs a message in both, and compares them.
    fn step(&mut self, op: &Op) {
        let now = self.world.suite.now();
        let price = |id: u64| self.model.price(id, now);
        let paid = if let Op::Challenge { id, off, .. } = op { price(*id) + off } else { 0 };
        let votes = self.voter(op);
        let expected = self.model.run(now, op);
        let found = self.sent(op, paid, votes.as_ref());
        assert_eq!(found, expected, "{op:?} at {now}");
        if let (Op::Draw { id }, true) = (op, found) {
            let listing = self.world.listing(*id);
            let jurors: Vec<u64> = listing.challenge.unwrap().jurors.iter().map(|juror| juror.id).collect();
            self.model.drawn(*id, &jurors, now);
        }
        self.compare();
    }

    /// The juror that a vote is of, and the number of the challenge.
    fn voter(&self, op: &Op) -> Option<(Addr, u64)> {
        let Op::Vote { id, place, .. } = op else { return None };
        let case = self.model.things.get(id)?.case.as_ref()?;
        let juror = case.jury.as_ref().and_then(|jury| jury.get(*place)).map(|(own, _)| *own);
        // One that has no such place is a stranger.
        let account = juror.map_or(&self.world.stranger, |own| &self.accounts[self.model.things[&own].owner]);
        Some((account.clone(), case.number))
    }

    fn sent(&mut self, op: &Op, paid: u128, voter: Option<&(Addr, u64)>) -> bool {
        let (suite, listings) = (&mut self.world.suite, self.world.listings.clone());
        let (stranger, accounts, assets) = (&self.world.stranger, &self.accounts, &self.assets);
        let asset_of = |model: &Model, id: &u64| {
            let category = model.things.get(id).map_or(0, |thing| thing.category);
            assets[KINDS[category].asset].clone()
        };
        let mut send = |sender: &Addr, message: &ExecuteMsg| listings.send(suite, sender, message).is_ok();
        match *op {
            Op::List { who, category } => {
                let Kind { asset, bond, .. } = KINDS[category];
                let bond = (&assets[asset], bond);
                listings.list(suite, &accounts[who], bond, (CATEGORIES[category], 1)).is_ok()
            }
            Op::TopUp { who, id, amount } => {
                let asset = asset_of(&self.model, &id);
                listings.top_up(suite, &accounts[who], (&asset, amount), id).is_ok()
            }
            Op::Update { who, id } => {
                let update = ExecuteMsg::Update { id, content: Some(content("else")), terms: Some(1) };
                send(&accounts[who], &update)
            }
            Op::Leave { who, id } => send(&accounts[who], &ExecuteMsg::Leave { id }),
            Op::Challenge { who, id, .. } => {
                let asset = asset_of(&self.model, &id);
                listings.challenge(suite, &accounts[who], (&asset, paid), id).is_ok()
            }
            Op::Rule { id, upheld } => {
                let found = listings.listing(suite, id).and_then(|listing| listing.challenge);
                let challenge = found.map_or(0, |challenge| challenge.number);
                listings.send(suite, &self.world.ruler, &ExecuteMsg::Rule { id, challenge, upheld }).is_ok()
            }
            Op::Draw { id } => listings.draw(suite, id).is_ok(),
            Op::Vote { id, upheld, .. } => {
                let (juror, challenge) = voter.cloned().unwrap_or((stranger.clone(), 0));
                send(&juror, &ExecuteMsg::Vote { id, challenge, upheld })
            }
            Op::Advance { id } => send(stranger, &ExecuteMsg::Advance { id }),
            Op::Finish { id } => send(stranger, &ExecuteMsg::Finish { id }),
            Op::Slash { id, amount } => {
                let slash = ExecuteMsg::Slash { id, amount: amount.into(), reason: String::new() };
                let faucet = suite.faucet.clone();
                suite.relay(&faucet, &listings.address, &slash).is_ok()
            }
            Op::Withdraw { who, asset } => {
                send(&accounts[who], &ExecuteMsg::Withdraw { asset: assets[asset].clone() })
            }
            Op::Collect { asset } => send(stranger, &ExecuteMsg::Collect { asset: assets[asset].clone() }),
            Op::Wait { seconds } => {
                suite.advance(seconds);
                true
            }
        }
    }

    fn compare(&self) {
        let (world, model) = (&self.world, &self.model);
        world.check();
        for (index, asset) in self.assets.iter().enumerate() {
            let of = |who: usize, sums: &std::collections::BTreeMap<(usize, usize), u128>| {
                sums.get(&(who, index)).copied().unwrap_or(0)
            };
            let mut in_bonds = 0;
            for thing in model.things.values().filter(|thing| KINDS[thing.category].asset == index) {
                in_bonds += thing.bond + thing.case.as_ref().map_or(0, |case| case.bond);
            }
            assert_eq!(world.listings.held(&world.suite, asset).escrowed.u128(), in_bonds, "{asset}");
            for (who, account) in self.accounts.iter().enumerate() {
                assert_eq!(world.listings.claimable(&world.suite, account, asset), of(who, &model.owed));
                let expected = RICH - of(who, &model.put_in) + of(who, &model.taken);
                assert_eq!(world.suite.balance_in(account, asset), expected);
            }
            let treasury = &world.listings.treasury;
            assert_eq!(world.listings.claimable(&world.suite, treasury, asset), of(TREASURY, &model.owed));
        }
        for (id, thing) in &model.things {
            let found = world.listing(*id);
            let state = match thing.stage {
                Stage::Active => State::Active,
                Stage::Leaving(ends) => State::Leaving { ends },
                Stage::Removed => State::Removed,
            };
            let expected = (thing.bond, state, thing.case.is_some(), thing.cases);
            let is = (found.bond.u128(), found.state, found.challenge.is_some(), found.cases);
            assert_eq!(is, expected, "listing {id}");
        }
        assert_eq!(world.seated() as usize, model.seated());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_people_put_in_is_in_bonds_or_owed_or_paid(ops in prop::collection::vec(op(), 120)) {
        let mut stage = Both::new();
        for op in &ops {
            let aimed = stage.aimed(op);
            stage.step(&aimed);
        }
    }
}
