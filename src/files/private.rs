//! Permissions of files that are created.

use std::fs::OpenOptions;

/// Makes files that are created with these options readable only by their owner. Only Unix needs
/// this: on Windows the user's folder is already private.
#[cfg_attr(
    not(unix),
    expect(unused_variables, reason = "only Unix has permission bits")
)]
pub fn owner_only(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}
