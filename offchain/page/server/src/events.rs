//! `GET /x/events`: when there may be mail.

use std::sync::Arc;
use std::time::Duration;

use bithive_chain::http::{Parts, ReplyBody, keep};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::refused::Refused;
use crate::session::{Doing, Session};
use crate::tally::Tally;

const MAIL: Bytes = Bytes::from_static(b"event: mail\ndata: {}\n\n");
/// Shows a proxy, and a browser whose machine was asleep, that the stream is alive.
const STILL: Bytes = Bytes::from_static(b": still here\n\n");
const SILENCE: Duration = Duration::from_secs(15);
/// Longest life of a stream: a browser that is gone without a word is forgotten after that at the latest.
const LIFE: Duration = Duration::from_secs(3_600);
/// Bytes that count as kept for a stream.
const KEPT: usize = 4 << 10;
/// Events that wait for a browser that reads slowly. They all say the same.
const AHEAD: usize = 2;

pub(crate) fn listen(
    session: &Arc<Session>,
    tally: &Tally,
    mut stopping: watch::Receiver<bool>,
    request: &Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    let turn = session.turn(Doing::Listen)?;
    let weight = keep(request, KEPT)?;
    let (events, parts) = mpsc::channel(AHEAD);
    let (mut mail, listening) = (session.mail.clone(), tally.listening());
    // What arrived before is told of by the first event.
    mail.mark_unchanged();
    tokio::spawn(async move {
        let (_turn, _listening) = (turn, listening);
        let end = Instant::now() + LIFE;
        let mut next = MAIL;
        while events.send(Ok(next)).await.is_ok() {
            next = tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = events.closed() => return,
                () = sleep_until(end) => return,
                changed = mail.changed() => match changed {
                    Ok(()) => MAIL,
                    Err(_) => return,
                },
                () = sleep(SILENCE) => STILL,
            };
        }
    });
    let mut response = Response::new(ReplyBody::Parts(Parts::new(parts, weight)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    Ok(response)
}
