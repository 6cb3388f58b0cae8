//! Gift events, held until their gift bomb is complete. After two seconds without another gift of
//! the same giver and tier, `GiftBomb` is emitted, then its `GiftSub`s.

use super::{at::At, outcome::Emitted, render};
use crate::event::{
    Person, Platform,
    fact::{Gift, Tier},
};

/// Time without another gift after which a gift bomb is complete.
const QUIET_MS: u64 = 2_000;
/// Time after the last gift during which another gift still belongs to an emitted gift bomb.
const BOMB_MS: u64 = 10_000;

#[derive(Debug)]
struct Bomb {
    gifter: (Platform, Box<str>, Tier),
    gifts: Vec<(Gift, String)>,
    emitted_as: u32,
    last_ms: u64,
}

/// Gift bombs that may not be complete yet. Times come from a monotonic clock.
#[derive(Debug, Default)]
pub struct Gifts {
    gift_bombs: Vec<Bomb>,
}

impl Gifts {
    /// Adds a gift, with the id of its message.
    pub fn hold(&mut self, gift: Gift, id: &str, now_ms: u64) {
        let key = (
            gift.gifter.platform,
            if gift.gifter.id.is_empty() {
                gift.gifter.login.clone()
            } else {
                gift.gifter.id.clone()
            },
            gift.tier,
        );
        let gift = (gift, id.to_owned());
        if let Some(bomb) = self.gift_bombs.iter_mut().find(|bomb| bomb.gifter == key) {
            bomb.gifts.push(gift);
            bomb.last_ms = now_ms;
        } else {
            self.gift_bombs.push(Bomb {
                gifter: key,
                gifts: vec![gift],
                emitted_as: 0,
                last_ms: now_ms,
            });
        }
    }

    /// When the next gift bomb is complete, on the monotonic clock. [`Self::release`] then returns
    /// its events.
    pub fn due_ms(&self) -> Option<u64> {
        self.gift_bombs
            .iter()
            .map(|bomb| {
                bomb.last_ms
                    + if bomb.gifts.is_empty() {
                        BOMB_MS
                    } else {
                        QUIET_MS
                    }
            })
            .min()
    }

    pub fn release(&mut self, at: &At<'_>) -> Vec<Emitted> {
        let mut events = Vec::new();
        for bomb in &mut self.gift_bombs {
            if at.mono_ms >= bomb.last_ms + QUIET_MS {
                events.extend(bomb.emit(at));
            }
        }
        self.gift_bombs
            .retain(|bomb| at.mono_ms < bomb.last_ms + BOMB_MS);
        events
    }
}

impl Bomb {
    fn emit(&mut self, at: &At<'_>) -> Vec<Emitted> {
        let gifts = std::mem::take(&mut self.gifts);
        let Some((first, first_id)) = gifts.first() else {
            return Vec::new();
        };
        let recipients: Vec<(&Gift, &str, &Person)> = gifts
            .iter()
            .flat_map(|(gift, id)| {
                gift.recipients
                    .iter()
                    .map(move |recipient| (gift, id.as_str(), recipient))
            })
            .collect();
        let count = gifts.iter().fold(0_u32, |count, (gift, _)| {
            count.saturating_add(gift.count.max(1))
        });
        let is_bomb = count > 1 || self.emitted_as > 0;
        let of_bomb = self.emitted_as.saturating_add(count);
        let mut events = Vec::new();
        if count > 1 {
            let mut bomb = first.clone();
            bomb.recipients = recipients
                .iter()
                .map(|(_, _, recipient)| (*recipient).clone())
                .collect();
            bomb.count = count;
            bomb.bomb = true;
            let event = render::gift_bomb(&bomb, &at.context(first_id));
            let event = render::of_platform(bomb.gifter.platform, event);
            events.push(Emitted::late(event, first_id));
        }
        for (gift, id, recipient) in recipients {
            let event = render::gift_sub(
                gift,
                recipient,
                is_bomb,
                if is_bomb { of_bomb } else { 0 },
                &at.context(id),
            );
            let event = render::of_platform(gift.gifter.platform, event);
            events.push(Emitted::late(event, id));
        }
        self.emitted_as = of_bomb;
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gift(platform: Platform, to: &str) -> Gift {
        let mut gifter = Person::new("7", "anna", "Anna").unwrap();
        gifter.platform = platform;
        Gift {
            gifter,
            recipients: vec![Person::new(to, to, to).unwrap()],
            count: 1,
            months: 1,
            ..Gift::default()
        }
    }

    #[test]
    fn the_same_id_on_two_platforms_gives_no_common_bomb() {
        let mut gifts = Gifts::default();
        gifts.hold(gift(Platform::Twitch, "1"), "a", 0);
        gifts.hold(gift(Platform::YouTube, "2"), "b", 0);
        let at = At {
            mono_ms: QUIET_MS,
            ..At::default()
        };
        let events = gifts.release(&at);
        assert_eq!(events.len(), 2, "two single gifts, not a bomb: {events:?}");
    }
}
