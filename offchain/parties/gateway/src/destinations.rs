//! Where answers are sent: the part of the configuration about peers.

use std::path::PathBuf;

use rustls::pki_types::ServerName;
use serde::Deserialize;

use crate::auth::source::address;
use crate::parts::is_title;

/// What is wrong with a field: its name, what was given, what can be given.
pub(crate) type Wrong = (&'static str, String, String);
/// A file with its field, and what helps if it is missing.
pub(crate) type Named<'a> = (&'static str, &'a PathBuf, &'static str);

/// A DICOM peer to which answers are sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PacsConfig {
    /// By which rules name it.
    pub name: String,
    /// Host and port.
    pub address: String,
    /// Its AE title.
    pub called: String,
    /// AE title of the gateway, as the peer knows it.
    pub calling: String,
    /// TLS; plain associations without it.
    pub tls: Option<PacsTls>,
}

/// Whom the gateway trusts to be the peer, and how it shows who it is (PS3.15, B.12).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PacsTls {
    /// Authorities that may have signed the peer's certificate, PEM; no other ones are trusted.
    pub authorities: PathBuf,
    /// The name in it; the host of `address` by default.
    pub name: Option<String>,
    /// Chain of certificates of the gateway, PEM, and its key: for a peer that asks for them.
    pub certificates: Option<PathBuf>,
    /// Private key, PEM.
    pub key: Option<PathBuf>,
}

/// A FHIR server to which reports are sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EhrConfig {
    /// By which rules name it.
    pub name: String,
    /// Base of its API.
    pub url: String,
    /// File with the secret that it wants to see.
    pub token: Option<PathBuf>,
    /// Authorities of the house, PEM, that may have signed its certificate, beside the public ones.
    pub authorities: Option<PathBuf>,
}

impl PacsConfig {
    /// The name that its certificate has to have.
    pub(crate) fn server_name(&self) -> &str {
        let host = self.address.rsplit_once(':').map_or("", |(host, _)| host);
        let named = self.tls.as_ref().and_then(|tls| tls.name.as_deref());
        named.unwrap_or_else(|| host.trim_start_matches('[').trim_end_matches(']'))
    }

    pub(crate) fn check(&self) -> Result<(), Wrong> {
        for (field, title) in [("pacs.called", &self.called), ("pacs.calling", &self.calling)] {
            if !is_title(title) {
                let expected = "an AE title: 1 to 16 characters of ASCII, no backslash, no spaces around it";
                return Err((field, title.clone(), expected.into()));
            }
        }
        let (host, port) = self.address.rsplit_once(':').unwrap_or_default();
        if host.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0).eq(&false) {
            let expected = "host and port, like pacs.example:104";
            return Err(("pacs.address", self.address.clone(), expected.into()));
        }
        let Some(tls) = &self.tls else { return Ok(()) };
        let name = self.server_name();
        if ServerName::try_from(name).is_err() {
            let expected = "the name in the peer's certificate, like pacs.example";
            return Err(("pacs.tls.name", name.to_owned(), expected.into()));
        }
        match (&tls.certificates, &tls.key) {
            (Some(_), None) => {
                Err(("pacs.tls.key", "nothing".into(), "the key of pacs.tls.certificates".into()))
            }
            (None, Some(key)) => {
                let expected = "nothing, or pacs.tls.certificates beside it".into();
                Err(("pacs.tls.key", key.display().to_string(), expected))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let tls = self.tls.iter_mut();
        tls.flat_map(|tls| {
            [&mut tls.authorities].into_iter().chain(&mut tls.certificates).chain(&mut tls.key)
        })
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = Named<'_>> {
        const PATH: &str = "correct the path";
        self.tls.iter().flat_map(|tls| {
            let own = tls.certificates.iter().map(|file| ("pacs.tls.certificates", file, PATH));
            let own = own.chain(tls.key.iter().map(|file| ("pacs.tls.key", file, PATH)));
            own.chain([("pacs.tls.authorities", &tls.authorities, PATH)])
        })
    }
}

impl EhrConfig {
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        // With TLS, or to this machine; documents' places are put behind it.
        if address(&self.url).is_some_and(|url| url.query().is_none()) {
            return Ok(());
        }
        let expected = "the base of a FHIR server: https://..., or http:// on this machine; no secrets in it";
        Err(("ehr.url", self.url.clone(), expected.into()))
    }

    pub(crate) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.token.iter_mut().chain(&mut self.authorities)
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = Named<'_>> {
        let token = self.token.iter().map(|file| ("ehr.token", file, "write the server's token into it"));
        token.chain(self.authorities.iter().map(|file| ("ehr.authorities", file, "correct the path")))
    }
}
