"""What fails goes in; the repairs that a person would try first come out."""
