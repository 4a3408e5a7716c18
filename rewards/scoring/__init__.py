"""Who helps most: numbers in, numbers out. Knows no database and no clock."""
