//! Reads the journal while the link is up. Messages that the link receives meanwhile wait for the
//! bridge in their order. Reading a year of streams takes seconds, and OBS does not repeat the
//! messages that it broadcasts in that time.

use std::collections::VecDeque;

use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::{
    Ended, Error,
    engine::NOTICES,
    startup::{self, Started},
};
use crate::{
    bridge::io::{Autostart, Now, Settings},
    obs::{Notice, Stop},
    store::{Opening, Store, StoreError},
};

/// A store, the bridge that was built from it, and the notices that the link sent meanwhile.
pub(super) struct Opened {
    pub(super) store: Store,
    pub(super) started: Started,
    pub(super) notices: VecDeque<Notice>,
}

/// Examines, opens and reads the journal on a thread of its own. If the run ends before the journal
/// is read, the error is the outcome of the run. `run` says whether it takes over from another
/// bridge, and what starts it.
pub(super) async fn read(
    journal: Opening,
    settings: Settings,
    run: (bool, Autostart),
    now: Now,
    from_obs: &mut mpsc::Receiver<Notice>,
    stop: &CancellationToken,
) -> Result<Opened, Result<Ended, Error>> {
    let reading = stop.child_token();
    // If the future is dropped, the thread ends, so that it does not keep the store open.
    let _reading_ends = reading.clone().drop_guard();
    let reader = {
        let reading = reading.clone();
        let until = reading.clone();
        let bridge =
            move |store: &Store| startup::bridge(store, settings.clone(), run, now, &until);
        tokio::task::spawn_blocking(move || open(journal, bridge, &reading))
    };
    let mut notices = VecDeque::new();
    let read = beside(reader, from_obs, &mut notices, &reading)
        .await
        .map_err(Err)?;
    match read {
        Some((store, started)) => Ok(Opened {
            store,
            started,
            notices,
        }),
        None => Err(Ok(notices
            .pop_back()
            .and_then(failure)
            .unwrap_or(Ended::Stopped))),
    }
}

/// Opens the journal and makes a bridge of it. `None` if `reading` is cancelled meanwhile.
fn open(
    journal: Opening,
    bridge: impl Fn(&Store) -> Result<Option<Started>, Error>,
    reading: &CancellationToken,
) -> Result<Option<(Store, Started)>, Error> {
    let mut store = match journal.open(reading) {
        Err(StoreError::Stopped) if reading.is_cancelled() => return Ok(None),
        opened => opened?,
    };
    let mut started = bridge(&store);
    // A large journal was examined in part.
    if let Err(Error::Store(error @ StoreError::Damaged { .. })) = &started {
        store = store.salvage(error)?;
        started = bridge(&store);
    }
    Ok(started?.map(|started| (store, started)))
}

/// Waits for the reader, and keeps a limited number of notices of the link. Further notices wait in
/// the link.
async fn beside<T>(
    mut reader: JoinHandle<Result<T, Error>>,
    from_obs: &mut mpsc::Receiver<Notice>,
    notices: &mut VecDeque<Notice>,
    reading: &CancellationToken,
) -> Result<T, Error> {
    let mut ended = false;
    loop {
        tokio::select! {
            read = &mut reader => {
                return read.unwrap_or_else(|panic| {
                    error!("reading the journal failed: {panic}");
                    Err(Error::Broken("reading the journal"))
                });
            }
            notice = from_obs.recv(), if !ended && notices.len() < NOTICES => {
                let Some(notice) = notice else {
                    // Wait until the store is closed before the run ends.
                    reading.cancel();
                    drop(reader.await);
                    return Err(Error::Broken("the link to OBS"));
                };
                ended = matches!(notice, Notice::Stopped(_));
                if ended && !notices.iter().any(|notice| matches!(notice, Notice::Received(_))) {
                    // The link has ended without any event, for example because of a wrong
                    // password, so the journal is not needed.
                    reading.cancel();
                }
                notices.push_back(notice);
            }
        }
    }
}

/// The outcome of the run when the link has ended for good.
fn failure(last: Notice) -> Option<Ended> {
    match last {
        Notice::Stopped(Stop::Failed(cause)) => Some(Ended::Link(cause)),
        Notice::Stopped(Stop::ObsEnded(_)) => Some(Ended::ObsEnded),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::obs::{Batch, Cause, ConnectError};

    fn refused() -> Notice {
        Notice::Stopped(Stop::Failed(Arc::new(Cause::from(
            ConnectError::PasswordMissing {
                at: "127.0.0.1:4455".into(),
            },
        ))))
    }

    fn endless(reading: &CancellationToken) -> JoinHandle<Result<(), Error>> {
        let reading = reading.clone();
        tokio::spawn(async move {
            reading.cancelled().await;
            Ok(())
        })
    }

    #[tokio::test]
    async fn a_refused_password_ends_the_reading() {
        let (link, mut from_obs) = mpsc::channel(4);
        let (mut notices, reading) = (VecDeque::new(), CancellationToken::new());
        link.send(refused()).await.unwrap();
        beside(endless(&reading), &mut from_obs, &mut notices, &reading)
            .await
            .unwrap();
        assert!(matches!(
            notices.pop_back().and_then(failure),
            Some(Ended::Link(_))
        ));
    }

    #[tokio::test]
    async fn a_link_that_breaks_leaves_nobody_reading_the_store() {
        let (link, mut from_obs) = mpsc::channel::<Notice>(4);
        let (mut notices, reading) = (VecDeque::new(), CancellationToken::new());
        drop(link);
        let store = Arc::new(());
        let (held, stopped) = (Arc::clone(&store), reading.clone());
        let reader = tokio::spawn(async move {
            stopped.cancelled().await;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            Ok(held)
        });
        let read = beside(reader, &mut from_obs, &mut notices, &reading).await;
        assert!(matches!(read, Err(Error::Broken("the link to OBS"))));
        assert_eq!(Arc::strong_count(&store), 1);
    }

    #[tokio::test]
    async fn what_was_received_before_the_link_ended_is_read_for() {
        let (link, mut from_obs) = mpsc::channel(4);
        let (mut notices, reading) = (VecDeque::new(), CancellationToken::new());
        link.send(Notice::Received(Batch::default())).await.unwrap();
        link.send(refused()).await.unwrap();
        let reader = tokio::spawn(async move {
            link.closed().await;
            Ok(())
        });
        let late = tokio::time::timeout(
            std::time::Duration::from_millis(50),
            beside(reader, &mut from_obs, &mut notices, &reading),
        );
        assert!(late.await.is_err(), "it waits for the reader");
        assert!(!reading.is_cancelled());
        assert_eq!(notices.len(), 2);
    }

    #[tokio::test]
    async fn the_link_is_held_back_at_a_bound() {
        let (link, mut from_obs) = mpsc::channel(NOTICES * 2);
        let (mut notices, reading) = (VecDeque::new(), CancellationToken::new());
        for _ in 0..NOTICES * 2 {
            link.send(Notice::Received(Batch::default())).await.unwrap();
        }
        let late = tokio::time::timeout(
            std::time::Duration::from_millis(50),
            beside(endless(&reading), &mut from_obs, &mut notices, &reading),
        );
        assert!(late.await.is_err());
        assert_eq!((notices.len(), from_obs.len()), (NOTICES, NOTICES));
    }

    #[tokio::test]
    async fn a_stop_ends_the_reading() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        drop(Store::open(&path).unwrap());
        let journal = Store::lock(&path).unwrap();
        let fill = rusqlite::Connection::open(&path).unwrap();
        fill.execute_batch(
            "INSERT INTO session VALUES (1, 0, NULL, 'first');
             INSERT INTO journal VALUES (1, 1, 0, 'heard', 'FOLLOW', 'a', '{}'), (2, 1, 0, \
             'heard', 'FOLLOW', 'b', '{}');",
        )
        .unwrap();
        drop(fill);
        let (stop, (_link, mut from_obs)) = (CancellationToken::new(), mpsc::channel(4));
        stop.cancel();
        let settings = super::super::settings::of(&crate::config::Config::default(), false);
        let ended = read(
            journal,
            settings,
            (false, Autostart::Unknown),
            super::super::Clock::new().now(),
            &mut from_obs,
            &stop,
        )
        .await;
        assert!(matches!(ended, Err(Ok(Ended::Stopped))));
        Store::open(&path).expect("the store was let go");
    }
}
