//! Messages that wait, in both directions, on disk.
//!
//! A message is in the outbox from the moment `send` returns until the receiver has it in its inbox on disk, and
//! in the inbox until it is discarded. It has an identifier that both ends record, so that a delivery whose answer
//! was lost is not a second message.
//!
//! A database that has failed once, on a disk that was full for a moment, refuses everything from then on. It is opened again before it
//! is used, and what waits is counted anew: what could not be committed may be on disk nevertheless.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bithive_exchange::{MAX_WAITING, Message, PeerId, Protocol};
use bithive_state::open_database;
use bytes::Bytes;
use redb::{
    Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction,
};
use tokio::sync::Notify;

use crate::config::Limits;
use crate::log_limit::WarningLimit;
use crate::records::{self, Outgoing};
use crate::wire::{MESSAGE_ID_BYTES, MessageId};

type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// Peer and number -> protocol, identifier, time, body.
const OUTBOX: Table = TableDefinition::new("outbox");
/// Protocol and number -> sender, body.
const INBOX: Table = TableDefinition::new("inbox");
/// Sender and protocol -> identifiers of the newest messages.
const SEEN: Table = TableDefinition::new("seen");

/// Identifiers that are remembered of each sender and protocol. A sender delivers one after another, so that
/// only an attempt that overlaps with its own repetition needs more than one.
const REMEMBERED: usize = 32;
/// Senders of which identifiers are remembered, one for each protocol; beyond, one of them is forgotten. Where everybody
/// is admitted, anybody can make new identities, so their number must be bounded.
const REMEMBERED_SENDERS: u64 = 65_536;
/// Bytes of the database that are kept in memory.
const CACHE: usize = 16 << 20;
/// Parts of the bytes of all messages that wait; those of one sender take up to one of them.
const SENDER_PARTS: usize = 8;
/// The same for one protocol, so that messages that no service reads leave room for those of other protocols.
const PROTOCOL_PARTS: usize = 2;
/// Bytes after which [`Mailbox::incoming`] leaves messages for the next call.
const HANDED_AT_ONCE: usize = 64 << 20;
/// Wait before a database that has failed is opened again; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// Longest of these waits. Senders repeat for days what could not be stored.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Opens the database, or makes it.
type Open = Box<dyn Fn() -> Result<Database, redb::Error> + Send + Sync>;

/// How an incoming message was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    New,
    Known,
    Full,
}

/// Number and bytes of the messages that wait.
#[derive(Default)]
struct Waiting {
    next: u64,
    outgoing: HashMap<PeerId, usize>,
    incoming: HashMap<(Protocol, PeerId), usize>,
    by_protocol: HashMap<Protocol, Volume>,
    by_sender: HashMap<PeerId, usize>,
    bytes: usize,
    /// Keys of messages that could not be committed to the outbox. Whoever sent them was told so, and may have sent others in their place.
    unsent: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, Default)]
struct Volume {
    messages: usize,
    bytes: usize,
}

impl Waiting {
    fn came_in(&mut self, protocol: Protocol, from: PeerId, bytes: usize) {
        *self.incoming.entry((protocol, from)).or_default() += 1;
        *self.by_sender.entry(from).or_default() += bytes;
        let volume = self.by_protocol.entry(protocol).or_default();
        volume.messages += 1;
        volume.bytes += bytes;
        self.bytes += bytes;
    }

    fn taken(&mut self, protocol: Protocol, from: PeerId, bytes: usize) {
        let less = |count: usize, by: usize| count.saturating_sub(by);
        if let Some(count) = self.incoming.get_mut(&(protocol, from)) {
            *count = less(*count, 1);
            if *count == 0 {
                self.incoming.remove(&(protocol, from));
            }
        }
        if let Some(held) = self.by_sender.get_mut(&from) {
            *held = less(*held, bytes);
            if *held == 0 {
                self.by_sender.remove(&from);
            }
        }
        let volume = self.by_protocol.entry(protocol).or_default();
        *volume = Volume { messages: less(volume.messages, 1), bytes: less(volume.bytes, bytes) };
        self.bytes = less(self.bytes, bytes);
    }
}

/// How the database fares.
#[derive(Default)]
struct Health {
    /// What failed last, if the database has to be opened again.
    broken: Option<String>,
    /// Failures, none of them long after the one before.
    in_a_row: u32,
    /// Time of the last one.
    failed_at: Option<Instant>,
}

impl Health {
    fn failed(&mut self, error: &redb::Error, now: Instant) {
        let calm = LONGEST_WAIT.saturating_mul(2);
        let again = self.failed_at.is_some_and(|last| now.saturating_duration_since(last) < calm);
        self.in_a_row = if again { self.in_a_row.saturating_add(1) } else { 0 };
        self.failed_at = Some(now);
        self.broken = Some(error.to_string());
    }

    /// Whether it may be opened again.
    fn is_due(&self, now: Instant) -> bool {
        let wait = FIRST_WAIT.saturating_mul(1 << self.in_a_row.min(16)).min(LONGEST_WAIT);
        self.failed_at.is_none_or(|last| now.saturating_duration_since(last) >= wait)
    }
}

/// Inbox and outbox of one endpoint.
pub(crate) struct Mailbox {
    open: Open,
    /// None where it could not be opened again.
    database: RwLock<Option<Database>>,
    health: Mutex<Health>,
    /// Held while the tables change, so that the counts are those of the tables. Taken before the two above.
    waiting: Mutex<Waiting>,
    /// Notified when messages may have come in.
    pub(crate) arrivals: Notify,
    per_sender: usize,
    bytes: usize,
    senders: u64,
    log_limit: WarningLimit,
}

impl Mailbox {
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Arc<Self>, redb::Error> {
        let path = path.to_owned();
        Self::open_by(Box::new(move || open_file(&path)), limits)
    }

    fn open_by(open: Open, limits: &Limits) -> Result<Arc<Self>, redb::Error> {
        let database = open()?;
        let waiting = count(&database, &[])?;
        Ok(Arc::new(Self {
            open,
            database: RwLock::new(Some(database)),
            health: Mutex::default(),
            waiting: Mutex::new(waiting),
            arrivals: Notify::new(),
            per_sender: limits.inbox_per_sender,
            bytes: limits.inbox_bytes,
            senders: REMEMBERED_SENDERS,
            log_limit: WarningLimit::default(),
        }))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // The counts change after the tables have; a panic between is a leak of one at worst.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What waits in a database that can be used: after a failure it is opened again first.
    fn current(&self) -> Result<MutexGuard<'_, Waiting>, redb::Error> {
        let mut waiting = self.waiting();
        self.mend(&mut waiting)?;
        Ok(waiting)
    }

    /// Opens the database again if it has failed, once it is time.
    fn mend(&self, waiting: &mut Waiting) -> Result<(), redb::Error> {
        {
            let health = self.health();
            let Some(reason) = &health.broken else { return Ok(()) };
            if !health.is_due(Instant::now()) {
                return Err(closed(reason));
            }
        }
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // It has to let go of the file first.
        *database = None;
        let opened =
            (self.open)().and_then(|opened| count(&opened, &waiting.unsent).map(|counted| (opened, counted)));
        let (opened, counted) = opened.inspect_err(|error| self.failed(error))?;
        // Numbers go on: a message that somebody has read may be discarded by its number at any time.
        let next = waiting.next.max(counted.next);
        *waiting = Waiting { next, ..counted };
        *database = Some(opened);
        self.health().broken = None;
        let (outgoing, incoming) =
            (waiting.outgoing.values().sum::<usize>(), waiting.incoming.values().sum::<usize>());
        tracing::warn!(outgoing, incoming, "the store of messages is open again");
        // Of a message whose commit has failed, nobody was told that it is there.
        self.arrivals.notify_one();
        Ok(())
    }

    /// Uses the database. After any failure it is opened again before it is used the next time.
    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, redb::Error> {
        let result = match &*self.database.read().unwrap_or_else(PoisonError::into_inner) {
            Some(database) => work(database),
            None => Err(closed("it could not be opened again")),
        };
        result.inspect_err(|error| self.failed(error))
    }

    fn failed(&self, error: &redb::Error) {
        self.health().failed(error, Instant::now());
        if let Some(left_out) = self.log_limit.permit() {
            tracing::error!(
                %error,
                left_out,
                "the store of messages can't be used; it is opened again soon. Is there room on the disk?"
            );
        }
    }

    /// Puts a message into the outbox; false if too many wait for the peer. One that could not be put there is not sent later.
    pub(crate) fn send(
        &self,
        to: PeerId,
        protocol: Protocol,
        id: MessageId,
        sent: u64,
        body: &[u8],
    ) -> Result<bool, redb::Error> {
        let mut waiting = self.current()?;
        if waiting.outgoing.get(&to).copied().unwrap_or_default() >= MAX_WAITING {
            return Ok(false);
        }
        let key = records::outgoing_key(to, waiting.next);
        let value = Outgoing::encode(protocol, &id, sent, body);
        let put = self.with(|database| {
            let write = database.begin_write()?;
            write.open_table(OUTBOX)?.insert(key.as_slice(), value.as_slice())?;
            Ok(write.commit()?)
        });
        if let Err(error) = put {
            waiting.unsent.push(key);
            return Err(error);
        }
        waiting.next += 1;
        *waiting.outgoing.entry(to).or_default() += 1;
        Ok(true)
    }

    /// Whether messages wait for `to`.
    pub(crate) fn waits_for(&self, to: PeerId) -> bool {
        self.waiting().outgoing.contains_key(&to)
    }

    /// Peers for whom messages wait.
    pub(crate) fn addressees(&self) -> Vec<PeerId> {
        self.waiting().outgoing.keys().copied().collect()
    }

    /// The oldest message for `to` whose protocol is not one of `except`.
    pub(crate) fn oldest(&self, to: PeerId, except: &[Protocol]) -> Result<Option<Outgoing>, redb::Error> {
        // Nobody who reads waits for those that write, unless something has failed.
        if self.health().broken.is_some() {
            drop(self.current()?);
        }
        self.with(|database| {
            let table = database.begin_read()?.open_table(OUTBOX)?;
            let (start, end) = (records::outgoing_key(to, 0), records::outgoing_key(to, u64::MAX));
            for entry in table.range(start.as_slice()..=end.as_slice())? {
                let (key, value) = entry?;
                let Some(message) = Outgoing::decode(key.value(), value.value()) else { continue };
                if !except.contains(&message.protocol) {
                    return Ok(Some(message));
                }
            }
            Ok(None)
        })
    }

    /// Removes a message that was delivered or given up.
    pub(crate) fn sent(&self, to: PeerId, key: &[u8]) -> Result<(), redb::Error> {
        let mut waiting = self.current()?;
        let removed = self.with(|database| {
            let write = database.begin_write()?;
            let removed = write.open_table(OUTBOX)?.remove(key)?.is_some();
            write.commit()?;
            Ok(removed)
        })?;
        if removed && let Some(count) = waiting.outgoing.get_mut(&to) {
            *count -= 1;
            if *count == 0 {
                waiting.outgoing.remove(&to);
            }
        }
        Ok(())
    }

    /// Puts a message that came in into the inbox, once.
    pub(crate) fn store(
        &self,
        from: PeerId,
        protocol: Protocol,
        id: MessageId,
        body: &[u8],
    ) -> Result<Stored, redb::Error> {
        let mut waiting = self.current()?;
        let stored = self.with(|database| {
            let write = database.begin_write()?;
            let stored = self.insert(&write, &waiting, (from, protocol, id), body)?;
            if stored == Stored::New {
                write.commit()?;
            }
            Ok(stored)
        })?;
        if stored == Stored::New {
            waiting.next += 1;
            waiting.came_in(protocol, from, body.len());
        }
        Ok(stored)
    }

    fn insert(
        &self,
        write: &WriteTransaction,
        waiting: &Waiting,
        (from, protocol, id): (PeerId, Protocol, MessageId),
        body: &[u8],
    ) -> Result<Stored, redb::Error> {
        let sender = [from.0.as_slice(), &[records::code(protocol)]].concat();
        let mut seen = write.open_table(SEEN)?;
        let mut ids = seen.get(sender.as_slice())?.map(|ids| ids.value().to_vec()).unwrap_or_default();
        if ids.chunks(MESSAGE_ID_BYTES).any(|known| known == id) {
            return Ok(Stored::Known);
        }
        let count = waiting.incoming.get(&(protocol, from)).copied().unwrap_or_default();
        let all = waiting.by_protocol.get(&protocol).copied().unwrap_or_default();
        let own = waiting.by_sender.get(&from).copied().unwrap_or_default();
        let over = |held: usize, parts: usize| held + body.len() > self.bytes / parts;
        if count >= self.per_sender
            || all.messages >= MAX_WAITING
            || over(own, SENDER_PARTS)
            || over(all.bytes, PROTOCOL_PARTS)
            || over(waiting.bytes, 1)
        {
            return Ok(Stored::Full);
        }
        ids.extend_from_slice(&id);
        let excess = ids.len().saturating_sub(REMEMBERED * MESSAGE_ID_BYTES);
        seen.insert(sender.as_slice(), ids.get(excess..).unwrap_or_default())?;
        if seen.len()? > self.senders {
            // Any but this one: the next key after it, or the first.
            let other = seen.range(after(&sender).as_slice()..)?.next().transpose()?;
            let other = other.map(|(key, _)| key.value().to_vec());
            match other {
                Some(key) => drop(seen.remove(key.as_slice())?),
                None => drop(seen.pop_first()?),
            }
        }
        let key = records::incoming_key(protocol, waiting.next);
        let value = records::incoming(from, body);
        write.open_table(INBOX)?.insert(key.as_slice(), value.as_slice())?;
        Ok(Stored::New)
    }

    /// Messages of `protocol` that wait, oldest first; no more than about [`HANDED_AT_ONCE`] bytes.
    pub(crate) fn incoming(&self, protocol: Protocol) -> Result<Vec<Message>, redb::Error> {
        if self.current()?.by_protocol.get(&protocol).is_none_or(|volume| volume.messages == 0) {
            return Ok(Vec::new());
        }
        let code = records::code(protocol);
        self.with(|database| {
            let (mut messages, mut bytes) = (Vec::new(), 0);
            let table = database.begin_read()?.open_table(INBOX)?;
            for entry in table.range([code].as_slice()..[code + 1].as_slice())? {
                let (key, value) = entry?;
                if bytes >= HANDED_AT_ONCE {
                    break;
                }
                if let (Some((_, number)), Some((from, body))) =
                    (records::split_incoming_key(key.value()), records::split_incoming(value.value()))
                {
                    bytes += body.len();
                    let (body, receipt) = (Bytes::copy_from_slice(body), number.to_string());
                    messages.push(Message { from, body, receipt });
                }
            }
            Ok(messages)
        })
    }

    /// Removes messages that came in, by their receipts, and says whether others of their protocol wait.
    pub(crate) fn discard(&self, protocol: Protocol, messages: &[Message]) -> Result<bool, redb::Error> {
        let mut waiting = self.current()?;
        let removed = self.with(|database| {
            let write = database.begin_write()?;
            let mut removed = Vec::with_capacity(messages.len());
            {
                let mut table = write.open_table(INBOX)?;
                for number in messages.iter().filter_map(|message| message.receipt.parse().ok()) {
                    let value = table.remove(records::incoming_key(protocol, number).as_slice())?;
                    let entry = value.as_ref().and_then(|value| records::split_incoming(value.value()));
                    removed.extend(entry.map(|(from, body)| (from, body.len())));
                }
            }
            write.commit()?;
            Ok(removed)
        })?;
        for (from, bytes) in removed {
            waiting.taken(protocol, from, bytes);
        }
        Ok(waiting.by_protocol.get(&protocol).is_some_and(|volume| volume.messages > 0))
    }
}

fn open_file(path: &Path) -> Result<Database, redb::Error> {
    // What is cached of the file counts as this process's memory.
    Ok(open_database(path, Database::builder().set_cache_size(CACHE))?)
}

/// Counts what waits, without the messages of these keys, which it removes.
fn count(database: &Database, unsent: &[Vec<u8>]) -> Result<Waiting, redb::Error> {
    let write = database.begin_write()?;
    let mut waiting = Waiting::default();
    {
        let mut outbox = write.open_table(OUTBOX)?;
        for key in unsent {
            outbox.remove(key.as_slice())?;
        }
        for entry in outbox.iter()? {
            let (key, _) = entry?;
            if let Some((peer, number)) = records::split_outgoing_key(key.value()) {
                *waiting.outgoing.entry(peer).or_default() += 1;
                waiting.next = waiting.next.max(number + 1);
            }
        }
        for entry in write.open_table(INBOX)?.iter()? {
            let (key, value) = entry?;
            if let (Some((protocol, number)), Some((from, body))) =
                (records::split_incoming_key(key.value()), records::split_incoming(value.value()))
            {
                waiting.came_in(protocol, from, body.len());
                waiting.next = waiting.next.max(number + 1);
            }
        }
        write.open_table(SEEN)?;
    }
    write.commit()?;
    Ok(waiting)
}

fn closed(reason: &str) -> redb::Error {
    redb::Error::Io(io::Error::other(format!("the store of messages is closed after a failure: {reason}")))
}

/// The least key above `key`.
fn after(key: &[u8]) -> Vec<u8> {
    [key, &[0]].concat()
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use redb::StorageBackend;

    use super::*;

    const ALICE: PeerId = PeerId([1; 32]);
    const BOB: PeerId = PeerId([2; 32]);

    fn take(mailbox: &Mailbox) -> Vec<Message> {
        let messages = mailbox.incoming(Protocol::Claim).unwrap();
        mailbox.discard(Protocol::Claim, &messages).unwrap();
        messages
    }

    fn bodies(messages: &[Message]) -> Vec<&[u8]> {
        messages.iter().map(|message| message.body.as_ref()).collect()
    }

    #[test]
    fn messages_of_both_boxes_outlast_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("messages");
        {
            let mailbox = Mailbox::open(&path, &Limits::default()).unwrap();
            assert!(mailbox.send(BOB, Protocol::Claim, [1; 16], 7, b"out").unwrap());
            assert_eq!(mailbox.store(ALICE, Protocol::Claim, [2; 16], b"in").unwrap(), Stored::New);
        }
        let mailbox = Mailbox::open(&path, &Limits::default()).unwrap();
        assert_eq!(mailbox.addressees(), [BOB]);
        let message = mailbox.oldest(BOB, &[]).unwrap().unwrap();
        assert_eq!((message.id, message.sent, message.body.as_ref()), ([1; 16], 7, b"out".as_slice()));
        mailbox.sent(BOB, &message.key).unwrap();
        assert_eq!(mailbox.oldest(BOB, &[]).unwrap(), None);
        assert!(mailbox.addressees().is_empty());
        assert_eq!(mailbox.store(ALICE, Protocol::Claim, [2; 16], b"in").unwrap(), Stored::Known);
        assert_eq!(bodies(&take(&mailbox)), [b"in".as_slice()]);
        assert_eq!(mailbox.store(ALICE, Protocol::Claim, [2; 16], b"in").unwrap(), Stored::Known);
        assert!(take(&mailbox).is_empty());
    }

    #[test]
    fn a_sender_that_floods_fills_its_own_part_only() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { inbox_per_sender: 2, inbox_bytes: 80, ..Limits::default() };
        let mailbox = Mailbox::open(&folder.path().join("messages"), &limits).unwrap();
        let store = |from, id: u8, body: &[u8]| mailbox.store(from, Protocol::Claim, [id; 16], body).unwrap();
        assert_eq!(store(ALICE, 1, b"1"), Stored::New);
        assert_eq!(store(ALICE, 2, b"2"), Stored::New);
        assert_eq!(store(ALICE, 3, b"3"), Stored::Full);
        assert_eq!(store(BOB, 3, b"123456789"), Stored::New);
        assert_eq!(store(BOB, 4, b"45"), Stored::Full);
        assert_eq!(take(&mailbox).len(), 3);
        assert_eq!(store(ALICE, 3, b"3"), Stored::New);
        assert_eq!(store(BOB, 4, b"45"), Stored::New);
    }

    #[test]
    fn a_sender_has_one_part_over_all_protocols_and_a_protocol_leaves_room_for_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { inbox_bytes: 80, ..Limits::default() };
        let path = folder.path().join("messages");
        let mut mailbox = Mailbox::open(&path, &limits).unwrap();
        for (protocol, expected) in [(Protocol::Claim, Stored::New), (Protocol::Signature, Stored::Full)] {
            assert_eq!(mailbox.store(ALICE, protocol, [1; 16], b"123456").unwrap(), expected);
        }
        for sender in 2..=9u8 {
            let stored =
                mailbox.store(PeerId([sender; 32]), Protocol::Claim, [1; 16], b"1234567890").unwrap();
            assert_eq!(stored, if sender <= 4 { Stored::New } else { Stored::Full });
        }
        // It is the same for the next process.
        drop(mailbox);
        mailbox = Mailbox::open(&path, &limits).unwrap();
        for (protocol, expected) in [(Protocol::Claim, Stored::Full), (Protocol::Signature, Stored::New)] {
            let stored = mailbox.store(PeerId([9; 32]), protocol, [2; 16], b"1234567890").unwrap();
            assert_eq!(stored, expected);
        }
        assert_eq!(take(&mailbox).len(), 4);
        assert_eq!(mailbox.store(ALICE, Protocol::Signature, [1; 16], b"123456").unwrap(), Stored::New);
    }

    #[test]
    fn senders_of_the_past_are_forgotten_and_the_latest_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut mailbox = Mailbox::open(&folder.path().join("messages"), &Limits::default()).unwrap();
        Arc::get_mut(&mut mailbox).unwrap().senders = 3;
        for sender in (1..=9).chain([200, 100]) {
            let store = || mailbox.store(PeerId([sender; 32]), Protocol::Claim, [1; 16], b"").unwrap();
            assert_eq!((store(), store()), (Stored::New, Stored::Known));
            let seen = mailbox.with(|database| Ok(database.begin_read()?.open_table(SEEN)?.len()?)).unwrap();
            assert!(seen <= 3);
        }
    }

    #[test]
    fn one_protocol_does_not_hold_up_another() {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::open(&folder.path().join("messages"), &Limits::default()).unwrap();
        mailbox.send(BOB, Protocol::Claim, [1; 16], 0, b"claim").unwrap();
        mailbox.send(BOB, Protocol::Signature, [2; 16], 0, b"signature").unwrap();
        let next = mailbox.oldest(BOB, &[Protocol::Claim]).unwrap().unwrap();
        assert_eq!(next.protocol, Protocol::Signature);
        assert_eq!(mailbox.oldest(ALICE, &[]).unwrap(), None);
    }

    #[test]
    fn a_full_outbox_refuses() {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::open(&folder.path().join("messages"), &Limits::default()).unwrap();
        mailbox.waiting().outgoing.insert(BOB, MAX_WAITING);
        assert!(!mailbox.send(BOB, Protocol::Claim, [1; 16], 0, b"").unwrap());
        assert!(mailbox.send(ALICE, Protocol::Claim, [1; 16], 0, b"").unwrap());
    }

    /// A disk that outlasts the databases on it, and can be full.
    #[derive(Clone, Debug, Default)]
    struct Disk(Arc<Mutex<Contents>>);

    #[derive(Debug, Default)]
    struct Contents {
        bytes: Vec<u8>,
        /// Writes for which there is room; for any number if there is none.
        room: Option<usize>,
        /// How often a database was opened.
        opened: usize,
    }

    impl Disk {
        fn contents(&self) -> MutexGuard<'_, Contents> {
            self.0.lock().unwrap()
        }

        fn full_after(&self, writes: usize) {
            self.contents().room = Some(writes);
        }

        /// There is room again, and the wait is over.
        fn emptied_for(&self, mailbox: &Mailbox) {
            self.contents().room = None;
            mailbox.health().failed_at = None;
        }

        fn open(&self) -> Result<Database, redb::Error> {
            self.contents().opened += 1;
            Ok(Database::builder().create_with_backend(self.clone())?)
        }

        fn mailbox(&self) -> Arc<Mailbox> {
            let disk = self.clone();
            Mailbox::open_by(Box::new(move || disk.open()), &Limits::default()).unwrap()
        }
    }

    impl Contents {
        fn take_room(&mut self) -> io::Result<()> {
            match &mut self.room {
                None => {}
                Some(0) => return Err(io::ErrorKind::StorageFull.into()),
                Some(writes) => *writes -= 1,
            }
            Ok(())
        }

        fn at(&mut self, offset: u64, length: usize) -> io::Result<&mut [u8]> {
            let offset = usize::try_from(offset).unwrap();
            self.bytes.get_mut(offset..offset + length).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        }
    }

    impl StorageBackend for Disk {
        fn len(&self) -> io::Result<u64> {
            Ok(self.contents().bytes.len() as u64)
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            out.copy_from_slice(self.contents().at(offset, out.len())?);
            Ok(())
        }

        fn set_len(&self, length: u64) -> io::Result<()> {
            let mut contents = self.contents();
            contents.take_room()?;
            contents.bytes.resize(usize::try_from(length).unwrap(), 0);
            Ok(())
        }

        fn sync_data(&self) -> io::Result<()> {
            self.contents().take_room()
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            let mut contents = self.contents();
            contents.take_room()?;
            contents.at(offset, data.len())?.copy_from_slice(data);
            Ok(())
        }
    }

    fn deliver_all(mailbox: &Mailbox) -> Vec<Bytes> {
        let mut delivered = Vec::new();
        while let Some(message) = mailbox.oldest(BOB, &[]).unwrap() {
            mailbox.sent(BOB, &message.key).unwrap();
            delivered.push(message.body);
        }
        delivered
    }

    #[test]
    fn a_disk_that_was_full_for_a_moment_costs_no_message_and_doubles_none() {
        let mut failures = 0;
        for writes in 0.. {
            let disk = Disk::default();
            let mailbox = disk.mailbox();
            let store = |body: &[u8], id: u8| mailbox.store(ALICE, Protocol::Claim, [id; 16], body);
            let send = |body: &[u8], id: u8| mailbox.send(BOB, Protocol::Claim, [id; 16], 0, body);
            assert!(send(b"first", 1).unwrap());
            assert_eq!(store(b"first", 1).unwrap(), Stored::New);
            disk.full_after(writes);
            let sent = send(b"second", 2);
            // If that has failed, this is the first try to open it again, on the full disk.
            mailbox.health().failed_at = None;
            let stored = store(b"second", 2);
            if sent.is_ok() && stored.is_ok() {
                // There was room for everything.
                break;
            }
            failures += 1;
            disk.emptied_for(&mailbox);
            if stored.is_err() {
                // Its sender repeats it.
                assert_ne!(store(b"second", 2).unwrap(), Stored::Full, "{writes}");
            }
            assert_eq!(mailbox.waiting().by_sender.get(&ALICE), Some(&11), "{writes}");
            assert!(mailbox.arrivals.notified().now_or_never().is_some(), "{writes}");
            let expected: &[&[u8]] = if sent.is_ok() { &[b"first", b"second"] } else { &[b"first"] };
            assert_eq!(deliver_all(&mailbox), expected, "{writes}");
            assert!(mailbox.addressees().is_empty(), "{writes}");
            assert_eq!(bodies(&take(&mailbox)), [b"first".as_slice(), b"second".as_slice()], "{writes}");
            // So it is for the next process.
            drop(mailbox);
            let mailbox = disk.mailbox();
            assert!(mailbox.addressees().is_empty() && take(&mailbox).is_empty(), "{writes}");
        }
        assert!(failures > 2, "a commit is one write at least: {failures}");
    }

    #[test]
    fn a_receipt_is_never_that_of_another_message() {
        let disk = Disk::default();
        let mailbox = disk.mailbox();
        let store = |id: u8| mailbox.store(ALICE, Protocol::Claim, [id; 16], &[id]);
        store(1).unwrap();
        let read = mailbox.incoming(Protocol::Claim).unwrap();
        mailbox.discard(Protocol::Claim, &read).unwrap();
        disk.full_after(0);
        assert!(store(2).is_err());
        disk.emptied_for(&mailbox);
        assert_eq!(store(2).unwrap(), Stored::New);
        mailbox.discard(Protocol::Claim, &read).unwrap();
        assert_eq!(bodies(&take(&mailbox)), [[2u8].as_slice()]);
    }

    #[test]
    fn a_disk_that_stays_full_is_tried_less_and_less_often() {
        let (mut health, start, error) = (Health::default(), Instant::now(), redb::Error::PreviousIo);
        health.failed(&error, start);
        assert!(!health.is_due(start) && health.is_due(start + FIRST_WAIT));
        for _ in 0..20 {
            health.failed(&error, start);
        }
        assert!(!health.is_due(start + LONGEST_WAIT / 2) && health.is_due(start + LONGEST_WAIT));
        let later = start + 3 * LONGEST_WAIT;
        health.failed(&error, later);
        assert!(health.is_due(later + FIRST_WAIT), "it was well for a while");
    }

    #[test]
    fn while_a_failed_store_waits_nobody_opens_it() {
        let disk = Disk::default();
        let mailbox = disk.mailbox();
        disk.full_after(0);
        let send = || mailbox.send(BOB, Protocol::Claim, [1; 16], 0, b"");
        send().unwrap_err();
        // So that it is not due, however slow this machine is.
        mailbox.health().failed_at = Some(Instant::now() + Duration::from_secs(3_600));
        for _ in 0..10 {
            assert!(send().unwrap_err().to_string().contains("is closed after a failure"));
            mailbox.oldest(BOB, &[]).unwrap_err();
            mailbox.incoming(Protocol::Claim).unwrap_err();
        }
        assert_eq!(disk.contents().opened, 1);
        disk.emptied_for(&mailbox);
        assert!(send().unwrap());
        assert_eq!(disk.contents().opened, 2);
    }
}
