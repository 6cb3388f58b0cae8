//! No two files of `src` import each other, and the files of one folder have no longer import
//! cycles.
//!
//! A file *imports* another if its code (without comments and tests) names an item that the other
//! one defines: by a path that begins with `crate`, `super` or `self`, with a module that it
//! declares, or with a name from one of its `use` lines. A path is followed through re-exports to
//! the file that defines the item. So these are not imports:
//!
//! - `mod x;`, and `pub use x::Y;` in the file that declares `x`, unless its code uses `Y`;
//! - `use super::x;` by itself; `x::Y` in the code is an import;
//! - methods and fields of a value. They do not name a file, and the file that got the value named
//!   its type.
//!
//! If two files need each other's types, move the types that both need to a third file, which is
//! named after them.

use std::fs;

use super::source::sources;
use super::tree::Tree;

fn tree() -> Tree {
    let read = |(path, file)| (path, fs::read_to_string(file).unwrap());
    Tree::new(sources().into_iter().map(read))
}

#[test]
fn no_two_files_import_each_other() {
    let pairs = tree().pairs();
    assert!(pairs.is_empty(), "files that import each other: {pairs:#?}");
}

#[test]
fn no_circle_of_files_closes_within_a_folder() {
    let circles = tree().circles();
    assert!(circles.is_empty(), "circles of files: {circles:#?}");
}

/// The tree of the roots and these files. Each file is given by its path and its text.
fn planted(files: &[(&str, &str)]) -> Tree {
    let roots = [("lib.rs", "mod x; mod y;"), ("main.rs", "mod cli;")];
    let own = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
    Tree::new(roots.iter().chain(files).map(own))
}

#[test]
fn a_planted_pair_is_found() {
    const ITEM: &str = "pub struct A; fn f() -> super::b::B {}";
    for (one, other) in [
        (("x/a.rs", ITEM), ("x/b.rs", "use super::a::A; struct B;")),
        (
            ("x/a.rs", ITEM),
            ("x/b.rs", "use super::{a::{self, A}, c}; struct B;"),
        ),
        (
            ("x/a.rs", ITEM),
            ("x/b.rs", "use super::a; struct B; fn f() -> a::A {}"),
        ),
        (("x/a.rs", ITEM), ("x/b.rs", "struct B(crate::x::a::A);")),
        (
            ("x/a.rs", ITEM),
            ("x/b.rs", "use crate::x::a::*; struct B;"),
        ),
        // A file uses an item under the name that its folder gives it.
        (
            ("x/a.rs", ITEM),
            ("x/b.rs", "use crate::x::Renamed; struct B;"),
        ),
        (("x/a.rs", ITEM), ("x/b.rs", "struct B(super::Renamed);")),
        // A folder uses items in it.
        (
            ("x/mod.rs", "mod a; use a::A; struct M(A);"),
            ("x/a.rs", "struct A(super::M);"),
        ),
        (
            ("x/mod.rs", "mod a; struct M(a::A);"),
            ("x/a.rs", "use super::M; struct A(M);"),
        ),
        (
            ("x/mod.rs", "mod a; pub use a::A; struct M(A);"),
            ("x/a.rs", "struct A(super::M);"),
        ),
        (
            ("x.rs", "mod a; struct M(a::A);"),
            ("x/a.rs", "struct A(crate::x::M);"),
        ),
        // Files in two folders.
        (
            ("x/a.rs", "struct A; fn f() -> crate::y::B {}"),
            ("y/mod.rs", "struct B(crate::x::a::A);"),
        ),
        // Files of the binary.
        (
            ("cli/mod.rs", "mod a; fn f() { a::g() }"),
            ("cli/a.rs", "fn g() { crate::cli::f() }"),
        ),
    ] {
        let folder = ("x/mod.rs", "mod a; mod b; pub(crate) use a::A as Renamed;");
        let mut files = vec![one, other];
        if !files
            .iter()
            .any(|(path, _)| ["x/mod.rs", "x.rs"].contains(path))
        {
            files.push(folder);
        }
        let mut expected = [one.0.to_owned(), other.0.to_owned()];
        expected.sort();
        let pairs: Vec<_> = planted(&files).pairs().into_iter().collect();
        assert_eq!(pairs, [expected.into()], "{one:?} {other:?}");
    }
}

#[test]
fn a_planted_circle_is_found() {
    let circle = planted(&[
        ("x/mod.rs", "mod a; mod b; mod c;"),
        ("x/a.rs", "struct A(super::b::B);"),
        ("x/b.rs", "use super::c::C; struct B(C);"),
        ("x/c.rs", "use super::a; struct C(a::A);"),
    ]);
    assert!(circle.pairs().is_empty());
    let expected = ["x/a.rs", "x/b.rs", "x/c.rs"].map(str::to_owned).to_vec();
    assert_eq!(circle.circles().into_iter().collect::<Vec<_>>(), [expected]);
}

#[test]
fn files_that_only_one_imports_are_not_complained_of() {
    for files in [
        // A folder declares and re-exports items in it.
        [
            ("x/mod.rs", "mod a; mod b; pub use a::A; struct M;"),
            ("x/a.rs", "use super::b::B; pub struct A(B);"),
            ("x/b.rs", "use super::M; pub struct B;"),
        ],
        [
            ("x/mod.rs", "mod a; mod b; pub use a::A;"),
            ("x/a.rs", "use super::b; pub struct A; struct C(b::B);"),
            (
                "x/b.rs",
                "//! See super::a::A.\nuse super::a; pub struct B; // a::A",
            ),
        ],
        [
            ("x/mod.rs", "mod a; mod b;"),
            ("x/a.rs", "use super::b::B; pub struct A; struct C(B);"),
            (
                "x/b.rs",
                "pub struct B; #[cfg(test)] mod tests { use crate::x::a::A; }",
            ),
        ],
        [
            ("x/mod.rs", "mod a; mod b;"),
            ("x/a.rs", "use super::b::B; pub struct A; struct C(B);"),
            (
                "x/b.rs",
                "pub struct B; fn f() -> std::a::A { other::x::a::A }",
            ),
        ],
    ] {
        let tree = planted(&files);
        assert!(tree.pairs().is_empty(), "{:?} in {files:?}", tree.pairs());
        assert!(tree.circles().is_empty(), "{:?}", tree.circles());
    }
}
