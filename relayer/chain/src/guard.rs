//! Whose pages may use a server in a browser.
//!
//! A page from anywhere can have the browser of its visitor send requests to this machine. The browser says who asks
//! (`Origin`) and under which name it looked for the server (`Host`). A page that has its own name lead here (DNS rebinding)
//! would count as the server's own page, but for its name in `Host`.

use std::net::{IpAddr, SocketAddr};

use hyper::http::uri::Authority;
use hyper::{HeaderMap, StatusCode, Uri, header};

const SEC_FETCH_SITE: header::HeaderName = header::HeaderName::from_static("sec-fetch-site");
/// Most characters of a header that an answer repeats.
const MAX_SHOWN: usize = 100;

/// Under which names a server is asked, and by whose pages.
#[derive(Clone, Debug)]
pub struct Guard {
    listen: SocketAddr,
    /// More names and pages, where the server has options for them.
    given: Option<Given>,
}

#[derive(Clone, Debug)]
struct Given {
    hosts: Vec<String>,
    origins: Vec<String>,
}

/// Why a request is not answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// 421 for a wrong `Host`, 403 for a page that may not ask.
    pub status: StatusCode,
    /// What was found and what is expected.
    pub text: String,
}

fn shown(found: &str) -> String {
    format!("{:?}", found.chars().take(MAX_SHOWN).collect::<String>())
}

impl Guard {
    /// For a server that answers nobody but programs of this machine, and pages of its own.
    #[must_use]
    pub const fn local(listen: SocketAddr) -> Self {
        Self { listen, given: None }
    }

    /// For a server that listens at an address. `hosts` are names without port, `origins` like `https://app.example:8443`.
    ///
    /// # Errors
    /// What is wrong with one of them, and the option that it came from.
    pub fn new(
        listen: SocketAddr,
        hosts: &[String],
        origins: &[String],
    ) -> Result<Self, (&'static str, String)> {
        let name = |given: &String| match host_of(given) {
            Some((host, None)) => Ok(host),
            _ => Err(("allow-host", format!("{given:?}; expected a name or an address without port"))),
        };
        let origin = |given: &String| match origin_of(given) {
            Some(_) => Ok(given.to_ascii_lowercase()),
            None => Err(("allow-origin", format!("{given:?}; expected one like https://app.example"))),
        };
        let hosts = hosts.iter().map(name).collect::<Result<_, _>>()?;
        let origins = origins.iter().map(origin).collect::<Result<_, _>>()?;
        Ok(Self { listen, given: Some(Given { hosts, origins }) })
    }

    fn wrong_host(&self, found: &str) -> Refusal {
        let option = if self.given.is_some() { ", or a name that --allow-host gives" } else { "" };
        let text = format!(
            "Host is {}; expected the address that is listened at, localhost{option}, so that no web page uses this server under a \
             name of its own",
            shown(found)
        );
        Refusal { status: StatusCode::MISDIRECTED_REQUEST, text }
    }

    fn wrong_page(&self, header: &str, found: &str) -> Refusal {
        let option = if self.given.is_some() { "an origin that --allow-origin gives" } else { "this server" };
        let text = format!(
            "{header} is {}; expected a program that is no browser, or a web page of {option}",
            shown(found)
        );
        Refusal { status: StatusCode::FORBIDDEN, text }
    }

    /// Whether a request with this target and these headers is answered; the origin to allow, if it is a page's.
    ///
    /// # Errors
    /// [`Refusal`] names the header; answer with it.
    pub fn admits(&self, target: &Uri, headers: &HeaderMap) -> Result<Option<String>, Refusal> {
        let host = single(headers, header::HOST).map_err(|found| self.wrong_host(&found))?;
        let origin = single(headers, header::ORIGIN).map_err(|found| self.wrong_page("Origin", &found))?;
        // A target with a name of its own (`POST http://name/`) takes the place of the header.
        if let Some(authority) = target.authority() {
            self.check(Some(authority.as_str()), None)?;
        }
        self.check(host, origin)?;
        // A page sends no `Origin` with an image or a link, but browsers say where every request to a loopback address is from.
        let site =
            single(headers, SEC_FETCH_SITE).map_err(|found| self.wrong_page("Sec-Fetch-Site", &found))?;
        match site {
            Some(site) if origin.is_none() && !["none", "same-origin"].contains(&site) => {
                Err(self.wrong_page("Sec-Fetch-Site", site))
            }
            _ => Ok(origin.map(str::to_owned)),
        }
    }

    /// Whether a request that only opens a public page is answered. It may come from a link on any page, so that only the name
    /// counts under which the server is asked.
    ///
    /// # Errors
    /// As [`Guard::admits`].
    pub fn admits_link(&self, target: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let host = single(headers, header::HOST).map_err(|found| self.wrong_host(&found))?;
        if let Some(authority) = target.authority() {
            self.check(Some(authority.as_str()), None)?;
        }
        self.check(host, None)
    }

    /// The rule, over the values of `Host` and `Origin`.
    fn check(&self, host: Option<&str>, origin: Option<&str>) -> Result<(), Refusal> {
        let host = host.unwrap_or_default();
        if !host_of(host).is_some_and(|(name, _)| self.knows(&name)) {
            return Err(self.wrong_host(host));
        }
        match origin {
            Some(origin) if !self.is_own(origin) && !self.is_given(origin) => {
                Err(self.wrong_page("Origin", origin))
            }
            _ => Ok(()),
        }
    }

    fn knows(&self, name: &str) -> bool {
        if name == "localhost" || self.given.iter().flat_map(|given| &given.hosts).any(|host| host == name) {
            return true;
        }
        // An address can't be made to lead elsewhere. One that is not this server's shows that somebody is mistaken.
        name.parse::<IpAddr>().is_ok_and(|address| {
            let listens = self.listen.ip();
            address.to_canonical().is_loopback() || address == listens || listens.is_unspecified()
        })
    }

    /// A page of this server itself.
    fn is_own(&self, origin: &str) -> bool {
        let own = |(scheme, name, port): (&str, String, Option<u16>)| {
            scheme == "http" && port.unwrap_or(80) == self.listen.port() && self.knows(&name)
        };
        origin_of(origin).is_some_and(own)
    }

    fn is_given(&self, origin: &str) -> bool {
        self.given.iter().flat_map(|given| &given.origins).any(|given| given.eq_ignore_ascii_case(origin))
    }
}

/// The value of a header that is there once at most; what was found otherwise.
fn single(headers: &HeaderMap, name: header::HeaderName) -> Result<Option<&str>, String> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() {
        return Err("there more than once".into());
    }
    value.map(|value| value.to_str().map_err(|_| "not ASCII".to_owned())).transpose()
}

/// Name, in lower case and without brackets, and port of `name:port`.
fn host_of(text: &str) -> Option<(String, Option<u16>)> {
    if text.contains('@') {
        return None;
    }
    let authority: Authority = text.parse().ok()?;
    let host = authority.host();
    let port = match text.strip_prefix(host)?.strip_prefix(':') {
        Some(port) => Some(port.parse().ok()?),
        None if text.len() == host.len() => None,
        None => return None,
    };
    if host.is_empty() {
        return None;
    }
    let name = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name).to_owned();
    Some((name, port))
}

/// Scheme, name and port of an origin.
fn origin_of(text: &str) -> Option<(&'static str, String, Option<u16>)> {
    let lower = text.to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://")?;
    let scheme = ["http", "https"].into_iter().find(|known| *known == scheme)?;
    let (name, port) = host_of(rest)?;
    Some((scheme, name, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(listen: &str) -> Guard {
        let hosts = ["chain.example".to_owned(), "[2001:db8::7]".to_owned()];
        Guard::new(listen.parse().unwrap(), &hosts, &["https://App.example:8443".into()]).unwrap()
    }

    fn status(guard: &Guard, host: Option<&str>, origin: Option<&str>) -> u16 {
        match guard.check(host, origin) {
            Ok(()) => 200,
            Err(Refusal { status, text }) => {
                let option = if status == StatusCode::FORBIDDEN { "--allow-origin" } else { "--allow-host" };
                assert!(text.contains(option), "{text}");
                status.as_u16()
            }
        }
    }

    #[test]
    fn the_address_that_is_listened_at_loopback_and_given_names_are_asked_for() {
        let guard = guard("127.0.0.1:26657");
        for host in [
            "127.0.0.1:26657",
            "127.0.0.1",
            "127.9.9.9:1",
            "localhost:26657",
            "LocalHost",
            "localhost.",
            "[::1]:26657",
            "[::ffff:127.0.0.1]",
            "chain.example",
            "CHAIN.example:443",
            "[2001:db8::7]:26657",
        ] {
            assert_eq!(status(&guard, Some(host), None), 200, "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:26657",
            "localhost.evil.example",
            "chain.example.evil.example",
            "evilchain.example",
            "x@localhost",
            "localhost@evil.example",
            "127.0.0.1.evil.example",
            "localhost:port",
            "localhost:99999",
            "192.0.2.1:26657",
            "[2001:db8::8]:26657",
            "",
            ":26657",
            "a b",
        ] {
            assert_eq!(status(&guard, Some(host), None), 421, "{host}");
        }
        assert_eq!(status(&guard, None, None), 421);
    }

    #[test]
    fn an_address_of_another_machine_is_none_unless_all_are_listened_at() {
        let every = guard("0.0.0.0:26657");
        assert_eq!(status(&every, Some("192.0.2.1:26657"), None), 200);
        assert_eq!(status(&every, Some("[2001:db8::8]"), None), 200);
        assert_eq!(status(&every, Some("evil.example"), None), 421);
        let one = guard("192.0.2.1:26657");
        assert_eq!(status(&one, Some("192.0.2.1:26657"), None), 200);
        assert_eq!(status(&one, Some("192.0.2.2:26657"), None), 421);
    }

    #[test]
    fn pages_of_the_server_and_of_given_origins_ask() {
        let guard = guard("127.0.0.1:26657");
        for origin in [
            "http://127.0.0.1:26657",
            "http://localhost:26657",
            "http://chain.example:26657",
            "https://app.example:8443",
            "HTTPS://APP.example:8443",
        ] {
            assert_eq!(status(&guard, Some("localhost:26657"), Some(origin)), 200, "{origin}");
        }
        for origin in [
            "null",
            "",
            "http://localhost:3000",
            "http://localhost",
            "https://localhost:26657",
            "http://evil.example",
            "http://evil.example:26657",
            "https://app.example",
            "https://app.example:8443.evil.example",
            "http://app.example:8443",
            "file://localhost:26657",
            "http://x@localhost:26657",
        ] {
            assert_eq!(status(&guard, Some("localhost:26657"), Some(origin)), 403, "{origin}");
        }
    }

    #[test]
    fn a_target_and_a_header_that_is_there_twice_are_looked_at_too() {
        let guard = guard("127.0.0.1:26657");
        let headers = |values: &[(header::HeaderName, &'static str)]| {
            let pairs = values.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
            pairs.fold(HeaderMap::new(), |mut headers, (name, value)| {
                headers.append(name, value);
                headers
            })
        };
        let asks = |target: &str, values: &[(header::HeaderName, &'static str)]| {
            guard
                .admits(&target.parse().unwrap(), &headers(values))
                .map_err(|refusal| refusal.status.as_u16())
        };
        let host = (header::HOST, "localhost:26657");
        let origin = (header::ORIGIN, "https://app.example:8443");
        assert_eq!(asks("/", std::slice::from_ref(&host)), Ok(None));
        assert_eq!(asks("/", &[host.clone(), origin.clone()]), Ok(Some("https://app.example:8443".into())));
        assert_eq!(asks("http://localhost:26657/", std::slice::from_ref(&host)), Ok(None));
        assert_eq!(asks("http://evil.example/", std::slice::from_ref(&host)), Err(421));
        assert_eq!(asks("/", &[host.clone(), (header::HOST, "evil.example")]), Err(421));
        assert_eq!(asks("/", &[host, origin, (header::ORIGIN, "http://evil.example")]), Err(403));
    }

    #[test]
    fn a_link_may_come_from_anywhere_and_leads_to_the_servers_own_name() {
        let guard = guard("127.0.0.1:8787");
        let opens = |target: &'static str, host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, header::HeaderValue::from_static(host));
            headers.insert(header::ORIGIN, header::HeaderValue::from_static("https://elsewhere.example"));
            headers.insert(SEC_FETCH_SITE, header::HeaderValue::from_static("cross-site"));
            guard.admits_link(&Uri::from_static(target), &headers).map_err(|refusal| refusal.status.as_u16())
        };
        assert_eq!(opens("/", "127.0.0.1:8787"), Ok(()));
        assert_eq!(opens("/", "evil.example:8787"), Err(421));
        assert_eq!(opens("http://evil.example/", "127.0.0.1:8787"), Err(421));
    }

    #[test]
    fn names_and_origins_that_can_never_be_asked_for_are_refused() {
        let new = |host: &str, origin: &str| {
            let given = |text: &str| if text.is_empty() { vec![] } else { vec![text.to_owned()] };
            Guard::new("127.0.0.1:1".parse().unwrap(), &given(host), &given(origin)).map(drop)
        };
        for host in ["chain.example:80", "http://chain.example", "a b"] {
            assert_eq!(new(host, "").unwrap_err().0, "allow-host", "{host}");
        }
        for origin in ["*", "null", "app.example", "https://app.example/", "ftp://app.example"] {
            assert_eq!(new("", origin).unwrap_err().0, "allow-origin", "{origin}");
        }
    }

    #[test]
    fn a_long_header_is_cut_in_the_answer() {
        let refusal = guard("127.0.0.1:1").check(Some(&"x".repeat(5_000)), None).unwrap_err();
        assert!(refusal.text.len() < 400, "{}", refusal.text);
    }

    #[test]
    fn a_page_that_names_no_origin_is_told_by_its_site() {
        let guard = Guard::local("127.0.0.1:9464".parse().unwrap());
        let admitted = |headers: &[(header::HeaderName, &'static str)]| {
            let headers =
                headers.iter().map(|(name, value)| (name.clone(), header::HeaderValue::from_static(value)));
            guard.admits(&Uri::from_static("/metrics"), &headers.collect())
        };
        let host = (header::HOST, "127.0.0.1:9464");
        for site in ["none", "same-origin"] {
            assert_eq!(admitted(&[host.clone(), (SEC_FETCH_SITE, site)]), Ok(None), "{site}");
        }
        for site in ["cross-site", "same-site", ""] {
            let refusal = admitted(&[host.clone(), (SEC_FETCH_SITE, site)]).unwrap_err();
            assert!(
                refusal.text.contains("Sec-Fetch-Site") && !refusal.text.contains("--allow"),
                "{}",
                refusal.text
            );
        }
        let rebound = admitted(&[(header::HOST, "evil.example:9464")]).unwrap_err();
        assert!(!rebound.text.contains("--allow"), "there is no such option: {}", rebound.text);
    }
}
