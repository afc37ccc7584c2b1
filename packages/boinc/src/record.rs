//! Records of an export.

use crate::credit::Credit;

/// A record of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Of a file of users.
    User(User),
    /// Of a file of hosts.
    Host(Host),
}

/// An account of a project. All texts are what the account's owner chose, without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its number in the project.
    pub id: u64,
    /// Its public name.
    pub name: String,
    /// The address of its page, which its owner can set to any text.
    pub url: String,
    /// The same in all projects that know the account's mail address; empty where the export has none.
    pub cpid: String,
    /// Credit since it began.
    pub total: Credit,
    /// Recent average of credit a day; none where the export has none that is a number.
    pub recent: Option<Credit>,
}

/// A machine of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its number in the project.
    pub id: u64,
    /// Number of its account; none if the owner does not show its hosts.
    pub user: Option<u64>,
    /// The same in all projects; empty where the export has none.
    pub cpid: String,
    /// Credit since it began.
    pub total: Credit,
    /// Recent average of credit a day; none where the export has none that is a number.
    pub recent: Option<Credit>,
}
