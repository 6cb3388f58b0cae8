//! Removes private data from published events, so that it never appears on stream: e-mail
//! addresses, legal names, postal addresses, payment details, secrets.
//!
//! Services send whole orders or patrons, and people may publish such data as any event. For every
//! event, the bridge stores, shows and logs only the data that remains.

use serde_json::{Map, Value};

/// Keys, without punctuation and in lower case, that are private wherever they appear. Values below
/// them are removed too.
const PRIVATE: &[&str] = &[
    "accountholder",
    "accountnumber",
    "addressline1",
    "addressline2",
    "bankaccount",
    "billingaddress",
    "billingphone",
    "birthday",
    "browserip",
    "cardholder",
    "cardholdername",
    "cardlast4",
    "cardnumber",
    "cellphone",
    "clientip",
    "contactphone",
    "creditcard",
    "customerphone",
    "cvc",
    "cvv",
    "dateofbirth",
    "debitcard",
    "defaultaddress",
    "familyname",
    "fullname",
    "homeaddress",
    "iban",
    "ipaddress",
    "kofitransactionid",
    "last4",
    "lastfour",
    "lastname",
    "legalname",
    "mailingaddress",
    "mobilephone",
    "payerid",
    "paymentdetails",
    "paymentmethod",
    "paypaltransactionid",
    "phone",
    "phonenumber",
    "phonenumbers",
    "postaladdress",
    "postalcode",
    "postcode",
    "realname",
    "routingnumber",
    "shippingaddress",
    "shippinginfo",
    "shippingphone",
    "sortcode",
    "stateorprovince",
    "streetaddress",
    "surname",
    "taxid",
    "telephone",
    "transactionid",
    "vatnumber",
    "zip",
    "zipcode",
];

/// Keys that are private in the data of a donation, membership or shop service, but may have
/// another meaning in a user's own event.
const OF_SERVICES: &[&str] = &[
    "addressee",
    "appkey",
    "bic",
    "clientdetails",
    "destination",
    "destinationlocation",
    "identifier",
    "ip",
    "landingsite",
    "latitude",
    "longitude",
    "note",
    "noteattributes",
    "orderstatusurl",
    "originlocation",
    "payer",
    "paypal",
    "receipt",
    "secret",
    "sociallinks",
    "socialconnections",
    "trackingnumber",
    "trackingnumbers",
    "trackingurl",
    "trackingurls",
];

/// Parts of a postal address or a card. In a user's own event they may have another meaning. There,
/// two of them in one object count as an address or a card. A single one is private only if its
/// value looks like part of an address or a card.
const PARTS: &[&str] = &[
    "address",
    "address1",
    "address2",
    "billing",
    "card",
    "cards",
    "city",
    "expmonth",
    "expyear",
    "line1",
    "line2",
    "province",
    "provincecode",
    "street",
];

/// Keys of names that a person shows publicly. If an object has one of them, a first name beside it
/// is not the name that the person uses.
const SHOWN: &[&str] = &["displayname", "login", "name", "nickname", "username"];

/// Maximum depth that is searched. Real data nests seven levels deep. Deeper values are removed.
const DEPTH: usize = 32;

/// The kind of service that the data comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A donation, membership or shop service, which sends whole orders and patrons.
    Service,
    /// On Patreon, the full name is the name that the patron shows to the creator's audience.
    Patreon,
    /// Any other source: a streaming platform, `General.Custom`, or an unknown source.
    Other,
}

/// The same data without its private values.
pub(super) fn without_private(data: &Value, origin: Origin) -> Value {
    let mut data = cleared(data, origin, DEPTH).unwrap_or(Value::Null);
    // DonorDrive marks the fields that the donor shows only to the recipient.
    if let Value::Object(map) = &mut data
        && let Some(Value::Array(hidden)) = map.get("fieldsPrivateToTarget").cloned()
    {
        for field in hidden.iter().filter_map(Value::as_str) {
            map.remove(field);
        }
    }
    data
}

fn cleared(value: &Value, origin: Origin, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    Some(match value {
        Value::Object(map) => {
            let keys: Vec<String> = map.keys().map(|key| plain(key)).collect();
            let is_kept = |(key, (_, value)): &(&String, (&String, &Value))| {
                !is_private(key, value, &keys, origin)
            };
            let kept = keys.iter().zip(map).filter(is_kept);
            Value::Object(
                kept.filter_map(|(_, (key, value))| {
                    Some((key.clone(), cleared(value, origin, depth)?))
                })
                .collect::<Map<_, _>>(),
            )
        }
        Value::Array(list) => Value::Array(
            list.iter()
                .filter_map(|value| cleared(value, origin, depth))
                .collect(),
        ),
        // This is the sender of a payment. Instead of a name, some services send the e-mail
        // address.
        Value::String(text) if is_email(text) => return None,
        Value::String(text) => {
            Value::String(without_private_json(text, origin, depth).unwrap_or_else(|| text.clone()))
        }
        other => other.clone(),
    })
}

/// A text that is itself JSON, without its private values. `None` if it is not JSON or has no
/// private values.
fn without_private_json(text: &str, origin: Origin, depth: usize) -> Option<String> {
    let trimmed = text.trim_start();
    if !trimmed.starts_with(['{', '[']) {
        return None;
    }
    let inner: Value = serde_json::from_str(trimmed).ok()?;
    let kept = cleared(&inner, origin, depth).unwrap_or(Value::Null);
    (kept != inner).then(|| kept.to_string())
}

/// A key without punctuation, in lower case.
fn plain(key: &str) -> String {
    key.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// `keys` are all keys of the same object.
fn is_private(key: &str, value: &Value, keys: &[String], origin: Origin) -> bool {
    let is_service = origin != Origin::Other;
    match key {
        "fullname" => origin != Origin::Patreon,
        "firstname" => keys.iter().any(|key| SHOWN.contains(&&**key)),
        // This is the amount, or the address that the parcel is sent to.
        "shipping" => {
            value.is_object() && value.get("value").is_none() && value.get("amount").is_none()
        }
        // A flag or number about an address, such as whether it is verified, is not private.
        _ if key.contains("email") => !matches!(value, Value::Bool(_) | Value::Number(_)),
        _ if PRIVATE.contains(&key) => true,
        _ if PARTS.contains(&key) => is_service || is_part(key, value, keys),
        "ip" => is_service || value.as_str().is_some_and(is_ip),
        _ => is_service && (key.ends_with("token") || OF_SERVICES.contains(&key)),
    }
}

fn is_part(key: &str, value: &Value, keys: &[String]) -> bool {
    let is_beside = |other: &String| {
        let other = other.as_str();
        other != key && (PARTS.contains(&other) || PRIVATE.contains(&other) || other == "email")
    };
    keys.iter().any(is_beside)
        || match value {
            Value::Object(_) => !matches!(key, "city" | "province"),
            Value::Array(list) => list.iter().any(Value::is_object) && key != "city",
            // `1 Hidden Street`, but not `/avatar/1` or `10.0.0.7`.
            Value::String(text) if key != "card" => {
                text.trim().contains(char::is_whitespace)
                    && text.contains(|c: char| c.is_ascii_digit())
            }
            Value::String(text) => text.chars().filter(char::is_ascii_digit).count() >= 8,
            _ => false,
        }
}

/// Whether a text is an IP address.
fn is_ip(text: &str) -> bool {
    let is_v4 =
        text.split('.').count() == 4 && text.split('.').all(|part| part.parse::<u8>().is_ok());
    let is_v6 = text.matches(':').count() >= 2
        && text
            .chars()
            .all(|c| c == ':' || c == '.' || c.is_ascii_hexdigit());
    is_v4 || is_v6
}

/// Whether the whole text is an e-mail address.
fn is_email(text: &str) -> bool {
    let text = text.trim().trim_start_matches("mailto:");
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let is_sign = |c: char| c.is_whitespace() || "\"{}[]<>(),;:\\".contains(c);
    !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !text.contains(is_sign)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_names_and_secrets_go_at_any_depth() {
        let order = json!({
            "email": "a@example.test", "contact_email": "a@example.test", "username": "shown",
                "verification_token": "x", "phone": null,
            "billing": { "address": { "name": "Real Name" } },
                "amounts": { "shipping": { "value": 5, "currency": "USD" } },
            "shipping": { "address": { "name": "Real Name" } }, "customer": { "first_name": "Ann",
                "last_name": "Secret", "default_address": {} },
            "items": [{ "name": "Mug", "payerEmail": "a@example.test",
                "origin_location": { "address1": "1 Hidden Street" } }],
        });
        let kept = json!({
            "username": "shown", "amounts": { "shipping": { "value": 5, "currency": "USD" } },
                "customer": { "first_name": "Ann" },
            "items": [{ "name": "Mug" }],
        });
        assert_eq!(without_private(&order, Origin::Service), kept);
    }

    #[test]
    fn an_address_in_the_place_of_a_name_is_no_name() {
        for origin in [Origin::Service, Origin::Other] {
            let data = json!({ "from": "a.b@example.test", "name": "me @home" });
            assert_eq!(
                without_private(&data, origin),
                json!({ "name": "me @home" })
            );
        }
    }

    #[test]
    fn a_patron_shows_the_full_name_and_nobody_else_does() {
        let who = json!({ "full_name": "Paula Pays", "email": "x@example.test" });
        assert_eq!(
            without_private(&who, Origin::Patreon),
            json!({ "full_name": "Paula Pays" })
        );
        assert_eq!(without_private(&who, Origin::Service), json!({}));
    }

    #[test]
    fn deeply_nested_values_are_left_out() {
        let deep = (0..500).fold(json!({ "a": 1 }), |inner, _| json!({ "a": inner }));
        assert!(without_private(&deep, Origin::Service).to_string().len() < 300);
    }

    #[test]
    fn private_fields_go_from_events_of_any_name_in_every_spelling() {
        for key in [
            "email",
            "e-mail",
            "E_Mail",
            "buyer_email",
            "emailAddress",
            "email_address",
            "payer-email",
            "contactEmail",
            "phone",
            "phone_number",
            "zip",
            "postal_code",
            "postcode",
            "iban",
            "IBAN",
            "last4",
            "card_number",
            "legal_name",
            "legalName",
            "full_name",
            "lastName",
            "surname",
            "shipping_address",
            "billingAddress",
            "street_address",
            "transaction_id",
            "payment_method",
        ] {
            let data = json!({ key: "private", "list": [{ key: "private" }], "shown": 1 });
            assert_eq!(
                without_private(&data, Origin::Other),
                json!({ "list": [{}], "shown": 1 }),
                "{key}"
            );
        }
        let data = json!({
            "address": "1 Hidden Street", "street": "Hidden Street 1", "card": "4111 1111 1111 \
                1111", "home": { "city": "Hidden", "street": "Lane" },
            "player": { "displayName": "Ann", "first_name": "Hidden" },
                "billing": { "name": "Hidden" }, "ip": "203.0.113.7",
            "raw": "{\"email\":\"hidden@example.test\",\"a\":1}", "names": ["hidden@example.test",
                "Ann"],
        });
        let kept = json!({ "home": {}, "player": { "displayName": "Ann" }, "raw": "{\"a\":1}",
            "names": ["Ann"] });
        assert_eq!(without_private(&data, Origin::Other), kept);
    }

    #[test]
    fn an_event_of_the_users_own_keeps_words_with_other_meanings() {
        let data = json!({
            "address": "/avatar/parameters/hue", "game": { "card": "Ace of Spades" },
                "weather": { "city": "Paris" }, "note": "C#4", "ip": "none",
            "token": "pawn.png",
            "identifier": "x1", "first_name": "Ann", "email_sent": true, "microphone": "on",
                "message": "write to a@example.test please",
            "receipt": 4, "json": "{\"a\": 1}",
        });
        assert_eq!(without_private(&data, Origin::Other), data);
    }
}
