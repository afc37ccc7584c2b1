//! The form of a relay's URL, checked by the contract and by programs that configure one.

use crate::registry::limits;

/// Checks the form of a relay's URL. Everybody who looks up an endpoint connects there, so it names a host and no path
/// or query.
///
/// # Errors
/// What is wrong with it, as the rest of a sentence that begins with the URL.
pub fn check_relay_url(url: &str) -> Result<(), &'static str> {
    if url.len() > limits::MAX_RELAY_BYTES {
        return Err("which is too long");
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let rest = rest.ok_or("which is neither http:// nor https://")?;
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let port = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']').ok_or("whose [ is not closed")?;
            address.parse::<std::net::Ipv6Addr>().map_err(|_| "whose [] holds no IPv6 address")?;
            match port.strip_prefix(':') {
                None if port.is_empty() => None,
                port => Some(port.unwrap_or_default()),
            }
        }
        None => {
            let (host, port) = match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            };
            if !host.split('.').all(is_label) {
                return Err("whose host is no DNS name in lower case or IP address");
            }
            port
        }
    };
    match port {
        Some(port) if !is_port(port) => Err("whose port is not 1 to 65535"),
        _ => Ok(()),
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// One part of a DNS name (RFC 1123, section 2.1), in lower case so that one host has one spelling.
fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}
