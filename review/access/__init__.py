"""Who may come in and what they may do: sign-in, sessions, second factor, roles, the guard of each page."""
