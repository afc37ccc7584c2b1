//! Answers have to be read.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

/// A stream whose other end has to read what is sent to it in time. After that, writing fails with
/// [`io::ErrorKind::TimedOut`], and what the system still keeps of it is dropped together with the stream.
pub struct Prompt {
    stream: TcpStream,
    most: Duration,
    /// When the bytes that are under way have to be read; none while nothing is under way.
    until: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Prompt {
    /// `most` is the time from the first byte of an answer until the system has taken all of it.
    #[must_use]
    pub const fn new(stream: TcpStream, most: Duration) -> Self {
        Self { stream, most, until: None, alarm: None }
    }

    /// Ready, with an error, when the time is over.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let until = *self.until.get_or_insert_with(|| Instant::now() + self.most);
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(until)));
        ready!(alarm.as_mut().poll(cx));
        // Without it the system would go on trying to deliver for minutes, and keep the bytes.
        let _ = self.stream.set_zero_linger();
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its answer"))
    }

    fn poll_in_time<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_pending() {
            return self.poll_late(cx).map(Err);
        }
        // A reader that takes a byte now and then is as late as one that takes none.
        if self.until.is_none() {
            self.until = Some(Instant::now() + self.most);
        }
        poll
    }
}

impl AsyncRead for Prompt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Prompt {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.poll_in_time(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.poll_in_time(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// The caller flushes when it has nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(cx);
        if poll.is_ready() {
            (self.until, self.alarm) = (None, None);
        }
        poll
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
