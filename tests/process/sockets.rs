//! The bridge connects and never listens. The system's list of its sockets shows this.

use std::collections::HashSet;
use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixListener;

use crate::support::SOON;
use crate::support::bridge::Home;
use crate::support::bus::Bus;
use crate::support::obs::{peer, real, stand_in};
use crate::support::play::burst;
use twitchat_bridge::obs::Target;
use twitchat_bridge::sim::twitchat::{Options, StandIn};

/// TCP's state LISTEN in `/proc/net/tcp`.
const LISTEN: &str = "0A";
/// The flag in `/proc/net/unix` of a UNIX socket that accepts connections.
const ACCEPTS: u32 = 1 << 16;

#[derive(Debug, Default, PartialEq, Eq)]
struct Sockets {
    /// The sockets through which another program could send data to the process: `tcp
    /// 0100007F:1F90`.
    open: Vec<String>,
    /// The number of TCP connections.
    connections: usize,
}

/// Reads the sockets of a process. Panics if the system does not allow it.
fn sockets(pid: u32) -> Sockets {
    let inodes: HashSet<String> = fs::read_dir(format!("/proc/{pid}/fd"))
        .expect("/proc: this test needs Linux")
        .filter_map(|entry| {
            let link = fs::read_link(entry.ok()?.path()).ok()?;
            Some(
                link.to_str()?
                    .strip_prefix("socket:[")?
                    .strip_suffix(']')?
                    .to_owned(),
            )
        })
        .collect();
    let mut found = Sockets::default();
    for table in ["tcp", "tcp6", "udp", "udp6", "raw", "raw6", "unix"] {
        let text = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        assert!(
            !text.is_empty() || table.ends_with('6'),
            "/proc/{pid}/net/{table} cannot be read"
        );
        for line in text.lines().skip(1) {
            let columns: Vec<_> = line.split_whitespace().collect();
            let unix = table == "unix";
            let column = |at: usize| columns.get(at).copied().unwrap_or_default();
            if !inodes.contains(column(if unix { 6 } else { 9 })) {
                continue;
            }
            let open = match table {
                "tcp" | "tcp6" => column(3) == LISTEN,
                "unix" => u32::from_str_radix(column(3), 16).unwrap() & ACCEPTS != 0,
                // Any other program can send to such a socket.
                _ => true,
            };
            if open {
                found
                    .open
                    .push(format!("{table} {}", column(if unix { 7 } else { 1 })));
            } else if table.starts_with("tcp") {
                found.connections += 1;
            }
        }
    }
    found
}

/// Checks the sockets of a bridge that is connected, receives from Twitchat, counts and replies.
async fn assert_nothing_listens(target: &Target) {
    let home = Home::new();
    let bridge = home.run(target);
    let bus = Bus::connect(target).await;
    let _twitchat = StandIn::connect(peer(target), Options::default())
        .await
        .unwrap();
    bus.until_answered(SOON).await;
    burst(target.clone(), 0, 100).await;
    bus.until_status("Twitchat is connected", |status| {
        status["twitchat"]["present"] == true
    })
    .await;
    bus.credits().await;
    let sockets = sockets(bridge.pid());
    assert_eq!(
        sockets,
        Sockets {
            open: Vec::new(),
            connections: 2
        },
        "two connections to OBS and nothing else"
    );
}

#[tokio::test]
async fn the_running_bridge_has_no_listening_socket() {
    let (_obs, target) = stand_in().await;
    assert_nothing_listens(&target).await;
}

#[tokio::test]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn the_running_bridge_has_no_listening_socket_on_a_real_obs() {
    assert_nothing_listens(&real()).await;
}

/// Checks that `sockets` finds listening sockets, because the tests above rely on it.
#[tokio::test]
async fn a_process_that_listens_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let port = |address: std::net::SocketAddr| format!(":{:04X}", address.port());
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let path = folder.path().join("socket");
    let _unix = UnixListener::bind(&path).unwrap();
    let (obs, _) = stand_in().await;
    let seen = sockets(std::process::id()).open;
    let is_seen = |table: &str, end: &str| {
        seen.iter()
            .any(|line| line.starts_with(&format!("{table} ")) && line.ends_with(end))
    };
    assert!(is_seen("tcp", &port(tcp.local_addr().unwrap())), "{seen:?}");
    assert!(is_seen("tcp", &port(obs.address())), "{seen:?}");
    assert!(is_seen("udp", &port(udp.local_addr().unwrap())), "{seen:?}");
    assert!(is_seen("unix", path.to_str().unwrap()), "{seen:?}");
    // The machine may have no IPv6. If it has, IPv6 sockets must also be found.
    if let Ok(tcp6) = TcpListener::bind("[::1]:0") {
        let seen = sockets(std::process::id()).open;
        let end = port(tcp6.local_addr().unwrap());
        assert!(
            seen.iter()
                .any(|line| line.starts_with("tcp6 ") && line.ends_with(&end)),
            "{seen:?}"
        );
    }
}
