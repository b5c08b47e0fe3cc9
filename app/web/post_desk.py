"""The desk and the post: what came by post, what goes back by post (HT-8.1d, LA-19)."""
