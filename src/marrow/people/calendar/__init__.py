"""Days: numbers as they are spoken, seasons, lunar months, holidays, events, ages, school."""
