"""Rows about members: their links, proofs and questions, and what is erased with them."""
