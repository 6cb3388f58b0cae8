//! Picks the events for `wait` and `exec`, and returns each of them once, even if OBS sends it
//! several times.

use jiff::Timestamp;
use serde_json::Value;
use twitchat_bridge::config::Config;
use twitchat_bridge::obs::Obs;

use super::decode::{Decoder, From, Line};
use super::filter::Filter;
use super::kinds;
use super::subscription::Subscription;
use crate::cli::receiving::News;

pub(crate) const HELP: &str = "The command needs no bridge: it decodes the messages of Twitchat \
    and of other programs \
    itself. Only Credits.*, Raw.* and Custom.* come from a bridge; if you name them, the command \
    subscribes to them.";

#[derive(Debug)]
pub(crate) struct Picker {
    decoder: Decoder,
    filter: Filter,
    subscription: Option<Subscription>,
}

impl Picker {
    /// `verb` becomes part of the client's name at the bridge.
    pub(crate) fn new(config: &Config, verb: &str, filter: Filter, obs: Obs) -> Self {
        let subscription = Subscription::to(filter.kinds(), verb, obs);
        Self {
            decoder: Decoder::of(config).without_repeats(),
            filter,
            subscription,
        }
    }

    pub(crate) fn take(&mut self, news: &News, now: Timestamp) -> Vec<Line> {
        let lines = self.decoder.take(news, now);
        if let Some(subscription) = &mut self.subscription {
            subscription.take(news, &lines, now);
        }
        lines
            .into_iter()
            .filter_map(unless_decoded_here)
            .filter(|line| self.filter.wants(line))
            .collect()
    }

    pub(crate) async fn finish(self) {
        if let Some(subscription) = self.subscription {
            subscription.end().await;
        }
    }
}

/// Drops an event of a bridge if the verb decodes the same event itself. Otherwise returns the
/// event's data without the envelope.
fn unless_decoded_here(mut line: Line) -> Option<Line> {
    if line.from == From::Bridge && line.data.get("event").is_some() {
        let (source, _) = line.name.split_once('.')?;
        if !kinds::is_of_bridge(source) {
            return None;
        }
        line.data = line
            .data
            .get_mut("data")
            .map(Value::take)
            .unwrap_or_default();
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(name: &str, from: From, data: Value) -> Line {
        Line {
            at: Timestamp::UNIX_EPOCH,
            from,
            name: name.into(),
            id: Value::Null,
            data,
            counterpart: Value::Null,
            replay: false,
        }
    }

    #[test]
    fn events_of_a_bridge_count_only_if_nothing_else_emits_them() {
        let emitted = |name: &str| {
            let data = json!({ "origin": "twitchat-bridge", "event": {}, "data": { "a": 1 } });
            unless_decoded_here(line(name, From::Bridge, data)).map(|line| line.data)
        };
        assert_eq!(emitted("Twitch.Follow"), None);
        assert_eq!(emitted("Credits.Completed"), Some(json!({ "a": 1 })));
        let mapped = line("Twitch.Follow", From::Mapped, json!({}));
        assert_eq!(unless_decoded_here(mapped.clone()), Some(mapped));
        let reply = line("Bridge.Reply", From::Bridge, json!({ "status": "ok" }));
        assert_eq!(unless_decoded_here(reply.clone()), Some(reply));
    }
}
