"""A letter that was registered wrong: corrected or withdrawn, and what that takes away."""
