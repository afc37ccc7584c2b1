//! Clients of a server that send or read slowly, or open many connections. Each address of 127.0.0.0/8 is another client.

use crate::setup::{Access, options, setup};
use bithive_chain::{
    Chain, Cosmos, ServeOptions,
    http::{HttpLimits, HttpServer, begin_work, reply},
};
use bithive_listener::Reason;
use hyper::StatusCode;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};

const GENEROUS: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(300);
const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
/// More than the system takes of an answer that nobody reads.
const LARGE: usize = 24 << 20;

async fn client(server: SocketAddr, address: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::new(127, 0, 0, address), 0).into()).unwrap();
    socket.connect(server).await.unwrap()
}

/// A server that answers everything with a body of so many bytes.
async fn server(limits: HttpLimits, bytes: usize) -> HttpServer {
    let listen = "127.0.0.1:0".parse().unwrap();
    let answer = move |_| async move { reply(StatusCode::OK, "text/plain", "x".repeat(bytes)) };
    HttpServer::start(listen, limits, answer).await.unwrap()
}

async fn until(condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let _ = timeout(GENEROUS, waiting).await;
}

/// Whether the other end closes.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let closed = async {
        let mut buffer = [0; 1024];
        while matches!(stream.read(&mut buffer).await, Ok(1..)) {}
    };
    timeout(GENEROUS, closed).await.is_ok()
}

/// With the limits that a served chain has unless it is told others.
#[tokio::test]
async fn connections_that_read_nothing_keep_nobody_from_a_chain() {
    const EACH: usize = 300;
    let setup = setup(Access::Embedded).await;
    let server = setup.embedded.serve(ServeOptions { clock: None, ..ServeOptions::default() }).await.unwrap();
    let request =
        "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 26\r\n\r\n{\"id\":1,\"method\":\"status\"}";
    let mut crowd = vec![];
    // The address of the honest client, too, and two others.
    for address in 1..=3 {
        for _ in 0..EACH {
            let mut stream = client(server.address(), address).await;
            let _ = stream.write_all(request.as_bytes()).await;
            crowd.push(stream);
        }
    }
    let chain = timeout(GENEROUS, Cosmos::connect(options(&server.url()))).await.unwrap().unwrap();
    assert_eq!(chain.info().await.unwrap().height, 2);
    assert!(server.connections() <= 512, "{}", server.connections());
    let turned = server.turned();
    assert!(turned.of(Reason::Address) > 0 && turned.of(Reason::Total) > 0, "{turned:?}");
    drop((crowd, chain));
    until(|| server.connections() == 0).await;
    assert_eq!(server.connections(), 0, "their places are free again");
}

#[tokio::test]
async fn whoever_does_not_read_an_answer_or_reads_it_by_the_byte_is_closed() {
    let slow = server(HttpLimits { send: SHORT, ..HttpLimits::of_connections(8) }, LARGE).await;
    let mut silent = client(slow.address(), 1).await;
    silent.write_all(GET).await.unwrap();
    let mut trickling = client(slow.address(), 2).await;
    trickling.write_all(GET).await.unwrap();
    let trickle = tokio::spawn(async move {
        while let Ok(1..) = trickling.read(&mut [0; 1]).await {
            sleep(Duration::from_millis(10)).await;
        }
    });
    until(|| slow.turned().of(Reason::Time) == 2).await;
    assert_eq!((slow.turned().of(Reason::Time), slow.connections()), (2, 0));
    // The system has megabytes for the client to read yet.
    trickle.abort();
    drop(silent);

    // The same answer is whole for whoever reads it.
    let usual = server(HttpLimits::of_connections(8), LARGE).await;
    let mut prompt = client(usual.address(), 1).await;
    prompt.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut whole = vec![];
    timeout(GENEROUS, prompt.read_to_end(&mut whole)).await.unwrap().unwrap();
    assert!(whole.len() > LARGE);
}

#[tokio::test]
async fn heads_that_take_long_and_connections_without_a_request_are_closed() {
    let server = server(HttpLimits { head: SHORT, ..HttpLimits::of_connections(8) }, 2).await;
    let mut silent = client(server.address(), 1).await;
    let mut half = client(server.address(), 1).await;
    half.write_all(&GET[..20]).await.unwrap();
    let mut idle = client(server.address(), 1).await;
    idle.write_all(GET).await.unwrap();
    let mut trickling = client(server.address(), 1).await;
    let trickle = tokio::spawn(async move {
        // A byte now and then does not prolong it.
        let _ = trickling.write_all(b"GET / HTTP/1.1\r\nx: ").await;
        while trickling.write_all(b"a").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(is_closed(&mut silent).await && is_closed(&mut half).await && is_closed(&mut idle).await);
    assert!(timeout(GENEROUS, trickle).await.is_ok());
    until(|| server.connections() == 0).await;
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_request_that_is_worked_on_keeps_its_connection_and_an_idle_one_makes_room() {
    let limits = HttpLimits { connections_of_address: 2, ..HttpLimits::of_connections(2) };
    let gate = Arc::new(Semaphore::new(0));
    let entered = Arc::new(Semaphore::new(0));
    let (opens, enters) = (gate.clone(), entered.clone());
    let answer = move |request| {
        let (opens, enters) = (opens.clone(), enters.clone());
        async move {
            let _work = begin_work(&request);
            enters.add_permits(1);
            let _ = opens.acquire().await;
            reply(StatusCode::OK, "text/plain", "done".into())
        }
    };
    let server = HttpServer::start("127.0.0.1:0".parse().unwrap(), limits, answer).await.unwrap();
    let mut first = client(server.address(), 1).await;
    first.write_all(GET).await.unwrap();
    entered.acquire().await.unwrap().forget();
    let mut idle = client(server.address(), 1).await;
    until(|| server.connections() == 2).await;
    let mut second = client(server.address(), 1).await;
    second.write_all(GET).await.unwrap();
    entered.acquire().await.unwrap().forget();
    assert!(is_closed(&mut idle).await, "it made room");
    let mut refused = client(server.address(), 1).await;
    assert!(is_closed(&mut refused).await, "nobody can make room");
    assert_eq!(server.turned().of(Reason::Address), 2);
    gate.add_permits(2);
    for stream in [&mut first, &mut second] {
        let mut answer = [0; 12];
        timeout(GENEROUS, stream.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
}

#[tokio::test]
async fn answers_that_nobody_reads_make_room_for_those_of_others() {
    let limits = HttpLimits { bytes: 3 * LARGE, ..HttpLimits::of_connections(8) };
    let server = server(limits, LARGE).await;
    let mut crowd = vec![];
    for address in 1..=5 {
        let mut stream = client(server.address(), address).await;
        stream.write_all(GET).await.unwrap();
        crowd.push(stream);
        // Each has its answer before the next one asks.
        let mut head = [0; 12];
        crowd.last_mut().unwrap().read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 200");
    }
    until(|| server.connections() == 3).await;
    assert_eq!((server.connections(), server.turned().of(Reason::Bytes)), (3, 2));
    for stream in &mut crowd[..2] {
        assert!(is_closed(stream).await, "the oldest made room");
    }
    drop(crowd);
    until(|| server.connections() == 0).await;
    // What they held is free: a client reads an answer to its end.
    let mut prompt = client(server.address(), 9).await;
    prompt.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut whole = vec![];
    timeout(GENEROUS, prompt.read_to_end(&mut whole)).await.unwrap().unwrap();
    assert!(whole.len() > LARGE && server.turned().of(Reason::Bytes) == 2);
}

#[tokio::test]
async fn bodies_that_are_announced_and_do_not_come_make_room_for_requests() {
    let setup = setup(Access::Embedded).await;
    let limits = HttpLimits { bytes: 9 << 20, ..HttpLimits::of_connections(64) };
    let small = ServeOptions { clock: None, limits, ..ServeOptions::default() };
    let server = setup.embedded.serve(small).await.unwrap();
    let head = format!("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{{", 4 << 20);
    let mut crowd = vec![];
    for _ in 0..8 {
        let mut stream = client(server.address(), 2).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        crowd.push(stream);
    }
    until(|| server.turned().of(Reason::Bytes) >= 6).await;
    assert_eq!((server.turned().of(Reason::Bytes), server.connections()), (6, 2));
    let chain = timeout(GENEROUS, Cosmos::connect(options(&server.url()))).await.unwrap().unwrap();
    assert_eq!(chain.info().await.unwrap().height, 2);
    drop(crowd);
}
