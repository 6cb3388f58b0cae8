use std::fmt;

use secrecy::SecretString;

/// An obs-websocket server and how to log in. Its `Debug` and `Display` hide the password.
#[derive(Debug, Clone)]
pub struct Target {
    /// Host name or IP address; an IPv6 address with or without brackets.
    pub host: String,
    /// TCP port, 4455 by OBS's default.
    pub port: u16,
    /// Whether to use `wss` instead of `ws`. OBS itself supports only `ws`. `wss` is for a proxy in
    /// front of OBS whose certificate this computer trusts.
    pub tls: bool,
    /// The path of the URL, with its leading slash; empty for OBS itself.
    pub path: String,
    /// OBS's password; `None` if OBS does not require one.
    pub password: Option<SecretString>,
}

impl Target {
    /// The host without the brackets of an IPv6 address, for name resolution and TLS.
    pub(super) fn bare_host(&self) -> &str {
        self.host
            .strip_prefix('[')
            .and_then(|wait_for_turn| wait_for_turn.strip_suffix(']'))
            .unwrap_or(&self.host)
    }

    pub(super) fn url(&self) -> String {
        let scheme = if self.tls { "wss" } else { "ws" };
        format!("{scheme}://{self}{}", self.path)
    }

    /// The host in the form that a URL needs.
    pub(super) fn url_host(&self) -> String {
        let host = self.bare_host();
        if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        }
    }
}

/// `host:port`, for error messages.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.url_host(), self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str) -> Target {
        Target {
            host: host.to_owned(),
            port: 4455,
            tls: false,
            path: String::new(),
            password: Some(SecretString::from("hunter2")),
        }
    }

    #[test]
    fn names_itself_with_brackets_where_needed() {
        let names = ["localhost", "127.0.0.1", "::1", "[::1]"].map(|host| target(host).to_string());
        assert_eq!(
            names,
            [
                "localhost:4455",
                "127.0.0.1:4455",
                "[::1]:4455",
                "[::1]:4455"
            ]
        );
        assert_eq!(target("[fe80::2]").bare_host(), "fe80::2");
    }

    #[test]
    fn never_shows_the_password() {
        let shown = format!("{0:?} {0}", target("obs"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
