"""Benchmarks: each compares two ways of doing the same in one run and answers ratios, never bare seconds."""
