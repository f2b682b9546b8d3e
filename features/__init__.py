"""One folder per noun: its questions, cards, pictures, forms and buttons."""
