//! The version of the operating system, which the bridge reports.

/// For Unix: the version of the kernel, or an empty text if it is not known.
#[cfg(unix)]
pub(super) fn version() -> Box<str> {
    let system = rustix::system::uname();
    system.release().to_string_lossy().into()
}

/// For Windows: the version, or an empty text if it is not known.
#[cfg(not(unix))]
pub(super) fn version() -> Box<str> {
    let output = std::process::Command::new("cmd")
        .args(["/c", "ver"])
        .output();
    output
        .ok()
        .and_then(|output| windows_version(&String::from_utf8_lossy(&output.stdout)))
        .unwrap_or_default()
}

/// The number in `Microsoft Windows [Version 10.0.22631.4460]`, in any language.
#[cfg(any(not(unix), test))]
fn windows_version(output: &str) -> Option<Box<str>> {
    let (_, rest) = output.split_once('[')?;
    let (inner, _) = rest.split_once(']')?;
    inner.split_whitespace().next_back().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_begins_with_a_number() {
        let version = version();
        assert!(
            version.starts_with(|c: char| c.is_ascii_digit()),
            "{version}"
        );
    }

    #[test]
    fn the_version_of_windows_is_read_from_brackets() {
        assert_eq!(
            windows_version("\r\nMicrosoft Windows [Version 10.0.22631.4460]\r\n").as_deref(),
            Some("10.0.22631.4460")
        );
        assert_eq!(windows_version("?"), None);
    }
}
