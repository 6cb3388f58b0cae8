//! The address of the panel for OBS and for browsers.

use std::path::Path;

use anyhow::Context as _;
use twitchat_bridge::overlay;

/// The address of the panel whose page is this file.
pub(crate) fn url(page: &Path) -> anyhow::Result<String> {
    let page =
        std::path::absolute(page).with_context(|| format!("cannot find {}", page.display()))?;
    Ok(overlay::url(&page))
}
