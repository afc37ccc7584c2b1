//! One or more of every event, with a value of its own in each field.

use bithive_api::attestations::{Evidence, PacketKind, Receipt, Source};
use bithive_api::event::{OrEmpty, OrNone};
use bithive_api::{
    attestations as att, checkout as che, datasets as dat, emissions as emi, escrow as esc, flows as flo,
    grants as gra, ics20 as ics, jobs as job, listings as lis, meter as met, oracle as ora,
    randomness as ran, registry as reg, rewards as rew, staking as sta, timebank as tim, treasury as tre,
    vesting as ves,
};
use cosmwasm_std::{Addr, HexBinary, Uint128};

fn addr(name: &str) -> Addr {
    Addr::unchecked(format!("cosmwasm1{name}"))
}

fn source() -> Source {
    Source { chain_id: "bithive-1".into(), jobs: "bithive1jobs".into() }
}

const AMOUNT: Uint128 = Uint128::new(340_282_366_920_938_463_463_374_607_431_768_211_455);
const LESS: Uint128 = Uint128::new(12_500_000);

pub fn attestations() -> Vec<att::Event> {
    use att::Event::*;
    let (connection_id, port_id) = ("connection-3".to_owned(), "wasm.bithive1source".to_owned());
    let channel_id = "channel-9".to_owned();
    vec![
        PeerAllowed {
            connection_id: connection_id.clone(),
            port_id: port_id.clone(),
            source: Some(source()),
        },
        PeerAllowed { connection_id: connection_id.clone(), port_id: port_id.clone(), source: None },
        PeerRemoved { connection_id: connection_id.clone(), port_id: port_id.clone() },
        ChannelOpened { channel_id: channel_id.clone(), connection_id, port_id },
        ChannelClosed { channel_id: channel_id.clone() },
        Sent {
            kind: PacketKind::Workers,
            channel_id: channel_id.clone(),
            job_id: 7,
            round: 2,
            timeout: 1_700_000_600,
        },
        Accepted {
            kind: PacketKind::Statement,
            channel_id: channel_id.clone(),
            job_id: 7,
            receipt: Receipt::AlreadyRecorded,
        },
        Accepted {
            kind: PacketKind::Workers,
            channel_id: channel_id.clone(),
            job_id: 7,
            receipt: Receipt::WorkersRecorded,
        },
        Accepted {
            kind: PacketKind::Workers,
            channel_id: channel_id.clone(),
            job_id: 7,
            receipt: Receipt::WorkersAlreadyRecorded,
        },
        Refused {
            kind: PacketKind::Statement,
            channel_id: channel_id.clone(),
            job_id: 7,
            error: "malformed: no such round".into(),
        },
        TimedOut { kind: PacketKind::Statement, channel_id: channel_id.clone(), job_id: 7 },
        Workers { source: source(), job_id: 7, round: 2, workers: 5 },
        Recorded {
            source: source(),
            job_id: 7,
            round: 2,
            statement: HexBinary::from([0xab; 32]),
            evidence: Evidence::Settled,
        },
        Recorded {
            source: source(),
            job_id: 7,
            round: 2,
            statement: HexBinary::from([0xab; 32]),
            evidence: Evidence::Signed,
        },
        Rejected { channel_id, code: "malformed".into(), error: "round is 0".into() },
    ]
}

pub fn checkout() -> Vec<che::Event> {
    use bithive_api::asset::Asset;
    use che::Event::*;
    let (seller, payer, buyer) = (addr("seller"), addr("payer"), Some(addr("buyer")));
    let (native, cw20) = (Asset::Native("ibc/0A:1B".into()), Asset::Cw20(addr("token")));
    let (receipt, offer, asset) = (9, 3, cw20.clone());
    let paid = |key: u8, referrer, round| Paid {
        receipt,
        offer,
        payer: payer.clone(),
        key: HexBinary::from([key; 16]),
        asset: cw20.clone(),
        amount: AMOUNT,
        referrer,
        round,
    };
    vec![
        Offered {
            id: offer,
            seller: seller.clone(),
            asset: native.clone(),
            buyer,
            uses: Some(1),
            expires: Some(1_763_072_000),
        },
        Offered {
            id: offer,
            seller: seller.clone(),
            asset: native.clone(),
            buyer: None,
            uses: None,
            expires: None,
        },
        Cancelled { id: offer },
        paid(0xa1, Some(addr("friend")), Some(29_000_001)),
        paid(0xb2, None, None),
        Refunded { receipt, offer, payer: payer.clone(), asset, amount: LESS, refunded: AMOUNT },
        Withdrawn { account: seller, asset: native, amount: LESS },
    ]
}

pub fn datasets() -> Vec<dat::Event> {
    use dat::{Asset, Event::*};
    let (native, cw20) = (Asset::Native("ibc/0A:1B".into()), Asset::Cw20(addr("token")));
    let (id, dataset_id, job_id) = (3, 4, 7);
    vec![
        Registered {
            id,
            owner: addr("owner"),
            digest: HexBinary::from([0xcd; 32]),
            asset: native.clone(),
            share: LESS,
        },
        Updated { id, share: LESS, active: false },
        Deposited {
            id,
            dataset_id,
            asset: cw20.clone(),
            amount: AMOUNT,
            depositor: addr("depositor"),
            source: source(),
            job_id,
            deadline: 1_700_086_400,
        },
        Released {
            id,
            dataset_id,
            asset: cw20.clone(),
            amount: AMOUNT,
            owner: addr("owner"),
            source: source(),
            job_id,
        },
        Refunded { id, dataset_id, asset: native, amount: AMOUNT, depositor: addr("depositor") },
        Withdrawn { account: addr("owner"), asset: cw20, amount: AMOUNT },
    ]
}

pub fn emissions() -> Vec<emi::Event> {
    use emi::{Bucket, Event::*};
    vec![
        Announced { meter: addr("meter"), day: 12, units: 180 },
        Credited { contributor: addr("contributor"), meter: addr("meter"), day: 12, units: 90 },
        Claimed { contributor: addr("contributor"), amount: AMOUNT },
        Released { bucket: Bucket::Application, recipient: addr("app"), amount: AMOUNT },
        Recipient { bucket: Bucket::Foundation, recipient: addr("foundation") },
        Recipient { bucket: Bucket::Infrastructure, recipient: addr("infra") },
        Meter { meter: addr("meter"), allowed: true },
        Staking { staking: OrEmpty(Some(addr("staking"))) },
        Staking { staking: OrEmpty(None) },
        Paused { paused: true },
    ]
}

pub fn escrow() -> Vec<esc::Event> {
    use bithive_api::asset::Asset;
    use esc::Event::*;
    let (id, milestone, until) = (3, 2, 1_763_072_000);
    let (payer, payee, arbiter) = (addr("payer"), addr("payee"), addr("arbiter"));
    let (native, cw20) = (Asset::Native("ibc/0A:1B".into()), Asset::Cw20(addr("token")));
    let evidence = Some(HexBinary::from([7; 32]));
    vec![
        Opened { id, opener: payer.clone(), asset: cw20, amount: AMOUNT, crowd: false },
        Funded { id, contributor: payer.clone(), amount: LESS, raised: AMOUNT },
        Started { id, milestone, until },
        Submitted { id, milestone, by: payee.clone(), evidence, until },
        Submitted { id, milestone, by: payee.clone(), evidence: None, until },
        Voted { id, milestone, by: payer.clone(), approves: true, weight: LESS },
        Voting { id, milestone, until },
        Rejected { id, milestone, until },
        Disputed { id, milestone, by: payee.clone(), arbiter: arbiter.clone(), until },
        Ruled { id, milestone, arbiter: arbiter.clone(), payees: LESS, payer: AMOUNT },
        Unruled { id, milestone, arbiter },
        Revealed { id, by: payer.clone(), preimage: HexBinary::from([9; 16]) },
        Released { id, milestone, amount: LESS },
        Refunding { id, amount: AMOUNT },
        Refunded { id, account: payer, amount: LESS },
        Closed { id },
        Withdrawn { account: payee, asset: native, amount: LESS },
    ]
}

pub fn flows() -> Vec<flo::Event> {
    use bithive_api::asset::Asset;
    use flo::Event::*;
    let (id, payer, payee) = (3, addr("payer"), addr("payee"));
    let (native, cw20) = (Asset::Native("ibc/0A:1B".into()), Asset::Cw20(addr("token")));
    vec![
        Opened {
            id,
            payer: payer.clone(),
            payee: payee.clone(),
            asset: cw20.clone(),
            amount: AMOUNT,
            ends: 1_763_072_000,
        },
        ToppedUp { id, by: addr("friend"), asset: cw20.clone(), amount: LESS, ends: 1_763_072_600 },
        Paid { id, payee: payee.clone(), asset: native.clone(), amount: LESS, paid: AMOUNT },
        Skipped { id, cumulative: LESS, reason: "the flow has paid more".into() },
        Transferred { id, from: payee.clone(), to: addr("heir") },
        Closing { id, ends: 1_763_073_000 },
        Closed { id, payer, asset: cw20, amount: LESS },
        Withdrawn { account: payee, asset: native, amount: LESS },
    ]
}

pub fn grants() -> Vec<gra::Event> {
    use gra::Event::*;
    let emergency = |reason| BreakGlass {
        id: 7,
        subject: addr("patient"),
        requester: addr("clinic"),
        reference: HexBinary::from([0xab; 32]),
        reason,
        text: HexBinary::from([0xcd; 32]),
    };
    let mut events = vec![
        Recorded { subject: addr("patient"), digest: HexBinary::from([0xab; 32]), expires: 1_700_000_600 },
        Revoked { subject: addr("patient"), digest: HexBinary::from([0xab; 32]) },
        Anchored {
            account: addr("clinic"),
            log: HexBinary::from([0xab; 32]),
            count: 9_007_199_254_740_991,
            head: HexBinary::from([0xcd; 32]),
        },
        ContentRegistered {
            content: HexBinary::from([0xab; 32]),
            author: addr("author"),
            commitment: HexBinary::from([0xcd; 32]),
        },
        ContentPermitted {
            content: HexBinary::from([0xab; 32]),
            reader: addr("reader"),
            by: addr("shop"),
            purpose: "TREAT".into(),
            until: 1_700_000_600,
        },
        PermitRevoked { content: HexBinary::from([0xab; 32]), reader: addr("reader"), by: addr("author") },
    ];
    use gra::Reason::{Btg, Disaster, Ertreat, Etreat};
    events.extend([Btg, Etreat, Ertreat, Disaster].map(emergency));
    events
}

pub fn ics20() -> Vec<ics::Event> {
    use ics::Event::*;
    let (channel_id, token) = ("channel-2".to_owned(), addr("token"));
    vec![
        ChannelOpened {
            channel_id: channel_id.clone(),
            connection_id: "connection-0".into(),
            port_id: "transfer".into(),
        },
        ChannelClosed { channel_id: channel_id.clone() },
        Sent {
            channel_id: channel_id.clone(),
            token: token.clone(),
            amount: AMOUNT,
            sender: addr("sender"),
            receiver: "cosmos1receiver".into(),
            timeout: 1_700_000_600,
        },
        Delivered { channel_id: channel_id.clone(), token: token.clone(), amount: AMOUNT },
        Received {
            channel_id: channel_id.clone(),
            token: token.clone(),
            amount: AMOUNT,
            receiver: addr("receiver"),
        },
        Rejected { channel_id: channel_id.clone(), error: "no such token".into() },
        Refunded {
            channel_id,
            token: token.clone(),
            amount: AMOUNT,
            sender: addr("sender"),
            reason: "timeout".into(),
        },
        Owed { token: token.clone(), amount: AMOUNT, account: addr("sender") },
        Withdrawn { token: token.clone(), amount: AMOUNT, account: addr("sender") },
        Limit { token: token.clone(), limit: OrNone(Some(AMOUNT)) },
        Limit { token, limit: OrNone(None) },
        Paused { paused: false },
    ]
}

pub fn jobs() -> Vec<job::Event> {
    use job::{Event::*, Round};
    let (job_id, round) = (7, Round(2));
    vec![
        Posted { job_id, round: Round(0), requester: addr("requester"), workers: 5, price: LESS },
        Cancelled { job_id, round, requester: addr("requester") },
        Assigned { job_id, round, workers: vec![addr("alice"), addr("bob")] },
        Commitment { job_id, round, worker: addr("alice") },
        Committed { job_id, round },
        Reveal { job_id, round, worker: addr("alice") },
        Revealed { job_id, round, quorum: 0b10110, representative: 4 },
        Disputed { job_id, round, reason: "no quorum".into() },
        Settled { job_id, round, paid: AMOUNT, refunded: LESS },
        Refunded { job_id, round, refunded: AMOUNT, reason: "cancelled".into() },
        Fault { job_id, round, worker: addr("bob"), reason: job::Fault::NoCommitment },
        Fault { job_id, round, worker: addr("bob"), reason: job::Fault::NoReveal },
        Fault { job_id, round, worker: addr("bob"), reason: job::Fault::OutsideQuorum },
        SlashFailed { job_id, round, worker: addr("bob"), error: "not found".into() },
        EscrowAdded { job_id, round, amount: Uint128::new(7), escrow: Uint128::new(37) },
        Signature { job_id, round, worker: addr("bob") },
        Compensated { job_id, round, worker: addr("bob"), paid: Uint128::new(5) },
        Reported { job_id, round, credits: 90, trust_bps: 8_750 },
        ReportFailed { job_id, error: "paused".into() },
        WorkRefused { job_id, error: "paused".into() },
        RecordFailed { job_id, error: "unknown".into() },
        Emissions { emissions: OrEmpty(Some(addr("emissions"))) },
        Emissions { emissions: OrEmpty(None) },
        Models { models: OrEmpty(Some(addr("models"))) },
        Models { models: OrEmpty(None) },
        Grants { grants: OrEmpty(Some(addr("grants"))) },
        Grants { grants: OrEmpty(None) },
        Model { model: HexBinary::from([0xef; 32]), credits: 90 },
        Paused { paused: true },
        Withdrawn { address: addr("alice"), amount: AMOUNT },
    ]
}

pub fn delay() -> Vec<bithive_api::delay::Event> {
    use bithive_api::delay::Event::*;
    let (effective_at, void_at) = (1_700_000_000, 1_700_086_400);
    vec![
        Scheduled { id: 7, message: "SetMeter".into(), effective_at, void_at },
        Applied { id: 7 },
        Cancelled { id: 8 },
    ]
}

pub fn meter() -> Vec<met::Event> {
    use met::Event::*;
    let (machine, account, period) = (addr("machine"), addr("account"), 20_833);
    vec![
        Claimed { machine: machine.clone(), account: account.clone(), period, seconds: 3_600 },
        Vouched { machine: machine.clone(), period, member: addr("member") },
        Counted { machine, account: account.clone(), period, credits: 10 },
        Collected { account, credits: 24 },
        Members { members: 3, threshold: 2 },
        Paused { paused: true },
    ]
}

pub fn models() -> Vec<bithive_api::models::Event> {
    use bithive_api::models::{Ending, Event::*, Ruling};
    let model = HexBinary::from([0xef; 32]);
    let (owner, challenger) = (addr("alice"), addr("bob"));
    let ruled = |ruling, owner| Ruled { model: HexBinary::from([0xef; 32]), ruling, owner, forfeited: LESS };
    let removed = |ending| Removed { model: HexBinary::from([0xef; 32]), owner: addr("alice"), ending };
    vec![
        Registered {
            model: model.clone(),
            owner: owner.clone(),
            receiver: addr("receiver"),
            bond: AMOUNT,
            in_force_at: 1_700_000_000,
        },
        Updated { model: model.clone(), receiver: addr("receiver") },
        Challenged {
            model: model.clone(),
            owner: owner.clone(),
            challenger: challenger.clone(),
            deposit: AMOUNT,
            until: 1_700_000_000,
        },
        ruled(Ruling::Registrant, Some(owner.clone())),
        ruled(Ruling::Challenger, Some(challenger.clone())),
        ruled(Ruling::Neither, None),
        Unruled { model: model.clone(), challenger: challenger.clone() },
        Leaving { model, until: 1_700_000_000 },
        removed(Ending::Left),
        removed(Ending::NotRuled),
        removed(Ending::Ruled),
        Consent { owner: owner.clone(), requester: challenger, until: 1_700_000_000 },
        Withdrawn { account: owner, amount: AMOUNT },
        Paused { paused: true },
    ]
}

pub fn oracle() -> Vec<ora::Event> {
    use ora::Category::{ExchangeRate, Valuation};
    use ora::Event::*;
    let (feed, round, reporter) = (4, 58_769_066, HexBinary::from([0xab; 32]));
    let created =
        |category| Created { feed, category, description: "BTT, 6 decimals".into(), currency: "EUR".into() };
    vec![
        created(ExchangeRate),
        created(Valuation),
        Reporters { feed, reporters: 9, quorum: 7 },
        Stopped { feed, stopped: true },
        Paused { paused: true },
        Updated { feed, round, value: AMOUNT, time: 1_763_072_000, reports: 8 },
        Tripped { feed, round, value: LESS, last: AMOUNT, until: 1_763_075_600 },
        Skipped { feed, round, reporter: reporter.clone(), reason: "it is not signed".into() },
        Outlier { feed, round, reporter: reporter.clone(), value: LESS, price: AMOUNT },
        Suspended { feed, reporter, until: 1_763_676_800 },
    ]
}

pub fn registry() -> Vec<reg::Event> {
    use reg::{Counted, Duty, Event::*};
    let address = addr("alice");
    vec![
        NodeRegistered { address: address.clone(), slot: 7 },
        RequesterRegistered { address: address.clone() },
        BondAdded { address: address.clone(), amount: AMOUNT },
        Unbonding { address: address.clone(), until: 1_700_000_000 },
        BondWithdrawn { address: address.clone(), amount: AMOUNT },
        Slashed {
            address: "anything".into(),
            amount: AMOUNT,
            burnt: LESS,
            reason: "outside the quorum".into(),
            job_id: 9,
        },
        KeyMalformed {
            address: address.clone(),
            slot: 7,
            disputer: addr("bob"),
            fault: "element 3 is no point".into(),
            amount: AMOUNT,
            bounty: LESS,
            burnt: Uint128::new(1),
            until: 1_700_000_000,
        },
        DisputeLost { address: address.clone(), disputer: addr("bob"), amount: AMOUNT, burnt: LESS },
        CommitteeSet { from_epoch: 10, threshold: 3, members: 5 },
        Recorded { address: address.clone(), job_id: 9, result: Counted::Settled },
        Recorded { address: address.clone(), job_id: 9, result: Counted::Missed },
        Declared { address: address.clone(), tier: 2 },
        Standing { address: address.clone(), in_place_of: None },
        Standing { address: address.clone(), in_place_of: Some(addr("bob")) },
        Retired { address: address.clone() },
        Elected { epoch: 11, members: vec![addr("alice"), addr("bob")], kept: true },
        Elected { epoch: 11, members: vec![], kept: false },
        SeatTaken { address: address.clone(), epoch: 11 },
        MemberAbsent {
            address: address.clone(),
            duty: Duty::Seat,
            epoch: 11,
            amount: AMOUNT,
            burnt: LESS,
            successor: Some(addr("bob")),
        },
        MemberAbsent {
            address: address.clone(),
            duty: Duty::ShareKeys,
            epoch: 11,
            amount: AMOUNT,
            burnt: LESS,
            successor: None,
        },
        Election { seats: 5 },
        Paused { paused: true },
        AttributesCommitted { address: address.clone(), commitment: HexBinary::from([0x33; 32]) },
        AccreditationSet { accreditors: 2, required: 1 },
        AccreditorRemoved { accreditor: address.clone() },
        Accredited {
            address: address.clone(),
            accreditor: address.clone(),
            attributes: 2,
            until: 1_800_000_000,
        },
        RelaySet {
            address: address.clone(),
            endpoint: HexBinary::from([0x11; 32]),
            relay: OrEmpty(Some("https://relay.example".into())),
        },
        RelaySet { address: address.clone(), endpoint: HexBinary::from([0x11; 32]), relay: OrEmpty(None) },
        ShareKeysPosted { address, epoch: 12, digest: HexBinary::from([0x22; 32]) },
    ]
}

pub fn rewards() -> Vec<rew::Event> {
    use rew::{Activity, Event::*, Role};
    let activities = [
        Activity::CheckUp,
        Activity::ChronicCare,
        Activity::TreatmentCycle,
        Activity::Education,
        Activity::DataSharing,
        Activity::Compute,
    ];
    let proposed = |activity| Proposed {
        id: 5,
        patient: addr("patient"),
        activity,
        amount: LESS,
        party: addr("clinic"),
        until: 1_700_604_800,
    };
    let roles = [Role::Clinician, Role::Institution, Role::Insurer, Role::Auditor];
    let mut events = vec![
        Funded { sender: addr("funder"), amount: AMOUNT },
        Collected { source: addr("jobs"), amount: LESS },
        Returned { amount: AMOUNT },
    ];
    events.extend(activities.map(proposed));
    events.extend(roles.map(|role| Approved { id: 5, party: addr("insurer"), role }));
    events.extend([
        Paid { id: 5, patient: addr("patient"), amount: LESS },
        Expired { id: 5 },
        Party { party: addr("insurer"), role: OrNone(Some(Role::Insurer)) },
        Party { party: addr("insurer"), role: OrNone(None) },
        Limits { patient_count: 3, patient_amount: LESS, total_amount: AMOUNT },
        Source { source: addr("jobs"), allowed: true },
        Paused { paused: true },
    ]);
    events
}

pub fn staking() -> Vec<sta::Event> {
    use sta::Event::*;
    let (node, delegator) = (addr("node"), addr("delegator"));
    vec![
        Registered { node: node.clone(), tera: 16, commission_bps: 500 },
        Staked {
            node: node.clone(),
            delegator: delegator.clone(),
            amount: AMOUNT,
            shares: LESS,
            lock: None,
            until: None,
        },
        Staked {
            node: node.clone(),
            delegator: node.clone(),
            amount: AMOUNT,
            shares: LESS,
            lock: Some(8),
            until: Some(1_746_656_000),
        },
        Unbonding {
            node: node.clone(),
            delegator: delegator.clone(),
            shares: LESS,
            amount: AMOUNT,
            id: Some(6),
            until: Some(1_701_814_400),
        },
        Unbonding {
            node: node.clone(),
            delegator: delegator.clone(),
            shares: LESS,
            amount: Uint128::zero(),
            id: None,
            until: None,
        },
        Withdrawn { id: 6, node: node.clone(), delegator: delegator.clone(), amount: AMOUNT },
        Locked { node: node.clone(), id: 8, shares: LESS, until: 1_900_000_000 },
        Unlocked { node: node.clone(), id: 8, shares: LESS },
        Rewarded { node: node.clone(), amount: AMOUNT, commission: LESS },
        Claimed { node: node.clone(), delegator, amount: AMOUNT, compounded: false },
        Slashed {
            node: node.clone(),
            taken: AMOUNT,
            burnt: LESS,
            from_unbonding: Uint128::new(1),
            reason: "offline".into(),
        },
        Changed { node, tera: 8, commission_bps: 250 },
        Slasher { slasher: addr("slasher"), allowed: true },
        Paused { paused: true },
    ]
}

pub fn timebank() -> Vec<tim::Event> {
    use tim::{DailyCredits, Event::*};
    let account = addr("account");
    vec![
        Funded { sender: addr("funder"), amount: AMOUNT },
        Returned { amount: AMOUNT },
        Deposited { account: account.clone(), meter: addr("meter"), credits: 24 },
        Imported {
            account: account.clone(),
            project: "https://boinc.example".into(),
            host: 3,
            total: 480,
            credits: 48,
        },
        Spent { account, credits: 24, paid: LESS },
        Meter { meter: addr("meter"), per_day: DailyCredits(Some(240)) },
        Meter { meter: addr("meter"), per_day: DailyCredits(None) },
        Oracles { oracles: 3, threshold: 2 },
        Paused { paused: true },
    ]
}

pub fn treasury() -> Vec<tre::Event> {
    use tre::{Event::*, OfferTerms};
    let token = addr("token");
    let terms = OfferTerms { low: Uint128::new(1), high: LESS, rise_seconds: 3_600, budget: AMOUNT };
    vec![
        Deposited { sender: addr("sender"), amount: AMOUNT },
        Collected { source: addr("jobs") },
        Burnt { token: token.clone(), amount: AMOUNT },
        Bought { token: token.clone(), seller: addr("seller"), amount: AMOUNT, paid: LESS },
        Spent { recipient: addr("recipient"), amount: AMOUNT, purpose: "an audit".into() },
        Offer { token: token.clone(), terms: Some(terms) },
        Offer { token, terms: None },
        Source { source: addr("jobs"), allowed: false },
        Paused { paused: true },
    ]
}

pub fn vesting() -> Vec<ves::Event> {
    use ves::Event::*;
    let (id, token, owner) = (2, addr("token"), addr("owner"));
    vec![
        Locked {
            id,
            token: token.clone(),
            owner: owner.clone(),
            amount: AMOUNT,
            end: 1_763_072_000,
            revocable: true,
        },
        Claimed { id, token, owner: owner.clone(), amount: AMOUNT },
        Transferred { id, from: owner.clone(), to: addr("heir"), amount: LESS },
        Revoked { id, owner, returned_to: addr("funder"), amount: LESS },
    ]
}

pub fn listings() -> Vec<lis::Event> {
    use bithive_api::asset::Asset;
    use lis::{Event::*, Verdict};
    let (id, challenge, category) = (3, 9, "arbiters".to_owned());
    let (owner, challenger, juror) = (addr("owner"), addr("challenger"), addr("juror"));
    let (native, cw20) = (Asset::Native("ibc/0A:1B".into()), Asset::Cw20(addr("token")));
    let evidence = HexBinary::from([0xab; 32]);
    let challenged = |asset, round| Challenged {
        id,
        challenge,
        revision: 2,
        challenger: challenger.clone(),
        asset,
        amount: AMOUNT,
        evidence: evidence.clone(),
        deadline: 1_763_072_000,
        round,
    };
    let closed = |verdict| Closed {
        id,
        challenge,
        verdict,
        lost: AMOUNT,
        won: LESS,
        juror: Uint128::new(7),
        treasury: Uint128::new(8),
    };
    vec![
        Category { category: category.clone(), terms: 4, asset: cw20.clone(), bond: LESS, open: true },
        Listed { id, category, terms: 4, owner: owner.clone(), asset: cw20.clone(), amount: LESS },
        ToppedUp { id, by: addr("friend"), amount: LESS, bond: AMOUNT },
        Updated { id, revision: 2, terms: 5 },
        Leaving { id, ends: 1_763_072_000 },
        Left { id, owner: owner.clone(), asset: native.clone(), amount: LESS },
        challenged(cw20.clone(), None),
        challenged(native.clone(), Some(23_000_000)),
        Drawn { id, challenge, jurors: vec![juror.clone(), addr("other")], deadline: 1_763_073_000 },
        Redrawn { id, challenge, round: 23_000_001 },
        Voted { id, challenge, juror: juror.clone(), upheld: true },
        Silent { id: 5, case: id, juror, amount: LESS, bond: AMOUNT },
        closed(Verdict::Upheld),
        closed(Verdict::Rejected),
        closed(Verdict::Unruled),
        Removed { id, owner: owner.clone() },
        Slashed { id, by: addr("escrow"), amount: LESS, bond: AMOUNT, reason: "was silent".into() },
        Labelled { id, labeller: addr("labeller"), label: Some("audited".into()) },
        Labelled { id, labeller: addr("labeller"), label: None },
        Withdrawn { account: owner, asset: native, amount: LESS },
        Paused { paused: true },
    ]
}

pub fn randomness() -> Vec<ran::Event> {
    use ran::Event::*;
    let (id, round, consumer) = (7, 23_000_000, addr("consumer"));
    vec![
        Submitted { round, randomness: HexBinary::from([5; 32]), by: addr("relayer"), bounty: LESS },
        Requested { id, consumer: consumer.clone(), round, bounty: AMOUNT },
        Delivered { id, consumer: consumer.clone(), round },
        Failed { id, consumer: consumer.clone(), round, reason: "out of gas".into() },
        Expired { id, consumer: consumer.clone(), round, bounty: LESS },
        Withdrawn { account: consumer, amount: AMOUNT },
    ]
}
