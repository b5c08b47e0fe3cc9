// f, r, h and Ctrl+Enter: the actions on a task by key.
