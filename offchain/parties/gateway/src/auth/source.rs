//! Where keys of others are.

use std::net::IpAddr;
use std::path::PathBuf;

use reqwest::Url;

/// Where keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// In a file.
    File(PathBuf),
    /// At an address.
    Url(Url),
    /// Where the configuration of an issuer of OpenID Connect says.
    Issuer(String),
}

/// Reads an address: https, or http on this machine.
///
/// # Errors
/// [`None`] for one that is none, or has a name, a password or a fragment in it.
pub(crate) fn address(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']');
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    (is_plain && is_safe).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_asked_over_tls_or_on_this_machine() {
        for good in
            ["https://login.example/realms/a", "http://127.0.0.1:9/x", "http://[::1]:9", "http://localhost"]
        {
            assert!(address(good).is_some(), "{good}");
        }
        for bad in [
            "http://login.example",
            "ftp://127.0.0.1",
            "login.example",
            "https://a:b@login.example",
            "https://login.example/#x",
            "http://127.0.0.1.example.org",
            "",
        ] {
            assert!(address(bad).is_none(), "{bad}");
        }
    }
}
