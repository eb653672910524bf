"""Norway's numbers: municipalities, organisations, accounts. It knows nothing of grants."""
