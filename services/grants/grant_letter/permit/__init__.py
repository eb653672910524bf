"""The permit a letter is sent by: grants' word, asked at each try, that the award still stands."""
