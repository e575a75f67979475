"""What an administrator does by hand: one pass over the mailboxes, and the doctor's examination."""
