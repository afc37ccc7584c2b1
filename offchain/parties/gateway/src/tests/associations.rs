//! C-ECHO and C-STORE, and peers that do what they must not.

use std::time::Duration;

use bithive_deid::split;
use bithive_dicomnet::Uid;
use bithive_dicomnet::command::{Request, Status};
use dicom_dictionary_std::uids;
use dicom_ul::pdu::PDataValueType;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::Place;
use super::peer::Peer;
use crate::testing::{Phantom, file};

#[tokio::test]
async fn what_was_answered_with_success_is_in_the_spool_as_it_was_sent() {
    let place = Place::new();
    let gateway = place.start().await;
    let mut peer = Peer::call(gateway.dicom().unwrap()).await;
    assert_eq!(peer.echo().await, Some(Status::SUCCESS));
    for instance in 1..=3 {
        let phantom = Phantom { instance, ..Phantom::default() };
        assert_eq!(peer.store(&phantom).await, Some(Status::SUCCESS));
        assert_eq!(peer.store(&phantom).await, Some(Status::SUCCESS), "once more");
        let sent = file(&phantom);
        let parts = split(&sent).unwrap();
        let uid = Uid::parse(parts.instance.as_deref().unwrap()).unwrap();
        let kept = gateway.spool().file(&uid).unwrap().unwrap();
        assert_eq!(split(&kept).unwrap().data, parts.data);
        assert_eq!(gateway.spool().about(&uid).unwrap().from, "STORESCU");
    }
    peer.0.release().await.unwrap();
    assert_eq!(gateway.spool().tally().instances, 3);
    gateway.stop().await;
    let again = place.start().await;
    assert_eq!(again.spool().tally().instances, 3);
}

#[tokio::test]
async fn nobody_else_is_answered() {
    let place = Place::new();
    let gateway = place.start().await;
    let address = gateway.dicom().unwrap();
    for (calling, called, reason) in
        [("STRANGER", "BITHIVE", "calling AE title"), ("STORESCU", "ELSE", "called AE title")]
    {
        let error = Peer::calling(address, calling, called).await.err().unwrap().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[tokio::test]
async fn a_refusal_has_a_status_and_a_reason_and_the_association_goes_on() {
    let place = Place::new();
    let gateway = place.start().await;
    let mut peer = Peer::call(gateway.dicom().unwrap()).await;
    assert_eq!(peer.store(&Phantom::default()).await, Some(Status::SUCCESS));
    let other = Phantom { value: 6, ..Phantom::default() };
    assert_eq!(peer.store(&other).await, Some(Status::OTHER_BYTES));
    let patient = Phantom { instance: 2, patient: "P-2", ..Phantom::default() };
    assert_eq!(peer.store(&patient).await, Some(Status::OTHER_PATIENT));
    let sent = file(&Phantom { instance: 3, ..Phantom::default() });
    let data = split(&sent).unwrap().data;
    let (ct, mr) = (uids::CT_IMAGE_STORAGE, uids::MR_IMAGE_STORAGE);
    for (class, instance, data, status) in [
        (ct, "1.2.3", data, Status::MISMATCH),
        (mr, "1.2.826.0.1.99.1.1.3", data, Status::MISMATCH),
        (ct, "1.2.826.0.1.99.1.1.3", &data[..data.len() - 9], Status::CANNOT_UNDERSTAND),
        (ct, "1.2.826.0.1.99.1.1.3", b"nothing", Status::CANNOT_UNDERSTAND),
        // Meta information of its own within the data set.
        (ct, "1.2.826.0.1.99.1.1.3", &sent[132..], Status::MISMATCH),
    ] {
        let answer = peer.store_as(class, instance, data).await.unwrap();
        assert_eq!((answer.status, answer.id), (status, 9));
        assert!(answer.comment.is_some_and(|comment| !comment.is_empty()));
    }
    assert_eq!(peer.echo().await, Some(Status::SUCCESS));
    assert_eq!(gateway.spool().tally().instances, 1);
    assert_eq!(gateway.spool().tally().aside, 2);
}

#[tokio::test]
async fn another_request_is_answered_as_not_known() {
    let place = Place::new();
    let gateway = place.start().await;
    let mut peer = Peer::call(gateway.dicom().unwrap()).await;
    let context = peer.context(uids::VERIFICATION);
    for has_data_set in [false, true] {
        let find = Request::Other { id: 5, field: 0x0020, has_data_set };
        peer.send(context, PDataValueType::Command, true, find.encode()).await;
        if has_data_set {
            peer.send(context, PDataValueType::Data, true, vec![0; 10]).await;
        }
        let answer = peer.answer().await.unwrap();
        assert_eq!((answer.status, answer.id, answer.field), (Status::UNRECOGNIZED, 5, 0x0020));
    }
}

#[tokio::test]
async fn who_breaks_the_protocol_loses_the_association_and_nobody_else_does() {
    let place = Place::new();
    let gateway = place.start().await;
    let address = gateway.dicom().unwrap();
    let mut good = Peer::call(address).await;
    for (value_type, data) in [
        (PDataValueType::Data, vec![0; 8]),
        (PDataValueType::Command, vec![0; 8]),
        (PDataValueType::Command, vec![0; 20_000]),
    ] {
        let mut bad = Peer::call(address).await;
        let context = bad.context(uids::VERIFICATION);
        bad.send(context, value_type, true, data).await;
        assert!(bad.answer().await.is_none());
        assert_eq!(good.echo().await, Some(Status::SUCCESS));
    }
}

#[tokio::test]
async fn an_object_has_to_arrive_in_time() {
    let mut place = Place::new();
    place.config.dicom.as_mut().unwrap().object_time = Duration::from_secs(1);
    let gateway = place.start().await;
    let mut peer = Peer::call(gateway.dicom().unwrap()).await;
    let context = peer.context(uids::CT_IMAGE_STORAGE);
    let class = Uid::parse(uids::CT_IMAGE_STORAGE).unwrap();
    let command = Request::Store { id: 1, class, instance: Uid::parse("1.2").unwrap() };
    peer.send(context, PDataValueType::Command, true, command.encode()).await;
    // A byte now and then does not help.
    let mut ended = false;
    for _ in 0..200 {
        peer.send_quietly(context).await;
        tokio::select! {
            answer = peer.answer() => {
                assert!(answer.is_none());
                ended = true;
                break;
            }
            () = tokio::time::sleep(Duration::from_millis(50)) => {}
        }
    }
    assert!(ended, "it is still there after ten seconds");
    assert_eq!(gateway.spool().tally().instances, 0);
}

#[tokio::test]
async fn silent_connections_make_room_for_one_that_speaks() {
    let place = Place::new();
    let gateway = place.start().await;
    let address = gateway.dicom().unwrap();
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    let mut peer = Peer::call(address).await;
    assert_eq!(peer.echo().await, Some(Status::SUCCESS));
    let mut byte = [0];
    assert_eq!(silent[0].read(&mut byte).await.unwrap_or(0), 0, "the first one had to go");
}

#[tokio::test]
async fn an_association_that_is_cut_off_leaves_nothing_of_its_object() {
    let place = Place::new();
    let gateway = place.start().await;
    let address = gateway.dicom().unwrap();
    let mut peer = Peer::call(address).await;
    let context = peer.context(uids::CT_IMAGE_STORAGE);
    let sent = file(&Phantom::default());
    let parts = split(&sent).unwrap();
    let class = Uid::parse(uids::CT_IMAGE_STORAGE).unwrap();
    let instance = Uid::parse(parts.instance.as_deref().unwrap()).unwrap();
    let command = Request::Store { id: 1, class, instance: instance.clone() };
    peer.send(context, PDataValueType::Command, true, command.encode()).await;
    peer.send(context, PDataValueType::Data, false, parts.data[..200].to_vec()).await;
    drop(peer);
    let mut next = Peer::call(address).await;
    assert_eq!(next.echo().await, Some(Status::SUCCESS));
    assert_eq!(gateway.spool().about(&instance), None);
    assert_eq!(next.store(&Phantom::default()).await, Some(Status::SUCCESS));
}
