"""One case in one answer, the list of cases, and the timeline. Above the stages."""
