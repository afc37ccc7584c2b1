//! A link between UDP sockets, without rights and on every system: clients talk to the proxy instead of to the target.

use std::collections::HashMap;
use std::io::{self, PipeReader, PipeWriter};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bithive_netsim::Nanos;
use rustix::event::{PollFd, PollFlags, poll};

use crate::duplex::Duplex;
use crate::emulator::{Counts, Emulator};
use crate::error::LabError;
use crate::wait::until;

/// Most clients at a time; a further one gets no answer until another has been silent for [`FORGOTTEN`].
const CLIENTS: usize = 256;
/// Time after which a silent client's socket is closed.
const FORGOTTEN: Duration = Duration::from_secs(120);
/// Most datagrams read from one socket before the others have their turn.
const BATCH: usize = 64;

/// Passes datagrams between clients and one target through a link that all of them share: `up` leads to the target.
/// It stops when dropped.
pub struct Proxy {
    address: SocketAddr,
    counts: Arc<Mutex<(Counts, Counts)>>,
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts a proxy. The same seed loses and delays the same datagrams.
    ///
    /// # Errors
    /// [`LabError::System`].
    pub fn start(listen: SocketAddr, target: SocketAddr, link: Duplex, seed: u64) -> Result<Self, LabError> {
        let socket = UdpSocket::bind(listen).map_err(LabError::system("listen"))?;
        socket.set_nonblocking(true).map_err(LabError::system("listen"))?;
        let address = socket.local_addr().map_err(LabError::system("listen"))?;
        let (stopped, stop) = io::pipe().map_err(LabError::system("open a pipe"))?;
        let counts = Arc::new(Mutex::default());
        let worker = Worker {
            socket,
            target,
            clients: HashMap::new(),
            up: Emulator::new(link.up, seed),
            down: Emulator::new(link.down, seed.wrapping_add(1)),
            began: Instant::now(),
            counts: Arc::clone(&counts),
        };
        let thread =
            std::thread::Builder::new().name("netlab-proxy".into()).spawn(move || worker.run(&stopped));
        let thread = thread.map_err(LabError::system("start the proxy"))?;
        Ok(Self { address, counts, stop: Some(stop), thread: Some(thread) })
    }

    /// Address that clients send to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Counts of datagrams so far, to the target and from it.
    #[must_use]
    pub fn counts(&self) -> (Counts, Counts) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Client {
    /// Connected to the target: what comes in is its answer to this client.
    socket: UdpSocket,
    heard: Instant,
}

struct Worker {
    socket: UdpSocket,
    target: SocketAddr,
    clients: HashMap<SocketAddr, Client>,
    up: Emulator<(SocketAddr, Vec<u8>)>,
    down: Emulator<(SocketAddr, Vec<u8>)>,
    began: Instant,
    counts: Arc<Mutex<(Counts, Counts)>>,
}

impl Worker {
    fn now(&self) -> Nanos {
        self.began.elapsed().as_nanos() as Nanos
    }

    fn run(mut self, stopped: &PipeReader) {
        #[cfg(target_os = "linux")]
        crate::sys::sharpen_timers();
        let mut buffer = vec![0; 1 << 16];
        loop {
            self.read_clients(&mut buffer);
            self.read_answers(&mut buffer);
            self.deliver();
            let next = self.up.next().into_iter().chain(self.down.next()).min();
            let timeout = until(next, self.now());
            let mut descriptors =
                vec![PollFd::new(stopped, PollFlags::IN), PollFd::new(&self.socket, PollFlags::IN)];
            descriptors
                .extend(self.clients.values().map(|client| PollFd::new(&client.socket, PollFlags::IN)));
            let waited = poll(&mut descriptors, timeout.as_ref());
            if waited.is_ok() && descriptors.first().is_some_and(|stop| !stop.revents().is_empty()) {
                return;
            }
        }
    }

    fn read_clients(&mut self, buffer: &mut [u8]) {
        for _ in 0..BATCH {
            // An error may be a client's that is gone (ICMP); the next one is not concerned.
            let (length, from) = match self.socket.recv_from(buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => continue,
            };
            if !self.admit(from) {
                continue;
            }
            let now = self.now();
            self.up.push(now, (from, buffer.get(..length).unwrap_or_default().to_vec()), length as u64);
        }
    }

    /// Remembers a client; says whether there is room for it.
    fn admit(&mut self, from: SocketAddr) -> bool {
        if let Some(client) = self.clients.get_mut(&from) {
            client.heard = Instant::now();
            return true;
        }
        if self.clients.len() >= CLIENTS {
            self.clients.retain(|_, client| client.heard.elapsed() < FORGOTTEN);
        }
        if self.clients.len() >= CLIENTS {
            return false;
        }
        let any: SocketAddr = match self.target {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let open = || {
            let socket = UdpSocket::bind(any)?;
            socket.connect(self.target)?;
            socket.set_nonblocking(true)?;
            io::Result::Ok(socket)
        };
        let Ok(socket) = open() else { return false };
        self.clients.insert(from, Client { socket, heard: Instant::now() });
        true
    }

    fn read_answers(&mut self, buffer: &mut [u8]) {
        let began = self.began;
        for (to, client) in &mut self.clients {
            for _ in 0..BATCH {
                let length = match client.socket.recv(buffer) {
                    Ok(length) => length,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(_) => continue,
                };
                client.heard = Instant::now();
                let now = began.elapsed().as_nanos() as Nanos;
                self.down.push(now, (*to, buffer.get(..length).unwrap_or_default().to_vec()), length as u64);
            }
        }
    }

    /// Passes on what has arrived. A datagram that a socket refuses is lost, as on any link.
    fn deliver(&mut self) {
        let now = self.now();
        let up: Vec<_> = std::iter::from_fn(|| self.up.pop(now)).collect();
        let down: Vec<_> = std::iter::from_fn(|| self.down.pop(now)).collect();
        // Before anybody can have what is counted.
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = (self.up.counts(), self.down.counts());
        for (_, (from, datagram)) in up {
            let _ = self.clients.get(&from).map(|client| client.socket.send(&datagram));
        }
        for (_, (to, datagram)) in down {
            let _ = self.socket.send_to(&datagram, to);
        }
    }
}
