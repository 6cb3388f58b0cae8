//! stub
#[cfg(test)]
pub(crate) mod tests {
    /// Compares with a committed page; `UPDATE_DOCS=1` writes it instead.
    pub(crate) fn same_as_docs(path: &str, page: &str) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, page).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "UPDATE_DOCS=1 cargo test writes {}", path.display());
    }
}
