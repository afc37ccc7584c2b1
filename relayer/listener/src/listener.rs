//! A TCP listener whose connections have places.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustix::io::Errno;
use tokio::net::{TcpListener, TcpStream};

use crate::places::{Place, Places};

/// Wait after a connection could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// A TCP listener whose connections have places.
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
    places: Places,
}

impl Listener {
    /// Listens; port 0 takes a free one. Several listeners can share places.
    ///
    /// # Errors
    /// The system's, when nobody can listen at the address.
    pub async fn bind(listen: SocketAddr, places: Places) -> io::Result<Self> {
        let tcp = TcpListener::bind(listen).await?;
        let address = tcp.local_addr()?;
        Ok(Self { tcp, address, places })
    }

    /// Address that it listens at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next connection that has a place. A wait that is given up loses no connection.
    pub async fn accept(&self) -> (TcpStream, Place) {
        loop {
            match self.tcp.accept().await {
                Ok((stream, peer)) => {
                    if let Some(place) = self.places.enter(peer.ip()) {
                        return (stream, place);
                    }
                }
                Err(error) => {
                    if is_out_of_files(&error) {
                        self.places.shed();
                    }
                    // Whoever makes room needs a moment; other errors are of a connection that is gone already.
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }
}

fn is_out_of_files(error: &io::Error) -> bool {
    let errno = Errno::from_io_error(error);
    errno.is_some_and(|errno| [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM].contains(&errno))
}
