"""Recipients' reports and their two checks, reminders, control, settlement."""
