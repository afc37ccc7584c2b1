//! A TCP listener with limits, for servers that strangers can reach.
//!
//! A connection has a [`Place`] from the moment it is accepted. It is a stranger's until the server admits it
//! ([`Places::admit`]). When strangers have no place left, the idle one that was used least recently makes room, of the
//! address that has most. So a client that opens many connections loses its own, and one that opens a single connection
//! gets it. Admitted connections have places of their own, which strangers can't take.
//!
//! Files import downwards only: who makes room ([`Limits`], `table`, without I/O), [`Places`] (the same for tasks),
//! [`Listener`]; beside them what counts as one address ([`Network`]), what a client may take to read an answer ([`Prompt`]) and the limit of open files
//! ([`raise_file_limit`]).

mod files;
mod listener;
mod network;
mod places;
mod prompt;
mod table;

pub use files::raise_file_limit;
pub use listener::Listener;
pub use network::Network;
pub use places::{Place, Places, Turned, Weight, Work, Worker};
pub use prompt::Prompt;
pub use table::{Full, Limits, Reason};
