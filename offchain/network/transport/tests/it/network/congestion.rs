//! Every congestion controller over a slow link between real sockets; `examples/link.rs` prints what each achieves.

use bithive_transport::{Config, Congestion};

use super::world::{Party, bytes, lab, limits, side};

#[test]
fn content_arrives_over_a_slow_link_with_each_congestion_controller() {
    let link = "rate=20M,delay=20ms,queue=100k,loss=0.5%";
    let Some(lab) = lab(&[side("provider", None, link), side("receiver", None, "")]) else { return };
    let config = |congestion| Config {
        listen: Some(vec!["0.0.0.0:0".parse().unwrap()]),
        limits: limits(),
        congestion,
        ..Config::default()
    };
    for (seed, congestion) in
        (0..).zip([Congestion::Udx, Congestion::Cubic, Congestion::NewReno, Congestion::Bbr])
    {
        let provider = Party::new(10 + seed, Some(lab.namespace("provider").unwrap()), config(congestion));
        let receiver = Party::new(20 + seed, Some(lab.namespace("receiver").unwrap()), config(congestion));
        let port = provider.transport.listens_on()[0].port();
        let address = (lab.public_address("provider").unwrap(), port).into();
        receiver.transport.add_peer(provider.id(), &[address]).unwrap();
        let content = bytes(u64::from(seed), 1 << 20);
        let digest = provider.publish(content.clone());
        let fetched = receiver.fetch(digest, provider.id());
        assert!(receiver.wait(fetched).unwrap() == content, "{congestion:?}");
    }
    assert!(lab.counts("provider").unwrap().up.lost > 0);
}
