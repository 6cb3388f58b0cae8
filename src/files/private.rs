//! Permissions of files that are created.

use std::fs::OpenOptions;

/// Makes files that are created with these options readable only by their owner. Only Unix needs
/// this: elsewhere the user's folder is private already.
#[cfg_attr(
    not(unix),
    expect(unused_variables, reason = "permission bits are a thing of Unix")
)]
pub fn owner_only(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}
