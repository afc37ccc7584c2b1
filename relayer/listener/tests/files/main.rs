//! A process that may open few files. It is a binary of its own, because the limit is the process's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::net::TcpStream;
use std::time::Duration;

use bithive_listener::{Limits, Listener, Places, Reason, raise_file_limit};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

const GENEROUS: Duration = Duration::from_secs(60);

#[tokio::test]
async fn without_files_strangers_make_room_and_the_limit_is_raised_as_far_as_it_goes() {
    let before = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(64), ..before }).unwrap();
    let most =
        Limits { strangers: 512, strangers_of_address: 512, admitted: 0, admitted_of_address: 0, bytes: 0 };
    let places = Places::new(most);
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), places.clone()).await.unwrap();
    let address = listener.address();
    // Says hello to everybody, and holds each connection until it has to make room.
    let server = tokio::spawn(async move {
        loop {
            let (mut stream, mut place) = listener.accept().await;
            tokio::spawn(async move {
                let _ = stream.write_all(b"hello").await;
                place.lost().await;
                drop(stream);
            });
        }
    });
    // Clients take files, too: connecting goes on until there is none left.
    let mut crowd = vec![];
    while let Ok(stream) = TcpStream::connect(address) {
        crowd.push(stream);
        // So that the server accepts some meanwhile.
        sleep(Duration::from_millis(1)).await;
    }
    assert!(crowd.len() > 16, "{}", crowd.len());
    let newest = crowd.pop().unwrap();
    newest.set_nonblocking(true).unwrap();
    let mut newest = tokio::net::TcpStream::from_std(newest).unwrap();
    let mut greeting = [0; 5];
    let greeted = timeout(GENEROUS, newest.read_exact(&mut greeting)).await;
    assert!(greeted.is_ok_and(|read| read.is_ok()), "the newest is served although no file was left");
    assert!(places.turned().of(Reason::Files) > 0);
    drop(crowd);

    let raised = raise_file_limit();
    assert_eq!(Some(raised), Some(before.maximum.unwrap_or(u64::MAX)));
    assert!(TcpStream::connect(address).is_ok());
    server.abort();
}
