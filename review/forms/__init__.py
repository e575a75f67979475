"""What officers fill in about a case: one description a form, read, checked and handed to casework."""
