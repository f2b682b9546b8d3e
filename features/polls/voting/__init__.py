"""How one member votes: forms, a ranking that is put together, and what each of them says as a ballot."""
