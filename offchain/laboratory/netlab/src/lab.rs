//! A small Internet in one process: sides with a namespace each, and a router between them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, PipeWriter, Read as _, Write as _};
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use bithive_netsim::Nanos;
use rustix::event::{PollFd, PollFlags, poll};

use crate::error::LabError;
use crate::namespace::{MTU, Namespace};
use crate::router::{Router, SideCounts};
use crate::side::Side;
use crate::sys;
use crate::wait::until;

/// Most sides of a laboratory: one byte of their addresses is their number.
const SIDES: usize = 250;
/// Most packets read from one side before the others have their turn.
const BATCH: usize = 64;

/// Sides that are joined by a router in this process. Everything ends with it: namespaces have no names, so nothing is
/// left behind, even if the process is killed. Programs that were started within are their starter's to end.
pub struct Lab {
    names: HashMap<String, usize>,
    namespaces: Vec<Namespace>,
    router: Arc<Mutex<Router>>,
    leases: Mutex<Vec<u8>>,
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Lab {
    /// Makes the sides and starts the router. The same seed loses, delays and maps the same way.
    ///
    /// # Errors
    /// [`LabError::Missing`] if this machine lacks something, and the others.
    pub fn create(sides: &[Side], seed: u64) -> Result<Self, LabError> {
        let mut names = HashMap::new();
        if sides.len() > SIDES {
            return Err(bad("", format!("{} sides; expected {SIDES} at most", sides.len())));
        }
        let (mut router, mut namespaces, mut devices) = (Router::default(), Vec::new(), Vec::new());
        for (index, side) in sides.iter().enumerate() {
            if side.name.is_empty() || names.insert(side.name.clone(), index).is_some() {
                return Err(bad(&side.name, "expected a name that no other side has".into()));
            }
            let number = index as u8 + 1;
            let public = public_address(0, number);
            let (address, mask) = match side.nat {
                Some(_) => (Ipv4Addr::new(192, 168, number, 2), Ipv4Addr::new(255, 255, 255, 0)),
                None => (public, Ipv4Addr::BROADCAST),
            };
            let (namespace, device) = Namespace::create(address, mask)?;
            namespaces.push(namespace);
            devices.push(device);
            router.add(public, side.nat, side.link.clone(), seed.wrapping_add(index as u64 * 16));
        }
        let router = Arc::new(Mutex::new(router));
        let (stopped, stop) = io::pipe().map_err(LabError::system("open a pipe"))?;
        let shared = router.clone();
        let run = move || route(&shared, &devices, &stopped);
        let thread = std::thread::Builder::new().name("netlab".into()).spawn(run);
        let thread = thread.map_err(LabError::system("start the router"))?;
        let leases = Mutex::new(vec![0; sides.len()]);
        Ok(Self { names, namespaces, router, leases, stop: Some(stop), thread: Some(thread) })
    }

    fn index(&self, side: &str) -> Result<usize, LabError> {
        self.names.get(side).copied().ok_or_else(|| {
            let mut known: Vec<&str> = self.names.keys().map(String::as_str).collect();
            known.sort_unstable();
            bad(side, format!("there is none; expected one of {}", known.join(", ")))
        })
    }

    fn router(&self) -> MutexGuard<'_, Router> {
        self.router.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The network of a side.
    ///
    /// # Errors
    /// [`LabError::Side`].
    pub fn namespace(&self, side: &str) -> Result<Namespace, LabError> {
        let index = self.index(side)?;
        self.namespaces.get(index).cloned().ok_or_else(|| bad(side, "it has no namespace".into()))
    }

    /// A command that starts within a side.
    ///
    /// # Errors
    /// [`LabError::Side`].
    pub fn command(&self, side: &str, program: impl AsRef<OsStr>) -> Result<Command, LabError> {
        Ok(self.namespace(side)?.command(program))
    }

    /// The address others see of a side: its own, or its NAT's.
    ///
    /// # Errors
    /// [`LabError::Side`].
    pub fn public_address(&self, side: &str) -> Result<Ipv4Addr, LabError> {
        let index = self.index(side)?;
        self.router().public(index).ok_or_else(|| bad(side, "it has no address".into()))
    }

    /// Restarts a side's NAT: its mappings are gone, as if they had timed out.
    ///
    /// # Errors
    /// [`LabError::Side`].
    pub fn forget_mappings(&self, side: &str) -> Result<(), LabError> {
        let index = self.index(side)?;
        let mut router = self.router();
        let public = router.public(index).ok_or_else(|| bad(side, "it has no address".into()))?;
        router.restart(index, public);
        Ok(())
    }

    /// Restarts a side's NAT with another public address, as after a new lease, and returns the address.
    ///
    /// # Errors
    /// [`LabError::Side`], also for a side without a NAT: its address is its host's.
    pub fn rebind(&self, side: &str) -> Result<Ipv4Addr, LabError> {
        let index = self.index(side)?;
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let lease = leases.get_mut(index).ok_or_else(|| bad(side, "it has no address".into()))?;
        if !self.router().has_nat(index) {
            return Err(bad(side, "expected one behind a NAT; the address of this one is its host's".into()));
        }
        *lease = lease.wrapping_add(1);
        let public = public_address(*lease, index as u8 + 1);
        self.router().restart(index, public);
        Ok(public)
    }

    /// What became of a side's packets so far.
    ///
    /// # Errors
    /// [`LabError::Side`].
    pub fn counts(&self, side: &str) -> Result<SideCounts, LabError> {
        let index = self.index(side)?;
        Ok(self.router().counts(index))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn bad(side: &str, problem: String) -> LabError {
    LabError::Side { side: side.into(), problem }
}

/// Addresses for tests of networks (RFC 2544), one for each side and lease.
fn public_address(lease: u8, number: u8) -> Ipv4Addr {
    Ipv4Addr::new(198, 18, lease, number)
}

/// Moves packets until the other end of `stopped` is closed.
fn route(router: &Mutex<Router>, devices: &[File], stopped: &io::PipeReader) {
    sys::sharpen_timers();
    let began = Instant::now();
    let now = || began.elapsed().as_nanos() as Nanos;
    let mut buffer = [0; MTU as usize + 1];
    let mut ready = vec![true; devices.len()];
    loop {
        let next = {
            let mut router = router.lock().unwrap_or_else(PoisonError::into_inner);
            for (side, mut device) in devices.iter().enumerate() {
                for _ in 0..BATCH {
                    if !ready.get(side).copied().unwrap_or(false) {
                        break;
                    }
                    let Ok(length) = device.read(&mut buffer) else { break };
                    router.send(side, now(), buffer.get(..length).unwrap_or_default().to_vec());
                }
            }
            router.advance(now(), |side, packet| {
                // A device whose queue is full loses the packet, as a host's interface does.
                let _ = devices.get(side).map(|mut device| device.write(&packet));
            });
            router.next()
        };
        let mut descriptors: Vec<PollFd<'_>> =
            devices.iter().map(|device| PollFd::new(device, PollFlags::IN)).collect();
        descriptors.push(PollFd::new(stopped, PollFlags::IN));
        let timeout = until(next, now());
        if poll(&mut descriptors, timeout.as_ref()).is_err() {
            // A signal: look again.
            continue;
        }
        let stop = descriptors.pop().is_some_and(|stop| !stop.revents().is_empty());
        if stop {
            return;
        }
        ready = descriptors.iter().map(|device| !device.revents().is_empty()).collect();
    }
}
