//! Tests of renamed people, on OBS.

use crate::support::{Bridge, Site, check_case, on_both};

on_both!(a_renamed_resubscriber_without_a_display_name_is_shown_by_the_new_login);

async fn a_renamed_resubscriber_without_a_display_name_is_shown_by_the_new_login(site: Site) {
    let bridge = Bridge::on(&site).await;
    check_case(&site, "A3-renamed-resub-without-display-name").await;
    bridge.stop().await;
}
