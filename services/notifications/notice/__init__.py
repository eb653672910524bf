"""The ministry's prior notice: who is on it, when it was received, objections."""
