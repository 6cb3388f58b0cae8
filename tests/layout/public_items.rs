//! The public items of `twitchat_bridge::client`, read from the source. A snapshot shows each
//! change, and an example must show every entry.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::slice::from_ref;

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, Meta, TraitItem, UseTree, Visibility};

use super::macros::Macros;
use super::source::words;

/// The parts of the library that define public items of the client.
const ROOMS: [&str; 2] = ["client", "twitchat"];

/// The types of actions have their examples in Twitchat's catalogue, and one example in the
/// documentation of their module.
const ACTIONS: &str = "client::actions::";

/// The modules by their paths, with all their items, including items from macros.
struct Crate(BTreeMap<Vec<String>, Vec<Item>>);

struct Entry {
    line: String,
    name: String,
    /// The documentation in which an example must show the item; `None` if it needs no example.
    docs: Option<String>,
}

impl Crate {
    fn read() -> Self {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let (mut found, mut macros) = (Self(BTreeMap::new()), Macros::default());
        for room in ROOMS {
            let file = src.join(room).join("mod.rs");
            found.read_file(&[room.to_owned()], &file, &mut macros);
        }
        found
    }

    fn read_file(&mut self, module: &[String], file: &Path, macros: &mut Macros) {
        let text = fs::read_to_string(file).unwrap();
        let folder = if file.ends_with("mod.rs") {
            file.parent().unwrap().to_owned()
        } else {
            file.with_extension("")
        };
        self.read_items(
            module,
            &folder,
            syn::parse_file(&text).unwrap().items,
            macros,
        );
    }

    fn read_items(
        &mut self,
        module: &[String],
        folder: &Path,
        items: Vec<Item>,
        macros: &mut Macros,
    ) {
        self.0.entry(module.to_vec()).or_default();
        for item in items {
            match &item {
                Item::Mod(inner) if !is_for_tests(&inner.attrs) => {
                    let name = inner.ident.to_string();
                    let path = [module, from_ref(&name)].concat();
                    if let Some((_, items)) = &inner.content {
                        self.read_items(&path, &folder.join(name), items.clone(), macros);
                    } else {
                        self.read_file(&path, &module_file(folder, &name), macros);
                    }
                }
                Item::Macro(call) => {
                    if let Some(name) = &call.ident {
                        macros.define(name, call.mac.tokens.clone());
                    } else if call.mac.path.get_ident().is_some() {
                        // Macros of other crates, such as `bitflags!`, define no items of the
                        // client.
                        let name = call.mac.path.to_token_stream().to_string();
                        let expanded = macros.expand(&name, &call.mac.tokens);
                        let items = syn::parse2::<syn::File>(expanded).unwrap().items;
                        self.read_items(module, folder, items, macros);
                    }
                }
                _ => {}
            }
            self.0.get_mut(module).unwrap().push(item);
        }
    }

    /// The module that defines the item at the end of a path, and the item's name there. `None` for
    /// items of other crates and parts.
    fn resolve(&self, module: &[String], path: &[String]) -> Option<(Vec<String>, String)> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => return self.resolve(&[], rest),
            "self" => return self.resolve(module, rest),
            "super" => return self.resolve(module.split_last()?.1, rest),
            _ => {}
        }
        let inner = [module, from_ref(first)].concat();
        if self.0.contains_key(&inner) {
            return if rest.is_empty() {
                Some((module.to_vec(), first.clone()))
            } else {
                self.resolve(&inner, rest)
            };
        }
        for item in self.0.get(module)? {
            if let Item::Use(item) = item {
                let used = uses(&item.tree);
                if let Some((path, _)) = used.iter().find(|(_, name)| name == first) {
                    return self.resolve(module, &[path, rest].concat());
                }
            } else if name_of(item).as_ref() == Some(first) && rest.is_empty() {
                return Some((module.to_vec(), first.clone()));
            }
        }
        None
    }

    /// The public items of a module, which other programs reach by `path`.
    fn list(&self, module: &[String], path: &str, docs: &str) -> Vec<Entry> {
        let mut entries = Vec::new();
        for item in &self.0[module] {
            let is_public = public_attributes(item).is_some_and(|attrs| !is_hidden(attrs));
            match item {
                _ if !is_public => {}
                Item::Use(item) => {
                    for (used, name) in uses(&item.tree) {
                        let (module, original) = self
                            .resolve(module, &used)
                            .unwrap_or_else(|| panic!("{path}: {} is not found", used.join("::")));
                        assert_eq!(name, original, "renamed by `pub use`");
                        let is_it = |item: &&Item| name_of(item).as_ref() == Some(&name);
                        let item = self.0[&module].iter().find(is_it).unwrap();
                        entries.extend(self.item(&module, item, path, docs));
                    }
                }
                item => entries.extend(self.item(module, item, path, docs)),
            }
        }
        entries
    }

    fn item(&self, module: &[String], item: &Item, path: &str, docs: &str) -> Vec<Entry> {
        let name = name_of(item).unwrap();
        let attrs = attributes(item);
        let docs = format!("{docs}\n{}", documentation(attrs));
        let path = format!("{path}::{name}");
        let mut entries = Vec::new();
        let mut entry = |line: String, docs: Option<String>| {
            let name = name.clone();
            entries.push(Entry { line, name, docs });
        };
        match item {
            Item::Mod(_) => {
                let inner = [module, from_ref(&name)].concat();
                entry(format!("mod {path}"), None);
                let docs = format!("{docs}\n{}", inner_documentation(&inner));
                entries.extend(self.list(&inner, &path, &docs));
            }
            Item::Struct(item) => {
                let generics = text(&item.generics);
                entry(format!("struct {path}{generics} {}", marks(attrs)), None);
                for line in fields(&item.fields, &path) {
                    entry(line, None);
                }
                entries.extend(self.implementations(module, &name, &path, &docs));
            }
            Item::Enum(item) => {
                let generics = text(&item.generics);
                let shown = format!("{docs}\n{}", self.documentation_of_methods(module, &name));
                let shown = (!path.starts_with(ACTIONS)).then_some(shown);
                entry(format!("enum {path}{generics} {}", marks(attrs)), shown);
                for variant in &item.variants {
                    let mut variant = variant.clone();
                    variant.attrs.clear();
                    variant
                        .fields
                        .iter_mut()
                        .for_each(|field| field.attrs.clear());
                    entry(format!("{path}::{}", text(&variant)), None);
                }
                entries.extend(self.implementations(module, &name, &path, &docs));
            }
            Item::Trait(item) => {
                let inner: String = item.items.iter().map(trait_documentation).collect();
                let bounds = text(&item.supertraits);
                entry(
                    format!("trait {path}: {bounds}"),
                    Some(format!("{docs}\n{inner}")),
                );
                for item in &item.items {
                    entry(format!("{path}: {}", trait_item(item)), None);
                }
            }
            other => panic!(
                "{path}: this kind of item is not listed yet: {}",
                text(other)
            ),
        }
        entries
    }

    /// The methods, constants and traits of a type, from all files of the crate.
    fn implementations(&self, module: &[String], name: &str, path: &str, docs: &str) -> Vec<Entry> {
        let docs = format!("{docs}\n{}", self.documentation_of_methods(module, name));
        let (mut entries, mut traits) = (Vec::new(), BTreeSet::new());
        let is_public = |visibility: &Visibility, attrs: &[Attribute]| {
            matches!(visibility, Visibility::Public(_)) && !is_hidden(attrs)
        };
        for block in self.implementations_of(module, name) {
            if let Some((implemented, _)) = &block.trait_ {
                // `Order` is not public. It marks a type as an action.
                if !is_hidden(&block.attrs) && !implemented.segments.iter().any(is_order) {
                    traits.insert(format!("impl {} for {path}", text(implemented)));
                }
                continue;
            }
            for item in &block.items {
                match item {
                    ImplItem::Fn(item) if is_public(&item.vis, &item.attrs) => {
                        let is_action = path.starts_with(ACTIONS);
                        entries.push(Entry {
                            line: format!("{path}: {}", text(&item.sig)),
                            name: item.sig.ident.to_string(),
                            docs: (!is_action).then(|| docs.clone()),
                        });
                    }
                    ImplItem::Const(item) if is_public(&item.vis, &item.attrs) => {
                        entries.push(Entry {
                            line: format!("{path}: const {}: {}", item.ident, text(&item.ty)),
                            name: item.ident.to_string(),
                            docs: Some(docs.clone()),
                        });
                    }
                    _ => {}
                }
            }
        }
        entries.extend(traits.into_iter().map(|line| Entry {
            line,
            name: name.to_owned(),
            docs: None,
        }));
        entries
    }

    fn implementations_of(&self, module: &[String], name: &str) -> Vec<&syn::ItemImpl> {
        let target = Some((module.to_vec(), name.to_owned()));
        let mut found = Vec::new();
        for (here, items) in &self.0 {
            for item in items {
                if let Item::Impl(block) = item
                    && let syn::Type::Path(path) = &*block.self_ty
                {
                    let steps = path.path.segments.iter().map(|step| step.ident.to_string());
                    if self.resolve(here, &steps.collect::<Vec<_>>()) == target {
                        found.push(block);
                    }
                }
            }
        }
        found
    }

    fn documentation_of_methods(&self, module: &[String], name: &str) -> String {
        let blocks = self.implementations_of(module, name);
        let items = blocks.iter().flat_map(|block| &block.items);
        let of = |item: &ImplItem| match item {
            ImplItem::Fn(method) => documentation(&method.attrs),
            _ => String::new(),
        };
        items.map(of).collect()
    }
}

/// The documentation at the top of a module's file.
fn inner_documentation(module: &[String]) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (name, folder) = module.split_last().unwrap();
    let file = module_file(&src.join(folder.iter().collect::<PathBuf>()), name);
    // An inline module has no file. Its documentation is before the module.
    let text = fs::read_to_string(file).unwrap_or_default();
    documentation(&syn::parse_file(&text).unwrap().attrs)
}

fn is_order(step: &syn::PathSegment) -> bool {
    step.ident == "Order"
}

fn trait_attributes(item: &TraitItem) -> &[Attribute] {
    match item {
        TraitItem::Const(item) => &item.attrs,
        TraitItem::Fn(item) => &item.attrs,
        TraitItem::Type(item) => &item.attrs,
        _ => &[],
    }
}

fn trait_documentation(item: &TraitItem) -> String {
    documentation(trait_attributes(item))
}

/// An item of a trait, without its documentation and its body.
fn trait_item(item: &TraitItem) -> String {
    let mut item = item.clone();
    match &mut item {
        TraitItem::Const(item) => item.attrs.clear(),
        TraitItem::Type(item) => item.attrs.clear(),
        TraitItem::Fn(item) => {
            item.attrs.clear();
            item.default = None;
        }
        _ => {}
    }
    text(&item)
}

fn module_file(folder: &Path, name: &str) -> PathBuf {
    let file = folder.join(format!("{name}.rs"));
    if file.exists() {
        file
    } else {
        folder.join(name).join("mod.rs")
    }
}

/// The paths in a `use` item, with the names that they import.
fn uses(tree: &UseTree) -> Vec<(Vec<String>, String)> {
    fn collect(tree: &UseTree, before: &[String], found: &mut Vec<(Vec<String>, String)>) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => collect(&path.tree, &with(&path.ident), found),
            UseTree::Name(name) if name.ident == "self" => {
                found.push((before.to_vec(), before.last().unwrap().clone()));
            }
            UseTree::Name(name) => found.push((with(&name.ident), name.ident.to_string())),
            UseTree::Rename(name) => found.push((with(&name.ident), name.rename.to_string())),
            UseTree::Group(group) => {
                for tree in &group.items {
                    collect(tree, before, found);
                }
            }
            UseTree::Glob(_) => {}
        }
    }
    let mut found = Vec::new();
    collect(tree, &[], &mut found);
    found
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn public_attributes(item: &Item) -> Option<&[Attribute]> {
    let visibility = match item {
        Item::Const(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        Item::Mod(item) => &item.vis,
        Item::Static(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Use(item) => &item.vis,
        _ => return None,
    };
    matches!(visibility, Visibility::Public(_)).then(|| attributes(item))
}

fn is_hidden(attrs: &[Attribute]) -> bool {
    let is_hidden = |attr: &Attribute| attr.path().is_ident("doc") && text(attr).contains("hidden");
    attrs
        .iter()
        .any(|attr| matches!(attr.meta, Meta::List(_)) && is_hidden(attr))
}

fn is_for_tests(attrs: &[Attribute]) -> bool {
    attrs
        .iter()
        .any(|attr| attr.path().is_ident("cfg") && text(attr).contains("test"))
}

/// Derived traits and other attributes that matter to users.
fn marks(attrs: &[Attribute]) -> String {
    let kept = ["derive", "non_exhaustive", "must_use"];
    let kept = |attr: &&Attribute| kept.iter().any(|name| attr.path().is_ident(name));
    let kept: Vec<_> = attrs.iter().filter(kept).map(text).collect();
    kept.join(" ")
}

fn documentation(attrs: &[Attribute]) -> String {
    let mut docs = String::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        if let Meta::NameValue(doc) = &attr.meta
            && let syn::Expr::Lit(doc) = &doc.value
            && let syn::Lit::Str(doc) = &doc.lit
        {
            writeln!(docs, "{}", doc.value()).unwrap();
        }
    }
    docs
}

fn fields(fields: &Fields, path: &str) -> Vec<String> {
    let public = |field: &&syn::Field| {
        matches!(field.vis, Visibility::Public(_)) && !is_hidden(&field.attrs)
    };
    let line = |field: &syn::Field| {
        let name = field.ident.as_ref().map(ToString::to_string);
        format!("{path}.{}: {}", name.unwrap_or_default(), text(&field.ty))
    };
    fields.iter().filter(public).map(line).collect()
}

/// The source text, without the spaces between printed tokens.
fn text(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, tight) in [
        (" :: ", "::"),
        (" < ", "<"),
        (" > ", "> "),
        (" >", ">"),
        (" ,", ","),
        (" :", ":"),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("# [", "#["),
        ("[ ", "["),
        (" ]", "]"),
        (" ;", ";"),
        (",)", ")"),
        ("> ,", ">,"),
        ("> )", ">)"),
        ("->", " ->"),
        ("  ->", " ->"),
        ("' ", "'"),
        ("< ", "<"),
        ("? Sized", "?Sized"),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}

/// The code of the examples in a documentation.
fn examples(docs: &str) -> String {
    docs.split("```").skip(1).step_by(2).collect()
}

fn entries() -> Vec<Entry> {
    let client = ["client".to_owned()];
    Crate::read().list(&client, "client", &inner_documentation(&client))
}

#[test]
fn the_clients_public_items_are_those_of_the_snapshot() {
    let lines: Vec<_> = entries().into_iter().map(|entry| entry.line).collect();
    assert!(lines.len() > 400, "only {} items were found", lines.len());
    insta::assert_snapshot!("client", lines.join("\n"));
}

#[test]
fn every_entry_of_the_client_occurs_in_an_example() {
    // A re-exported item needs an example in only one place.
    let line = |entry: &Entry| {
        let shared = ["client::events::", "client::requests::"];
        let short = |line: String, path: &&str| line.replace(path, "client::");
        shared.iter().fold(entry.line.clone(), short)
    };
    let (mut shown, mut missing) = (BTreeSet::new(), BTreeSet::new());
    for entry in entries() {
        if let Some(docs) = &entry.docs {
            let is_shown = words(&examples(docs)).contains(&entry.name);
            let lines = if is_shown { &mut shown } else { &mut missing };
            lines.insert(line(&entry));
        }
    }
    assert!(
        shown.len() > 60,
        "only {} entries have examples",
        shown.len()
    );
    let missing: Vec<_> = missing.difference(&shown).cloned().collect();
    assert!(
        missing.is_empty(),
        "without an example:\n{}",
        missing.join("\n")
    );
}
