// Long work of administrators: previews, imports.
