//! Events of other services, in the services' own shapes: what is published, and what the credits and the roll show of it.

use crate::support::{Bridge, Site, check_case, on_both};

on_both!(
    tipeeestream_names_the_donor_and_not_the_channel,
    an_anonymous_gift_on_kick_counts,
    a_retry_of_ko_fi_changes_nothing,
    declined_and_fraudulent_pledges_are_not_thanked,
    a_gift_bomb_counts_once_in_any_order,
    what_a_guest_of_a_shared_chat_receives_is_not_ours,
    an_order_has_its_total_and_what_was_bought,
);

async fn tipeeestream_names_the_donor_and_not_the_channel(site: Site) {
    check(&site, "P1-tipeee-socket").await;
}

async fn an_anonymous_gift_on_kick_counts(site: Site) {
    check(&site, "P2-kick-gifts").await;
}

async fn a_retry_of_ko_fi_changes_nothing(site: Site) {
    check(&site, "P3-kofi-retry").await;
}

async fn declined_and_fraudulent_pledges_are_not_thanked(site: Site) {
    check(&site, "P4-patreon").await;
}

async fn a_gift_bomb_counts_once_in_any_order(site: Site) {
    check(&site, "P5-bomb-first-shape").await;
}

async fn what_a_guest_of_a_shared_chat_receives_is_not_ours(site: Site) {
    check(&site, "P6-shared-chat").await;
}

async fn an_order_has_its_total_and_what_was_bought(site: Site) {
    check(&site, "P7-fourthwall").await;
}

/// A fresh bridge and a case's requests.
async fn check(site: &Site, name: &str) {
    let bridge = Bridge::on(site).await;
    check_case(site, name).await;
    bridge.stop().await;
}
