//! Takes out of a service's data what nobody on stream may see: e-mail addresses, legal names, postal addresses, payment details, secrets.
//!
//! A service sends a whole order or a whole patron. The bridge keeps, shows and logs only what is left here.

use serde_json::{Map, Value};

/// Keys without signs and in lower case, as services spell them. What is below them goes too.
const PRIVATE: &[&str] = &[
    "accountnumber",
    "address",
    "addressee",
    "addressline1",
    "addressline2",
    "appkey",
    "bankaccount",
    "bic",
    "billing",
    "billingaddress",
    "birthday",
    "browserip",
    "card",
    "cardnumber",
    "cards",
    "city",
    "clientdetails",
    "clientip",
    "contactemail",
    "creditcard",
    "customeremail",
    "dateofbirth",
    "defaultaddress",
    "donoremail",
    "email",
    "emailaddress",
    "emails",
    "familyname",
    "fullname",
    "iban",
    "identifier",
    "ip",
    "ipaddress",
    "kofitransactionid",
    "landingsite",
    "lastname",
    "legalname",
    "line1",
    "line2",
    "noteattributes",
    "orderstatusurl",
    "payer",
    "payeremail",
    "payerid",
    "paymentdetails",
    "paymentmethod",
    "paypal",
    "paypalemail",
    "paypaltransactionid",
    "phone",
    "phonenumber",
    "postalcode",
    "postcode",
    "province",
    "provincecode",
    "secret",
    "shippingaddress",
    "shippinginfo",
    "sociallinks",
    "socialconnections",
    "stateorprovince",
    "street",
    "streetaddress",
    "surname",
    "taxid",
    "telephone",
    "transactionid",
    "useremail",
    "vatnumber",
    "zip",
    "zipcode",
];

/// How deep is gone into: real data nests seven deep. What lies deeper is left out.
const DEPTH: usize = 32;

/// The same data without what is private. `patreon`: there the full name is the one that the patron shows to the creator's audience.
pub(super) fn without_private(data: &Value, patreon: bool) -> Value {
    let mut data = cleared(data, patreon, DEPTH).unwrap_or(Value::Null);
    // DonorDrive names what the donor shows to the recipient alone.
    if let Value::Object(map) = &mut data
        && let Some(Value::Array(hidden)) = map.get("fieldsPrivateToTarget").cloned()
    {
        for field in hidden.iter().filter_map(Value::as_str) {
            map.remove(field);
        }
    }
    data
}

fn cleared(value: &Value, patreon: bool, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    Some(match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .filter(|(key, value)| !is_private(key, value, patreon))
                .filter_map(|(key, value)| Some((key.clone(), cleared(value, patreon, depth)?)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(list) => Value::Array(list.iter().filter_map(|value| cleared(value, patreon, depth)).collect()),
        // A payment's sender who gave no name: some services put the address in its place.
        Value::String(text) if is_email(text) => return None,
        other => other.clone(),
    })
}

fn is_private(key: &str, value: &Value, patreon: bool) -> bool {
    let key: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    match key.as_str() {
        "fullname" => !patreon,
        // What a creator notes about a patron, or a customer about an order.
        "note" => true,
        // An amount, or where the parcel goes.
        "shipping" => value.is_object() && value.get("value").is_none() && value.get("amount").is_none(),
        key => key.ends_with("token") || PRIVATE.contains(&key),
    }
}

/// Whether a text is nothing but an e-mail address.
fn is_email(text: &str) -> bool {
    let text = text.trim().trim_start_matches("mailto:");
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_names_and_secrets_go_at_any_depth() {
        let order = json!({
            "email": "a@example.test", "contact_email": "a@example.test", "username": "shown", "verification_token": "x", "phone": null,
            "billing": { "address": { "name": "Real Name" } }, "amounts": { "shipping": { "value": 5, "currency": "USD" } },
            "shipping": { "address": { "name": "Real Name" } }, "customer": { "first_name": "Ann", "last_name": "Secret", "default_address": {} },
            "items": [{ "name": "Mug", "payerEmail": "a@example.test" }],
        });
        let kept = json!({
            "username": "shown", "amounts": { "shipping": { "value": 5, "currency": "USD" } }, "customer": { "first_name": "Ann" },
            "items": [{ "name": "Mug" }],
        });
        assert_eq!(without_private(&order, false), kept);
    }

    #[test]
    fn an_address_in_the_place_of_a_name_is_no_name() {
        assert_eq!(without_private(&json!({ "from": "a.b@example.test", "name": "me @home" }), false), json!({ "name": "me @home" }));
    }

    #[test]
    fn a_patron_shows_the_full_name_and_nobody_else_does() {
        let who = json!({ "full_name": "Paula Pays", "email": "x@example.test" });
        assert_eq!(without_private(&who, true), json!({ "full_name": "Paula Pays" }));
        assert_eq!(without_private(&who, false), json!({}));
    }

    #[test]
    fn what_nests_too_deeply_is_left_out() {
        let deep = (0..500).fold(json!({ "a": 1 }), |inner, _| json!({ "a": inner }));
        assert!(without_private(&deep, false).to_string().len() < 300);
    }
}
