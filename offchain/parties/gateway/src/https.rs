//! A client for HTTPS: whom it trusts, and how long it waits.

use std::path::Path;
use std::time::Duration;

use reqwest::Client;

use crate::error::GatewayError;
use crate::tls::certificates;

/// A client that trusts public authorities, and those of a file (PEM), follows nobody elsewhere, and gives a request up after `patience`.
///
/// # Errors
/// [`GatewayError::Tls`] for a file without certificates, [`GatewayError::Client`].
pub(crate) fn client(authorities: Option<&Path>, patience: Duration) -> Result<Client, GatewayError> {
    let mut roots = bithive_https::authorities();
    if let Some(path) = authorities {
        for certificate in certificates(path)? {
            roots
                .add(certificate)
                .map_err(|error| GatewayError::Tls { path: path.to_owned(), problem: error.to_string() })?;
        }
    }
    let setup = |error: &dyn std::error::Error| GatewayError::Client(error.to_string());
    let client = bithive_https::client(roots, patience).map_err(|error| setup(&error))?;
    client.build().map_err(|error| setup(&error))
}
