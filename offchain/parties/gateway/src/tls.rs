//! Certificates and keys of TLS, read from files.

use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;

use crate::config::TlsConfig;
use crate::error::GatewayError;

fn bad(path: &Path, problem: impl ToString) -> GatewayError {
    GatewayError::Tls { path: path.to_owned(), problem: problem.to_string() }
}

pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, GatewayError> {
    let chain = CertificateDer::pem_file_iter(path).and_then(|chain| chain.collect::<Result<Vec<_>, _>>());
    let chain = chain.map_err(|error| bad(path, error))?;
    if chain.is_empty() {
        return Err(bad(path, "no certificate in it; expected at least one in PEM"));
    }
    Ok(chain)
}

/// The settings of a server with these files.
pub(crate) fn server(files: &TlsConfig) -> Result<rustls::ServerConfig, GatewayError> {
    let chain = certificates(&files.certificates)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| bad(&files.key, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(&files.certificates, error))?;
    let builder = match &files.clients {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(|error| bad(path, error))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().map_err(|error| bad(path, error))?)
        }
    };
    builder.with_single_cert(chain, key).map_err(|error| bad(&files.certificates, error))
}
