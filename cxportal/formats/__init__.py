"""How dates and times are written where Django writes them itself, such as in the back office."""
