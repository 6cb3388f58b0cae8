//! The environment of a verb: its options, and the config of this machine, which is read when a
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

/// The most bytes that are read from standard input as a password.
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

    /// The config. Notes about it are written to standard error.
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

    /// How the config is read again: with the same options, and with the same password from
    /// standard input.
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

    /// The config, with notes about its rules as well.
    pub(crate) fn config_of_rules(&self) -> anyhow::Result<Config> {
        let config = self.config()?;
        machine::rule_notes(&config).for_each(|note| out::warn(&note));
        Ok(config)
    }

    /// The OBS to connect to.
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
    /// runs, the answer is read from the journal, which is not changed.
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
    /// bridge runs, the journal is changed here.
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

    /// Makes one request to the bridge. If no bridge runs, `otherwise` answers it from the journal,
    /// or not at all. `done` is the verb of the note about the journal.
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
        out::note(format_args!("no bridge answers: {done} {path}"));
        Ok(fields)
    }
}

/// Whether the error is that no bridge is there to answer.
fn has_no_bridge(error: &client::Error) -> bool {
    match error {
        client::Error::NoReply { .. } => true,
        client::Error::Connect(cause) | client::Error::Disconnected(cause) => {
            cause.kind() == ConnectionErrorKind::Unreachable
        }
        _ => false,
    }
}

/// The first line of standard input.
fn read_password() -> io::Result<SecretString> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password("Password of OBS: ").map(SecretString::from);
    }
    let text = text::read_from(io::stdin().take(LONGEST_PASSWORD))?;
    Ok(text.lines().next().unwrap_or_default().into())
}
