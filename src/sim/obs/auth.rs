//! The password part of `Hello` and `Identify`.
//!
//! obs-websocket protocol, "Creating an authentication string":
//! `base64(sha256(base64(sha256(password + salt)) + challenge))`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

#[derive(Debug)]
pub(super) struct Lock {
    challenge: String,
    salt: String,
    password: SecretString,
}

impl Lock {
    pub(super) fn new(password: SecretString) -> Self {
        Self {
            challenge: nonce(),
            salt: nonce(),
            password,
        }
    }

    /// The object in the field `authentication` of `Hello`.
    pub(super) fn hello(&self) -> Value {
        json!({"challenge": self.challenge, "salt": self.salt})
    }

    /// Whether `answer` is the right answer to the challenge.
    pub(super) fn opens_with(&self, answer: &str) -> bool {
        answer == answer_to(&self.challenge, &self.salt, &self.password)
    }
}

/// The value of the field `authentication` in `Identify`.
pub(in crate::sim) fn answer_to(challenge: &str, salt: &str, password: &SecretString) -> String {
    let secret = STANDARD.encode(
        Sha256::new()
            .chain_update(password.expose_secret())
            .chain_update(salt)
            .finalize(),
    );
    STANDARD.encode(
        Sha256::new()
            .chain_update(secret)
            .chain_update(challenge)
            .finalize(),
    )
}

/// 32 random bytes in Base64, as in OBS.
fn nonce() -> String {
    STANDARD.encode([Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_is_the_one_of_the_protocol_document() {
        // This is the example in obs-websocket's protocol.md.
        let password = SecretString::from("supersecretpassword");
        let answer = answer_to(
            "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY=",
            "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=",
            &password,
        );
        assert_eq!(answer, "1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4=");
    }

    #[test]
    fn only_the_password_opens() {
        let lock = Lock::new(SecretString::from("right"));
        assert!(lock.opens_with(&answer_to(
            &lock.challenge,
            &lock.salt,
            &SecretString::from("right")
        )));
        assert!(!lock.opens_with(&answer_to(
            &lock.challenge,
            &lock.salt,
            &SecretString::from("wrong")
        )));
        assert!(!lock.opens_with(""));
    }
}
