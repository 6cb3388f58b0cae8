//! Permissions.

use std::fs::OpenOptions;

/// What is made with these options can be read by its owner alone. Elsewhere than on Unix the
/// user's folder is private already.
#[cfg_attr(
    not(unix),
    expect(unused_variables, reason = "permission bits are a thing of Unix")
)]
pub fn owner_only(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}
