//! The stream of events of one subscription.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::Stream;

use super::{connection::Handle, queue::Queue};

pub use super::event::{Event, Update};
pub use super::typed::{
    ChatMessage, Cheer, Donation, Follow, GiftBomb, GiftSub, Raid, ReSub, Redemption, Reward, Sub,
    Typed, User,
};

/// The events of one subscription, made by [`Client::subscribe`](super::Client::subscribe). The
/// stream ends when the client is closed, or when OBS's user has disconnected it for good.
///
/// Read it with [`next`](Self::next), or as a [`Stream`]. Dropping it ends the subscription. It
/// holds the connection open, even when no [`Client`](super::Client) is left.
#[must_use = "a stream that is not read fills up and drops events"]
pub struct Events {
    queue: Arc<Queue>,
    handle: Handle,
}

impl Events {
    pub(super) fn new(queue: Arc<Queue>, handle: Handle) -> Self {
        Self { queue, handle }
    }

    /// The next update; `None` at the end of the stream. The future may be dropped and the method
    /// called again: nothing is lost.
    pub async fn next(&mut self) -> Option<Update> {
        std::future::poll_fn(|cx| self.queue.poll(cx)).await
    }

    /// The next event. Other updates are dropped, so use this in programs that need not know
    /// whether they missed events.
    ///
    /// ```
    /// use twitchat_bridge::client::{Client, Error};
    ///
    /// async fn print_raids(client: &Client) -> Result<(), Error> {
    ///     let mut raids = client.subscribe(["Twitch.Raid"]).await?;
    ///     while let Some(raid) = raids.next_event().await {
    ///         println!("{}", raid.json());
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub async fn next_event(&mut self) -> Option<Event> {
        loop {
            if let Update::Event(event) = self.next().await? {
                return Some(event);
            }
        }
    }
}

impl Stream for Events {
    type Item = Update;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Update>> {
        self.queue.poll(cx)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.handle.connection.remove_stream(&self.queue);
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("names", &self.queue.names)
            .finish_non_exhaustive()
    }
}
