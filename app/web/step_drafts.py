"""What is typed into the forms of a task, kept until it is sent."""
