"""Parts of the inbox that are asked again while it is open: how many wait in each; the list on paper."""
