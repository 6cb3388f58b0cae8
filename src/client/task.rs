//! The two tasks of a client: one routes the messages from OBS, the other renews the subscriptions.
//! They end with the last handle, or when the connection is lost for good. If one panics, both end,
//! and all waiting callers get an error.

use std::{future::ready, sync::Arc, thread, time::Duration};

use tokio::{sync::mpsc::Receiver, time::sleep};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use tracing::debug;

use super::{
    ConnectionError, Options,
    connection::{Connection, Handle},
};
use crate::obs::{self, Notice, Stop};

/// The time between two renewals. A bridge forgets clients that are silent for a day.
const RENEWED_EVERY: Duration = Duration::from_secs(3_600);
/// How long a bridge has to confirm the subscriptions: one that is starting reads its journal
/// first.
const RENEWED_WITHIN: Duration = Duration::from_secs(30);
/// The pause after a failure. A bridge that starts sends a Hello, and a new connection renews the
/// subscriptions as well.
const RENEWED_AFTER_FAILURE: Duration = Duration::from_secs(30);
/// The shortest time between two renewals. It limits the requests to a bridge that sends Hello
/// repeatedly.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) fn start(options: Options) -> Handle {
    let (end_of_link, tasks) = (CancellationToken::new(), TaskTracker::new());
    let (name, twitchat) = (options.name.clone(), options.twitchat);
    let (obs, notices) = obs::start(
        move || ready(options.target()),
        obs::Options {
            wants_info: false,
            ..obs::Options::default()
        },
        end_of_link.clone(),
        &tasks,
    );
    let connection = Arc::new(Connection::new(&name, obs, twitchat, tasks));
    let link = end_of_link.drop_guard();
    spawn(&connection, None, route(Arc::clone(&connection), notices));
    spawn(
        &connection,
        Some(link),
        keep_subscriptions(Arc::clone(&connection)),
    );
    connection.tasks.close();
    Handle::new(connection)
}

/// When the task ends for any reason, the connection ends too.
fn spawn(
    connection: &Arc<Connection>,
    link: Option<DropGuard>,
    task: impl Future<Output = ()> + Send + 'static,
) {
    let end = End {
        connection: Arc::clone(connection),
        _link: link,
    };
    connection.tasks.spawn(async move {
        let _end = end;
        task.await;
    });
}

/// Dropped when a task ends, also when it panics or is aborted.
struct End {
    connection: Arc<Connection>,
    /// Ends the link to OBS, after the connection has got the cause.
    _link: Option<DropGuard>,
}

impl Drop for End {
    fn drop(&mut self) {
        let cause = thread::panicking().then(ConnectionError::panicked);
        self.connection.set_stopped(cause);
    }
}

/// Passes the messages from OBS to the requests, actions and streams that wait for them.
async fn route(connection: Arc<Connection>, mut notices: Receiver<Notice>) {
    loop {
        match notices.recv().await {
            Some(Notice::Received(batch)) => connection.route(&batch),
            Some(Notice::Connected | Notice::Up(_)) => {
                debug!("connected to OBS");
                connection.set_up();
            }
            Some(Notice::Down(cause) | Notice::Waiting { cause, .. }) => {
                debug!(%cause, "no connection to OBS");
                connection.set_down(cause.into());
            }
            Some(
                Notice::SceneChanged(_)
                | Notice::CollectionChanged
                | Notice::StreamChanged { .. }
                | Notice::RecordingChanged { .. }
                | Notice::Outputs { .. },
            ) => {}
            Some(Notice::Stopped(Stop::Failed(cause))) => {
                return connection.set_stopped(Some(cause.into()));
            }
            Some(Notice::Stopped(Stop::Shutdown | Stop::ObsEnded(_))) => {
                return connection.set_stopped(None);
            }
            None => return connection.set_stopped(Some(ConnectionError::panicked())),
        }
    }
}

/// Renews the subscriptions when a renewal is due, and ends the subscriptions of dropped streams.
async fn keep_subscriptions(connection: Arc<Connection>) {
    let keeping = async {
        let mut wait = RENEWED_EVERY;
        loop {
            tokio::select! {
                () = connection.stream_dropped.notified() => {
                    connection.unsubscribe().await;
                    continue;
                }
                () = connection.renewal.notified() => {}
                () = sleep(wait) => {}
            }
            let is_renewed = tokio::select! {
                renewed = connection.renew(RENEWED_WITHIN) => renewed
                    .inspect_err(|error| debug!(%error, "subscriptions not renewed"))
                    .is_ok(),
                // The subscriptions must be renewed again, so the result of this request does not
                // matter.
                () = connection.renewal.notified() => {
                    connection.renewal.notify_one();
                    false
                }
            };
            wait = if is_renewed {
                RENEWED_EVERY
            } else {
                RENEWED_AFTER_FAILURE
            };
            sleep(PAUSE).await;
        }
    };
    tokio::select! {
        () = connection.stop.cancelled() => connection.unsubscribe_from_all().await,
        () = connection.until_stopped() => {}
        () = keeping => {}
    }
}
