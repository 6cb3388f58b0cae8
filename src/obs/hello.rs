//! obs-websocket's greeting and login, as texts. Does no I/O. Used by `event_connection`.

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The protocol version that this program uses.
const RPC_VERSION: u32 = 1;
/// The version in OBS 30.2. obws requires the same version.
const OLDEST_OBS_WEBSOCKET: (u32, u32) = (5, 5);

const HELLO: u8 = 0;
const IDENTIFY: u8 = 1;
const IDENTIFIED: u8 = 2;
const REIDENTIFY: u8 = 3;
const EVENT: u8 = 5;

#[derive(Deserialize)]
struct Incoming<D> {
    op: u8,
    d: D,
}

#[derive(Serialize)]
struct Outgoing<D> {
    op: u8,
    d: D,
}

/// The first message of OBS.
#[doc(alias = "Hello")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Greeting {
    obs_web_socket_version: String,
    #[serde(default)]
    obs_studio_version: Option<String>,
    #[serde(default)]
    authentication: Option<Challenge>,
}

#[derive(Debug, Deserialize)]
struct Challenge {
    challenge: String,
    salt: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identify {
    rpc_version: u32,
    event_subscriptions: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reidentify {
    event_subscriptions: u32,
}

/// The message that changes the categories of events of a session.
pub(super) fn reidentify(event_subscriptions: u32) -> String {
    let reidentify = Outgoing {
        op: REIDENTIFY,
        d: Reidentify {
            event_subscriptions,
        },
    };
    // Serialising a number cannot fail.
    serde_json::to_string(&reidentify).unwrap_or_default()
}

/// The error if OBS requires a password and none is set.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PasswordNeeded;

impl Greeting {
    /// Reads obs-websocket's Hello. `None` if the text is anything else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let hello: Incoming<Self> = serde_json::from_str(text).ok()?;
        (hello.op == HELLO).then_some(hello.d)
    }

    /// Returns the version if it is too old. A version that cannot be read is accepted, because
    /// `request_connection` checks it again.
    pub(super) fn too_old(&self) -> Option<String> {
        let mut parts = self.obs_web_socket_version.split('.').map(str::parse);
        let (Some(Ok(major)), Some(Ok(minor))) = (parts.next(), parts.next()) else {
            return None;
        };
        ((major, minor) < OLDEST_OBS_WEBSOCKET).then(|| match &self.obs_studio_version {
            Some(scenes) => format!(
                "OBS {scenes} with obs-websocket {}",
                self.obs_web_socket_version
            ),
            None => format!("obs-websocket {}", self.obs_web_socket_version),
        })
    }

    /// The reply to Hello, which logs in and subscribes to these categories of events.
    pub(super) fn identify(
        &self,
        password: Option<&SecretString>,
        event_subscriptions: u32,
    ) -> Result<String, PasswordNeeded> {
        let authentication = match (&self.authentication, password) {
            (None, _) => None,
            (Some(_), None) => return Err(PasswordNeeded),
            (Some(challenge), Some(password)) => Some(challenge.answer(password)),
        };
        let identify = Outgoing {
            op: IDENTIFY,
            d: Identify {
                rpc_version: RPC_VERSION,
                event_subscriptions,
                authentication,
            },
        };
        // Serialising strings and numbers cannot fail.
        Ok(serde_json::to_string(&identify).unwrap_or_default())
    }
}

impl Challenge {
    /// Returns base64(sha256(base64(sha256(password + salt)) + challenge)), which obs-websocket's
    /// protocol document defines.
    fn answer(&self, password: &SecretString) -> String {
        let secret = STANDARD.encode(
            Sha256::new()
                .chain_update(password.expose_secret())
                .chain_update(&self.salt)
                .finalize(),
        );
        STANDARD.encode(
            Sha256::new()
                .chain_update(secret)
                .chain_update(&self.challenge)
                .finalize(),
        )
    }
}

/// A message that OBS may send after Identify.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Login {
    /// The login has succeeded.
    Identified,
    /// An event that came before Identified.
    Event,
}

impl Login {
    /// `None` if the text is anything else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let message: Incoming<serde::de::IgnoredAny> = serde_json::from_str(text).ok()?;
        match message.op {
            IDENTIFIED => Some(Self::Identified),
            EVENT => Some(Self::Event),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITH_PASSWORD: &str = r#"{"d":{"authentication":{
        "challenge":"+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY=",
        "salt":"lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI="},"obsWebSocketVersion":"5.5.2",
            "rpcVersion":1},"op":0}"#;

    /// The challenge, the salt and the answer come from the example in obs-websocket's protocol
    /// document.
    #[test]
    fn answers_the_challenge_of_the_protocol_document() {
        let greeting = Greeting::read(WITH_PASSWORD).unwrap();
        let identify = greeting
            .identify(Some(&SecretString::from("supersecretpassword")), 1)
            .unwrap();
        assert_eq!(
            identify,
            concat!(
                r#"{"op":1,"d":{"rpcVersion":1,"eventSubscriptions":1,"#,
                r#""authentication":"1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4="}}"#
            )
        );
        assert_eq!(greeting.identify(None, 1), Err(PasswordNeeded));
    }

    #[test]
    fn sends_no_password_where_none_is_asked_for() {
        let greeting =
            Greeting::read(r#"{"op":0,"d":{"obsWebSocketVersion":"5.5.2","rpcVersion":1}}"#)
                .unwrap();
        let identify = greeting
            .identify(Some(&SecretString::from("x")), 1)
            .unwrap();
        assert_eq!(
            identify,
            r#"{"op":1,"d":{"rpcVersion":1,"eventSubscriptions":1}}"#
        );
    }

    #[test]
    fn asks_for_other_events_in_the_documented_form() {
        assert_eq!(
            reidentify(513),
            r#"{"op":3,"d":{"eventSubscriptions":513}}"#
        );
    }

    #[test]
    fn other_greetings_are_none() {
        for text in [
            "",
            "hello",
            r#"{"request":"Hello"}"#,
            r#"{"op":2,"d":{"obsWebSocketVersion":"5.5.2"}}"#,
            r#"{"op":0,"d":null}"#,
        ] {
            assert!(Greeting::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn old_versions_are_named() {
        let old = |version: &str| {
            Greeting::read(&format!(
                r#"{{"op":0,"d":{{"obsWebSocketVersion":"{version}"}}}}"#
            ))
            .unwrap()
            .too_old()
        };
        assert_eq!(
            ["5.4.9", "5.5.0", "5.10.1", "6.0", "strange"].map(old),
            [
                Some("obs-websocket 5.4.9".to_owned()),
                None,
                None,
                None,
                None
            ]
        );
    }

    #[test]
    fn knows_when_it_is_let_in() {
        assert_eq!(
            Login::read(r#"{"d":{"negotiatedRpcVersion":1},"op":2}"#),
            Some(Login::Identified)
        );
        assert_eq!(
            Login::read(r#"{"d":{"eventIntent":1,"eventType":"CustomEvent"},"op":5}"#),
            Some(Login::Event)
        );
        assert_eq!(Login::read(WITH_PASSWORD), None);
        assert_eq!(Login::read("{"), None);
    }
}
