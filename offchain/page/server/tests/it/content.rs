//! Content by digest.

use bithive_exchange::{Exchange, MAX_BLOB_BYTES};
use bytes::Bytes;
use tokio::io::AsyncWriteExt as _;

use crate::setup::{NATIVE, Setup, setup};

fn content(bytes: usize) -> (Vec<u8>, String) {
    let content: Vec<u8> = (0..bytes).map(|index| (index * 7 + index / 251).to_le_bytes()[0]).collect();
    let digest = blake3::hash(&content).to_hex().to_string();
    (content, digest)
}

/// Whether nothing of an upload is left aside.
fn is_clean(setup: &Setup) -> bool {
    std::fs::read_dir(setup.folder.path().join("spool")).unwrap().next().is_none()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_goes_up_to_others_and_comes_down_from_them() {
    let setup = setup().await;
    let native = setup.network.endpoint(NATIVE);
    for bytes in [0, 1, 64 << 10, (3 << 20) + 17] {
        let (content, digest) = content(bytes);
        let put = setup.main("PUT", &format!("/x/blobs/{digest}")).body(content.clone()).send().await;
        assert_eq!(put.status, 201, "{}", put.text());
        assert_eq!((&put.json()["digest"], &put.json()["bytes"]), (&digest.clone().into(), &bytes.into()));
        let digest_bytes: [u8; 32] = hex::decode(&digest).unwrap().try_into().unwrap();
        let fetched = native.fetch(digest_bytes, &[crate::setup::MAIN], MAX_BLOB_BYTES).await.unwrap();
        assert_eq!(fetched, content);
        let got = setup.main("GET", &format!("/x/blobs/{digest}?from={NATIVE}")).send().await;
        assert!(got.status == 200 && got.whole && got.body == content, "{bytes}");
    }
    assert!(is_clean(&setup));

    let (other, digest) = content(100_000);
    native.publish(Bytes::from(other.clone())).await.unwrap();
    let path = format!("/x/blobs/{digest}?from={NATIVE},{}", crate::setup::SECOND);
    assert_eq!(setup.main("GET", &path).send().await.body, other);
    let small = setup.main("GET", &format!("{path}&limit=99999")).send().await;
    assert_eq!((small.status, small.kind().as_str()), (413, "too_large"));
    assert_eq!(setup.main("DELETE", &format!("/x/blobs/{digest}")).send().await.status, 204);
    let absent = setup.main("GET", &format!("/x/blobs/{}", "00".repeat(32))).send().await;
    assert_eq!((absent.status, absent.kind().as_str()), (404, "not_found"));
}

#[tokio::test]
async fn content_that_is_not_what_was_said_is_refused_and_leaves_nothing() {
    let setup = setup().await;
    let (content, digest) = content(100_000);
    let path = format!("/x/blobs/{digest}");
    let mut other = content.clone();
    other[77_777] ^= 1;
    let wrong = setup.main("PUT", &path).body(other).send().await;
    assert_eq!((wrong.status, wrong.kind().as_str()), (409, "digest_mismatch"));
    for (path, expected) in
        [("/x/blobs/", "bad_request"), ("/x/blobs/xyz", "bad_request"), ("/x/blobs/../x", "bad_request")]
    {
        assert_eq!(setup.main("PUT", path).body("x").send().await.kind(), expected, "{path}");
    }
    let huge = setup.main("PUT", &path).length(2 << 30).body("x").send().await;
    assert_eq!((huge.status, huge.kind().as_str()), (413, "too_large"));
    let unsaid =
        setup.main("PUT", &path).header("transfer-encoding", "chunked").body("0\r\n\r\n").send().await;
    assert!(matches!(unsaid.status, 400), "{}", unsaid.head);
    let limit = setup.main("GET", &format!("{path}?limit={}", MAX_BLOB_BYTES + 1)).send().await;
    assert_eq!(limit.kind(), "bad_request");
    let peers = vec![NATIVE.to_string(); 17].join(",");
    assert_eq!(setup.main("GET", &format!("{path}?from={peers}")).send().await.kind(), "bad_request");
    assert_eq!(setup.main("POST", &path).send().await.kind(), "method");
    assert_eq!(setup.main("GET", &path).send().await.kind(), "not_found", "nothing of it was stored");
    assert!(is_clean(&setup));
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_and_its_turn_is_free_again() {
    let setup = setup().await;
    let (content, digest) = content(100_000);
    let path = format!("/x/blobs/{digest}");
    let begun = setup.main("PUT", &path).length(content.len() as u64).body(content[..50_000].to_vec());
    let (first, second) = (begun.open().await, begun.open().await);
    let spooled = || std::fs::read_dir(setup.folder.path().join("spool")).unwrap().count();
    let waits = async {
        while spooled() < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(crate::client::GENEROUS, waits).await.unwrap();
    let busy = setup.main("PUT", &path).body(content.clone()).send().await;
    assert_eq!((busy.status, busy.kind().as_str()), (429, "busy"));
    drop(first);
    let retried = async {
        while setup.main("PUT", &path).body(content.clone()).send().await.status != 201 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(crate::client::GENEROUS, retried).await.unwrap();
    // The other one is finished late, and is as good.
    let mut second = second;
    second.write_all(&content[50_000..]).await.unwrap();
    let mut seen = String::new();
    crate::client::until(&mut second, &mut seen, "201 Created", 1).await;
    assert!(is_clean(&setup));
}
