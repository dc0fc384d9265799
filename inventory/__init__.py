"""What each store really has, what it sold and what it keeps aside."""
