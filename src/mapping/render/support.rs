//! Tips, merch and memberships of other services.
//!
//! Each service has its own words for the same three things: who, how much, for what. Overlays read those of the service, so one object
//! carries all of them, and only where two services disagree about a key does the event's name decide.

use serde_json::{Value, json};

use super::{
    Context,
    people::{base, display, utc},
};
use crate::event::fact::{Money, Support};

/// `data` of any support event.
pub(super) fn support(support: &Support, context: &Context<'_>) -> Value {
    let (who, name) = (&support.who, display(&support.who));
    let none = Money::default();
    let money = support.money.as_ref().unwrap_or(&none);
    let (decimal, formatted) = (decimal(money.cents), format!("{}{}", money.currency, decimal(money.cents)));
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
        "amount": number(money.cents),
        "total": number(money.cents),
        "currency": money.currency,
        "formattedAmount": formatted,
        "message": "",
        "tier": support.what,
        "title": support.what,
        "items": items(&support.what),
        "variants": items(&support.what),
        "isTest": false,
    });
    let more = match &*support.name.source {
        // YouTube's amount is what it shows to people; the number is in millionths.
        "YouTube" => json!({
            "amount": formatted,
            "microAmount": money.cents.saturating_mul(10_000),
            "currencyCode": money.currency,
            "levelName": support.what,
        }),
        "Patreon" => json!({
            "attributes": {"full_name": name, "will_pay_amount_cents": money.cents, "currency": money.currency},
        }),
        "Pallygg" => json!({"grossAmountInCents": money.cents, "netAmountInCents": money.cents}),
        "DonorDrive" => json!({"donorName": name, "donorAmount": number(money.cents), "donorMessage": ""}),
        "Shopify" => json!({"name": "", "total_price": decimal, "customer": {"first_name": name, "last_name": ""}}),
        "Fourthwall" => json!({"offer": {"name": support.what, "imageUrl": ""}, "gifts": [], "statmessageus": ""}),
        "Twitch" => json!({
            "user_id": who.id, "user_login": who.login, "user_name": name,
            "amount": {"value": money.cents, "decimal_places": 2, "currency": money.currency},
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
    if what.is_empty() { json!([]) } else { json!([{"name": what, "image": "", "quantity": 1}]) }
}

/// Cents as text: `12.50`.
fn decimal(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
}

/// Cents as a JSON number: whole where it is, else the nearest double, whose shortest text is the decimal again.
fn number(cents: i64) -> Value {
    if cents % 100 == 0 {
        return (cents / 100).into();
    }
    decimal(cents).parse::<f64>().map_or(Value::from(0), Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_without_loss() {
        assert_eq!((decimal(1_250).as_str(), decimal(5).as_str(), decimal(-105).as_str()), ("12.50", "0.05", "-1.05"));
        assert_eq!((number(1_250), number(500), number(29)), (json!(12.5), json!(5), json!(0.29)));
    }
}
