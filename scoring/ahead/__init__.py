"""What may come: pay ahead, stakes that bear it, and how long until a difference is seen."""
