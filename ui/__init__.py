"""What people see and press: cards, dialogs, and the one place where errors become sentences."""
