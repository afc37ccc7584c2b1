//! Checks of this machine: keystore, ports, connections, disk.

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::time::Duration;

use bithive_keystore::{Keystore, KeystoreError, Password};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Finding;

/// Least free space of a data folder, in bytes: content of 64 MiB and its hashes, and records.
pub const DISK_LEAST: u64 = 1 << 30;
/// Longest wait for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a keystore can be read, and, with a password, whether that opens it. Returns the open keystore.
#[must_use]
pub fn check_keystore(file: &Path, password: Option<&Password>) -> (Finding, Option<Keystore>) {
    const CHECK: &str = "keystore";
    let todo = |error: &KeystoreError| match error {
        KeystoreError::Exposed { .. } => "take the permission from others as it says",
        KeystoreError::Shut { .. } => {
            "give the right password, or restore the file from its backup or its mnemonic"
        }
        _ => "make it with `bithive keys new`, or restore it with `bithive keys import`",
    };
    let bad = |error: &KeystoreError| Finding::failed(CHECK, error.to_string(), todo(error));
    let Some(password) = password else {
        let finding = match Keystore::describe(file) {
            Ok(entries) => {
                let found =
                    format!("{} entries in {}; its password is not checked", entries.len(), file.display());
                Finding::passed(CHECK, found)
            }
            Err(error) => bad(&error),
        };
        return (finding, None);
    };
    match Keystore::open(file, password) {
        Ok(keystore) => {
            let found = format!("{} entries in {}, open", keystore.entries().count(), file.display());
            (Finding::passed(CHECK, found), Some(keystore))
        }
        Err(error) => (bad(&error), None),
    }
}

/// Whether `address` can be listened at.
#[must_use]
pub fn check_udp(address: SocketAddr) -> Finding {
    const CHECK: &str = "UDP port";
    match UdpSocket::bind(address) {
        Ok(_) => Finding::passed(CHECK, format!("{address} is free")),
        Err(error) => {
            let todo = "stop what listens there, or set another port at network.listen";
            Finding::failed(CHECK, format!("{address}: {error}"), todo)
        }
    }
}

/// Whether a relay or another server accepts connections at the host and port of an http or https URL.
pub async fn check_tcp(check: &'static str, url: &str) -> Finding {
    let (rest, port) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, 443),
        (None, Some(rest)) => (rest, 80),
        (None, None) => {
            return Finding::failed(check, format!("{url} is not a URL"), "expected http:// or https://");
        }
    };
    let host = rest.split('/').next().unwrap_or_default();
    let named = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let target = if named { host.to_owned() } else { format!("{host}:{port}") };
    let todo = "see whether it runs, and whether a firewall is between";
    match timeout(PATIENCE, TcpStream::connect(&target)).await {
        Ok(Ok(_)) => Finding::passed(check, format!("{url} accepts connections")),
        Ok(Err(error)) => Finding::failed(check, format!("{url}: {error}"), todo),
        Err(_) => Finding::failed(check, format!("{url}: no answer in 5 s"), todo),
    }
}

/// Whether the file system of `folder`, or of its first parent that is there, has space.
#[must_use]
pub fn check_disk(folder: &Path) -> Finding {
    const CHECK: &str = "disk";
    let there = folder.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    match rustix::fs::statvfs(there) {
        Ok(file_system) => {
            let free = file_system.f_bavail.saturating_mul(file_system.f_frsize);
            let found = format!("{} MiB free for {}", free >> 20, folder.display());
            if free >= DISK_LEAST {
                return Finding::passed(CHECK, found);
            }
            Finding::failed(CHECK, found, format!("make room: expected at least {} MiB", DISK_LEAST >> 20))
        }
        Err(error) => Finding::failed(
            CHECK,
            format!("{}: {error}", there.display()),
            "see whether the folder can be read",
        ),
    }
}
