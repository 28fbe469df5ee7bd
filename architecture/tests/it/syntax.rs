//! The paths in `use` trees and in macros' tokens.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::{Item, LitStr, UseTree, ext::IdentExt};

/// Every path that a `use` brings in, and the name it gets.
pub(crate) fn leaves(tree: &UseTree) -> Vec<(Vec<String>, String)> {
    let prefixed = |prefix: String, below: Vec<(Vec<String>, String)>| {
        let leaf = |(path, name): (Vec<String>, String)| {
            let name = if name == "self" { prefix.clone() } else { name };
            ([vec![prefix.clone()], path].concat(), name)
        };
        below.into_iter().map(leaf).collect()
    };
    match tree {
        UseTree::Path(path) => prefixed(path.ident.unraw().to_string(), leaves(&path.tree)),
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
        UseTree::Glob(_) => vec![(vec!["*".to_owned()], "*".to_owned())],
        UseTree::Name(name) => {
            let name = name.ident.unraw().to_string();
            vec![(vec![name.clone()], name)]
        }
        UseTree::Rename(rename) => {
            let path = vec![rename.ident.unraw().to_string()];
            vec![(path, rename.rename.unraw().to_string())]
        }
    }
}

/// The `use` or `extern crate` that `trees` begin with, and its length.
pub(crate) fn import(trees: &[TokenTree]) -> Option<(Item, usize)> {
    let begins =
        matches!(trees.first()?, TokenTree::Ident(name) if name == "use" || name == "extern");
    let length = 1 + trees.iter().position(|tree| is_punct(tree, ';'))?;
    let item = begins.then(|| syn::parse2(trees[..length].iter().cloned().collect()));
    Some((item?.ok()?, length))
}

/// The path that `trees` begin with: whether from the root, its names, and how
/// many trees it takes.
pub(crate) fn path(trees: &[TokenTree]) -> (bool, Vec<String>, usize) {
    let colons = |at: usize| {
        let joint =
            matches!(trees.get(at), Some(TokenTree::Punct(p)) if p.spacing() == Spacing::Joint);
        joint
            && [at, at + 1]
                .iter()
                .all(|at| trees.get(*at).is_some_and(|tree| is_punct(tree, ':')))
    };
    let from_root = colons(0);
    let mut at = if from_root { 2 } else { 0 };
    let mut names = Vec::new();
    while let Some(TokenTree::Ident(name)) = trees.get(at) {
        names.push(name.unraw().to_string());
        at += 1;
        if !colons(at) || !matches!(trees.get(at + 2), Some(TokenTree::Ident(_))) {
            break;
        }
        at += 2;
    }
    (from_root, names, at)
}

pub(crate) fn is_punct(tree: &TokenTree, is: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == is)
}

/// The string literals among `tokens`, groups included.
pub(crate) fn strings(tokens: TokenStream) -> Vec<LitStr> {
    let mut found = Vec::new();
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => found.extend(strings(group.stream())),
            tree => found.extend(syn::parse2::<LitStr>(tree.into()).ok()),
        }
    }
    found
}
