//! Gift events, held back until their bomb is complete: after two seconds without another gift of the same giver and tier, `GiftBomb`,
//! then its `GiftSub`s. Credits do not wait; only what is told does.

use super::{Core, port::Now};
use crate::{
    event::{
        Person,
        fact::{Gift, Tier},
    },
    mapping::render,
};

/// Quiet that ends a bomb.
const QUIET_MS: u64 = 2_000;
/// Gifts after an ended wave that still belong to it.
const WAVE_MS: u64 = 10_000;

#[derive(Debug)]
struct Wave {
    gifter: (Box<str>, Tier),
    gifts: Vec<(Gift, String)>,
    told: u32,
    last_ms: u64,
}

/// Waves that may not be complete.
#[derive(Debug, Default)]
pub(super) struct Held {
    waves: Vec<Wave>,
}

impl Held {
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.waves.iter().map(|wave| wave.last_ms + if wave.gifts.is_empty() { WAVE_MS } else { QUIET_MS }).min()
    }
}

impl Core {
    pub(super) fn hold_gift(&mut self, gift: Gift, id: &str, now: Now) {
        let key = (if gift.gifter.id.is_empty() { gift.gifter.login.clone() } else { gift.gifter.id.clone() }, gift.tier);
        let gift = (gift, id.to_owned());
        if let Some(wave) = self.gifts.waves.iter_mut().find(|wave| wave.gifter == key) {
            wave.gifts.push(gift);
            wave.last_ms = now.mono_ms;
        } else {
            self.gifts.waves.push(Wave { gifter: key, gifts: vec![gift], told: 0, last_ms: now.mono_ms });
        }
    }

    pub(super) fn release_gifts(&mut self, now: Now) {
        let mut waves = std::mem::take(&mut self.gifts.waves);
        for wave in &mut waves {
            if now.mono_ms >= wave.last_ms + QUIET_MS && !wave.gifts.is_empty() {
                self.tell_wave(wave, now);
            }
        }
        waves.retain(|wave| now.mono_ms < wave.last_ms + WAVE_MS);
        self.gifts.waves = waves;
    }

    fn tell_wave(&mut self, wave: &mut Wave, now: Now) {
        let gifts = std::mem::take(&mut wave.gifts);
        let Some((first, first_id)) = gifts.first() else { return };
        let recipients: Vec<(&Gift, &str, &Person)> =
            gifts.iter().flat_map(|(gift, id)| gift.recipients.iter().map(move |recipient| (gift, id.as_str(), recipient))).collect();
        let count = gifts.iter().fold(0_u32, |count, (gift, _)| count.saturating_add(gift.count.max(1)));
        let broadcaster = self.broadcaster();
        let context = |id| render::Context { at_ms: now.wall_ms, id, broadcaster: broadcaster.as_ref() };
        let is_bomb = count > 1 || wave.told > 0;
        let of_bomb = wave.told.saturating_add(count);
        let mut events = Vec::new();
        if count > 1 {
            let mut bomb = first.clone();
            bomb.recipients = recipients.iter().map(|(_, _, recipient)| (*recipient).clone()).collect();
            bomb.count = count;
            bomb.bomb = true;
            events.push(render::gift_bomb(&bomb, &context(first_id)));
        }
        for (gift, id, recipient) in recipients {
            events.push(render::gift_sub(gift, recipient, is_bomb, if is_bomb { of_bomb } else { 0 }, &context(id)));
        }
        wave.told = of_bomb;
        for event in events {
            self.tell(event, now);
        }
    }
}
