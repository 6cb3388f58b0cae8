//! Makes the contents of the page: the sections in order, with sorted, merged and limited names,
//! and with amounts as texts.

use jiff::{Timestamp, tz::TimeZone};

use super::{
    amount::Amount,
    kind::Kind,
    language::Language,
    line::{Line, Lines},
    look::CreditsPlan,
    namesakes,
    plan::{Amounts, Layout, Plan, Sort},
    section::{Body, Name, Section},
    words,
};
use crate::credits::{Fold, Options};

/// The data of a roll that is not in the credits.
#[derive(Debug, Clone)]
pub struct Given {
    /// The present time, Unix milliseconds.
    pub now_ms: i64,
    /// When the session began, Unix milliseconds.
    pub started_ms: i64,
    /// The time zone of `{date}` and `{time}`.
    pub zone: TimeZone,
    /// Name of the channel; may be empty.
    pub channel: String,
    /// The language of titles and units.
    pub language: Language,
}

/// Makes the sections of the roll. Empty ones are left out if `hide_empty` is set.
pub fn sections(
    script: &CreditsPlan,
    fold: &Fold,
    options: &Options,
    given: &Given,
) -> Vec<Section> {
    let lines = Lines::new(fold, options, given.now_ms, given.language);
    let mut sections = Vec::new();
    for plan in &script.sections {
        let first = plan.first();
        match first {
            Kind::Text => sections.extend(text(plan, fold, given)),
            Kind::Image => sections.push(Section {
                id: plan.id.clone(),
                body: Body::Image {
                    src: plan.image.clone(),
                    alt: plan.alt.clone(),
                    height: plan.height,
                    layout: plan.layout,
                },
                kinds: plan.kinds.clone(),
            }),
            Kind::Groups | Kind::Lists => {
                for (name, found) in lines.named(first, plan) {
                    let plan = Plan {
                        id: format!("{}:{name}", plan.id).into(),
                        ..plan.clone()
                    };
                    sections.extend(people(&plan, found, &name, script.hide_empty, fold, given));
                }
            }
            _ => {
                let of = |kind: &Kind| {
                    let kind = *kind;
                    let lines = lines.of(kind, plan).into_iter();
                    lines.map(move |line| Line { kind, ..line })
                };
                let found = plan.kinds.iter().flat_map(of).collect();
                sections.extend(people(plan, found, "", script.hide_empty, fold, given));
            }
        }
    }
    namesakes::mark(&mut sections, &fold.people);
    sections
}

fn people(
    plan: &Plan,
    found: Vec<Line>,
    name: &str,
    hide_empty: bool,
    fold: &Fold,
    given: &Given,
) -> Option<Section> {
    let mut lines = if plan.merge { merged(found) } else { found };
    // Each order keeps that of the one before among equals, so the most important one is the last.
    for order in plan.then.iter().rev() {
        sort(&mut lines, *order, plan);
    }
    sort(&mut lines, plan.sort, plan);
    let language = given.language;
    let (all, sum) = (lines.len(), sum(&lines, language));
    lines.truncate(plan.limit.unwrap_or(usize::MAX));
    if lines.is_empty() && hide_empty {
        return None;
    }
    let first = plan.first();
    let total = lines.iter().fold(Amount::None, |mut sum, line| {
        sum.add(line.amount.clone());
        sum
    });
    let title = words::fill(
        plan.title
            .as_deref()
            .unwrap_or_else(|| language.title(first)),
        |key| match key {
            "name" if name.is_empty() => Some(language.title(first).to_owned()),
            "name" => Some(capitalised(name)),
            "count" => Some(language.grouped(lines.len() as u64)),
            "total" => Some(total.number(language)),
            "all" => Some(language.grouped(all as u64)),
            "sum" => Some(sum.clone()),
            _ => general(key, fold, given),
        },
    );
    let icon = plan.icon.clone().unwrap_or_else(|| first.icon().into());
    let weights = weights(&lines, plan);
    let names = lines
        .into_iter()
        .zip(weights)
        .map(|(line, weight)| Name {
            weight,
            ..line.show(plan, language)
        })
        .collect();
    let empty = plan.empty.clone().filter(|_| !hide_empty);
    let body = Body::People {
        title,
        icon: Some(icon).filter(|icon| !icon.is_empty()),
        layout: plan.layout,
        names,
        empty,
    };
    Some(Section {
        id: plan.id.clone(),
        body,
        kinds: plan.kinds.clone(),
    })
}

/// The amounts of all lines together, with their units: `12,345 bits`, or `€12.50 + $3`. Each unit
/// and each currency has its own sum. Months have none, because they are a state and no amount.
fn sum(lines: &[Line], language: Language) -> String {
    let mut sums: Vec<Amount> = Vec::new();
    for line in lines {
        match sums.iter_mut().find(|sum| sum.is_like(&line.amount)) {
            Some(sum) => sum.add(line.amount.clone()),
            None => sums.push(line.amount.clone()),
        }
    }
    let texts: Vec<_> = sums
        .iter()
        .map(|sum| sum.summed(language))
        .filter(|text| !text.is_empty())
        .collect();
    texts.join(" + ")
}

fn text(plan: &Plan, fold: &Fold, given: &Given) -> Option<Section> {
    let value = |key: &str| general(key, fold, given);
    let title = words::fill(plan.title.as_deref().unwrap_or_default(), value);
    let text = words::fill(&plan.text, |key| {
        value(key).map(|value| words::plain(&value))
    });
    let body = Body::Text {
        title,
        text,
        layout: plan.layout,
    };
    let is_there = !matches!(&body, Body::Text { title, text,
        .. } if title.trim().is_empty() && text.trim().is_empty());
    is_there.then(|| Section {
        id: plan.id.clone(),
        body,
        kinds: plan.kinds.clone(),
    })
}

/// The value of a placeholder that is the same in all sections; `None` if there is no such
/// placeholder.
fn general(key: &str, fold: &Fold, given: &Given) -> Option<String> {
    let clock = || {
        Timestamp::from_millisecond(given.now_ms)
            .unwrap_or_default()
            .to_zoned(given.zone.clone())
    };
    match key {
        "channel" => Some(given.channel.clone()),
        "title" => Some(fold.session.title().to_owned()),
        "game" => Some(
            fold.session
                .games()
                .last()
                .and_then(|game| game.as_str())
                .unwrap_or_default()
                .to_owned(),
        ),
        "date" => Some(clock().strftime("%Y-%m-%d").to_string()),
        "time" => Some(clock().strftime("%H:%M").to_string()),
        "duration" => Some(
            given
                .language
                .span(u64::try_from(given.now_ms - given.started_ms).unwrap_or(0) / 1_000),
        ),
        _ => None,
    }
}

/// Merges the lines of each person, in their order.
fn merged(found: Vec<Line>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::with_capacity(found.len());
    let mut places = std::collections::HashMap::new();
    for line in found {
        if let Some(known) = places
            .get(&line.key)
            .and_then(|place: &usize| lines.get_mut(*place))
        {
            known.absorb(line);
        } else {
            places.insert(line.key.clone(), lines.len());
            lines.push(line);
        }
    }
    lines
}

fn sort(lines: &mut [Line], sort: Sort, plan: &Plan) {
    match sort {
        // Lines of several kinds are sorted by time. Equal ones keep the order of their kind.
        Sort::First => lines.sort_by_key(|line| line.first_ms),
        Sort::Name => lines.sort_by_cached_key(Line::folded),
        Sort::Amount => {
            if plan.then.is_empty() {
                lines.sort_by_cached_key(Line::folded);
            }
            lines.sort_by_key(|line| std::cmp::Reverse((line.amount.rank(), line.count)));
        }
        Sort::Role => lines.sort_by_key(|line| line.role.unwrap_or(u8::MAX)),
        Sort::Tier => lines.sort_by_key(|line| std::cmp::Reverse(line.tier_rank())),
        Sort::Kind => {
            let place = |line: &Line| plan.kinds.iter().position(|kind| *kind == line.kind);
            lines.sort_by_key(|line| place(line).unwrap_or(usize::MAX));
        }
        Sort::Total => lines.sort_by_key(|line| std::cmp::Reverse(line.total)),
    }
}

/// The greatest weight of a name.
const GREATEST: u8 = 100;

/// How great each amount is among all of the section, from 0 to [`GREATEST`]. The square root keeps
/// one very great amount from making all others look the same. All weights are 0 if the section
/// shows no amounts, or has kinds or amounts that cannot be compared.
fn weights(lines: &[Line], plan: &Plan) -> Vec<u8> {
    let amounts = lines.iter().map(|line| &line.amount);
    let mut measures = amounts
        .clone()
        .filter(|amount| amount.rank() > 0)
        .map(Amount::measure);
    let first = measures.next().flatten();
    let is_comparable = plan.amounts != Amounts::Hidden
        && plan.kinds.iter().all(|kind| kind.is_support())
        && first.is_some()
        && measures.all(|measure| measure == first);
    if !is_comparable {
        return vec![0; lines.len()];
    }
    let ranks = amounts.map(Amount::rank);
    let least = ranks.clone().filter(|rank| *rank > 0).min().unwrap_or(0);
    let most = ranks.clone().max().unwrap_or(0).max(1);
    let square = u128::from(GREATEST).pow(2);
    let weight = |rank: u128| (rank.saturating_sub(least).saturating_mul(square) / most).isqrt();
    ranks
        .map(|rank| u8::try_from(weight(rank)).map_or(GREATEST, |weight| weight.min(GREATEST)))
        .collect()
}

impl Line {
    fn show(self, plan: &Plan, language: Language) -> Name {
        let amount = match &plan.amounts {
            Amounts::Hidden => String::new(),
            Amounts::Of(kinds) if !kinds.contains(&self.kind) => String::new(),
            Amounts::Shown | Amounts::Of(_) if plan.layout == Layout::Pairs => {
                self.amount.whole_text(language)
            }
            Amounts::Shown | Amounts::Of(_) => self.amount.text(language),
            Amounts::Worded(words) => {
                let number = self.amount.number(language);
                if number.is_empty() {
                    number
                } else {
                    words::fill(words, |key| match key {
                        "n" => Some(number.clone()),
                        "amount" => Some(self.amount.text(language)),
                        "total" => Some(self.total.rounded(0).to_string()),
                        _ => None,
                    })
                }
            }
        };
        let mut lines = self.lines;
        if plan.amounts == Amounts::Hidden {
            for line in &mut lines {
                line.amount.clear();
            }
        }
        Name {
            name: if plan.short_names {
                shortened(&self.name)
            } else {
                self.name
            },
            platform: "",
            amount,
            weight: 0,
            inline: plan.details && self.is_inline,
            lines: if plan.details { lines } else { Vec::new() },
            skin: if plan.details {
                self.skin
            } else {
                Box::default()
            },
            note: if plan.details {
                self.note
            } else {
                String::new()
            },
            badge: if plan.badges { self.badge } else { "" },
            images: if plan.images.unwrap_or(plan.details) {
                self.images
            } else {
                Vec::new()
            },
            who: self.who,
        }
    }
}

/// `Ann Kowalski` becomes `Ann K.`
fn shortened(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default().to_owned();
    words
        .filter_map(|word| word.chars().next())
        .fold(first, |name, letter| format!("{name} {letter}."))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
