//! Keys of contents: who gets them, what a member answers, and members that lie or are away.

use std::time::Duration;

use bithive_api::grants::ExecuteMsg;
use bithive_attest::Domain;
use bithive_chain::Chain as _;
use bithive_committee::{MOST_RELEASES, PATIENCE, ReleaseError, ServiceError, ask_for_key};
use bithive_exchange::{ExchangeError, Protocol};
use bithive_release::ceremony::deal_all;
use bithive_release::{CombineError, Committee, ContentKey, Label, MemberKey, Request, Wrap, WrapError};

use crate::world::{DAY, Hangs, Party, Says, World};

const CONTENT: [u8; 32] = [9; 32];

struct Town {
    world: World,
    committee: Committee,
    author: Party,
    reader: Party,
    key: ContentKey,
    /// How long a member is waited for.
    patience: Duration,
}

fn keys(world: &mut World) -> Vec<MemberKey> {
    let endpoints: Vec<_> = world.seats.iter().map(|seat| seat.endpoint.0).collect();
    deal_all(&endpoints, 2, &mut world.rng).unwrap()
}

impl Town {
    /// A committee of two of three, which serves, and a content that an author has registered.
    async fn new() -> Self {
        let mut world = World::quiet().await;
        world.grants().await;
        let keys = keys(&mut world);
        let committee = keys[0].committee().clone();
        let mut members = vec![];
        for index in 0..3 {
            members.push(world.start(index).await);
        }
        for key in keys {
            let own = members.iter().find(|member| member.endpoint().0 == key.endpoint()).unwrap();
            own.release_with(key).unwrap();
        }
        let (author, reader) = (world.requester().await, world.requester().await);
        let key = ContentKey::generate(&mut world.rng);
        let mut town = Self { world, committee, author, reader, key, patience: PATIENCE };
        let address = town.author.account.address().to_owned();
        town.register(CONTENT, &address).await;
        town
    }

    /// Registers a content whose wrap is made for an author, which need not be the one who registers it.
    async fn register(&mut self, content: [u8; 32], author: &str) {
        let contract = self.world.client.grants_address().await.unwrap();
        let chain_id = self.world.client.deployment().chain_id.clone();
        let grants = Domain { chain_id: &chain_id, contract: &contract };
        let label = Label { grants, author, content, commitment: self.key.commitment() };
        let wrap = Wrap::seal(&self.committee, &label, &self.key, &mut self.world.rng);
        let message = ExecuteMsg::RegisterContent {
            content: content.into(),
            commitment: self.key.commitment().into(),
            wrap: wrap.encode().into(),
            granters: vec![],
        };
        self.author.account.grants(&message).await.unwrap();
    }

    async fn permit(&self, content: [u8; 32], seconds: u64) {
        let until = self.world.chain.info().await.unwrap().time.seconds() + seconds;
        let readers = vec![self.reader.account.address().to_owned()];
        let message = ExecuteMsg::Permit { content: content.into(), readers, purpose: "TREAT".into(), until };
        self.author.account.grants(&message).await.unwrap();
    }

    async fn ask(&self, party: &Party, content: [u8; 32]) -> Result<ContentKey, ReleaseError> {
        let (client, exchange) = (&self.world.client, &party.exchange);
        let released = ask_for_key(client, exchange, &self.committee, content, self.patience).await?;
        Ok(released.key)
    }

    /// What each member says to a party that gets no key.
    async fn refused(&self, party: &Party, content: [u8; 32]) -> String {
        self.ask(party, content).await.err().unwrap().to_string()
    }

    /// A member's answer to these bytes, or its words.
    async fn ask_bytes(&self, party: &Party, body: Vec<u8>) -> Result<Vec<u8>, String> {
        let to = self.world.seats[0].endpoint;
        match party.exchange.request(to, Protocol::Release, body.into()).await {
            Ok(answer) => Ok(answer.to_vec()),
            Err(ExchangeError::Refused { reason, .. }) => Err(reason),
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_permitted_reader_gets_the_key_and_nobody_else_gets_a_share() {
    let mut town = Town::new().await;
    let refused = town.refused(&town.reader, CONTENT).await;
    assert_eq!(refused.matches("is unknown").count(), 3, "{refused}");
    town.permit(CONTENT, DAY).await;
    let key = town.ask(&town.reader, CONTENT).await.unwrap();
    assert_eq!(key.commitment(), town.key.commitment());
    // The author itself has not permitted itself; others are not registered or not permitted.
    for party in [&town.author] {
        assert!(town.refused(party, CONTENT).await.contains("is unknown"));
    }
    let other = town.world.requester().await;
    assert!(town.refused(&other, CONTENT).await.contains("is unknown"));
    let stranger = Party { exchange: town.world.exchange(bithive_exchange::PeerId([77; 32])), ..other };
    assert!(town.refused(&stranger, CONTENT).await.contains("not registered"));
}

#[tokio::test]
async fn what_is_revoked_or_over_is_answered_by_nobody() {
    let town = Town::new().await;
    town.permit(CONTENT, DAY).await;
    town.ask(&town.reader, CONTENT).await.unwrap();
    let readers = vec![town.reader.account.address().to_owned()];
    let revoke = ExecuteMsg::RevokePermit { content: CONTENT.into(), readers };
    town.author.account.grants(&revoke).await.unwrap();
    assert!(town.refused(&town.reader, CONTENT).await.contains("is revoked"));
    town.permit(CONTENT, DAY).await;
    town.ask(&town.reader, CONTENT).await.unwrap();
    town.world.chain.advance_time(DAY).await.unwrap();
    assert!(town.refused(&town.reader, CONTENT).await.contains("is expired"));
}

#[tokio::test]
async fn a_copied_wrap_under_another_author_is_released_to_nobody() {
    let mut town = Town::new().await;
    // The author of this content has registered what was made for somebody else's account.
    let thief = "bithive1thief";
    let stolen = [8; 32];
    town.register(stolen, thief).await;
    town.permit(stolen, DAY).await;
    let refused = town.ask(&town.reader, stolen).await.err().unwrap();
    assert!(matches!(refused, ReleaseError::Wrap(WrapError::Forged)), "{refused}");
    let request = Request { committee: town.committee.id(), content: stolen };
    let refused = town.ask_bytes(&town.reader, request.encode()).await.unwrap_err();
    assert!(refused.contains("nobody releases it"), "{refused}");
    // As is a wrap that is moved to another content of the same author.
    let moved = ExecuteMsg::RegisterContent {
        content: [7; 32].into(),
        commitment: town.key.commitment().into(),
        wrap: town.world.client.content(CONTENT).await.unwrap().unwrap().wrap,
        granters: vec![],
    };
    town.author.account.grants(&moved).await.unwrap();
    town.permit([7; 32], DAY).await;
    let request = Request { committee: town.committee.id(), content: [7; 32] };
    let refused = town.ask_bytes(&town.reader, request.encode()).await.unwrap_err();
    assert!(refused.contains("nobody releases it"), "{refused}");
}

#[tokio::test]
async fn a_member_that_lies_or_hangs_keeps_no_reader_from_the_key_and_two_are_named() {
    let mut town = Town::new().await;
    town.permit(CONTENT, DAY).await;
    let request = Request { committee: town.committee.id(), content: CONTENT };
    // The share of member 0's seat, which others repeat.
    let share = town.ask_bytes(&town.reader, request.encode()).await.unwrap();
    let (liar, slow) = (1, 2);
    for service in [Says(share.clone()), Says(b"nonsense".to_vec())] {
        town.world.replace(liar, Protocol::Release, service);
        town.ask(&town.reader, CONTENT).await.unwrap();
    }
    town.world.replace(slow, Protocol::Release, Hangs);
    town.patience = Duration::from_secs(3);
    let refused = town.ask(&town.reader, CONTENT).await.err().unwrap();
    let ReleaseError::Shares { error: CombineError::TooFew { valid, needed, .. }, reasons } = &refused else {
        panic!("{refused}")
    };
    assert_eq!((*valid, *needed), (1, 2));
    assert!(reasons.contains("no answer within") && reasons.contains("bytes, expected"), "{reasons}");
    town.world.replace(liar, Protocol::Release, Says(share));
    let refused = town.ask(&town.reader, CONTENT).await.err().unwrap();
    let ReleaseError::Shares { error: CombineError::TooFew { faults, .. }, .. } = &refused else {
        panic!("{refused}")
    };
    assert_eq!(faults.len(), 1, "{refused}");
}

#[tokio::test]
async fn garbage_is_refused_and_an_account_that_asks_without_end_waits() {
    let mut town = Town::new().await;
    town.permit(CONTENT, DAY).await;
    let good = Request { committee: town.committee.id(), content: CONTENT };
    for body in [vec![], vec![1; 64], vec![2; 65], [good.encode(), vec![0]].concat()] {
        assert!(town.ask_bytes(&town.reader, body).await.is_err());
    }
    let refused = town.ask_bytes(&town.reader, Request { committee: [1; 32], ..good }.encode()).await;
    assert!(refused.unwrap_err().contains("no key of committee"));
    let refused = town.ask_bytes(&town.reader, Request { content: [1; 32], ..good }.encode()).await;
    assert!(refused.unwrap_err().contains("content register"));
    // One was counted: what names no key of this member costs it nothing.
    for _ in 1..MOST_RELEASES {
        town.ask_bytes(&town.reader, good.encode()).await.unwrap();
    }
    let refused = town.ask_bytes(&town.reader, good.encode()).await.unwrap_err();
    assert!(refused.contains("expected the next request in"), "{refused}");
    let other = town.world.requester().await;
    assert!(town.ask_bytes(&other, good.encode()).await.unwrap_err().contains("is unknown"));
}

#[tokio::test]
async fn a_member_takes_no_key_of_another_and_counts_what_it_answers() {
    let mut world = World::quiet().await;
    let mut keys = keys(&mut world);
    let member = world.start(0).await;
    keys.retain(|key| key.endpoint() != member.endpoint().0);
    let refused = member.release_with(keys.swap_remove(0)).unwrap_err();
    assert!(matches!(refused, ServiceError::OtherReleaseKey { .. }), "{refused}");
    assert!(!refused.passes());
    let tally = member.tally().releases();
    assert_eq!([tally.released(), tally.not_permitted(), tally.too_often(), tally.refused()], [0; 4]);
    let party = world.requester().await;
    let to = world.seats[0].endpoint;
    assert!(party.exchange.request(to, Protocol::Release, vec![].into()).await.is_err());
    assert_eq!(tally.refused(), 1);
}
