//! Messages that wait, in both directions, on disk.
//!
//! A message is in the outbox from the moment `send` returns until the receiver has it in its inbox on disk, and
//! in the inbox until it is discarded. It has an identifier that both ends record, so that a delivery whose answer
//! was lost is not a second message.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bithive_exchange::{MAX_WAITING, Message, PeerId, Protocol};
use bithive_state::open_database;
use bytes::Bytes;
use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition};

use crate::config::Limits;
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

/// Inbox and outbox of one endpoint.
pub(crate) struct Mailbox {
    database: Database,
    /// Held while the tables change, so that the counts are those of the tables.
    waiting: Mutex<Waiting>,
    per_sender: usize,
    bytes: usize,
    senders: u64,
}

impl Mailbox {
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Arc<Self>, redb::Error> {
        // What is cached of the file counts as this process's memory.
        let database = open_database(path, Database::builder().set_cache_size(CACHE))?;
        let write = database.begin_write()?;
        let mut waiting = Waiting::default();
        {
            for entry in write.open_table(OUTBOX)?.iter()? {
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
        let (per_sender, bytes) = (limits.inbox_per_sender, limits.inbox_bytes);
        let (waiting, senders) = (Mutex::new(waiting), REMEMBERED_SENDERS);
        Ok(Arc::new(Self { database, waiting, per_sender, bytes, senders }))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // The counts change after the tables have; a panic between is a leak of one at worst.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a message into the outbox; false if too many wait for the peer.
    pub(crate) fn send(
        &self,
        to: PeerId,
        protocol: Protocol,
        id: MessageId,
        sent: u64,
        body: &[u8],
    ) -> Result<bool, redb::Error> {
        let mut waiting = self.waiting();
        if waiting.outgoing.get(&to).copied().unwrap_or_default() >= MAX_WAITING {
            return Ok(false);
        }
        let key = records::outgoing_key(to, waiting.next);
        let value = Outgoing::encode(protocol, &id, sent, body);
        let write = self.database.begin_write()?;
        write.open_table(OUTBOX)?.insert(key.as_slice(), value.as_slice())?;
        write.commit()?;
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
        let table = self.database.begin_read()?.open_table(OUTBOX)?;
        let (start, end) = (records::outgoing_key(to, 0), records::outgoing_key(to, u64::MAX));
        for entry in table.range(start.as_slice()..=end.as_slice())? {
            let (key, value) = entry?;
            let Some(message) = Outgoing::decode(key.value(), value.value()) else { continue };
            if !except.contains(&message.protocol) {
                return Ok(Some(message));
            }
        }
        Ok(None)
    }

    /// Removes a message that was delivered or given up.
    pub(crate) fn sent(&self, to: PeerId, key: &[u8]) -> Result<(), redb::Error> {
        let mut waiting = self.waiting();
        let write = self.database.begin_write()?;
        let removed = write.open_table(OUTBOX)?.remove(key)?.is_some();
        write.commit()?;
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
        let mut waiting = self.waiting();
        let sender = [from.0.as_slice(), &[records::code(protocol)]].concat();
        let write = self.database.begin_write()?;
        {
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
        }
        write.commit()?;
        waiting.next += 1;
        waiting.came_in(protocol, from, body.len());
        Ok(Stored::New)
    }

    /// Messages of `protocol` that wait, oldest first; no more than about [`HANDED_AT_ONCE`] bytes.
    pub(crate) fn incoming(&self, protocol: Protocol) -> Result<Vec<Message>, redb::Error> {
        let (mut messages, mut bytes, code) = (Vec::new(), 0, records::code(protocol));
        if self.waiting().by_protocol.get(&protocol).is_none_or(|volume| volume.messages == 0) {
            return Ok(messages);
        }
        let table = self.database.begin_read()?.open_table(INBOX)?;
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
    }

    /// Removes messages that came in, by their receipts, and says whether others of their protocol wait.
    pub(crate) fn discard(&self, protocol: Protocol, messages: &[Message]) -> Result<bool, redb::Error> {
        let mut waiting = self.waiting();
        let write = self.database.begin_write()?;
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
        for (from, bytes) in removed {
            waiting.taken(protocol, from, bytes);
        }
        Ok(waiting.by_protocol.get(&protocol).is_some_and(|volume| volume.messages > 0))
    }
}

/// The least key above `key`.
fn after(key: &[u8]) -> Vec<u8> {
    [key, &[0]].concat()
}

#[cfg(test)]
mod tests {
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
            let seen = mailbox.database.begin_read().unwrap().open_table(SEEN).unwrap();
            assert!(seen.len().unwrap() <= 3);
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
}
