//! Tests refunds, chargebacks and cancelled redemptions after they have counted: live, after a
//! restart, and in a later session.

use super::{
    services::{amount, list, publish},
    *,
};

/// An order of Fourthwall, in the documented format.
fn order(id: &str, status: &str, who: &str, total: f64) -> Value {
    json!({ "type": "ORDER_PLACED", "testMode": false, "data": { "id": id, "status": status,
        "username": who,
        "amounts": { "total": { "value": total, "currency": "USD" } },
            "offers": [{ "name": format!("Mug {id}") }] } })
}

fn merch(bench: &mut Bench) -> Value {
    list(&bench.credits(), "Custom")["Merch"].clone()
}

fn points(credits: &Value, name: &str) -> Option<u64> {
    let board = credits["extended"]["TopChannelRewards"].as_array()?;
    board.iter().find(|line| line["name"] == name)?["amount"].as_u64()
}

#[test]
fn a_refund_takes_the_sum_and_the_entry_back_also_after_a_restart() {
    let mut bench = Bench::up();
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("1", "CONFIRMED", "Ann", 20.0),
    );
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("2", "CONFIRMED", "Ann", 5.5),
    );
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("3", "CONFIRMED", "Ben", 7.0),
    );
    let mut bench = bench.restarted();
    let reply = publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("1", "CANCELLED", "Ann", 20.0),
    );
    assert_eq!(
        (&reply["repeat"], &reply["takenBack"], reply.get("note")),
        (&json!(false), &json!(1), None)
    );
    let left = merch(&mut bench);
    assert_eq!(
        (
            left[0]["name"].as_str(),
            &left[0]["amounts"][0]["amount"],
            &left[0]["count"]
        ),
        (Some("Ann"), &json!("5.50"), &json!(1))
    );
    assert_eq!(
        (&left[0]["what"], &left[1]["amounts"][0]["amount"]),
        (&json!(["Mug 2"]), &json!("7.00"))
    );
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("3", "CANCELLED", "Ben", 7.0),
    );
    let credits = bench.credits();
    assert_eq!(
        list(&credits, "Custom")["Merch"].as_array().map(Vec::len),
        Some(1),
        "who has nothing left is not listed"
    );
    assert_eq!(bench.restarted().credits(), credits);
}

#[test]
fn a_second_refund_and_a_retry_of_the_order_change_nothing() {
    let mut bench = Bench::up();
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("1", "CONFIRMED", "Ann", 20.0),
    );
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("1", "CANCELLED", "Ann", 20.0),
    );
    for status in ["CANCELLED", "CONFIRMED"] {
        let mut after = bench.restarted();
        for bench in [&mut bench, &mut after] {
            assert_eq!(
                publish(
                    bench,
                    "Fourthwall.OrderPlaced",
                    order("1", status, "Ann", 20.0)
                )["repeat"],
                true,
                "{status}"
            );
            assert_eq!(merch(bench), json!(null), "{status}");
        }
    }
}

#[test]
fn a_refund_of_what_never_counted_is_ignored_with_a_note() {
    let mut bench = Bench::up();
    let reply = publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("1", "CANCELLED", "Ann", 20.0),
    );
    assert!(
        reply["note"]
            .as_str()
            .unwrap()
            .starts_with("nothing to take back"),
        "{reply}"
    );
    assert_eq!(
        (&reply["repeat"], reply.get("takenBack")),
        (&json!(false), None)
    );
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("1", "CONFIRMED", "Ann", 20.0),
    );
    assert_eq!(
        merch(&mut bench)[0]["amounts"][0]["amount"],
        "20.00",
        "it does not keep what is paid from counting"
    );
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("1", "CANCELLED", "Ann", 20.0),
    );
    let credits = bench.credits();
    assert_eq!(
        list(&credits, "Custom")["Merch"],
        json!(null),
        "and what counted since is taken back"
    );
    assert_eq!(bench.restarted().credits(), credits);
    let cancelled = json!({ "id": "none", "status": "canceled", "user_id": "7",
        "user_login": "mia", "reward": { "id": "w", "cost": 1 } });
    assert!(publish(&mut bench, "Twitch.RewardRedemptionUpdated", cancelled)["note"].is_string());
}

#[test]
fn a_refund_is_found_under_each_of_its_events() {
    let shopify = |status: &str| {
        json!({ "id": 11, "financial_status": status,
        "total_price": "10.00", "currency": "EUR", "customer": { "first_name": "Ann" } })
    };
    let patron = |status: &str, patron_status: &str| {
        json!({ "data": { "type": "member", "id": "m-1", "attributes": { "full_name": "Paula",
            "last_charge_status": status,
            "patron_status": patron_status, "last_charge_date": "2026-11-01",
                "will_pay_amount_cents": 500 } } })
    };
    let tip = |state: &str| {
        json!({ "type": "message", "topic": "channel.tips", "data": { "_id": "t-1",
            "approved": state, "status": "success",
        "donation": { "user": { "username": "Ann" }, "amount": 4.2, "currency": "USD" } } })
    };
    let kofi = |more: Value| {
        let mut data = json!({ "kofi_transaction_id": "x-1", "from_name": "Ann", "amount": "3.00",
            "currency": "USD" });
        data.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        data
    };
    let updated = json!({ "type": "ORDER_UPDATED", "data": { "order": order("1", "CANCELLED",
        "Ann", 20.0)["data"], "update": { "type": "STATUS" } } });
    for (paid, refund) in [
        (
            ("Shopify.OrderCreated", shopify("paid")),
            ("Shopify.OrderPaid", shopify("refunded")),
        ),
        (
            ("Patreon.PledgeCreated", patron("Paid", "active_patron")),
            ("Patreon.PledgeUpdated", patron("Refunded", "active_patron")),
        ),
        (
            ("Patreon.PledgeCreated", patron("Paid", "active_patron")),
            ("Patreon.PledgeDeleted", patron("Fraud", "former_patron")),
        ),
        (
            ("StreamElements.Tip", tip("allowed")),
            ("StreamElements.Tip", tip("rejected")),
        ),
        (
            ("Kofi.Donation", kofi(json!({}))),
            ("Kofi.Donation", kofi(json!({ "refunded": true }))),
        ),
        (
            (
                "Fourthwall.OrderPlaced",
                order("1", "CONFIRMED", "Ann", 20.0),
            ),
            ("Fourthwall.OrderUpdated", updated),
        ),
    ] {
        let mut bench = Bench::up();
        publish(&mut bench, paid.0, &paid.1);
        assert_ne!(bench.credits()["Custom"], json!({}), "{paid:?}");
        for mut bench in [Box::new(bench.restarted()), Box::new(bench)] {
            assert_eq!(
                publish(&mut bench, refund.0, &refund.1)["takenBack"],
                1,
                "{refund:?}"
            );
            assert_eq!(bench.credits()["Custom"], json!({}), "{refund:?}");
            assert_eq!(
                bench.restarted().credits()["Custom"],
                json!({}),
                "{refund:?}"
            );
        }
    }
}

#[test]
fn the_end_of_a_membership_is_no_refund() {
    let patron = |status: &str| {
        json!({ "data": { "type": "member", "id": "m-1", "attributes": { "full_name": "Paula",
            "last_charge_status": "Paid",
            "patron_status": status, "last_charge_date": "2026-11-01",
                "will_pay_amount_cents": 500 } } })
    };
    let mut bench = Bench::up();
    publish(&mut bench, "Patreon.PledgeCreated", patron("active_patron"));
    publish(&mut bench, "Patreon.PledgeDeleted", patron("former_patron"));
    assert_eq!(
        list(&bench.credits(), "Custom")["Members"][0]["amounts"][0]["amount"],
        "5.00"
    );
}

#[test]
fn support_of_an_earlier_session_is_not_taken_out_of_the_running_one() {
    let mut bench = Bench::up();
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("1", "CONFIRMED", "Ann", 20.0),
    );
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("2", "CONFIRMED", "Ann", 5.0),
    );
    assert!(
        publish(
            &mut bench,
            "Fourthwall.OrderPlaced",
            order("1", "CANCELLED", "Ann", 20.0)
        )["note"]
            .is_string()
    );
    let credits = bench.credits();
    assert_eq!(
        list(&credits, "Custom")["Merch"][0]["amounts"][0]["amount"],
        "5.00"
    );
    assert_eq!(bench.restarted().credits(), credits);
}

#[test]
fn points_that_went_back_in_a_later_session_leave_the_leaderboard() {
    for kind in ["Kick.RewardRedemption", "Twitch.RewardRedemptionUpdated"] {
        let with = |id: &str, status: &str| {
            json!({ "id": id, "status": status, "user_id": "7",
            "user_login": "mia", "user_name": "Mia", "reward": { "id": "w", "title": "T",
                "cost": 100 } })
        };
        let redeemed = if kind.starts_with("Kick") {
            kind
        } else {
            "Twitch.RewardRedemption"
        };
        let mut bench = Bench::up();
        publish(&mut bench, redeemed, with("a", "pending"));
        publish(&mut bench, redeemed, with("b", "pending"));
        bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
        publish(&mut bench, redeemed, with("c", "pending"));
        for mut bench in [Box::new(bench.restarted()), Box::new(bench)] {
            assert_eq!(points(&bench.credits(), "Mia"), Some(300), "{kind}");
            assert_eq!(
                publish(&mut bench, kind, with("a", "canceled"))["takenBack"],
                1,
                "{kind}"
            );
            let credits = bench.credits();
            assert_eq!(
                (
                    points(&credits, "Mia"),
                    amount(&credits, "RewardRedemptions", "Mia")
                ),
                (Some(200), Some(100)),
                "{kind}"
            );
            assert_eq!(bench.restarted().credits(), credits, "{kind}");
            bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
            assert_eq!(
                points(&bench.restarted().credits(), "Mia"),
                Some(200),
                "{kind}"
            );
        }
    }
}

#[test]
fn what_was_taken_back_counts_as_no_fact() {
    let mut bench = Bench::up();
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("1", "CONFIRMED", "Ann", 20.0),
    );
    let before = bench.bridge.parts.base.model.fold().session.facts();
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("2", "CONFIRMED", "Ann", 20.0),
    );
    publish(
        &mut bench,
        "Fourthwall.OrderPlaced",
        order("2", "CANCELLED", "Ann", 20.0),
    );
    assert_eq!(bench.bridge.parts.base.model.fold().session.facts(), before);
    assert_eq!(
        bench
            .restarted()
            .bridge
            .parts
            .base
            .model
            .fold()
            .session
            .facts(),
        before
    );
}
