"""What is made of what grants tells: schemes that owe notice, decisions, letters to hold."""
