"""What comes in, whichever way it comes: strict bodies that the API and the pages read with the same eyes."""
