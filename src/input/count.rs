//! Counts of things as text.

/// Returns `1 message`, `2 messages`.
pub fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The unit for a number: the given plural such as `months`, or `month` for 1.
pub fn unit(number: u64, plural: &str) -> &str {
    match number {
        1 => plural.strip_suffix('s').unwrap_or(plural),
        _ => plural,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_everything_else_plural() {
        assert_eq!(
            [0, 1, 2].map(|number| count(number, "credit")),
            ["0 credits", "1 credit", "2 credits"]
        );
        assert_eq!(
            [(1, "months"), (2, "months"), (1, "hype")].map(|(number, name)| unit(number, name)),
            ["month", "months", "hype"]
        );
    }
}
