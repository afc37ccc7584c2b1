mod authority;
mod congestion;
mod local;
mod nat;
mod tls;
mod world;
