//! The context of a verb: its options, and the config of this machine. The config is read when a
//! verb needs it.

use std::io::{self, IsTerminal, Read};
use std::sync::Arc;

use anyhow::Context as _;
use secrecy::SecretString;
use serde_json::{Map, Value};
use twitchat_bridge::client::{Client, ConnectionErrorKind};
use twitchat_bridge::config::{Config, Flags};
use twitchat_bridge::daemon::{Reloading, archives, machine};
use twitchat_bridge::files::text;
use twitchat_bridge::obs::Target;
use twitchat_bridge::request::{self, Call, RequestError};

use super::client::{self, Timeout};
use super::log_line;
use super::options::Options;
use super::out;

/// The limit on the bytes of a password on standard input.
const LONGEST_PASSWORD: u64 = 4_096;

/// The arguments of every verb.
#[derive(Debug)]
pub(crate) struct Context {
    password_stdin: bool,
    flags: Flags,
}

impl Context {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            password_stdin: options.password_stdin(),
            flags: options.into_flags(),
        }
    }

    /// The options that are settings, as the user gave them.
    pub(crate) fn flags(&self) -> &Flags {
        &self.flags
    }

    /// Whether standard input is in use because it contains the password.
    pub(crate) fn takes_stdin(&self) -> bool {
        self.password_stdin
    }

    /// Notes about the config are written to standard error.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        let mut flags = self.flags.clone();
        if self.password_stdin {
            flags.password_stdin =
                Some(read_password().context("cannot read the password from standard input")?);
        }
        let (config, notes) = machine::config(flags)?;
        log_line::write_as(config.bridge.log_format);
        for note in notes {
            out::warn(&note);
        }
        Ok(config)
    }

    /// How a running bridge reads the config again: with the same options, and with the same
    /// password from standard input.
    pub(crate) fn reloading(&self, config: &Config) -> Reloading {
        let mut flags = self.flags.clone();
        if self.password_stdin {
            flags.password_stdin.clone_from(&config.obs.password);
        }
        Reloading {
            flags,
            on_config: Arc::new(|config| log_line::write_as(config.bridge.log_format)),
        }
    }

    /// Like [`Self::config`], but also writes notes about the rules.
    pub(crate) fn config_of_rules(&self) -> anyhow::Result<Config> {
        let config = self.config()?;
        machine::rule_notes(&config).for_each(|note| out::warn(&note));
        Ok(config)
    }

    pub(crate) fn target(&self) -> anyhow::Result<Target> {
        Ok(machine::target(&self.config()?)())
    }

    /// A connection to OBS, for requests to the bridge and for actions.
    pub(crate) async fn client(&self, timeout: Timeout) -> anyhow::Result<Client> {
        Ok(client::connect(machine::target(&self.config()?), timeout).await?)
    }

    /// Makes one request to the bridge, on a new connection. Returns the reply with its envelope.
    pub(crate) async fn request(
        &self,
        name: &str,
        fields: Map<String, Value>,
        timeout: Timeout,
    ) -> anyhow::Result<Map<String, Value>> {
        Ok(client::request(&self.client(timeout).await?, name, fields).await?)
    }

    /// Makes one request to the bridge, and returns the reply without its envelope. If no bridge
    /// runs, it reads the answer from the journal, without changing the journal.
    pub(crate) async fn ask_or_read(
        &self,
        name: &str,
        fields: Map<String, Value>,
        timeout: Timeout,
    ) -> anyhow::Result<Map<String, Value>> {
        let read = |config: &Config, call| archives::answer(config, call);
        self.ask_or(name, fields, timeout, "read from", read).await
    }

    /// Asks the bridge for a change of sessions, and returns the reply without its envelope. If no
    /// bridge runs, this changes the journal itself.
    pub(crate) async fn ask_or_change(
        &self,
        name: &str,
        fields: Map<String, Value>,
        timeout: Timeout,
    ) -> anyhow::Result<Map<String, Value>> {
        let change = |config: &Config, call| match call {
            Call::ChangeSessions(command) => Some(archives::change(config, command)),
            _ => None,
        };
        let done = if fields.contains_key("preview") {
            "read from"
        } else {
            "changed in"
        };
        self.ask_or(name, fields, timeout, done, change).await
    }

    /// Makes one request to the bridge. If no bridge runs, `otherwise` may answer it from the
    /// journal. `done` is the verb in the note about the journal.
    async fn ask_or(
        &self,
        name: &str,
        fields: Map<String, Value>,
        timeout: Timeout,
        done: &str,
        otherwise: impl FnOnce(&Config, Call) -> Option<Result<Map<String, Value>, RequestError>>,
    ) -> anyhow::Result<Map<String, Value>> {
        let config = self.config()?;
        let asked = async {
            let client = client::connect(machine::target(&config), timeout).await?;
            client::request(&client, name, fields.clone()).await
        };
        let error = match asked.await {
            Ok(reply) => return Ok(client::answer(reply)),
            Err(error) => error,
        };
        if !has_no_bridge(&error) || !config.store.path.is_file() {
            return Err(error.into());
        }
        let mut request = fields;
        request.insert("request".into(), name.into());
        let call = request::read(&Value::from(request).to_string()).map(|request| request.call);
        let answered = call.transpose()?.and_then(|call| otherwise(&config, call));
        let Some(answered) = answered else {
            return Err(error.into());
        };
        let fields = answered?;
        let path = config.store.path.display();
        out::note(format_args!("no bridge replies: {done} {path}"));
        Ok(fields)
    }
}

/// Whether the error means that no bridge can reply.
fn has_no_bridge(error: &client::Error) -> bool {
    match error {
        client::Error::NoReply { .. } => true,
        client::Error::Connect(cause) | client::Error::Disconnected(cause) => {
            cause.kind() == ConnectionErrorKind::Unreachable
        }
        _ => false,
    }
}

fn read_password() -> io::Result<SecretString> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password("Password of OBS: ").map(SecretString::from);
    }
    let text = text::read_from(io::stdin().take(LONGEST_PASSWORD))?;
    Ok(text.lines().next().unwrap_or_default().into())
}
