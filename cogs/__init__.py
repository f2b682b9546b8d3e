"""What people type: one file per noun; each command hears a question and says the answer."""
