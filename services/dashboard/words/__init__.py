"""What the pages say in bokmål, nynorsk and English. Knows neither pages nor drawings."""
