//! Hosts whose owners name an account on a chain.

use std::collections::BTreeMap;

use crate::credit::Credit;
use crate::error::Error;
use crate::limits::MAX_LINKED;
use crate::link::linked_address;
use crate::record::{Host, Record};

/// A host, and the account on a chain that its owner names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedHost {
    /// Its number in the project.
    pub host: u64,
    /// What its owner names, as it is written: whether it is an address of a chain is for the caller to check.
    pub account: String,
    /// Credit since it began.
    pub total: Credit,
}

/// Reads an export of users, and returns what those write that name an account, by their number. A number that is there twice names
/// none: which of both is right is not known.
///
/// # Errors
/// [`Error`], other than of one record.
pub fn links(users: impl Iterator<Item = Result<Record, Error>>) -> Result<BTreeMap<u64, String>, Error> {
    links_within(users, MAX_LINKED)
}

fn links_within(
    users: impl Iterator<Item = Result<Record, Error>>,
    most: usize,
) -> Result<BTreeMap<u64, String>, Error> {
    let mut found: BTreeMap<u64, Option<String>> = BTreeMap::new();
    for record in users {
        let user = match record {
            Ok(Record::User(user)) => user,
            Ok(Record::Host(_)) => return Err(Error::Root { found: "hosts".into() }),
            Err(error) if error.is_of_one_record() => continue,
            Err(error) => return Err(error),
        };
        let Some(address) = linked_address(&user) else { continue };
        let address = Some(address.to_owned());
        found.entry(user.id).and_modify(|twice| *twice = None).or_insert(address);
        bounded(found.len(), most)?;
    }
    Ok(found.into_iter().filter_map(|(id, address)| Some((id, address?))).collect())
}

/// Reads an export of hosts, and returns those of linked users, by their number; those whose number is there twice are left out.
///
/// # Errors
/// [`Error`], other than of one record.
pub fn linked_hosts(
    hosts: impl Iterator<Item = Result<Record, Error>>,
    links: &BTreeMap<u64, String>,
) -> Result<Vec<LinkedHost>, Error> {
    linked_hosts_within(hosts, links, MAX_LINKED)
}

fn linked_hosts_within(
    hosts: impl Iterator<Item = Result<Record, Error>>,
    links: &BTreeMap<u64, String>,
    most: usize,
) -> Result<Vec<LinkedHost>, Error> {
    let mut found: BTreeMap<u64, Option<LinkedHost>> = BTreeMap::new();
    for record in hosts {
        let Host { id, user, total, .. } = match record {
            Ok(Record::Host(host)) => host,
            Ok(Record::User(_)) => return Err(Error::Root { found: "users".into() }),
            Err(error) if error.is_of_one_record() => continue,
            Err(error) => return Err(error),
        };
        let Some(account) = user.and_then(|user| links.get(&user)) else { continue };
        let linked = LinkedHost { host: id, account: account.clone(), total };
        found.entry(id).and_modify(|twice| *twice = None).or_insert(Some(linked));
        bounded(found.len(), most)?;
    }
    Ok(found.into_values().flatten().collect())
}

/// What is kept of an export takes memory, and anybody can write records without end.
const fn bounded(found: usize, most: usize) -> Result<(), Error> {
    if found > most { Err(Error::TooManyLinked { most }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Records;
    use crate::limits::MAX_BYTES;

    fn records(text: &'static str) -> Records<&'static [u8]> {
        Records::new(text.as_bytes(), MAX_BYTES).unwrap()
    }

    #[test]
    fn hosts_of_users_who_name_an_account_are_found_and_no_others() {
        let users = "<users>\
            <user><id>1</id><total_credit>9</total_credit><url>bithive:bithive1a</url></user>\
            <user><id>2</id><total_credit>9</total_credit><name>bithive:bithive1b</name></user>\
            <user><id>3</id><total_credit>9</total_credit></user>\
            <user><id>4</id><total_credit>x</total_credit><url>bithive:bithive1d</url></user>\
            <user><id>2</id><total_credit>9</total_credit><name>bithive:bithive1c</name></user></users>";
        let links = links(records(users)).unwrap();
        assert_eq!(links, [(1, "bithive1a".to_owned())].into(), "user 2 is there twice, and 4 is no record");
        let hosts = "<hosts>\
            <host><id>10</id><userid>1</userid><total_credit>5.5</total_credit></host>\
            <host><id>11</id><userid>1</userid><total_credit>1</total_credit></host>\
            <host><id>12</id><userid>2</userid><total_credit>1</total_credit></host>\
            <host><id>13</id><total_credit>1</total_credit></host>\
            <host><id>11</id><userid>1</userid><total_credit>2</total_credit></host></hosts>";
        let found = linked_hosts(records(hosts), &links).unwrap();
        let expected = LinkedHost { host: 10, account: "bithive1a".into(), total: "5.5".parse().unwrap() };
        assert_eq!(found, [expected]);
        assert!(matches!(super::links(records(hosts)), Err(Error::Root { .. })));
        assert!(matches!(linked_hosts(records(users), &links), Err(Error::Root { .. })));
    }

    #[test]
    fn no_more_links_are_kept_than_the_bound_says() {
        let users = "<users>\
            <user><id>1</id><total_credit>9</total_credit><url>bithive:bithive1a</url></user>\
            <user><id>2</id><total_credit>9</total_credit></user>\
            <user><id>3</id><total_credit>9</total_credit><url>bithive:bithive1c</url></user></users>";
        let links = links_within(records(users), 2).unwrap();
        assert_eq!(links.len(), 2, "who names none is not counted");
        let refused = links_within(records(users), 1);
        assert!(matches!(refused, Err(Error::TooManyLinked { most: 1 })), "{refused:?}");
        let hosts = "<hosts>\
            <host><id>10</id><userid>1</userid><total_credit>5</total_credit></host>\
            <host><id>11</id><userid>2</userid><total_credit>5</total_credit></host>\
            <host><id>12</id><userid>3</userid><total_credit>5</total_credit></host></hosts>";
        assert_eq!(linked_hosts_within(records(hosts), &links, 2).unwrap().len(), 2);
        let refused = linked_hosts_within(records(hosts), &links, 1);
        assert!(matches!(refused, Err(Error::TooManyLinked { most: 1 })), "{refused:?}");
    }
}
