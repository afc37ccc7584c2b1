mod blobs;
mod gossip;
mod hostile;
mod messages;
mod relay;
mod requests;
mod soak;
mod world;
