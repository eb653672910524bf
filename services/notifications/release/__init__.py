"""The gate at work: on what ground a letter may leave, waivers, stopping, the sweep."""
