"""What a message says: dissatisfaction, status, category, exclusions and flags."""
