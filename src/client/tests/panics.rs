//! A panic in one of the client's tasks is an error for everybody who waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures::StreamExt;

use super::*;
use crate::obs::Target as ObsTarget;

/// One waiter of each kind: for a reply, for an event, and for the loss of the connection.
struct Everybody {
    request: tokio::task::JoinHandle<Result<Reply<requests::Info>, Error>>,
    events: Events,
    client: Client,
}

impl Everybody {
    async fn waits(client: &Client, bridge: &mut Bridge) -> Self {
        let events = subscribe(client, bridge, &["Twitch.Follow"]).await;
        let request = tokio::spawn({
            let client = client.clone();
            async move { client.request(&GetInfo::new()).await }
        });
        bridge.request("GetInfo").await;
        Self {
            request,
            events,
            client: client.clone(),
        }
    }

    /// Checks that all of them, and later callers, get the error that the client has failed.
    async fn get_an_error(mut self) {
        let is_panic = |cause: &ConnectionError| cause.kind() == ConnectionErrorKind::Panicked;
        let mut last = None;
        while let Some(update) = next(&mut self.events).await {
            last = Some(update);
        }
        assert!(
            matches!(&last, Some(Update::Disconnected(cause)) if is_panic(cause)),
            "{last:?}"
        );
        let client = self.client;
        for error in [
            soon("the request", self.request).await.unwrap().err(),
            Some(soon("the cause", client.disconnected()).await),
            soon("a later request", client.request(&GetInfo::new()))
                .await
                .err(),
            soon("a later stream", client.subscribe(["Twitch.Follow"]))
                .await
                .err(),
            soon("an action", client.send(&NamedAction::new("SHOUTOUT")))
                .await
                .err(),
        ] {
            assert!(
                matches!(&error, Some(Error::Disconnected(cause)) if is_panic(cause)),
                "{error:?}"
            );
        }
        soon("the end of the tasks", client.close()).await;
    }
}

/// A reader whose waker panics. The task that adds an update to its stream calls it.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("a waker that panics, for a test");
    }
}

#[tokio::test]
async fn a_panic_while_messages_are_routed_is_an_error_for_all() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    let mut cheers = subscribe(&client, &mut bridge, &["Twitch.Cheer"]).await;
    let waker = Waker::from(Arc::new(Panics));
    let polled = cheers.poll_next_unpin(&mut Context::from_waker(&waker));
    assert!(matches!(polled, Poll::Pending));
    let everybody = Everybody::waits(&client, &mut bridge).await;
    bridge.emit("Twitch", "Cheer").await;
    everybody.get_an_error().await;
    soon("only the bridge is left", obs.until_sessions(2)).await;
}

#[tokio::test]
async fn a_panic_of_the_task_that_keeps_subscriptions_is_an_error_for_all() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    let mut cheers = subscribe(&client, &mut bridge, &["Twitch.Cheer"]).await;
    let everybody = Everybody::waits(&client, &mut bridge).await;
    let mut other = Bridge::on(&obs, "b", 0).await;
    other.hello().await;
    let renewal = other.request("Subscribe").await;
    let started = next(&mut cheers).await;
    assert!(
        matches!(started, Some(Update::BridgeStarted)),
        "{started:?}"
    );
    let waker = Waker::from(Arc::new(Panics));
    let polled = cheers.poll_next_unpin(&mut Context::from_waker(&waker));
    assert!(matches!(polled, Poll::Pending));
    // The task that sent the renewal wakes the reader when it is confirmed.
    other
        .reply(&renewal, json!({ "events": renewal["events"] }))
        .await;
    everybody.get_an_error().await;
    soon("only the bridges are left", obs.until_sessions(4)).await;
}

#[tokio::test]
async fn a_panic_of_the_link_to_obs_is_an_error_for_all() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let (attempts, port) = (AtomicUsize::new(0), obs.port());
    let options = Options::read_from(Arc::new(move || {
        assert!(
            attempts.fetch_add(1, Ordering::Relaxed) == 0,
            "a target that panics at the second attempt, for a test"
        );
        ObsTarget {
            host: "127.0.0.1".into(),
            port,
            tls: false,
            path: String::new(),
            password: Some(PASSWORD.into()),
        }
    }));
    let client = soon("connect", Client::connect(options)).await.unwrap();
    let mut events = subscribe(&client, &mut bridge, &["Twitch.Follow"]).await;
    obs.kill().await;
    let mut last = None;
    while let Some(update) = next(&mut events).await {
        last = Some(update);
    }
    let is_panic = |cause: &ConnectionError| cause.kind() == ConnectionErrorKind::Panicked;
    assert!(
        matches!(&last, Some(Update::Disconnected(cause)) if is_panic(cause)),
        "{last:?}"
    );
    assert!(matches!(client.request(&GetInfo::new()).await,
            Err(Error::Disconnected(cause)) if is_panic(&cause)));
    soon("the end of the tasks", client.close()).await;
}
