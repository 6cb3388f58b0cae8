//! Opens a WebSocket to a target. It tries each address of the host, each with an equal share of
//! the time. Used by `event_connection` and `request_connection`.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use tokio::{
    net::{TcpStream, lookup_host},
    time::{Instant, timeout, timeout_at},
};
use tokio_websockets::{
    ClientBuilder, Connector, Error as WsError, Limits, MaybeTlsStream, WebSocketStream, upgrade,
};

use super::{
    Target,
    error::{ConnectError, Kind, Step},
};

/// A connection before or after login.
pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Largest frame that is accepted, in bytes. OBS cannot send a larger one, and it fits into memory.
const LARGEST_FRAME: usize = 32 * 1024 * 1024;
/// The limit for the TCP connection to one address.
const REACH_WITHIN: Duration = Duration::from_secs(3);
/// The limit for the test whether a server that does not answer a plain request requires TLS.
const TLS_ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// The addresses of a host that are still to be tried.
#[derive(Debug)]
pub(super) struct Addresses {
    left: std::vec::IntoIter<SocketAddr>,
    deadline: Instant,
    /// The error of the attempt that made the most progress so far.
    worst: ConnectError,
}

impl Addresses {
    /// Resolves the host name.
    pub(super) async fn of(target: &Target, deadline: Instant) -> Result<Self, ConnectError> {
        let host = target.bare_host();
        let none = || ConnectError::NoSuchHost {
            host: host.to_owned(),
        };
        let found = Clock::new(target, deadline)
            .limit(Step::Resolve, lookup_host((host, target.port)))
            .await?;
        let left: Vec<_> = found.map_err(|_| none())?.collect();
        Ok(Self {
            left: left.into_iter(),
            deadline,
            worst: none(),
        })
    }

    /// The next address and the deadline for it: an equal share of the time that is left.
    pub(super) fn next(&mut self) -> Option<(SocketAddr, Instant)> {
        let count = u32::try_from(self.left.len()).unwrap_or(u32::MAX).max(1);
        let address = self.left.next()?;
        let now = Instant::now();
        Some((
            address,
            now + self.deadline.saturating_duration_since(now) / count,
        ))
    }

    /// Records that an address failed. Returns the error if OBS itself sent it, because then trying
    /// other addresses is useless.
    pub(super) fn failed(&mut self, error: ConnectError) -> Result<(), ConnectError> {
        if error.kind() != Kind::Unreachable {
            return Err(error);
        }
        if error.progress() > self.worst.progress() {
            self.worst = error;
        }
        Ok(())
    }

    /// The failure to report when no address is left.
    pub(super) fn into_error(self) -> ConnectError {
        self.worst
    }
}

/// A deadline for one step of connecting, and the error to return when it passes.
#[derive(Debug)]
pub(super) struct Clock<'a> {
    target: &'a Target,
    begun: Instant,
    deadline: Instant,
}

impl<'a> Clock<'a> {
    pub(super) fn new(target: &'a Target, deadline: Instant) -> Self {
        Self {
            target,
            begun: Instant::now(),
            deadline,
        }
    }

    /// Limits one step of connecting to the deadline.
    pub(super) async fn limit<T>(
        &self,
        doing: Step,
        step: impl Future<Output = T>,
    ) -> Result<T, ConnectError> {
        self.limit_to(self.deadline, doing, step).await
    }

    async fn limit_to<T>(
        &self,
        deadline: Instant,
        doing: Step,
        step: impl Future<Output = T>,
    ) -> Result<T, ConnectError> {
        timeout_at(deadline, step)
            .await
            .map_err(|_| ConnectError::TimedOut {
                at: self.target.to_string(),
                doing,
                within: deadline.saturating_duration_since(self.begun),
            })
    }
}

/// Opens the TCP connection to one address, then TLS if the target requires it, then the WebSocket.
pub(super) async fn open(
    target: &Target,
    address: SocketAddr,
    deadline: Instant,
) -> Result<Socket, ConnectError> {
    let clock = Clock::new(target, deadline);
    let at = || target.to_string();

    let reach_by = deadline.min(clock.begun + REACH_WITHIN);
    let tcp = clock
        .limit_to(reach_by, Step::Reach, TcpStream::connect(address))
        .await?
        .map_err(|source| from_io(at(), source))?;
    tcp.set_nodelay(true)
        .map_err(|source| from_io(at(), source))?;

    let connector = if target.tls {
        Connector::new().map_err(|error| tls(at(), error))?
    } else {
        Connector::Plain
    };
    let stream = clock
        .limit(Step::Tls, connector.wrap(target.bare_host(), tcp))
        .await?
        .map_err(|error| tls(at(), error))?;

    let no_host = |()| ConnectError::NoSuchHost {
        host: target.host.clone(),
    };
    let mut builder = ClientBuilder::new()
        .uri(&target.url())
        .map_err(|_| no_host(()))?
        .limits(Limits::default().max_payload_len(Some(LARGEST_FRAME)));
    if let (Ok(name), Ok(value)) = (
        "sec-websocket-protocol".parse(),
        "obswebsocket.json".parse(),
    ) {
        builder = builder.add_header(name, value).map_err(|_| no_host(()))?;
    }
    let (socket, _) = clock
        .limit(Step::Upgrade, builder.connect_on(stream))
        .await?
        .map_err(|error| refused_upgrade(at(), error))?;
    Ok(socket)
}

/// Returns the same error, unless the cause is that the server requires TLS and the target has
/// none. Only an attempt with TLS shows that.
pub(super) async fn explain(
    error: ConnectError,
    target: &Target,
    address: SocketAddr,
) -> ConnectError {
    let may_be_tls = matches!(
        error,
        ConnectError::NotObs { .. } | ConnectError::Closed { reason: None, .. }
    );
    if target.tls || !may_be_tls {
        return error;
    }
    let answers = timeout(TLS_ANSWERS_WITHIN, supports_tls(target, address));
    if answers.await.unwrap_or(false) {
        let at = target.to_string();
        return ConnectError::NeedsTls { at };
    }
    error
}

/// Whether the server answers a TLS handshake. Its certificate does not matter.
async fn supports_tls(target: &Target, address: SocketAddr) -> bool {
    let (Ok(connector), Ok(tcp)) = (Connector::new(), TcpStream::connect(address).await) else {
        return false;
    };
    match connector.wrap(target.bare_host(), tcp).await {
        Ok(_) => true,
        Err(WsError::Io(error)) => {
            let found = tls_error(&error);
            found.is_some_and(|error| !matches!(error, rustls::Error::InvalidMessage(_)))
        }
        Err(_) => false,
    }
}

/// The rustls error in an error of a stream, if there is one.
pub(super) fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// Asks the kernel to acknowledge the next packet at once. OBS does not set `TCP_NODELAY`, so its
/// second small packet waits until the first is acknowledged. After we have sent something, Linux
/// delays that by 40 ms. The option does not last, so it must be set each time.
#[cfg(target_os = "linux")]
pub(super) fn acknowledge_at_once(socket: &Socket) {
    let tcp = match socket.get_ref() {
        MaybeTlsStream::Plain(tcp) => tcp,
        MaybeTlsStream::Rustls(tls) => tls.get_ref().0,
    };
    if let Err(error) = socket2::SockRef::from(tcp).set_tcp_quickack(true) {
        tracing::debug!(%error, "cannot set TCP_QUICKACK: events after silence may be 40 ms late");
    }
}

/// Does nothing, because only Linux has the option.
#[cfg(not(target_os = "linux"))]
pub(super) fn acknowledge_at_once(_socket: &Socket) {}

pub(super) fn from_io(at: String, source: io::Error) -> ConnectError {
    match source.kind() {
        io::ErrorKind::ConnectionRefused => ConnectError::Refused { at },
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe => ConnectError::Closed { at, reason: None },
        _ => ConnectError::Io { at, source },
    }
}

fn tls(at: String, error: WsError) -> ConnectError {
    match error {
        WsError::Io(source) => from_tls(at, source),
        other => ConnectError::Tls {
            at,
            source: io::Error::other(other),
        },
    }
}

/// The error for a failed TLS handshake. A server without TLS sends something else, or closes the
/// connection.
fn from_tls(at: String, source: io::Error) -> ConnectError {
    match tls_error(&source) {
        Some(rustls::Error::InvalidMessage(_)) => ConnectError::NoTls { at },
        Some(_) => ConnectError::Tls { at, source },
        None => match from_io(at, source) {
            ConnectError::Closed { at, .. } => ConnectError::NoTls { at },
            error => error,
        },
    }
}

fn refused_upgrade(at: String, error: WsError) -> ConnectError {
    match error {
        WsError::Io(source) => from_io(at, source),
        WsError::Upgrade(error) => not_obs(at, &error),
        other => ConnectError::NotObs {
            at,
            found: format!("something that breaks the WebSocket protocol ({other})"),
        },
    }
}

pub(super) fn not_obs(at: String, error: &upgrade::Error) -> ConnectError {
    let found = match error {
        upgrade::Error::DidNotSwitchProtocols(status) => {
            format!("a web server (HTTP status {status})")
        }
        upgrade::Error::Parsing(_) => "a server that is not an HTTP server".to_owned(),
        other => format!("a web server without WebSocket ({other})"),
    };
    ConnectError::NotObs { at, found }
}
