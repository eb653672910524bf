"""The ministry's prior notice: gathered, sent, received, objected to."""
