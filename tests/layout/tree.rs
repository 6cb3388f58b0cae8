//! Finds the files of `src` whose items another file names. Follows `use` lines, paths and
//! re-exports.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{code, without_tests, words};

/// A file of `src`.
struct File {
    path: String,
    /// The path of its module, from the root of its crate.
    module: Vec<String>,
    words: Vec<String>,
    /// The names that its `use` lines import.
    uses: Vec<Use>,
    /// The words that are not part of a `use` line.
    rest: Vec<String>,
}

/// A name that a `use` line imports. A glob imports the name `*`.
struct Use {
    path: Vec<String>,
    name: String,
    public: bool,
}

/// The files by their modules. The paths of the binary's modules begin with `main`, and the paths
/// of the library's modules with `lib`.
pub(crate) struct Tree {
    files: Vec<File>,
    modules: BTreeMap<Vec<String>, usize>,
}

/// The target of a path.
enum Found {
    Module(usize),
    Item(usize),
}

impl Tree {
    pub(crate) fn new(sources: impl IntoIterator<Item = (String, String)>) -> Self {
        let files: Vec<_> = sources
            .into_iter()
            .map(|(path, text)| File::new(path, &text))
            .collect();
        let module = |(at, file): (usize, &File)| (file.module.clone(), at);
        let modules = files.iter().enumerate().map(module).collect();
        Self { files, modules }
    }

    /// The files that each file imports.
    fn imports(&self) -> BTreeMap<usize, BTreeSet<usize>> {
        let of = |at: usize| {
            let file = &self.files[at];
            let mut found: BTreeSet<_> = file
                .used_paths()
                .iter()
                .filter_map(|(path, is_glob)| match self.follow(at, path, 0)? {
                    Found::Item(file) => Some(file),
                    Found::Module(file) => is_glob.then_some(file),
                })
                .collect();
            found.remove(&at);
            found
        };
        (0..self.files.len()).map(|at| (at, of(at))).collect()
    }

    /// The target of a path in a file. `None` for other crates, and for names that the file does
    /// not define.
    fn follow(&self, from: usize, path: &[String], depth: usize) -> Option<Found> {
        // Two globs may refer to each other.
        if depth > 16 {
            return None;
        }
        let file = &self.files[from];
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => {
                let root = file.module.get(..1)?;
                self.descend(*self.modules.get(root)?, rest, depth)
            }
            "self" => self.descend(from, rest, depth),
            "super" => {
                let parent = file.module.split_last()?.1;
                let parent = *self.modules.get(parent)?;
                match rest.first() {
                    Some(next) if next == "super" => self.follow(parent, rest, depth),
                    _ => self.descend(parent, rest, depth),
                }
            }
            _ => {
                let start = self.named(from, first, depth)?;
                match start {
                    Found::Module(module) => self.descend(module, rest, depth),
                    item @ Found::Item(_) => Some(item),
                }
            }
        }
    }

    fn descend(&self, module: usize, rest: &[String], depth: usize) -> Option<Found> {
        let Some((first, rest)) = rest.split_first() else {
            return Some(Found::Module(module));
        };
        match self.named(module, first, depth) {
            Some(Found::Module(module)) => self.descend(module, rest, depth),
            Some(item) => Some(item),
            // The module itself defines the item.
            None => Some(Found::Item(module)),
        }
    }

    /// A child module, or an item from a `use` line. `None` if the file defines the item itself.
    fn named(&self, module: usize, name: &str, depth: usize) -> Option<Found> {
        let file = &self.files[module];
        let child: Vec<_> = file.module.iter().cloned().chain([name.into()]).collect();
        if let Some(child) = self.modules.get(&child) {
            return Some(Found::Module(*child));
        }
        if file.defines(name) {
            return None;
        }
        if let Some(used) = file.uses.iter().find(|used| used.name == name) {
            // For `use strum::Display`, do not look up `strum` in the `use` lines again.
            if used.path.first().is_some_and(|first| first == name) {
                return None;
            }
            return self.follow(module, &used.path, depth + 1);
        }
        let mut globs = file.uses.iter().filter(|used| used.name == "*");
        globs.find_map(|glob| match self.follow(module, &glob.path, depth + 1)? {
            Found::Module(target) if target != module => {
                self.named(target, name, depth + 1).or_else(|| {
                    self.files[target]
                        .defines(name)
                        .then_some(Found::Item(target))
                })
            }
            _ => None,
        })
    }

    /// The pairs of files that import each other, without duplicates.
    pub(crate) fn pairs(&self) -> BTreeSet<(String, String)> {
        let imports = self.imports();
        let pair = |(from, to): (&usize, &usize)| {
            (from < to && imports[to].contains(from)).then(|| self.sorted(*from, *to))
        };
        imports
            .iter()
            .flat_map(|(from, to)| to.iter().map(move |to| (from, to)))
            .filter_map(pair)
            .collect()
    }

    fn sorted(&self, one: usize, other: usize) -> (String, String) {
        let mut two = [one, other].map(|at| self.files[at].path.clone());
        two.sort();
        two.into()
    }

    /// Import cycles of at least three files in one folder: for each file, the shortest cycle that
    /// contains it.
    pub(crate) fn circles(&self) -> BTreeSet<Vec<String>> {
        let imports = self.imports();
        let folder = |at: usize| {
            self.files[at]
                .path
                .rsplit_once('/')
                .map(|(folder, _)| folder)
        };
        let mut circles = BTreeSet::new();
        for start in imports.keys() {
            let mut before = BTreeMap::new();
            let mut queue = vec![*start];
            let mut closed = false;
            while !queue.is_empty() && !closed {
                let mut next = Vec::new();
                for at in queue {
                    for to in imports[&at]
                        .iter()
                        .filter(|to| folder(**to) == folder(*start))
                    {
                        if to == start {
                            let mut way = vec![at];
                            while let Some(at) = before.get(way.last().unwrap_or(start)) {
                                way.push(*at);
                            }
                            if way.len() > 2 {
                                let mut way: Vec<_> =
                                    way.iter().map(|at| self.files[*at].path.clone()).collect();
                                way.sort();
                                circles.insert(way);
                            }
                            closed = true;
                        } else if !before.contains_key(to) {
                            before.insert(*to, at);
                            next.push(*to);
                        }
                    }
                }
                queue = next;
            }
        }
        circles
    }
}

impl File {
    fn new(path: String, text: &str) -> Self {
        let words = words(&without_tests(&code(text)));
        let (uses, rest) = uses(&words);
        let inner = path.trim_end_matches(".rs").trim_end_matches("/mod");
        let root = match inner {
            "main" => "main",
            inner if inner.starts_with("cli") => "main",
            _ => "lib",
        };
        let below = inner
            .split('/')
            .filter(|step| !["main", "lib"].contains(step));
        let module = [root].into_iter().chain(below).map(str::to_owned).collect();
        Self {
            path,
            module,
            words,
            uses,
            rest,
        }
    }

    /// Whether the file declares an item of this name.
    fn defines(&self, name: &str) -> bool {
        const ITEMS: [&str; 9] = [
            "struct", "enum", "trait", "fn", "const", "static", "type", "union", "mod",
        ];
        let is_item = |two: &[String]| two[1] == name && ITEMS.contains(&two[0].as_str());
        let is_macro = |three: &[String]| three == ["macro_rules", "!", name];
        self.words.windows(2).any(is_item) || self.words.windows(3).any(is_macro)
    }

    /// The paths that the code uses, and whether each is a glob.
    fn used_paths(&self) -> Vec<(Vec<String>, bool)> {
        let mentioned = |name: &str| self.rest.iter().any(|word| word == name);
        let lines = self
            .uses
            .iter()
            .filter(|used| !used.public || mentioned(&used.name))
            .map(|used| (used.path.clone(), used.name == "*"));
        let paths = self.paths().into_iter().map(|path| (path, false));
        lines.chain(paths).collect()
    }

    /// The paths with at least two names outside of `use` lines.
    fn paths(&self) -> Vec<Vec<String>> {
        let mut paths = Vec::new();
        let mut at = 0;
        while at < self.rest.len() {
            let mut path = vec![self.rest[at].clone()];
            let mut next = at + 1;
            let goes_on = |next: usize| {
                self.rest.get(next).is_some_and(|word| word == "::")
                    && self.rest.get(next + 1).is_some_and(|word| is_name(word))
            };
            if is_name(&self.rest[at]) {
                while goes_on(next) {
                    path.push(self.rest[next + 1].clone());
                    next += 2;
                }
            }
            if path.len() > 1 {
                paths.push(path);
            }
            at = next;
        }
        paths
    }
}

fn is_name(word: &str) -> bool {
    word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Separates the `use` lines from the other words.
fn uses(words: &[String]) -> (Vec<Use>, Vec<String>) {
    let (mut uses, mut rest) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < words.len() {
        // In `impl Trait + use<'a>`, the word does not begin a `use` line.
        let begins = words[at] == "use" && words.get(at + 1).is_some_and(|word| word != "<");
        if !begins {
            rest.push(words[at].clone());
            at += 1;
            continue;
        }
        let public = rest.last().is_some_and(|word| word == "pub")
            || rest.ends_with(&["(".into(), "super".into(), ")".into()])
            || rest.ends_with(&["(".into(), "crate".into(), ")".into()]);
        let end = at + words[at..].iter().take_while(|word| *word != ";").count();
        let mut line = &words[at + 1..end];
        leaves(&mut line, &[], public, &mut uses);
        at = end + 1;
    }
    (uses, rest)
}

/// Adds the names in a tree of a `use` line, and removes the tree from the words.
fn leaves(words: &mut &[String], before: &[String], public: bool, uses: &mut Vec<Use>) {
    let mut path = before.to_vec();
    let next = |words: &mut &[String]| {
        let (first, rest) = words.split_first()?;
        *words = rest;
        Some(first.clone())
    };
    while let Some(word) = next(words) {
        match word.as_str() {
            "::" => {}
            "{" => {
                while words.first().is_some_and(|word| word != "}") {
                    leaves(words, &path, public, uses);
                    if words.first().is_some_and(|word| word == ",") {
                        next(words);
                    }
                }
                next(words);
                return;
            }
            "*" => {
                let name = "*".into();
                return uses.push(Use { path, name, public });
            }
            _ => {
                // In a group, `self` is the module before the group.
                if word != "self" || path.is_empty() {
                    path.push(word);
                }
                match words.first().map(String::as_str) {
                    Some("::") => {}
                    Some("as") => {
                        next(words);
                        let name = next(words).unwrap_or_default();
                        return uses.push(Use { path, name, public });
                    }
                    _ => {
                        let name = path.last().cloned().unwrap_or_default();
                        return uses.push(Use { path, name, public });
                    }
                }
            }
        }
    }
}
