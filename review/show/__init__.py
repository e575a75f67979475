"""What the pages show, as values: rows of the record in, words for people out."""
