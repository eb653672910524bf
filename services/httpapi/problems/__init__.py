"""What each refusal means and what to do about it: the entries that the `type` of a problem leads to."""
