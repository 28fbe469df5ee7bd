//! What a file of a domain may name: the language, the domain itself, and a
//! short list of pure crates.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, ItemExternCrate, ItemMod, ItemUse, Macro, Meta, QSelf, VisRestricted,
    ext::IdentExt,
    visit::{self, Visit},
};

use crate::syntax::{import, is_punct, leaves, path, strings};

/// The crates of the language.
const LANGUAGE: [&str; 3] = ["alloc", "core", "std"];
/// What else stands before a `::` and is no crate: primitives with associated
/// items, and the tools of attributes.
const BUILT_IN: [&str; 20] = [
    "bool", "char", "clippy", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "rustdoc",
    "rustfmt", "str", "u128", "u16", "u32", "u64", "u8", "usize",
];

/// What the files of one domain may name.
#[derive(Debug)]
pub(crate) struct Domain {
    /// The crates that are as pure as the domain.
    pure: BTreeSet<String>,
    /// What the service's code calls the crates it depends on.
    dependencies: BTreeSet<String>,
    /// The modules and imports of the domain's own files.
    own: BTreeSet<String>,
}

impl Domain {
    /// The domain of a service with these dependencies.
    pub(crate) fn new(pure: &[&str], dependencies: BTreeSet<String>) -> Self {
        Self {
            pure: pure.iter().map(|name| (*name).to_owned()).collect(),
            dependencies,
            own: BTreeSet::new(),
        }
    }

    /// Remembers the modules and imports of a file as names of the domain.
    pub(crate) fn learn(&mut self, text: &str) -> syn::Result<()> {
        let mut names = OwnNames(&mut self.own);
        names.visit_file(&syn::parse_file(text)?);
        Ok(())
    }

    /// What the file `text`, a module `depth` below `crate::domain`, names
    /// that a domain must not.
    pub(crate) fn impurities(&self, depth: usize, text: &str) -> syn::Result<Vec<String>> {
        let mut file = File {
            domain: self,
            depth,
            follows_type: false,
            found: Vec::new(),
        };
        file.visit_file(&syn::parse_file(text)?);
        Ok(file.found)
    }

    fn allows_crate(&self, name: &str) -> bool {
        LANGUAGE.contains(&name) || self.pure.contains(name)
    }

    fn allows(&self, path: &[String], depth: usize) -> bool {
        let first = path.first().map_or("", String::as_str);
        match first {
            "crate" => path.get(1).is_some_and(|second| second == "domain"),
            "self" | "super" => {
                let below_self = &path[usize::from(first == "self")..];
                below_self
                    .iter()
                    .take_while(|name| *name == "super")
                    .count()
                    <= depth
            }
            name if self.allows_crate(name) => true,
            name if self.dependencies.contains(name) => false,
            name => {
                BUILT_IN.contains(&name)
                    || self.own.contains(name)
                    || name.starts_with(char::is_uppercase)
            }
        }
    }
}

/// One file on its way through the syntax tree.
struct File<'a> {
    domain: &'a Domain,
    /// How many modules below `crate::domain` the visit is.
    depth: usize,
    /// Whether the next path is the rest of a `<Type>::path`.
    follows_type: bool,
    found: Vec<String>,
}

impl File<'_> {
    fn judge(&mut self, from_root: bool, path: &[String]) {
        let allowed = if from_root {
            path.first()
                .is_some_and(|name| self.domain.allows_crate(name))
        } else {
            self.domain.allows(path, self.depth)
        };
        if !allowed {
            let root = if from_root { "::" } else { "" };
            self.found.push(format!("{root}{}", path.join("::")));
        }
    }

    /// Judges the paths among tokens whose syntax only their macro knows.
    fn scan(&mut self, tokens: TokenStream) {
        let trees: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            if let TokenTree::Group(group) = &trees[at] {
                self.scan(group.stream());
            }
            if let Some((item, length)) = import(&trees[at..]) {
                self.visit_item(&item);
                at += length;
                continue;
            }
            let (from_root, path, length) = path(&trees[at..]);
            let follows_type = at > 0 && is_punct(&trees[at - 1], '>');
            if from_root && follows_type {
                // `<Type>::name`, or a comparison with what a crate has.
                let named = path
                    .first()
                    .is_some_and(|name| self.domain.dependencies.contains(name));
                if named {
                    self.judge(from_root, &path);
                }
            } else if !path.is_empty() && (from_root || path.len() > 1) {
                self.judge(from_root, &path);
            }
            at += length.max(1);
        }
    }
}

impl<'ast> Visit<'ast> for File<'_> {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        for (path, _) in leaves(&item.tree) {
            self.judge(item.leading_colon.is_some(), &path);
        }
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        self.judge(true, &[item.ident.unraw().to_string()]);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.depth += 1;
        visit::visit_item_mod(self, item);
        self.depth -= 1;
    }

    fn visit_qself(&mut self, qself: &'ast QSelf) {
        visit::visit_qself(self, qself);
        self.follows_type = qself.position == 0;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let follows_type = std::mem::take(&mut self.follows_type);
        let from_root = path.leading_colon.is_some();
        if !follows_type && (from_root || path.segments.len() > 1) {
            let names = path
                .segments
                .iter()
                .map(|segment| segment.ident.unraw().to_string());
            self.judge(from_root, &names.collect::<Vec<_>>());
        }
        visit::visit_path(self, path);
    }

    /// Who sees a thing is no dependency.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let path = attribute.path();
        if path.is_ident("doc") {
            return;
        }
        if path.is_ident("path") {
            self.found
                .push("#[path], so a file from anywhere".to_owned());
        }
        if let Meta::List(list) = &attribute.meta {
            let names = |tree: TokenTree| matches!(tree, TokenTree::Ident(name) if name == "path");
            if path.is_ident("cfg_attr") && list.tokens.clone().into_iter().any(names) {
                self.found
                    .push("#[path], so a file from anywhere".to_owned());
            }
            // As `serde(with = "a::path")` names code.
            for text in strings(list.tokens.clone()) {
                if let Ok(path) = text.parse::<syn::Path>() {
                    self.visit_path(&path);
                }
            }
        }
        visit::visit_attribute(self, attribute);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let name = call.path.segments.last();
        if name.is_some_and(|name| name.ident == "include") {
            self.found
                .push("include!, so a file from anywhere".to_owned());
        }
        visit::visit_macro(self, call);
    }

    fn visit_token_stream(&mut self, tokens: &'ast TokenStream) {
        self.scan(tokens.clone());
    }
}

/// Collects the modules and imports of a file.
struct OwnNames<'a>(&'a mut BTreeSet<String>);

impl<'ast> Visit<'ast> for OwnNames<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.0.insert(item.ident.unraw().to_string());
        visit::visit_item_mod(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.0
            .extend(leaves(&item.tree).into_iter().map(|(_, name)| name));
    }
}
