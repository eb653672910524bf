"""May it leave now: the decision, how the ministry's days are counted, what is read for it, the certificate."""
