//! A network namespace of its own, without a name: it ends with the last process and handle in it, however they end.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::AsFd as _;
use std::process::Command;
use std::sync::Arc;

use crate::error::LabError;
use crate::sys;

/// The interface that leads out of a namespace.
const INTERFACE: &CStr = c"lab0";
/// Largest IP packet.
pub(crate) const MTU: u16 = 1500;

/// A network of its own. Threads enter it, and processes start in it; clones are the same one.
#[derive(Clone, Debug)]
pub struct Namespace(Arc<File>);

impl Namespace {
    /// Makes one with a loopback interface and one interface with this address that everything else goes through.
    /// Returns the end of that one where packets come out.
    pub(crate) fn create(address: Ipv4Addr, mask: Ipv4Addr) -> Result<(Self, File), LabError> {
        // A thread moves into the new namespace, and ends: the others of this process stay where they are.
        let made = std::thread::spawn(move || {
            sys::unshare_network().map_err(LabError::missing("the right to make network namespaces"))?;
            let open = File::open("/proc/thread-self/ns/net");
            let namespace = open.map_err(LabError::missing("/proc/thread-self/ns/net"))?;
            let tun = sys::open_tun(INTERFACE).map_err(LabError::missing("access to /dev/net/tun"))?;
            sys::loopback_up().map_err(LabError::system("bring up the loopback interface"))?;
            sys::configure(INTERFACE, address, mask, MTU).map_err(LabError::system("set an address"))?;
            sys::default_route(INTERFACE).map_err(LabError::system("set the default route"))?;
            Ok((Self(Arc::new(namespace)), tun))
        });
        let ended = made.join().map_err(|_| io::Error::other("its thread ended early"));
        ended.map_err(LabError::system("make a network namespace"))?
    }

    /// Moves the calling thread into it, for good: sockets that the thread opens from now on are there. A runtime's
    /// threads do this when they start.
    ///
    /// # Errors
    /// The system's.
    pub fn enter(&self) -> io::Result<()> {
        sys::enter(self.0.as_fd())
    }

    /// Runs `work` on a thread within and returns what it returns; nothing if it panicked.
    ///
    /// # Errors
    /// The system's, and a panic.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> io::Result<T> {
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                self.enter()?;
                Ok(work())
            });
            thread.join().map_err(|_| io::Error::other("the thread within panicked"))?
        })
    }

    /// A command that starts within.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        sys::start_within(&mut command, self.0.clone());
        command
    }
}
