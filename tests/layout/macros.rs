//! Expands `macro_rules!` macros like the compiler, to find items that exist only after the
//! expansion.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser, discouraged::Speculative};

/// The macros seen so far, by name.
#[derive(Default)]
pub(crate) struct Macros(BTreeMap<String, Vec<Rule>>);

struct Rule {
    pattern: Vec<Part>,
    body: Vec<Part>,
}

/// A part of a pattern or of a body.
enum Part {
    Token(TokenTree),
    Group(Delimiter, Vec<Part>),
    /// `$name:kind`; in a body the kind is empty.
    Variable(String, String),
    /// `$( … ) separator operator`
    Repetition {
        parts: Vec<Part>,
        separator: Option<TokenTree>,
        operator: char,
    },
}

#[derive(Clone)]
enum Bound {
    One(TokenStream),
    Many(Vec<Bound>),
}

type Bindings = BTreeMap<String, Bound>;

impl Macros {
    /// Adds the rules of a `macro_rules!` item.
    pub(crate) fn define(&mut self, name: &Ident, rules: TokenStream) {
        let mut tokens = rules.into_iter().peekable();
        let mut found = Vec::new();
        while let Some(TokenTree::Group(pattern)) = tokens.next() {
            let body = tokens.find_map(|token| match token {
                TokenTree::Group(body) => Some(body),
                _ => None,
            });
            found.push(Rule {
                pattern: parts(pattern.stream()),
                body: parts(body.unwrap().stream()),
            });
            tokens.next_if(|token| token.to_string() == ";");
        }
        self.0.insert(name.to_string(), found);
    }

    /// The tokens that a call of a macro expands to.
    pub(crate) fn expand(&self, name: &str, input: &TokenStream) -> TokenStream {
        let rules = self.0.get(name);
        let rules = rules.unwrap_or_else(|| panic!("the definition of {name}! was not found"));
        let expanded = rules.iter().find_map(|rule| {
            let bindings = match_whole(&rule.pattern, input.clone()).ok()?;
            Some(write(&rule.body, &bindings))
        });
        expanded.unwrap_or_else(|| panic!("no rule of {name}! matches {input}"))
    }
}

/// Splits a pattern or a body into its parts.
fn parts(tokens: TokenStream) -> Vec<Part> {
    let mut tokens = tokens.into_iter().peekable();
    let mut found = Vec::new();
    while let Some(token) = tokens.next() {
        found.push(match token {
            TokenTree::Punct(sign) if sign.as_char() == '$' => match tokens.next().unwrap() {
                TokenTree::Group(inner) => {
                    let is_operator = |token: &TokenTree| "*+?".contains(&token.to_string());
                    let separator = tokens.next_if(|token| !is_operator(token));
                    let operator = tokens.next().unwrap().to_string();
                    Part::Repetition {
                        parts: parts(inner.stream()),
                        separator,
                        operator: operator.chars().next().unwrap(),
                    }
                }
                name if name.to_string() == "crate" => Part::Token(name),
                name => {
                    let is_typed = tokens.peek().is_some_and(|next| next.to_string() == ":");
                    let mut ahead = tokens.clone().skip(1);
                    match ahead.next() {
                        Some(TokenTree::Ident(kind)) if is_typed && is_kind(&kind) => {
                            tokens.nth(1);
                            Part::Variable(name.to_string(), kind.to_string())
                        }
                        _ => Part::Variable(name.to_string(), String::new()),
                    }
                }
            },
            TokenTree::Group(group) => Part::Group(group.delimiter(), parts(group.stream())),
            token => Part::Token(token),
        });
    }
    found
}

/// Whether the word is a fragment specifier. In a body, `$name: Type` declares a field.
fn is_kind(word: &Ident) -> bool {
    ["ident", "ty", "expr", "literal", "meta", "tt"].contains(&&*word.to_string())
}

fn match_whole(parts: &[Part], tokens: TokenStream) -> syn::Result<Bindings> {
    let whole = |input: ParseStream<'_>| {
        let bindings = match_parts(parts, input)?;
        if input.is_empty() {
            Ok(bindings)
        } else {
            Err(input.error("more than the rule takes"))
        }
    };
    whole.parse2(tokens)
}

fn match_parts(parts: &[Part], input: ParseStream<'_>) -> syn::Result<Bindings> {
    let mut bindings = Bindings::new();
    for part in parts {
        match part {
            Part::Token(expected) => match_token(expected, input)?,
            Part::Group(delimiter, inner) => {
                let group: Group = input.parse()?;
                if group.delimiter() != *delimiter {
                    return Err(input.error("another bracket"));
                }
                bindings.append(&mut match_whole(inner, group.stream())?);
            }
            Part::Variable(name, kind) => {
                bindings.insert(name.clone(), Bound::One(fragment(kind, input)?));
            }
            Part::Repetition {
                parts,
                separator,
                operator,
            } => {
                let rounds = match_rounds(parts, separator.as_ref(), *operator, input)?;
                for name in variables(parts) {
                    let bound = rounds.iter().map(|round| round[&name].clone());
                    let bound = Bound::Many(bound.collect());
                    bindings.insert(name, bound);
                }
            }
        }
    }
    Ok(bindings)
}

fn match_rounds(
    parts: &[Part],
    separator: Option<&TokenTree>,
    operator: char,
    input: ParseStream<'_>,
) -> syn::Result<Vec<Bindings>> {
    let mut rounds = Vec::new();
    while !(input.is_empty() || operator == '?' && rounds.len() == 1) {
        let ahead = input.fork();
        let is_separated = rounds.is_empty()
            || separator.is_none_or(|separator| match_token(separator, &ahead).is_ok());
        let Some(round) = is_separated
            .then(|| match_parts(parts, &ahead).ok())
            .flatten()
        else {
            break;
        };
        input.advance_to(&ahead);
        rounds.push(round);
    }
    if operator == '+' && rounds.is_empty() {
        return Err(input.error("at least one is needed"));
    }
    Ok(rounds)
}

fn match_token(expected: &TokenTree, input: ParseStream<'_>) -> syn::Result<()> {
    let found: TokenTree = input.parse()?;
    if found.to_string() == expected.to_string() {
        Ok(())
    } else {
        Err(input.error("another token"))
    }
}

fn fragment(kind: &str, input: ParseStream<'_>) -> syn::Result<TokenStream> {
    fn parsed<T: Parse + ToTokens>(input: ParseStream<'_>) -> syn::Result<TokenStream> {
        Ok(input.parse::<T>()?.into_token_stream())
    }
    match kind {
        "ident" => Ok(input.call(Ident::parse_any)?.into_token_stream()),
        "ty" => parsed::<syn::Type>(input),
        "expr" => parsed::<syn::Expr>(input),
        "literal" => parsed::<syn::Lit>(input).or_else(|_| parsed::<Literal>(input)),
        "meta" => parsed::<syn::Meta>(input),
        "tt" => parsed::<TokenTree>(input),
        other => panic!("a fragment of the kind {other} is not known here"),
    }
}

/// The variables in a pattern or a body.
fn variables(parts: &[Part]) -> Vec<String> {
    let of = |part: &Part| match part {
        Part::Token(_) => Vec::new(),
        Part::Group(_, parts) | Part::Repetition { parts, .. } => variables(parts),
        Part::Variable(name, _) => vec![name.clone()],
    };
    parts.iter().flat_map(of).collect()
}

fn write(parts: &[Part], bindings: &Bindings) -> TokenStream {
    let mut written = TokenStream::new();
    for part in parts {
        match part {
            Part::Token(token) => token.to_tokens(&mut written),
            Part::Group(delimiter, inner) => {
                Group::new(*delimiter, write(inner, bindings)).to_tokens(&mut written);
            }
            Part::Variable(name, _) => match bindings.get(name) {
                Some(Bound::One(tokens)) => tokens.to_tokens(&mut written),
                Some(Bound::Many(_)) => panic!("${name} is repeated in the pattern alone"),
                None => panic!("${name} is not in the pattern"),
            },
            Part::Repetition {
                parts, separator, ..
            } => {
                let names = variables(parts);
                let rounds = names.iter().filter_map(|name| match bindings.get(name) {
                    Some(Bound::Many(rounds)) => Some(rounds.len()),
                    _ => None,
                });
                for round in 0..rounds.max().unwrap_or(0) {
                    if let Some(separator) = separator.as_ref().filter(|_| round > 0) {
                        separator.to_tokens(&mut written);
                    }
                    let mut inner = bindings.clone();
                    for name in &names {
                        if let Some(Bound::Many(rounds)) = bindings.get(name) {
                            inner.insert(name.clone(), rounds[round].clone());
                        }
                    }
                    write(parts, &inner).to_tokens(&mut written);
                }
            }
        }
    }
    written
}

#[test]
fn a_macro_is_expanded_as_the_compiler_does_it() {
    let file: syn::File = syn::parse_str(
        r"macro_rules! shapes {
            ($($(#[$meta:meta])* $name:ident($($must:ident: $type:ty),*)
                $(with { $($key:ident = $value:expr),+ $(,)? })? ;)+) => { $(
                $(#[$meta])* pub struct $name { $(pub $must: Option<$type>),* }
                $($(pub const $key: u8 = $value;)+)?
            )+ };
        }
        shapes! {
            /// A point.
            Point(x: Vec<u8>, y: u8) with { ONE = 1 + 1, TWO = 2, };
            Nothing();
        }",
    )
    .unwrap();
    let [syn::Item::Macro(definition), syn::Item::Macro(call)] = &file.items[..] else {
        panic!("two items");
    };
    let mut macros = Macros::default();
    let name = definition.ident.as_ref().unwrap();
    macros.define(name, definition.mac.tokens.clone());
    let expected: TokenStream = "/// A point.
        pub struct Point { pub x: Option<Vec<u8>>, pub y: Option<u8> }
        pub const ONE: u8 = 1 + 1; pub const TWO: u8 = 2;
        pub struct Nothing { }"
        .parse()
        .unwrap();
    let expanded = macros.expand("shapes", &call.mac.tokens);
    // Tokens from the call have other spaces between them.
    let [expanded, expected] =
        [expanded, expected].map(|tokens| tokens.to_string().replace(' ', ""));
    assert_eq!(expanded, expected);
}
