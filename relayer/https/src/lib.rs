//! Clients of web servers. Each trusts the certificate authorities that browsers trust, and those that it is told of; TLS is that of
//! ring. It follows a server nowhere else, unless its user says where, and gives up after a time.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};
use rustls::{ClientConfig, RootCertStore};

/// The authorities that browsers trust (Mozilla's list), to which others can be added.
#[must_use]
pub fn authorities() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// A client that trusts these authorities, follows no redirection, which could lead anywhere and away from TLS, and gives a
/// request up after `patience`, its answer included.
///
/// # Errors
/// [`rustls::Error`], if this machine has no TLS.
pub fn client(authorities: RootCertStore, patience: Duration) -> Result<ClientBuilder, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(authorities)
        .with_no_client_auth();
    Ok(Client::builder().tls_backend_preconfigured(tls).redirect(redirect::Policy::none()).timeout(patience))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Where every request gets this answer.
    async fn server(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await.unwrap();
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        url
    }

    #[tokio::test]
    async fn a_client_follows_nobody_elsewhere() {
        let at = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        let url = server(at).await;
        let client = client(authorities(), Duration::from_secs(60)).unwrap().no_proxy().build().unwrap();
        assert_eq!(client.get(url).send().await.unwrap().status(), 302);
    }

    #[tokio::test]
    async fn a_client_gives_up_on_a_server_that_says_nothing() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap());
        let client = client(authorities(), Duration::from_millis(50)).unwrap().no_proxy().build().unwrap();
        assert!(client.get(url).send().await.unwrap_err().is_timeout());
    }

    #[test]
    fn the_authorities_of_browsers_are_trusted() {
        assert!(authorities().len() > 100);
    }
}
