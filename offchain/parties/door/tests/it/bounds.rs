//! What clients may use up.

use std::time::Duration;

use bithive_door::{DoorTerms, MAX_BODY};
use bithive_x402::{Payment, header};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::wire::{ask, request, send};
use crate::world::{PRICE, World, row};

#[tokio::test(flavor = "multi_thread")]
async fn bodies_and_headers_that_are_too_long_cost_nothing() {
    let world = World::new().await;
    let (door, flow) = (world.door().await, world.flow().await);
    let accepted = world.accepted(door.address()).await;
    let payment = Payment::with_voucher(None, accepted, world.voucher(flow, PRICE));
    let said = ask(door.address(), &vec![b'1'; MAX_BODY + 1], Some(&payment)).await;
    assert_eq!((said.status, said.kind().as_str()), (413, "too_large"));
    let value = header::encode(&payment).unwrap();
    let chunked = format!(
        "POST /predict HTTP/1.1\r\nhost: door\r\nconnection: close\r\nPAYMENT-SIGNATURE: {value}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let chunk = format!("100000\r\n{}\r\n", "1".repeat(1 << 20)).repeat(5);
    let said = send(door.address(), format!("{chunked}{chunk}0\r\n\r\n").as_bytes()).await;
    assert_eq!(said.status, 413, "a body of unknown length");

    let long = "A".repeat(header::MAX_BYTES + 1);
    for value in ["", "%", "e30=", "bm90IGpzb24=", long.as_str()] {
        let head = request("POST", "/predict", &[("PAYMENT-SIGNATURE", value)], 0);
        let said = send(door.address(), head.as_bytes()).await;
        assert_eq!((said.status, said.kind().as_str()), (400, "invalid_payload"), "{value:.20}");
    }
    let twice = [("PAYMENT-SIGNATURE", value.as_str()), ("PAYMENT-SIGNATURE", value.as_str())];
    let head = request("POST", "/predict", &twice, row(0).len());
    assert_eq!(send(door.address(), &[head.as_bytes(), &row(0)].concat()).await.status, 400);
    let huge = "A".repeat(1 << 20);
    let head = request("POST", "/predict", &[("PAYMENT-SIGNATURE", &huge)], 0);
    assert!([0, 431].contains(&send(door.address(), head.as_bytes()).await.status));
    for (method, path, status) in
        [("GET", "/predict", 405), ("POST", "/", 405), ("GET", "/x", 404), ("PUT", "/predict", 405)]
    {
        assert_eq!(send(door.address(), request(method, path, &[], 0).as_bytes()).await.status, status);
    }
    assert_eq!(door.exposure(), 0);
    assert_eq!(world.pay(door.address(), flow, 1, 0).await.status, 200);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_hold_nobody_up_and_are_closed() {
    let world = World::new().await;
    let flow = world.flow().await;
    let mut options = world.options(DoorTerms { ..world.terms() }).await;
    options.limits.head = Duration::from_millis(500);
    options.limits.connections = 8;
    options.limits.connections_of_address = 8;
    let (door, _) = bithive_door::Door::start(options).await.unwrap();
    // As many as there are places, each with half of a head.
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(door.address()).await.unwrap();
        stream.write_all(b"POST /predict HTTP/1.1\r\nhost: do").await.unwrap();
        slow.push(stream);
    }
    assert_eq!(world.pay(door.address(), flow, 1, 0).await.status, 200);
    for mut stream in slow {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "it is closed");
    }
    // A body that does not come: the flow's next request is not behind it.
    let accepted = world.accepted(door.address()).await;
    let payment = Payment::with_voucher(None, accepted, world.voucher(flow, 2 * PRICE));
    let value = header::encode(&payment).unwrap();
    let head = request("POST", "/predict", &[("PAYMENT-SIGNATURE", &value)], row(0).len());
    let mut waiting = TcpStream::connect(door.address()).await.unwrap();
    waiting.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(world.pay(door.address(), flow, 2, 3).await.status, 200);
    waiting.write_all(&row(0)).await.unwrap();
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 409 "), "its voucher was used meanwhile: {answer}");
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_could_not_be_paid_does_not_open() {
    let world = World::new().await;
    for (terms, named) in [
        (DoorTerms { price: 0, ..world.terms() }, "--price is 0"),
        (DoorTerms { exposure: PRICE - 1, ..world.terms() }, "room for one request"),
        (DoorTerms { payee: world.payer.address().into(), ..world.terms() }, "expected one account"),
    ] {
        let refused = bithive_door::Door::start(world.options(terms).await).await.map(drop);
        let error = refused.unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
}
