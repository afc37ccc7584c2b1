//! The exchange between parties of one machine: tasks of a process in memory, or processes one after another
//! that share a folder.
//!
//! In a folder, a blob is `blobs/<digest>` and a message is a file in `inbox/<endpoint>/`, both written under a
//! temporary name and renamed, so that a process that is killed leaves either all of it or nothing. Requests
//! need a live peer in both cases.

use std::collections::{HashMap, VecDeque};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::Notify;

use crate::tap::{Delivery, Kind, Tap};
use crate::{
    ContentWriter, Digest, Exchange, ExchangeError, MAX_BLOB_BYTES, MAX_MESSAGE_BYTES, MAX_WAITING, Message,
    Network, PeerId, Protocol, Service, expect_size, intact, within,
};

/// All endpoints of one machine.
#[derive(Clone)]
pub struct LocalNetwork(Arc<Hub>);

struct Hub {
    folder: Option<PathBuf>,
    tap: Option<Tap>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    services: HashMap<(PeerId, Protocol), Arc<dyn Service>>,
    inboxes: HashMap<(PeerId, Protocol), VecDeque<Message>>,
    arrivals: HashMap<PeerId, Arc<Notify>>,
    blobs: HashMap<Digest, Bytes>,
}

impl LocalNetwork {
    /// A network of tasks of this process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self(Arc::new(Hub { folder: None, tap: None, state: Mutex::default() }))
    }

    /// As [`LocalNetwork::in_memory`], recording every delivery.
    #[must_use]
    pub fn tapped(tap: Tap) -> Self {
        Self(Arc::new(Hub { folder: None, tap: Some(tap), state: Mutex::default() }))
    }

    /// A network whose messages and content outlast the process.
    ///
    /// # Errors
    /// When the folder can't be created.
    pub fn at(folder: &Path) -> Result<Self, ExchangeError> {
        std::fs::create_dir_all(folder.join("blobs"))?;
        std::fs::create_dir_all(folder.join("inbox"))?;
        Ok(Self(Arc::new(Hub { folder: Some(folder.into()), tap: None, state: Mutex::default() })))
    }

    /// The end of the party with this identity.
    #[must_use]
    pub fn endpoint(&self, id: PeerId) -> LocalEndpoint {
        LocalEndpoint { hub: self.0.clone(), id }
    }
}

impl Hub {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the maps whole: every change is a single insertion or removal.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arrival(&self, peer: PeerId) -> Arc<Notify> {
        self.state().arrivals.entry(peer).or_default().clone()
    }

    fn record(&self, to: PeerId, from: Option<PeerId>, kind: Kind, body: &Bytes) {
        if let Some(tap) = &self.tap {
            tap.record(Delivery { to, from, kind, body: body.clone() });
        }
    }
}

/// One party's end of a [`LocalNetwork`].
#[derive(Clone)]
pub struct LocalEndpoint {
    hub: Arc<Hub>,
    id: PeerId,
}

#[async_trait]
impl Exchange for LocalEndpoint {
    fn id(&self) -> PeerId {
        self.id
    }

    async fn request(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<Bytes, ExchangeError> {
        within("request", body.len(), MAX_MESSAGE_BYTES)?;
        let service = self.hub.state().services.get(&(to, protocol)).cloned();
        let service = service.ok_or(ExchangeError::Unreachable { peer: to, protocol: protocol.name() })?;
        self.hub.record(to, Some(self.id), Kind::Request(protocol), &body);
        let answer = service.answer(protocol, self.id, body).await;
        let answer = answer.map_err(|reason| ExchangeError::Refused { peer: to, reason })?;
        within("response", answer.len(), MAX_MESSAGE_BYTES)?;
        self.hub.record(self.id, Some(to), Kind::Response(protocol), &answer);
        Ok(answer)
    }

    fn serve(&self, protocol: Protocol, service: Arc<dyn Service>) {
        self.hub.state().services.insert((self.id, protocol), service);
    }

    async fn send(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<(), ExchangeError> {
        within("message", body.len(), MAX_MESSAGE_BYTES)?;
        match &self.hub.folder {
            Some(folder) => self.write_message(folder, to, protocol, &body)?,
            None => {
                let mut state = self.hub.state();
                let inbox = state.inboxes.entry((to, protocol)).or_default();
                if inbox.len() >= MAX_WAITING {
                    return Err(ExchangeError::Full { peer: to, limit: MAX_WAITING });
                }
                inbox.push_back(Message { from: self.id, body: body.clone(), receipt: unique() });
            }
        }
        self.hub.record(to, Some(self.id), Kind::Message(protocol), &body);
        self.hub.arrival(to).notify_one();
        Ok(())
    }

    async fn waiting(&self, protocol: Protocol) -> Result<Vec<Message>, ExchangeError> {
        match &self.hub.folder {
            Some(folder) => read_messages(&inbox(folder, self.id, protocol)),
            None => {
                let state = self.hub.state();
                let inbox = state.inboxes.get(&(self.id, protocol));
                Ok(inbox.into_iter().flatten().cloned().collect())
            }
        }
    }

    async fn discard(&self, protocol: Protocol, messages: &[Message]) -> Result<(), ExchangeError> {
        match &self.hub.folder {
            Some(folder) => {
                let inbox = inbox(folder, self.id, protocol);
                for path in messages.iter().filter_map(|message| message_file(&inbox, &message.receipt)) {
                    remove_message(&path)?;
                }
            }
            None => {
                let mut state = self.hub.state();
                if let Some(inbox) = state.inboxes.get_mut(&(self.id, protocol)) {
                    inbox.retain(|waits| messages.iter().all(|message| message.receipt != waits.receipt));
                }
            }
        }
        Ok(())
    }

    async fn arrived(&self) {
        self.hub.arrival(self.id).notified().await;
    }

    async fn publish(&self, content: Bytes) -> Result<Digest, ExchangeError> {
        within("content", content.len(), MAX_BLOB_BYTES)?;
        let digest = *blake3::hash(&content).as_bytes();
        match &self.hub.folder {
            Some(folder) => {
                let path = blob(folder, &digest);
                // Writing a large file again costs more than reading it; a damaged one is replaced.
                let stored = read_file(&path, MAX_BLOB_BYTES);
                if !stored.is_ok_and(|stored| stored.is_some_and(|stored| stored == content)) {
                    write_whole(&path, &content)?;
                }
            }
            None => {
                self.hub.state().blobs.insert(digest, content);
            }
        }
        Ok(digest)
    }

    async fn publish_written(&self, size: u64, write: ContentWriter) -> Result<Digest, ExchangeError> {
        let bytes = usize::try_from(size).unwrap_or(usize::MAX);
        within("content", bytes, MAX_BLOB_BYTES)?;
        let Some(folder) = &self.hub.folder else {
            let mut content = Vec::with_capacity(bytes);
            write(&mut content)?;
            expect_size(content.len() as u64, size)?;
            return self.publish(content.into()).await;
        };
        let temporary = folder.join("blobs").join(format!("{}.tmp", unique()));
        let stored = write_hashed(&temporary, size, write);
        if stored.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        let digest = stored?;
        std::fs::rename(&temporary, blob(folder, &digest))?;
        Ok(digest)
    }

    async fn fetch(
        &self,
        digest: Digest,
        providers: &[PeerId],
        limit: usize,
    ) -> Result<Bytes, ExchangeError> {
        let missing = || ExchangeError::NotFound { digest: hex::encode(digest), asked: providers.len() };
        let content = match &self.hub.folder {
            Some(folder) => read_file(&blob(folder, &digest), limit)?.ok_or_else(missing)?,
            None => self.hub.state().blobs.get(&digest).cloned().ok_or_else(missing)?,
        };
        within("content", content.len(), limit)?;
        intact(&digest, &content)?;
        self.hub.record(self.id, None, Kind::Content, &content);
        Ok(content)
    }

    async fn open(
        &self,
        digest: Digest,
        providers: &[PeerId],
        limit: usize,
    ) -> Result<Box<dyn Read + Send>, ExchangeError> {
        let Some(folder) = &self.hub.folder else {
            return Ok(Box::new(std::io::Cursor::new(self.fetch(digest, providers, limit).await?)));
        };
        let path = blob(folder, &digest);
        if file_length(&path, limit)?.is_none() {
            return Err(ExchangeError::NotFound { digest: hex::encode(digest), asked: providers.len() });
        }
        Ok(Box::new(std::io::BufReader::new(std::fs::File::open(path)?)))
    }
}

impl LocalEndpoint {
    fn write_message(
        &self,
        folder: &Path,
        to: PeerId,
        protocol: Protocol,
        body: &Bytes,
    ) -> Result<(), ExchangeError> {
        let inbox = inbox(folder, to, protocol);
        std::fs::create_dir_all(&inbox)?;
        if message_files(&inbox)?.len() >= MAX_WAITING {
            return Err(ExchangeError::Full { peer: to, limit: MAX_WAITING });
        }
        let since_epoch =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        // Sorted by time of writing; what is unique keeps names apart.
        let name = format!("{:032x}-{}", since_epoch.as_nanos(), unique());
        let mut bytes = self.id.0.to_vec();
        bytes.extend_from_slice(body);
        write_whole(&inbox.join(name), &bytes)
    }
}

fn inbox(folder: &Path, peer: PeerId, protocol: Protocol) -> PathBuf {
    folder.join("inbox").join(peer.to_string()).join(protocol.name().replace('/', "-"))
}

fn blob(folder: &Path, digest: &Digest) -> PathBuf {
    folder.join("blobs").join(hex::encode(digest))
}

/// Part of a name that no other task or process of this machine uses at the same time.
fn unique() -> String {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    format!("{:08x}-{:016x}", std::process::id(), WRITTEN.fetch_add(1, Ordering::Relaxed))
}

/// Writes a file and returns the digest of what has been written.
fn write_hashed(path: &Path, size: u64, write: ContentWriter) -> std::io::Result<Digest> {
    struct Hashed(std::io::BufWriter<std::fs::File>, blake3::Hasher);
    impl Write for Hashed {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let written = self.0.write(bytes)?;
            self.1.update(bytes.get(..written).unwrap_or_default());
            Ok(written)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            self.0.flush()
        }
    }
    let mut file = Hashed(std::io::BufWriter::new(std::fs::File::create(path)?), blake3::Hasher::new());
    write(&mut file)?;
    file.flush()?;
    expect_size(file.1.count(), size)?;
    Ok(*file.1.finalize().as_bytes())
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ExchangeError> {
    let temporary = path.with_extension(format!("{}.tmp", unique()));
    std::fs::write(&temporary, bytes)?;
    std::fs::rename(&temporary, path)?;
    Ok(())
}

/// A whole file, if it is there.
fn read_file(path: &Path, limit: usize) -> Result<Option<Bytes>, ExchangeError> {
    match file_length(path, limit)? {
        Some(_) => Ok(Some(std::fs::read(path)?.into())),
        None => Ok(None),
    }
}

/// The length of a file, if it is there; over the limit is an error.
fn file_length(path: &Path, limit: usize) -> Result<Option<usize>, ExchangeError> {
    let length = match std::fs::metadata(path) {
        Ok(metadata) => usize::try_from(metadata.len()).unwrap_or(usize::MAX),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    within("content", length, limit)?;
    Ok(Some(length))
}

/// The messages in a folder; a file that is no message is removed. A file that can't be read ends it: the messages
/// before it are handed out first.
fn read_messages(inbox: &Path) -> Result<Vec<Message>, ExchangeError> {
    let mut messages = Vec::new();
    for path in message_files(inbox)? {
        match read_message(&path) {
            Ok(message) => messages.extend(message),
            Err(error) if messages.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(messages)
}

/// The file of the message with this receipt, which is the name of a file.
fn message_file(inbox: &Path, receipt: &str) -> Option<PathBuf> {
    let name = Path::new(receipt).file_name().filter(|name| *name == receipt)?;
    Some(inbox.join(name))
}

/// Whole files, oldest first; what is being written has an extension.
fn message_files(inbox: &Path) -> Result<Vec<PathBuf>, ExchangeError> {
    let entries = match std::fs::read_dir(inbox) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() && entry.path().extension().is_none() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

fn read_message(path: &Path) -> Result<Option<Message>, ExchangeError> {
    let longest = MAX_MESSAGE_BYTES + size_of::<PeerId>();
    // A longer file is not a message.
    let bytes = match read_file(path, longest) {
        // Another process of the same party took it.
        Ok(None) => return Ok(None),
        Ok(Some(bytes)) => bytes,
        Err(ExchangeError::TooLarge { .. }) => Bytes::new(),
        Err(error) => return Err(error),
    };
    let receipt = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    let (Some((from, body)), Some(receipt)) = (bytes.split_first_chunk::<32>(), receipt) else {
        return remove_message(path).map(|()| None);
    };
    Ok(Some(Message { from: PeerId(*from), body: Bytes::copy_from_slice(body), receipt }))
}

fn remove_message(path: &Path) -> Result<(), ExchangeError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => Ok(other?),
    }
}

impl Network for LocalNetwork {
    fn end(&self, id: PeerId) -> Arc<dyn Exchange> {
        Arc::new(self.endpoint(id))
    }
}
