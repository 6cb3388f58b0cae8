//! Permissions of files.

use std::{
    fs::{self, OpenOptions},
    io,
    path::Path,
};

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

/// Whether the group or all users may read the file. Always `false` on Windows.
///
/// # Errors
///
/// Fails if the file does not exist, or if its folder cannot be searched.
pub fn readable_by_others(path: &Path) -> io::Result<bool> {
    let permissions = fs::metadata(path)?.permissions();
    #[cfg(unix)]
    return Ok(std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o044 != 0);
    #[cfg(not(unix))]
    {
        drop(permissions);
        Ok(false)
    }
}
