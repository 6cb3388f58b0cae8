//! The tasks of a client: one takes what OBS sends to whoever waits for it, one keeps the
//! subscriptions alive. They end with the last handle, or when the connection is lost for good.

use std::{future::ready, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc::Receiver, watch},
    time::sleep,
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use tracing::debug;

use super::{
    Options,
    connection::{Connection, Link},
    hub::Asks,
};
use crate::obs::{self, Notice, Stop};

/// A bridge forgets clients that say nothing for a day.
const RENEWED_EVERY: Duration = Duration::from_secs(3_600);
/// How long a bridge has to confirm the subscriptions: one that is starting reads its journal
/// first.
const RENEWED_WITHIN: Duration = Duration::from_secs(30);
/// How long after a failure they are renewed once more. A bridge that comes says Hello, and the
/// connection too makes itself known.
const RENEWED_AFTER_FAILURE: Duration = Duration::from_secs(30);
/// At least so long between two renewals: bridges may say Hello again and again.
const PAUSE: Duration = Duration::from_secs(1);

/// Starts to connect. The tasks end with the guard.
pub(super) fn start(options: Options) -> (Arc<Connection>, DropGuard) {
    let (end_of_link, tasks) = (CancellationToken::new(), TaskTracker::new());
    let (name, twitchat) = (options.name.clone(), options.twitchat);
    let (obs, notices) = obs::start(
        move || ready(options.target()),
        obs::Options::default(),
        end_of_link.clone(),
        &tasks,
    );
    let (links, link) = watch::channel(Link::Connecting);
    let connection = Arc::new(Connection::new(&name, obs, link, twitchat, tasks));
    let router = Router {
        connection: Arc::clone(&connection),
        links,
        learns: twitchat.is_none(),
    };
    connection.tasks.spawn(router.run(notices));
    connection
        .tasks
        .spawn(keep(Arc::clone(&connection), end_of_link.drop_guard()));
    connection.tasks.close();
    let guard = connection.stop.clone().drop_guard();
    (connection, guard)
}

/// Takes what OBS sends to whoever waits for it.
struct Router {
    connection: Arc<Connection>,
    links: watch::Sender<Link>,
    /// Whether the version of Twitchat is learnt from its messages.
    learns: bool,
}

impl Router {
    async fn run(self, mut notices: Receiver<Notice>) {
        while let Some(notice) = notices.recv().await {
            match notice {
                Notice::Heard(batch) => self.take(&batch),
                Notice::Up(info) => {
                    debug!(obs = info.version.obs, "connected to OBS");
                    let mut hub = self.connection.hub();
                    hub.up();
                    self.links.send_replace(Link::Up);
                    self.connection.renewal.notify_one();
                }
                Notice::Down(cause) | Notice::Waiting { cause, .. } => {
                    debug!(%cause, "no connection to OBS");
                    let mut hub = self.connection.hub();
                    hub.down(&cause.clone().into());
                    self.links.send_replace(Link::Down(cause.into()));
                }
                Notice::Stopped(Stop::Failed(cause)) => {
                    let mut hub = self.connection.hub();
                    hub.down(&cause.clone().into());
                    self.links.send_replace(Link::Stopped(Some(cause.into())));
                }
                Notice::Stopped(Stop::Shutdown) => {
                    drop(self.links.send_replace(Link::Stopped(None)));
                }
                Notice::SceneChanged(_)
                | Notice::CollectionChanged
                | Notice::StreamChanged { .. } => {}
            }
        }
    }

    fn take(&self, batch: &obs::Batch) {
        let mut hub = self.connection.hub();
        for heard in &batch.events {
            let (asks, twitchat) = hub.take(heard);
            if asks == Asks::Renewal {
                self.connection.renewal.notify_one();
            }
            if let Some(version) = twitchat.filter(|_| self.learns) {
                self.connection
                    .twitchat
                    .send_if_modified(|known| known.replace(version) != Some(version));
            }
        }
    }
}

/// However it ends, nobody waits for it any more.
impl Drop for Router {
    fn drop(&mut self) {
        let mut hub = self.connection.hub();
        if !matches!(*self.links.borrow(), Link::Stopped(_)) {
            self.links.send_replace(Link::Stopped(None));
        }
        hub.end();
    }
}

/// Renews the subscriptions when it is time to, and ends those that nobody wants any more. The link
/// ends with it.
async fn keep(connection: Arc<Connection>, _link: DropGuard) {
    let keeping = async {
        let mut wait = RENEWED_EVERY;
        loop {
            tokio::select! {
                () = connection.leaving.notified() => {
                    connection.unsubscribe().await;
                    continue;
                }
                () = connection.renewal.notified() => {}
                () = sleep(wait) => {}
            }
            let renewed = tokio::select! {
                renewed = connection.renew(RENEWED_WITHIN) => renewed.inspect_err(|error| debug!(%error, "subscriptions not renewed")).is_ok(),
                // There is another reason: what was asked for is out of date.
                () = connection.renewal.notified() => {
                    connection.renewal.notify_one();
                    false
                }
            };
            wait = if renewed {
                RENEWED_EVERY
            } else {
                RENEWED_AFTER_FAILURE
            };
            sleep(PAUSE).await;
        }
    };
    tokio::select! {
        () = connection.stop.cancelled() => connection.say_goodbye().await,
        // The link has ended for good.
        () = connection.ended() => {}
        () = keeping => {}
    }
}
