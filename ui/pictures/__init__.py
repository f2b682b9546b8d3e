"""How axes are drawn and pixels packed."""
