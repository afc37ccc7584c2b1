//! Commands for those who take part: nodes, accreditors, requesters and their jobs, committee members, relays and relayers, in a home
//! or as processes of their own.

pub mod accredit;
pub mod acting;
pub mod audit;
pub mod audit_log;
pub mod consent;
pub mod content;
pub mod daemon;
pub mod fhir;
pub mod follow;
pub mod gateway;
pub mod health;
pub mod job;
pub mod join;
pub mod keys;
mod measure;
pub mod node;
mod nodes;
pub mod page;
mod play;
pub mod policy;
pub mod registration;
mod relied;
pub mod requester;
pub mod serve_model;
pub mod service;
pub mod setup;
mod spec;
mod tell;
mod vouch;
