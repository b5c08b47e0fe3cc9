"""The gate that every diagram passes before it may run; `verdict.check` is the way in."""
