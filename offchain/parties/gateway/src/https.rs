//! A client for HTTPS: whom it trusts, and how long it waits.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, redirect};
use rustls::{ClientConfig, RootCertStore};

use crate::error::GatewayError;
use crate::tls::certificates;

/// A client that trusts public authorities, and those of a file (PEM), follows nobody elsewhere, and gives a request up after `patience`.
///
/// # Errors
/// [`GatewayError::Tls`] for a file without certificates, [`GatewayError::Client`].
pub(crate) fn client(authorities: Option<&Path>, patience: Duration) -> Result<Client, GatewayError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = authorities {
        for certificate in certificates(path)? {
            roots
                .add(certificate)
                .map_err(|error| GatewayError::Tls { path: path.to_owned(), problem: error.to_string() })?;
        }
    }
    let setup = |error: &dyn std::error::Error| GatewayError::Client(error.to_string());
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| setup(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        // A redirect could lead anywhere, without TLS too.
        .redirect(redirect::Policy::none())
        .timeout(patience)
        .build();
    client.map_err(|error| setup(&error))
}
