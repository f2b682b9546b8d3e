"""What happens when large holders leave: worked out, said and drawn."""
