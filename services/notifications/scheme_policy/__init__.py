"""Whether a scheme's letters need a notice, as grants told it."""
