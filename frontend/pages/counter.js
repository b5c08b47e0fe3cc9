// The registration form by keyboard.
