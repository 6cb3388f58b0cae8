//! Tips, merch and memberships of other services.
//!
//! Each service has its own keys for the same three things: the person, the amount, and the goods
//! or the tier. Overlays read the keys of their service, so one object contains all keys. The
//! event's name decides only where two services use one key differently.

use serde_json::{Value, json};

use super::{
    context::Context,
    people::{base, display, utc},
};
use crate::event::{Money, fact::Support};

/// `data` of any support event.
pub(super) fn support(support: &Support, context: &Context<'_>) -> Value {
    let (who, name) = (&support.who, display(&support.who));
    let none = Money::default();
    let money = support.money.as_ref().unwrap_or(&none);
    let (decimal, currency) = (money.text(), money.currency.as_str());
    let formatted = format!("{currency}{decimal}");
    let (cents, places) = (money.amount.in_units_of(2), money.amount.places().max(2));
    let mut user = base(who);
    if let Value::Object(user) = &mut user {
        user.insert("profileImageUrl".into(), "".into());
    }
    let mut data = json!({
        "id": context.id,
        "eventId": context.id,
        "timestamp": utc(context.at_ms),
        "from": name,
        "name": name,
        "username": name,
        "userName": who.login,
        "displayName": name,
        "nickname": name,
        "userId": who.id,
        "user": user,
        "amount": money.number(),
        "total": money.number(),
        "currency": currency,
        "formattedAmount": formatted,
        "message": "",
        "tier": support.what,
        "title": support.what,
        "items": items(&support.what),
        "variants": items(&support.what),
        "isTest": false,
    });
    let more = match &*support.name.source {
        // YouTube's amount is a text for display; the number is in millionths.
        "YouTube" if &*support.name.kind == "MembershipGift" => json!({
            "amount": formatted,
            "microAmount": money.amount.in_units_of(6),
            "currencyCode": currency,
            "levelName": support.what,
            "count": 1,
        }),
        "YouTube" => json!({
            "amount": formatted,
            "microAmount": money.amount.in_units_of(6),
            "currencyCode": currency,
            "levelName": support.what,
        }),
        "Patreon" => json!({
            "attributes": {"full_name": name, "will_pay_amount_cents": cents, "currency": currency},
        }),
        "Pallygg" => json!({"grossAmountInCents": cents, "netAmountInCents": cents}),
        "DonorDrive" => {
            json!({"donorName": name, "donorAmount": money.number(), "donorMessage": ""})
        }
        "Shopify" => {
            json!({"name": "", "total_price": decimal, "customer": {"first_name": name,
                "last_name": ""}})
        }
        "Fourthwall" => {
            json!({"offer": {"name": support.what, "imageUrl": ""}, "gifts": [],
                "statmessageus": ""})
        }
        "Twitch" => json!({
            "user_id": who.id, "user_login": who.login, "user_name": name,
            "amount": {"value": money.amount.in_units_of(places), "decimal_places": places,
                "currency": currency},
            "charity_name": support.what, "campaign_id": "",
        }),
        _ => Value::Null,
    };
    if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
        data.extend(more);
    }
    data
}

fn items(what: &str) -> Value {
    if what.is_empty() {
        json!([])
    } else {
        json!([{"name": what, "image": "", "quantity": 1}])
    }
}
