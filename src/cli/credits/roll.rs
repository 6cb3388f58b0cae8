//! `credits roll` and `credits test`: roll the credits, or a test audience, on the end-credits
//! page.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use twitchat_bridge::client::Client;
use twitchat_bridge::credits::roll::Reason;
use twitchat_bridge::request::SessionQuery;

use crate::cli::candidates;
use crate::cli::client::{self, Timeout};
use crate::cli::context::Context;
use crate::cli::number;
use crate::cli::out;
use crate::cli::sessions;

const ROLL_EXAMPLES: &str = "Examples:
  twitchat-bridge credits roll
  twitchat-bridge credits roll --seconds 90 --theme neon
  twitchat-bridge credits roll --mode slides --loop
  twitchat-bridge credits roll --session last";

const TEST_EXAMPLES: &str = "Examples:
  twitchat-bridge credits test
  twitchat-bridge credits test --names 800 --seed 7
  twitchat-bridge credits test --rtl --emoji --theme paper";

/// Roll the credits on the end-credits page
#[derive(Debug, clap::Args)]
#[command(after_help = ROLL_EXAMPLES)]
pub(super) struct Args {
    /// Roll the credits of another session: a number, `last`, `yesterday` or a date
    #[arg(long, value_name = "SESSION", value_parser = sessions::read,
        allow_negative_numbers = true)]
    session: Option<SessionQuery>,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    timeout: Timeout,
}

/// Roll test credits on the end-credits page; nothing that is stored changes
///
/// Every kind of section has somebody, in the shares of a stream. Without options these are people
/// that the bridge has seen, at most 120. With any of the options from --names to --mixed-currency,
/// or if the bridge has seen nobody, it is a made-up audience, the same for the same seed.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, clap::Args)]
#[command(after_help = TEST_EXAMPLES)]
pub(super) struct TestArgs {
    /// Show this many people (120 if any of the options below is given)
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1..=50_000),
        allow_negative_numbers = true)]
    names: Option<u32>,
    /// Make the audience from this number; another number makes other people
    #[arg(long, value_name = "N", value_parser = number::whole::<u64>(0..=u64::MAX),
        allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Include names of 25 characters, the longest that Twitch allows
    #[arg(long)]
    long: bool,
    /// Include many names that run from right to left
    #[arg(long)]
    rtl: bool,
    /// Include many names with emoji
    #[arg(long)]
    emoji: bool,
    /// Include tips in several currencies
    #[arg(long)]
    mixed_currency: bool,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    timeout: Timeout,
}

/// Settings for this roll only, which replace those in the config file.
#[derive(Debug, clap::Args)]
struct LookArgs {
    /// Roll for this many seconds in all; `auto` takes 60 to 180, or as many as reading needs
    #[arg(long, value_name = "N", value_parser = seconds, allow_negative_numbers = true)]
    seconds: Option<Value>,
    /// Scroll this many pixels per second, on a picture that is 1,080 high
    #[arg(long, value_name = "N", value_parser = number::any, allow_negative_numbers = true)]
    speed: Option<f64>,
    /// Wait this many seconds before moving
    #[arg(long, value_name = "N", value_parser = number::any, allow_negative_numbers = true)]
    delay: Option<f64>,
    /// Scroll, or show slides
    #[arg(long, value_enum)]
    mode: Option<Mode>,
    /// Use this theme
    #[arg(long, value_name = "NAME", add = candidates::themes())]
    theme: Option<String>,
    /// Begin again at the end
    #[arg(long = "loop")]
    repeats: bool,
}

/// A number of seconds, or `auto`.
fn seconds(text: &str) -> Result<Value, String> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(text.into());
    }
    number::any(text)
        .map(Value::from)
        .map_err(|_| "it must be a number, such as 2 or 0.5, or auto".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Scroll,
    Slides,
}

impl LookArgs {
    fn options(&self) -> Map<String, Value> {
        let mode = self.mode.map(|mode| {
            if mode == Mode::Slides {
                "slides"
            } else {
                "scroll"
            }
        });
        let fields = [
            ("seconds", self.seconds.clone()),
            ("speed", self.speed.map(Value::from)),
            ("delay", self.delay.map(Value::from)),
            ("mode", mode.map(Value::from)),
            ("theme", self.theme.as_deref().map(Value::from)),
            ("loop", self.repeats.then_some(Value::Bool(true))),
        ];
        fields
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect()
    }
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let mut options = self.look.options();
        if let Some(session) = self.session {
            options.insert("session".into(), session.to_string().into());
        }
        roll(options, self.timeout, context).await
    }
}

impl TestArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let mut options = self.look.options();
        options.insert("test".into(), true.into());
        let flags = [
            ("long", self.long),
            ("rtl", self.rtl),
            ("emoji", self.emoji),
            ("mixedCurrency", self.mixed_currency),
        ];
        if self.names.is_some() || self.seed.is_some() || flags.iter().any(|(_, is)| *is) {
            let numbers = [("names", self.names.map(u64::from)), ("seed", self.seed)];
            let mut audience: Map<_, _> = numbers
                .into_iter()
                .filter_map(|(key, number)| Some((key.to_owned(), number?.into())))
                .collect();
            audience.extend(
                flags
                    .into_iter()
                    .map(|(key, is)| (key.to_owned(), Value::Bool(is))),
            );
            options.insert("testAudience".into(), audience.into());
        }
        roll(options, self.timeout, context).await
    }
}

/// Starts the roll and prints its id. Notes are written to standard error.
async fn roll(
    options: Map<String, Value>,
    timeout: Timeout,
    context: &Context,
) -> anyhow::Result<ExitCode> {
    let is_test = options.get("test") == Some(&Value::Bool(true));
    let client = context.client(timeout).await?;
    let reply = client::request(&client, "RollCredits", options).await?;
    let roll = reply.get("roll").cloned().unwrap_or_default();
    let warnings = reply.get("warnings").and_then(Value::as_array);
    warnings
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .for_each(out::warn);
    out::line(roll.as_str().unwrap_or_default())?;
    if reply.get("state") == Some(&json!("preparing")) {
        out::note("asking Twitchat for missed events; the credits roll afterwards");
    }
    let no_page = reply.get("pages") == Some(&json!(0));
    if no_page && reply.get("shown") == Some(&json!(false)) {
        out::warn(
            "no page is there to show them: `overlay install` puts one into OBS, `overlay open` \
                opens it in a browser",
        );
    }
    if is_test {
        let status = if no_page {
            client::request(&client, "GetStatus", Map::new()).await?
        } else {
            warn_of(&roll, &client).await?
        };
        explain_length(&roll, &status);
    }
    Ok(ExitCode::SUCCESS)
}

/// How long to wait for the warnings of the page, which reports them when it has laid out the roll.
const LAID_OUT_WITHIN: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Prints the warnings of the pages. Returns the last status.
async fn warn_of(roll: &Value, client: &Client) -> anyhow::Result<Map<String, Value>> {
    let until = Instant::now() + LAID_OUT_WITHIN;
    let mut said = BTreeSet::new();
    let mut status = Map::new();
    while Instant::now() < until {
        tokio::time::sleep(LOOK_EVERY).await;
        status = client::request(client, "GetStatus", Map::new()).await?;
        let pages = status
            .get("overlay")
            .and_then(|overlay| overlay.get("pages"))
            .and_then(Value::as_array);
        let ours = pages
            .into_iter()
            .flatten()
            .filter(|page| page.get("roll") == Some(roll));
        for warning in ours
            .filter_map(|page| page.get("warnings").and_then(Value::as_array))
            .flatten()
            .filter_map(Value::as_str)
        {
            if said.insert(warning.to_owned()) {
                out::warn(warning);
            }
        }
    }
    Ok(status)
}

/// Prints how long the roll takes, and why.
fn explain_length(roll: &Value, status: &Map<String, Value>) {
    let shown = status
        .get("overlay")
        .and_then(|overlay| overlay.get("roll"))
        .filter(|shown| shown.get("id") == Some(roll));
    let Some(shown) = shown else {
        return;
    };
    if let Some(why) = shown.get("noMusic").and_then(Value::as_str) {
        out::warn(&format!("the length of the music is unknown: {why}"));
    }
    let seconds = shown.get("seconds").and_then(Value::as_f64);
    let pace = shown.get("pace").and_then(Value::as_str).and_then(reason);
    if let (Some(seconds), Some(reason)) = (seconds, pace) {
        out::note(format!("the credits take {seconds:.0} s: {reason}"));
    }
}

/// The sentence for the reason of a roll's length. `None` if a later bridge has another reason.
fn reason(pace: &str) -> Option<&'static str> {
    Some(match pace.parse::<Reason>().ok()? {
        Reason::Seconds => "the setting `seconds` or an option decides",
        Reason::Speed => "the setting `speed` or an option decides",
        Reason::SlideSeconds => "the setting `slide_seconds` decides",
        Reason::Music => "as long as the music",
        Reason::Usual => "seconds = \"auto\", at the usual speed",
        Reason::Shortest => "seconds = \"auto\", and 60 s is the shortest",
        Reason::Longest => "seconds = \"auto\", and 180 s is the longest",
        Reason::Readable => {
            "seconds = \"auto\", so that each name can be read for `minimum_seconds`"
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_of_a_length_has_a_sentence() {
        let words = [
            "seconds",
            "speed",
            "slide_seconds",
            "music",
            "usual",
            "shortest",
            "longest",
            "readable",
        ];
        assert!(words.iter().all(|word| reason(word).is_some()));
        assert_eq!(reason("later"), None);
    }

    #[test]
    fn a_length_is_a_number_or_auto() {
        assert_eq!(seconds("90"), Ok(json!(90.0)));
        assert_eq!(seconds("auto"), Ok(json!("auto")));
        assert_eq!(
            seconds("long"),
            Err("it must be a number, such as 2 or 0.5, or auto".to_owned())
        );
    }
}
