// The tour of a role.
