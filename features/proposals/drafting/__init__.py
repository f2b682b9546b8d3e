"""Drafts of proposals: how members make them, by menus or in lines."""
