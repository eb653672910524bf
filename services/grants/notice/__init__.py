"""What grants knows of the ministry's notices on its cases, learnt from the notifications service."""
