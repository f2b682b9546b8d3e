"""The database as a file: whose it is, whether it is whole, copies of it and the way back."""
