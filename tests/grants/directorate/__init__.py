"""A directorate at work: people who grant, pay, withhold, claim back and answer complaints, in any order there is."""
