//! Encrypted contents: who registers them, who says who may read them, and until when.

use bithive_api::grants::{ContentResponse, Event, ExecuteMsg, QueryMsg, Standing, limits};
use bithive_contract_kit::InputError;
use bithive_grants::ContractError;
use bithive_test_kit::grants::{DAY, Grants};
use bithive_test_kit::{Suite, announced, refusal};
use cosmwasm_std::{Addr, HexBinary};

fn world() -> (Suite, Grants, [Addr; 5]) {
    let mut suite = Suite::new();
    let grants = Grants::new(&mut suite);
    let accounts = ["author", "shop", "reader", "other", "stranger"].map(|name| suite.account(name));
    (suite, grants, accounts)
}

#[test]
fn a_permit_holds_from_its_transaction_to_the_second_of_its_end() {
    let (mut suite, grants, [author, _, reader, other, _]) = world();
    grants.register(&mut suite, &author, 1, &[]).unwrap();
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Unknown);
    grants.permit(&mut suite, &author, 1, &[&reader], DAY).unwrap();
    // In the same block.
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Live);
    assert_eq!(grants.allowed(&suite, 1, &other), Standing::Unknown);
    assert_eq!(
        grants.allowed(&suite, 1, &author),
        Standing::Unknown,
        "the author permits itself, or does not read"
    );
    suite.advance(DAY - 1);
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Live);
    suite.advance(1);
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Expired);
    grants.permit(&mut suite, &author, 1, &[&reader], 1).unwrap();
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Live);
}

#[test]
fn a_revocation_counts_in_its_own_block_and_only_for_its_reader() {
    let (mut suite, grants, [author, _, reader, other, _]) = world();
    grants.register(&mut suite, &author, 1, &[]).unwrap();
    let block = suite.app.block_info().height;
    grants.permit(&mut suite, &author, 1, &[&reader, &other], DAY).unwrap();
    let response = grants.revoke_permit(&mut suite, &author, 1, &[&reader]).unwrap();
    assert_eq!(suite.app.block_info().height, block);
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Revoked);
    assert_eq!(grants.allowed(&suite, 1, &other), Standing::Live);
    let told: Vec<Event> = announced(&grants.address, &response);
    let (content, by) = (HexBinary::from([1; 32]), author.clone());
    assert_eq!(told, [Event::PermitRevoked { content, reader: reader.clone(), by }]);
    // A revocation is stronger than the end, and the author can permit anew.
    suite.advance(2 * DAY);
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Revoked);
    grants.permit(&mut suite, &author, 1, &[&reader], DAY).unwrap();
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Live);
}

#[test]
fn nobody_else_permits_or_revokes_and_no_content_answers_for_another() {
    let (mut suite, grants, [author, shop, reader, other, stranger]) = world();
    grants.register(&mut suite, &author, 1, &[&shop]).unwrap();
    grants.register(&mut suite, &other, 2, &[]).unwrap();
    grants.permit(&mut suite, &author, 1, &[&reader], DAY).unwrap();
    for account in [&stranger, &reader, &other] {
        let refused = grants.permit(&mut suite, account, 1, &[&stranger], DAY);
        assert!(matches!(refusal(refused), ContractError::Unauthorized(_)));
        let refused = grants.revoke_permit(&mut suite, account, 1, &[&reader]);
        assert!(matches!(refusal(refused), ContractError::Unauthorized(_)));
    }
    // The granter of one content is a stranger to another.
    let refused = grants.permit(&mut suite, &shop, 2, &[&reader], DAY);
    assert!(matches!(refusal(refused), ContractError::Unauthorized(_)));
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Live);
    assert_eq!(grants.allowed(&suite, 2, &reader), Standing::Unknown);
    for refused in [
        grants.permit(&mut suite, &author, 3, &[&reader], DAY),
        grants.revoke_permit(&mut suite, &author, 3, &[&reader]),
    ] {
        assert!(matches!(refusal(refused), ContractError::NoContent { .. }));
    }
}

#[test]
fn a_granter_decides_over_its_own_permits_and_never_over_the_authors_word() {
    let (mut suite, grants, [author, shop, reader, other, _]) = world();
    let second = suite.account("second");
    grants.register(&mut suite, &author, 1, &[&shop, &second]).unwrap();
    grants.permit(&mut suite, &shop, 1, &[&reader], DAY).unwrap();
    grants.permit(&mut suite, &author, 1, &[&other], DAY).unwrap();
    // What another has given is neither taken back nor replaced, and nothing of such a message is done.
    for refused in [
        grants.revoke_permit(&mut suite, &shop, 1, &[&reader, &other]),
        grants.revoke_permit(&mut suite, &second, 1, &[&reader]),
        grants.permit(&mut suite, &shop, 1, &[&reader, &other], 2 * DAY),
        grants.permit(&mut suite, &second, 1, &[&reader], 1),
    ] {
        assert!(matches!(refusal(refused), ContractError::NotTheGiver { .. }));
    }
    let ends: Vec<_> = grants.permits(&suite, 1, None).iter().map(|row| row.until - suite.now()).collect();
    assert_eq!(ends, [DAY, DAY]);
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Live);
    // Its own it takes back, and gives again.
    grants.revoke_permit(&mut suite, &shop, 1, &[&reader]).unwrap();
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Revoked);
    grants.permit(&mut suite, &shop, 1, &[&reader], DAY).unwrap();
    // What the author takes back, only the author gives again: also what the granter took back first.
    grants.revoke_permit(&mut suite, &shop, 1, &[&reader]).unwrap();
    grants.revoke_permit(&mut suite, &author, 1, &[&reader]).unwrap();
    grants.revoke_permit(&mut suite, &shop, 1, &[&reader]).unwrap();
    for granter in [&shop, &second] {
        let refused = grants.permit(&mut suite, granter, 1, &[&reader], DAY);
        assert!(matches!(refusal(refused), ContractError::AuthorRevoked { .. }));
    }
    grants.permit(&mut suite, &author, 1, &[&reader], DAY).unwrap();
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Live);
    // Once it is over, it is anybody's to give.
    suite.advance(DAY);
    grants.permit(&mut suite, &second, 1, &[&reader], DAY).unwrap();
    assert_eq!(grants.allowed(&suite, 1, &reader), Standing::Live);
}

#[test]
fn a_repetition_keeps_no_revocation_back_and_one_bad_reader_permits_nobody() {
    let (mut suite, grants, [author, shop, reader, other, stranger]) = world();
    grants.register(&mut suite, &author, 1, &[&shop]).unwrap();
    grants.permit(&mut suite, &author, 1, &[&reader, &other], DAY).unwrap();
    grants.revoke_permit(&mut suite, &author, 1, &[&reader]).unwrap();
    let first = grants.permits(&suite, 1, None);
    suite.advance(10);
    let all = [&reader, &stranger, &other, &other];
    let response = grants.revoke_permit(&mut suite, &author, 1, &all).unwrap();
    let told: Vec<Event> = announced(&grants.address, &response);
    assert_eq!(told.len(), 1, "{told:?}");
    let now = grants.permits(&suite, 1, None);
    let of = |rows: &[bithive_api::grants::PermitResponse], who: &Addr| {
        rows.iter().find(|row| row.reader == *who).unwrap().revoked_at
    };
    assert_eq!(of(&now, &reader), of(&first, &reader));
    assert_eq!(of(&now, &other), Some(suite.now()));
    assert_eq!(grants.allowed(&suite, 1, &stranger), Standing::Unknown);
    // The author has revoked the last one of them.
    let refused = grants.permit(&mut suite, &shop, 1, &[&stranger, &other], DAY);
    assert!(matches!(refusal(refused), ContractError::AuthorRevoked { .. }));
    assert_eq!(grants.allowed(&suite, 1, &stranger), Standing::Unknown);
}

#[test]
fn a_content_is_registered_once_and_never_changes() {
    let (mut suite, grants, [author, shop, _, _, stranger]) = world();
    let response = grants.register(&mut suite, &author, 1, &[&shop]).unwrap();
    let (content, commitment) = (HexBinary::from([1; 32]), HexBinary::from([7; 32]));
    let told: Vec<Event> = announced(&grants.address, &response);
    let registered =
        Event::ContentRegistered { content: content.clone(), author: author.clone(), commitment };
    assert_eq!(told, [registered]);
    let show = |suite: &Suite| -> Option<ContentResponse> {
        suite.query(&grants.address, &QueryMsg::Content { content: content.clone() })
    };
    let before = show(&suite).unwrap();
    assert_eq!((&before.author, before.granters.as_slice()), (&author, &[shop][..]));
    assert_eq!((before.wrap.len(), before.at), (limits::WRAP_BYTES, suite.now()));
    for account in [&author, &stranger] {
        let refused = grants.register(&mut suite, account, 1, &[]);
        assert!(matches!(refusal(refused), ContractError::ContentKnown { .. }));
    }
    assert_eq!(show(&suite), Some(before));
    let none = QueryMsg::Content { content: [2; 32].into() };
    assert_eq!(suite.query::<Option<ContentResponse>>(&grants.address, &none), None);
}

#[test]
fn what_is_registered_and_permitted_has_bounds() {
    let (mut suite, grants, [author, shop, reader, ..]) = world();
    let most = limits::WRAP_BYTES;
    for (content, commitment, wrap, granters) in [
        (31, 32, most, 0),
        (33, 32, most, 0),
        (32, 0, most, 0),
        (32, 33, most, 0),
        (32, 32, most - 1, 0),
        (32, 32, most + 1, 0),
        (32, 32, most, limits::MAX_GRANTERS + 1),
    ] {
        let message = ExecuteMsg::RegisterContent {
            content: vec![1; content].into(),
            commitment: vec![1; commitment].into(),
            wrap: vec![1; wrap].into(),
            granters: vec![shop.to_string(); granters],
        };
        let error: ContractError = refusal(grants.send(&mut suite, &author, &message));
        let expected =
            matches!(error, ContractError::Input(InputError::Length { .. } | InputError::Count { .. }));
        assert!(expected, "{error}");
    }
    grants.register(&mut suite, &author, 1, &[&shop; 4]).unwrap();
    let now = suite.now();
    let permit = |readers: Vec<String>, purpose: &str, until| ExecuteMsg::Permit {
        content: [1; 32].into(),
        readers,
        purpose: purpose.into(),
        until,
    };
    let one = || vec![reader.to_string()];
    for until in [0, now, now + limits::MAX_SECONDS + 1, u64::MAX] {
        let refused = grants.send(&mut suite, &author, &permit(one(), "TREAT", until));
        assert!(matches!(refusal(refused), ContractError::Expires { .. }), "{until}");
    }
    for purpose in ["", "treat", "TREAT ", "T1", "\u{dc}BEN", &"A".repeat(17)] {
        let error: ContractError =
            refusal(grants.send(&mut suite, &author, &permit(one(), purpose, now + 1)));
        let expected =
            matches!(error, ContractError::Purpose { .. } | ContractError::Input(InputError::Length { .. }));
        assert!(expected, "{purpose:?}: {error}");
    }
    let revoke = |readers| ExecuteMsg::RevokePermit { content: [1; 32].into(), readers };
    for readers in [vec![], vec![reader.to_string(); limits::MAX_READERS + 1], vec!["x".to_owned()]] {
        for message in [permit(readers.clone(), "TREAT", now + 1), revoke(readers.clone())] {
            let error: ContractError = refusal(grants.send(&mut suite, &author, &message));
            let expected =
                matches!(error, ContractError::Input(InputError::Count { .. } | InputError::Address { .. }));
            assert!(expected, "{error}");
        }
    }
    assert_eq!(grants.permits(&suite, 1, None), []);
    let many: Vec<_> = (0..limits::MAX_READERS).map(|number| suite.account(&format!("r{number}"))).collect();
    let many = many.iter().map(Addr::to_string).collect();
    let longest = permit(many, &"A".repeat(limits::MAX_PURPOSE), now + limits::MAX_SECONDS);
    grants.send(&mut suite, &author, &longest).unwrap();
}

#[test]
fn permits_are_listed_page_by_page_and_those_of_another_content_are_not() {
    let (mut suite, grants, [author, ..]) = world();
    let readers: Vec<_> = (0..40).map(|number| suite.account(&format!("r{number}"))).collect();
    for content in [1, 2] {
        grants.register(&mut suite, &author, content, &[]).unwrap();
    }
    grants.permit(&mut suite, &author, 1, &readers.iter().collect::<Vec<_>>(), DAY).unwrap();
    grants.permit(&mut suite, &author, 2, &[&author], DAY).unwrap();
    let mut seen = vec![];
    loop {
        let start_after = seen.last().map(|row: &bithive_api::grants::PermitResponse| row.reader.to_string());
        let page = grants.permits(&suite, 1, start_after);
        assert!(page.len() <= 30);
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen.len(), 40);
    assert!(seen.iter().all(|row| row.content == [1; 32] && readers.contains(&row.reader)));
    let row = &seen[0];
    assert_eq!((&row.by, row.purpose.as_str(), row.until), (&author, "TREAT", suite.now() + DAY));
    assert_eq!((row.at, row.revoked_at, row.standing), (suite.now(), None, Standing::Live));
}
