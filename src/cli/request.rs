//! `request`: sends the bridge any request.

use std::process::ExitCode;

use super::candidates;
use super::client::Timeout;
use super::context::Context;
use super::failure::Failure;
use super::fields::{self, DataFields};
use super::out;

const EXAMPLES: &str = "Examples:
  twitchat-bridge request GetInfo
  twitchat-bridge request GetCredits spelling=current limit:=10
  twitchat-bridge request AddToCredits section=Thanks value='Everybody who helped'
  twitchat-bridge request PublishEvent publish.source=Twitch publish.type=Raid \\
      data.user.name=Anna data.user.id=750146097 data.viewers:=12

All requests and their fields are in docs/bus.md.";

/// Send the bridge a request and print the reply as JSON
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{EXAMPLES}", fields::HELP))]
pub(crate) struct Args {
    /// The request's name, such as `GetCredits`
    #[arg(value_name = "NAME", add = candidates::requests())]
    name: String,
    #[command(flatten)]
    fields: DataFields,
    #[command(flatten)]
    timeout: Timeout,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let fields = self.fields.object(context)?;
        if let Some(key) = ["request", "origin"]
            .into_iter()
            .find(|key| fields.contains_key(*key))
        {
            return Err(Failure::Usage(format!(
                "{key} cannot be a field: it marks the message as a request"
            ))
            .into());
        }
        let reply = context.request(&self.name, fields, self.timeout).await?;
        out::line(serde_json::to_string_pretty(&reply)?)?;
        Ok(ExitCode::SUCCESS)
    }
}
