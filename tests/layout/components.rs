//! Checks the parts of the bridge: none of its types is large, and none gives others access to its
//! state.
//!
//! A *component* is a struct of `src/bridge` that has methods which change it (an `impl` block with
//! `&mut self`). Its fields are private, so only files in the folder below it can access them.
//! [`super::imports`] covers these files: they cannot name the type while it uses them. All methods
//! of a component are in its own file, or in its own folder if it is the root of one
//! (`bridge/roll/mod.rs`). The methods of `Bridge` itself are in `bridge/mod.rs` only.
//!
//! Inputs, effects, rows and replies are plain data: they have only methods with `&self`, or none.
//! Their fields may be public.

use std::collections::BTreeMap;
use std::fs;

use super::source::{code, sources, without_tests, words};

/// The maximum number of fields of a type. A type with more fields should be split.
const FIELDS: usize = 15;

/// A struct, or a variant of an enum.
struct Declared {
    file: String,
    name: String,
    /// The fields, and whether other files can access each.
    fields: Vec<(String, bool)>,
}

/// An `impl` block.
#[derive(Clone)]
struct Impl {
    name: String,
    of_trait: bool,
    /// Whether it has a method with `&mut self`.
    changes: bool,
}

/// Each file is given by its path and its text.
fn violations<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut types = Vec::new();
    let mut impls: BTreeMap<String, Vec<(String, Impl)>> = BTreeMap::new();
    for (path, text) in files {
        let words = words(&without_tests(&code(text)));
        types.extend(declared(path, &words));
        for block in blocks(&words) {
            let of_type = impls.entry(block.name.clone()).or_default();
            of_type.push((path.to_owned(), block));
        }
    }
    let mut wrong = Vec::new();
    for of_type in &types {
        let Declared { file, name, fields } = of_type;
        if fields.len() > FIELDS {
            wrong.push(format!("{file}: {name} has {} fields", fields.len()));
        }
        // If two types have the same name, a block belongs to the type in its own file.
        let namesakes = types.iter().filter(|other| other.name == *name).count();
        let mut blocks = impls.get(name).cloned().unwrap_or_default();
        blocks.retain(|(place, _)| place == file || namesakes == 1);
        if !blocks.iter().any(|(_, block)| block.changes) {
            continue;
        }
        let public = fields.iter().filter(|(_, public)| *public);
        wrong.extend(public.map(|(field, _)| format!("{file}: others see {name}.{field}")));
        let elsewhere = blocks.iter().filter(|(place, block)| {
            !is_of_component(place, file) && (block.changes || !block.of_trait)
        });
        wrong.extend(
            elsewhere.map(|(place, _)| format!("{place}: has methods of {name} of {file}")),
        );
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

/// Whether a file belongs to the component in another file: it is the same file, or the other file
/// is the root of its folder.
fn is_of_component(place: &str, file: &str) -> bool {
    let folder = file.strip_suffix("/mod.rs");
    place == file
        || folder.is_some_and(|folder| {
            folder.contains('/')
                && place
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.starts_with('/'))
        })
}

/// The structs and the variants of enums in the code, with their fields.
fn declared(path: &str, words: &[String]) -> Vec<Declared> {
    let mut found = Vec::new();
    for (at, two) in words.windows(2).enumerate() {
        let is_struct = match two[0].as_str() {
            "struct" => true,
            "enum" => false,
            _ => continue,
        };
        let Some(open) = body(words, at + 2) else {
            continue;
        };
        let parts = parts(words, open);
        let fields = |parts: Vec<&[String]>| parts.into_iter().map(field).collect();
        let name = two[1].clone();
        let of = |name, fields| Declared {
            file: path.to_owned(),
            name,
            fields,
        };
        if is_struct {
            found.push(of(name, fields(parts)));
            continue;
        }
        for variant in parts {
            let variant = without_attributes(variant);
            if let Some(open) = variant.iter().position(|word| word == "{" || word == "(") {
                let name = format!("{name}::{}", variant[0]);
                found.push(of(name, fields(self::parts(variant, open))));
            }
        }
    }
    found
}

/// The index at which the fields of a type begin, after its name. `None` for a unit struct.
fn body(words: &[String], from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, word) in words.iter().enumerate().skip(from) {
        match word.as_str() {
            "<" => depth += 1,
            ">" => depth = depth.saturating_sub(1),
            ";" => return None,
            "{" | "(" if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// The words between the bracket at an index and its end, split at commas.
fn parts(words: &[String], open: usize) -> Vec<&[String]> {
    let (mut parts, mut depth, mut begin) = (Vec::new(), 0_i32, open + 1);
    for (at, word) in words.iter().enumerate().skip(open) {
        let is_arrow = word == ">" && ["-", "="].contains(&words[at - 1].as_str());
        match word.as_str() {
            "{" | "(" | "[" | "<" => depth += 1,
            "}" | ")" | "]" | ">" if !is_arrow => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && word == ",") {
            if begin < at {
                parts.push(&words[begin..at]);
            }
            begin = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    parts
}

fn without_attributes(mut words: &[String]) -> &[String] {
    while words.first().is_some_and(|word| word == "#") {
        let mut depth = 0;
        let end = words.iter().position(|word| {
            match word.as_str() {
                "[" => depth += 1,
                "]" => depth -= 1,
                _ => {}
            }
            depth == 0 && word == "]"
        });
        words = &words[end.map_or(words.len(), |end| end + 1)..];
    }
    words
}

/// The name of a field, and whether other files can access it. For a field without a name, the name
/// is its type.
fn field(words: &[String]) -> (String, bool) {
    let words = without_attributes(words);
    let public = words.first().is_some_and(|word| word == "pub");
    let restricted = public && words.get(1).is_some_and(|word| word == "(");
    let close = words.iter().position(|word| word == ")");
    let begin = match (public, restricted) {
        (true, true) => close.map_or(words.len(), |close| close + 1),
        (true, false) => 1,
        (false, _) => 0,
    };
    (words.get(begin).cloned().unwrap_or_default(), public)
}

/// The `impl` blocks in the code.
fn blocks(words: &[String]) -> Vec<Impl> {
    let mut blocks = Vec::new();
    for (at, _) in words.iter().enumerate().filter(|(_, word)| *word == "impl") {
        // The word `impl` in the type of an argument does not begin a block.
        let begins = at == 0 || ["}", "]", ";"].contains(&words[at - 1].as_str());
        let Some(open) = begins.then(|| body_of_impl(words, at)).flatten() else {
            continue;
        };
        let mut depth = 0;
        let end = words[open..].iter().position(|word| {
            match word.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let block = &words[open..open + end.unwrap_or(0)];
        let has = |wanted: &[&str]| block.windows(wanted.len()).any(|words| words == wanted);
        let with_lifetime = block
            .windows(5)
            .any(|five| five[..2] == ["&", "'"] && five[3..] == ["mut", "self"]);
        if let Some((name, of_trait)) = type_of(&words[at + 1..open]) {
            blocks.push(Impl {
                name,
                of_trait,
                changes: has(&["&", "mut", "self"]) || with_lifetime,
            });
        }
    }
    blocks
}

fn body_of_impl(words: &[String], at: usize) -> Option<usize> {
    (at..words.len()).find(|at| words[*at] == "{")
}

/// The name of the type between `impl` and `{`, and whether the block implements a trait.
fn type_of(words: &[String]) -> Option<(String, bool)> {
    let (mut depth, mut name, mut of_trait) = (0_i32, None, false);
    for (at, word) in words.iter().enumerate() {
        match word.as_str() {
            "<" => depth += 1,
            ">" if at > 0 && words[at - 1] != "-" => depth -= 1,
            "for" if depth == 0 => (name, of_trait) = (None, true),
            "where" if depth == 0 => break,
            word if depth == 0 && word.starts_with(char::is_alphabetic) => {
                name = Some(word.to_owned());
            }
            _ => {}
        }
    }
    Some((name?, of_trait))
}

#[test]
fn the_parts_of_the_bridge_are_small_and_keep_their_fields_to_themselves() {
    let files: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| path.starts_with("bridge/"))
        .map(|(path, file)| (path, fs::read_to_string(file).unwrap()))
        .collect();
    assert!(files.len() > 10, "only {} files were found", files.len());
    let wrong = violations(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_planted_offender_is_found() {
    const CHANGES: &str = "impl A { fn f(&mut self) {} }";
    let many = |count: usize| {
        let fields: Vec<_> = (0..count)
            .map(|at| format!("f{at}: BTreeMap<u8, u8>"))
            .collect();
        format!("struct A {{ {}, }}", fields.join(", "))
    };
    let files = |text: &str, other: &str| {
        violations([("bridge/a.rs", text), ("bridge/b.rs", other)]).join("; ")
    };
    assert_eq!(files(&many(FIELDS), ""), "");
    let found = format!("bridge/a.rs: A has {} fields", FIELDS + 1);
    assert_eq!(files(&many(FIELDS + 1), ""), found);
    let variant = format!(
        "enum E {{ One, #[x(y)] {} }}",
        many(20).replace("struct ", "")
    );
    assert_eq!(files(&variant, ""), "bridge/a.rs: E::A has 20 fields");
    for text in [
        "struct A { #[x(a, b)] pub(super) x: (u8, u8), y: fn(u8) -> u8 }",
        "pub struct A<'a, T: Fn(u8) -> Vec<u8>> where T: Copy { y: &'a [T; 2], pub x: u8 }",
        "struct A { y: u8, pub(in crate::bridge) x: BTreeMap<u8, Vec<u8>> }",
    ] {
        let seen = "bridge/a.rs: others see A.x";
        let change = text.replace("struct A", "");
        assert_eq!(files(text, ""), "", "plain data: {change}");
        assert_eq!(files(&format!("{text} {CHANGES}"), ""), seen);
        let of_trait = format!("{text} impl<T> Iterator for A<T> {{ fn next(&mut self) {{}} }}");
        assert_eq!(files(&of_trait, ""), seen);
        let lifetime = format!("{text} impl A {{ fn f<'b>(&'b mut self) {{}} }}");
        assert_eq!(files(&lifetime, ""), seen);
        let other = files(text, CHANGES);
        assert_eq!(
            other,
            format!("{seen}; bridge/b.rs: has methods of A of bridge/a.rs")
        );
    }
    assert_eq!(
        files(&format!("struct A(pub u8); {CHANGES}"), ""),
        "bridge/a.rs: others see A.u8"
    );
}

#[test]
fn plain_data_and_private_fields_are_not_complained_of() {
    for text in [
        "struct A { x: u8 } impl A { fn f(&mut self) {} }",
        "pub struct A { pub x: u8 } impl A { fn f(&self) -> &mut u8 {} }",
        "pub struct A; impl A { fn f(&mut self) {} }",
        "struct A { pub x: u8 } fn f(x: impl B) { let y = &mut self_made; }",
        "struct A { pub x: u8 } #[cfg(test)] mod tests { impl A { fn f(&mut self) {} } }",
        "struct A { pub x: u8 } struct B; impl B { fn f(&mut self, a: &A) {} }",
    ] {
        assert_eq!(violations([("bridge/a.rs", text)]), [""; 0], "{text}");
    }
    let component = "struct A { x: u8 } impl A { fn f(&mut self) {} }";
    for other in [
        "impl From<&A> for u8 {}",
        "impl Display for A { fn f(&self) {} }",
    ] {
        let files = [("bridge/a.rs", component), ("bridge/b.rs", other)];
        assert_eq!(violations(files), [""; 0], "{other}");
    }
}

#[test]
fn a_folder_is_one_component_but_the_bridge_itself_is_one_file() {
    let (component, methods) = (
        "struct A { x: u8 } impl A { fn f(&mut self) {} }",
        "impl A { fn g(&mut self) {} }",
    );
    let folder = [("bridge/a/mod.rs", component), ("bridge/a/b.rs", methods)];
    assert_eq!(violations(folder), [""; 0]);
    let root = [("bridge/mod.rs", component), ("bridge/b.rs", methods)];
    assert_eq!(
        violations(root),
        ["bridge/b.rs: has methods of A of bridge/mod.rs"]
    );
}
