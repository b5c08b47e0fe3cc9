"""From a published table of steps to a drawn diagram: reading tables, matching positions, laying out."""
