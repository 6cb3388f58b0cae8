//! Addresses in place of a host: `wss://relay.example/obs/ws/ID`, or the form in which OBS's "Show
//! Connect Info" shows its settings, `obsws://192.168.0.20:4455/PASSWORD`. An address stands for
//! several settings. Errors do not quote an address, because it may hold a password.

use super::ConfigError;
use super::keys::{self, PASSWORD};
use super::sources::GivenSetting;
use crate::input::{Cause, Content, Node, Problem};

pub(super) const HOST: &str = "obs.host";
pub(super) const PORT: &str = "obs.port";
pub(super) const TLS: &str = "obs.tls";
pub(super) const PATH: &str = "obs.path";
/// The settings besides the host that an address may contain.
pub(super) const REST: [&str; 4] = [PORT, TLS, PATH, PASSWORD];

const ALLOWED: &str = "a host name, an IP address, or an address such as \"ws://host:4455\", \
    \"wss://host/path\" or \"obsws://host:4455/password\"";
/// The port of a `wss` address without a port.
const WSS_PORT: &str = "443";

#[derive(Debug, PartialEq, Eq)]
struct Address {
    host: String,
    port: Option<String>,
    tls: bool,
    path: Option<String>,
    password: Option<String>,
}

/// Replaces the addresses among the settings of one source by the settings that they contain.
pub(super) fn expand(entries: Vec<GivenSetting>) -> Result<Vec<GivenSetting>, ConfigError> {
    let given: Vec<_> = entries.iter().map(|entry| entry.key.name).collect();
    let mut expanded = Vec::with_capacity(entries.len());
    for entry in entries {
        match &entry.node.content {
            Content::Text(text) | Content::Loose(text)
                if entry.key.name == HOST && (text.contains("://") || text.contains('@')) =>
            {
                let address = read(text).ok_or_else(|| refused(&entry))?;
                expanded.extend(settings(address, &entry, &given));
            }
            _ => expanded.push(entry),
        }
    }
    Ok(expanded)
}

/// The settings in an address. A separate setting of the same source takes precedence, except for
/// the password: both are kept, so that two passwords are an error.
fn settings<'a>(
    address: Address,
    entry: &'a GivenSetting,
    given: &'a [&'static str],
) -> impl Iterator<Item = GivenSetting> + use<'a> {
    let Address {
        host,
        port,
        tls,
        path,
        password,
    } = address;
    let text = |text: Option<String>| text.map(Content::Loose);
    let settings = [
        (HOST, Some(Content::Loose(host))),
        (PORT, text(port)),
        (TLS, Some(Content::Bool(tls))),
        (PATH, text(path)),
        (PASSWORD, text(password)),
    ];
    let is_free = |name| name == HOST || name == PASSWORD || !given.contains(&name);
    settings.into_iter().filter_map(move |(name, content)| {
        let content = content.filter(|_| is_free(name))?;
        Some(GivenSetting {
            key: keys::find(name)?,
            node: Node {
                spot: entry.node.spot,
                content,
            },
            origin: entry.origin.clone(),
        })
    })
}

fn refused(entry: &GivenSetting) -> ConfigError {
    let cause = Cause::Value {
        allowed: ALLOWED.into(),
        found: String::new(),
    };
    ConfigError::of(
        Problem::new(entry.node.spot, HOST, cause),
        entry.origin.clone(),
    )
}

fn read(text: &str) -> Option<Address> {
    let (scheme, rest) = text.split_once("://")?;
    let (place, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at_checked(at)?,
        None => (rest, ""),
    };
    // Neither OBS nor a relay knows a user name before the host.
    let (host, port) = split_port(place).filter(|_| !place.contains('@'))?;
    // A port that is not a number is refused. It may be a part of a password.
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return None;
    }
    let address = |tls, port: Option<String>, path: &str| Address {
        host: host.to_owned(),
        port,
        tls,
        path: Some(path.trim_end_matches('/'))
            .filter(|path| !path.is_empty())
            .map(Into::into),
        password: None,
    };
    let port = port.map(Into::into);
    match scheme.to_ascii_lowercase().as_str() {
        "ws" => Some(address(false, port, path)),
        "wss" => Some(address(true, port.or(Some(WSS_PORT.into())), path)),
        "obsws" => Some(Address {
            password: Some(decode(path.strip_prefix('/').unwrap_or(path))?)
                .filter(|password| !password.is_empty()),
            ..address(false, port, "")
        }),
        _ => None,
    }
}

/// Splits host and port. The host of an IPv6 address is in brackets. `None` if the host is empty.
fn split_port(place: &str) -> Option<(&str, Option<&str>)> {
    let end_of_host = place.rfind(']').map_or(0, |end| end + 1);
    let colon = place
        .get(end_of_host..)?
        .find(':')
        .map(|at| at + end_of_host);
    let (host, port) = match colon {
        Some(at) => (place.get(..at)?, Some(place.get(at + 1..)?)),
        None => (place, None),
    };
    (!host.is_empty()).then_some((host, port))
}

/// Decodes percent encoding, which OBS uses for the password. `None` if the result is not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let encoded = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(encoded.unwrap_or(*first));
        let taken = if encoded.is_some() { 2 } else { 0 };
        rest = after.get(taken..).unwrap_or_default();
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        let Address {
            host,
            port,
            tls,
            path,
            password,
        } = read(text)?;
        let text = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        Some(format!(
            "{host} {} {tls} {} {}",
            text(port),
            text(path),
            text(password)
        ))
    }

    #[test]
    fn addresses_are_taken_apart() {
        let cases = [
            ("ws://obs", "obs - false - -"),
            ("ws://obs:4466/", "obs 4466 false - -"),
            (
                "WS://127.0.0.1:4466/a/b?c=d",
                "127.0.0.1 4466 false /a/b?c=d -",
            ),
            (
                "wss://relay.example/obs/ws/ID",
                "relay.example 443 true /obs/ws/ID -",
            ),
            ("wss://[fe80::2]:8443", "[fe80::2] 8443 true - -"),
            (
                "obsws://localhost:4455/s3cret",
                "localhost 4455 false - s3cret",
            ),
            ("obsws://localhost", "localhost - false - -"),
            ("obsws://[::1]:4455/%C3%BC%2F%25", "[::1] 4455 false - ü/%"),
            ("obsws://pc/100%", "pc - false - 100%"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        for text in [
            "http://obs",
            "ws://",
            "obsws:///s3cret",
            "ws://me:s3cret@obs",
            "me@obs",
            "obsws://obs:s3cret",
            "ws://obs:",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }
}
