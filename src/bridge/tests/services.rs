//! Tests which events count, live and after a restart, if services send them repeatedly, in several
//! states or for other channels.

use super::*;

pub(super) fn publish(bench: &mut Bench, name: &str, data: impl serde::Serialize) -> Value {
    let (source, kind) = name.split_once('.').unwrap();
    let reply = bench.ask(json!({ "request": "PublishEvent", "id": 1,
        "publish": { "source": source, "type": kind }, "data": data }));
    assert_eq!(reply["status"], "ok", "{reply}");
    reply["published"].clone()
}

pub(super) fn list<'a>(credits: &'a Value, section: &str) -> &'a Value {
    &credits["extended"][section]
}

pub(super) fn amount(credits: &Value, section: &str, name: &str) -> Option<u64> {
    list(credits, section)
        .as_array()?
        .iter()
        .find(|line| line["name"] == name)?["amount"]
        .as_u64()
}

fn redemption(status: &str) -> Value {
    json!({ "id": "r-1", "status": status, "reward": { "id": "w", "title": "Hydrate", "cost": 500 },
        "redeemer": { "user_id": 7, "username": "Mia", "channel_slug": "mia" },
            "broadcaster": { "user_id": 333, "username": "Us" } })
}

#[test]
fn a_redemption_counts_once_from_pending_to_accepted_also_after_a_restart() {
    let mut bench = Bench::up();
    assert_eq!(
        publish(&mut bench, "Kick.RewardRedemption", redemption("pending"))["repeat"],
        false
    );
    let mut bench = bench.restarted();
    assert_eq!(
        publish(&mut bench, "Kick.RewardRedemption", redemption("accepted"))["repeat"],
        true
    );
    let credits = bench.credits();
    assert_eq!(amount(&credits, "RewardRedemptions", "Mia"), Some(500));
}

#[test]
fn a_rejected_redemption_is_taken_back_whichever_state_comes_first() {
    let orders: [&[&str]; 4] = [
        &["pending", "rejected"],
        &["rejected", "pending"],
        &["pending", "rejected", "rejected"],
        &["rejected"],
    ];
    for order in orders {
        let mut bench = Bench::up();
        for status in order {
            publish(&mut bench, "Kick.RewardRedemption", redemption(status));
        }
        let credits = bench.credits();
        assert_eq!(list(&credits, "RewardRedemptions"), &json!([]), "{order:?}");
        assert_eq!(credits["TopChannelRewards"], json!([]), "{order:?}");
        assert_eq!(bench.restarted().credits(), credits, "{order:?}");
    }
}

#[test]
fn twitchs_update_of_a_cancelled_redemption_takes_it_back() {
    let mut bench = Bench::up();
    let with = |id: &str, status: &str| {
        json!({ "id": id, "status": status, "user_id": "7",
        "user_login": "mia", "user_name": "Mia", "reward": { "id": "w", "title": "T",
            "cost": 100 } })
    };
    for id in ["a", "b"] {
        publish(
            &mut bench,
            "Twitch.RewardRedemption",
            with(id, "unfulfilled"),
        );
    }
    publish(
        &mut bench,
        "Twitch.RewardRedemptionUpdated",
        with("a", "fulfilled"),
    );
    assert_eq!(
        amount(&bench.credits(), "RewardRedemptions", "Mia"),
        Some(200)
    );
    publish(
        &mut bench,
        "Twitch.RewardRedemptionUpdated",
        with("b", "canceled"),
    );
    let credits = bench.credits();
    assert_eq!(
        (
            amount(&credits, "RewardRedemptions", "Mia"),
            &list(&credits, "RewardRedemptions")[0]["count"]
        ),
        (Some(100), &json!(1))
    );
}

#[test]
fn a_retry_is_a_repeat_after_a_restart_and_with_an_event_id_too() {
    let mut bench = Bench::up();
    let tip = |id: &str| {
        json!({ "message_id": id, "from_name": "Jo", "amount": "3.00",
        "currency": "USD" })
    };
    let with_event_id = |id: &str, event_id: &str| {
        json!({ "request": "PublishEvent", "id": 1,
        "eventId": event_id, "publish": { "source": "Kofi", "type": "Donation" },
            "data": tip(id) })
    };
    bench.ask(with_event_id("m-1", "first"));
    let mut bench = bench.restarted();
    assert_eq!(
        bench.ask(with_event_id("m-1", "second"))["published"]["repeat"],
        true
    );
    assert_eq!(
        publish(&mut bench, "Kofi.Donation", tip("m-1"))["repeat"],
        true
    );
    assert_eq!(
        publish(&mut bench, "Kofi.Donation", tip("m-2"))["repeat"],
        false
    );
    assert_eq!(list(&bench.credits(), "Custom")["Tips"][0]["count"], 2);
}

#[test]
fn an_order_counts_when_it_is_paid_in_each_of_its_events() {
    let order = |status: &str| {
        json!({ "id": 11, "financial_status": status,
        "total_price": "10.00", "currency": "EUR", "customer": { "first_name": "Ann" } })
    };
    for events in [
        [
            ("Shopify.OrderCreated", "pending"),
            ("Shopify.OrderPaid", "paid"),
        ],
        [
            ("Shopify.OrderCreated", "paid"),
            ("Shopify.OrderPaid", "paid"),
        ],
        [
            ("Shopify.OrderPaid", "paid"),
            ("Shopify.OrderCreated", "paid"),
        ],
    ] {
        let mut bench = Bench::up();
        for (name, status) in events {
            publish(&mut bench, name, order(status));
        }
        let credits = bench.credits();
        let merch = &list(&credits, "Custom")["Merch"];
        assert_eq!(
            (
                &merch[0]["amounts"][0]["amount"],
                merch.as_array().map(Vec::len)
            ),
            (&json!("10.00"), Some(1)),
            "{events:?}"
        );
    }
}

#[test]
fn a_pledge_counts_when_it_is_paid_and_its_later_charges_do_not() {
    let pledge = |status: &str, date: &str| {
        json!({ "data": { "type": "member", "id": "m-1", "attributes": { "full_name": "Paula",
            "last_charge_status": status,
            "last_charge_date": date, "will_pay_amount_cents": 500 } } })
    };
    let mut bench = Bench::up();
    publish(
        &mut bench,
        "Patreon.PledgeUpdated",
        pledge("Paid", "2026-10-01"),
    );
    assert_eq!(
        list(&bench.credits(), "Custom")["Members"],
        json!(null),
        "an update of a pledge that was paid long ago"
    );
    publish(&mut bench, "Patreon.PledgeCreated", pledge("Pending", ""));
    let mut bench = bench.restarted();
    for month in ["2026-11-01", "2026-12-01"] {
        publish(&mut bench, "Patreon.PledgeUpdated", pledge("Paid", month));
        bench = bench.restarted();
    }
    let credits = bench.credits();
    let members = &list(&credits, "Custom")["Members"];
    assert_eq!(
        (&members[0]["name"], &members[0]["amounts"][0]["amount"]),
        (&json!("Paula"), &json!("5.00"))
    );
}

/// As with Twitchat's messages, a channel is another one only if the config names the broadcaster.
#[test]
fn another_channels_events_count_nowhere() {
    let cheer = |channel: &str, bits: u64| {
        json!({ "user_id": "7", "user_login": "mia",
        "user_name": "Mia", "broadcaster_user_id": channel, "bits": bits })
    };
    let raid = json!({ "from_broadcaster_user_id": "1337", "from_broadcaster_user_name": "Us",
        "to_broadcaster_user_id": "99", "viewers": 5 });
    let mut settings = settings();
    settings.broadcaster = crate::event::Person::new("1337", "us", "Us");
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    publish(&mut bench, "Twitch.Cheer", cheer("99", 5_000));
    publish(&mut bench, "Twitch.Cheer", cheer("1337", 100));
    publish(&mut bench, "Twitch.Raid", &raid);
    let credits = bench.credits();
    assert_eq!(
        (amount(&credits, "Cheers", "Mia"), list(&credits, "Raided")),
        (Some(100), &json!([]))
    );
    assert_eq!(bench.bridge.parts.base.counts.messages.elsewhere, 2);
}

#[test]
fn anonymous_support_is_listed_and_its_sum_is_kept() {
    let mut bench = Bench::up();
    publish(
        &mut bench,
        "Kofi.Donation",
        json!({ "amount": "3.00", "currency": "USD", "from_name": null }),
    );
    publish(
        &mut bench,
        "Twitch.Cheer",
        json!({ "is_anonymous": true, "user_id": null, "bits": 50 }),
    );
    publish(
        &mut bench,
        "Twitch.GiftBomb",
        json!({ "is_anonymous": true, "user_id": null, "total": 3, "tier": "1000" }),
    );
    let credits = bench.credits();
    let tips = &list(&credits, "Custom")["Tips"];
    assert_eq!(
        (&tips[0]["name"], &tips[0]["amounts"][0]["amount"]),
        (&json!("Anonymous"), &json!("3.00"))
    );
    assert_eq!(amount(&credits, "Cheers", "AnAnonymousCheerer"), Some(50));
    assert_eq!(amount(&credits, "GiftBombs", "AnAnonymousGifter"), Some(3));
}

#[test]
fn people_without_a_name_get_the_configured_word() {
    let mut settings = settings();
    settings.credits.anonymous = "A kind soul".into();
    let mut bench = Bench::with(
        settings.clone(),
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    bench.input(Input::Up(info()));
    bench.ask(
        json!({ "request": "Subscribe", "id": 1, "client": "page", "events": { "Kick": ["*"],
        "Kofi": ["*"] } }),
    );
    publish(
        &mut bench,
        "Kofi.Donation",
        json!({ "amount": "3.00", "currency": "USD", "from_name": null }),
    );
    publish(
        &mut bench,
        "Kofi.Donation",
        json!({ "amount": "1.00", "currency": "USD", "from_name": "Ko-fi Supporter" }),
    );
    bench.sent();
    let gift = json!({ "gifter": { "is_anonymous": true, "user_id": null, "username": null },
        "giftees": [{ "username": "Zed", "channel_slug": "zed" }] });
    bench.receive(
        &json!({ "request": "PublishEvent", "id": 1, "publish": { "source": "Kick",
            "type": "GiftSubscription" }, "data": gift })
        .to_string(),
    );
    bench.pass(20_000);
    let emitted = bench
        .sent()
        .into_iter()
        .find(|message| message["event"]["source"] == "Kick")
        .unwrap();
    assert_eq!(
        (
            &emitted["data"]["displayName"],
            &emitted["data"]["isAnonymous"]
        ),
        (&json!("A kind soul"), &json!(true)),
        "{emitted}"
    );
    let credits = bench.credits();
    assert_eq!(
        credits["Custom"]["Tips"],
        json!(["A kind soul", "Ko-fi Supporter"]),
        "the service's own word is a name like any other"
    );
    assert_eq!(
        (
            &credits["Events"]["GiftSubs"],
            &list(&credits, "Custom")["Tips"][0]["name"]
        ),
        (&json!(["A kind soul"]), &json!("A kind soul"))
    );
    assert_eq!(bench.restarted_with(settings).credits(), credits);
    assert_eq!(
        bench.restarted().credits()["Custom"]["Tips"],
        json!(["Anonymous", "Ko-fi Supporter"])
    );
}

#[test]
fn whoever_is_given_a_subscription_has_not_subscribed() {
    let mut bench = Bench::up();
    publish(
        &mut bench,
        "Twitch.Sub",
        json!({ "user_id": "7", "user_login": "mia", "user_name": "Mia", "tier": "1000",
            "is_gift": true }),
    );
    let credits = bench.credits();
    assert_eq!(
        (list(&credits, "Subs"), &credits["User"]["Subscriber"]),
        (&json!([]), &json!(["Mia"]))
    );
}

#[test]
fn an_envelope_of_several_tips_counts_each() {
    let mut bench = Bench::up();
    let tip = |id: u64, from: &str| {
        json!({ "id": id, "from": from, "amount": "2.00",
        "currency": "USD" })
    };
    let envelope =
        json!({ "type": "donation", "event_id": "e", "message": [tip(1, "Ann"), tip(2, "Ben")] });
    publish(&mut bench, "Streamlabs.Donation", &envelope);
    assert_eq!(
        publish(&mut bench, "Streamlabs.Donation", &envelope)["repeat"],
        true
    );
    let credits = bench.restarted().credits();
    let names: Vec<_> = list(&credits, "Custom")["Tips"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tip| tip["name"].clone())
        .collect();
    assert_eq!(names, ["Ann", "Ben"]);
}
